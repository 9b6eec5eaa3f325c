"""A year as twelve small tables: what is off, what is made up, what is weekend. Pure."""

from __future__ import annotations

from calendar import Calendar as Weeks
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from catalog.base.documents import Document

Sort = Literal["off", "worked", "weekend", "day"]


@dataclass(frozen=True, slots=True)
class Cell:
    """One day."""

    day: int
    sort: Sort
    name: str = ""


@dataclass(frozen=True, slots=True)
class Month:
    """One month: weeks from Monday to Sunday, None outside the month."""

    number: int
    weeks: Sequence[Sequence[Cell | None]]


def months(document: Document) -> list[Month]:
    """The twelve months of a calendar's document."""
    year = int(document["year"])
    off = {row["on"]: row.get("name", "") for row in document.get("holidays", ())}
    worked = {row["on"] for row in document.get("make_up_days", ())}
    return [
        Month(
            number,
            [
                [_cell(date(year, number, day), off, worked) if day else None for day in week]
                for week in Weeks().monthdayscalendar(year, number)
            ],
        )
        for number in range(1, 13)
    ]


def counts(document: Document) -> dict[str, int]:
    """Days off, days made up, and working days of the year."""
    every = [cell for month in months(document) for week in month.weeks for cell in week if cell]
    return {
        "off": sum(cell.sort == "off" for cell in every),
        "worked": sum(cell.sort == "worked" for cell in every),
        "working": sum(cell.sort in ("worked", "day") for cell in every),
    }


def _cell(day: date, off: Mapping[str, Any], worked: set[str]) -> Cell:
    said = day.isoformat()
    if said in worked:
        return Cell(day.day, "worked")
    if said in off:
        return Cell(day.day, "off", str(off[said]))
    return Cell(day.day, "weekend" if day.weekday() >= 5 else "day")
