"""Corrections, disputes and demands as tables: every state, verb, side and role; what is not listed is refused."""

from __future__ import annotations

from typing import Any

import pytest

from catalog.standards.lifecycles import lifecycle
from tests.cases.test_lifecycles import table

Table = dict[tuple[str, str], dict[tuple[str, str, str], str]]


def rows(side: str, verb: str, to: str, *roles: str) -> dict[tuple[str, str, str], str]:
    return {(verb, side, role): to for role in roles or ("data_officer", "sharing_officer")}


CORRECTION: Table = {}
for _track in ("value", "catalogue"):
    CORRECTION |= {
        (_track, "draft"): rows("from", "file", "filed") | rows("from", "withdraw", "withdrawn"),
        (_track, "filed"): rows("to", "accept", "verifying")
        | rows("to", "refer", "referred")
        | rows("from", "withdraw", "withdrawn"),
        (_track, "verifying"): rows("to", "correct", "corrected")
        | rows("to", "confirm", "confirmed")
        | rows("to", "refer", "referred")
        | rows("from", "withdraw", "withdrawn"),
        (_track, "corrected"): rows("to", "feed-back", "fed-back"),
        (_track, "confirmed"): rows("to", "feed-back", "fed-back"),
        (_track, "referred"): rows("bureau", "assign", "filed", "authority"),
        (_track, "fed-back"): rows("from", "close", "closed") | rows("from", "contest", "contested"),
    }

DISPUTE: Table = {}
for _track in ("same", "cross"):
    _other = ("to", "sharing_officer") if _track == "same" else ("bureau", "authority")
    _ours = rows("from", "withdraw", "withdrawn", "sharing_officer")
    DISPUTE |= {
        (_track, "draft"): rows("from", "open", "negotiating", "sharing_officer") | _ours,
        (_track, "negotiating"): rows(_other[0], "offer", "offered", _other[1])
        | rows("from", "escalate", "coordinating", "sharing_officer")
        | _ours,
        (_track, "offered"): rows("from", "accept", "settled", "sharing_officer")
        | rows("from", "escalate", "coordinating", "sharing_officer")
        | _ours,
        (_track, "coordinating"): rows("bureau", "settle", "settled", "authority")
        | rows("bureau", "refer", "government", "authority")
        | _ours,
        (_track, "government"): rows("bureau", "decide", "decided", "authority"),
    }

DEMAND: Table = {
    ("unmet", "draft"): rows("from", "post", "open") | rows("from", "withdraw", "withdrawn"),
    ("unmet", "open"): rows("bureau", "assign", "assigned", "authority")
    | rows("bureau", "answer", "met", "authority")
    | rows("bureau", "close", "unmet", "authority")
    | rows("from", "withdraw", "withdrawn"),
    ("unmet", "assigned"): rows("to", "answer", "met")
    | rows("to", "deny", "open")
    | rows("to", "redirect", "open")
    | rows("from", "withdraw", "withdrawn"),
}


@pytest.mark.parametrize(
    ("name", "written"), [("correction", CORRECTION), ("dispute", DISPUTE), ("demand", DEMAND)]
)
def test_what_the_file_allows_is_what_the_regulation_says(name: str, written: Any) -> None:
    cycle = lifecycle(name)

    allowed = {(track, state): table(cycle, track, state) for track in cycle.tracks for state in cycle.states}

    assert {key: found for key, found in allowed.items() if found} == written


def test_the_clock_of_a_correction_starts_once_and_stops_at_the_feedback_alone() -> None:
    ticks = [(row.verb, tick.act, tick.rule) for row in lifecycle("correction").rows for tick in row.clock]

    assert ticks == [("file", "start", "T7"), ("feed-back", "stop", None), ("withdraw", "stop", None)]
