"""The clock of a case: started on receipt, paused, extended, ended, and counted anew by a new calendar."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import orjson
import pytest
from sqlmodel import col, select

from catalog.base.errors import InvalidDocument, NotPermitted, WrongState
from catalog.calendars.force import in_force
from catalog.cases import due, extensions, service
from catalog.identity.actors import CONSOLE
from catalog.ledger.models import Entry
from catalog.registry import verbs
from catalog.registry.models import Record
from catalog.registry.prepare import Incoming
from catalog.runtime import Runtime
from tests import factories
from tests.cases.clocked import BUREAU, FROM, OFFICER, PROVIDER, TO, done, filed, now, without_slices
from tests.cases.people import somebody
from tests.desk import proof

RECEIVED = date(2026, 9, 1)  # a Tuesday; ten working days later it is 15 September
Y2027 = {
    "identifier": "WC2027", "name": "2027年工作日历", "year": 2027, "announced": True, "department": "DP0002",
    "source": {"title": "国务院办公厅关于2027年部分节假日安排的通知"},
    "holidays": [{"on": "2027-01-01", "name": "元旦"}],
}  # fmt: skip


@pytest.fixture(autouse=True)
def _engine_alone() -> Iterator[None]:
    with without_slices():
        yield


def entries(runtime: Runtime, number: str) -> list[tuple[str, Any]]:
    with runtime.database.reading() as session:
        found = session.scalars(select(Entry).where(col(Entry.identifier) == number).order_by(col(Entry.seq)))
        return [(one.verb, orjson.loads(one.data) if one.data else {}) for one in found]


def asked(runtime: Runtime, number: str, days: int, by: Any = PROVIDER, reason: str = "涉及三个系统") -> str:
    with runtime.database.writing() as session:
        return extensions.ask(
            session, number, days=days, reason=reason, by=by, on=RECEIVED, database=runtime.database
        ).number


def test_a_filed_request_is_due_by_its_rule(runtime: Runtime) -> None:
    conditional, free = filed(runtime, RECEIVED), filed(runtime, RECEIVED, track="unconditional")

    assert (conditional.due_on, conditional.provisional, conditional.sort_on) == (
        "2026-09-15",
        False,
        "2026-09-15",
    )
    assert free.due_on == "2026-09-02"


def test_a_pause_moves_the_day_by_exactly_its_working_days(runtime: Runtime) -> None:
    number = filed(runtime, RECEIVED).number

    paused = done(runtime, number, "ask-supplement", PROVIDER, date(2026, 9, 4), values={})
    assert (paused.due_on, paused.sort_on, due.told(paused)["state"]) == (None, "9999-12-31", "paused")
    back = done(runtime, number, "supplement", OFFICER, date(2026, 9, 9))

    assert back.due_on == "2026-09-18"  # Friday, Monday and Tuesday did not count
    assert due.told(back)["pauses"] == [{"from": "2026-09-04", "until": "2026-09-09"}]


def test_a_clock_that_starts_ends_the_one_before_and_both_are_told(runtime: Runtime) -> None:
    number = filed(runtime, RECEIVED).number

    agreed = done(
        runtime, number, "agree", PROVIDER, date(2026, 9, 16), values={"answer": [{"item": "姓名"}]}
    )

    assert agreed.due_on == "2026-10-20"  # T6, twenty working days across the National Day
    told = due.told(agreed)
    assert (told["rule"], told["past"][0]["rule"], told["past"][0]["due_on"]) == ("T6", "T4", "2026-09-15")
    verb, data = entries(runtime, number)[-1]
    assert (verb, data["clock"]) == (
        "case.agreed",
        [{"rule": "T4", "start": "2026-09-01", "ended": "2026-09-16", "due_on": "2026-09-15"}],
    )


def test_who_is_outside_the_district_is_bound_by_no_clock(runtime: Runtime) -> None:
    case = filed(runtime, RECEIVED, track="external")

    assert (case.due_on, due.told(case)["state"]) == (None, "external")
    with pytest.raises(WrongState, match="extension-no-clock"):
        asked(runtime, case.number, 3, BUREAU)


def test_a_consented_extension_moves_the_clock_and_stands_in_both_timelines(runtime: Runtime) -> None:
    number = filed(runtime, RECEIVED).number

    asking = asked(runtime, number, 4)
    assert now(runtime, number).due_on == "2026-09-15"  # until it is consented, the clock runs on
    assert (now(runtime, asking).to_department, now(runtime, asking).awaits_role) == (FROM, "authority")
    done(runtime, asking, "consent", BUREAU, date(2026, 9, 8))

    after = now(runtime, number)
    assert (after.due_on, after.sort_on, due.told(after)["extension"]) == (
        "2026-09-20",
        "2026-09-20",
        4,
    )  # a Sunday that is worked
    assert now(runtime, asking).state == "effective"
    (extended, facts), (told, notice) = entries(runtime, number)[-2:]
    assert (extended, facts["before"], facts["due_on"]) == ("case.extended", "2026-09-15", "2026-09-20")
    assert (told, notice) == ("case.told", {"told": FROM, "due_on": "2026-09-20"})
    assert entries(runtime, asking)[-1][1]["told"] == FROM
    assert entries(runtime, asking)[-1][1]["due_on"] == "2026-09-20"
    with pytest.raises(WrongState, match="extension-spent"):
        asked(runtime, number, 1)
    assert proof(runtime).broken is None


def test_a_refused_extension_leaves_the_day(runtime: Runtime) -> None:
    number = filed(runtime, RECEIVED).number

    done(runtime, asked(runtime, number, 10), "refuse", BUREAU, RECEIVED)

    assert now(runtime, number).due_on == "2026-09-15"
    assert asked(runtime, number, 1)


@pytest.mark.parametrize("days", [0, 11, -1])
def test_no_more_days_than_the_rule_allows(runtime: Runtime, days: int) -> None:
    number = filed(runtime, RECEIVED).number

    with pytest.raises(InvalidDocument) as refused:
        asked(runtime, number, days)

    assert [(one.pointer, one.rule) for one in refused.value.violations] == [("/days", "extension-days")]


def test_what_cannot_be_extended_is_refused_with_its_reason(runtime: Runtime) -> None:
    number = filed(runtime, RECEIVED).number
    with pytest.raises(NotPermitted):
        asked(runtime, number, 3, OFFICER)  # the requester is not bound by this clock
    with pytest.raises(InvalidDocument):
        asked(runtime, number, 3, reason=" ")
    asked(runtime, number, 3)
    with pytest.raises(WrongState, match="extension-pending"):
        asked(runtime, number, 3)

    paused = filed(runtime, RECEIVED).number
    done(runtime, paused, "ask-supplement", PROVIDER, RECEIVED, values={})
    with pytest.raises(WrongState, match="extension-paused"):
        asked(runtime, paused, 3)

    delivering = filed(runtime, RECEIVED).number
    done(runtime, delivering, "agree", PROVIDER, RECEIVED, values={"answer": [{"item": "姓名"}]})
    with pytest.raises(WrongState, match="extension-not-allowed"):
        asked(runtime, delivering, 3)

    closed = filed(runtime, RECEIVED).number
    done(runtime, closed, "withdraw", OFFICER, RECEIVED)
    with pytest.raises(WrongState, match="extension-no-clock"):
        asked(runtime, closed, 3)


def test_consent_comes_too_late_once_the_answer_is_given(runtime: Runtime) -> None:
    number = filed(runtime, RECEIVED).number
    asking = asked(runtime, number, 3)
    done(runtime, number, "refuse", PROVIDER, RECEIVED, values={"answer": [{"item": "姓名"}]})

    with pytest.raises(WrongState, match="extension-no-clock"):
        done(runtime, asking, "consent", BUREAU, RECEIVED)
    assert now(runtime, asking).state == "asked"


def test_an_extension_cannot_be_led_to_a_case_of_others(runtime: Runtime) -> None:
    number = filed(runtime, RECEIVED).number
    stranger = somebody("sharing_officer", "DP0021")
    with runtime.database.writing() as session:
        case = service.open_case(
            session, type="extension", track="answer", title="别人的事", by=stranger, from_department="DP0021",
            to_department=FROM, document={"case": number, "days": 3, "grounds": "理由"},
        )  # fmt: skip
        made = case.number

    with pytest.raises(NotPermitted):
        done(runtime, made, "ask", stranger, RECEIVED)
    assert TO != "DP0021"


def test_a_registered_year_counts_every_open_case_anew(runtime: Runtime) -> None:
    number = filed(runtime, date(2026, 12, 25)).number
    settled = filed(runtime, date(2026, 12, 25)).number
    done(runtime, settled, "refuse", PROVIDER, date(2026, 12, 28), values={"answer": [{"item": "姓名"}]})
    untouched = filed(runtime, RECEIVED)
    before = now(runtime, number)
    assert (before.due_on, before.provisional) == ("2027-01-08", True)

    factories.enter(runtime, Incoming("calendar", Y2027), by=CONSOLE)

    after = now(runtime, number)
    assert (after.due_on, after.provisional, after.sort_on) == ("2027-01-11", False, "2027-01-11")
    verb, data = entries(runtime, number)[-1]
    assert (verb, data) == (
        "case.recounted",
        {"before": "2027-01-08", "due_on": "2027-01-11", "provisional": False},
    )
    assert after.seq > before.seq
    assert now(runtime, settled).due_on is None
    assert now(runtime, untouched.number).seq == untouched.seq
    assert proof(runtime).broken is None

    done(
        runtime, number, "ask-supplement", PROVIDER, date(2026, 12, 28), values={}
    )  # the case goes on as before
    with runtime.database.reading() as session:
        record = session.get_one(Record, ("calendar", "WC2027"))
        seq = record.seq
    verbs.retire(
        runtime.database, kind="calendar", identifier="WC2027", read=seq, by=CONSOLE, permit=lambda *_: None
    )
    with runtime.database.reading() as session:
        assert not in_force(session).announced(date(2027, 1, 4))
    again = filed(runtime, date(2026, 12, 25))
    assert (again.due_on, again.provisional) == ("2027-01-08", True)
