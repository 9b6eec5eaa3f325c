"""What a working calendar must fulfil beyond its schema: one record for each year, every day in its year, once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from catalog.base.documents import Document
from catalog.base.errors import Violation

if TYPE_CHECKING:
    from catalog.registry.facts import Facts


def violations(document: Document, facts: Facts) -> Iterator[Violation]:
    """Everything that is wrong with one calendar."""
    identifier = facts.identifier or document.get("identifier")
    expected = identifier_of(document.get("year", 0))
    if identifier and "year" in document and identifier != expected:
        yield Violation("/identifier", "calendar-identifier", found=identifier, expected=expected)
    yield from _day_violations(document)
    if document.get("announced") and not document.get("source"):
        yield Violation("/source", "calendar-source")


def identifier_of(year: int) -> str:
    """The identifier of the calendar of a year."""
    return f"WC{year:04d}"


def _day_violations(document: Document) -> Iterator[Violation]:
    seen: dict[str, str] = {}
    for name in ("holidays", "make_up_days"):
        for index, row in enumerate(document.get(name, ())):
            place, day = f"/{name}/{index}/on", row.get("on")
            if day is None:
                continue
            if day in seen:
                yield Violation(place, "calendar-twice", found=day, expected=seen[day])
            seen.setdefault(day, place)
            if "year" in document and not day.startswith(f"{document['year']:04d}-"):
                yield Violation(place, "calendar-year", found=day, expected=document["year"])
            elif name == "make_up_days" and not _weekend(day):
                yield Violation(place, "calendar-make-up", found=day)


def _weekend(day: Any) -> bool:
    return date.fromisoformat(day).weekday() >= 5
