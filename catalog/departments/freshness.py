"""Whether what a department holds was updated as often as it promised (CL0103, update cycle). Pure."""

from __future__ import annotations

from datetime import date
from collections.abc import Mapping

from catalog.base.documents import Document

_DAYS: Mapping[str, int] = {"1": 1, "2": 1, "3": 7, "4": 31, "5": 92, "7": 184, "6": 366}
_GRACE = 1  # a day for the transfer


def overdue_days(dataset: Document, *, on: date) -> int:
    """Days by which the last update is late; 0 where it is in time, irregular (9) or never stated."""
    cycle, last = dataset.get("update_cycle", ""), dataset.get("data_updated_on")
    if cycle not in _DAYS or not last:
        return 0
    return max(0, (on - date.fromisoformat(last)).days - _DAYS[cycle] - _GRACE)


def gaps(dataset: Document) -> list[str]:
    """What a published dataset still lacks, as names of messages: its fields, elements, date of update."""
    fields = dataset.get("fields", ())
    found = []
    if not fields:
        found.append("fields")
    elif any(not field.get("element") for field in fields):
        found.append("elements")
    if not dataset.get("data_updated_on"):
        found.append("updated")
    return found
