"""The pages of a sharing request: its form, its answer, the purposes that people ask for. No scripts needed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from catalog.base import clock
from catalog.base.documents import Document
from catalog.base.errors import CatalogError, InvalidDocument, Malformed, NotPermitted, NotSignedIn, Violation
from catalog.base.i18n import Language, explain, text
from catalog.base.pages import back_to, render
from catalog.base.problems import status_of
from catalog.cases import rights, service
from catalog.cases.models import Case
from catalog.identity.actors import Actor
from catalog.identity.forms import fresh, posted
from catalog.registry import access
from catalog.registry.pages_words import words
from catalog.runtime import Runtime
from catalog.sharing import requests, requests_view
from catalog.sharing import requests_form as forms
from catalog.sharing import requests_known as known

_NEW = "/sharing-requests/new"


@dataclass
class Asking:
    """A form of a request: new, or of a case that its author may still write."""

    dataset: str
    department: str
    departments: list[str]
    like: str = ""
    case: Case | None = None


async def new(request: Request) -> Response:
    """``/sharing-requests/new?dataset=DS…``; ``like``, ``field``, ``purpose``, ``way`` fill it."""
    if request.method == "POST":
        return await _posted(request, _asking_new)
    return await _form(request, _asking_new)


async def edit(request: Request) -> Response:
    """``/sharing-requests/{number}/edit``: a draft, or what must be supplemented."""
    if request.method == "POST":
        return await _posted(request, _asking_again)
    return await _form(request, _asking_again)


def _asking_new(session: Session, request: Request, said: FormData | None) -> Asking:
    actor: Actor = request.state.actor
    query = request.query_params
    where = str(said.get("department", "")) if said else query.get("department", "")
    mine = departments(session, actor)
    chosen = where or (actor.department if actor.department in mine else "") or (mine[0] if mine else "")
    dataset = str(said.get("dataset", "")) if said else query.get("dataset", "")
    like = str(said.get("like", "")) if said else query.get("like", "")
    if like and not dataset:
        dataset = known.template(session, like)["dataset"]
    ground = known.ground(session, dataset, on=_today(request))
    requests.require_open(ground, chosen)
    if chosen not in mine:
        raise NotPermitted("case-not-yours", department=chosen, roles=list(requests.REQUESTERS), possible=[])
    return Asking(dataset, chosen, [one for one in mine if one != ground.department], like)


def _asking_again(session: Session, request: Request, _: FormData | None) -> Asking:
    case = service.get(session, request.path_params["number"], request.state.actor)
    if "items" not in rights.editable(request.state.actor, case):
        raise NotPermitted("case-part-not-yours", parts=["items"], found=case.state, possible=[])
    held = service.document_of(case)
    return Asking(held["dataset"], case.from_department, [], held.get("like", ""), case)


def departments(session: Session, actor: Actor) -> list[str]:
    """For whom the actor may ask: where one of the requesting roles is held; one's own first."""
    found: set[str] = set()
    for role in requests.REQUESTERS:
        reach = actor.reach.get(role, frozenset())
        found |= known.active_departments(session) if reach is None else reach
    return sorted(found, key=lambda one: (one != actor.department, one)) if rights.writes(actor) else []


Opening = Callable[[Session, Request, FormData | None], Asking]


async def _form(request: Request, opening: Opening) -> Response:
    access.require_signed_in(request.state.actor)
    language: Language = request.state.language

    def work() -> dict[str, Any]:
        with _runtime(request).database.reading() as session:
            asking = opening(session, request, None)
            ground = known.ground(session, asking.dataset, on=_today(request), consumer=asking.department)
            held = (
                service.document_of(asking.case) if asking.case else _filled(session, request, ground, asking)
            )
            return _shown(session, asking, forms.sheet(ground, held, language))

    return await _page(request, await asyncio.to_thread(work))


def _filled(session: Session, request: Request, ground: known.Ground, asking: Asking) -> Document:
    """What the address fills in: an agreement to follow, then what it names itself."""
    query = request.query_params
    held: Document = {}
    if asking.like:
        agreement = known.template(session, asking.like)
        held = known.asked_like(agreement, ground.dataset, on=_today(request))
    for name in ("purpose", "way", "frequency"):
        if query.get(name):
            held[name] = query[name]
    if fields := query.getlist("field"):
        held["items"] = fields
    return held


