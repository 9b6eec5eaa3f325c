"""What a signed-in officer's department holds, and what she does next, the most pressing first.

What a department owes is remembered until the ledger moves or the day ends; what waits on the desks
(drafts, uploads) is read for each page.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal, Protocol
from weakref import WeakKeyDictionary

import orjson

from catalog.base.i18n import Language, text
from catalog.forms import service as drafts
from catalog.home.overview import Overview
from catalog.identity.actors import Actor
from catalog.imports import service as uploads
from catalog.registry.reads import Reads, Row
from catalog.runtime import Runtime
from catalog.sharing.term import STEPS
from catalog.standards import schemas
from catalog.standards.completeness import completeness
from catalog.standards.freshness import freshness

_YEAR = timedelta(days=365)
_MOST = 5_000
_KEPT = 200  # departments of one state of the register
_WORKING = ("data_officer", "department_head", "sharing_officer", "cdo")
_LIVE = {"dataset": ["published", "suspended"], "system": ["in_service", "planned"]}
Tone = Literal["bad", "wait", "new"]


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to do: its name, where one click leads, and a few words why."""

    name: str
    href: str
    why: str


@dataclass(frozen=True, slots=True)
class Step:
    """Things to do of one sort."""

    id: str
    tone: Tone
    lines: Sequence[Line]


@dataclass(frozen=True)
class Work:
    """What one department holds and owes, in neutral terms; (identifier, name, …)."""

    held: Mapping[str, Mapping[str, int]]
    late: Sequence[tuple[str, str, int]]  # days
    lacking: Sequence[tuple[str, str, int, str, str, str]]  # percent, anchor, label zh, label en
    stale: Sequence[tuple[str, str, str, str]]  # kind's plural, day


class Waits(Protocol):
    """What waits on a desk: a draft or an upload."""

    @property
    def title(self) -> str: ...
    @property
    def href(self) -> str: ...
    @property
    def by(self) -> str: ...
    @property
    def department(self) -> str: ...
    @property
    def at(self) -> str: ...
    @property
    def state(self) -> str: ...


_REMEMBERED: WeakKeyDictionary[Reads, tuple[int, str, OrderedDict[str, Work]]] = WeakKeyDictionary()


def departments_of(actor: Actor) -> list[str]:
    """The departments whose work the actor does: her own first, then those that her roles reach."""
    mine = [actor.department] if actor.department else []
    for role in _WORKING:
        mine += sorted(actor.reach.get(role, frozenset()) or ())
    return list(dict.fromkeys(mine))[:20]


async def work(runtime: Runtime, department: str, overview: Overview) -> Work:
    """What a department holds and owes."""
    seq, day, known = _REMEMBERED.get(runtime.reads, (-1, "", OrderedDict()))
    if (seq, day) != (overview.seq, overview.day):
        known = OrderedDict()
        _REMEMBERED[runtime.reads] = (overview.seq, overview.day, known)
    if department not in known:
        known[department] = await _work(runtime.reads, department, date.fromisoformat(overview.day))
        while len(known) > _KEPT:
            known.popitem(last=False)
    return known[department]


async def _work(reads: Reads, department: str, on: date) -> Work:
    held: dict[str, dict[str, int]] = {}
    for kind, status, number in await reads.find("holdings", department=department):
        held.setdefault(kind, {})[status] = int(number)
    datasets = await reads.listed("dataset", department=[department], status=_LIVE["dataset"], limit=_MOST)
    systems = await reads.listed("system", department=[department], status=_LIVE["system"], limit=_MOST)
    stale = [
        (plural, row.identifier, row.name, _confirmed(row)[:10])
        for plural, rows in (("datasets", datasets), ("systems", systems))
        for row in rows
        if _confirmed(row)[:10] < (on - _YEAR).isoformat()
    ]
    late = [(row.identifier, row.name, freshness(row.document, on).late_by) for row in datasets]
    return Work(
        held,
        sorted((one for one in late if one[2]), key=lambda one: -one[2]),
        sorted(_lacking(datasets), key=lambda one: one[2]),
        sorted(stale, key=lambda one: one[3]),
    )


