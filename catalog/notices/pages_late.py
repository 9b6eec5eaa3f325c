"""``/late``: the bureau's list of what is late, 催办 for one or several, and the text to paste."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlencode

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from catalog.base import clock
from catalog.base.errors import NotSignedIn
from catalog.base.pages import back_to, render
from catalog.cases import view
from catalog.identity.actors import Actor
from catalog.identity.forms import posted
from catalog.notices import urging
from catalog.registry.pages_words import words
from catalog.runtime import Runtime
from catalog.sharing.attesting import owed_of

T = TypeVar("T")
OFFICE = "区政务服务和数据管理局"


async def late(request: Request) -> Response:
    """The late cases of all departments, or of one."""
    runtime: Runtime = request.app.state.runtime
    actor, on = _actor(request), clock.today(runtime.settings.zone)
    department = request.query_params.get("department", "")

    def work(session: Session) -> tuple[list[urging.Late], list[tuple[str, int]], int]:
        found = urging.late(session, actor, on, department=department)
        owed = owed_of(session, actor, on, runtime.settings.attest_days)
        unattested = sum(one["state"] == "late" for one in owed if department in ("", one["consumer"]))
        return found, urging.departments(session, actor, on), unattested

    shown, counted, unattested = await _reading(runtime, work)
    names = await (await words(runtime.reads)).departments()
    return render(
        request,
        "notices/late.html",
        rows=[_row(one, names, request, on.isoformat()) for one in shown],
        departments=[(key, names.get(key, key), number) for key, number in counted],
        department=department,
        unattested=unattested,
        total=sum(number for _, number in counted),
        may=urging.may(actor),
        picked=request.query_params.get("pick") == "all",
        nothing=request.query_params.get("nothing") == "yes",
    )


async def press(request: Request) -> Response:
    """``POST /late``: press for the cases that were ticked, then show the text."""
    runtime: Runtime = request.app.state.runtime
    actor, on = _actor(request), clock.today(runtime.settings.zone)
    async with posted(request) as typed:
        numbers = [str(one)[:42] for one in typed.getlist("case")][: urging.MOST]
    if not numbers:
        return back_to("/late?nothing=yes")

    def work() -> urging.Urged:
        with runtime.database.writing() as session:
            return urging.urge(session, numbers, by=actor, on=on, settings=runtime.settings)

    done = await asyncio.to_thread(work)
    query = [("sent", str(done.sent)), ("already", str(done.already)), *(("case", one) for one in numbers)]
    return back_to(f"/late/letter?{urlencode(query)}")


async def letter(request: Request) -> Response:
    """``/late/letter?case=…``: the text for the cases that are named, as they stand today."""
    runtime: Runtime = request.app.state.runtime
    actor, on = _actor(request), clock.today(runtime.settings.zone)
    asked = request.query_params.getlist("case")[: urging.MOST]
    chosen = await _reading(runtime, lambda session: urging.named(session, actor, on, asked))
    wanted = {one.case.awaits_department for one in chosen} | {actor.department or ""}
    called = await runtime.reads.names(("department", one) for one in sorted(wanted) if one)
    names = {identifier: name for (_, identifier), name in called.items()}
    said = urging.letter(chosen, names, on, names.get(actor.department or "", OFFICE))
    return render(
        request,
        "notices/letter.html",
        text=said,
        lines=min(40, len(said.splitlines()) + 2 * len(chosen) + 2),
        sent=_number(request, "sent"),
        already=_number(request, "already"),
    )


def _row(one: urging.Late, names: dict[str, str], request: Request, today: str) -> dict[str, Any]:
    line = view.line(one.case, names, request.state.language, today)
    return line | {"days": one.days, "urged": one.urged_at}


def _number(request: Request, name: str) -> int:
    said = request.query_params.get(name, "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 5 else 0


async def _reading(runtime: Runtime, work: Callable[[Session], T]) -> T:
    def whole() -> T:
        with runtime.database.reading() as session:
            return work(session)

    return await asyncio.to_thread(whole)


def _actor(request: Request) -> Actor:
    actor: Actor = request.state.actor
    if not actor.signed_in:
        raise NotSignedIn()
    return actor


ROUTES = [
    Route("/late", late, methods=["GET"]),
    Route("/late", press, methods=["POST"]),
    Route("/late/letter", letter, methods=["GET"]),
]
