"""Files of a case for programs: evidence, and the stamped scans that paper acts name by digest."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from catalog.base.errors import NotFound
from catalog.cases import service
from catalog.cases.openapi import FILE, operation
from catalog.identity.actors import Actor
from catalog.registry import stored
from catalog.runtime import Runtime

_PATH = "/api/v1/cases/{number}/files"


async def attach(request: Request) -> Response:
    """``POST /api/v1/cases/{number}/files?filename=…``: the bytes as body; answers the digest that acts name."""
    runtime: Runtime = request.app.state.runtime
    actor: Actor = request.state.actor
    data = await request.body()
    filename = request.query_params.get("filename", "")

    def work() -> dict[str, Any]:
        with runtime.database.writing() as session:
            held = service.attach(
                session, request.path_params["number"], by=actor, data=data, filename=filename
            )
            return {"digest": held.digest, "name": held.name, "type": held.media_type, "size": held.size}

    said = await asyncio.to_thread(work)
    location = f"{_PATH.format(number=request.path_params['number'])}/{said['digest']}"
    return JSONResponse(said, status_code=201, headers={"Location": location})


async def fetch(request: Request) -> Response:
    """``GET /api/v1/cases/{number}/files/{digest}``: the bytes, for whoever sees the case."""
    runtime: Runtime = request.app.state.runtime
    number, key = request.path_params["number"], request.path_params["digest"]

    def work() -> tuple[bytes, str]:
        with runtime.database.reading() as session:
            service.get(session, number, request.state.actor)
            held = next((one for one in service.files(session, number) if one.digest == key), None)
            if held is None:
                raise NotFound(kind="file", identifier=key[:12])
            return stored.fetch(session, key), held.media_type

    data, media_type = await asyncio.to_thread(work)
    headers = {"Content-Disposition": "attachment", "Cache-Control": "private, no-store"}
    return Response(data, media_type=media_type, headers=headers)


def paths() -> dict[str, Any]:
    """How they are described in OpenAPI."""
    text = {"type": "string"}
    number = {"name": "number", "in": "path", "required": True, "schema": text}
    digest = {"name": "digest", "in": "path", "required": True, "schema": text}
    filename = {"name": "filename", "in": "query", "required": True, "schema": text}
    binary = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
    kept = operation(
        "attach_case_file", "keep evidence or a stamped scan (PDF, OFD, JPG, PNG); the digest names it", FILE,
        parameters=[number, filename], status="201",
    )  # fmt: skip
    fetched = operation("case_file", "one file of a case", {}, parameters=[number, digest])
    fetched["responses"]["200"]["content"] = binary
    return {
        _PATH: {"post": kept | {"requestBody": {"required": True, "content": binary}}},
        _PATH + "/{digest}": {"get": fetched},
    }


ROUTES = [
    Route(_PATH, attach, methods=["POST"]),
    Route(_PATH + "/{digest}", fetch),
]
