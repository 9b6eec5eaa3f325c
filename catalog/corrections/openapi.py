"""How the addresses of corrections, disputes and demands are described; their parts are those of the lifecycles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from catalog.cases import opening
from catalog.corrections import corrections, demands, disputes
from catalog.standards.lifecycles import lifecycle

_TEXT = {"type": "string"}
_PROBLEM = {
    "description": "problem",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
_NUMBER = {"name": "number", "in": "path", "required": True, "schema": _TEXT}


def paths() -> dict[str, Any]:
    """The operations by address."""
    department = {"department": _TEXT | {"description": "who acts; without it, one's own department"}}
    filed = opening.described(
        "/api/v1/cases/corrections", "file_correction",
        "say what is wrong in a dataset that one uses; filed at once",
        _parts(corrections.TYPE, ("dataset", *corrections.ASKED)) | department, ("dataset", "wrong", "finding"),
    )  # fmt: skip
    disputed = opening.described(
        "/api/v1/cases/disputes", "open_dispute",
        "dispute a refusal or an enforcement; the other side is asked to negotiate",
        _parts(disputes.TYPE, ("matter", "claim")) | {"cross": {"type": "boolean"}} | department,
        ("matter", "claim"),
    )  # fmt: skip
    demanded = opening.described(
        "/api/v1/cases/demands", "post_demand", "post data that one needs and nobody has registered",
        _parts(demands.TYPE, demands.ASKED) | {"title": _TEXT} | department,
        ("title", "need", "purpose", "legal_basis"),
    )  # fmt: skip
    return filed | disputed | demanded | {
        "/api/v1/demands": {"get": {
            "tags": ["cases"], "operationId": "list_demands", "summary": "the board, what most departments need first",
            "parameters": [{"name": name, "in": "query", "schema": _TEXT} for name in ("state", "department", "q")],
            "responses": {"200": _found("count and items"), "default": _PROBLEM},
        }},
        "/api/v1/demands/{number}/join": {"post": {
            "tags": ["cases"], "operationId": "join_demand", "summary": "one's department needs it too",
            "parameters": [_NUMBER], "requestBody": _asked(department, ()),
            "responses": {"200": _found("the demand"), "default": _PROBLEM},
        }},
    }  # fmt: skip


def _asked(properties: Mapping[str, Any], required: Iterable[str]) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "type": "object",
        "additionalProperties": False,
        "properties": dict(properties),
    }
    if required:
        schema["required"] = list(required)
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def _found(description: str) -> dict[str, Any]:
    return {
        "description": description,
        "content": {"application/json": {"schema": {"type": "object"}}},
    }


def _parts(case_type: str, names: Iterable[str]) -> dict[str, Any]:
    parts = lifecycle(case_type).parts
    return {name: dict(parts[name].schema) | {"title": parts[name].en} for name in names}
