"""The ladder of coverage: a slot stands below the first step that is missing, and somebody owes it."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

import pytest

from catalog.topics.coverage import STEPS, Around, covered, shared_fields
from catalog.topics.picture import petals

ON = date(2026, 11, 23)
TOPIC = {"department": "DP0002"}
SECTION = {"lead_department": "DP0007"}
SLOT = {"element": "DE00001", "dataset": "DS000001", "field": "号码"}
DATASET: dict[str, Any] = {
    "department": "DP0008",
    "share": {"class": "2"},
    "update_cycle": "4",
    "data_updated_on": "2026-11-01",
    "fields": [{"name": "号码", "element": "DE00001", "data_type": "string", "format": "c18"}],
}
ELEMENT = {"data_type": "string", "format": "c18"}
SHARED = frozenset({("DS000001", "号码")})


def around(shared: frozenset[tuple[str, str]] = SHARED, **changes: Any) -> Around:
    dataset = copy.deepcopy(DATASET) | changes
    return Around({"DS000001": dataset}, {"DE00001": ELEMENT}, shared, ON)


@pytest.mark.parametrize(
    ("slot", "held", "state", "owed_by"),
    [
        ({}, around(), "none", "DP0002"),
        ({"element": "DE00001"}, around(), "element", "DP0007"),
        (SLOT | {"dataset": "DS000009"}, around(), "element", "DP0007"),
        (SLOT | {"field": "没有"}, around(), "element", "DP0007"),
        (SLOT, around(frozenset()), "source", "DP0002"),
        (SLOT, around(data_updated_on="2026-01-01"), "agreement", "DP0008"),
        (SLOT, around(data_updated_on=""), "agreement", "DP0008"),
        (SLOT, around(fields=[DATASET["fields"][0] | {"format": "an..20"}]), "fresh", "DP0008"),
        (SLOT, around(fields=[DATASET["fields"][0] | {"element": "DE00002"}]), "fresh", "DP0008"),
        (SLOT, around(), "conforming", ""),
        (SLOT, around(frozenset(), share={"class": "1"}), "conforming", ""),
    ],
)
def test_a_slot_stands_below_its_first_missing_step(
    slot: dict[str, Any], held: Around, state: str, owed_by: str
) -> None:
    found = covered(slot, SECTION, TOPIC, held)

    assert (found.state, found.owed_by) == (state, owed_by)


@pytest.mark.parametrize(
    ("period", "opened"),
    [
        ({"from": "2026-01-01", "until": "2026-11-23"}, 1),
        ({"from": "2026-11-24", "until": "2027-11-23"}, 0),
        ({"from": "2026-01-01", "until": "2026-11-22"}, 0),
        ({"from": "2026-01-01"}, 1),
    ],
)
def test_an_agreement_opens_its_fields_only_in_its_term(period: dict[str, str], opened: int) -> None:
    agreement = {"dataset": "DS000001", "items": [{"field": "号码"}], "period": period}

    assert len(list(shared_fields(agreement, ON))) == opened


def test_petals_grow_from_the_centre() -> None:
    (petal,) = petals([("甲", "甲", [(step, step, step) for step in STEPS])])

    assert [cell.state for cell in petal.cells] == list(reversed(STEPS))
    assert petal.done == 1
