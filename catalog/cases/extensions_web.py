"""Asking for an extension: by API, and by a form of its own that leads back to the case."""

from __future__ import annotations

import asyncio
from typing import Any

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from catalog.base import clock
from catalog.base.errors import CatalogError, InvalidDocument, Violation
from catalog.base.i18n import Language, describe, explain, text
from catalog.base.pages import render
from catalog.base.problems import status_of
from catalog.cases import extensions, opening, service
from catalog.cases.models import Case
from catalog.identity.actors import Actor
from catalog.identity.forms import posted
from catalog.runtime import Runtime
from catalog.standards.lifecycles import lifecycle

_ASKED = ("case", "days", "reason")


async def post(request: Request) -> Response:
    """``POST /api/v1/cases/extensions``: ``{"case", "days", "reason"}``; the extension, asked."""
    body = await opening.asked(request, _ASKED, needed=("case", "reason"), also=_wrong)
    runtime: Runtime = request.app.state.runtime
    return await opening.opened(
        request,
        lambda session, on: _ask(
            session, runtime, request.state.actor, body["case"], body["days"], body["reason"]
        ),
    )


def _wrong(body: dict[str, Any]) -> list[Violation]:
    days = body.get("days")
    if isinstance(days, bool) or not isinstance(days, int):
        return [Violation("/days", "type", found=type(days).__name__, expected="integer")]
    return []


def _ask(session: Session, runtime: Runtime, actor: Actor, number: str, days: int, reason: str) -> Case:
    return extensions.ask(
        session, number, days=days, reason=reason, by=actor, on=clock.today(runtime.settings.zone),
        database=runtime.database,
    )  # fmt: skip


async def form(request: Request) -> Response:
    """``/cases/{number}/extension``: how many working days, and why."""
    return await _form(request, {}, None)


async def ask(request: Request) -> Response:
    """``POST /cases/{number}/extension``; a refusal shows the form again with everything that was typed."""
    runtime: Runtime = request.app.state.runtime
    actor: Actor = request.state.actor
    async with posted(request) as sent:
        said = {name: value for name, value in sent.items() if isinstance(value, str)}
    days = said.get("days", "").strip()

    def work() -> str:
        with runtime.database.writing() as session:
            count = int(days) if days.isascii() and days.isdigit() else 0
            number = request.path_params["number"]
            return _ask(session, runtime, actor, number, count, said.get("reason", "")).number

    try:
        made = await asyncio.to_thread(work)
    except InvalidDocument as refused:
        return await _form(request, said, refused)
    return RedirectResponse(f"/cases/{made}", status_code=303)


async def _form(request: Request, said: dict[str, str], refused: CatalogError | None) -> Response:
    runtime: Runtime = request.app.state.runtime
    actor: Actor = request.state.actor
    language: Language = request.state.language
    number: str = request.path_params["number"]

    def work() -> dict[str, Any]:
        with runtime.database.reading() as session:
            parent = service.get(session, number, actor)
            rule = extensions.judge(session, parent)
            return {
                "title": parent.title, "due": parent.due_on, "provisional": parent.provisional,
                "most": rule.extension, "times": rule.extensions, "article": rule.article,
                "rule": rule.zh if language == "zh" else rule.en, "tells": extensions.parties(parent, rule)[1],
            }  # fmt: skip

    held = await asyncio.to_thread(work)
    found = refused.violations if isinstance(refused, InvalidDocument) else []
    return render(
        request, "cases/extension.html", status=status_of(refused) if refused else 200, number=number,
        said=said, held=held, problems=[describe(one)[language] for one in found],
        refusal=explain(refused, language)[1] if refused else "",
        trail=[
            (text("case.inbox", language), "/inbox"), (number, f"/cases/{number}"),
            (text("clock.extend", language), ""),
        ],
    )  # fmt: skip


def paths() -> dict[str, Any]:
    """How it is described in OpenAPI."""
    parts = lifecycle(extensions.TYPE).parts
    asked = {"case": "case", "days": "days", "reason": "grounds"}
    return opening.described(
        "/api/v1/cases/extensions", "ask_extension", "ask for more working days for the clock that runs in a case",
        {name: dict(parts[of].schema) | {"title": parts[of].en} for name, of in asked.items()}, asked,
        "asked; the bureau consents or refuses",
    )  # fmt: skip


ROUTES = [
    Route("/api/v1/cases/extensions", post, methods=["POST"]),
    Route("/cases/{number}/extension", form),
    Route("/cases/{number}/extension", ask, methods=["POST"]),
]
