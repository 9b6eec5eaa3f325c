"""How the reports are described in OpenAPI."""

from __future__ import annotations

from typing import Any

from catalog.reports.sharing import STATES
from catalog.reports.tables import REPORTS

_TEXT = {"type": "string"}
_PROBLEM = {
    "description": "problem",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


def paths() -> dict[str, Any]:
    """The paths of the reports."""
    month = _query("month", "2026-11")
    narrowing = [
        _query(name, f"only this {name}") for name in ("department", "provider", "consumer", "topic")
    ]
    days = [_query(name, "day, of what ended") for name in ("since", "until")]
    state = _query("state", "sharing: state on the day") | {"schema": {"enum": list(STATES)}}
    name = {"name": "name", "in": "path", "required": True, "schema": {"enum": list(REPORTS)}}
    rows = {"type": "array", "items": {"type": "object"}}
    return {
        "/api/v1/reports/{name}": {
            "get": _operation("read_report", "a report as rows, worked out when asked",
                              {"type": "object", "required": ["on", "total", "items"],
                               "properties": {"on": _TEXT, "total": {"type": "integer"}, "items": rows}})
            | {"parameters": [name, *narrowing, *days, month, state]}
        },
        "/api/v1/reports/brief": {
            "get": _operation("read_brief", "what is late, vacant and missing, and what changed in a month",
                              {"type": "object", "required": ["month", "on", "parts", "changes", "late"],
                               "properties": {"month": _TEXT, "on": _TEXT, "parts": rows, "changes": rows, "late": rows}})
            | {"parameters": [month]}
        },
    }  # fmt: skip


def _query(name: str, says: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": _TEXT, "description": says}


def _operation(key: str, summary: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "tags": ["reports"],
        "operationId": key,
        "summary": summary,
        "responses": {
            "200": {"description": summary, "content": {"application/json": {"schema": schema}}},
            "default": _PROBLEM,
        },
    }
