"""THE list of reports that are tables: their columns, and the pure function that makes their rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from catalog.base.errors import InvalidDocument, NotFound, Violation
from catalog.base.i18n import Language, text
from catalog.reports import lists
from catalog.reports.facts import Facts
from catalog.reports.sharing import STATES, ledger
from catalog.reports.timeliness import timeliness

DEPARTMENTS = ("department", "provider", "consumer")
"""Columns that hold identifiers of departments."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reader narrows a report by; every part may be left out."""

    department: str = ""
    provider: str = ""
    consumer: str = ""
    topic: str = ""
    state: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """One report. ``narrows``: which parts of ``Asked`` it understands."""

    name: str
    columns: Sequence[str]
    make: Callable[[Facts, Asked], list[dict[str, Any]]]
    narrows: Sequence[str] = ("department",)


def _sharing(facts: Facts, asked: Asked) -> list[dict[str, Any]]:
    rows = ledger(facts)
    return [row for row in rows if not asked.topic or asked.topic in row["topics"]]


REPORTS: Mapping[str, Report] = {
    one.name: one
    for one in (
        Report("sharing", ("number", "name", "provider", "consumer", "dataset", "topics", "items", "from", "until", "state"),
               _sharing, ("provider", "consumer", "topic", "state")),
        Report("demand", ("number", "department", "name", "items", "provider", "purpose", "state", "on"),
               lambda facts, _: lists.demand(facts)),
        Report("responsibility", ("number", "department", "name", "class", "cycle", "post", "head"),
               lambda facts, _: lists.responsibility(facts)),
        Report("negative", ("number", "department", "name", "items", "reason", "basis"),
               lambda facts, _: lists.negative(facts)),
        Report("timeliness", ("department", "step", "article", "handled", "on_time", "late", "rate", "median", "running",
                              "overdue", "paper"),
               lambda facts, asked: timeliness(facts, since=asked.since, until=asked.until),
               ("department", "since", "until")),
    )
}  # fmt: skip


def report(name: str) -> Report:
    """A report by its name. Raises ``NotFound``."""
    if name not in REPORTS:
        raise NotFound(kind="report", identifier=name)
    return REPORTS[name]


def asked(given: Mapping[str, str], one: Report) -> Asked:
    """What a query string narrows by. Raises ``InvalidDocument`` with everything that is not understood."""
    wrong: list[Violation] = []
    days: dict[str, date] = {}
    for name in ("since", "until"):
        said = given.get(name, "")
        try:
            if said:
                days[name] = date.fromisoformat(said)
        except ValueError:
            wrong.append(Violation(f"/{name}", "report-day", found=said))
    month = given.get("month", "")
    if month:
        try:
            days["since"], days["until"] = span(month)
        except ValueError:
            wrong.append(Violation("/month", "report-month", found=month))
    state = given.get("state", "")
    if one.name == "sharing" and state and state not in STATES:
        wrong.append(Violation("/state", "enum", found=state, expected=list(STATES)))
    if wrong:
        raise InvalidDocument(wrong)
    plain = {name: given.get(name, "") for name in ("department", "provider", "consumer", "topic", "state")}
    return Asked(**plain, since=days.get("since"), until=days.get("until"))


def span(month: str) -> tuple[date, date]:
    """The first and the last day of ``2026-11``. Raises ``ValueError``."""
    first = date.fromisoformat(f"{month}-01")
    after = (first + timedelta(days=32)).replace(day=1)
    return first, after - timedelta(days=1)


def rows(one: Report, facts: Facts, narrowed: Asked) -> list[dict[str, Any]]:
    """The rows of a report; all narrowing by plain columns happens here."""
    found = one.make(facts, narrowed)
    for column in ("department", "provider", "consumer", "state"):
        wanted = getattr(narrowed, column)
        if wanted and column in one.narrows:
            found = [row for row in found if row[column] == wanted]
    return found


def heads(one: Report, language: Language) -> list[str]:
    """The headings in the reader's language."""
    return [text(f"report.column-{name}", language) for name in one.columns]


def cells(one: Report, row: Mapping[str, Any], facts: Facts) -> list[Any]:
    """A row as people read it: departments by name, states in words."""
    return [said(one, name, row, facts) for name in one.columns]


def said(one: Report, name: str, row: Mapping[str, Any], facts: Facts) -> Any:
    """One cell in words."""
    value = row[name]
    if name in DEPARTMENTS:
        return facts.name(value) if value else text("report.bureau", facts.language)
    if one.name == "sharing" and name == "state":
        return text(f"report.state-{value}", facts.language)
    if name == "dataset":
        return next((found.name for found in facts.datasets if found.identifier == value), value)
    if name == "topics":
        return "、".join(found.name for found in facts.topics if found.identifier in value)
    return value
