"""``/calendars/notice``: the State Council's notice as pasted text, the year that it makes, and its registration."""

from __future__ import annotations

import asyncio
from typing import Any

from sqlmodel import col, select
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from catalog.base import clock
from catalog.base.documents import Document
from catalog.base.errors import Malformed, NotPermitted, NotSignedIn, Violation
from catalog.base.i18n import Language, describe, text
from catalog.base.pages import back_to, render
from catalog.calendars.force import KIND
from catalog.calendars.months import counts, months
from catalog.calendars.notice import Notice, read
from catalog.identity.actors import Actor
from catalog.identity.forms import posted
from catalog.kinds import BY_NAME
from catalog.registry import access, verbs
from catalog.registry.models import Record
from catalog.registry.pages_words import kinds_name
from catalog.runtime import Runtime

_LONGEST = 20_000  # characters; a notice has about 700


async def form(request: Request) -> Response:
    """An empty form."""
    _may(request.state.actor)
    return _page(request, "", None, None)


async def post(request: Request) -> Response:
    """``act=preview`` shows the year and everything doubtful; ``act=register`` registers what was previewed."""
    actor: Actor = request.state.actor
    runtime: Runtime = request.app.state.runtime
    _may(actor)
    async with posted(request) as sent:
        said = {name: value for name, value in sent.items() if isinstance(value, str)}
    typed = said.get("text", "")
    if len(typed) > _LONGEST:
        raise Malformed()
    notice = read(typed)
    held = await asyncio.to_thread(_held, runtime, notice)
    if said.get("act") != "register":
        return _page(request, typed, notice, held)
    reason = said.get("note", "").strip()
    if not notice.clear or not reason:
        return _page(request, typed, notice, held, reason=reason, lacks=not reason, status=422)
    seen = said.get("seq", "")
    done = await asyncio.to_thread(
        _register, runtime, actor, notice, int(seen) if seen.isdigit() else 0, reason
    )
    runtime.index.notify(done.seq)
    word = "registered" if done.version == 1 else "revised" if done.changed else "unchanged"
    return back_to(f"/{BY_NAME[KIND].plural}/{done.identifier}?done={word}")


def _register(runtime: Runtime, actor: Actor, notice: Notice, seq: int, reason: str) -> verbs.Outcome:
    more: dict[str, Any] = {
        "by": actor, "on": clock.today(runtime.settings.zone), "note": reason,
        "permit": access.permit(actor, runtime.settings, reason=reason),
    }  # fmt: skip
    document = notice.document() | {"department": actor.department or _keeper(runtime)}
    if not seq:
        return verbs.register(runtime.database, kind=KIND, document=document, **more)
    return verbs.revise(
        runtime.database, kind=KIND, identifier=document["identifier"], document=document, read=seq, **more
    )


def _keeper(runtime: Runtime) -> str:
    """Who kept the newest calendar, for an account without a department."""
    with runtime.database.reading() as session:
        wanted = select(Record.department).where(col(Record.kind) == KIND)
        return session.scalar(wanted.order_by(col(Record.identifier).desc()).limit(1)) or ""


def _held(runtime: Runtime, notice: Notice) -> int:
    """The entry of the year's record as it stands, 0 where there is none."""
    if notice.year is None:
        return 0
    with runtime.database.reading() as session:
        record = session.get(Record, (KIND, notice.document()["identifier"]))
        return record.seq if record else 0


def _may(actor: Actor) -> None:
    if not actor.signed_in:
        raise NotSignedIn()
    if not any(actor.holds(role) for role in BY_NAME[KIND].editors):
        raise NotPermitted(kind=KIND, verb="register", department=None, roles=list(BY_NAME[KIND].editors))


def _page(
    request: Request, typed: str, notice: Notice | None, held: int | None, *, reason: str = "",
    lacks: bool = False, status: int = 200,
) -> Response:  # fmt: skip
    language: Language = request.state.language
    document: Document | None = notice.document() if notice and notice.year else None
    if notice and not notice.clear and status == 200:
        status = 422
    found = [_told(one, language) for one in notice.found] if notice else []
    return render(
        request, "calendars/notice.html", status=status, typed=typed, notice=notice, document=document,
        months=months(document) if document else [], counts=counts(document) if document else {},
        found=sorted(found, key=lambda one: ("error", "warning", "info").index(one["severity"])),
        held=held or 0, reason=reason, lacks=lacks,
        trail=[(kinds_name(KIND, language), f"/{BY_NAME[KIND].plural}"), (text("holiday.title", language), "")],
    )  # fmt: skip


def _told(one: Violation, language: Language) -> dict[str, str]:
    said = describe(one)
    return {"severity": one.severity, "says": said[language], "mend": said[f"mend_{language}"]}


ROUTES = [
    Route("/calendars/notice", form),
    Route("/calendars/notice", post, methods=["POST"]),
]