def _confirmed(row: Row) -> str:
    """When somebody last said that the record holds."""
    return max(row.changed_at, str(orjson.loads(row.state).get("confirmed_at", "")))


def _lacking(datasets: Sequence[Row]) -> Iterator[tuple[str, str, int, str, str, str]]:
    for row in datasets:
        annotations = schemas.load("dataset", row.standard).annotations
        found = completeness("dataset", row.document, annotations)
        if found.missing:
            first = found.missing[0]
            label = annotations.label
            pattern = first.field.pattern.replace("/*", "")
            yield (
                row.identifier, row.name, found.percent, first.anchor,
                label(pattern, "zh"), label(pattern, "en"),
            )  # fmt: skip


async def desks(runtime: Runtime, actor: Actor) -> list[Waits]:
    """The drafts and uploads that wait for this actor."""

    def read() -> list[Waits]:
        with runtime.database.reading() as session:
            return [
                *drafts.waiting(session, actor, runtime.settings),
                *uploads.waiting(session, actor, runtime.settings),
            ]

    return await asyncio.to_thread(read)


def steps(
    overview: Overview,
    works: Sequence[Work],
    mine: Sequence[str],
    waits: Sequence[Waits],
    actor: Actor,
    language: Language,
) -> list[Step]:
    """What to do next, the most pressing first; nothing where nothing waits."""
    chinese = language == "zh"

    def lines(state: str) -> list[Line]:
        return [Line(one.title, one.href, one.at[:10]) for one in waits if one.state == state]

    returned = lines("returned")
    begun = [
        Line(one.title, one.href, f"{text(f'home.waits-{one.state}', language)} · {one.at[:10]}")
        for one in waits
        if one.state not in ("returned", "submitted")
    ]
    late = [
        Line(name, f"/datasets/{identifier}", text("home.late-by", language, n=days))
        for work_ in works
        for identifier, name, days in work_.late
    ]
    lacking = [
        Line(
            name, f"/datasets/{identifier}/edit#{anchor}",
            text("home.lacks", language, n=percent, field=zh if chinese else en),
        )
        for work_ in works
        for identifier, name, percent, anchor, zh, en in work_.lacking
    ]  # fmt: skip
    stale = [
        Line(name, f"/{plural}/{identifier}", text("home.confirmed-on", language, day=day))
        for work_ in works
        for plural, identifier, name, day in work_.stale
    ]
    everywhere = actor.reach.get("authority", frozenset()) is None
    vacant = [Line(name, f"/appointments/{identifier}", "") for identifier, name in overview.vacant]
    made = (
        Step("returned", "bad", returned),
        Step("late", "bad", late),
        Step("ending", "wait", list(_ending(overview, None if everywhere else mine, language))),
        Step("begun", "new", begun),
        Step("lacking", "new", lacking),
        Step("stale", "new", stale),
        Step("vacant", "bad", vacant if everywhere else []),
        Step("owed", "new", list(_owed(overview, mine, language))),
    )
    return [step for step in made if step.lines]


def _ending(overview: Overview, mine: Sequence[str] | None, language: Language) -> Iterator[Line]:
    on = date.fromisoformat(overview.day)
    last = (on + timedelta(days=max(STEPS))).isoformat()
    for one in overview.ending:
        if one.until <= last and (mine is None or one.provider in mine or one.consumer in mine):
            days = (date.fromisoformat(one.until) - on).days
            said: dict[str, Any] = {"n": abs(days)}
            why = text("sharing.past" if days < 0 else "sharing.left", language, **said)
            yield Line(one.name, f"/sharing-agreements/{one.identifier}", why)


def _owed(overview: Overview, mine: Sequence[str], language: Language) -> Iterator[Line]:
    for one in overview.owed:
        if one.owed_by in mine:
            why = text(f"coverage.{one.state}-next", language)
            yield Line(one.name, f"/topics/{one.topic}#{one.anchor}", why)
