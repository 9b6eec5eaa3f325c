"""The pages of the desk: the inbox, one case, and the lifecycles as pictures. All of it works without scripts."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from catalog.base import clock
from catalog.base.errors import CatalogError, Malformed, NotFound, NotSignedIn
from catalog.base.i18n import Language, text, told
from catalog.base.pages import render
from catalog.base.problems import status_of
from catalog.cases import changes, changes_told, paper, proposals, rights, service, settling, view
from catalog.cases.inbox import BOXES, MOST, Box, counts, inbox, late_by
from catalog.cases.pictures import picture
from catalog.identity.actors import Actor
from catalog.identity.forms import posted
from catalog.identity.sight import sight
from catalog.kinds import BY_NAME
from catalog.registry import stored
from catalog.registry.pages_words import kind_name, words
from catalog.runtime import Runtime
from catalog.standards.lifecycles import all_lifecycles, lifecycle


async def boxes(request: Request) -> Response:
    """``/inbox?box=…&type=&department=``: what waits, the earliest day first."""
    runtime: Runtime = request.app.state.runtime
    actor: Actor = request.state.actor
    language: Language = request.state.language
    if not actor.signed_in:
        raise NotSignedIn()
    query = request.query_params
    box: Box = next((one for one in BOXES if one == query.get("box")), "mine")
    wanted = {name: query.get(name, "")[:20] for name in ("type", "department")}
    today = _today(runtime).isoformat()
    waits = getattr(request.state, "waits", None)  # counted for the frame already
    known: dict[Box, int] = {} if waits is None else {"mine": waits}

    def work() -> tuple[Any, str, dict[Box, int], list[tuple[str, int]]]:
        with runtime.database.reading() as session:
            rows, more = inbox(
                session, actor, box=box, on=today, after=query.get("after", ""), type=wanted["type"],
                department=wanted["department"],
            )  # fmt: skip
            found = counts(session, actor, [one for one in BOXES if one not in known], on=today)
            late = late_by(session, actor, on=today) if box == "late" else []
            return rows, more, known | found, late

    rows, more, sizes, late = await asyncio.to_thread(work)
    departments = await (await words(runtime.reads)).departments()
    return render(
        request,
        "cases/inbox.html",
        rows=[view.line(row, departments, language, today) for row in rows],
        boxes=[(one, sizes[one]) for one in BOXES],
        box=box,
        more=more,
        most=MOST,
        wanted=wanted,
        types=[(one.type, one.zh if language == "zh" else one.en) for one in all_lifecycles()],
        departments=sorted(departments.items()),
        late=[(key, departments.get(key, key), number) for key, number in late],
        trail=[(text("case.inbox", language), "")],
    )


async def case(request: Request) -> Response:
    """``/cases/{number}``: what is asked, who must act, what it would do, what happened."""
    return await _shown(request, {}, None)


async def _shown(request: Request, said: Mapping[str, str], refused: CatalogError | None) -> Response:
    """The page; after a refused act with all that was typed and everything that is wrong with it."""
    runtime: Runtime = request.app.state.runtime
    actor: Actor = request.state.actor
    language: Language = request.state.language
    number: str = request.path_params["number"]
    asked = changes.asked(said or request.query_params)

    def work() -> tuple[dict[str, Any], list[str]]:
        with runtime.database.reading() as session:
            held = service.get(session, number, actor)
            shown = view.whole(session, held, actor, language, _today(runtime), asked)
            return shown, paper.departments(actor, held)

    shown, sides = await asyncio.to_thread(work)
    shown |= await changes_told.told(
        shown["listing"], runtime.reads, sight(actor, runtime.settings), language
    )
    names = await runtime.reads.names(shown["about"]) | shown["titles"]
    shown["subjects"] = [
        (
            f"/{BY_NAME[kind].plural if kind in BY_NAME else 'cases'}/{key}",
            names.get((kind, key), ""),
            kind_name(kind, language),
            key,
        )
        for kind, key in shown["about"]
    ]
    departments = await (await words(runtime.reads)).departments()
    people = await runtime.reads.people(sorted(key for key in shown["keys"] if key.startswith("PN-")))
    return render(
        request,
        "cases/case.html",
        status=status_of(refused) if refused else 200,
        case=shown,
        departments=departments,
        signers=await paper.signers(runtime, sides, _today(runtime)) if shown["papers"] else [],
        people={key: (found[0] or "") for key, found in people.items()},
        said={"act": "", "pointer": ""} | dict(said),
        problems=told(refused, language) if refused else [],
        trail=[(text("case.inbox", language), "/inbox"), (number, "")],
    )


async def act(request: Request) -> Response:
    """``POST /cases/{number}``: one act of the page; ``act`` names it, ``seq`` is what was read."""
    runtime: Runtime = request.app.state.runtime
    actor: Actor = request.state.actor
    number: str = request.path_params["number"]
    async with posted(request, max_files=1) as form:
        said = {name: value for name, value in form.items() if isinstance(value, str)}
        upload = form.get("file")
        data = await upload.read() if upload is not None and not isinstance(upload, str) else b""
        filename = "" if upload is None or isinstance(upload, str) else upload.filename or ""
    seq = said.get("seq", "")
    if not (seq.isascii() and seq.isdigit()):
        raise Malformed()

    def work() -> None:
        with runtime.database.writing() as session:
            _done(session, runtime, actor, number, int(seq), said, data, filename)

    try:
        await asyncio.to_thread(work)
    except CatalogError as refused:
        return await _shown(request, said, refused)
    query = changes.asked(said).query
    return RedirectResponse(f"/cases/{number}" + (f"?{query}" if query else ""), status_code=303)


def _done(
    session: Session, runtime: Runtime, actor: Actor, number: str, seq: int, said: dict[str, str], data: bytes,
    filename: str,
) -> None:  # fmt: skip
    name, _, what = said.get("act", "").partition(":")
    note = said.get("note") or None
    if name == "do":
        on = _today(runtime)
        held = service.get(session, number, actor)
        signed, seq = paper.typed(session, held, said, data, filename, by=actor, read=seq)
        service.do(
            session, number, what, by=actor, read=seq, on=on, note=note,
            values=view.typed(held, said, {part for row in rights.open_rows(held) if row.verb == what for part in row.takes}),
            paper=signed, department=said.get("department") or None,
            database=runtime.database,
        )  # fmt: skip
    elif name == "save":
        held = service.get(session, number, actor)
        values = view.typed(held, said, rights.editable(actor, held) - {"changes"})
        service.save(session, number, by=actor, read=seq, values=values)
    elif name == "comment":
        service.comment(session, number, by=actor, text=said.get("text", ""), pointer=said.get("pointer", ""))
    elif name == "attach":
        service.attach(session, number, by=actor, data=data, filename=filename)
    elif name in ("watch", "unwatch"):
        service.watch(session, number, by=actor, watching=name == "watch")
    elif name in ("strike", "restore") and what.isdigit():
        reason = said.get("reason", "") if name == "strike" else None
        proposals.strike(session, number, int(what), by=actor, read=seq, reason=reason)
    elif name == "settle" and what.isdigit():
        choices = {
            key.removeprefix("choice:"): value for key, value in said.items() if key.startswith("choice:")
        }
        settling.settle(
            session, number, int(what), by=actor, read=seq, on=_today(runtime), choices=choices
        )  # fmt: skip
    elif name == "drop" and what.isdigit():
        proposals.change(session, number, int(what), by=actor, read=seq, proposed=None)
    else:
        raise Malformed()


async def file(request: Request) -> Response:
    """``/cases/{number}/files/{digest}``: one file, for whoever sees the case."""
    runtime: Runtime = request.app.state.runtime
    number, key = request.path_params["number"], request.path_params["digest"]

    def work() -> tuple[bytes, str]:
        with runtime.database.reading() as session:
            service.get(session, number, request.state.actor)
            held = next((one for one in service.files(session, number) if one.digest == key), None)
            if held is None:
                raise NotFound(kind="file", identifier=key[:12])
            return stored.fetch(session, key), held.media_type

    data, media_type = await asyncio.to_thread(work)
    headers = {"Content-Disposition": "attachment", "Cache-Control": "private, no-store"}
    return Response(data, media_type=media_type, headers=headers)


async def lifecycles(request: Request) -> Response:
    """``/help/lifecycles``: every case type drawn from its file, with the same as a table."""
    language: Language = request.state.language
    found = [view.drawn(one, language) | {"picture": picture(one, language)} for one in all_lifecycles()]
    return render(request, "cases/lifecycles.html", lifecycles=found)


async def lifecycle_svg(request: Request) -> Response:
    """``/help/lifecycles/{type}.svg``: the picture alone."""
    try:
        found = lifecycle(request.path_params["type"])
    except KeyError:
        raise NotFound(kind="address", identifier=request.url.path) from None
    return Response(picture(found, request.state.language), media_type="image/svg+xml")


def _today(runtime: Runtime) -> date:
    return clock.today(runtime.settings.zone)


ROUTES = [
    Route("/inbox", boxes),
    Route("/cases/{number}", case),
    Route("/cases/{number}", act, methods=["POST"]),
    Route("/cases/{number}/files/{digest}", file),
    Route("/help/lifecycles", lifecycles),
    Route("/help/lifecycles/{type}.svg", lifecycle_svg),
]
