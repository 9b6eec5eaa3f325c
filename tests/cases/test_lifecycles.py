"""Lifecycles as tables: every state, verb, side and role, checked against hand-written ones."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import yaml

from catalog.base import files
from catalog.standards import lifecycles
from catalog.standards.lifecycles import Flawed, Lifecycle, all_lifecycles, lifecycle

ROLES = (
    "data_officer", "sharing_officer", "department_head", "cdo",
    "standards_editor", "standards_approver", "authority",
)  # fmt: skip
EVERY = pytest.mark.parametrize("cycle", all_lifecycles(), ids=lambda cycle: cycle.type)

# track, state -> {(verb, side, role): state after}; everything that is not listed is refused
PROPOSAL: dict[tuple[str, str], dict[tuple[str, str, str], str]] = {}
for _track in ("first", "update"):
    PROPOSAL |= {
        (_track, "draft"): {
            ("submit", "from", "data_officer"): "consenting",
            ("withdraw", "from", "data_officer"): "withdrawn",
        },
        (_track, "consenting"): {
            ("consent", "from", "department_head"): "submitted",
            ("decline", "from", "department_head"): "draft",
            ("withdraw", "from", "data_officer"): "withdrawn",
        },
        (_track, "submitted"): {
            ("approve", "bureau", "authority"): "approved",
            ("refuse", "bureau", "authority"): "refused",
            ("return", "bureau", "authority"): "returned",
            ("reopen", "bureau", "authority"): "returned",
            ("withdraw", "from", "data_officer"): "withdrawn",
        },
        (_track, "returned"): {
            ("submit", "from", "data_officer"): "consenting",
            ("withdraw", "from", "data_officer"): "withdrawn",
        },
    }
for (_, _state), _allowed in [*PROPOSAL.items()]:
    if _ == "first":  # an initial load carries agreements too: the sharing officer goes on with it
        _more = {
            (verb, side, "sharing_officer"): to
            for (verb, side, role), to in _allowed.items() if role == "data_officer"
        }  # fmt: skip
        PROPOSAL["past", _state] = _allowed | _more
PROPOSAL |= {
    ("standard", "draft"): {
        ("submit", "from", "standards_editor"): "submitted",
        ("withdraw", "from", "standards_editor"): "withdrawn",
    },
    ("standard", "submitted"): {
        ("approve", "bureau", "standards_approver"): "approved",
        ("refuse", "bureau", "standards_approver"): "refused",
        ("return", "bureau", "standards_approver"): "returned",
        ("reopen", "bureau", "standards_approver"): "returned",
        ("withdraw", "from", "standards_editor"): "withdrawn",
    },
    ("standard", "returned"): {
        ("submit", "from", "standards_editor"): "submitted",
        ("withdraw", "from", "standards_editor"): "withdrawn",
    },
}

REQUEST: dict[tuple[str, str], dict[tuple[str, str, str], str]] = {}
for _track in ("unconditional", "conditional", "external"):
    _within = _track != "external"
    _provider = [("to", "data_officer"), ("to", "sharing_officer")]
    REQUEST |= {
        (_track, "draft"): {
            ("prepare", "from", "data_officer"): "signing",
            ("prepare", "from", "sharing_officer"): "signing",
            ("withdraw", "from", "sharing_officer"): "withdrawn",
            ("withdraw", "from", "data_officer"): "withdrawn",
        },
        (_track, "signing"): {
            ("file", "from", "sharing_officer"): "filed",
            ("decline", "from", "sharing_officer"): "draft",
            ("withdraw", "from", "sharing_officer"): "withdrawn",
        },
        (_track, "filed"): {("withdraw", "from", "sharing_officer"): "withdrawn"}
        | (
            {
                ("agree", "to", "sharing_officer"): "agreed",
                ("refuse", "to", "sharing_officer"): "refused",
                ("ask-supplement", "to", "data_officer"): "supplement",
                ("ask-supplement", "to", "sharing_officer"): "supplement",
            }
            if _within
            else {
                ("agree", "bureau", "authority"): "agreed",
                ("refuse", "bureau", "authority"): "refused",
            }
        ),
        (_track, "supplement"): {
            ("supplement", "from", "sharing_officer"): "filed",
            ("withdraw", "from", "sharing_officer"): "withdrawn",
        },
        (_track, "agreed"): {("withdraw", "from", "sharing_officer"): "withdrawn"}
        | (
            {("deliver", side, role): "delivered" for side, role in _provider}
            if _within
            else {("deliver", "bureau", "authority"): "delivered"}
        ),
        (_track, "delivered"): {
            ("confirm", "from", "data_officer"): "in-use",
            ("confirm", "from", "sharing_officer"): "in-use",
            ("contest", "from", "data_officer"): "agreed",
            ("contest", "from", "sharing_officer"): "agreed",
            ("withdraw", "from", "sharing_officer"): "withdrawn",
        },
    }


def table(cycle: Lifecycle, track: str, state: str, done: tuple[str, ...] = ()) -> dict[Any, str]:
    """What the file allows: every verb asked for every side and role."""
    found = {}
    for verb in {row.verb for row in cycle.rows}:
        for side in ("from", "to", "bureau"):
            for role in ROLES:
                if cycle.allows(verb, state, track, side, role, done):
                    rows = cycle.find(verb, state, track, done)
                    fitting = next(row for row in rows if row.side == side and role in row.roles)
                    found[verb, side, role] = fitting.to
    return found


@pytest.mark.parametrize(("name", "written"), [("proposal", PROPOSAL), ("sharing-request", REQUEST)])
def test_what_the_file_allows_is_what_the_regulation_says(name: str, written: dict[Any, Any]) -> None:
    cycle = lifecycle(name)

    allowed = {(track, state): table(cycle, track, state) for track in cycle.tracks for state in cycle.states}

    reached = {key for key, rows in allowed.items() if rows}
    assert {key: allowed[key] for key in written} == written
    assert reached == written.keys()


def test_a_proposal_is_returned_once() -> None:
    cycle = lifecycle("proposal")

    again = table(cycle, "update", "submitted", ("submit", "consent", "return", "submit", "consent"))

    assert "return" not in {verb for verb, _, _ in again}
    assert ("approve", "bureau", "authority") in again


def test_a_request_is_never_refused_for_missing_material() -> None:
    supplement = table(lifecycle("sharing-request"), "conditional", "supplement")

    assert {verb for verb, _, _ in supplement} == {"supplement", "withdraw"}


@EVERY
def test_an_ended_case_allows_nothing(cycle: Lifecycle) -> None:
    ended = [state for state in cycle.states.values() if state.final]

    assert ended
    assert [table(cycle, track, state.name) for state in ended for track in cycle.tracks] == [
        {} for _ in ended for _ in cycle.tracks
    ]


@EVERY
def test_who_is_awaited_can_act(cycle: Lifecycle) -> None:
    for track in cycle.tracks:
        for state in cycle.states.values():
            awaited = cycle.awaited(state.name, track)
            rows = table(cycle, track, state.name)
            if awaited and rows:
                assert any((side, role) == (awaited.side, awaited.role) for _, side, role in rows)


def plain(name: str) -> Any:
    return yaml.safe_load((files.standards() / "lifecycles" / f"{name}.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("change", "flaw"),
    [
        (lambda raw: raw["verbs"][0].update(to="nowhere"), "nowhere is not known"),
        (lambda raw: raw["verbs"][0].update(roles=["reader"]), "reader"),
        (lambda raw: raw["states"]["draft"].update(final=True), "final"),
        (lambda raw: raw["states"]["draft"].pop("awaits"), "any other for somebody"),
        (lambda raw: raw["states"]["draft"].update(awaits=[{"side": "to", "role": "cdo"}]), "nobody who is"),
        (lambda raw: raw["verbs"][0].update(requires=["wish"]), "wish is not known"),
        (lambda raw: raw["verbs"][0].update(clock=[{"act": "start"}]), "names its rule"),
        (lambda raw: raw.update(surprise=1), "surprise"),
        (lambda raw: raw["states"].update(island={"zh": "岛", "en": "Island", "final": True}), "be reached"),
    ],
)
def test_a_file_that_does_not_hold_together_is_refused(change: Any, flaw: str) -> None:
    raw = copy.deepcopy(plain("sharing-request"))
    change(raw)

    with pytest.raises(Flawed, match=flaw):
        lifecycles.read(raw)


@EVERY
def test_every_verb_says_what_it_does_and_on_what_it_rests(cycle: Lifecycle) -> None:
    for row in cycle.rows:
        assert row.says_zh.endswith("。")
        assert row.says_en.endswith(".")
        assert row.basis
