"""Statutory time limits: on which day something is due. Pure; the rules are data with their article."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

import yaml

from catalog.base import files
from catalog.standards.calendars import Calendar

LONGEST = 2000
"""Working days that are counted at most."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One time limit: working days (or years), by how many it may be extended, and how often."""

    name: str
    zh: str
    en: str
    article: str
    days: int = 0
    extension: int = 0
    extensions: int = 1
    years: int = 0
    count_start_day: bool = False


class Pause(NamedTuple):
    """Days that do not count: from the day of the pause up to, not including, the day of resumption; None while it lasts."""

    start: date
    until: date | None = None


class Deadline(NamedTuple):
    """The last day, till its end; None while the clock is paused. Provisional: a year is not announced yet."""

    on: date | None
    provisional: bool


@cache
def rules() -> Mapping[str, Rule]:
    """T1 to T8 by name (``standards/lifecycles/clocks.yaml``)."""
    text = (files.standards() / "lifecycles" / "clocks.yaml").read_text(encoding="utf-8")
    read = yaml.safe_load(text)
    common = {name: read[name] for name in ("count_start_day", "extensions")}
    return {name: Rule(name=name, **(common | said)) for name, said in read["rules"].items()}


@cache
def cool_down() -> int:
    """Days after a termination for misuse in which the same dataset cannot be asked for again; 0 for none."""
    text = (files.standards() / "lifecycles" / "clocks.yaml").read_text(encoding="utf-8")
    return int(yaml.safe_load(text).get("cool_down_days", 0))


def deadline(
    start: date, rule: Rule, calendar: Calendar, pauses: Iterable[Pause] = (), *, extension: int = 0
) -> Deadline:
    """The day on which ``rule`` ends, begun on ``start`` (the day of receipt in local time).

    ValueError: a limit without days, an extension the rule does not allow, a pause that ends before it
    begins, a day beyond the calendar.
    """
    held = tuple(pauses)
    most = rule.extension * rule.extensions
    if not 0 <= extension <= most:
        raise ValueError(f"extension of {rule.name} must be between 0 and {most}")
    if any(pause.until is not None and pause.until < pause.start for pause in held):
        raise ValueError("a pause ends before it begins")
    if rule.years:
        return Deadline(_later(start, rule.years), False)
    left = rule.days + extension
    if rule.days <= 0 or left > LONGEST:
        raise ValueError(f"{rule.name} must have between 1 and {LONGEST} working days")
    day, provisional = start, not calendar.announced(start)
    try:
        if not rule.count_start_day:
            day += timedelta(days=1)
        while True:
            provisional = provisional or not calendar.announced(day)
            pause = next(
                (one for one in held if one.start <= day and (one.until is None or day < one.until)), None
            )
            if pause and pause.until is None:
                return Deadline(None, provisional)
            if not pause and calendar.works(day):
                left -= 1
                if not left:
                    return Deadline(day, provisional)
            day += timedelta(days=1)
    except OverflowError as beyond:
        raise ValueError("the deadline lies beyond the calendar") from beyond


def _later(start: date, years: int) -> date:
    try:
        return start.replace(year=start.year + years)
    except ValueError:
        return date(start.year + years, 3, 1)
