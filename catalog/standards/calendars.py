"""Working days: holidays and make-up days of the announced years; the weekend rule beyond them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

import orjson

from catalog.base import files
from catalog.base.documents import Document


@dataclass(frozen=True, slots=True)
class Year:
    """What is known of one year: days off, and weekend days that are worked; announced, or only expected."""

    holidays: frozenset[date]
    workdays: frozenset[date]
    announced: bool = True


@dataclass(frozen=True, slots=True)
class Calendar:
    """The known years; a year that is not announced is provisional, one that is not known has weekends only."""

    years: Mapping[int, Year]

    def announced(self, day: date) -> bool:
        """Whether the year of ``day`` is announced."""
        year = self.years.get(day.year)
        return year is not None and year.announced

    def works(self, day: date) -> bool:
        """Whether ``day`` is a working day, as far as is known."""
        year = self.years.get(day.year)
        if year and day in year.workdays:
            return True
        return day.weekday() < 5 and not (year and day in year.holidays)


def compiled(documents: Iterable[Document]) -> Calendar:
    """The calendar that documents of the kind ``calendar`` make; a later one of the same year counts."""
    return Calendar({document["year"]: year(document) for document in documents})


def year(document: Document) -> Year:
    """One year; days of any other year are passed over."""

    def days(name: str) -> frozenset[date]:
        found = (date.fromisoformat(row["on"]) for row in document.get(name, ()))
        return frozenset(day for day in found if day.year == document["year"])

    return Year(days("holidays"), days("make_up_days"), bool(document.get("announced")))


@cache
def seeded() -> Calendar:
    """The calendar that comes with the product (``standards/calendars``)."""
    return compiled(
        document
        for path in sorted((files.standards() / "calendars").glob("*.json"))
        for document in orjson.loads(path.read_bytes())
    )
