"""Claims about working days and statutory time limits."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.standards.calendars import Calendar, Year, seeded
from catalog.standards.clocks import Pause, Rule, deadline, rules

GOLDEN = [
    ("2026-09-30", 1, "2026-10-08"), ("2026-09-30", 10, "2026-10-20"), ("2026-09-30", 20, "2026-11-03"),
    ("2026-02-13", 1, "2026-02-14"), ("2026-02-13", 10, "2026-03-05"), ("2026-04-30", 2, "2026-05-07"),
    ("2026-04-30", 10, "2026-05-18"), ("2026-12-01", 10, "2026-12-15"), ("2025-08-01", 10, "2025-08-15"),
]  # fmt: skip
STARTS = st.dates(date(2025, 1, 1), date(2026, 6, 30))
DAYS = st.integers(1, 30)


def limit(days: int, extension: int = 0) -> Rule:
    return Rule("X", "", "", "", days=days, extension=extension)


def due(start: date, days: int, calendar: Calendar | None = None, *pauses: Pause) -> date:
    found = deadline(start, limit(days), calendar or seeded(), pauses).on
    assert found
    return found


@pytest.mark.parametrize(("start", "days", "end"), GOLDEN)
def test_golden_vectors_hold(start: str, days: int, end: str) -> None:
    found = deadline(date.fromisoformat(start), limit(days), seeded())
    assert (str(found.on), found.provisional) == (end, False)


def test_every_limit_of_the_decree_is_there() -> None:
    found = {name: (rule.days, rule.extension, rule.years) for name, rule in rules().items()}
    assert found == {
        "T1": (10, 5, 0), "T2": (2, 0, 0), "T3": (1, 10, 0), "T4": (10, 10, 0),
        "T5": (0, 10, 0), "T6": (20, 0, 0), "T7": (10, 0, 0), "T8": (0, 0, 3),
        "H1": (5, 0, 0), "H2": (0, 0, 0), "H3": (0, 0, 0),  # of this house, and terms that a side sets
    }  # fmt: skip


def test_a_deadline_in_a_year_not_announced_is_provisional() -> None:
    assert deadline(date(2026, 12, 25), limit(10), seeded()).provisional


@given(STARTS, DAYS, st.dates(date(2025, 1, 1), date(2026, 12, 31)))
def test_a_holiday_never_shortens(start: date, days: int, off: date) -> None:
    known = seeded()
    year = known.years[off.year]
    more = Calendar({**known.years, off.year: Year(year.holidays | {off}, year.workdays - {off})})
    assert due(start, days, more) >= due(start, days)


@given(STARTS, DAYS, st.data())
def test_a_pause_of_n_working_days_moves_by_exactly_n(start: date, days: int, data: st.DataObject) -> None:
    begins = data.draw(st.dates(start + timedelta(1), due(start, days)))
    until = begins + timedelta(data.draw(st.integers(0, 40)))
    n = sum(seeded().works(begins + timedelta(i)) for i in range((until - begins).days))
    assert due(start, days, None, Pause(begins, until)) == due(start, days + n)


@given(STARTS, DAYS, st.integers(0, 10))
def test_an_extension_counts_as_more_days_and_later_starts_end_later(
    start: date, days: int, more: int
) -> None:
    assert deadline(start, limit(days, 10), seeded(), extension=more).on == due(start, days + more)
    assert due(start + timedelta(1), days) >= due(start, days)


def test_an_open_pause_has_no_day_and_a_wrong_question_is_refused() -> None:
    start, rule = date(2026, 9, 1), rules()["T7"]
    assert deadline(start, rule, seeded(), [Pause(date(2026, 9, 3))]).on is None
    with pytest.raises(ValueError, match="extension"):
        deadline(start, rule, seeded(), extension=1)
    with pytest.raises(ValueError, match="before"):
        deadline(start, rule, seeded(), [Pause(date(2026, 9, 3), date(2026, 9, 2))])
    with pytest.raises(ValueError, match="beyond"):
        deadline(date(9999, 12, 31), rule, seeded())
