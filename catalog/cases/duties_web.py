"""Opening the update that a department owes: by API, and by a form for the bureau and the department itself."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from catalog.base import clock
from catalog.base.errors import InvalidDocument, NotPermitted, NotSignedIn, Violation
from catalog.base.i18n import Language, describe, text
from catalog.base.pages import render
from catalog.base.web import json_body
from catalog.cases import duties
from catalog.cases.api import shown
from catalog.cases.models import Case
from catalog.identity.actors import Actor
from catalog.identity.forms import posted
from catalog.registry.pages_words import words
from catalog.runtime import Runtime

_OFFICERS = ("data_officer", "department_head")


async def post(request: Request) -> Response:
    """``POST /api/v1/cases/duties``: ``{"department", "title", "number", "on"}``; a proposal under T1."""
    runtime: Runtime = request.app.state.runtime
    actor: Actor = request.state.actor
    if not actor.signed_in:
        raise NotSignedIn()
    body = await json_body(request)
    if not isinstance(body, dict):
        raise InvalidDocument([Violation("", "type", found=type(body).__name__, expected="object")])
    unknown = [
        Violation(f"/{name}", "parameter-unknown", found=name, expected=sorted(duties.ASKED))
        for name in sorted(body.keys() - set(duties.ASKED))
    ]

    def work() -> tuple[dict[str, Any], int]:
        with runtime.database.writing() as session:
            case = _owe(session, runtime, actor, body, unknown)
            return shown(session, case, actor, request.state.language), case.seq

    said, seq = await asyncio.to_thread(work)
    headers = {
        "ETag": f'"{seq}-case"', "Cache-Control": "private, no-cache",
        "Location": f"/api/v1/cases/{said['number']}",
    }  # fmt: skip
    return JSONResponse(said, status_code=201, headers=headers)


def _owe(
    session: Session, runtime: Runtime, actor: Actor, said: dict[str, Any], found: list[Violation]
) -> Case:
    wrong = [
        Violation(f"/{name}", "type", found=type(said[name]).__name__, expected="string")
        for name in duties.ASKED
        if said.get(name) is not None and not isinstance(said[name], str)
    ]
    day = None
    try:
        day = date.fromisoformat(str(said.get("on") or ""))
    except ValueError:
        wrong.append(Violation("/on", "format-date", found=said.get("on")))
    if found or wrong or day is None:
        raise InvalidDocument([*found, *wrong])
    return duties.owe(
        session, department=said.get("department") or actor.department or "", title=said.get("title") or "",
        number=said.get("number") or "", on=day, by=actor, today=clock.today(runtime.settings.zone),
    )  # fmt: skip


async def form(request: Request) -> Response:
    """``/duties/new``: which department, since when, by which document."""
    return await _form(request, {}, [])


async def owe(request: Request) -> Response:
    """``POST /duties/new``; a refusal shows the form again with everything that was typed."""
    runtime: Runtime = request.app.state.runtime
    actor: Actor = request.state.actor
    async with posted(request) as sent:
        said = {name: value for name, value in sent.items() if isinstance(value, str)}

    def work() -> str:
        with runtime.database.writing() as session:
            return _owe(
                session, runtime, actor, {name: said.get(name, "") for name in duties.ASKED}, []
            ).number

    try:
        made = await asyncio.to_thread(work)
    except InvalidDocument as refused:
        return await _form(request, said, refused.violations)
    return RedirectResponse(f"/cases/{made}", status_code=303)


async def _form(request: Request, said: dict[str, str], found: list[Violation]) -> Response:
    runtime: Runtime = request.app.state.runtime
    actor: Actor = request.state.actor
    language: Language = request.state.language
    if not actor.signed_in:
        raise NotSignedIn()
    names = await (await words(runtime.reads)).departments()
    everywhere = actor.holds("authority")
    mine = {
        key: name
        for key, name in names.items()
        if everywhere or any(actor.may(role, key) for role in _OFFICERS)
    }
    if not mine:
        roles = ["authority", *_OFFICERS]
        raise NotPermitted("case-not-yours", department=actor.department, roles=roles, possible=[])
    return render(
        request, "cases/duty.html", status=422 if found else 200, said=said, departments=mine,
        problems=[describe(one)[language] for one in found], today=clock.today(runtime.settings.zone).isoformat(),
        trail=[(text("case.inbox", language), "/inbox"), (text("duty.title", language), "")],
    )  # fmt: skip


def paths() -> dict[str, Any]:
    """How it is described in OpenAPI."""
    said = {"type": "string"}
    shapes: dict[str, Any] = {
        "department": said | {"description": "who owes the update; without it, one's own department"},
        "title": said | {"description": "law, decision or document that changes what the catalogue must say"},
        "number": said | {"description": "its number"},
        "on": said | {"format": "date", "description": "day of the change; T1 runs from it"},
    }
    body = {
        "type": "object",
        "required": ["title", "on"],
        "additionalProperties": False,
        "properties": shapes,
    }
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        "/api/v1/cases/duties": {
            "post": {
                "tags": ["cases"],
                "operationId": "open_duty",
                "summary": "open the update of the catalogue that a department owes (Decree 809 art. 17(2))",
                "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
                "responses": {
                    "201": {"description": "an empty proposal whose clock runs"},
                    "default": {"description": "problem", "content": problem},
                },
            }
        }
    }


ROUTES = [
    Route("/api/v1/cases/duties", post, methods=["POST"]),
    Route("/duties/new", form),
    Route("/duties/new", owe, methods=["POST"]),
]
