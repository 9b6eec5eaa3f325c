"""``/imports/{id}/mapping``: the columns of somebody else's table, and the template of our own."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
from sqlalchemy import text as sql
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from catalog.base.errors import NotFound
from catalog.base.i18n import Language, text
from catalog.base.pages import back_to, render
from catalog.exchange import xlsx
from catalog.exchange.layouts import Profile
from catalog.identity.forms import posted
from catalog.imports import mapping, pages, profiles, reading, service, work
from catalog.imports.mapping import Mapped
from catalog.imports.models import Upload
from catalog.kinds import BY_PLURAL
from catalog.registry import access
from catalog.registry.pages_words import kinds_name

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
    runtime, identifier, actor = request.app.state.runtime, request.path_params["id"], request.state.actor

    def work_() -> None:
        with runtime.database.reading() as session:
            upload = service.opened(session, identifier, actor)
            made = layouts(session, upload)
            said = [
                mapping.typed(one, number, form, upload.kind, upload.vendor)
                for number, one in enumerate(made)
            ]
        with runtime.database.writing() as session:
            upload = service.opened(session, identifier, actor)
            for profile in said:
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


ROUTES = [
    Route("/imports/{id}/mapping", show, methods=["GET"]),
    Route("/imports/{id}/mapping", save, methods=["POST"]),
    Route("/{plural:plural}/template.xlsx", template, methods=["GET"]),
]
