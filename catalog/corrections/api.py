"""Corrections, disputes and demands for programs; everything after goes through the verbs of the case."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from catalog.base.errors import NotSignedIn, Violation
from catalog.cases import opening
from catalog.corrections import corrections, demands, disputes
from catalog.runtime import Runtime


async def correct(request: Request) -> Response:
    """``POST /api/v1/cases/corrections``: ``{"dataset", "field", "wrong", "finding", "sample", …}``, filed at once."""
    known = (*corrections.ASKED, "dataset", "department")
    body = await opening.asked(request, known, needed=("dataset",), texts=("department",))
    values = {part: body[part] for part in corrections.ASKED if part in body}
    return await opening.opened(
        request,
        lambda session, on: corrections.open_correction(
            session, by=request.state.actor, dataset=body["dataset"], values=values, on=on,
            database=_runtime(request).database, department=body["department"] or None,
        ),
    )  # fmt: skip


async def dispute(request: Request) -> Response:
    """``POST /api/v1/cases/disputes``: ``{"matter", "claim", "cross"}``, the other side is asked to negotiate."""
    known = ("matter", "claim", "cross", "department")
    body = await opening.asked(request, known, needed=("matter", "claim"), texts=("department",), also=_cross)
    return await opening.opened(
        request,
        lambda session, on: disputes.open_dispute(
            session, by=request.state.actor, matter=body["matter"], claim=body["claim"], on=on,
            database=_runtime(request).database, cross=bool(body.get("cross")),
            department=body["department"] or None,
        ),
    )  # fmt: skip


def _cross(body: dict[str, Any]) -> list[Violation]:
    cross = body.get("cross")
    if cross is None or isinstance(cross, bool):
        return []
    return [Violation("/cross", "type", found=type(cross).__name__, expected="boolean")]


async def demand(request: Request) -> Response:
    """``POST /api/v1/cases/demands``: ``{"title", "need", "purpose", "legal_basis", "holder"}``, posted at once."""
    known = (*demands.ASKED, "title", "department")
    body = await opening.asked(request, known, needed=("title",), texts=("department",))
    values = {part: body[part] for part in demands.ASKED if part in body}
    return await opening.opened(
        request,
        lambda session, on: demands.open_demand(
            session, by=request.state.actor, title=body["title"], values=values, on=on,
            database=_runtime(request).database, department=body["department"] or None,
        ),
    )  # fmt: skip


async def joined(request: Request) -> Response:
    """``POST /api/v1/demands/{number}/join``: one's department needs the same."""
    body = await opening.asked(request, ("department",), texts=("department",))
    runtime = _runtime(request)

    def work() -> dict[str, Any]:
        with runtime.database.writing() as session:
            case = demands.join(
                session, request.path_params["number"], by=request.state.actor,
                department=body["department"] or None,
            )  # fmt: skip
            return _told(demands.shown(case))

    return JSONResponse(await asyncio.to_thread(work))


async def board(request: Request) -> Response:
    """``GET /api/v1/demands?state=&department=&q=``: the board, what most departments need first."""
    actor = request.state.actor
    if not actor.signed_in or actor.system is not None:  # needs are no business of a vendor
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


def _runtime(request: Request) -> Runtime:
    runtime: Runtime = request.app.state.runtime
    return runtime


ROUTES = [
    Route("/api/v1/cases/corrections", correct, methods=["POST"]),
    Route("/api/v1/cases/disputes", dispute, methods=["POST"]),
    Route("/api/v1/cases/demands", demand, methods=["POST"]),
    Route("/api/v1/demands", board),
    Route("/api/v1/demands/{number}/join", joined, methods=["POST"]),
]
