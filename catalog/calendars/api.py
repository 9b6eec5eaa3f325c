"""``GET /api/v1/deadlines``: a statutory day by the calendar in force."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from catalog.base.errors import InvalidDocument
from catalog.calendars.deadlines import answer, asked, wrong_names
from catalog.calendars.force import in_force
from catalog.runtime import Runtime
from catalog.standards.clocks import rules

_KNOWN = {
    "from": "day of receipt, YYYY-MM-DD",
    "days": "working days; or rule",
    "rule": "time limit of Decree 809: T1 to T8 (without T5)",
    "pause": "FROM:UNTIL, days that do not count, up to but without UNTIL; open without UNTIL; may be repeated",
    "extension": "working days granted beyond the limit",
}


async def deadlines(request: Request) -> Response:
    """``?from=&days=`` or ``&rule=``, with ``pause`` and ``extension``; everything wrong is said at once."""
    runtime: Runtime = request.app.state.runtime
    said = request.query_params
    unknown = wrong_names(list(said), _KNOWN)
    try:
        question = asked(
            said.get("from"), days=said.get("days"), rule=said.get("rule"), pauses=said.getlist("pause"),
            extension=said.get("extension"),
        )  # fmt: skip
    except InvalidDocument as refused:
        raise InvalidDocument([*unknown, *refused.violations]) from None
    if unknown:
        raise InvalidDocument(unknown)

    def work() -> dict[str, Any]:
        with runtime.database.reading() as session:
            return answer(question, in_force(session))

    return JSONResponse(await asyncio.to_thread(work), headers={"Cache-Control": "private, no-cache"})


def paths() -> dict[str, Any]:
    """How it is described in OpenAPI."""
    shapes: dict[str, Any] = {
        "from": {"type": "string", "format": "date"},
        "days": {"type": "integer", "minimum": 1},
        "rule": {"enum": sorted(name for name, one in rules().items() if one.days or one.years)},
        "pause": {"type": "array", "items": {"type": "string"}},
        "extension": {"type": "integer", "minimum": 0},
    }
    day = {"type": ["string", "null"], "format": "date"}
    told = {"from": {"type": "string", "format": "date"}, "due_on": day, "provisional": {"type": "boolean"}}
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        "/api/v1/deadlines": {
            "get": {
                "tags": ["cases"],
                "operationId": "deadline",
                "summary": "the day on which a statutory limit ends, and whether it is provisional",
                "parameters": [
                    {"name": name, "in": "query", "required": name == "from", "description": said,
                     "schema": shapes[name]}
                    for name, said in _KNOWN.items()
                ],
                "responses": {
                    "200": {
                        "description": "the last day, till its end; null while a pause is open",
                        "content": {"application/json": {"schema": {"type": "object", "properties": told}}},
                    },
                    "default": {"description": "problem", "content": problem},
                },
            }
        }
    }  # fmt: skip


ROUTES = [Route("/api/v1/deadlines", deadlines)]
