"""The board of demands: the list with its filters and its file, one demand, and the form that posts one."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any
from urllib.parse import urlencode

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from catalog.base.errors import NotSignedIn
from catalog.base.i18n import Language, text
from catalog.base.pages import render
from catalog.cases import asking, rights, service
from catalog.cases.asking import Papers, Typed
from catalog.cases.models import Case
from catalog.corrections import demands
from catalog.corrections.demands import SHOWN, Demand
from catalog.corrections.known import OFFICERS
from catalog.identity.actors import Actor
from catalog.identity.forms import posted
from catalog.registry.pages_csv import csv_answer
from catalog.registry.pages_words import words
from catalog.runtime import Runtime
from catalog.standards.lifecycles import lifecycle

_PURPOSE = "CL0105"
_COLUMNS = ("number", "name", "state", "departments", "from", "assigned", "purpose", "legal_basis", "dataset", "at")  # fmt: skip


async def board(request: Request) -> Response:
    """``/demands?state=&department=&q=``."""
    found, chosen = await _read(request)
    language: Language = request.state.language
    departments = await _departments(request)
    return render(
        request,
        "corrections/demands.html",
        rows=[_line(one, departments, language) for one in found],
        chosen=chosen,
        states=[(name, _state(name, language)) for name in SHOWN],
        departments=sorted(departments.items(), key=lambda one: one[1]),
        export="/demands/export.csv?" + urlencode({name: one for name, one in chosen.items() if one}),
        posts=_officer(request.state.actor),
        trail=[(text("demand.title", language), "")],
    )


async def export(request: Request) -> Response:
    """The rows of the board, as a file."""
    found, _ = await _read(request)
    language: Language = request.state.language
    departments = await _departments(request)
    heads = [text(f"demand.{name}", language) for name in _COLUMNS]
    rows = (_line(one, departments, language) for one in found)
    return csv_answer("demands", heads, ([row[name] for name in _COLUMNS] for row in rows))


async def one(request: Request) -> Response:
    """``/demands/{number}``: what is needed, by which departments, and the way to join."""
    runtime: Runtime = request.app.state.runtime
    actor = _signed_in(request)
    language: Language = request.state.language
    number: str = request.path_params["number"]

    def work() -> tuple[Demand, bool]:
        with runtime.database.reading() as session:
            case = demands.find(session, number)
            return demands.shown(case), rights.sees(actor, case, service.watchers(session, number))

    found, sees = await asyncio.to_thread(work)
    known = await words(runtime.reads)
    departments = await known.departments()
    labels = await known.codes([(_PURPOSE, found.purpose)], language)
    place = actor.department or ""
    counted = place in (found.department, *found.also)
    return render(
        request,
        "corrections/demand.html",
        demand=found,
        row=_line(found, departments, language),
        purpose=labels.get((_PURPOSE, found.purpose), found.purpose),
        names=[departments.get(key, key) for key in (found.department, *found.also)],
        holder=departments.get(found.holder, found.holder),
        joins=departments.get(place, place) if _officer(actor) and not counted and found.state in SHOWN[:2] else "",
        counted=counted,
        sees=sees,
        trail=[(text("demand.title", language), "/demands"), (found.number, "")],
    )  # fmt: skip


async def join(request: Request) -> Response:
    """``POST /demands/{number}``: one's department needs it too."""
    runtime: Runtime = request.app.state.runtime
    actor = _signed_in(request)
    number: str = request.path_params["number"]
    async with posted(request):
        pass

    def work() -> None:
        with runtime.database.writing() as session:
            demands.join(session, number, by=actor)

    await asyncio.to_thread(work)
    return RedirectResponse(f"/demands/{number}", status_code=303)


async def new(request: Request) -> Response:
    """``/demands/new?need=…``."""
    query = request.query_params
    return await _form(request, {"title": query.get("need", ""), "need": ""}, [], 200)


async def post(request: Request) -> Response:
    """``POST /demands/new``: put it onto the board."""
    runtime: Runtime = request.app.state.runtime

    def opened(session: Session, actor: Actor, said: Typed, papers: Papers, on: date) -> Case:
        return demands.open_demand(
            session, by=actor, title=said.get("title", ""), on=on, database=runtime.database,
            values={name: said.get(name, "") for name in demands.ASKED},
        )  # fmt: skip

    return await asking.post(request, _form, opened)


async def _form(request: Request, said: Typed, problems: list[str], status: int) -> Response:
    runtime: Runtime = request.app.state.runtime
    language: Language = request.state.language
    _signed_in(request)
    known = await words(runtime.reads)
    terms = await runtime.reads.find("code_terms", quick=False, code_list=_PURPOSE)
    labels = await known.codes([(_PURPOSE, row[0]) for row in terms], language)
    return render(
        request,
        "corrections/demand_new.html",
        status=status,
        purposes=[(row[0], labels.get((_PURPOSE, row[0]), row[1])) for row in terms],
        departments=sorted((await known.departments()).items(), key=lambda one: one[1]),
        said=said,
        problems=problems,
        trail=[(text("demand.title", language), "/demands"), (text("demand.new", language), "")],
    )


async def _read(request: Request) -> tuple[list[Demand], dict[str, str]]:
    runtime: Runtime = request.app.state.runtime
    _signed_in(request)
    query = request.query_params
    chosen = {name: query.get(name, "") for name in ("state", "department", "q")}

    def work() -> list[Demand]:
        with runtime.database.reading() as session:
            return demands.listed(
                session, state=chosen["state"], department=chosen["department"], sought=chosen["q"]
            )

    return await asyncio.to_thread(work), chosen


def _line(one: Demand, departments: dict[str, str], language: Language) -> dict[str, Any]:
    return {
        "number": one.number, "name": one.title, "state": _state(one.state, language), "key": one.state,
        "departments": one.departments, "from": departments.get(one.department, one.department),
        "assigned": departments.get(one.assigned, one.assigned), "purpose": one.purpose,
        "legal_basis": one.legal_basis, "dataset": one.dataset, "at": one.opened_at[:10],
    }  # fmt: skip


def _state(name: str, language: Language) -> str:
    state = lifecycle(demands.TYPE).states[name]
    return state.zh if language == "zh" else state.en


async def _departments(request: Request) -> dict[str, str]:
    runtime: Runtime = request.app.state.runtime
    return await (await words(runtime.reads)).departments()


def _officer(actor: Actor) -> bool:
    return rights.writes(actor) and any(actor.may(role, actor.department) for role in OFFICERS)


def _signed_in(request: Request) -> Actor:
    actor: Actor = request.state.actor
    if not actor.signed_in or actor.system is not None:
        raise NotSignedIn()
    return actor


ROUTES = [
    Route("/demands", board),
    Route("/demands/export.csv", export),
    Route("/demands/new", new),
    Route("/demands/new", post, methods=["POST"]),
    Route("/demands/{number}", one),
    Route("/demands/{number}", join, methods=["POST"]),
]
