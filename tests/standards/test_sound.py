"""What of a faulty document is judged all the same."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from catalog.base.documents import at
from catalog.standards import schemas
from catalog.standards.sound import sound
from tests import factories

_DATASET = factories.document("dataset")


def faulty(**changes: Any) -> dict[str, Any]:
    return copy.deepcopy(_DATASET) | changes


def test_only_the_faulty_member_is_taken_out() -> None:
    document = faulty(summary=5, no_such="x")

    found = sound("dataset", document, schemas.check("dataset", document, "shareable"))

    assert found
    assert found.document == {k: v for k, v in _DATASET.items() if k != "summary"}


def test_a_row_that_cannot_stand_without_its_name_goes_and_the_others_keep_their_places() -> None:
    fields = [{"name": "甲", "data_type": "C"}, {"name": 3}, {"no": "name"}, {"name": "丁", "data_type": "C"}]
    document = faulty(fields=fields)

    found = sound("dataset", document, schemas.check("dataset", document, "shareable"))

    assert found
    assert [field["name"] for field in found.document["fields"]] == ["甲", "丁"]
    assert found.place("/fields/1/name") == "/fields/3/name"


def test_nothing_is_judged_without_a_name() -> None:
    document = faulty(name=5)

    assert sound("dataset", document, schemas.check("dataset", document, "shareable")) is None


@given(st.dictionaries(st.sampled_from(sorted(_DATASET)), st.sampled_from([5, "", [], {}, "x", [{}]])))
def test_what_is_left_is_always_a_draft_and_leads_back(changes: dict[str, Any]) -> None:
    document = faulty(**changes)

    found = sound("dataset", document, schemas.check("dataset", document, "shareable"))

    if found:
        assert schemas.check("dataset", found.document, "draft") == []
        for place, row in enumerate(found.document.get("fields", ())):
            assert at(document, found.place(f"/fields/{place}"))["name"] == row["name"]
