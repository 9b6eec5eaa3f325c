"""Collect once: a source named, what one is entitled to already, what was collected before, a stated basis."""

from __future__ import annotations

from typing import Any

import pytest
from book import Book, found

from catalog.base.errors import Violation
from catalog.base.i18n import describe
from catalog.datasets.collecting import violations

MINE = {"department": "DP0031", "origin": "1", "fields": [{"name": "低保标志", "element": "DE00001"}]}
AGREEMENT = {
    "consumer": "DP0031", "dataset": "DS000002", "period": {"from": "2026-01-01", "until": "2026-12-31"},
    "items": [{"field": "低保家庭标志"}],
}  # fmt: skip


def book(agreement: dict[str, Any] | None = None, **more: Any) -> Book:
    documents: dict[tuple[str, str], dict[str, Any]] = {
        ("data-element", "DE00001"): {"name": "低保家庭标志", "source_department": "DP0008"},
        ("department", "DP0008"): {"name": "民政局"},
        ("dataset", "DS000002"): {
            "name": "最低生活保障对象信息", "department": "DP0008", "share": {"class": "2"},
            "fields": [{"name": "低保家庭标志", "element": "DE00001"}],
        },
    }  # fmt: skip
    if agreement:
        documents["sharing-agreement", "AG2026-0001"] = agreement
    made = Book(documents, identifier=more.pop("identifier", None), profile=more.pop("profile", "shareable"))
    for name, said in more.items():
        documents[
            "dataset" if name == "source" else "data-element", "DS000002" if name == "source" else "DE00001"
        ] |= said
    return made


def judged(document: dict[str, Any], facts: Book) -> Violation:
    (one,) = violations(document, facts)
    return one


def test_what_the_named_source_provides_is_not_collected_again() -> None:
    one = judged(MINE, book())

    assert (one.pointer, one.rule, one.severity) == ("/fields/0/element", "repeat-collection", "error")
    assert one.expected == "DS000002"
    assert all(name in describe(one)["zh"] for name in ("民政局", "最低生活保障对象信息", "低保标志"))


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ({}, "repeat-collection-entitled"),
        ({"consumer": "DP0009"}, "repeat-collection"),
        ({"items": [{"field": "保障金额"}]}, "repeat-collection"),
        ({"status": "suspended"}, "repeat-collection"),
        ({"period": {"from": "2026-06-30", "until": "2026-06-30"}}, "repeat-collection-entitled"),
        ({"period": {"from": "2026-07-01"}}, "repeat-collection"),
        ({"period": {"from": "2026-01-01", "until": "2026-06-29"}}, "repeat-collection"),
    ],
)
def test_it_tells_whether_the_department_is_entitled_to_it_now(said: dict[str, Any], rule: str) -> None:
    one = judged(MINE, book(AGREEMENT | said))

    assert (one.rule, one.severity) == (rule, "error")
    assert ("AG2026-0001" in describe(one)["en"]) == (rule == "repeat-collection-entitled")


@pytest.mark.parametrize(
    ("note", "rule", "severity"),
    [
        ("依据《社会救助暂行办法》第十条当面核对。", "repeat-collection-excepted", "info"),
        ("工作需要。", "repeat-collection", "error"),
        ("《》", "repeat-collection", "error"),
    ],
)
def test_an_exception_names_its_legal_basis(note: str, rule: str, severity: str) -> None:
    fields = [{"name": "低保标志", "element": "DE00001", "note": note}]

    assert found(violations, MINE | {"fields": fields}, book()) == {("/fields/0/element", rule, severity)}


def test_what_was_collected_before_is_a_warning() -> None:
    facts = book(identifier="DS000001")
    facts.documents["dataset", "DS000001"] = MINE
    assert judged(MINE, facts).severity == "warning"

    facts.documents["dataset", "DS000001"] = MINE | {"origin": "3"}
    assert judged(MINE, facts).severity == "error"
    assert judged(MINE, book(profile="recorded")).severity == "warning"


@pytest.mark.parametrize(
    ("document", "facts"),
    [
        ({"origin": "3"}, {}),
        ({"origin": "2"}, {}),
        ({"department": "DP0008"}, {}),
        ({"fields": [{"name": "低保标志"}]}, {}),
        ({"fields": [{"name": "低保标志", "element": "DE00001", "key": "foreign"}]}, {}),
        ({}, {"element": {"identifier_class": "direct"}}),
        ({}, {"element": {"object_class": "数据记录"}}),
        ({}, {"element": {"source_department": ""}}),
        ({}, {"source": {"share": {"class": "3"}}}),
        ({}, {"source": {"status": "withdrawn"}}),
        ({}, {"source": {"department": "DP0009"}}),
        ({}, {"source": {"fields": [{"name": "低保家庭标志", "element": "DE00001", "share_class": "3"}]}}),
    ],
)
def test_what_no_source_shares_may_be_collected(document: dict[str, Any], facts: dict[str, Any]) -> None:
    assert not found(violations, MINE | document, book(**facts))


def test_the_source_that_one_has_already_is_named_before_another() -> None:
    facts = book(AGREEMENT | {"dataset": "DS000003"})
    facts.documents["dataset", "DS000003"] = facts.documents["dataset", "DS000002"]

    assert judged(MINE, facts).expected == "DS000003"