async def _posted(request: Request, opening: Opening) -> Response:
    async with posted(request, max_fields=5_000, stale=True) as form:
        said = FormData([pair for pair in form.multi_items() if isinstance(pair[1], str)])
    values, act = forms.typed(said), str(said.get("act", "save"))
    language: Language = request.state.language
    if not fresh(request, said):
        return await _again(request, opening, said, notice=text("form.again", language), status=403)
    if act == "more":
        return await _again(request, opening, said)
    try:
        number = await asyncio.to_thread(_kept, request, opening, said, values, act == "prepare")
    except InvalidDocument as refused:
        return await _again(request, opening, said, found=refused.violations, status=status_of(refused))
    except CatalogError as refused:
        if isinstance(refused, NotSignedIn):
            raise
        return await _again(
            request, opening, said, notice=explain(refused, language)[1], status=status_of(refused)
        )
    return back_to(f"/cases/{number}")


def _kept(request: Request, opening: Opening, said: FormData, values: Document, prepares: bool) -> str:
    """Save the draft; hand it to the sharing officer too, or nothing of both."""
    runtime, actor, on = _runtime(request), request.state.actor, _today(request)
    with runtime.database.writing() as session:
        asking = opening(session, request, said)
        if asking.case is None:
            case = requests.open_request(
                session, by=actor, dataset=asking.dataset, values=values, department=asking.department,
                like=asking.like or None, on=on,
            )  # fmt: skip
            if asking.like:  # what the agreement said and its reader took out stays out
                case = service.save(session, case.number, by=actor, read=case.seq, values=values)
        else:
            seq = str(said.get("seq", ""))
            read = int(seq) if seq.isascii() and seq.isdigit() else 0
            case = service.save(session, asking.case.number, by=actor, read=read, values=values)
        if prepares and case.state == "draft":
            requests.require(requests.problems(session, case, on=on))
            service.do(
                session, case.number, "prepare", by=actor, read=case.seq, on=on, database=runtime.database
            )
        return case.number


async def _again(
    request: Request, opening: Opening, said: FormData, *, found: list[Violation] | None = None,
    notice: str = "", status: int = 200,
) -> Response:  # fmt: skip
    """The form once more, with everything that was typed."""
    language: Language = request.state.language
    rows = sum(1 for name in said if name.startswith("basis.") and name.endswith(".title"))

    def work() -> dict[str, Any]:
        with _runtime(request).database.reading() as session:
            asking = opening(session, request, said)
            ground = known.ground(session, asking.dataset, on=_today(request), consumer=asking.department)
            more = 1 if said.get("act") == "more" else 0
            made = forms.sheet(ground, forms.typed(said), language, found or (), more=more)
            while len(made.bases) < rows:
                made.bases.append({})
            return _shown(session, asking, made)

    return await _page(request, await asyncio.to_thread(work), notice=notice, status=status)


def _shown(session: Session, asking: Asking, made: forms.Sheet) -> dict[str, Any]:
    case = asking.case
    return {
        "sheet": made, "asking": asking, "number": case.number if case else "", "seq": case.seq if case else "",
        "state": case.state if case else "draft", "templates": known.templates(session, asking.dataset),
        "asked": requests_view.supplement(session, case) if case else "",
    }  # fmt: skip


async def _page(request: Request, shown: dict[str, Any], *, notice: str = "", status: int = 200) -> Response:
    language: Language = request.state.language
    names = await (await words(_runtime(request).reads)).departments()
    ground = shown["sheet"].ground
    title = text("request.edit" if shown["number"] else "request.new", language)
    trail = [(ground.name, f"/datasets/{ground.identifier}"), (title, "")]
    if shown["number"]:
        trail = [
            (text("case.inbox", language), "/inbox"),
            (shown["number"], f"/cases/{shown['number']}"),
            (title, ""),
        ]
    return render(
        request, "sharing/request.html", status=status, headers={"Cache-Control": "no-store"}, notice=notice,
        heading=title, trail=trail, names=names, today=_today(request).isoformat(), **shown,
    )  # fmt: skip


async def answer(request: Request) -> Response:
    """``/sharing-requests/{number}/answer``: the provider's answer, item by item; a refused one comes back whole."""
    actor: Actor = request.state.actor
    number: str = request.path_params["number"]
    access.require_signed_in(actor)
    if request.method == "GET":
        return await _answering(request, number, None)
    async with posted(request, stale=True) as form:
        said = FormData([pair for pair in form.multi_items() if isinstance(pair[1], str)])
    if not fresh(request, said):
        notice = text("form.again", request.state.language)
        return await _answering(request, number, said, notice=notice, status=403)
    act = str(said.get("act", ""))
    if act == "all":
        return await _answering(request, number, said, proposing=True)
    try:
        await asyncio.to_thread(_answered, request, number, said, act)
    except InvalidDocument as refused:
        found, status = refused.violations, status_of(refused)
        return await _answering(request, number, said, found=found, status=status)
    except CatalogError as refused:
        notice = explain(refused, request.state.language)[1]
        return await _answering(request, number, said, notice=notice, status=status_of(refused))
    return back_to(f"/cases/{number}")


