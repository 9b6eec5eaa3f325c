"""The page of a record's attachments: what is there, adding a scan, taking one off after one question."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from catalog.base import clock
from catalog.base.errors import CatalogError, InvalidDocument, NotFound
from catalog.base.i18n import describe, explain
from catalog.base.pages import back_to
from catalog.base.problems import status_of
from catalog.identity.forms import posted
from catalog.registry import access, attachments
from catalog.registry.api_attachments import download, refuse_large
from catalog.registry.pages_record import Opened, opened

_TYPED = ("title", "number", "signed_on")


async def listed(request: Request) -> Response:
    """``/{plural}/{identifier}/attachments``."""
    return await _page(await opened(request, request.path_params["plural"]))


async def attach(request: Request) -> Response:
    """Add a scan; where it is refused, the page again with the reason and what was typed."""
    refuse_large(request)
    found = await opened(request, request.path_params["plural"])
    async with posted(request, max_files=1) as typed:
        sent = typed.get("file")
        data, name = (await sent.read(), sent.filename or "") if isinstance(sent, UploadFile) else (b"", "")
        said = {key: str(typed.get(key, "")) for key in _TYPED}
        internal = "internal" in typed
    settings = found.runtime.settings
    try:
        await asyncio.to_thread(
            attachments.attach,
            found.runtime.database,
            kind=found.kind.name,
            identifier=found.row.identifier,
            data=data,
            filename=name,
            by=request.state.actor,
            on=clock.today(settings.zone),
            most_mb=settings.attachment_mb,
            internal=internal,
            **said,
        )
    except CatalogError as error:
        if status_of(error) not in (400, 422):
            raise
        return await _page(found, refusal=error, typed=said | {"internal": internal})
    return back_to(f"{found.address}/attachments")


async def ask(request: Request) -> Response:
    """The one question before a scan is taken off."""
    found = await opened(request, request.path_params["plural"])
    if not _may(found):
        access.require_signed_in(request.state.actor)
        raise NotFound(kind="address", identifier=request.url.path)
    key = request.path_params["key"]
    scan = next((one for one in await _scans(found) if one["id"] == key), None)
    if scan is None:
        raise NotFound(kind="attachment", identifier=key)
    return await found.page("register/attachment-off.html", "attachments", scan=scan)


async def detach(request: Request) -> Response:
    """Take it off."""
    found = await opened(request, request.path_params["plural"])
    async with posted(request):
        await asyncio.to_thread(
            attachments.detach,
            found.runtime.database,
            kind=found.kind.name,
            identifier=found.row.identifier,
            key=request.path_params["key"],
            by=request.state.actor,
        )
    return back_to(f"{found.address}/attachments")


async def fetch(request: Request) -> Response:
    """The file, as a download."""
    found = await opened(request, request.path_params["plural"])
    return await download(request, found.kind, found.sight)


async def scans_of(found: Opened) -> dict[str, Any]:
    """What a record's page says of its attachments: those the reader may open, and whether he may add."""
    return {"scans": await _scans(found), "may_attach": _may(found)}


def _may(found: Opened) -> bool:
    return attachments.may_attach(found.request.state.actor, found.kind, found.row.department)


async def _scans(found: Opened) -> list[dict[str, Any]]:
    scans = await attachments.attached(
        found.runtime.reads, found.kind.name, found.row.identifier, found.row.department, found.sight
    )
    named: dict[str, Any] = {}
    if access.signed_in(found.request.state.actor):
        named = await found.runtime.reads.people(
            sorted({one.by for one in scans if one.by.startswith("PN-")})
        )
    return [
        asdict(one)
        | {
            "href": f"{found.address}/attachments/{one.id}",
            "type": one.filename.rpartition(".")[2].upper(),
            "by": (named.get(one.by) or ("",))[0] or "",
            "kib": max(1, round(one.size / 1024)),
        }
        for one in scans
    ]


async def _page(
    found: Opened, refusal: CatalogError | None = None, typed: dict[str, Any] | None = None
) -> Response:
    language = found.language
    problems: list[tuple[str, str]] = []
    if isinstance(refusal, InvalidDocument):
        described = [(one, describe(one)) for one in refusal.violations]
        problems = [(one.pointer.strip("/"), words[language]) for one, words in described]
    elif refusal:
        problems = [("file", explain(refusal, language)[1])]
    return await found.page(
        "register/attachments.html",
        "attachments",
        status=status_of(refusal) if refusal else 200,
        **await scans_of(found),
        problems=problems,
        typed=typed or {"internal": True} | dict.fromkeys(_TYPED, ""),
        most=found.runtime.settings.attachment_mb,
    )
