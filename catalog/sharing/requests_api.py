"""Opening a sharing request for programs; everything after goes through the verbs of the case."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from catalog.base import clock
from catalog.base.errors import InvalidDocument, NotSignedIn, Violation
from catalog.base.web import json_body
from catalog.cases.api import shown
from catalog.identity.actors import Actor
from catalog.runtime import Runtime
from catalog.sharing import requests
from catalog.standards.lifecycles import lifecycle

_BESIDE = ("dataset", "department", "like")


async def ask(request: Request) -> Response:
    """``POST /api/v1/cases/sharing-requests``: a request in draft; incomplete is fine."""
    runtime: Runtime = request.app.state.runtime
    actor: Actor = request.state.actor
    if not actor.signed_in:
        raise NotSignedIn()
    body = await json_body(request)
    found = list(_wrong(body))
    if found:
        raise InvalidDocument(found)
    values = {part: value for part, value in body.items() if part not in _BESIDE}

    def work() -> tuple[dict[str, Any], int]:
        with runtime.database.writing() as session:
            case = requests.open_request(
                session, by=actor, dataset=body["dataset"], values=values, department=body.get("department"),
                like=body.get("like"), on=clock.today(runtime.settings.zone),
            )  # fmt: skip
            return shown(session, case, actor, request.state.language), case.seq

    said, seq = await asyncio.to_thread(work)
    headers = {
        "ETag": f'"{seq}-case"', "Cache-Control": "private, no-cache",
        "Location": f"/api/v1/cases/{said['number']}",
    }  # fmt: skip
    return JSONResponse(said, status_code=201, headers=headers)


def _wrong(body: Any) -> list[Violation]:
    if not isinstance(body, dict):
        return [Violation("", "type", found=type(body).__name__, expected="object")]
    known = {*_BESIDE, *requests.ASKED}
    found = [
        Violation(f"/{name}", "parameter-unknown", found=name, expected=sorted(known))
        for name in sorted(body.keys() - known)
    ]
    if not isinstance(body.get("dataset"), str) or not body["dataset"]:
        found.append(Violation("/dataset", "case-missing", values={"part": "dataset"}))
    found += [
        Violation(f"/{name}", "type", found=type(body[name]).__name__, expected="string")
        for name in ("department", "like")
        if body.get(name) is not None and not isinstance(body[name], str)
    ]
    return found


def paths() -> dict[str, Any]:
    """How it is described in OpenAPI; the parts are those of the lifecycle."""
    parts = lifecycle(requests.TYPE).parts
    text = {"type": "string"}
    beside = {
        "dataset": text | {"description": "identifier of a published dataset"},
        "department": text | {"description": "who asks; without it, one's own department"},
        "like": text | {"description": "agreement that fills what is left out"},
    }
    asked = {name: dict(parts[name].schema) | {"title": parts[name].en} for name in requests.ASKED}
    body = {
        "type": "object",
        "required": ["dataset"],
        "additionalProperties": False,
        "properties": beside | asked,
    }
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        "/api/v1/cases/sharing-requests": {
            "post": {
                "tags": ["cases"],
                "operationId": "open_sharing_request",
                "summary": "ask for fields of a dataset; the case is in draft, incomplete is fine",
                "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
                "responses": {
                    "201": {
                        "description": "the case; its verbs are under /api/v1/cases/{number}/{verb}",
                        "content": {"application/json": {"schema": {"type": "object"}}},
                    },
                    "default": {"description": "problem", "content": problem},
                },
            }
        }
    }


ROUTES = [Route("/api/v1/cases/sharing-requests", ask, methods=["POST"])]
