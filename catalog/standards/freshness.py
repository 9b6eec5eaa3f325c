"""When the data of a dataset should have been renewed: update cycle (CL0103) and the last renewal. Pure (O15)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal, NamedTuple

from catalog.base.documents import Document

DAYS = {"1": 1, "2": 2, "3": 9, "4": 35, "5": 100, "7": 190, "6": 380}
"""Days after which data of a cycle are late: the cycle and some days of grace; 9 (不定期) is never late."""

State = Literal["fresh", "late", "unknown", "any-time"]


class Freshness(NamedTuple):
    """Whether the data are as new as they should be; ``late_by`` in days."""

    state: State
    due_on: str
    late_by: int


def freshness(document: Document, on: date) -> Freshness:
    """How fresh a dataset's data are ``on`` a day, by its own update cycle."""
    asked = document.get("update_cycle", "")
    days = DAYS.get(asked)
    updated = document.get("data_updated_on", "")
    if days is None:
        return Freshness("any-time" if asked == "9" else "unknown", "", 0)
    if not updated:
        return Freshness("unknown", "", 0)
    try:
        due = date.fromisoformat(updated) + timedelta(days=days)
    except (ValueError, OverflowError):
        return Freshness("unknown", "", 0)
    late = (on - due).days
    return Freshness("late" if late > 0 else "fresh", due.isoformat(), max(0, late))
