"""The moment and the day. Everything that asks for the time asks here, so that tests can fix it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def now() -> datetime:
    """The present moment, UTC."""
    return datetime.now(UTC)


def stamp(moment: datetime) -> str:
    """``2026-09-30T16:00:00.000000Z``: UTC with six decimals, so that text order is time order."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_stamp(text: str) -> datetime:
    """The moment that ``stamp`` wrote."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


def end_of_day(day: date, zone: ZoneInfo) -> str:
    """The first stamp after ``day`` in ``zone``: what happened before it happened by that day."""
    return stamp(datetime.combine(day + timedelta(days=1), time.min, zone))


def today(zone: ZoneInfo) -> date:
    """The calendar day in ``zone``."""
    return now().astimezone(zone).date()
