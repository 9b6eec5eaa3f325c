"""Opening a case by API: one way to read what is asked, to answer with the case, and to tell OpenAPI of it.

Each type brings what it asks for and its own ``work``; everything after goes through the verbs of the case.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable
from datetime import date
from typing import Any

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from catalog.base import clock
from catalog.base.errors import InvalidDocument, NotSignedIn, Violation
from catalog.base.web import json_body
from catalog.cases import once
from catalog.cases.api import shown
from catalog.cases.models import Case
from catalog.cases.openapi import CASE
from catalog.runtime import Runtime

CREATED = "the case; its verbs are under /api/v1/cases/{number}/{verb}"


async def asked(
    request: Request,
    known: Collection[str],
    *,
    needed: Collection[str] = (),
    texts: Collection[str] = (),
    also: Callable[[dict[str, Any]], Iterable[Violation]] = lambda body: (),
) -> dict[str, Any]:
    """The body, a JSON object of ``known`` names.

    ``needed`` are texts that must say something, ``texts`` may be left out or null; both come stripped.
    ``also`` finds what only the type knows. Raises ``NotSignedIn``, and ``InvalidDocument`` with
    everything that is wrong.
    """  # fmt: skip
    if not request.state.actor.signed_in:
        raise NotSignedIn()
    body = await json_body(request)
    if not isinstance(body, dict):
        raise InvalidDocument([Violation("", "type", found=type(body).__name__, expected="object")])
    found = [
        Violation(f"/{name}", "parameter-unknown", found=name, expected=sorted(known))
        for name in sorted(body.keys() - set(known))
    ]
    for name in (*needed, *texts):
        said = body.get(name)
        if said is not None and not isinstance(said, str):
            found.append(Violation(f"/{name}", "type", found=type(said).__name__, expected="string"))
        elif name in needed and not (said or "").strip():
            found.append(Violation(f"/{name}", "case-missing", values={"part": name}))
    found += also(body)
    if found:
        raise InvalidDocument(found)
    return body | {name: (body.get(name) or "").strip() for name in (*needed, *texts)}


async def opened(request: Request, work: Callable[[Session, date], Case]) -> Response:
    """201 with the case that ``work`` opens in one transaction, as its reader sees it; once for each key."""
    runtime: Runtime = request.app.state.runtime

    actor, language = request.state.actor, request.state.language
    asked_once = await once.asked(request)

    def tell(session: Session, case: Case) -> tuple[dict[str, Any], int]:
        return shown(session, case, actor, language), case.seq

    said, seq = await asyncio.to_thread(
        lambda: once.once(
            runtime.database, asked_once, by=actor, tell=tell,
            work=lambda session: work(session, clock.today(runtime.settings.zone)),
        )
    )  # fmt: skip
    headers = {
        "ETag": f'"{seq}-case"', "Cache-Control": "private, no-cache",
        "Location": f"/api/v1/cases/{said['number']}",
    }  # fmt: skip
    return JSONResponse(said, status_code=201, headers=headers)


def described(
    path: str, operation: str, summary: str, properties: dict[str, Any], needed: Iterable[str],
    created: str = CREATED,
) -> dict[str, Any]:  # fmt: skip
    """The OpenAPI path item of one such address."""
    body = {
        "type": "object", "required": sorted(needed), "additionalProperties": False, "properties": properties,
    }  # fmt: skip
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        path: {
            "post": {
                "tags": ["cases"],
                "operationId": operation,
                "summary": summary,
                "parameters": [once.HEADER],
                "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
                "responses": {
                    "201": {
                        "description": created,
                        "content": {"application/json": {"schema": CASE}},
                    },
                    "default": {"description": "problem", "content": problem},
                },
            }
        }
    }
