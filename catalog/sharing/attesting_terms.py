"""For which periods a duty must be attested, and until when. Pure."""

from __future__ import annotations

import calendar
import re
from collections.abc import Collection, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from catalog.base.documents import Document

EVERY = {"4": 1, "5": 3, "7": 6, "6": 12}
"""The rhythms of ``obligations[].every`` (codes of CL0103) in months."""

SOON = 7
"""Days before the last day on which whoever attests is reminded."""

_FORMS = re.compile(r"\d{4}(?:H[12]|Q[1-4]|-(?:0[1-9]|1[0-2]))?", re.ASCII)


class Period(NamedTuple):
    """One stretch of the calendar; ``last`` is its last day within the agreement's term, ``due`` the last day to attest."""

    name: str
    last: date
    due: date


class Owed(NamedTuple):
    """A period for which a duty stands without attestation: ``open``, ``soon`` or ``late``."""

    obligation: str
    period: Period
    state: str


def is_period(said: str) -> bool:
    """Whether it is a year, half, quarter or month: ``2026``, ``2026H1``, ``2026Q3``, ``2026-11``."""
    return _FORMS.fullmatch(said) is not None


def first_day(name: str) -> date:
    """The first day of a period."""
    year, tail = int(name[:4]), name[4:]
    if not tail:
        month = 1
    elif tail[0] == "H":
        month = 6 * (int(tail[1]) - 1) + 1
    else:
        month = 3 * (int(tail[1]) - 1) + 1 if tail[0] == "Q" else int(tail[1:])
    return date(year, month, 1)


def periods(every: str, start: date, end: date, *, on: date, days: int) -> Iterator[Period]:
    """Those that have ended by ``on``, within a term from ``start`` to ``end``; the last one ends with it."""
    length = EVERY[every]
    year, month = start.year, (start.month - 1) // length * length + 1
    while date(year, month, 1) <= min(end, on):
        final = month + length - 1
        last = min(end, date(year, final, calendar.monthrange(year, final)[1]))
        if last < on:
            yield Period(_name(every, year, month), last, last + timedelta(days=days))
        month += length
        if month > 12:
            year, month = year + 1, 1


def _name(every: str, year: int, month: int) -> str:
    match every:
        case "6":
            return str(year)
        case "7":
            return f"{year}H{(month + 5) // 6}"
        case "5":
            return f"{year}Q{(month + 2) // 3}"
    return f"{year}-{month:02}"


def term_of(document: Document) -> tuple[date, date] | None:
    """From when until when duties stand; None before there is a term. Without an end it runs on."""
    period = document.get("period", {})
    if not period.get("from"):
        return None
    until = period.get("until", "9999-12-31")
    ended = document.get("termination", {}).get("on", "")
    return date.fromisoformat(period["from"]), date.fromisoformat(min(until, ended) if ended else until)


def owed(document: Document, given: Collection[tuple[str, str]], *, on: date, days: int) -> list[Owed]:
    """What is still to be attested of an agreement; ``given`` are the duties and periods that were."""
    term = term_of(document)
    if term is None:
        return []
    found = []
    for duty in document.get("obligations", ()):
        if duty.get("every") not in EVERY:
            continue
        for period in periods(duty["every"], *term, on=on, days=days):
            if (duty.get("type", ""), period.name) not in given:
                state = (
                    "late" if period.due < on else "soon" if period.due - on <= timedelta(SOON) else "open"
                )
                found.append(Owed(duty.get("type", ""), period, state))
    return found
