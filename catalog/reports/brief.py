"""The monthly brief: what is late, vacant and missing, each with the post that answers for it, and what changed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text as sql
from sqlmodel import Session

from catalog.base import clock
from catalog.base.i18n import text
from catalog.notices.holders import Posts
from catalog.reports.facts import Facts
from catalog.reports.tables import span
from catalog.reports.timeliness import timeliness
from catalog.runtime import Runtime
from catalog.standards.freshness import freshness
from catalog.topics.around import around
from catalog.topics.coverage import covered, slots

_MOST = 8  # lines of one part; the whole stands in the reports
_COUNTED = (
    ("dataset.registered", "datasets"), ("dataset.revised", "revisions"), ("data-element.registered", "elements"),
    ("sharing-agreement.registered", "agreements"), ("case.filed", "filed"), ("case.agreed", "agreed"),
    ("case.refused", "refused"), ("case.fed-back", "corrected"),
)  # fmt: skip
_VERBS = sql("SELECT verb, COUNT(*) FROM entry WHERE at >= :since AND at < :until GROUP BY verb")


@dataclass(frozen=True, slots=True)
class Line:
    """One thing, who answers for it, and where it opens."""

    name: str
    href: str
    detail: str
    department: str
    post: str


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the brief: its first lines, and how many there are."""

    name: str
    lines: Sequence[Line]
    total: int


@dataclass(frozen=True, slots=True)
class Brief:
    """The whole page."""

    month: str
    on: date
    parts: Sequence[Part]
    changes: Sequence[tuple[str, int, int]]  # what, this month, the month before
    rate: Sequence[Mapping[str, Any]]  # the departments that were late


async def brief(runtime: Runtime, facts: Facts, month: str) -> Brief:
    """The brief of a month, its state as of today. Raises ``ValueError`` for what is no month."""
    first, last = span(month)
    missing = await _missing(runtime, facts)

    def work() -> tuple[list[Line], list[tuple[str, int, int]]]:
        with runtime.database.reading() as session:
            return _unheld(session, facts), _changes(session, first, runtime.settings.zone)

    unheld, changes = await asyncio.to_thread(work)
    parts = [
        _part("cases", _late_cases(facts)),
        _part("updates", _late_updates(facts)),
        _part("vacant", _vacant(facts)),
        _part("unheld", unheld),
        _part("missing", missing),
    ]
    late = [row for row in timeliness(facts, since=first, until=last) if row["late"] or row["overdue"]]
    return Brief(month, facts.on, parts, changes, late)


def _part(name: str, lines: Sequence[Line]) -> Part:
    return Part(name, lines[:_MOST], len(lines))


def _role(name: str, facts: Facts) -> str:
    return text(f"role.{name}", facts.language)


def _late_cases(facts: Facts) -> list[Line]:
    today = facts.on.isoformat()
    late = [one for one in facts.cases if not one.closed and one.due_on and one.due_on < today]
    return [
        Line(one.title, f"/cases/{one.number}", text("brief.due", facts.language, day=one.due_on),
             one.awaits_department, _role(one.awaits_role, facts))
        for one in sorted(late, key=lambda one: one.due_on or "")
    ]  # fmt: skip


def _late_updates(facts: Facts) -> list[Line]:
    found = []
    for row in facts.datasets:
        late = freshness(row.document, facts.on).late_by if row.status == "published" else 0
        if late and facts.sees(row.department):
            post = row.document.get("contact_post", "") or _role("data_officer", facts)
            said = text("brief.days", facts.language, n=late)
            found.append((late, Line(row.name, f"/datasets/{row.identifier}", said, row.department, post)))
    return [line for _, line in sorted(found, key=lambda one: -one[0])]


def _vacant(facts: Facts) -> list[Line]:
    head = _role("department_head", facts)
    return [
        Line(row.name, f"/appointments/{row.identifier}", "", row.department, head)
        for row in facts.posts
        if not row.document.get("person") and facts.sees(row.department)
    ]


def _unheld(session: Session, facts: Facts) -> list[Line]:
    """Open cases that wait for a post which nobody holds, all the way up (C2)."""
    held = cache(Posts(session, facts.on).held)  # some posts, many cases
    found = []
    for one in facts.cases:
        if one.closed or not one.awaits_role:
            continue
        if not held(one.awaits_role, one.awaits_department):
            said = text("brief.nobody", facts.language, role=_role(one.awaits_role, facts))
            found.append(
                Line(one.title, f"/cases/{one.number}", said, one.awaits_department, _role("department_head", facts))
            )  # fmt: skip
    return found


async def _missing(runtime: Runtime, facts: Facts) -> list[Line]:
    """Slots of the topics that lack something, the emptiest first."""
    topics = [row for row in facts.topics if row.status == "published"]
    held = await around(runtime.reads, [row.document for row in topics], facts.on)
    found = []
    for row in topics:
        for section, slot in slots(row.document):
            state = covered(slot, section, row.document, held)
            if state.owed_by and facts.sees(state.owed_by):
                said = text(f"coverage.{state.state}-next", facts.language)
                href = f"/topics/{row.identifier}#{section.get('code')}-{slot.get('code')}"
                name = f"{row.name} · {slot.get('name', '')}"
                line = Line(name, href, said, state.owed_by, _role("cdo", facts))
                found.append((state.step, line))
    return [line for _, line in sorted(found, key=lambda one: one[0])]


def _changes(session: Session, first: date, zone: ZoneInfo) -> list[tuple[str, int, int]]:
    before = (first - timedelta(days=1)).replace(day=1)
    after = (first + timedelta(days=32)).replace(day=1)
    stamps = [clock.stamp(datetime.combine(day, time.min, zone)) for day in (before, first, after)]

    def counted(since: str, until: str) -> dict[str, int]:
        return {row[0]: int(row[1]) for row in session.execute(_VERBS, {"since": since, "until": until})}

    old, new = counted(stamps[0], stamps[1]), counted(stamps[1], stamps[2])
    return [(name, new.get(verb, 0), old.get(verb, 0)) for verb, name in _COUNTED]
