"""The moment and the day. Everything that asks for the time asks here, so that tests can fix it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_BEHIND = [timedelta(0)]  # how far the time of a demonstration lies behind


def now() -> datetime:
    """The present moment, UTC."""
    return datetime.now(UTC) - _BEHIND[0]


@contextmanager
def played() -> Iterator[Callable[[datetime], None]]:
    """Let the time be what the caller sets, until the block ends.

    For the one who founds a demonstration, whose cases need a past: nobody else may be at work then.
    """

    def at(moment: datetime) -> None:
        _BEHIND[0] = datetime.now(UTC) - moment

    try:
        yield at
    finally:
        _BEHIND[0] = timedelta(0)


def stamp(moment: datetime) -> str:
    """``2026-09-30T16:00:00.000000Z``: UTC with six decimals, so that text order is time order."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_stamp(text: str) -> datetime:
    """The moment that ``stamp`` wrote."""
    return datetime.fromisoformat(text)


def end_of_day(day: date, zone: ZoneInfo) -> str:
    """The first stamp after ``day`` in ``zone``: what happened before it happened by that day."""
    return stamp(datetime.combine(day + timedelta(days=1), time.min, zone))


def today(zone: ZoneInfo) -> date:
    """The calendar day in ``zone``."""
    return now().astimezone(zone).date()
