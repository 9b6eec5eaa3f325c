"""操作留痕: the ledger as a diary. Day, person, verb in a sentence, thing; at the foot the proof of the chain.

Signed-in readers see what happened to records, with names of their own department; auditors and the
authority see everything: all names, notes, clients, accounts. Whoever may not know a name reads the department.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from catalog.base import clock
from catalog.base.db import FOREVER
from catalog.base.errors import NotPermitted
from catalog.base.i18n import Language, text
from catalog.base.pages import render
from catalog.kinds import BY_NAME, KINDS, VERBS
from catalog.ledger import service as ledger
from catalog.ledger.service import Line
from catalog.registry import access
from catalog.registry.pages_csv import csv_answer
from catalog.registry.pages_words import kind_name, words
from catalog.runtime import Runtime
from catalog.standards.lifecycles import all_lifecycles

_ROWS = 60
_MOST = 50_000  # rows of a file
_DOORS = ("page", "api", "cli", "seed")
_PAST = {verb: f"{verb}ed" if not verb.endswith("e") else f"{verb}d" for verb in VERBS}
_DIVERSE = ("imported", "submitted", "returned", "reorganised", "redacted", "read", "exported", "opened")
_DID = (*_PAST.values(), *_DIVERSE)
_MACHINES = ("console", "seed", "system")
_COLUMNS = (
    "seq",
    "at",
    "who",
    "department",
    "door",
    "client",
    "verb",
    "kind",
    "identifier",
    "version",
    "note",
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address filters by; what makes no sense in it is read as not said."""

    since: str
    until: str
    kind: str
    department: str
    door: str
    verb: str
    who: str

    def parameters(self, zone: Any, *, whole: bool) -> dict[str, Any]:
        """The filter as the statement takes it; days in the register's zone."""
        day = date.fromisoformat
        return {
            "since": clock.end_of_day(day(self.since) - timedelta(days=1), zone) if self.since else "",
            "until": clock.end_of_day(day(self.until), zone) if self.until else "9",
            "kind": self.kind,
            "department": self.department,
            "door": self.door,
            "verb": self.verb,
            "verb_like": f"%.{self.verb}",
            "who": self.who if whole else "",
            "whole": 1 if whole else 0,
        }


async def page(request: Request) -> Response:
    """``/ledger``: newest first, by days."""
    runtime: Runtime = request.app.state.runtime
    access.require_signed_in(request.state.actor)
    whole = access.sees_ledger(request.state.actor)
    asked = _asked(request.query_params)
    before = request.query_params.get("before", "")
    start = int(before) if before.isascii() and before.isdigit() and len(before) < 18 else FOREVER
    zone = runtime.settings.zone
    rows = await runtime.reads.find(
        "diary", quick=False, before=start, limit=_ROWS + 1, **asked.parameters(zone, whole=whole)
    )
    said = await _said(request, rows[:_ROWS], whole=whole)
    last = await runtime.reads.last()
    head = await runtime.reads.find("entries", after=last - 1, limit=1)
    departments = await (await words(runtime.reads)).departments()
    return render(
        request,
        "ledger/ledger.html",
        days=[(day, list(lines)) for day, lines in groupby(said, key=lambda line: line["day"])],
        asked=asked,
        filtered=any(getattr(asked, name) for name in Asked.__slots__),
        departments=sorted(departments.items()),
        kinds=[(kind.name, kind_name(kind.name, request.state.language)) for kind in KINDS],
        verbs=[(verb, did(verb, request.state.language)) for verb in _DID],
        doors=_DOORS,
        whole=whole,
        next=rows[_ROWS - 1][0] if len(rows) > _ROWS else None,
        later=start != FOREVER,
        head={"seq": last, "at": head[0][1], "chain": head[0][12]} if head else None,
    )


async def export(request: Request) -> Response:
    """The filtered entries as a file, for auditors and the authority; the export is an entry itself."""
    runtime: Runtime = request.app.state.runtime
    access.require_signed_in(request.state.actor)
    if not access.sees_ledger(request.state.actor):
        raise NotPermitted()
    asked = _asked(request.query_params)
    rows = await runtime.reads.find(
        "diary", quick=False, before=FOREVER, limit=_MOST,
        **asked.parameters(runtime.settings.zone, whole=True),
    )  # fmt: skip
    people = await _people(runtime, rows)
    filters = {
        name: getattr(asked, name) for name in Asked.__slots__ if name != "who" and getattr(asked, name)
    }

    def note() -> None:
        with runtime.database.writing() as session:
            line = Line("ledger.exported", data={"rows": len(rows), "filters": filters})
            ledger.append(session, [line], by=request.state.actor)

    await asyncio.to_thread(note)
    heads = [text(f"ledger.{name}", request.state.language) for name in _COLUMNS]
    return csv_answer("ledger", heads, ([*row[:2], people.get(row[2], row[2]), *row[3:]] for row in rows))


