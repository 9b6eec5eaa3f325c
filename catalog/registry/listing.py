"""Lists: filters without a text go to the database by identifier, all others to the search index."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from starlette.datastructures import QueryParams
from starlette.requests import Request

from catalog.base import paging
from catalog.base.db import FOREVER
from catalog.base.errors import InvalidDocument, Violation
from catalog.identity.sight import Sight
from catalog.kinds import BY_NAME, Kind
from catalog.registry.codes import codes_of
from catalog.registry.reads import Row
from catalog.runtime import Runtime
from catalog.search.query import SORTS, Query, Reader, Results, Sort
from catalog.standards import schemas

PARAMETERS = (
    "q", "status", "department", "facet", "code", "sort", "limit", "cursor", "total", "as_of", "valid_on",
    "fields", "view",
)  # fmt: skip
MAX_OFFSET = 10_000  # beyond it, narrow the query or list by identifier
_VALIDITY = {
    "data-element": ("effective_on", "until_on"),
    "code-list": ("valid_from", "valid_until"),
    "sharing-agreement": ("period/from", "period/until"),
    "appointment": ("term/from", "term/until"),
}


@dataclass(frozen=True)
class Page:
    """Rows, the cursor of what follows, and the total where it was asked for."""

    rows: list[Row]
    next: str | None
    total: int | None = None


async def listed(
    request: Request,
    kind: Kind,
    sight: Sight,
    runtime: Runtime,
    *,
    seq: int | None,
    internal: frozenset[str] | None,
) -> Page:
    """One page of records of ``kind`` as the query string asks."""
    query = request.query_params
    limit = paging.number(query, "limit", paging.DEFAULT_LIMIT)
    facets = {name.removeprefix("facet."): query.getlist(name) for name in query if name.startswith("facet.")}
    _check(kind, query, facets)
    if query.get("q") or facets or query.get("sort", "identifier") != "identifier":
        if seq is not None:
            raise InvalidDocument(
                [Violation("/as_of", "parameter-conflict", found="as_of", expected=["status", "department"])]
            )
        return await _searched(query, kind, sight, runtime, facets, limit, internal)
    signature, secret = _signature(query), runtime.secret
    after = paging.place(secret, signature, query["cursor"]) if "cursor" in query else ""
    only: Sequence[str] = ()
    if "code" in query:
        only = await _coded(runtime, kind, query["code"], query.get("valid_on"))
        if not only:
            return Page([], None, 0 if query.get("total") == "true" else None)
    filters: dict[str, Any] = {
        "status": query.getlist("status"),
        "department": query.getlist("department"),
        "seq": seq,
    }
    rows = await _in_force(runtime, kind, query.get("valid_on"), internal, filters, only, after, limit + 1)
    more = paging.cursor(secret, signature, rows[limit - 1].identifier) if len(rows) > limit else None
    total = None
    if query.get("total") == "true":
        total = len(rows) if only or "valid_on" in query else await runtime.reads.count(kind.name, **filters)
    return Page(rows[:limit], more, total)


async def _in_force(
    runtime: Runtime, kind: Kind, on: str | None, internal: frozenset[str] | None, filters: dict[str, Any],
    only: Sequence[str], after: str, limit: int,
) -> list[Row]:  # fmt: skip
    if on is None:
        return await runtime.reads.listed(kind.name, internal, only=only, after=after, limit=limit, **filters)
    _date(on, "/valid_on")
    found: list[Row] = []
    while len(found) < limit:
        rows = await runtime.reads.listed(kind.name, internal, only=only, after=after, limit=500, **filters)
        found += [row for row in rows if in_force(row, on)]
        if len(rows) < 500 or only:
            break
        after = rows[-1].identifier
    return found[:limit]


def in_force(row: Row, on: str) -> bool:
    """Whether what a record describes was in force on a day; without dates it always is."""
    start, end = (
        _at(row.document, place) for place in _VALIDITY.get(row.kind, ("valid_from", "valid_until"))
    )
    return (not start or start <= on) and (not end or on <= end)


def _at(document: Any, place: str) -> str | None:
    for token in place.split("/"):
        document = document.get(token) if isinstance(document, dict) else None
    return str(document) if document else None


async def _coded(runtime: Runtime, kind: Kind, code: str, on: str | None) -> list[str]:
    rows = await runtime.reads.find("alias_dated", value=code, forever=FOREVER)
    return sorted(
        {
            row[1]
            for row in rows
            if row[0] == kind.name and (on is None or ((row[2] or "") <= on <= (row[3] or "9999-12-31")))
        }
    )


async def _searched(
    query: QueryParams, kind: Kind, sight: Sight, runtime: Runtime, facets: dict[str, list[str]], limit: int,
    internal: frozenset[str] | None,
) -> Page:  # fmt: skip
    offset, signature = _offset(query, runtime, limit)
    asked = Query(
        text=query.get("q", ""),
        kinds=(kind.name,),
        status=tuple(query.getlist("status")),
        department=tuple(query.getlist("department")),
        facets={name: tuple(values) for name, values in facets.items()},
        sort=_sort(query),
        limit=limit,
        offset=offset,
    )
    results = await ask(runtime, asked, sight)
    rows = await runtime.reads.many(kind.name, [hit.identifier for hit in results.items], internal)
    return Page(
        rows,
        _next(runtime, signature, offset, limit, results.total),
        results.total if query.get("total") == "true" else None,
    )


async def found(request: Request, sight: Sight, runtime: Runtime) -> dict[str, Any]:
    """``{"items", "total", "facets", "next", "indexed_to"}`` of a search over all readable kinds."""
    query = request.query_params
    limit = paging.number(query, "limit", paging.DEFAULT_LIMIT)
    unknown = [name for name in query.getlist("kind") if name not in BY_NAME]
    if unknown:
        raise InvalidDocument(
            [Violation("/kind", "enum", found=name, expected=list(BY_NAME)) for name in unknown]
        )
    offset, signature = _offset(query, runtime, limit)
    asked = Query(
        text=query.get("q", ""),
        kinds=tuple(query.getlist("kind")),
        status=tuple(query.getlist("status")),
        department=tuple(query.getlist("department")),
        sort=_sort(query),
        limit=limit,
        offset=offset,
    )
    results = await ask(runtime, asked, sight)
    return {
        "items": results.items,  # the JSON writer knows dataclasses
        "total": results.total,
        "facets": results.facets,
        "next": _next(runtime, signature, offset, limit, results.total),
        "indexed_to": results.indexed_to,
    } | ({"instead": results.instead} if results.instead else {})


async def suggested(request: Request, sight: Sight, runtime: Runtime, limit: int) -> dict[str, Any]:
    """Suggestions for the beginning of a name."""
    items = runtime.index.suggest(request.query_params.get("q", ""), reader(sight), limit)
    return {"items": items}


async def ask(runtime: Runtime, query: Query, sight: Sight) -> Results:
    """Search, after the index holds what this process has written last (at most 150 ms)."""
    if runtime.index.behind:
        await asyncio.to_thread(runtime.index.wait_for, runtime.index.noticed, 0.15)
    return runtime.index.query(query, reader(sight))


def reader(sight: Sight) -> Reader:
    """The reader as the index knows it."""
    return Reader(kinds=sight.kinds, internal=sight.internal)


def _offset(query: QueryParams, runtime: Runtime, limit: int) -> tuple[int, str]:
    signature = _signature(query)
    offset = paging.place(runtime.secret, signature, query["cursor"]) if "cursor" in query else 0
    return int(offset), signature


def _next(runtime: Runtime, signature: str, offset: int, limit: int, total: int) -> str | None:
    following = offset + limit
    return paging.cursor(runtime.secret, signature, following) if following < min(total, MAX_OFFSET) else None


def _signature(query: QueryParams) -> str:
    parts = sorted(
        (name, value)
        for name, value in query.multi_items()
        if name not in ("cursor", "limit", "lang", "fields", "total")
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def _check(kind: Kind, query: QueryParams, facets: dict[str, list[str]]) -> None:
    wrong = [
        Violation("/status", "enum", found=status, expected=list(kind.statuses))
        for status in query.getlist("status")
        if status not in kind.statuses
    ]
    known = {field.path[-1] for field in schemas.current(kind.name).annotations.fields if field.facet}
    wrong += [
        Violation(f"/facet.{name}", "parameter-unknown", found=name, expected=sorted(known))
        for name in facets
        if name not in known
    ]
    if wrong:
        raise InvalidDocument(wrong)
    _sort(query)


def _sort(query: QueryParams) -> Sort:
    wanted = query.get("sort", "relevance")
    for sort in SORTS:
        if sort == wanted:
            return sort
    raise InvalidDocument([Violation("/sort", "enum", found=wanted, expected=list(SORTS))])


def _date(text: str, place: str) -> None:
    try:
        date.fromisoformat(text)
    except ValueError:
        raise InvalidDocument([Violation(place, "format-date", found=text)]) from None


def sparse(answer: bytes, fields: str | None) -> bytes:
    """The answer with only these properties in its document, where ``fields`` names any."""
    if not fields:
        return answer
    body = orjson.loads(answer)
    wanted = {name.strip() for name in fields.split(",")}
    body["document"] = {name: value for name, value in (body["document"] or {}).items() if name in wanted}
    return orjson.dumps(body)


async def code_page(
    request: Request, runtime: Runtime, code_list: str, *, seq: int
) -> tuple[list[Any], str | None]:
    """One page of codes as the query string asks, and the cursor of the next."""
    query = request.query_params
    limit = paging.number(query, "limit", 100, high=1000)
    signature = f"codes {code_list} {_signature(query)}"
    after = paging.place(runtime.secret, signature, query["cursor"]) if "cursor" in query else -1
    on = query.get("valid_on")
    if on:
        _date(on, "/valid_on")
    found: list[Any] = []
    while True:
        rows = await _codes(runtime, query, code_list, seq, after, limit + 1)
        for row in rows[:limit]:
            if len(found) < limit and (on is None or ((row[3] or "") <= on <= (row[4] or "9999-12-31"))):
                found.append(orjson.loads(row[5]))
                after = row[6]
        if len(found) == limit or len(rows) <= limit:
            more = paging.cursor(runtime.secret, signature, after) if len(rows) > limit else None
            return found, more
        after = rows[limit - 1][6]


async def _codes(
    runtime: Runtime, query: QueryParams, code_list: str, seq: int, after: int, limit: int
) -> Sequence[Any]:
    if "code" in query:
        if after >= 0:
            return []
        return await runtime.reads.find("code", code=query["code"], code_list=code_list, seq=seq)
    return await codes_of(
        runtime.reads, code_list, sought=query.get("q", ""), parent=query.get("parent"), after=after,
        limit=limit, seq=seq, quick=True,
    )  # fmt: skip
