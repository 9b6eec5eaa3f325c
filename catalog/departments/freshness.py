"""Whether what a department holds was updated as often as it promised (CL0103, update cycle). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from catalog.base.documents import Document

_DAYS: Mapping[str, int] = {"1": 1, "2": 2, "3": 9, "4": 35, "5": 100, "7": 190, "6": 380}
# the cycle and some days of grace, as on the dataset's own page; 9 (不定期) is never late


def overdue_days(dataset: Document, *, on: date) -> int:
    """Days by which the last update is late; 0 where it is in time, irregular (9) or never stated."""
    cycle, last = dataset.get("update_cycle", ""), dataset.get("data_updated_on")
    if cycle not in _DAYS or not last:
        return 0
    return max(0, (on - date.fromisoformat(last)).days - _DAYS[cycle])


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
