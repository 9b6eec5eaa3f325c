"""The demonstration lives: its cases are played by the engine on the days before its making, whatever day that is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy import text as sql
from sqlmodel import select

from catalog.base import clock
from catalog.base.settings import Settings
from catalog.cases import inbox, proposals, rights
from catalog.cases.models import Case
from catalog.commands import demonstration
from catalog.commands.common import actor
from catalog.identity import demo
from catalog.identity.actors import Actor
from catalog.kinds import CASE_TYPES
from catalog.runtime import Runtime, open_runtime
from tests.desk import proof

HOLIDAY = datetime(2027, 2, 13, 4, tzinfo=UTC)  # a Saturday of a year whose calendar is not announced


class Made(NamedTuple):
    """A demonstration and the day of its making."""

    runtime: Runtime
    on: date


def made(folder: Path, at: datetime) -> Made:
    runtime = open_runtime(Settings(data_dir=folder), empty=True)
    with clock.played() as play:
        play(at)
        on = clock.today(runtime.settings.zone)
        demonstration.found(runtime)
    return Made(runtime, on)


@pytest.fixture(scope="module")
def today(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    one = made(tmp_path_factory.mktemp("today"), clock.now())
    yield one
    one.runtime.close()


def cases(one: Made) -> list[Case]:
    with one.runtime.database.reading() as session:
        return list(session.scalars(select(Case).order_by(Case.number)))


def late(one: Made) -> set[str]:
    return {
        case.number
        for case in cases(one)
        if case.due_on and case.due_on < one.on.isoformat() and not case.closed
    }


def test_every_case_type_is_there_open_and_most_of_them_ended_too(today: Made) -> None:
    all_of_them = cases(today)

    assert {case.type for case in all_of_them if not case.closed} == CASE_TYPES.keys() - {"release"}
    assert len({case.type for case in all_of_them if case.closed}) > len(CASE_TYPES) // 2


def _goes_on(by: Actor, case: Case) -> bool:
    """For a department without an account the bureau records the receipt that it gives on paper."""
    return bool(rights.offered(by, case) or (case.type == "receipt" and rights.by_paper(by, case)))


def test_every_open_case_has_an_account_that_can_act_or_record_what_was_signed(today: Made) -> None:
    accounts = [actor(today.runtime, one.login) for one in demo.ACCOUNTS]

    idle = [
        case.number
        for case in cases(today)
        if not case.closed and not any(_goes_on(one, case) for one in accounts)
    ]

    assert idle == []


@pytest.mark.parametrize(
    "login",
    ["minzheng", "gongxiang", "renshe", "renshebm", "juzhang", "weijian", "weijianbm", "zhuguan", "shenpi"],
)
def test_every_login_of_the_guide_finds_something_to_do(today: Made, login: str) -> None:
    with today.runtime.database.reading() as session:
        rows, _ = inbox.inbox(session, actor(today.runtime, login), box="mine", on=today.on.isoformat())

    assert rows


def test_an_approved_proposal_goes_on_showing_what_it_changed(today: Made) -> None:
    approved = [case for case in cases(today) if case.type == "proposal" and case.state == "approved"]
    with today.runtime.database.reading() as session:
        shown = [one for case in approved for one in proposals.judged(session, case, today.on)]

    assert {one.action for one in shown} == {"created", "revised"}
    assert all(one.before != one.document for one in shown)


def test_what_is_late_is_late_on_the_day_of_its_making_and_on_any_other(today: Made, tmp_path: Path) -> None:
    other = made(tmp_path, HOLIDAY)
    try:
        assert [(case.type, case.state, case.title) for case in cases(other)] == [
            (case.type, case.state, case.title) for case in cases(today)
        ]
        assert len(late(today)) == len(late(other)) == 3
    finally:
        other.runtime.close()


def test_the_past_is_told_in_its_order_and_the_ledger_holds(today: Made) -> None:
    with today.runtime.database.reading() as session:
        told = [row[0] for row in session.execute(sql("SELECT at FROM entry ORDER BY seq"))]

    assert told == sorted(told)
    assert told[-1] < clock.stamp(clock.now())
    assert told[0] < clock.stamp(clock.now() - timedelta(days=60))
    assert proof(today.runtime).broken is None
