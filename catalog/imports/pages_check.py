"""The check page, the heart of an import: counts, problems with their cells, what is revised, what to do next."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import quote

import orjson
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from catalog.base import clock
from catalog.base.errors import NotFound
from catalog.base.i18n import Language, text
from catalog.base.pages import back_to, render
from catalog.cases import windows
from catalog.identity.actors import Actor
from catalog.identity.sight import sight
from catalog.imports import findings, pages, view
from catalog.imports.correct import parsed
from catalog.imports.models import Found, Upload
from catalog.kinds import BY_NAME
from catalog.registry import access, rights
from catalog.registry.pages_facts import Lookup
from catalog.registry.pages_words import lookup
from catalog.standards import schemas

_CELLS = 8  # of a group that the check page shows at once
_GROUPS = 30
_ROWS = 25  # refused rows in the correction table
_REVISED = 5
_ALIKE = 20
_PAGE = 50


async def show(request: Request) -> Response:
    """One upload: what there is to do with it now."""
    access.require_signed_in(request.state.actor)
    found = await asyncio.to_thread(pages.take, request)
    if found.state in ("received", "checking"):
        return await pages.running(request, found)
    if found.state == "mapping":
        return back_to(f"/imports/{found.id}/mapping")
    if found.state == "failed":
        return await pages.failed(request, found)
    if found.state == "registered":
        return await result(request)
    return await _check(request, found)


async def _check(request: Request, found: Upload) -> Response:
    language: Language = request.state.language
    start = number(request, "row")
    parts = await asyncio.to_thread(_parts, request, found, start)
    report = view.report_of(found)
    actor: Actor = request.state.actor
    kind = BY_NAME[found.kind]
    runtime = request.app.state.runtime
    cased = runtime.settings.desk == "on" and "register" in kind.case
    may = rights.may_do(actor, kind, "register", found.department, runtime.settings.desk)
    wrong = view.wrong_cells(parts["wrong"], found.kind, language)
    known = await lookup_for(request, found.kind, parts["revised"])
    chosen = orjson.loads(found.choices)
    similar = [one for row in parts["alike"] for one in view.alike(row, chosen, language)]
    alike = sorted(similar, key=lambda one: bool(one["choice"]))[:_ALIKE]
    shown = await pages.context(
        request,
        found,
        errors=[one for one in parts["groups"] if one["severity"] == "error"],
        warnings=[one for one in parts["groups"] if one["severity"] != "error"],
        places=sum(one["count"] for one in report["groups"] if one["severity"] == "error"),
        wrong=wrong,
        markable=found.stored is not None and view.is_table(found),
        next_row=start + _ROWS if start + _ROWS < report["refused"] else 0,
        row=start,
        revised=[changed(request, row, found.kind, known) for row in parts["revised"]],
        alike=alike,
        more_alike=len(similar) - len(alike) + max(0, report["likes"] - len(parts["alike"])),
        sure=sum(one["sure"] and not one["choice"] for one in alike),
        ready=report["created"] + report["revised"],
        corrections=len(parsed(found.corrections)),
        understood=_understood(report, found.kind, language),
        acts=view.acts_of(found),
        passed=report.get("passed", []),
        mapped_on=report.get("profile", ""),
        may_register=may,
        cased=cased,
        past_only=rights.by_cases_only(kind, runtime.settings.desk),
        windows=parts["windows"] if cased and found.kind in windows.KINDS else [],
        own=found.by == actor.person,
        stale="stale" in request.query_params,
        asked=request.query_params.get("asked", ""),
    )
    return render(request, "imports/check.html", **shown)


def _parts(request: Request, found: Upload, start: int) -> dict[str, Any]:
    """All that the check page reads from the tables (in a thread)."""
    language: Language = request.state.language
    report = view.report_of(found)
    with request.app.state.runtime.database.reading() as session:
        groups = [
            _group(session, found, entry, language, limit=_CELLS) for entry in report["groups"][:_GROUPS]
        ]
        parts = {
            "windows": windows.taking(session, clock.today(request.app.state.runtime.settings.zone)),
            "groups": groups,
            "wrong": findings.wrong(session, found.id, start=start, limit=_ROWS),
            "revised": findings.rows(session, found.id, "revised", limit=_REVISED),
            "alike": findings.alike(session, found.id, limit=_ALIKE),
        }
        session.expunge_all()
    return parts


def _group(
    session: Session, found: Upload, entry: dict[str, Any], language: Language, *, limit: int, start: int = 0
) -> dict[str, Any]:
    problems = findings.problems(session, found.id, entry["rule"], entry["field"], start=start, limit=limit)
    names = findings.names(session, found.id, [one.number for one in problems])
    return view.group(entry, found.kind, problems, names, language)


def _understood(report: dict[str, Any], kind: str, language: Language) -> list[dict[str, Any]]:
    annotations = schemas.current(kind).annotations
    shown = []
    for one in report["understood"]:
        pointer = one["field"].replace("/*", "/0")
        field = annotations.field(pointer)
        shown.append(
            {
                "item": field.label(language) if field else "",
                "found": one["found"],
                "meant": view.called(one["meant"], field, language),
                "count": one["count"],
            }
        )
    return shown


async def lookup_for(request: Request, kind: str, rows: list[Found]) -> Lookup:
    """Names and labels for what revised rows say."""
    runtime = request.app.state.runtime
    documents = []
    for row in rows:
        said = orjson.loads(row.changes)
        if isinstance(said, dict):
            documents += [said.get("before", {}), said.get("after", {})]
    seen = sight(request.state.actor, runtime.settings)
    annotations = schemas.current(kind).annotations
    return await lookup(runtime.reads, annotations, documents, seen, request.state.language, people=True)


def changed(request: Request, row: Found, kind: str, known: Lookup) -> dict[str, Any]:
    """The changes of a row as this reader may see them."""
    internal = request.state.actor.internal
    whole = internal is None or row.department in internal
    return view.changes(row, kind, known, request.state.language, internal=whole)


async def rows(request: Request) -> Response:
    """The rows of one action, a page at a time."""
    access.require_signed_in(request.state.actor)
    found = await asyncio.to_thread(pages.take, request)
    action = request.query_params.get("action", "created")
    if action not in ("created", "revised", "refused"):
        raise NotFound(kind="address", identifier=request.url.path)
    start = number(request, "start")

    def work() -> list[Found]:
        with request.app.state.runtime.database.reading() as session:
            some = findings.rows(session, found.id, action, start=start, limit=_PAGE)
            session.expunge_all()
            return some

    some = await asyncio.to_thread(work)
    known = await lookup_for(request, found.kind, some)
    total = view.report_of(found)[action]
    language: Language = request.state.language
    shown = await pages.context(
        request,
        found,
        action=text(f"imports.{action}", language),
        rows=[changed(request, row, found.kind, known) for row in some],
        total=total,
        next=_next(request, action=action, start=start + _PAGE) if len(some) == _PAGE else "",
        first=_next(request, action=action) if start else "",
    )
    shown["trail"] = [*shown["trail"][:1], (found.filename, f"/imports/{found.id}"), (shown["action"], "")]
    return render(request, "imports/rows.html", **shown)


async def problems(request: Request) -> Response:
    """All cells of one rule and field, a page at a time."""
    access.require_signed_in(request.state.actor)
    found = await asyncio.to_thread(pages.take, request)
    rule, field = request.path_params["rule"], request.query_params.get("field", "")
    entry = next(
        (one for one in view.report_of(found)["groups"] if (one["rule"], one["field"]) == (rule, field)), None
    )
    if entry is None:
        raise NotFound(kind="address", identifier=request.url.path)
    start = number(request, "start")

    def work() -> dict[str, Any]:
        with request.app.state.runtime.database.reading() as session:
            return _group(session, found, entry, request.state.language, limit=_PAGE, start=start)

    group = await asyncio.to_thread(work)
    shown = await pages.context(
        request,
        found,
        group=group | {"more": 0},
        next=_next(request, field=field, start=start + _PAGE) if start + _PAGE < entry["count"] else "",
        first=_next(request, field=field) if start else "",
    )
    shown["trail"] = [*shown["trail"][:1], (found.filename, f"/imports/{found.id}"), (group["heading"], "")]
    return render(request, "imports/problems.html", **shown)


async def result(request: Request) -> Response:
    """What was registered from the upload, last act first, with its records."""
    access.require_signed_in(request.state.actor)
    found = await asyncio.to_thread(pages.take, request)
    acts = view.acts_of(found)
    if not acts:
        raise NotFound(kind="address", identifier=request.url.path)
    act = acts[-1]
    records = []
    if act.get("first"):
        most = min(act["last"], act["first"] + 99)
        records = await asyncio.to_thread(_records, request, act["first"], most)
    shown = await pages.context(
        request, found, act=act, earlier=acts[-2::-1], records=records, plural=BY_NAME[found.kind].plural
    )
    return render(request, "imports/result.html", **shown)


def _records(request: Request, first: int, last: int) -> list[dict[str, Any]]:
    with request.app.state.runtime.database.reading() as session:
        return findings.registered(session, first, last)


def number(request: Request, name: str) -> int:
    """A whole number of the address, 0 where it is none."""
    said = request.query_params.get(name, "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 8 else 0


def _next(request: Request, **values: Any) -> str:
    return f"{request.url.path}?" + "&".join(f"{name}={quote(str(value))}" for name, value in values.items())


ROUTES = [
    Route("/imports/{id}/rows", rows, methods=["GET"]),
    Route("/imports/{id}/problems/{rule}", problems, methods=["GET"]),
    Route("/imports/{id}/result", result, methods=["GET"]),
    Route("/imports/{id}", show, methods=["GET"]),
]
