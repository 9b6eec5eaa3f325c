"""The page of initial loads (存量导入): which are open, and the bureau's form to open one."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from catalog.base import clock
from catalog.base.errors import InvalidDocument, NotSignedIn
from catalog.base.i18n import Language, describe, text
from catalog.base.pages import render
from catalog.cases import rights
from catalog.cases.windows import Window, open_window, windows
from catalog.identity.forms import posted
from catalog.runtime import Runtime

_FIELDS = ("document", "from", "until")


async def listed(request: Request) -> Response:
    """``/initial-loads``."""
    return await _page(request, {}, [], 200)


async def opened(request: Request) -> Response:
    """``POST /initial-loads``: open one."""
    runtime: Runtime = request.app.state.runtime
    async with posted(request) as form:
        said = {name: str(form.get(name, "")) for name in _FIELDS}

    def work() -> str:
        with runtime.database.writing() as session:
            return open_window(
                session, by=request.state.actor, document=said["document"], start=said["from"],
                until=said["until"], on=clock.today(runtime.settings.zone),
            ).number  # fmt: skip

    try:
        await asyncio.to_thread(work)
    except InvalidDocument as refused:
        language: Language = request.state.language
        return await _page(request, said, [describe(one)[language] for one in refused.violations], 422)
    return RedirectResponse("/initial-loads", status_code=303)


async def _page(request: Request, said: dict[str, str], problems: list[str], status: int) -> Response:
    runtime: Runtime = request.app.state.runtime
    language: Language = request.state.language
    actor = request.state.actor
    if not actor.signed_in:
        raise NotSignedIn()
    on = clock.today(runtime.settings.zone)

    def work() -> list[tuple[Window, bool]]:
        with runtime.database.reading() as session:
            return [(one, one.takes(on)) for one in windows(session)]

    rows = await asyncio.to_thread(work)
    return render(
        request, "cases/windows.html", status=status, rows=rows, said=said, problems=problems,
        opens=rights.writes(actor) and actor.holds("authority"),
        trail=[(text("case.inbox", language), "/inbox"), (text("case.window", language), "")],
    )  # fmt: skip


ROUTES = [Route("/initial-loads", listed), Route("/initial-loads", opened, methods=["POST"])]
