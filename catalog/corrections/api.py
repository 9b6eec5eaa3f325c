"""Corrections, disputes and demands for programs; everything after goes through the verbs of the case."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from catalog.base import clock
from catalog.base.errors import InvalidDocument, NotSignedIn, Violation
from catalog.base.web import json_body
from catalog.cases.api import shown
from catalog.cases.models import Case
from catalog.corrections import corrections, demands, disputes
from catalog.identity.actors import Actor
from catalog.runtime import Runtime


async def correct(request: Request) -> Response:
    """``POST /api/v1/cases/corrections``: ``{"dataset", "field", "wrong", "finding", "sample", …}``, filed at once."""
    body = await _body(request, (*corrections.ASKED, "dataset", "department"))
    values = {part: body[part] for part in corrections.ASKED if part in body}

    def work(session: Session, on: date) -> Case:
        return corrections.open_correction(
            session, by=_actor(request), dataset=_text(body, "dataset"), values=values, on=on,
            database=_runtime(request).database, department=_text(body, "department", needed=False) or None,
        )  # fmt: skip

    return await _opened(request, work)


async def dispute(request: Request) -> Response:
    """``POST /api/v1/cases/disputes``: ``{"matter", "claim", "cross"}``, the other side is asked to negotiate."""
    body = await _body(request, ("matter", "claim", "cross", "department"))

    def work(session: Session, on: date) -> Case:
        return disputes.open_dispute(
            session, by=_actor(request), matter=_text(body, "matter"), claim=_text(body, "claim"), on=on,
            database=_runtime(request).database, cross=body.get("cross") is True,
            department=_text(body, "department", needed=False) or None,
        )  # fmt: skip

    return await _opened(request, work)


async def demand(request: Request) -> Response:
    """``POST /api/v1/cases/demands``: ``{"title", "need", "purpose", "legal_basis", "holder"}``, posted at once."""
    body = await _body(request, (*demands.ASKED, "title", "department"))
    values = {part: body[part] for part in demands.ASKED if part in body}

    def work(session: Session, on: date) -> Case:
        return demands.open_demand(
            session, by=_actor(request), title=_text(body, "title"), values=values, on=on,
            database=_runtime(request).database, department=_text(body, "department", needed=False) or None,
        )  # fmt: skip

    return await _opened(request, work)


async def joined(request: Request) -> Response:
    """``POST /api/v1/demands/{number}/join``: one's department needs the same."""
    body = await _body(request, ("department",))
    runtime = _runtime(request)

    def work() -> dict[str, Any]:
        with runtime.database.writing() as session:
            case = demands.join(
                session, request.path_params["number"], by=_actor(request),
                department=_text(body, "department", needed=False) or None,
            )  # fmt: skip
            return _told(demands.shown(case))

    return JSONResponse(await asyncio.to_thread(work))


async def board(request: Request) -> Response:
    """``GET /api/v1/demands?state=&department=&q=``: the board, what most departments need first."""
    if not _actor(request).signed_in:
        raise NotSignedIn()
    query, runtime = request.query_params, _runtime(request)

    def work() -> list[dict[str, Any]]:
        with runtime.database.reading() as session:
            found = demands.listed(
                session, state=query.get("state", ""), department=query.get("department", ""),
                sought=query.get("q", ""),
            )  # fmt: skip
            return [_told(one) for one in found]

    items = await asyncio.to_thread(work)
    return JSONResponse({"count": len(items), "items": items})


def _told(one: demands.Demand) -> dict[str, Any]:
    return asdict(one) | {"departments": one.departments, "href": f"/demands/{one.number}"}


async def _opened(request: Request, work: Callable[[Session, date], Case]) -> Response:
    runtime = _runtime(request)

    def whole() -> tuple[dict[str, Any], int]:
        with runtime.database.writing() as session:
            case = work(session, clock.today(runtime.settings.zone))
            return shown(session, case, _actor(request), request.state.language), case.seq

    said, seq = await asyncio.to_thread(whole)
    headers = {
        "ETag": f'"{seq}-case"', "Cache-Control": "private, no-cache",
        "Location": f"/api/v1/cases/{said['number']}",
    }  # fmt: skip
    return JSONResponse(said, status_code=201, headers=headers)


async def _body(request: Request, known: tuple[str, ...]) -> dict[str, Any]:
    if not _actor(request).signed_in:
        raise NotSignedIn()
    body = await json_body(request)
    if not isinstance(body, dict):
        raise InvalidDocument([Violation("", "type", found=type(body).__name__, expected="object")])
    foreign = sorted(body.keys() - set(known))
    if foreign:
        raise InvalidDocument(
            [
                Violation(f"/{name}", "parameter-unknown", found=name, expected=sorted(known))
                for name in foreign
            ]
        )
    return body


def _text(body: dict[str, Any], name: str, *, needed: bool = True) -> str:
    said = body.get(name, "")
    if said is None and not needed:
        return ""
    if not isinstance(said, str):
        raise InvalidDocument([Violation(f"/{name}", "type", found=type(said).__name__, expected="string")])
    if needed and not said.strip():
        raise InvalidDocument([Violation(f"/{name}", "case-missing", values={"part": name})])
    return said.strip()


def _runtime(request: Request) -> Runtime:
    runtime: Runtime = request.app.state.runtime
    return runtime


def _actor(request: Request) -> Actor:
    actor: Actor = request.state.actor
    return actor


ROUTES = [
    Route("/api/v1/cases/corrections", correct, methods=["POST"]),
    Route("/api/v1/cases/disputes", dispute, methods=["POST"]),
    Route("/api/v1/cases/demands", demand, methods=["POST"]),
    Route("/api/v1/demands", board),
    Route("/api/v1/demands/{number}/join", joined, methods=["POST"]),
]
