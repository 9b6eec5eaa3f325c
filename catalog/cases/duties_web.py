"""Opening the update that a department owes: by API, and by a form for the bureau and the department itself."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from catalog.base import clock
from catalog.base.errors import InvalidDocument, NotPermitted, NotSignedIn, Violation
from catalog.base.i18n import Language, describe, text
from catalog.base.pages import render
from catalog.cases import duties, opening
from catalog.cases.models import Case
from catalog.identity.actors import Actor
from catalog.identity.forms import posted
from catalog.registry.pages_words import words
from catalog.runtime import Runtime

_OFFICERS = ("data_officer", "department_head")


async def post(request: Request) -> Response:
    """``POST /api/v1/cases/duties``: ``{"department", "title", "number", "on"}``; a proposal under T1."""
    body = await opening.asked(request, duties.ASKED, texts=duties.ASKED, also=_wrong)
    return await opening.opened(request, lambda session, today: _owe(session, request, body, today))


def _wrong(said: dict[str, Any]) -> list[Violation]:
    return [] if _day(said) else [Violation("/on", "format-date", found=said.get("on"))]


def _day(said: dict[str, Any]) -> date | None:
    try:
        return date.fromisoformat(str(said.get("on") or ""))
    except ValueError:
        return None


def _owe(session: Session, request: Request, said: dict[str, Any], today: date) -> Case:
    actor: Actor = request.state.actor
    day = _day(said)
    if day is None:
        raise InvalidDocument(_wrong(said))
    return duties.owe(
        session, department=said["department"] or actor.department or "", title=said["title"],
        number=said["number"], on=day, by=actor, today=today,
    )  # fmt: skip


async def form(request: Request) -> Response:
    """``/duties/new``: which department, since when, by which document."""
    return await _form(request, {}, [])


async def owe(request: Request) -> Response:
    """``POST /duties/new``; a refusal shows the form again with everything that was typed."""
    runtime: Runtime = request.app.state.runtime
    async with posted(request) as sent:
        said = {name: value for name, value in sent.items() if isinstance(value, str)}

    def work() -> str:
        with runtime.database.writing() as session:
            typed = {name: said.get(name, "") for name in duties.ASKED}
            return _owe(session, request, typed, clock.today(runtime.settings.zone)).number

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
    return opening.described(
        "/api/v1/cases/duties", "open_duty",
        "open the update of the catalogue that a department owes (Decree 809 art. 17(2))",
        shapes, ("title", "on"), "an empty proposal whose clock runs",
    )  # fmt: skip


ROUTES = [
    Route("/api/v1/cases/duties", post, methods=["POST"]),
    Route("/duties/new", form),
    Route("/duties/new", owe, methods=["POST"]),
]
