"""Exports: a file of exactly what a list, a search or a part of a record shows, in its order.

CSV has the chosen columns in the reader's language, with a byte order mark for Excel and no cell that a
spreadsheet would take for a formula; JSON Lines has whole documents of the public view. Rows are streamed.
"""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from catalog.base import clock
from catalog.base.db import FOREVER
from catalog.base.errors import NotFound, WrongState
from catalog.base.i18n import Language, text
from catalog.base.web import dumps
from catalog.identity.actors import Actor
from catalog.identity.sight import Sight, sight
from catalog.kinds import BY_NAME, BY_PLURAL, Kind
from catalog.ledger import service as ledger
from catalog.ledger.service import Line
from catalog.registry import access, addresses, columns, listing, lists
from catalog.registry.codes import codes_of
from catalog.registry.columns import Column
from catalog.registry.pages_facts import Value
from catalog.registry.pages_lists import marked_fields
from catalog.registry.pages_record import opened
from catalog.registry.pages_words import kind_name, words
from catalog.runtime import Runtime
from catalog.search.index import Hit
from catalog.search.query import Query
from catalog.standards import schemas

MOST = 200_000
_SLICE = 200  # as many as one reading answers
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}
_BOM = "\ufeff"


async def export(request: Request) -> Response:
    """``/{plural}/export.csv|jsonl`` with the list's own query, or only the records that it names."""
    runtime: Runtime = request.app.state.runtime
    kind = BY_PLURAL.get(request.path_params["plural"])
    form = request.path_params["form"]
    if kind is None or form not in _TYPES:
        raise NotFound(kind="address", identifier=request.url.path)
    actor: Actor = request.state.actor
    seen = sight(actor, runtime.settings)
    access.require(actor, seen, kind.name)
    hits = await found(request, kind, seen)
    chosen = columns.chosen(request.query_params, kind, request.state.language)
    await note(request, kind.name, len(hits), form)
    rows = _documents(runtime, kind, hits) if form == "jsonl" else _lines(request, kind, hits, chosen, seen)
    return _streamed(request, kind.plural, form, rows)


async def found(request: Request, kind: Kind, seen: Sight) -> list[Hit]:
    """All rows of the list that the address asks for, in its order; or those that ``record`` names."""
    query = request.query_params
    asked = lists.asked(query, (kind.name,), tuple(marked_fields(kind)), 1)
    hits = await _all(request, asked, seen)
    only = set(query.getlist("record"))
    return [hit for hit in hits if hit.identifier in only] if only else hits


async def search(request: Request) -> Response:
    """``/search/export.csv|jsonl``: the results of a search over all kinds that the reader may see."""
    runtime: Runtime = request.app.state.runtime
    form = request.path_params["form"]
    if form not in _TYPES:
        raise NotFound(kind="address", identifier=request.url.path)
    seen = sight(request.state.actor, runtime.settings)
    query, language = request.query_params, request.state.language
    asked = lists.asked(query, tuple(k for k in query.getlist("kind") if k in BY_NAME), (), 1)
    hits = await _all(request, asked, seen) if asked.text else []
    await note(request, None, len(hits), form)
    departments = await (await words(runtime.reads)).departments()
    names = ("kind", "identifier", "name", "department", "status", "summary", "changed")

    async def lines() -> AsyncIterator[bytes]:
        if form == "csv":
            yield _csv([[text(f"list.{name}", language) for name in names]], first=True)
        for start in range(0, len(hits), _SLICE):
            part = hits[start : start + _SLICE]
            if form == "jsonl":
                yield b"".join(dumps(hit) + b"\n" for hit in part)
                continue
            yield _csv(
                [
                    [
                        kind_name(hit.kind, language), hit.identifier, hit.name,
                        departments.get(hit.department, hit.department) if hit.kind != "department" else "",
                        _status(hit.status, language), hit.summary, _day(request, hit.changed_at),
                    ]
                    for hit in part
                ]
            )  # fmt: skip

    return _streamed(request, "search", form, lines())


async def _all(request: Request, asked: Query, seen: Sight) -> list[Hit]:
    runtime: Runtime = request.app.state.runtime
    first = await listing.ask(runtime, replace(asked, limit=1, offset=0), seen)
    if first.total > MOST:
        raise WrongState("export-too-large", found=f"{first.total:,}", limit=f"{MOST:,}")
    whole = replace(asked, limit=max(1, first.total), offset=0)
    return (await asyncio.to_thread(runtime.index.query, whole, listing.reader(seen))).items


async def note(request: Request, kind: str | None, count: int, form: str) -> None:
    """Every export by somebody who is signed in is an entry: what was asked and how many rows left."""
    runtime: Runtime = request.app.state.runtime
    actor: Actor = request.state.actor
    if not actor.signed_in:
        return

    def work() -> None:
        asked = sorted({name for name in request.query_params if name not in lists.UNASKED})
        data = {"format": form, "records": count, "asked": asked}
        with runtime.database.writing() as session:
            ledger.append(session, [Line(f"{kind or 'register'}.exported", kind, data=data)], by=actor)

    await asyncio.to_thread(work)


async def _documents(runtime: Runtime, kind: Kind, hits: Sequence[Hit]) -> AsyncIterator[bytes]:
    for start in range(0, len(hits), _SLICE):
        part = [hit.identifier for hit in hits[start : start + _SLICE]]
        rows = await runtime.reads.many(kind.name, part)
        yield b"".join(row.answer() + b"\n" for row in rows)


