"""What an agreement's page shows of its life: what the reader may do about it, and the cases that concern it."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from catalog.base import clock
from catalog.base.errors import NotSignedIn
from catalog.cases.api import shown
from catalog.cases.openapi import CASE, operation
from catalog.identity.actors import Actor
from catalog.identity.forms import posted
from catalog.registry.pages_record import Opened
from catalog.runtime import Runtime
from catalog.sharing import enforcement, enforcement_view, renewing


async def life(found: Opened) -> dict[str, Any]:
    """``{"opens": tracks, "renews": bool, "cases": […]}``; nothing for readers who are not signed in."""
    actor: Actor = found.request.state.actor
    if not actor.signed_in or "as_of" in found.request.query_params:
        return {"opens": [], "renews": False, "cases": []}
    document, status = found.document, found.row.status
    provider, consumer = document.get("provider", ""), document.get("consumer", "")
    on = clock.today(found.runtime.settings.zone)

    def work() -> list[dict[str, Any]]:
        with found.runtime.database.reading() as session:
            return enforcement_view.listed(session, found.row.identifier, actor, found.language, on)

    cases = await asyncio.to_thread(work)
    busy = any(one["type"] == enforcement.TYPE and not one["closed"] for one in cases)
    return {
        "opens": [] if busy else enforcement.possible(actor, status, provider, consumer),
        "renews": bool(document.get("dataset")) and renewing.may_renew(actor, status, consumer),
        "cases": cases,
    }


_DOCUMENT: dict[str, Any] = {
    "type": "object",
    "required": ["identifier", "version", "record_digest", "signing", "digest", "page"],
    "properties": {
        "identifier": {"type": "string"}, "version": {"type": "integer"}, "record_digest": {"type": "string"},
        "signing": {"type": "object"}, "digest": {"type": "string"}, "page": {"type": "string"},
    },
}  # fmt: skip


async def renew(request: Request) -> Response:
    """``POST /sharing-agreements/{identifier}/renewal``: a draft filled from it, to be completed."""
    async with posted(request):
        number = (await _renewed(request))["number"]
    return RedirectResponse(f"/sharing-requests/{number}/edit", status_code=303)


async def renew_by_api(request: Request) -> Response:
    """``POST /api/v1/sharing-agreements/{identifier}/renewal``: the same for programs; the case."""
    said = await _renewed(request)
    headers = {"Location": f"/api/v1/cases/{said['number']}", "Cache-Control": "private, no-cache"}
    return JSONResponse(said, status_code=201, headers=headers)


async def _renewed(request: Request) -> dict[str, Any]:
    runtime: Runtime = request.app.state.runtime
    actor: Actor = request.state.actor
    if not actor.signed_in:
        raise NotSignedIn()

    def work() -> dict[str, Any]:
        with runtime.database.writing() as session:
            on = clock.today(runtime.settings.zone)
            case = renewing.renew(session, request.path_params["identifier"], by=actor, on=on)
            return shown(session, case, actor, request.state.language)

    return await asyncio.to_thread(work)


def paths() -> dict[str, Any]:
    """How the acts and the paper of one agreement are described in OpenAPI."""
    identifier = {"name": "identifier", "in": "path", "required": True, "schema": {"type": "string"}}
    asked = operation(
        "renew_agreement", "a sharing request filled from an agreement, to be completed and decided anew", CASE,
        parameters=[identifier], status="201",
    )  # fmt: skip
    printed = operation(
        "agreement_document", "digest and signing record of the printed agreement", _DOCUMENT, parameters=[identifier]
    )  # fmt: skip
    one = "/api/v1/sharing-agreements/{identifier}"
    return {f"{one}/renewal": {"post": asked}, f"{one}/document": {"get": printed}}


ROUTES = [
    Route("/sharing-agreements/{identifier}/renewal", renew, methods=["POST"]),
    Route("/api/v1/sharing-agreements/{identifier}/renewal", renew_by_api, methods=["POST"]),
]