def _answered(request: Request, number: str, said: FormData, act: str) -> None:
    runtime, actor = _runtime(request), request.state.actor
    seq = str(said.get("seq", ""))
    if act not in ("save", "agree", "refuse") or not (seq.isascii() and seq.isdigit()):
        raise Malformed()
    with runtime.database.writing() as session:
        case = service.get(session, number, actor)
        values = requests_view.answered(case, said)
        if act == "save":
            mine = rights.editable(actor, case)
            values = {part: value or None for part, value in values.items() if part in mine}
            service.save(session, number, by=actor, read=int(seq), values=values)
            return
        if act in {row.verb for row in rights.offered(actor, case)}:
            requests.require(_unanswered(session, case, act, said, values, _today(request)))
        takes = {part for row in rights.open_rows(case) if row.verb == act for part in row.takes}
        service.do(
            session, number, act, by=actor, read=int(seq), on=_today(request), database=runtime.database,
            note=str(said.get("note", "")) or None,
            values={part: value for part, value in values.items() if part in takes and value},
        )  # fmt: skip


def _unanswered(
    session: Session, case: Case, act: str, said: FormData, values: Document, on: date
) -> list[Violation]:
    """Everything that is wrong with an answer, what is missing of it included."""
    found = requests.answered_wrong(session, case, act, on=on, values=values)
    if act == "refuse" and not str(said.get("note", "")).strip():
        found.append(Violation("/note", "case-missing", values={"part": "note"}))
    return found


async def _answering(
    request: Request, number: str, said: FormData | None, *, found: list[Violation] | None = None,
    notice: str = "", status: int = 200, proposing: bool = False,
) -> Response:  # fmt: skip
    language: Language = request.state.language

    def work() -> tuple[dict[str, Any], str, str, int]:
        with _runtime(request).database.reading() as session:
            case = service.get(session, number, request.state.actor)
            own = requests_view.part(
                session, case, request.state.actor, language, _today(request), said=said, found=found or (),
                proposing=proposing,
            )  # fmt: skip
            seq = str(said.get("seq", "")) if said and said.get("seq", "") else str(case.seq)
            return own, case.title, seq, case.seq

    own, title, seq, _ = await asyncio.to_thread(work)
    if not own["answers"] and status == 200:
        return back_to(f"/cases/{number}")
    heading = text("request.answer", language)
    trail = [(text("case.inbox", language), "/inbox"), (number, f"/cases/{number}"), (heading, "")]
    return render(
        request, "sharing/request_answer.html", status=status, headers={"Cache-Control": "no-store"}, own=own,
        notice=notice, heading=heading, title=title, trail=trail, case={"number": number, "seq": seq},
    )  # fmt: skip


async def purposes(request: Request) -> Response:
    """``/sharing-requests/purposes``: the purposes that requests ask for, for the standards team."""
    actor: Actor = request.state.actor
    access.require_signed_in(actor)
    if not any(actor.holds(role) for role in ("standards_editor", "standards_approver", "authority")):
        raise NotPermitted("not-permitted")

    def work() -> list[dict[str, str]]:
        with _runtime(request).database.reading() as session:
            return known.purposes_wanted(session)

    found = await asyncio.to_thread(work)
    names = await (await words(_runtime(request).reads)).departments()
    heading = text("request.purposes", request.state.language)
    return render(
        request,
        "sharing/request_purposes.html",
        rows=found,
        names=names,
        heading=heading,
        trail=[(heading, "")],
    )


def _runtime(request: Request) -> Runtime:
    runtime: Runtime = request.app.state.runtime
    return runtime


def _today(request: Request) -> date:
    return clock.today(_runtime(request).settings.zone)


_BOTH = ["GET", "POST"]
ROUTES = [
    Route(_NEW, new, methods=_BOTH),
    Route("/sharing-requests/purposes", purposes),
    Route("/sharing-requests/{number}/edit", edit, methods=_BOTH),
    Route("/sharing-requests/{number}/answer", answer, methods=_BOTH),
]
