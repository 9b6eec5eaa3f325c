"""Opening an enforcement: by API, and by a form that the agreement's page leads to."""

from __future__ import annotations

import asyncio
from typing import Any

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from catalog.base import clock
from catalog.base.errors import InvalidDocument, NotFound, NotSignedIn
from catalog.base.i18n import Language, describe, explain, text
from catalog.base.pages import render
from catalog.base.problems import status_of
from catalog.cases import inputs, opening
from catalog.cases.models import Case
from catalog.identity.actors import Actor
from catalog.identity.forms import posted
from catalog.identity.sight import sight
from catalog.registry import access
from catalog.runtime import Runtime
from catalog.sharing import enforcement
from catalog.sharing.changing import KIND, record_of
from catalog.standards.lifecycles import Row, lifecycle

_BESIDE = ("agreement", "track")


async def post(request: Request) -> Response:
    """``POST /api/v1/cases/enforcements``: ``{"agreement", "track", …}``; opened, and its first verb done."""
    body = await opening.asked(request, {*_BESIDE, *_parts()}, needed=_BESIDE)
    values = {name: value for name, value in body.items() if name not in _BESIDE}
    runtime: Runtime = request.app.state.runtime
    return await opening.opened(
        request,
        lambda session, on: _open(
            session, runtime, request.state.actor, body["agreement"], body["track"], values
        ),
    )


def _parts() -> set[str]:
    return {part for track in enforcement.FIRST for part in _first(track).takes}


def _first(track: str) -> Row:
    verb = enforcement.FIRST[track]
    return next(row for row in lifecycle(enforcement.TYPE).rows if row.verb == verb)


def _open(
    session: Session, runtime: Runtime, actor: Actor, agreement: str, track: str, values: dict[str, Any]
) -> Case:
    return enforcement.open_enforcement(
        session, agreement=agreement, track=track, values=values, by=actor,
        on=clock.today(runtime.settings.zone), database=runtime.database,
    )  # fmt: skip


async def form(request: Request) -> Response:
    """``/sharing-agreements/{identifier}/enforcement?track=misuse``; what else is said fills the form."""
    return await _form(request, request.query_params.get("track", ""), dict(request.query_params), None)


async def open_(request: Request) -> Response:
    """``POST`` of the same: to the case; a refusal shows the form again with everything that was typed."""
    runtime: Runtime = request.app.state.runtime
    actor: Actor = request.state.actor
    async with posted(request) as sent:
        said = {name: value for name, value in sent.items() if isinstance(value, str)}
    track = said.get("track", "")
    if track not in enforcement.FIRST:
        raise NotFound(kind="address", identifier=request.url.path)

    def work() -> str:
        with runtime.database.writing() as session:
            parts = lifecycle(enforcement.TYPE).parts
            values = {name: _read(parts[name], said) for name in _first(track).takes}
            agreement = request.path_params["identifier"]
            return _open(session, runtime, actor, agreement, track, values).number

    try:
        made = await asyncio.to_thread(work)
    except InvalidDocument as refused:
        return await _form(request, track, said, refused)
    return RedirectResponse(f"/cases/{made}", status_code=303)


def _read(part: Any, said: dict[str, str]) -> Any:
    try:
        return inputs.read(part, said)
    except KeyError:
        return None


async def _form(
    request: Request, track: str, said: dict[str, str], refused: InvalidDocument | None
) -> Response:
    runtime: Runtime = request.app.state.runtime
    actor: Actor = request.state.actor
    language: Language = request.state.language
    identifier = request.path_params["identifier"]
    if track not in enforcement.FIRST:
        raise NotFound(kind="address", identifier=request.url.path)
    if not actor.signed_in:
        raise NotSignedIn()
    access.require(actor, sight(actor, runtime.settings), KIND)

    def work() -> tuple[str, str]:
        with runtime.database.reading() as session:
            record, _ = record_of(session, identifier)
            return record.name, record.status

    name, status = await asyncio.to_thread(work)
    cycle, row = lifecycle(enforcement.TYPE), _first(track)
    controls = []
    for one in row.takes:
        for control in inputs.inputs(cycle.parts[one], None, language):
            due = one in row.requires and (control.required or "." not in control.name)
            controls.append((control, said.get(control.name, ""), due))
    return render(
        request, "sharing/enforcement.html", status=status_of(refused) if refused else 200,
        agreement=(identifier, name, status), track=track, controls=controls,
        title=cycle.tracks[track]["zh" if language == "zh" else "en"],
        says=row.says_zh if language == "zh" else row.says_en, basis=row.basis,
        go=row.zh if language == "zh" else row.en,
        problems=[describe(one)[language] for one in refused.violations] if refused else [],
        refusal=explain(refused, language)[1] if refused else "",
        trail=[
            (text("kinds.sharing-agreements", language), "/sharing-agreements"),
            (name, f"/sharing-agreements/{identifier}"), (text("enforcement.title", language), ""),
        ],
    )  # fmt: skip


def paths() -> dict[str, Any]:
    """How it is described in OpenAPI; the parts are those of the lifecycle."""
    parts = lifecycle(enforcement.TYPE).parts
    asked = {name: dict(parts[name].schema) | {"title": parts[name].en} for name in sorted(_parts())}
    beside = {"agreement": {"type": "string"}, "track": {"enum": sorted(enforcement.FIRST)}}
    return opening.described(
        "/api/v1/cases/enforcements", "open_enforcement",
        "suspend, change or end an agreement in force; opened and its first verb done",
        beside | asked, _BESIDE,
    )  # fmt: skip


ROUTES = [
    Route("/api/v1/cases/enforcements", post, methods=["POST"]),
    Route("/sharing-agreements/{identifier}/enforcement", form),
    Route("/sharing-agreements/{identifier}/enforcement", open_, methods=["POST"]),
]
