"""Random legal and illegal verbs on every case type: no unnamed state, no lost entry, nobody left to act."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlmodel import col, func, select

from catalog.base.errors import CatalogError, NotPermitted, WrongState
from catalog.cases import rights, service
from catalog.cases.models import Case
from catalog.ledger.models import Entry
from catalog.runtime import Runtime
from catalog.standards.lifecycles import TYPES, Lifecycle, lifecycle
from tests.cases.people import FROM, TO, filled, side, somebody
from tests.desk import proof

ON = date(2026, 9, 30)


def nobody_drafts(cycle: Lifecycle) -> bool:
    """Whether such a case is opened by what another one does, such as the receipt of a release."""
    return not any(cycle.initial in edit.states for edit in cycle.edits)


VERBS = sorted({row.verb for name in TYPES for row in lifecycle(name).rows} | {"conquer"})
ROLES = (
    "data_officer",
    "sharing_officer",
    "department_head",
    "standards_editor",
    "standards_approver",
    "authority",
)
STEPS = 20


def machine(runtime: Runtime) -> Callable[[], RuleBasedStateMachine]:
    """The model of one case on ``runtime``."""

    class Life(RuleBasedStateMachine):
        number = ""

        @initialize(name=st.sampled_from(TYPES), data=st.data())
        def open(self, name: str, data: st.DataObject) -> None:
            self.cycle = lifecycle(name)
            self.track = data.draw(st.sampled_from(sorted(self.cycle.tracks)))
            awaited = self.cycle.awaited(self.cycle.initial, self.track)
            assert awaited
            with runtime.database.writing() as session:
                case = service.open_case(
                    session, type=name, track=self.track, title="一件事", by=side(self.cycle, "from", awaited.role),
                    from_department=FROM, to_department=TO if "to" in self.cycle.sides else "",
                    document=filled(self.cycle), judged=nobody_drafts(self.cycle),
                )  # fmt: skip
                self.number, self.state, self.seq = case.number, case.state, case.seq
            self.verbs: list[str] = []
            self.entries = 1

        @rule(verb=st.sampled_from(VERBS), which=st.sampled_from(["from", "to", "bureau"]),
              role=st.sampled_from(ROLES), name=st.sampled_from(["甲", "乙"]), stale=st.integers(0, 9))  # fmt: skip
        def anything(self, verb: str, which: str, role: str, name: str, stale: int) -> None:
            self.attempt(verb, side(self.cycle, which, role, name=name), read=self.seq - (stale == 9))

        @rule(data=st.data(), name=st.sampled_from(["甲", "乙"]))
        def something_legal(self, data: st.DataObject, name: str) -> None:
            rows = self.cycle.possible(self.state, self.track, self.verbs)
            if rows:
                row = data.draw(st.sampled_from(rows))
                self.attempt(row.verb, side(self.cycle, row.side, row.roles[0], name=name), read=self.seq)

        def attempt(self, verb: str, by: Any, *, read: int) -> None:
            rows = self.cycle.find(verb, self.state, self.track, self.verbs)
            document = filled(self.cycle)
            values = {part: document[part] for part in (rows[0].takes if rows else ())}
            try:
                with runtime.database.writing() as session:
                    case = service.do(
                        session, self.number, verb, by=by, read=read, on=ON, note="理由", values=values,
                        database=runtime.database, department=TO,
                    )  # fmt: skip
                    state, seq = case.state, case.seq
            except CatalogError as error:
                assert isinstance(error, (WrongState, NotPermitted)) or error.slug == "not-found", error
                if error.slug == "case-verb":
                    assert not rows
                    assert set(error.values["possible"]) == {
                        row.verb for row in self.cycle.possible(self.state, self.track, self.verbs)
                    }
                return
            assert read == self.seq
            assert state in {row.to for row in rows}
            self.verbs.append(verb)
            self.state, self.seq = state, seq
            self.entries += 1

        @invariant()
        def it_stands_where_it_should(self) -> None:
            if not self.number:
                return
            with runtime.database.reading() as session:
                case = session.get(Case, self.number)
                assert case is not None
                assert (case.state, case.seq) == (self.state, self.seq)
                assert case.state in self.cycle.states
                count = session.scalar(
                    select(func.count()).where(
                        col(Entry.kind) == "case", col(Entry.identifier) == self.number
                    )
                )
                assert count == self.entries
                assert rights.done_verbs(case) == self.verbs
                if case.closed:
                    assert self.cycle.states[case.state].final
                    assert case.awaits_role == ""
                else:
                    somebodies = [
                        somebody(case.awaits_role, case.awaits_department or None, name=name)
                        for name in "甲乙丙丁"
                    ]
                    assert any(rights.offered(one, case) for one in somebodies)

    return Life


def test_random_verbs_never_leave_the_lifecycle(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "effect_of", lambda _: None)  # the engine alone
    run_state_machine_as_test(
        machine(runtime),
        settings=settings(
            max_examples=60, stateful_step_count=STEPS, deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip

    assert proof(runtime).broken is None


@pytest.mark.parametrize("name", TYPES)
def test_a_number_is_given_once(runtime: Runtime, name: str) -> None:
    cycle = lifecycle(name)
    track = next(iter(cycle.tracks))
    awaited = cycle.awaited(cycle.initial, track)
    assert awaited

    def opened() -> str:
        with runtime.database.writing() as session:
            return service.open_case(
                session, type=name, track=track, title="一件事", by=side(cycle, "from", awaited.role),
                from_department=FROM, to_department=TO, judged=nobody_drafts(cycle),
            ).number  # fmt: skip

    first, second = opened(), opened()

    assert first < second
    assert first.startswith(cycle.prefix)
