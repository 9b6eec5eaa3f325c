"""A form that opens a case: shown, posted, and shown again with everything typed where it was refused."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import date

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from catalog.base import clock
from catalog.base.errors import CatalogError, InvalidDocument, NotSignedIn
from catalog.base.i18n import Language, describe, explain
from catalog.cases.models import Case
from catalog.identity.actors import Actor
from catalog.identity.forms import posted
from catalog.runtime import Runtime

Typed = Mapping[str, str]
Papers = list[tuple[bytes, str]]
Form = Callable[[Request, Typed, list[str], int], Awaitable[Response]]
Open = Callable[[Session, Actor, Typed, Papers, date], Case]


async def post(request: Request, form: Form, opened: Open) -> Response:
    """Open the case that a form describes and go to it, or show the form with what was refused."""
    runtime: Runtime = request.app.state.runtime
    actor: Actor = request.state.actor
    async with posted(request, max_files=1) as sent:
        typed = {name: value.strip() for name, value in sent.items() if isinstance(value, str)}
        upload = sent.get("file")
        papers = []
        if upload is not None and not isinstance(upload, str) and (data := await upload.read()):
            papers.append((data, upload.filename or ""))

    def work() -> str:
        with runtime.database.writing() as session:
            return opened(session, actor, typed, papers, clock.today(runtime.settings.zone)).number

    try:
        number = await asyncio.to_thread(work)
    except NotSignedIn:
        raise
    except CatalogError as error:
        return await form(request, typed, problems(error, request.state.language), 422)
    return RedirectResponse(f"/cases/{number}", status_code=303)


def problems(error: CatalogError, language: Language) -> list[str]:
    """What was refused, one sentence each."""
    if isinstance(error, InvalidDocument):
        return [
            f"{describe(one)[language]} {describe(one).get(f'mend_{language}') or ''}".strip()
            for one in error.violations
        ]
    return [explain(error, language)[1]]
