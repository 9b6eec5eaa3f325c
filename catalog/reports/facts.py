"""What every report is made of, read once: records as everybody sees them, cases as far as the reader sees them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from sqlalchemy import text as sql
from sqlmodel import Session

from catalog.base.documents import Document
from catalog.base.errors import NotPermitted, NotSignedIn
from catalog.base.i18n import Language
from catalog.calendars.force import in_force
from catalog.identity.actors import Actor
from catalog.identity.sight import sight
from catalog.registry.pages_words import words
from catalog.registry.reads import Row
from catalog.runtime import Runtime
from catalog.standards.calendars import Calendar

_MOST = 100_000
_OFFICERS = ("data_officer", "sharing_officer", "department_head", "cdo")
_ALL = ("authority", "auditor")
_COLUMNS = (
    "number", "type", "track", "state", "title", "from_department", "to_department", "awaits_role",
    "awaits_department", "due_on", "closed", "opened_at", "clock", "document",
)  # fmt: skip
_CASES = sql(f"SELECT {', '.join(_COLUMNS)} FROM desk_case ORDER BY number")
_PAPER = sql("SELECT DISTINCT identifier FROM entry WHERE kind = 'case' AND data LIKE '%\"paper\":{%'")
_LISTS = ("CL0101", "CL0102", "CL0103", "CL0105")  # sharing class, way, update cycle, purpose


@dataclass(frozen=True, slots=True)
class Worked:
    """One case, with its clock and its document."""

    number: str
    type: str
    track: str
    state: str
    title: str
    from_department: str
    to_department: str
    awaits_role: str
    awaits_department: str
    due_on: str | None
    closed: bool
    opened_at: str
    clock: Mapping[str, Any]
    document: Document
    paper: bool  # a verb of it was done on paper


@dataclass(frozen=True)
class Facts:
    """The state of a day. ``scope``: the departments whose cases the reader sees, None for all."""

    on: date
    language: Language
    scope: frozenset[str] | None
    names: Mapping[str, str]
    labels: Mapping[tuple[str, str], str]
    agreements: Sequence[Row]
    datasets: Sequence[Row]
    topics: Sequence[Row]
    posts: Sequence[Row]
    cases: Sequence[Worked]
    calendar: Calendar

    def name(self, department: str) -> str:
        """The short name of a department; the bureau where there is none."""
        return self.names.get(department, department)

    def label(self, code_list: str, code: Any) -> str:
        """What a code means."""
        return self.labels.get((code_list, str(code)), str(code or ""))

    def sees(self, *departments: str) -> bool:
        """Whether the reader sees the cases of one of ``departments``."""
        return self.scope is None or any(one in self.scope for one in departments)


def scope(actor: Actor) -> frozenset[str] | None:
    """The departments whose cases ``actor`` sees in reports, None for all; refused for strangers and vendors."""
    if not actor.signed_in:
        raise NotSignedIn()
    if actor.system is not None or not actor.allows("read"):
        raise NotPermitted("not-permitted", roles=[*_OFFICERS, *_ALL])
    if any(actor.holds(role) for role in _ALL):
        return None
    reached = [actor.reach.get(role, frozenset()) for role in _OFFICERS]
    return frozenset().union(*(one for one in reached if one is not None))


async def facts(runtime: Runtime, actor: Actor, language: Language, *, on: date) -> Facts:
    """Everything that the reports of ``on`` need, as far as ``actor`` may see it."""
    seen = scope(actor)
    reads = runtime.reads
    kinds = sight(actor, runtime.settings).kinds
    known = await words(reads)
    pairs = [(one, str(code)) for one in _LISTS for code in await _codes(runtime, one)]

    async def listed(kind: str) -> list[Row]:
        return list(await reads.listed(kind, limit=_MOST)) if kind in kinds else []

    def work() -> tuple[list[Worked], Calendar]:
        with runtime.database.reading() as session:
            return _worked(session, seen), in_force(session)

    cases, calendar = await asyncio.to_thread(work)
    return Facts(
        on=on,
        language=language,
        scope=seen,
        names=await known.departments(),
        labels=await known.codes(pairs, language),
        agreements=await listed("sharing-agreement"),
        datasets=await listed("dataset"),
        topics=await listed("topic"),
        posts=[row for row in await listed("appointment") if row.status == "current"],
        cases=cases,
        calendar=calendar,
    )


async def _codes(runtime: Runtime, code_list: str) -> list[str]:
    found = await runtime.reads.many("code-list", [code_list])
    return [one["code"] for row in found for one in row.document.get("codes", ())]


def _worked(session: Session, seen: frozenset[str] | None) -> list[Worked]:
    paper = {row[0] for row in session.execute(_PAPER)}
    found = []
    for row in session.execute(_CASES):
        if seen is None or row[5] in seen or row[6] in seen:
            told = dict(zip(_COLUMNS, row, strict=True))
            told |= {name: orjson.loads(told[name]) for name in ("clock", "document")}
            found.append(Worked(**told | {"closed": bool(told["closed"]), "paper": told["number"] in paper}))
    return found
