"""Catalogue releases for programs; issuing and receipts go through the verbs of their cases."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from catalog.cases import opening
from catalog.releases import releasing
from catalog.releases.releasing import Release
from catalog.runtime import Runtime
from catalog.standards.lifecycles import lifecycle

_HEADERS = {"Cache-Control": "private, no-store"}


async def draft(request: Request) -> Response:
    """``POST /api/v1/cases/releases``: ``{"title", "number", "remark"}``, a draft; the verb ``issue`` issues it."""
    body = await opening.asked(
        request, ("title", "number", "remark"), needed=("title", "number"), texts=("remark",)
    )
    return await opening.opened(
        request,
        lambda session, on: releasing.open_release(session, by=request.state.actor, **body),
    )


async def listed(request: Request) -> Response:
    """``GET /api/v1/releases``: every release without its lines, the latest first."""
    runtime: Runtime = request.app.state.runtime

    def work() -> list[dict[str, Any]]:
        with runtime.database.reading() as session:
            return [_told(one) for one in releasing.listed(session, by=request.state.actor)]

    items = await asyncio.to_thread(work)
    return JSONResponse({"total": len(items), "items": items}, headers=_HEADERS)


async def one(request: Request) -> Response:
    """``GET /api/v1/releases/{number}``: with its lines and receipts; of a draft, what it would hold now."""
    runtime: Runtime = request.app.state.runtime
    number: str = request.path_params["number"]

    def work() -> dict[str, Any]:
        with runtime.database.reading() as session:
            found = releasing.find(session, number, by=request.state.actor)
            given = [asdict(receipt) for receipt in releasing.receipts(session, number)]
            return _told(found) | {"items": found.items, "receipts": given}

    return JSONResponse(await asyncio.to_thread(work), headers=_HEADERS)


def _told(one: Release) -> dict[str, Any]:
    said = asdict(one) | {"total": len(one.items), "counts": one.counts, "href": f"/releases/{one.number}"}
    del said["items"]
    return said


def paths() -> dict[str, Any]:
    """How it is described in OpenAPI."""
    parts = lifecycle(releasing.TYPE).parts
    asked = {name: dict(parts[name].schema) | {"title": parts[name].en} for name in ("number", "remark")}
    title = {"title": {"type": "string", "description": "what the batch is called"}}
    problem = {"content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    answers = {
        "200": {"description": "found", "content": {"application/json": {"schema": {"type": "object"}}}},
        "default": problem | {"description": "problem"},
    }
    number = {"name": "number", "in": "path", "required": True, "schema": {"type": "string"}}
    return opening.described(
        "/api/v1/cases/releases", "draft_release", "draft a catalogue release (Decree 809 art. 16)",
        title | asked, ("title", "number"),
    ) | {
        "/api/v1/releases": {"get": {
            "tags": ["cases"], "operationId": "list_releases",
            "summary": "catalogue releases, the latest first", "responses": answers,
        }},
        "/api/v1/releases/{number}": {"get": {
            "tags": ["cases"], "operationId": "read_release", "parameters": [number],
            "summary": "a release with its lines and the receipts of departments", "responses": answers,
        }},
    }  # fmt: skip


ROUTES = [
    Route("/api/v1/cases/releases", draft, methods=["POST"]),
    Route("/api/v1/releases", listed),
    Route("/api/v1/releases/{number}", one),
]
