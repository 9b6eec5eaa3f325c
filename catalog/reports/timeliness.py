"""On time or late, by department and step: worked out from the clocks of the cases, never counted beside them. Pure (B8)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from statistics import median_low
from typing import Any

from catalog.reports.facts import Facts, Worked
from catalog.standards.calendars import Calendar
from catalog.standards.clocks import rules

_BOUND = {"T1": "from", "T2": "bureau", "T3": "to", "T4": "to", "T6": "to", "T7": "to"}
"""Which side each limit of Decree No. 809 binds (art. 17, 21, 22, 26)."""


@dataclass(slots=True)
class _Step:
    days: list[int] = field(default_factory=list)
    on_time: int = 0
    late: int = 0
    running: int = 0
    overdue: int = 0
    paper: int = 0


def timeliness(facts: Facts, *, since: date | None = None, until: date | None = None) -> list[dict[str, Any]]:
    """One row for each department and limit: what ended between two days, and what runs now."""
    steps: dict[tuple[str, str], _Step] = {}
    for case in facts.cases:
        for clock, due, running in clocks(case):
            rule = clock["rule"]
            step = steps.setdefault((_bound(case, rule), rule), _Step())
            if running:
                step.running += 1
                step.overdue += bool(due and due < facts.on.isoformat())
                continue
            ended = date.fromisoformat(clock["ended"])
            if (since and ended < since) or (until and ended > until):
                continue
            step.days.append(worked(clock, facts.calendar))
            fine = not due or clock["ended"] <= due
            step.on_time += fine
            step.late += not fine
            step.paper += case.paper
    return [
        _row(department, rule, step, facts)
        for (department, rule), step in sorted(steps.items())
        if step.days or step.running
    ]


def clocks(case: Worked) -> Iterator[tuple[Mapping[str, Any], str | None, bool]]:
    """Every clock of a case: itself, the day on which it was or is due, whether it still runs."""
    for clock in case.clock.get("past", ()):
        if "ended" in clock:
            yield clock, clock.get("due_on"), False
    if "ended" in case.clock:
        yield case.clock, case.clock.get("due_on"), False
    elif case.clock and not case.closed:
        yield case.clock, case.due_on, True


def worked(clock: Mapping[str, Any], calendar: Calendar) -> int:
    """Working days from the day after the start to the end, pauses left out."""
    start, ended = date.fromisoformat(clock["start"]), date.fromisoformat(clock["ended"])
    pauses = [(one["from"], one.get("until", clock["ended"])) for one in clock.get("pauses", ())]
    days = (start + timedelta(days=n) for n in range(1, (ended - start).days + 1))
    return sum(
        calendar.works(day) and not any(first <= day.isoformat() < last for first, last in pauses)
        for day in days
    )


def _bound(case: Worked, rule: str) -> str:
    return {"from": case.from_department, "to": case.to_department, "bureau": ""}[_BOUND.get(rule, "to")]


def _row(department: str, rule: str, step: _Step, facts: Facts) -> dict[str, Any]:
    found = rules()[rule]
    handled = step.on_time + step.late
    return {
        "department": department,
        "rule": rule,
        "step": found.zh if facts.language == "zh" else found.en,
        "article": found.article,
        "handled": handled,
        "on_time": step.on_time,
        "late": step.late,
        "rate": f"{100 * step.on_time // handled}%" if handled else "",
        "median": median_low(step.days) if step.days else "",
        "running": step.running,
        "overdue": step.overdue,
        "paper": step.paper,
    }
