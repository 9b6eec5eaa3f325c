"""Two changes of one record merge field by field; what both changed is a choice."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from catalog.forms.conflict import merged

values = st.sampled_from(["甲", "乙", "丙"])
row = st.fixed_dictionaries({"name": st.sampled_from("abcd")}, optional={"format": values, "note": values})
rows = st.lists(row, max_size=4, unique_by=lambda one: one["name"])
documents = st.fixed_dictionaries(
    {"name": values}, optional={"note": values, "share": st.dictionaries(st.sampled_from("xy"), values, min_size=1), "fields": rows.filter(bool)}
)  # fmt: skip


def places(document: Any) -> Any:
    """A document without the order of its rows."""
    fields = {one["name"]: one for one in document.get("fields", [])}
    return {**document, "fields": fields} if fields else document


@given(documents, documents)
def test_a_change_of_one_side_alone_is_taken_whole(base: dict[str, Any], changed: dict[str, Any]) -> None:
    mine, by_me = merged(base, base, changed, {})
    theirs, by_them = merged(base, changed, base, {})

    assert (places(mine), places(theirs)) == (places(changed), places(changed))
    assert not any(one.both for one in [*by_me, *by_them])


@given(documents, documents, documents)
def test_choosing_one_side_everywhere_keeps_nothing_of_the_other_where_both_changed(
    base: dict[str, Any], theirs: dict[str, Any], mine: dict[str, Any]
) -> None:
    _, found = merged(base, theirs, mine, {})
    chosen = {one.key: "theirs" for one in found if one.both}

    _, again = merged(base, theirs, mine, chosen)

    assert all(one.taken == "theirs" for one in again if one.both)


@given(documents, documents)
def test_the_same_change_on_both_sides_is_no_difference(base: dict[str, Any], same: dict[str, Any]) -> None:
    assert merged(base, same, same, {}) == (same, [])


def test_changes_of_different_fields_of_one_row_merge() -> None:
    base = {"name": "册", "fields": [{"name": "a", "format": "甲"}, {"name": "b"}]}
    theirs = {"name": "册", "fields": [{"name": "a", "format": "乙"}, {"name": "b"}, {"name": "c"}]}
    mine = {"name": "册", "fields": [{"name": "a", "format": "甲", "note": "丙"}]}

    document, found = merged(base, theirs, mine, {})

    assert document["fields"] == [{"name": "a", "format": "乙", "note": "丙"}, {"name": "c"}]
    assert {one.key for one in found} == {
        "/fields/name=a/format", "/fields/name=a/note", "/fields/name=b", "/fields/name=c",
    }  # fmt: skip


def test_what_both_changed_is_mine_until_somebody_chooses() -> None:
    base, theirs, mine = {"name": "甲"}, {"name": "乙"}, {"name": "丙"}

    document, found = merged(base, theirs, mine, {})

    assert (document, [one.both for one in found]) == ({"name": "丙"}, [True])
    assert merged(base, theirs, mine, {"/name": "theirs"})[0] == {"name": "乙"}
