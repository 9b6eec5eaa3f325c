"""No entry is written under a clock that can't be right."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text as sql

from catalog.base import clock
from catalog.base.errors import Unready
from catalog.identity.actors import CONSOLE
from catalog.ledger import service as ledger
from catalog.ledger.service import Line
from catalog.runtime import Runtime
from tests.ledger.conftest import LENGTH


def stand(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr(clock, "now", lambda: moment)


def newest(runtime: Runtime) -> tuple[int, datetime]:
    with runtime.database.reading() as session:
        last = ledger.head(session)
    return last.seq, clock.parse_stamp(last.at)


def write(runtime: Runtime) -> None:
    with runtime.database.writing() as session:
        ledger.append(session, [Line("register.exported")], by=CONSOLE)


@pytest.mark.parametrize(
    ("away", "slug"),
    [
        (-timedelta(seconds=3), "clock-behind"),
        (-timedelta(days=400), "clock-behind"),
        (timedelta(days=30, seconds=1), "clock-ahead"),
        (timedelta(days=4000), "clock-ahead"),
    ],
)
def test_a_clock_far_from_the_last_entry_writes_nothing(
    kept: Runtime, monkeypatch: pytest.MonkeyPatch, away: timedelta, slug: str
) -> None:
    seq, at = newest(kept)
    stand(monkeypatch, at + away)

    with pytest.raises(Unready) as refused:
        write(kept)

    assert refused.value.slug == slug
    assert newest(kept) == (seq, at)


def test_a_clock_a_second_behind_keeps_the_time_of_the_last_entry(
    kept: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    seq, at = newest(kept)
    stand(monkeypatch, at - timedelta(seconds=1))

    write(kept)

    assert newest(kept) == (seq + 1, at)


def test_a_clock_far_ahead_writes_once_it_is_confirmed(
    kept: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    seq, at = newest(kept)
    later = at + timedelta(days=45)
    stand(monkeypatch, later)
    with kept.database.writing() as session:
        last = ledger.head(session)
        line = Line("clock.confirmed", data={"last": last.at})
        confirmed = ledger.moment(last, confirmed=True)
        ledger.append(session, [line], by=CONSOLE, last=last, at=confirmed)

    write(kept)

    assert newest(kept) == (seq + 2, later)


def test_time_never_decreases_with_seq(kept: Runtime) -> None:
    with kept.database.reading() as session:
        moments = list(session.scalars(sql("SELECT at FROM entry ORDER BY seq")))

    assert len(moments) > LENGTH
    assert moments == sorted(moments)
