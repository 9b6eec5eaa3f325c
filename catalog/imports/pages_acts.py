"""What people do with an upload: mend, accept, choose, check again, register, hand over, return."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import orjson
from sqlmodel import Session
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from catalog.base.errors import CaseRequired, Stale
from catalog.base.pages import back_to
from catalog.identity.forms import posted
from catalog.imports import findings, proposing, registering, service, work
from catalog.imports.correct import MOST, Correction, parsed, split_key, written
from catalog.imports.models import Upload
from catalog.kinds import BY_NAME
from catalog.runtime import Runtime

CHOICES = ("reuse", "new", "pending")
_SURE = "sure"


async def changed(
    request: Request, values: Callable[[Session, Upload], Mapping[str, Any]], anchor: str = ""
) -> Response:
    """Change what is kept beside an upload and check it again."""
    await recheck(request, values)
    return back_to(f"/imports/{request.path_params['id']}{anchor}")


async def recheck(request: Request, values: Callable[[Session, Upload], Mapping[str, Any]]) -> None:
    """The same without an answer; raises ``WrongState`` where the upload has moved on."""
    runtime: Runtime = request.app.state.runtime
    identifier = request.path_params["id"]

    def begin() -> None:
        with runtime.database.writing() as session:
            upload = service.opened(session, identifier, request.state.actor)
            work.begin(session, upload, **values(session, upload))

    await asyncio.to_thread(begin)
    await work.start(runtime, identifier, request.state.actor)


async def correct(request: Request) -> Response:
    """Keep the cells that were changed in the table."""
    async with posted(request) as typed:
        changes = _typed(typed)
    return await changed(
        request,
        lambda session, upload: {"corrections": written([*parsed(upload.corrections), *changes])},
        "#found",
    )


def _typed(typed: FormData) -> list[Correction]:
    """The fields ``v|row|pointer|sheet`` that differ from what stood there (``w|…``)."""
    changes = []
    for name, value in typed.multi_items():
        if not name.startswith("v|") or not isinstance(value, str):
            continue
        before = str(typed.get(f"w|{name[2:]}", ""))
        if value.strip() != before.strip():
            changes.append(Correction(*split_key(name[2:]), value.strip()[:10_000]))
    return changes


async def accept(request: Request) -> Response:
    """Take one suggested value (``place``), or all of a rule and field (``all``: ``rule|field``)."""
    async with posted(request) as typed:
        place, every = str(typed.get("place", "")), str(typed.get("all", ""))

    def values(session: Session, upload: Upload) -> dict[str, Any]:
        if every:
            rule, _, field = every.partition("|")
            taken = findings.suggested(session, upload.id, rule, field)
        else:
            taken = findings.placed(session, upload.id, [int(place)] if place.isdigit() else [])
        more = [
            Correction(one.sheet, one.row, one.pointer, one.suggestion) for one in taken if one.suggestion
        ]
        return {"corrections": written([*parsed(upload.corrections), *more])}

    return await changed(request, values, "#found")


async def fill(request: Request) -> Response:
    """Give one value to every place of a rule and field (``group``: ``rule|field``, ``f|…`` the values)."""
    async with posted(request) as typed:
        rule, _, field = str(typed.get("group", "")).partition("|")
        given = {name[2:]: str(value).strip() for name, value in typed.multi_items() if name.startswith("f|")}

    def values(session: Session, upload: Upload) -> dict[str, Any]:
        places = findings.problems(session, upload.id, rule, field, limit=MOST)
        more = [
            Correction(one.sheet, one.row, f"{one.pointer}{name}", value[:10_000])
            for one in places
            for name, value in given.items()
            if value
        ]
        return {"corrections": written([*parsed(upload.corrections), *more])}

    return await changed(request, values, "#found")


async def choose(request: Request) -> Response:
    """Keep what was decided about elements that resemble others: reuse, new or pending."""
    async with posted(request) as typed:
        chosen = _chosen(typed)

    def values(_: Session, upload: Upload) -> dict[str, Any]:
        return {"choices": orjson.dumps(orjson.loads(upload.choices) | chosen).decode()}

    return await changed(request, values, "#alike")


def _chosen(typed: FormData) -> dict[str, dict[str, str]]:
    sure = typed.get("sure") == "all"
    found = {}
    for name, value in typed.multi_items():
        if name.startswith("c|") and value in CHOICES:
            key = name[2:]
            split_key(key)
            said = "reuse" if sure and typed.get(f"s|{key}") == _SURE else str(value)
            found[key] = {"choice": said, "key": str(typed.get(f"e|{key}", ""))[:60]}
        elif sure and name.startswith("s|") and value == _SURE and f"c|{name[2:]}" not in typed:
            split_key(name[2:])
            found[name[2:]] = {"choice": "reuse", "key": str(typed.get(f"e|{name[2:]}", ""))[:60]}
    return found


async def again(request: Request) -> Response:
    """Check once more; with ``undo`` without the corrections and choices made so far."""
    async with posted(request) as typed:
        undo = bool(typed.get("undo"))
    return await changed(request, lambda *_: {"corrections": "[]", "choices": "{}"} if undo else {})


async def register(request: Request) -> Response:
    """Register all, or what is right; with a reason where one is asked."""
    async with posted(request) as typed:
        note, what = str(typed.get("note", "")).strip()[:500] or None, str(typed.get("what", ""))
    try:
        await registered(request, note=note, flawless_only=what == "flawless")
    except CaseRequired as error:
        if error.values.get("possible") == ["reason"]:
            return back_to(f"/imports/{request.path_params['id']}?asked=reason#register")
        raise
    except Stale:
        await recheck(request, lambda *_: {})
        return back_to(f"/imports/{request.path_params['id']}?stale=1")
    return back_to(f"/imports/{request.path_params['id']}/result")


async def registered(request: Request, *, note: str | None, flawless_only: bool) -> dict[str, Any]:
    """Register, let the index follow, and check what is left; the act."""
    runtime: Runtime = request.app.state.runtime
    identifier, actor = request.path_params["id"], request.state.actor
    act = await asyncio.to_thread(
        registering.register, runtime, identifier, by=actor, note=note, flawless_only=flawless_only
    )
    if act["last"]:
        runtime.index.notify(act["last"])
        await asyncio.to_thread(runtime.index.wait_for, act["last"], 5.0)
    if act["refused"]:
        await recheck(request, lambda *_: {})
    return act


async def submit(request: Request) -> Response:
    """Hand the upload over to somebody who may register it."""
    async with posted(request) as typed:
        note, window = str(typed.get("note", "")), str(typed.get("window", ""))
    runtime: Runtime = request.app.state.runtime
    if runtime.settings.desk == "on" and await asyncio.to_thread(_cased, request):
        key = request.path_params["id"]
        number = await asyncio.to_thread(
            proposing.propose, runtime, key, by=request.state.actor, note=note, window=window
        )
        return back_to(f"/cases/{number}")
    return await _moved(request, lambda session, upload: service.submit(session, upload, by=request.state.actor, note=note))  # fmt: skip


def _cased(request: Request) -> bool:
    """Whether what the upload brings demands a case."""
    with request.app.state.runtime.database.reading() as session:
        upload = service.opened(session, request.path_params["id"], request.state.actor)
        return "register" in BY_NAME[upload.kind].case


async def send_back(request: Request) -> Response:
    """Return it to its author with the reason."""
    async with posted(request) as typed:
        note = str(typed.get("note", ""))
    return await _moved(request, lambda session, upload: service.send_back(session, upload, by=request.state.actor, note=note))  # fmt: skip


async def _moved(request: Request, verb: Callable[[Session, Upload], None]) -> Response:
    await asyncio.to_thread(move, request, verb)
    return back_to(f"/imports/{request.path_params['id']}")


def move(request: Request, verb: Callable[[Session, Upload], None]) -> None:
    """Use a verb on the upload of the address (in a thread)."""
    with request.app.state.runtime.database.writing() as session:
        upload = service.opened(session, request.path_params["id"], request.state.actor)
        verb(session, upload)


ROUTES = [
    Route("/imports/{id}/corrections", correct, methods=["POST"]),
    Route("/imports/{id}/accept", accept, methods=["POST"]),
    Route("/imports/{id}/fill", fill, methods=["POST"]),
    Route("/imports/{id}/choices", choose, methods=["POST"]),
    Route("/imports/{id}/check", again, methods=["POST"]),
    Route("/imports/{id}/register", register, methods=["POST"]),
    Route("/imports/{id}/submit", submit, methods=["POST"]),
    Route("/imports/{id}/return", send_back, methods=["POST"]),
]
