"""Webhooks and notices for programs: ``/api/v1/webhooks`` for the administrator, ``/api/v1/notices`` for oneself."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
from sqlmodel import col, select
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from catalog.base.errors import InvalidDocument, NotSignedIn, Violation
from catalog.base.web import json_body
from catalog.identity.actors import Actor
from catalog.notices import hooks
from catalog.notices.models import Notice
from catalog.notices.words import said

_TYPES: dict[str, type] = {"system": str, "address": str, "kinds": list, "private": bool}
_HEADERS = {"Cache-Control": "private, no-store"}


async def listed(request: Request) -> Response:
    """Every webhook, without its secret."""
    runtime, actor = request.app.state.runtime, _actor(request)
    hooks.permit(actor)

    def work() -> list[dict[str, object]]:
        with runtime.database.reading() as session:
            return hooks.listed(session)

    return JSONResponse({"items": await asyncio.to_thread(work)}, headers=_HEADERS)


async def add(request: Request) -> Response:
    """Register a webhook: 201 with its secret, which is never shown again."""
    runtime, actor = request.app.state.runtime, _actor(request)
    asked = _checked(await json_body(request))

    def work() -> hooks.Registered:
        with runtime.database.writing() as session:
            return hooks.add(session, by=actor, **asked)

    made = await asyncio.to_thread(work)
    return JSONResponse({"key": made.key, "secret": made.secret}, status_code=201, headers=_HEADERS)


async def remove(request: Request) -> Response:
    """End a webhook."""
    runtime, actor = request.app.state.runtime, _actor(request)

    def work() -> None:
        with runtime.database.writing() as session:
            hooks.remove(session, key=request.path_params["key"], by=actor)

    await asyncio.to_thread(work)
    return Response(status_code=204)


async def notices(request: Request) -> Response:
    """The reader's own notices that are not read yet, newest first, up to a hundred."""
    runtime, actor, language = request.app.state.runtime, _actor(request), request.state.language

    def work() -> list[dict[str, Any]]:
        wanted = select(Notice).where(col(Notice.person) == actor.person, col(Notice.read_at).is_(None))
        with runtime.database.reading() as session:
            rows = session.scalars(wanted.order_by(col(Notice.at).desc(), col(Notice.key)).limit(100)).all()
            return [
                {
                    "key": row.key, "kind": row.kind, "at": row.at, "href": row.href,
                    "text": said(row.message, orjson.loads(row.details), language),
                }
                for row in rows
            ]  # fmt: skip

    return JSONResponse({"items": await asyncio.to_thread(work)}, headers=_HEADERS)


def _checked(body: Any) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise InvalidDocument([Violation("", "not-an-object", found=type(body).__name__)])
    found = [
        Violation(f"/{name}", "unknown-property", found=name, expected=list(_TYPES))
        for name in sorted(body.keys() - _TYPES.keys())
    ]
    found += [
        Violation(f"/{name}", "required", expected=name) for name in ("system", "address") if name not in body
    ]
    found += [
        Violation(f"/{name}", "type", found=type(body[name]).__name__, expected=kind.__name__)
        for name, kind in _TYPES.items()
        if name in body and type(body[name]) is not kind
    ]
    if not found and not all(isinstance(one, str) for one in body.get("kinds", [])):
        found.append(Violation("/kinds", "type", found="?", expected="string"))
    if found:
        raise InvalidDocument(found)
    return body


def _actor(request: Request) -> Actor:
    actor: Actor = request.state.actor
    if not actor.signed_in:
        raise NotSignedIn()
    return actor


ROUTES: list[BaseRoute] = [
    Route("/api/v1/webhooks", listed, methods=["GET"]),
    Route("/api/v1/webhooks", add, methods=["POST"]),
    Route("/api/v1/webhooks/{key}", remove, methods=["DELETE"]),
    Route("/api/v1/notices", notices, methods=["GET"]),
]
