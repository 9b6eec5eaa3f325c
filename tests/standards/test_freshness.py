"""When data are late: cycle and last renewal against the day."""

from __future__ import annotations

from datetime import date

import pytest

from catalog.standards.freshness import freshness

ON = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("cycle", "updated", "state", "late_by"),
    [
        ("2", "2026-11-21", "fresh", 0),
        ("2", "2026-11-20", "late", 1),
        ("4", "2026-10-19", "fresh", 0),
        ("4", "2026-10-18", "late", 1),
        ("6", "2025-11-08", "fresh", 0),
        ("6", "2024-11-23", "late", 350),
        ("9", "", "any-time", 0),
        ("4", "", "unknown", 0),
        ("4", "yesterday", "unknown", 0),
        ("4", "9999-12-31", "unknown", 0),
        ("", "2026-11-01", "unknown", 0),
    ],
)
def test_data_are_late_when_cycle_and_grace_have_passed(
    cycle: str, updated: str, state: str, late_by: int
) -> None:
    found = freshness({"update_cycle": cycle, "data_updated_on": updated}, ON)

    assert (found.state, found.late_by) == (state, late_by)