async def _lines(
    request: Request, kind: Kind, hits: Sequence[Hit], chosen: Sequence[Column], seen: Sight
) -> AsyncIterator[bytes]:
    runtime: Runtime = request.app.state.runtime
    language: Language = request.state.language
    departments = await (await words(runtime.reads)).departments()
    people = access.signed_in(request.state.actor)
    yield _csv([[column.label for column in chosen]], first=True)
    for start in range(0, len(hits), _SLICE):
        part = hits[start : start + _SLICE]
        cells = await columns.cells(
            runtime.reads, kind.name, [hit.identifier for hit in part], chosen, seen, language, people=people
        )
        lines = []
        for hit in part:
            own = {
                "identifier": hit.identifier,
                "name": hit.name,
                "department": departments.get(hit.department, hit.department),
                "status": _status(hit.status, language),
                "changed": _day(request, hit.changed_at),
            }
            beside = cells.get(hit.identifier, {})
            lines.append([_cell(request, column, own, beside) for column in chosen])
        yield _csv(lines)


def _cell(request: Request, column: Column, own: dict[str, str], beside: dict[str, Value]) -> str:
    if column.name in own and not column.field:
        return own[column.name]
    value = beside.get(column.name)
    if value is None:
        return ""
    return _day(request, value.text) if value.shape == "day" else columns.plain(value)


async def part(request: Request) -> Response:
    """``…/codes.csv``, ``…/usages.csv`` and ``…/history.csv``: what these parts of a record show, all of it."""
    name = request.path_params["part"]
    record = await opened(request, request.path_params["plural"])
    if name not in ("codes", "usages", "history") or (name == "codes" and record.kind.name != "code-list"):
        raise NotFound(kind="address", identifier=request.url.path)
    make = {"codes": _codes, "usages": _usages, "history": _history}[name]
    titles, rows = await make(request, record)
    await note(request, record.kind.name, len(rows), "csv")

    async def lines() -> AsyncIterator[bytes]:
        yield _csv([titles], first=True)
        for start in range(0, len(rows), _SLICE):
            yield _csv(rows[start : start + _SLICE])

    return _streamed(request, f"{record.row.identifier}-{name}", "csv", lines())


Table = tuple[list[str], list[list[str]]]


async def _codes(request: Request, record: Any) -> Table:
    said = request.query_params
    rows = await codes_of(
        record.runtime.reads, record.row.identifier, sought=said.get("q", "").strip()[:100],
        parent=said.get("parent") or None, limit=MOST,
    )  # fmt: skip
    names = ("code", "label", "parent", "valid-from", "valid-until")
    return [text(f"codes.{name}", record.language) for name in names], [
        [row[0], row[1], row[2] or "", row[3] or "", row[4] or ""] for row in rows
    ]


async def _usages(request: Request, record: Any) -> Table:
    rows = await record.runtime.reads.find(
        "usages", kind=record.kind.name, identifier=record.row.identifier, seq=FOREVER - 1,
        k="", i="", p="", limit=MOST, quick=False,
    )  # fmt: skip
    language, chosen = record.language, request.query_params.get("kind", "")
    departments = await record.words.departments()
    names = ("list.kind", "list.identifier", "list.name", "usages.where", "list.department", "list.status")
    return [text(name, language) for name in names], [
        [
            kind_name(row[0], language), row[1], row[4],
            schemas.current(row[0]).annotations.label(row[2], language),
            departments.get(row[6], row[6]), _status(row[5], language),
        ]
        for row in rows
        if row[0] in record.sight.kinds and (not chosen or row[0] == chosen)
    ]  # fmt: skip


async def _history(request: Request, record: Any) -> Table:
    rows = await record.runtime.reads.find(
        "versions", kind=record.kind.name, identifier=record.row.identifier, before=FOREVER, limit=MOST,
        quick=False,
    )  # fmt: skip
    language, signed_in = record.language, access.signed_in(request.state.actor)
    names = ["history.at", "history.verb", "history.version", "list.status"]
    names += ["history.note"] if signed_in else []
    table = []
    for version, _, status, _, _, at, verb, by, said in rows:
        line = [at, _verb(verb, language), str(version), _status(status, language)]
        table.append([*line, *([said if said and said != by else ""] if signed_in else [])])
    return [text(name, language) for name in names], table


def _verb(verb: str, language: Language) -> str:
    past = verb.rpartition(".")[2]
    try:
        return text(f"verb.{past}", language)
    except KeyError:
        return past


def _status(status: str, language: Language) -> str:
    try:
        return text(f"status.{status}", language)
    except KeyError:
        return status


def _day(request: Request, stamp: str) -> str:
    zone = request.app.state.runtime.settings.zone
    return clock.parse_stamp(stamp).astimezone(zone).strftime("%Y-%m-%d") if "T" in stamp else stamp


def _csv(rows: Sequence[Sequence[str]], *, first: bool = False) -> bytes:
    made = io.StringIO()
    made.write(_BOM if first else "")
    writer = csv.writer(made)
    for row in rows:
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in row])
    return made.getvalue().encode()


def _streamed(request: Request, name: str, form: str, lines: AsyncIterator[bytes]) -> Response:
    day = clock.today(request.app.state.runtime.settings.zone).isoformat()
    headers = {
        "Content-Disposition": f'attachment; filename="{name}-{day}.{form}"',
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return StreamingResponse(lines, media_type=_TYPES[form], headers=headers)


ROUTES = [
    Route("/search/export.{form:str}", search),
    Route(addresses.LIST + "/export.{form:str}", export),
    Route(addresses.RECORD + "/{part}.csv", part),
]
