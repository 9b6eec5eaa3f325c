"""``GET /api/v1/reports/{name}``: a report as rows; ``/api/v1/reports/brief?month=``: the monthly brief."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from catalog.base import clock
from catalog.base.errors import InvalidDocument, Violation
from catalog.identity.actors import Actor
from catalog.reports import tables
from catalog.reports.brief import Brief, brief
from catalog.reports.facts import Facts, facts
from catalog.runtime import Runtime

_HEADERS = {"Cache-Control": "private, no-store"}


async def gathered(request: Request) -> Facts:
    """What today's reports are made of, as far as this reader sees it."""
    runtime: Runtime = request.app.state.runtime
    actor: Actor = request.state.actor
    return await facts(runtime, actor, request.state.language, on=clock.today(runtime.settings.zone))


async def report(request: Request) -> Response:
    """The rows of one report: identifiers, not names."""
    one = tables.report(request.path_params["name"])
    narrowed = tables.asked(request.query_params, one)
    found = await gathered(request)
    items = tables.rows(one, found, narrowed)
    return JSONResponse({"on": found.on.isoformat(), "total": len(items), "items": items}, headers=_HEADERS)


async def monthly(request: Request) -> Response:
    """The monthly brief."""
    found = await gathered(request)
    return JSONResponse(told(await written(request, found)), headers=_HEADERS)


async def written(request: Request, found: Facts) -> Brief:
    """The brief of the month that is asked for, this month's without one. Raises ``InvalidDocument``."""
    month = request.query_params.get("month") or found.on.isoformat()[:7]
    try:
        return await brief(request.app.state.runtime, found, month)
    except ValueError:
        raise InvalidDocument([Violation("/month", "report-month", found=month)]) from None


def told(one: Brief) -> dict[str, Any]:
    """The brief for programs."""
    return {
        "month": one.month,
        "on": one.on.isoformat(),
        "parts": [
            {"name": part.name, "total": part.total, "items": [asdict(line) for line in part.lines]}
            for part in one.parts
        ],
        "changes": [{"name": name, "month": now, "before": before} for name, now, before in one.changes],
        "late": list(one.rate),
    }


ROUTES = [
    Route("/api/v1/reports/brief", monthly),
    Route("/api/v1/reports/{name}", report),
]
