"""The reading half of ``/api/v1``: plain Starlette endpoints that answer stored bytes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from catalog.base import clock, paging
from catalog.base.db import FOREVER
from catalog.base.documents import changes, row_of
from catalog.base.errors import InvalidDocument, NotFound, Violation
from catalog.base.web import dumps
from catalog.identity.sight import Sight
from catalog.identity.sight import sight as sight_of
from catalog.kinds import BY_PLURAL, Kind
from catalog.registry import access, listing
from catalog.registry.reads import Row
from catalog.runtime import Runtime
from catalog.standards import schemas

_JSON = "application/json"
_PERSON = b'"PN-'


def runtime(request: Request) -> Runtime:
    """The process's runtime."""
    found: Runtime = request.app.state.runtime
    return found


def readable(request: Request) -> tuple[Kind, Sight]:
    """The kind that the path names, if this reader may know of it."""
    kind = BY_PLURAL.get(request.path_params["plural"])
    if kind is None:
        raise NotFound(kind="kind", identifier=request.path_params["plural"])
    sight = sight_of(request.state.actor, runtime(request).settings)
    access.require(request.state.actor, sight, kind.name)
    return kind, sight


def allow(request: Request, *names: str) -> None:
    """Refuse query parameters that this address does not know."""
    unknown = [
        name
        for name in request.query_params
        if name not in names and name != "lang" and not (name.startswith("facet.") and "facet" in names)
    ]
    if unknown:
        raise InvalidDocument(
            [Violation(f"/{name}", "parameter-unknown", found=name, expected=list(names)) for name in unknown]
        )


async def record(request: Request) -> Response:
    """One record; ``as_of``, ``view=internal``, ``fields``, ``include``; 304 where the reader has it already."""
    kind, sight = readable(request)
    identifier = request.path_params["identifier"]
    query = request.query_params
    reads = runtime(request).reads
    if not query:
        row = await reads.record(kind.name, identifier)
    else:
        allow(request, "as_of", "view", "fields", "include")
        internal = _internal(request, sight)
        if "as_of" in query:
            row = await reads.as_of(kind.name, identifier, await seq_at(request), internal)
        else:
            row = await reads.record(kind.name, identifier, internal)
    if row is None:
        raise NotFound(kind=kind.name, identifier=identifier)
    if request.headers.get("if-none-match") == row.etag:
        return Response(status_code=304, headers={"etag": row.etag})
    if row.view == "i":
        await access.note_internal_read(request, row)
    return Response(
        await _body(request, row, sight),
        media_type=_JSON,
        headers={"etag": row.etag, "vary": "authorization, cookie"},
    )


async def _body(request: Request, row: Row, sight: Sight) -> bytes:
    extra: dict[str, Any] = {}
    if _PERSON in row.text and access.signed_in(request.state.actor):
        extra["people"] = await people(request, [row])
    include = request.query_params.get("include", "").split(",")
    if "parents" in include:
        extra["parents"] = await _parents(request, row, sight)
    if "children" in include:
        extra["children"] = (
            await usages_of(request, row.kind, row.identifier, sight, limit=paging.MAX_LIMIT)
        )["items"]
    text = listing.sparse(row.answer(), request.query_params.get("fields"))
    return text if not extra else text[:-1] + b"," + orjson.dumps(extra)[1:]


async def people(request: Request, rows: list[Row]) -> dict[str, dict[str, str | None]]:
    """Names for the person keys in documents; telephone and e-mail only beside internal fields."""
    found: dict[str, dict[str, str | None]] = {}
    reads = runtime(request).reads
    for row in rows:
        keys = schemas.current(row.kind).annotations.people(row.document)
        for key, (name, telephone, email) in (await reads.people(keys)).items():
            found[key] = {"name": name} | (
                {"telephone": telephone, "email": email} if row.view == "i" else {}
            )
    return found