async def _said(request: Request, rows: Sequence[Any], *, whole: bool) -> list[dict[str, Any]]:
    runtime: Runtime = request.app.state.runtime
    language, actor = request.state.language, request.state.actor
    departments = await (await words(runtime.reads)).departments()
    people = await _people(
        runtime, [row for row in rows if whole or row[2] == actor.person or _same(actor, row)]
    )
    subjects = await _named(runtime, [row[8] for row in rows]) if whole else {}
    names = await runtime.reads.names((row[7], row[8]) for row in rows if row[7] in BY_NAME and row[8])
    zone = runtime.settings.zone
    made = []
    for seq, at, by, department, door, client, verb, kind, identifier, version, note in rows:
        known = kind in BY_NAME
        made.append(
            {
                "seq": seq,
                "at": at,
                "day": clock.parse_stamp(at).astimezone(zone).date().isoformat(),
                "time": clock.parse_stamp(at).astimezone(zone).strftime("%H:%M"),
                "who": _who(by, department, people, departments, language),
                "department": departments.get(department, department or ""),
                "door": text(f"ledger.door-{door}", language) if door in _DOORS else door,
                "client": client if whole else None,
                "verb": did(verb.rpartition(".")[2], language, case=identifier if kind == "case" else ""),
                "kind": kind_name(kind, language) if known else "",
                "name": names.get((kind, identifier))
                or ("" if identifier == by else subjects.get(identifier, identifier or "")),
                "identifier": identifier,
                "href": f"/{BY_NAME[kind].plural}/{identifier}"
                if known and (kind, identifier) in names
                else "",
                "version": version if known else None,
                "note": note if whole and note != by else None,
                "plain": verb,
            }
        )
    return made


def _same(actor: Any, row: Any) -> bool:
    return bool(actor.department) and row[3] == actor.department


async def _people(runtime: Runtime, rows: Sequence[Any]) -> dict[str, str]:
    return await _named(runtime, [row[2] for row in rows])


async def _named(runtime: Runtime, persons: Sequence[str | None]) -> dict[str, str]:
    keys = sorted({key for key in persons if key and key.startswith("PN-")})
    found: dict[str, str] = {}
    for start in range(0, len(keys), 500):
        people = await runtime.reads.people(keys[start : start + 500])
        found |= {key: name for key, (name, _, _) in people.items() if name}
    return found


def _who(
    by: str,
    department: str | None,
    people: Mapping[str, str],
    departments: Mapping[str, str],
    language: Language,
) -> str:
    if by in _MACHINES:
        return text(f"history.{by}", language)
    if by in people:
        return people[by]
    someone = text("history.someone", language)
    if department and department in departments:
        return text("ledger.of", language, department=departments[department], who=someone)
    return someone


def did(past: str, language: Language, *, case: str = "") -> str:
    """A verb as a sentence says it: 修订了, revised; what was done in a ``case`` as its lifecycle says it."""
    if case:
        cycles = [one for one in all_lifecycles() if case.startswith(one.prefix)]
        named = {row.past: row.zh if language == "zh" else row.en for one in cycles for row in one.rows}
        with suppress(KeyError):
            return named[past] if past in named else text(f"case.did-{past}", language)
    for key in (f"ledger.did-{past}", f"verb.{past}"):
        try:
            return text(key, language)
        except KeyError:
            continue
    return past


def _asked(query: QueryParams) -> Asked:
    def one_of(name: str, allowed: Sequence[str]) -> str:
        value = query.get(name, "")
        return value if value in allowed else ""

    def day(name: str) -> str:
        try:
            value = date.fromisoformat(query.get(name, ""))
        except ValueError:
            return ""
        return value.isoformat() if 1 < value.toordinal() < date.max.toordinal() - 1 else ""

    return Asked(
        since=day("since"),
        until=day("until"),
        kind=one_of("kind", tuple(BY_NAME)),
        department=query.get("department", "")[:40],
        door=one_of("door", _DOORS),
        verb=one_of("verb", _DID),
        who=query.get("who", "").strip()[:80],
    )


ROUTES = [Route("/ledger", page), Route("/ledger/export.csv", export)]
