"""The canonical form, pointers, patches and differences of documents."""

from __future__ import annotations

import copy
import unicodedata
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from catalog.base import documents

_KEYS = st.from_regex(r"[a-z][a-z0-9_]{0,6}", fullmatch=True)
_TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=12).map(
    lambda text: unicodedata.normalize("NFC", text)
)
_VALUES = st.recursive(
    _TEXTS | st.booleans() | st.integers(-documents.MAX_INTEGER, documents.MAX_INTEGER),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=12,
)
DOCUMENTS = st.dictionaries(_KEYS, _VALUES, max_size=5)


@given(DOCUMENTS)
def test_the_canonical_form_is_that_of_rfc_8785(document: dict[str, Any]) -> None:
    assert documents.canonical(document) == rfc8785.dumps(document)


@given(DOCUMENTS)
def test_the_canonical_form_reads_back_as_the_document(document: dict[str, Any]) -> None:
    assert documents.parse(documents.canonical(document)) == document
    assert documents.form_violations(document) == []


@given(DOCUMENTS)
def test_the_order_of_keys_does_not_change_the_digest(document: dict[str, Any]) -> None:
    turned = dict(reversed(document.items()))

    assert documents.canonical(turned) == documents.canonical(document)


def test_one_spelling_of_a_character_is_kept() -> None:
    assert documents.canonical({"a": "e\u0301"}) == documents.canonical({"a": "é"})


@given(DOCUMENTS, DOCUMENTS)
def test_every_difference_names_what_stood_there_and_what_stands_now(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    found = list(documents.changes(before, after))

    assert bool(found) == (before != after)
    assert all(old != new for _, old, new in found)


@given(DOCUMENTS, DOCUMENTS)
def test_a_merge_patch_of_the_top_leads_from_one_to_the_other(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    patch: dict[str, Any] = dict.fromkeys(before.keys() - after.keys()) | {
        key: value for key, value in after.items() if not isinstance(value, dict)
    }
    plain = {key: value for key, value in after.items() if not isinstance(value, dict)}
    kept = copy.deepcopy(before)

    merged = documents.merge(before, patch)

    assert {key: merged[key] for key in plain} == plain
    assert before == kept


@pytest.mark.parametrize(
    ("document", "patch", "expected"),
    [  # RFC 7396, appendix A
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "b"}, ["c"], ["c"]),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_a_merge_patch_does_what_rfc_7396_says(document: Any, patch: Any, expected: Any) -> None:
    assert documents.merge(document, patch) == expected


def test_an_inserted_row_is_one_difference() -> None:
    rows = [{"name": "姓名"}, {"name": "性别"}]

    found = list(documents.changes({"fields": rows}, {"fields": [{"name": "民族"}, *rows]}))

    assert found == [("/fields/0", None, {"name": "民族"})]


@pytest.mark.parametrize(
    ("value", "pointer", "rule"),
    [
        ({"a": None}, "/a", "null"),
        ({"a": [1.5]}, "/a/0", "float"),
        ({"a": {"B": 1}}, "/a/B", "key-form"),
        ({"a/b": 1}, "/a~1b", "key-form"),
        ({"a": -(2**53)}, "/a", "integer-too-large"),
    ],
)
def test_what_the_form_does_not_admit_is_pointed_at(value: Any, pointer: str, rule: str) -> None:
    assert [(one.pointer, one.rule) for one in documents.form_violations(value)] == [(pointer, rule)]


@given(st.lists(_TEXTS | st.integers(0, 9), min_size=1, max_size=4))
def test_a_pointer_leads_back_to_its_value(path: list[Any]) -> None:
    document: Any = "here"
    for token in reversed(path):
        document = {str(token): document}

    assert documents.at(document, documents.pointer(path)) == "here"
