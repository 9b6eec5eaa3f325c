"""The pages of catalogue releases: the list, the form that drafts one, its list of changes, paper and files."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

import orjson
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from catalog.base import pdf
from catalog.base.errors import NotFound, NotPermitted
from catalog.base.i18n import Language, text
from catalog.base.pages import render
from catalog.cases import asking, rights
from catalog.cases.asking import Papers, Typed
from catalog.cases.models import Case
from catalog.exchange.plain_book import plain_book
from catalog.identity.actors import Actor
from catalog.registry.pages_csv import csv_answer
from catalog.registry.pages_words import words
from catalog.releases import releasing, tables
from catalog.releases.releasing import Receipt, Release
from catalog.runtime import Runtime
from catalog.standards.lifecycles import lifecycle

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SHOWN = 500
T = TypeVar("T")


async def listed(request: Request) -> Response:
    """``/releases``."""
    actor: Actor = request.state.actor
    language: Language = request.state.language
    found = await _read(request, lambda session: releasing.listed(session, by=actor))
    return render(
        request, "releases/list.html", rows=[(one, _state(one.state, language)) for one in found],
        opens=_bureau(actor), trail=_trail(language),
    )  # fmt: skip


async def one(request: Request) -> Response:
    """``/releases/{number}?department=``: what has changed, and who has given a receipt."""
    language: Language = request.state.language
    found, receipts = await _one(request)
    chosen = request.query_params.get("department", "")
    rows = [item for item in found.items if not chosen or item["department"] == chosen]
    return render(
        request, "releases/release.html", release=found, rows=rows[:_SHOWN], total=len(rows), shown=_SHOWN,
        receipts=receipts, chosen=chosen, concerned=sorted({item["department"] for item in found.items}),
        departments=await _departments(request), state=_state(found.state, language),
        states={name: one.zh if language == "zh" else one.en
                for name, one in lifecycle(releasing.RECEIPT).states.items()},
        steers=_bureau(request.state.actor), trail=_trail(language, found.document),
    )  # fmt: skip


async def paper(request: Request) -> Response:
    """``/releases/{number}/print``: the whole list with its receipts, to sign and to file."""
    found, receipts = await _one(request)
    language: Language = request.state.language
    departments = await _departments(request)
    return render(
        request, "releases/print.html", release=found, receipts=receipts, departments=departments,
        heads=tables.heads(language), rows=list(tables.rows(found, departments, language)),
        as_pdf=await asyncio.to_thread(pdf.available),
    )  # fmt: skip


async def paper_as_pdf(request: Request) -> Response:
    """``/releases/{number}/print.pdf``: the same paper as a file."""
    return await pdf.answer(request, await paper(request), request.path_params["number"])


async def export(request: Request) -> Response:
    """``/releases/{number}.xlsx``, ``.csv``, ``.jsonl``: the list as a file."""
    found, _ = await _one(request)
    language: Language = request.state.language
    form, name = request.path_params["form"], found.number
    if form not in ("csv", "jsonl", "xlsx"):
        raise NotFound(kind="address", identifier=request.url.path)
    heads, rows = tables.heads(language), tables.rows(found, await _departments(request), language)
    if form == "csv":
        return csv_answer(name, heads, rows)
    headers = {
        "Content-Disposition": f'attachment; filename="{name}.{form}"',
        "Cache-Control": "private, no-store",
    }
    if form == "jsonl":
        lines = b"".join(orjson.dumps(item) + b"\n" for item in found.items)
        return Response(lines, media_type="application/x-ndjson", headers=headers)
    book = plain_book(text("release.title", language), heads, rows)
    return Response(book, media_type=_XLSX, headers=headers)


async def new(request: Request) -> Response:
    """``/releases/new``: number and title, and what the batch would hold."""
    return await _form(request, {}, [], 200)


async def post(request: Request) -> Response:
    """``POST /releases/new``: the draft, which its case page issues."""

    def opened(session: Session, actor: Actor, said: Typed, papers: Papers, on: date) -> Case:
        return releasing.open_release(
            session, by=actor, title=said.get("title", ""), number=said.get("number", ""),
            remark=said.get("remark", ""),
        )  # fmt: skip

    return await asking.post(request, _form, opened)


async def _form(request: Request, said: Typed, problems: list[str], status: int) -> Response:
    actor: Actor = request.state.actor
    language: Language = request.state.language
    if not _bureau(actor):
        raise NotPermitted("case-not-yours", department=actor.department, roles=["authority"], possible=[])
    items = await _read(request, lambda session: releasing.changed(session, releasing.last(session)))
    return render(
        request, "releases/new.html", status=status, said=said, problems=problems, rows=items[:_SHOWN],
        total=len(items), shown=_SHOWN, departments=await _departments(request),
        trail=_trail(language, text("release.new", language)),
    )  # fmt: skip


async def _one(request: Request) -> tuple[Release, list[Receipt]]:
    number, actor = request.path_params["number"], request.state.actor

    def work(session: Session) -> tuple[Release, list[Receipt]]:
        return releasing.find(session, number, by=actor), releasing.receipts(session, number)

    return await _read(request, work)


async def _read(request: Request, work: Callable[[Session], T]) -> T:
    runtime: Runtime = request.app.state.runtime

    def whole() -> T:
        with runtime.database.reading() as session:
            return work(session)

    return await asyncio.to_thread(whole)


async def _departments(request: Request) -> dict[str, str]:
    runtime: Runtime = request.app.state.runtime
    return await (await words(runtime.reads)).departments()


def _bureau(actor: Actor) -> bool:
    return rights.writes(actor) and actor.holds("authority")


def _state(name: str, language: Language) -> str:
    state = lifecycle(releasing.TYPE).states[name]
    return state.zh if language == "zh" else state.en


def _trail(language: Language, name: str = "") -> list[tuple[str, str]]:
    whole: list[tuple[str, Any]] = [(text("release.title", language), "/releases" if name else "")]
    return [*whole, (name, "")] if name else whole


ROUTES = [
    Route("/releases", listed),
    Route("/releases/new", new),
    Route("/releases/new", post, methods=["POST"]),
    Route("/releases/{number}/print", paper),
    Route("/releases/{number}/print.pdf", paper_as_pdf),
    Route("/releases/{number}.{form}", export),
    Route("/releases/{number}", one),
]
