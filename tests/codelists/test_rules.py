"""Rules of code lists: codes told apart, trees without circles, meanings that never change."""

import pytest
from book import Book, found

from catalog.codelists.rules import violations


def _list(*codes, **more):
    return {"identifier": "CL0900", "name": "示例代码", "codes": [dict(code) for code in codes]} | more


MALE = {"code": "1", "label": "男性"}
FEMALE = {"code": "2", "label": "女性"}


def test_a_sound_list_has_no_fault():
    assert found(violations, _list(MALE, FEMALE, code_format="n1")) == set()


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (_list(MALE, MALE), ("/codes/1/code", "code-duplicate", "error")),
        (_list(MALE, code_format="n2"), ("/codes/0/code", "code-format", "error")),
        (_list(MALE, code_format="YYYYMMDD"), ("/code_format", "notation-moment-type", "error")),
        (_list(MALE | {"parent": "9"}), ("/codes/0/parent", "code-parent-unknown", "error")),
        (
            _list(MALE | {"parent": "2"}, FEMALE | {"parent": "1"}),
            ("/codes/0/parent", "code-parent-cycle", "error"),
        ),
        (_list(MALE | {"parent": "1"}), ("/codes/0/parent", "code-parent-cycle", "error")),
        (_list(MALE | {"successors": ["9"]}), ("/codes/0/successors/0", "code-successor-unknown", "error")),
        (_list(MALE | {"successors": ["1"]}), ("/codes/0/successors/0", "refers-to-itself", "error")),
        (
            _list(MALE | {"valid_from": "2020-01-01", "valid_until": "2019-01-01"}),
            ("/codes/0/valid_until", "dates-order", "error"),
        ),
        (
            _list(MALE, valid_from="2020-01-01", valid_until="2019-01-01"),
            ("/valid_until", "dates-order", "error"),
        ),
        (_list(MALE, successor="CL0900"), ("/successor", "refers-to-itself", "error")),
    ],
)
def test_a_slip_is_named(document, expected):
    assert expected in found(violations, document, Book(identifier="CL0900"))


def test_every_code_of_a_circle_is_pointed_at_and_the_others_are_not():
    rows = [{"code": code, "label": code, "parent": parent} for code, parent in ("AB", "BC", "CA", "DA")]

    pointers = {pointer for pointer, _, _ in found(violations, _list(*rows))}

    assert pointers == {"/codes/0/parent", "/codes/1/parent", "/codes/2/parent"}


def _against(earlier, document):
    return found(violations, document, Book({("code-list", "CL0900"): earlier}, identifier="CL0900"))


def test_a_code_whose_meaning_changes_is_refused():
    after = _list(MALE, FEMALE | {"label": "未知的性别"})

    assert _against(_list(MALE, FEMALE), after) == {("/codes/1/label", "code-meaning-changed", "error")}


def test_a_code_that_was_only_renamed_keeps_its_former_label_as_an_alias():
    after = _list(MALE, FEMALE | {"label": "女", "aliases": ["女性"]})

    assert _against(_list(MALE, FEMALE), after) == set()


def test_a_code_may_be_closed_and_replaced():
    after = _list(
        MALE, FEMALE | {"valid_until": "2026-01-01", "successors": ["3"]}, {"code": "3", "label": "女"}
    )

    assert _against(_list(MALE, FEMALE), after) == set()


def test_forty_thousand_codes_are_judged_without_recursion():
    rows = [
        {"code": str(n), "label": "x"} | ({"parent": str(n // 10)} if n >= 10 else {})
        for n in range(1, 40000)
    ]

    assert found(violations, _list(*rows, code_format="n..5")) == set()
