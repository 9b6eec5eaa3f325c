"""The desk for programs: cases, their verbs, proposals, the inbox.

Every write needs the ETag that was read as ``If-Match`` (the case's ``seq``); 409 tells what happened.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date
from typing import Any

import orjson
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from catalog.base import clock
from catalog.base.errors import InvalidDocument, NotPermitted, NotSignedIn, PreconditionMissing, Violation
from catalog.base.problems import violation
from catalog.cases import due, once, proposals, rights, service
from catalog.cases.bodies import body_of, foreign
from catalog.cases.inbox import BOXES, Box, count, inbox
from catalog.cases.models import Case
from catalog.cases.proposals import Judged, Proposed
from catalog.cases.service import Paper
from catalog.identity.actors import Actor
from catalog.runtime import Runtime
from catalog.standards.lifecycles import TYPES, lifecycle

_PROPOSED: dict[str, type] = {
    "kind": str, "document": dict, "identifier": str, "read": int, "status": str, "verb": str, "successor": str
}  # fmt: skip
_PROPOSAL: dict[str, type] = {"title": str, "summary": str, "source": str, "window": str, "changes": list}
_ACT: dict[str, type] = {"note": str, "values": dict, "department": str, "paper": dict}


def shown(session: Session, case: Case, actor: Actor, language: Any) -> dict[str, Any]:
    """A case as the API answers it: its columns, what is possible for this reader, its timeline."""
    body: dict[str, Any] = {
        name: getattr(case, name)
        for name in (
            "number", "type", "track", "state", "title", "from_department", "to_department", "assignee",
            "due_on", "provisional", "closed", "opened_at", "changed_at",
        )
    }  # fmt: skip
    body["awaits"] = {
        "side": case.awaits_side, "role": case.awaits_role, "department": case.awaits_department
    }  # fmt: skip
    body["clock"] = due.told(case)
    body["document"] = service.document_of(case)
    body["subjects"] = [
        {"kind": kind, "identifier": key} for kind, key in service.subjects(session, case.number)
    ]
    body["possible"] = sorted({row.verb for row in rights.offered(actor, case)})
    body["editable"] = sorted(rights.editable(actor, case))
    body["comments"] = [
        {"pointer": one.pointer, "text": one.text, "by": one.by, "at": one.at, "state": one.state}
        for one in service.comments(session, case.number)
    ]
    body["files"] = [
        {"digest": one.digest, "name": one.name, "type": one.media_type, "size": one.size}
        for one in service.files(session, case.number)
    ]
    body["timeline"] = [
        {
            "seq": entry.seq, "at": entry.at, "by": entry.by, "verb": entry.verb, "note": entry.note,
            "data": orjson.loads(entry.data) if entry.data else {},
        }
        for entry in service.timeline(session, case.number)
    ]  # fmt: skip
    return body


def told(one: Judged, language: Any) -> dict[str, Any]:
    """One change of a proposal as the API answers it."""
    return {
        "number": one.number, "kind": one.kind, "verb": one.verb, "identifier": one.identifier,
        "name": one.name, "action": one.action, "document": one.document, "struck": one.struck,
        "violations": [violation(found, language) for found in one.violations],
        "missing": [found.pointer for found in one.missing],
        "conflicts": [
            {"pointer": c.pointer, "base": c.base, "theirs": c.theirs, "mine": c.mine} for c in one.clashes
        ],
        "changed_meanwhile": one.theirs,
    }  # fmt: skip


async def read(request: Request) -> Response:
    """``GET /api/v1/cases/{number}``."""
    return await _answer(request, lambda session: service.get(session, _number(request), _actor(request)))


async def changes(request: Request) -> Response:
    """``GET /api/v1/cases/{number}/changes``: what every change of a proposal would do now."""

    def work() -> list[dict[str, Any]]:
        runtime = _runtime(request)
        with runtime.database.reading() as session:
            case = service.get(session, _number(request), _actor(request))
            found = proposals.judged(session, case, _today(runtime))
            return [told(one, request.state.language) for one in found]

    return JSONResponse({"items": await asyncio.to_thread(work)})


async def propose(request: Request) -> Response:
    """``POST /api/v1/cases/proposals``: ``{"title", "summary", "changes": [{"kind", "document", …}]}``."""
    body = await body_of(request, _PROPOSAL)
    changes = body.get("changes", [])
    found = [one for number, change in enumerate(changes) for one in _wrong(change, f"/changes/{number}")]
    if found:
        raise InvalidDocument(found)
    wanted = [_proposed(one) for one in changes]

    def work(session: Session) -> Case:
        return proposals.open_proposal(
            session, wanted, by=_actor(request), title=body.get("title", ""),
            summary=body.get("summary", ""), source=body.get("source", ""),
            window=body.get("window", ""), on=_today(_runtime(request)),
        )  # fmt: skip

    return await _answer(request, work, status=201)


async def patch(request: Request) -> Response:
    """``PATCH /api/v1/cases/{number}``: parts of the document; null takes one out."""
    body = await body_of(request)
    if "changes" in body:
        raise NotPermitted("case-part-not-yours", parts=["changes"], found="", possible=["changes/{n}"])
    seq = _etag(request)

    def work(session: Session) -> Case:
        return service.save(session, _number(request), by=_actor(request), read=seq, values=body)

    return await _answer(request, work)


async def put_change(request: Request) -> Response:
    """``PUT /api/v1/cases/{number}/changes/{n}``: replace or add one change; ``DELETE`` takes it out."""
    proposed = None
    if request.method == "PUT":
        body = await body_of(request)
        found = _wrong(body, "")
        if found:
            raise InvalidDocument(found)
        proposed = _proposed(body)
    seq, position = _etag(request), request.path_params["position"]

    def work(session: Session) -> Case:
        return proposals.change(
            session, _number(request), position, by=_actor(request), read=seq, proposed=proposed
        )

    return await _answer(request, work)


async def strike(request: Request) -> Response:
    """``POST /api/v1/cases/{number}/changes/{n}/strike``: ``{"reason"}``, or null to put it back."""
    body = await body_of(request, {"reason": str})
    seq, position = _etag(request), request.path_params["position"]

    def work(session: Session) -> Case:
        return proposals.strike(
            session, _number(request), position, by=_actor(request), read=seq, reason=body.get("reason")
        )

    return await _answer(request, work)


async def do(request: Request) -> Response:
    """``POST /api/v1/cases/{number}/{verb}``: ``{"note", "values", "department", "paper"}``, all optional."""
    body = await body_of(request, _ACT)
    seq, verb = _etag(request), request.path_params["verb"]
    runtime, actor = _runtime(request), _actor(request)
    on = _today(runtime)
    paper = _paper(body.get("paper"))

    def work(session: Session) -> Case:
        return service.do(
            session, _number(request), verb, by=actor, read=seq, on=on, note=body.get("note"),
            values=body.get("values"), paper=paper, department=body.get("department"), database=runtime.database,
        )  # fmt: skip

    return await _answer(request, work)


async def comment(request: Request) -> Response:
    """``POST /api/v1/cases/{number}/comments``: ``{"text", "pointer"}``."""
    body = await body_of(request, {"text": str, "pointer": str})

    def work(session: Session) -> Case:
        service.comment(
            session, _number(request), by=_actor(request), text=body.get("text", ""),
            pointer=body.get("pointer", ""),
        )  # fmt: skip
        return service.get(session, _number(request), _actor(request))

    return await _answer(request, work, status=201)


async def boxes(request: Request) -> Response:
    """``GET /api/v1/inbox?box=mine|department|others|late&type=&department=&after=…``."""
    if not _actor(request).signed_in:
        raise NotSignedIn()
    box = request.query_params.get("box", "mine")
    if box not in BOXES:
        raise InvalidDocument([Violation("/box", "enum", found=box, expected=list(BOXES))])
    body = await asyncio.to_thread(_boxed, request, box)
    return JSONResponse(body)


def _boxed(request: Request, box: Box) -> dict[str, Any]:
    runtime, actor, query = _runtime(request), _actor(request), request.query_params
    on = _today(runtime).isoformat()
    with runtime.database.reading() as session:
        rows, more = inbox(
            session, actor, box=box, on=on, after=query.get("after", ""), type=query.get("type", ""),
            department=query.get("department", ""),
        )  # fmt: skip
        total = count(session, actor, box=box, on=on)
    items = [{name: getattr(row, name) for name in row.__slots__} | {"href": row.href} for row in rows]
    return {"box": box, "count": total, "items": items, "next": more or None}


async def lifecycles(request: Request) -> Response:
    """``GET /api/v1/lifecycles``: every case type with its states and verbs, as the files say."""
    found = [
        {
            "type": one.type, "zh": one.zh, "en": one.en, "basis": one.basis, "tracks": dict(one.tracks),
            "states": [{"name": s.name, "zh": s.zh, "en": s.en, "final": s.final} for s in one.states.values()],
            "verbs": [
                {
                    "verb": r.verb, "zh": r.zh, "en": r.en, "from": list(r.source), "to": r.to, "side": r.side,
                    "roles": list(r.roles), "tracks": sorted(r.tracks), "requires": list(r.requires),
                    "basis": r.basis,
                }
                for r in one.rows
            ],
        }
        for one in map(lifecycle, TYPES)
    ]  # fmt: skip
    return JSONResponse({"items": found})


async def _answer(request: Request, work: Callable[[Session], Case], *, status: int = 200) -> Response:
    runtime = _runtime(request)
    writes = request.method != "GET"
    asked = await once.asked(request) if status == 201 else once.Asked("", "")

    def tell(session: Session, case: Case) -> tuple[dict[str, Any], int]:
        return shown(session, case, _actor(request), request.state.language), case.seq

    def whole() -> tuple[dict[str, Any], int]:
        if writes:
            return once.once(runtime.database, asked, by=_actor(request), work=work, tell=tell)
        with runtime.database.reading() as session:
            return tell(session, work(session))

    body, seq = await asyncio.to_thread(whole)
    headers = {"ETag": f'"{seq}-case"', "Cache-Control": "private, no-cache"}
    if status == 201:
        headers["Location"] = f"/api/v1/cases/{body['number']}"
    return JSONResponse(body, status_code=status, headers=headers)


def _wrong(one: Any, place: str) -> list[Violation]:
    """What is wrong with the form of one change."""
    if not isinstance(one, dict):
        return [Violation(f"{place}/kind", "required", expected="kind")]
    lacks = [] if one.get("kind") else [Violation(f"{place}/kind", "required", expected="kind")]
    return lacks + foreign(one, _PROPOSED, place)


def _proposed(one: dict[str, Any]) -> Proposed:
    return Proposed(**{name: value for name, value in one.items() if value is not None})


def _paper(said: Any) -> Paper | None:
    if said is None:
        return None
    names = Paper.__slots__
    wrong = [name for name in names if not isinstance(said, dict) or not isinstance(said.get(name), str)]
    if wrong:
        raise InvalidDocument([Violation(f"/paper/{n}", "case-missing", values={"part": n}) for n in wrong])
    return Paper(**{name: said[name] for name in names})


def _etag(request: Request) -> int:
    said = request.headers.get("if-match", "").strip('" ')
    number = said.removesuffix("-case")
    if not (number.isascii() and number.isdigit()):
        raise PreconditionMissing()
    return int(number)


def _number(request: Request) -> str:
    number: str = request.path_params["number"]
    return number


def _runtime(request: Request) -> Runtime:
    runtime: Runtime = request.app.state.runtime
    return runtime


def _actor(request: Request) -> Actor:
    actor: Actor = request.state.actor
    return actor


def _today(runtime: Runtime) -> date:
    return clock.today(runtime.settings.zone)


ROUTES = [
    Route("/api/v1/inbox", boxes),
    Route("/api/v1/lifecycles", lifecycles),
    Route("/api/v1/cases/proposals", propose, methods=["POST"]),
    Route("/api/v1/cases/{number}", read),
    Route("/api/v1/cases/{number}", patch, methods=["PATCH"]),
    Route("/api/v1/cases/{number}/changes", changes),
    Route("/api/v1/cases/{number}/changes/{position:int}", put_change, methods=["PUT", "DELETE"]),
    Route("/api/v1/cases/{number}/changes/{position:int}/strike", strike, methods=["POST"]),
    Route("/api/v1/cases/{number}/comments", comment, methods=["POST"]),
    Route("/api/v1/cases/{number}/{verb}", do, methods=["POST"]),
]
