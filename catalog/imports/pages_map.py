"""``/imports/{id}/mapping``: the columns of somebody else's table, and the template of our own."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from pathlib import PurePath
from typing import Any

import orjson
from sqlalchemy import text as sql
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from catalog.base.errors import Malformed, NotFound, Source
from catalog.base.i18n import Language, describe, text
from catalog.base.pages import back_to, render
from catalog.exchange import xlsx
from catalog.exchange.layouts import Profile
from catalog.exchange.marked import marked as mark
from catalog.identity.forms import posted
from catalog.imports import findings, mapping, pages, profiles, reading, service, view, work
from catalog.imports.mapping import Mapped
from catalog.imports.models import Problem, Upload
from catalog.kinds import BY_PLURAL
from catalog.registry import access
from catalog.registry.pages_words import kinds_name

_MOST_MARKED = 5_000
_CELL = re.compile(r"(?:(.*)!)?([A-Z]{1,3})([0-9]{1,7})")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def layouts(session: Session, upload: Upload) -> list[Mapped]:
    """The foreign layouts of an upload with what is kept and suggested for them (in a thread)."""
    file = reading.opened(service.content(session, upload), upload.filename, upload.kind)
    kept = profiles.fitting(session, upload, [one.fingerprint for one in file.layouts])
    found = []
    for one in file.layouts:
        row = kept.get(one.fingerprint)
        profile = Profile.of(orjson.loads(row.document)) if row else None
        found.append(mapping.mapped(one, upload.kind, profile, row.saved_at if row else ""))
    return found


def named(session: Session) -> dict[str, str]:
    """The departments that stand: identifier → name."""
    rows = session.execute(
        sql("SELECT identifier, name FROM record WHERE kind = 'department' AND status = 'active'")
    )
    return {identifier: name for identifier, name in rows}


async def show(request: Request) -> Response:
    """The form, with the suggestions or what was chosen last time."""
    access.require_signed_in(request.state.actor)
    language: Language = request.state.language

    def work_() -> tuple[Upload, list[Mapped], list[tuple[str, str]]]:
        with request.app.state.runtime.database.reading() as session:
            found = service.opened(session, request.path_params["id"], request.state.actor)
            made = layouts(session, found)
            departments = sorted(named(session).items())
            session.expunge(found)
            return found, made, departments

    found, made, departments = await asyncio.to_thread(work_)
    if not made:
        return back_to(f"/imports/{found.id}")
    shown = await pages.context(
        request,
        found,
        layouts=[mapping.shown(one, n, found.kind, language) for n, one in enumerate(made)],
        targets=mapping.targets(found.kind, language),
        departments=departments,
        sources=mapping.DEPARTMENTS,
        groupings=mapping.GROUPS,
    )
    return render(request, "imports/mapping.html", **shown)


async def save(request: Request) -> Response:
    """Keep the mapping and check the file by it."""
    async with posted(request) as typed:
        form = {name: value for name, value in typed.items() if isinstance(value, str)}
    await keep(request, form)
    return back_to(f"/imports/{request.path_params['id']}")


async def keep(request: Request, form: dict[str, Any]) -> None:
    """Keep the profiles that a form says for every layout, and begin to check."""

    def said(one: Mapped, number: int, upload: Upload) -> Profile:
        return mapping.typed(one, number, form, upload.kind, upload.vendor)

    await keep_profiles(request, said)


async def keep_profiles(request: Request, said: Callable[[Mapped, int, Upload], Profile]) -> None:
    """Keep what is said of every layout of the upload, and begin to check by it."""
    runtime, identifier, actor = request.app.state.runtime, request.path_params["id"], request.state.actor

    def work_() -> None:
        with runtime.database.reading() as session:
            upload = service.opened(session, identifier, actor)
            found = [said(one, number, upload) for number, one in enumerate(layouts(session, upload))]
        with runtime.database.writing() as session:
            upload = service.opened(session, identifier, actor)
            for profile in found:
                if profile.kind != upload.kind:
                    raise Malformed("profile-invalid", found=profile.kind)
                profiles.keep(session, upload, profile, by=actor.person)
            work.begin(session, upload, profile="chosen")

    await asyncio.to_thread(work_)
    await work.start(runtime, identifier, actor)


async def template(request: Request) -> Response:
    """``/{plural}/template.xlsx``: headings, hints, an example and drop-downs in the reader's language."""
    access.require_signed_in(request.state.actor)
    kind = BY_PLURAL.get(request.path_params["plural"])
    if kind is None:
        raise NotFound(kind="address", identifier=request.url.path)
    language: Language = request.state.language

    def work_() -> bytes:
        with request.app.state.runtime.database.reading() as session:
            return xlsx.template(kind.name, language=language, names={"department": named(session)})

    body = await asyncio.to_thread(work_)
    name = text("imports.template-name", language, name=kinds_name(kind.name, language))
    return Response(body, media_type=_XLSX, headers=pages.attached(f"{name}.xlsx"))


async def marked(request: Request) -> Response:
    """The upload given back with every problem at its cell and a list of them in front."""
    access.require_signed_in(request.state.actor)
    language: Language = request.state.language

    def work_() -> tuple[str, bytes]:
        with request.app.state.runtime.database.reading() as session:
            upload = service.opened(session, request.path_params["id"], request.state.actor)
            if not view.is_table(upload):
                raise NotFound(kind="address", identifier=request.url.path)
            found = [
                _found(one, language) for one in findings.all_problems(session, upload.id, 0, _MOST_MARKED)
            ]
            data, name = service.content(session, upload), upload.filename
        return name, mark(data, name, found, language=language)

    name, body = await asyncio.to_thread(work_)
    said = text("imports.marked-name", language, name=PurePath(name).stem)
    return Response(body, media_type=_XLSX, headers=pages.attached(f"{said}.xlsx"))


def _found(one: Problem, language: Language) -> tuple[Source, str, str]:
    """A problem as the marked copy says it."""
    described = describe(view.violation_of(one))
    cell = _CELL.fullmatch(one.column)
    source = Source(sheet=one.sheet or None, row=one.row, column=one.column.strip("「」") or None)
    if cell:
        source = Source(sheet=cell[1] or one.sheet or None, row=int(cell[3]), column=cell[2])
    return source, described[language], described.get(f"mend_{language}", "")


ROUTES = [
    Route("/imports/{id}/marked.xlsx", marked, methods=["GET"]),
    Route("/imports/{id}/mapping", show, methods=["GET"]),
    Route("/imports/{id}/mapping", save, methods=["POST"]),
    Route("/{plural:plural}/template.xlsx", template, methods=["GET"]),
]
