"""How long an agreement still runs."""

from __future__ import annotations

from datetime import date

import pytest

from catalog.sharing.term import term


@pytest.mark.parametrize(
    ("status", "start", "until", "state", "days", "within"),
    [
        ("active", "2026-01-01", "2027-11-23", "running", 365, 0),
        ("active", "2026-01-01", "2027-01-22", "soon", 60, 60),
        ("active", "2026-01-01", "2026-12-23", "soon", 30, 30),
        ("active", "2026-01-01", "2026-11-30", "soon", 7, 7),
        ("active", "2026-01-01", "2026-11-23", "soon", 0, 7),
        ("active", "2026-01-01", "2026-11-22", "past", -1, 0),
        ("suspended", "2026-01-01", "2026-11-22", "past", -1, 0),
        ("active", "2026-12-01", "2027-12-01", "coming", 373, 0),
        ("active", "2026-01-01", "", "open-ended", 0, 0),
        ("expired", "2026-01-01", "2026-02-01", "closed", 0, 0),
        ("terminated", "2026-01-01", "2027-02-01", "closed", 0, 0),
    ],
)
def test_the_last_day_still_counts(
    status: str, start: str, until: str, state: str, days: int, within: int
) -> None:
    assert term(status, start, until, date(2026, 11, 23)) == (state, days, within)