async def _parents(request: Request, row: Row, sight: Sight) -> list[dict[str, Any]]:
    rows = await runtime(request).reads.find(
        "links", kind=row.kind, identifier=row.identifier, seq=FOREVER - 1
    )
    names = ("pointer", "rel", "kind", "identifier", "name", "status")
    return [dict(zip(names, found, strict=True)) for found in rows if found[2] in sight.kinds]


def _internal(request: Request, sight: Sight) -> frozenset[str] | None:
    view = request.query_params.get("view", "public")
    if view not in ("public", "internal"):
        raise InvalidDocument([Violation("/view", "enum", found=view, expected=["public", "internal"])])
    return sight.internal if view == "internal" else frozenset()


async def seq_at(request: Request) -> int:
    """The last entry of the day that ``as_of`` names, or the entry itself where it is a number."""
    text = request.query_params["as_of"]
    reads = runtime(request).reads
    if text.isascii() and text.isdigit():
        return int(text[:18])
    try:
        day = date.fromisoformat(text)
        end = (
            clock.end_of_day(day, runtime(request).settings.zone)
            if day < date.max - timedelta(days=1)
            else "9"
        )
    except ValueError:
        raise InvalidDocument([Violation("/as_of", "format-date", found=text)]) from None
    rows = await reads.find("seq_at", at=end)
    return int(rows[0][0] or 0)


async def records(request: Request) -> Response:
    """A list of records of one kind; see ``listing`` for its parameters."""
    kind, sight = readable(request)
    allow(request, *listing.PARAMETERS)
    as_of = await seq_at(request) if "as_of" in request.query_params else None
    found = await listing.listed(
        request, kind, sight, runtime(request), seq=as_of, internal=_internal(request, sight)
    )
    for row in found.rows:
        if row.view == "i":
            await access.note_internal_read(request, row)
    fields = request.query_params.get("fields")
    body = b'{"items":[' + b",".join(listing.sparse(row.answer(), fields) for row in found.rows) + b"]"
    body += b',"next":' + dumps(found.next)
    if found.total is not None:
        body += b',"total":%d' % found.total
    return Response(body + b"}", media_type=_JSON)


async def by_code(request: Request) -> Response:
    """Where an official code or a former name leads: 307 to the record."""
    kind, _ = readable(request)
    rows = await runtime(request).reads.find("alias", value=request.path_params["code"], forever=FOREVER)
    found = sorted(identifier for name, identifier in rows if name == kind.name)
    if not found:
        raise NotFound(kind=kind.name, identifier=request.path_params["code"])
    return Response(status_code=307, headers={"location": f"/api/v1/{kind.plural}/{found[0]}"})


async def versions(request: Request) -> Response:
    """The history of a record, newest first: every state, with the verb and the reason that made it."""
    kind, _ = readable(request)
    allow(request, "limit", "cursor")
    identifier = request.path_params["identifier"]
    await _existing(request, kind, identifier)
    limit = paging.number(request.query_params, "limit", paging.DEFAULT_LIMIT)
    query, secret = f"versions {kind.name} {identifier}", runtime(request).secret
    text = request.query_params.get("cursor")
    before = paging.place(secret, query, text) if text else FOREVER
    rows = await runtime(request).reads.find(
        "versions", kind=kind.name, identifier=identifier, before=before, limit=limit + 1
    )
    names = ("version", "seq", "status", "name", "standard", "at", "verb")
    items = [dict(zip(names, row[:7], strict=True)) for row in rows[:limit]]
    if access.signed_in(request.state.actor):
        items = [item | {"by": row[7], "note": row[8]} for item, row in zip(items, rows, strict=False)]
    more = paging.cursor(secret, query, rows[limit - 1][1]) if len(rows) > limit else None
    return Response(dumps({"items": items, "next": more}), media_type=_JSON)


