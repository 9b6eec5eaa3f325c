"""``/notices``, ``/me/notices`` and ``/notices/outbox``: what one is told, how, and what leaves the house."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

import orjson
from sqlmodel import Session, and_, col, or_, select, update
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from catalog.base import clock
from catalog.base.errors import NotSignedIn
from catalog.base.i18n import Language, text
from catalog.base.pages import back_to, render
from catalog.identity.actors import Actor
from catalog.identity.forms import posted
from catalog.identity.models import Person
from catalog.ledger import service as ledger
from catalog.ledger.service import Line
from catalog.notices import delivering, hooks
from catalog.notices.models import Delivery, Notice
from catalog.notices.posting import choose, mailed
from catalog.notices.told import KINDS
from catalog.notices.words import said

T = TypeVar("T")
_ROWS = 50
_DEAD = 100


async def listed(request: Request) -> Response:
    """``/notices``: newest first."""
    actor, language = _actor(request), request.state.language
    before = request.query_params.get("before", "")

    def work(session: Session) -> list[dict[str, Any]]:
        wanted = select(Notice).where(col(Notice.person) == actor.person)
        if before:
            at, _, key = before.partition("|")
            wanted = wanted.where(or_(col(Notice.at) < at, and_(col(Notice.at) == at, col(Notice.key) > key)))
        rows = session.scalars(wanted.order_by(col(Notice.at).desc(), col(Notice.key)).limit(_ROWS + 1)).all()
        return [_line(row, language) for row in rows]

    rows = await _read(request, work)
    return render(
        request,
        "notices/notices.html",
        rows=rows[:_ROWS],
        more="{at}|{key}".format(**rows[_ROWS - 1]) if len(rows) > _ROWS else "",
        keeps=any(actor.holds(role) for role in hooks.KEEPERS),
    )


async def read(request: Request) -> Response:
    """``POST /notices``: mark one notice or all of one's own as read; ``open`` goes on to its page."""
    actor = _actor(request)
    async with posted(request) as typed:
        key, act = str(typed.get("key", ""))[:200], str(typed.get("act", ""))

    def work(session: Session) -> str:
        mine = update(Notice).where(col(Notice.person) == actor.person, col(Notice.read_at).is_(None))
        if act != "all":
            mine = mine.where(col(Notice.key) == key)
        session.execute(mine.values(read_at=clock.stamp(clock.now())))
        held = session.get(Notice, key) if act == "open" else None
        return held.href if held and held.person == actor.person else "/notices"

    return back_to(await _write(request, work))


async def choices(request: Request) -> Response:
    """``/me/notices``: which kinds come by e-mail."""
    actor = _actor(request)

    def work(session: Session) -> tuple[dict[str, bool], str | None]:
        address = session.scalar(select(Person.email).where(col(Person.person) == actor.person))
        return mailed(session, actor.person), address

    held, address = await _read(request, work)
    done = request.query_params.get("done") == "yes"
    return render(request, "notices/choices.html", choices=held, address=address or "", done=done)


async def choose_mail(request: Request) -> Response:
    """``POST /me/notices``."""
    actor = _actor(request)
    async with posted(request) as typed:
        wanted = {str(one) for one in typed.getlist("mail")} & set(KINDS)
    await _write(request, lambda session: choose(session, actor.person, wanted))
    return back_to("/me/notices?done=yes")


async def outbox(request: Request) -> Response:
    """``/notices/outbox``: how much waits, what was given up and why."""
    hooks.permit(_actor(request))

    def work(session: Session) -> tuple[dict[str, int], list[Delivery], list[Delivery]]:
        dead = select(Delivery).where(col(Delivery.state) == "dead").order_by(col(Delivery.at).desc())
        failing = select(Delivery).where(col(Delivery.state) == "waiting", col(Delivery.attempts) > 0)
        found = session.scalars(dead.limit(_DEAD)).all()
        trying = session.scalars(failing.order_by(col(Delivery.next_at)).limit(_DEAD)).all()
        session.expunge_all()
        return delivering.counts(session), list(found), list(trying)

    counts, dead, failing = await _read(request, work)
    replayed = request.query_params.get("replayed", "")
    return render(
        request,
        "notices/outbox.html",
        counts=counts,
        dead=dead,
        failing=failing,
        replayed=replayed if replayed.isascii() and replayed.isdigit() else "",
    )


async def replay(request: Request) -> Response:
    """``POST /notices/outbox``: try once more what was given up; an entry."""
    actor = _actor(request)
    hooks.permit(actor)
    async with posted(request):
        number = await _write(request, lambda session: replay_dead(session, actor))
    return back_to(f"/notices/outbox?replayed={number}")


def replay_dead(session: Session, by: Actor) -> int:
    """Put what was given up back into the outbox, with an entry where there was any."""
    hooks.permit(by)
    number = delivering.replay(session)
    if number:
        session.flush()
        ledger.append(session, [Line("outbox.replayed", "outbox", data={"count": number})], by=by)
    return number


def _line(row: Notice, language: Language) -> dict[str, Any]:
    return {
        "key": row.key,
        "at": row.at,
        "unread": row.read_at is None,
        "kind": text(f"notice.kind-{row.kind}", language),
        "said": said(row.message, orjson.loads(row.details), language),
    }


async def _read(request: Request, work: Callable[[Session], T]) -> T:
    database = request.app.state.runtime.database

    def whole() -> T:
        with database.reading() as session:
            return work(session)

    return await asyncio.to_thread(whole)


async def _write(request: Request, work: Callable[[Session], T]) -> T:
    database = request.app.state.runtime.database

    def whole() -> T:
        with database.writing() as session:
            return work(session)

    return await asyncio.to_thread(whole)


def _actor(request: Request) -> Actor:
    actor: Actor = request.state.actor
    if not actor.signed_in:
        raise NotSignedIn()
    return actor


ROUTES = [
    Route("/notices", listed, methods=["GET"]),
    Route("/notices", read, methods=["POST"]),
    Route("/notices/outbox", outbox, methods=["GET"]),
    Route("/notices/outbox", replay, methods=["POST"]),
    Route("/me/notices", choices, methods=["GET"]),
    Route("/me/notices", choose_mail, methods=["POST"]),
]
