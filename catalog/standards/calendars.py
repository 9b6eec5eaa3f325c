"""Working days: holidays and make-up days of the announced years; the weekend rule beyond them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import yaml

from catalog.base import files


@dataclass(frozen=True, slots=True)
class Year:
    """What the State Council announced for one year: weekdays off, and weekend days that are worked."""

    holidays: frozenset[date]
    workdays: frozenset[date]


@dataclass(frozen=True, slots=True)
class Calendar:
    """The announced years; a year that is not among them follows the weekend rule and is provisional."""

    years: Mapping[int, Year]

    def announced(self, day: date) -> bool:
        """Whether the year of ``day`` is announced."""
        return day.year in self.years

    def works(self, day: date) -> bool:
        """Whether ``day`` is a working day, as far as is known."""
        year = self.years.get(day.year)
        if year and day in year.workdays:
            return True
        return day.weekday() < 5 and not (year and day in year.holidays)


def parse(document: Mapping[Any, Mapping[str, list[str]]]) -> Calendar:
    """A calendar from ``{year: {holidays: [MM-DD], workdays: [MM-DD]}}``; ValueError for an impossible day."""

    def days(year: int, said: list[str]) -> frozenset[date]:
        return frozenset(date.fromisoformat(f"{year:04d}-{day}") for day in said)

    return Calendar(
        {
            int(y): Year(days(int(y), of["holidays"]), days(int(y), of["workdays"]))
            for y, of in document.items()
        }
    )


@cache
def seeded() -> Calendar:
    """The calendar that comes with the product."""
    text = (files.standards() / "calendars" / "years.yaml").read_text(encoding="utf-8")
    return parse(yaml.safe_load(text))
