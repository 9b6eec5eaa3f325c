"""``/imports``: what was brought, a form to bring more, and one address for each upload whatever its state."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import quote

import orjson
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from catalog.base.errors import CatalogError, Malformed, NotPermitted
from catalog.base.i18n import Language, explain, text
from catalog.base.pages import back_to, render
from catalog.base.problems import status_of
from catalog.identity.forms import posted
from catalog.imports import service, view, work
from catalog.imports.models import Upload
from catalog.kinds import BY_NAME, BY_PLURAL, Kind
from catalog.registry import access, rights
from catalog.registry.pages_words import kinds_name

_FORMERS = 20


async def uploads(request: Request) -> Response:
    """One's own uploads and those of one's department, and the form for another."""
    access.require_signed_in(request.state.actor)
    return await _uploads(request)


async def _uploads(
    request: Request, refused: CatalogError | None = None, typed: dict[str, str] | None = None
) -> Response:
    found, actor, language = request.app.state.runtime, request.state.actor, request.state.language

    def work_() -> list[Upload]:
        with found.database.writing() as session:
            service.forget(session, found.settings)
        with found.database.reading() as session:
            rows = list(service.listed(session, actor))
            session.expunge_all()
            return rows

    kinds = rights.kinds_for(actor, found.settings.desk)
    if not kinds:
        raise NotPermitted("role-needed", roles=["data_officer"])
    rows = await asyncio.to_thread(work_)
    people = await names_of(request, [upload.by for upload in rows])
    title, detail = explain(refused, language) if refused else ("", "")
    wanted = request.query_params.get("kind", "")
    wanted = BY_PLURAL[wanted].name if wanted in BY_PLURAL else wanted
    typed = {"former": "", "vendor": "", "kind": wanted} | (typed or {})
    return render(
        request,
        "imports/list.html",
        status=status_of(refused) if refused else 200,
        headers={"Cache-Control": "no-store"},
        steps=view.steps(None, language, mapped=False),
        kinds=[(kind.name, kinds_name(kind.name, language), kind.plural) for kind in kinds],
        typed=typed,
        uploads=[view.listed(upload, actor, language, people) for upload in rows],
        formers=[upload for upload in rows if upload.stored][:_FORMERS],
        most=found.settings.max_body_mb,
        refused=detail,
        refused_title=title,
    )


async def names_of(request: Request, people: list[str]) -> dict[str, str]:
    """Who people are; a person whose name is forgotten has none."""
    known = await request.app.state.runtime.reads.people(sorted(set(people)))
    return {key: str(row[0]) for key, row in known.items() if row[0]}


async def upload(request: Request) -> Response:
    """Keep a file and check it; the form again, with what was typed, where it cannot be taken."""
    async with posted(request, max_files=1, max_fields=20) as typed:
        words = {name: str(typed.get(name, "")) for name in ("kind", "vendor", "statement", "former")}
        sent = typed.get("file")
        data = await sent.read() if isinstance(sent, UploadFile) and sent.filename else b""
        filename = sent.filename or "" if isinstance(sent, UploadFile) else ""
    try:
        identifier = await received(
            request, kind=words["kind"], data=data, filename=filename, former=words["former"],
            confirmed=bool(words["statement"]), vendor=words["vendor"],
        )  # fmt: skip
    except (Malformed, NotPermitted) as error:
        return await _uploads(request, error, words)
    return back_to(f"/imports/{identifier}")


async def received(
    request: Request, *, kind: str, data: bytes, filename: str, former: str, confirmed: bool, vendor: str
) -> str:
    """Keep a new file, or one uploaded before, and begin to check it; the upload's identifier."""
    runtime, actor = request.app.state.runtime, request.state.actor

    def keep() -> str:
        with runtime.database.writing() as session:
            name, content = filename, data
            if former and not data:
                earlier = service.opened(session, former, actor)
                name, content = earlier.filename, service.content(session, earlier)
            if not name:
                raise Malformed("file-missing")
            made = service.receive(
                session,
                kind=kind_of(kind),
                data=content,
                filename=name,
                confirmed=confirmed,
                by=actor,
                desk=runtime.settings.desk,
                vendor=vendor,
            )
            return made.id

    identifier = await asyncio.to_thread(keep)
    await work.start(runtime, identifier, actor)
    return identifier


def kind_of(name: str) -> Kind:
    """The kind of a form; raises ``Malformed`` for anything else."""
    if name not in BY_NAME:
        raise Malformed("kind-missing")
    return BY_NAME[name]


def take(request: Request) -> Upload:
    """The upload of the address, for those who may open it (in a thread)."""
    with request.app.state.runtime.database.reading() as session:
        found = service.opened(session, request.path_params["id"], request.state.actor)
        session.expunge(found)
        return found


async def context(request: Request, found: Upload, **more: Any) -> dict[str, Any]:
    """What every page of an upload needs."""
    language: Language = request.state.language
    people = await names_of(request, [found.by])
    state, tone = view.state_of(found)
    return {
        "upload": found,
        "kind": kinds_name(found.kind, language),
        "author": people.get(found.by, ""),
        "state": text(f"imports.state-{state}", language),
        "tone": tone,
        "steps": view.steps(found, language, mapped=bool(found.profile)),
        "trail": [(text("imports.title", language), "/imports"), (found.filename, "")],
        "report": view.report_of(found),
        "headers": {"Cache-Control": "no-store"},
    } | more


async def progress(request: Request) -> Response:
    """The fragment that ``upload.js`` fetches while a check runs; 204 once there is something to see."""
    access.require_signed_in(request.state.actor)
    found = await asyncio.to_thread(take, request)
    if found.state not in ("received", "checking") or service.interrupted(found):
        return Response(status_code=204)
    return render(request, "imports/_progress.html", upload=found, headers={"Cache-Control": "no-store"})


async def running(request: Request, found: Upload) -> Response:
    """The page of a check that still runs, or was interrupted."""
    shown = await context(request, found, interrupted=service.interrupted(found))
    return render(request, "imports/running.html", **shown)


async def failed(request: Request, found: Upload) -> Response:
    """The page of a file that could not be read: why, and what to do."""
    said = orjson.loads(found.failure or "{}")
    kind = Malformed if said.get("malformed") else CatalogError
    error = kind(said.get("slug", "internal"), **said.get("values", {}))
    title, detail = explain(error, request.state.language)
    return render(request, "imports/failed.html", **await context(request, found, why=title, detail=detail))


async def original(request: Request) -> Response:
    """The file as it was uploaded."""
    access.require_signed_in(request.state.actor)

    def work_() -> tuple[Upload, bytes]:
        with request.app.state.runtime.database.reading() as session:
            found = service.opened(session, request.path_params["id"], request.state.actor)
            return found, service.content(session, found)

    found, data = await asyncio.to_thread(work_)
    return Response(data, media_type="application/octet-stream", headers=attached(found.filename))


def attached(filename: str) -> dict[str, str]:
    """The headers of a download that keeps its Chinese name."""
    return {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(filename, safe='')}",
        "Cache-Control": "no-store",
    }


ROUTES = [
    Route("/imports", uploads, methods=["GET"]),
    Route("/imports", upload, methods=["POST"]),
    Route("/imports/{id}/progress", progress, methods=["GET"]),
    Route("/imports/{id}/file", original, methods=["GET"]),
]
