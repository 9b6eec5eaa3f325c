"""Attachments over ``/api/v1``: the bytes as the body, what is said about them in the address."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from catalog.base import clock
from catalog.base.errors import InvalidDocument, Malformed, NotFound, Violation
from catalog.base.web import dumps
from catalog.identity.sight import Sight
from catalog.kinds import BY_PLURAL, Kind
from catalog.registry import access, attachments
from catalog.registry.api_read import allow, readable, runtime
from catalog.registry.attachments import Scan
from catalog.registry.attachments_models import Attachment
from catalog.registry.reads import Row

_JSON = "application/json"


async def listed(request: Request) -> Response:
    """The attachments of a record that the reader may know of."""
    kind, seen = readable(request)
    allow(request)
    row = await _row(request, kind)
    scans = await attachments.attached(
        runtime(request).reads, kind.name, row.identifier, row.department, seen
    )
    known = access.signed_in(request.state.actor)
    base = f"/api/v1/{kind.plural}/{row.identifier}/attachments"
    return Response(dumps({"items": [_shown(scan, base, known) for scan in scans]}), media_type=_JSON)


async def attach(request: Request) -> Response:
    """Attach the body: 201 with its address. Query: ``filename``, ``title``, ``number``, ``signed_on``, ``internal``."""
    kind = _writable(request)
    allow(request, "filename", "title", "number", "signed_on", "internal")
    query, found = request.query_params, runtime(request)
    internal = query.get("internal", "true")
    if internal not in ("true", "false"):
        raise InvalidDocument([Violation("/internal", "enum", found=internal, expected=["true", "false"])])
    refuse_large(request)
    data = await request.body()
    key, _ = await asyncio.to_thread(
        attachments.attach,
        found.database,
        kind=kind.name,
        identifier=request.path_params["identifier"],
        data=data,
        filename=query.get("filename", ""),
        by=request.state.actor,
        on=clock.today(found.settings.zone),
        most_mb=found.settings.attachment_mb,
        title=query.get("title", ""),
        number=query.get("number", ""),
        signed_on=query.get("signed_on", ""),
        internal=internal == "true",
    )
    where = f"{request.url.path}/{key}"
    return Response(dumps({"id": key}), status_code=201, media_type=_JSON, headers={"location": where})


async def fetch(request: Request) -> Response:
    """The file itself, always as a download."""
    kind, seen = readable(request)
    allow(request)
    return await download(request, kind, seen)


async def detach(request: Request) -> Response:
    """Take it off the record: 204. The ledger keeps that it was there."""
    kind = _writable(request)
    allow(request)
    await asyncio.to_thread(
        attachments.detach,
        runtime(request).database,
        kind=kind.name,
        identifier=request.path_params["identifier"],
        key=request.path_params["key"],
        by=request.state.actor,
    )
    return Response(status_code=204)


async def download(request: Request, kind: Kind, seen: Sight) -> Response:
    """One attachment as a download that no browser runs or guesses at."""
    scan, data = await asyncio.to_thread(
        attachments.open_,
        runtime(request).database,
        kind=kind.name,
        identifier=request.path_params["identifier"],
        key=request.path_params["key"],
        by=request.state.actor,
        seen=seen,
    )
    return Response(data, media_type=scan.media_type, headers=_headers(scan))


def refuse_large(request: Request) -> None:
    """Refuse by the announced length, before the body is read; raises ``Malformed``."""
    most = runtime(request).settings.attachment_mb
    length = request.headers.get("content-length", "0")
    if length.isdigit() and int(length) > (most + 1) * 1024 * 1024:
        raise Malformed("attachment-large", found=int(length), expected=most)


def _headers(scan: Attachment) -> dict[str, str]:
    suffix = scan.filename.rpartition(".")[2]
    return {
        "content-disposition": f"attachment; filename=\"scan.{suffix}\"; filename*=UTF-8''{quote(scan.filename, safe='')}",
        "content-security-policy": "default-src 'none'; sandbox",
        "cache-control": "private, no-store" if scan.internal else "private, no-cache",
        "vary": "authorization, cookie",
    }


def _writable(request: Request) -> Kind:
    access.require_signed_in(request.state.actor)
    kind = BY_PLURAL.get(request.path_params["plural"])
    if kind is None:
        raise NotFound(kind="kind", identifier=request.path_params["plural"])
    return kind


async def _row(request: Request, kind: Kind) -> Row:
    identifier = request.path_params["identifier"]
    row = await runtime(request).reads.record(kind.name, identifier)
    if row is None:
        raise NotFound(kind=kind.name, identifier=identifier)
    return row


def _shown(scan: Scan, base: str, known: bool) -> dict[str, Any]:
    shown = {
        "id": scan.id, "filename": scan.filename, "media_type": scan.media_type, "size": scan.size,
        "title": scan.title, "number": scan.number, "signed_on": scan.signed_on, "internal": scan.internal,
        "at": scan.at, "digest": None if scan.internal else scan.digest, "href": f"{base}/{scan.id}",
    }  # fmt: skip
    return shown | ({"by": scan.by} if known else {})