async def _existing(request: Request, kind: Kind, identifier: str) -> Row:
    row = await runtime(request).reads.record(kind.name, identifier)
    if row is None:
        raise NotFound(kind=kind.name, identifier=identifier)
    return row


async def _version(request: Request, kind: Kind, number: int, internal: frozenset[str] | None) -> Row:
    identifier = request.path_params["identifier"]
    row = await runtime(request).reads.version(kind.name, identifier, number, internal)
    if row is None:
        raise NotFound(kind=kind.name, identifier=f"{identifier} v{number}")
    if row.view == "i":
        await access.note_internal_read(request, row)
    return row


async def version(request: Request) -> Response:
    """One version of a record, as it was when the next one came."""
    kind, sight = readable(request)
    allow(request, "view")
    row = await _version(request, kind, request.path_params["version"], _internal(request, sight))
    return Response(row.answer(), media_type=_JSON, headers={"etag": row.etag})


async def diff(request: Request) -> Response:
    """Field by field, with the labels of the standard that judged each version."""
    kind, sight = readable(request)
    allow(request, "from", "to", "view")
    internal = _internal(request, sight)
    newest = (await _existing(request, kind, request.path_params["identifier"])).version
    to = paging.number(request.query_params, "to", newest, high=2**31)
    start = paging.number(request.query_params, "from", max(1, to - 1), high=2**31)
    before = await _version(request, kind, start, internal)
    after = await _version(request, kind, to, internal)
    reads = runtime(request).reads
    left, right = await reads.whole(before), await reads.whole(after)
    labels = schemas.load(kind.name, after.standard).annotations
    items = [
        {
            "pointer": f"#{place}",
            "zh": labels.label(place, "zh"),
            "en": labels.label(place, "en"),
            "from": old,
            "to": new,
        }
        | ({"row": row} if (row := row_of(right if new is not None else left, place)) else {})
        for place, old, new in changes(left, right)
    ]
    for name in ("status", "department"):
        if getattr(before, name) != getattr(after, name):
            items.append(
                {
                    "pointer": "",
                    "zh": name,
                    "en": name,
                    "from": getattr(before, name),
                    "to": getattr(after, name),
                }
            )
    return Response(dumps({"from": start, "to": to, "items": items}), media_type=_JSON)


async def usages(request: Request) -> Response:
    """Who refers to this record: kind, identifier, place and name; now or ``as_of``."""
    kind, sight = readable(request)
    allow(request, "limit", "cursor", "as_of")
    await _existing(request, kind, request.path_params["identifier"])
    limit = paging.number(request.query_params, "limit", paging.DEFAULT_LIMIT)
    return Response(
        dumps(await usages_of(request, kind.name, request.path_params["identifier"], sight, limit=limit)),
        media_type=_JSON,
    )


async def usages_of(
    request: Request, kind: str, identifier: str, sight: Sight, *, limit: int
) -> dict[str, Any]:
    """One page of usages that this reader may know of."""
    query, secret = f"usages {kind} {identifier}", runtime(request).secret
    text = request.query_params.get("cursor")
    k, i, p = paging.place(secret, query, text) if text else ("", "", "")
    seq = await seq_at(request) if "as_of" in request.query_params else FOREVER - 1
    items: list[dict[str, Any]] = []
    names = ("kind", "identifier", "pointer", "rel", "name", "status", "department")
    more = None
    while len(items) < limit:
        rows = await runtime(request).reads.find(
            "usages", kind=kind, identifier=identifier, seq=seq, k=k, i=i, p=p, limit=limit + 1, quick=False
        )
        for row in rows[:limit]:
            if len(items) == limit:
                break
            k, i, p = row[0], row[1], row[2]
            if row[0] in sight.kinds:
                items.append(dict(zip(names, row, strict=True)))
        if len(rows) <= limit:
            break
        more = paging.cursor(secret, query, (k, i, p))
    else:
        more = more or paging.cursor(secret, query, (k, i, p))
    return {"items": items, "next": more if len(items) == limit else None}


async def codes(request: Request) -> Response:
    """The codes of a list, in its order: ``q``, ``parent``, ``code``, ``valid_on``, ``as_of``, paged."""
    kind, _ = readable(request)
    if kind.name != "code-list":
        raise NotFound(kind=kind.name, identifier=request.url.path)
    allow(request, "q", "parent", "code", "valid_on", "as_of", "limit", "cursor", "total")
    identifier = request.path_params["identifier"]
    await _existing(request, kind, identifier)
    found, more = await listing.code_page(
        request,
        runtime(request),
        identifier,
        seq=await seq_at(request) if "as_of" in request.query_params else FOREVER - 1,
    )
    body: dict[str, Any] = {"items": found, "next": more}
    if request.query_params.get("total") == "true":
        body["total"] = (await runtime(request).reads.find("code_count", code_list=identifier))[0][0]
    return Response(dumps(body), media_type=_JSON)


async def timeline(request: Request) -> Response:
    """The entries that touched one record, newest first; for signed-in readers."""
    kind, _ = readable(request)
    access.require_signed_in(request.state.actor)
    allow(request, "limit", "cursor")
    identifier = request.path_params["identifier"]
    limit = paging.number(request.query_params, "limit", paging.DEFAULT_LIMIT)
    query, secret = f"timeline {kind.name} {identifier}", runtime(request).secret
    text = request.query_params.get("cursor")
    before = paging.place(secret, query, text) if text else FOREVER
    rows = await runtime(request).reads.find(
        "timeline", kind=kind.name, identifier=identifier, before=before, limit=limit + 1
    )
    names = ("seq", "at", "by", "department", "door", "verb", "version", "note")
    items = [dict(zip(names, row, strict=True)) for row in rows[:limit]]
    more = paging.cursor(secret, query, items[-1]["seq"]) if len(rows) > limit else None
    return Response(dumps({"items": items, "next": more}), media_type=_JSON)


async def entries(request: Request) -> Response:
    """The change feed: entries after one that the reader knows, oldest first; signed-in readers only."""
    sight = sight_of(request.state.actor, runtime(request).settings)
    access.require_signed_in(request.state.actor)
    allow(request, "after", "limit")
    after = paging.number(request.query_params, "after", 0, low=0, high=FOREVER)
    limit = paging.number(request.query_params, "limit", 100)
    rows = await runtime(request).reads.find("entries", after=after, limit=limit)
    names = (
        "seq",
        "at",
        "by",
        "department",
        "door",
        "client",
        "verb",
        "kind",
        "identifier",
        "version",
        "note",
        "data",
        "chain",
    )
    whole = access.sees_ledger(request.state.actor)
    hidden = () if whole else ("client", "note", "data")
    items = [
        {name: value for name, value in zip(names, row, strict=True) if name not in hidden}
        for row in rows
        if whole or row[7] in sight.kinds
    ]
    for item in items:
        if item.get("data"):
            item["data"] = orjson.loads(item["data"])
    return Response(
        dumps({"items": items, "next": rows[-1][0] if len(rows) == limit else None}), media_type=_JSON
    )


async def search(request: Request) -> Response:
    """Search over all kinds that the reader may see: rows, total and facets in one call."""
    allow(request, "q", "kind", "status", "department", "limit", "cursor", "sort", "facet")
    sight = sight_of(request.state.actor, runtime(request).settings)
    return Response(dumps(await listing.found(request, sight, runtime(request))), media_type=_JSON)


async def suggest(request: Request) -> Response:
    """Names that begin as the reader types."""
    allow(request, "q", "limit")
    sight = sight_of(request.state.actor, runtime(request).settings)
    limit = paging.number(request.query_params, "limit", 10, high=50)
    return Response(dumps(await listing.suggested(request, sight, runtime(request), limit)), media_type=_JSON)
