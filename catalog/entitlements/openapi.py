"""How the decisions are described in OpenAPI."""

from __future__ import annotations

from typing import Any

_TEXT = {"type": "string"}
_NULLABLE = {"type": ["string", "null"]}


def _object(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required, "properties": properties}


def _list(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item}


_THING = {
    "oneOf": [
        _object(["element"], element=_TEXT) | {"additionalProperties": False},
        _object(["dataset", "field"], dataset=_TEXT, field=_TEXT) | {"additionalProperties": False},
    ]
}
_QUESTION = _object(
    ["consumer", "purpose", "items"],
    consumer=_TEXT | {"description": "identifier of the department that wants to use the data"},
    purpose=_TEXT | {"description": "code of CL0105"},
    items=_list(_THING) | {"minItems": 1, "maxItems": 1000},
    way=_TEXT | {"description": "code of CL0102; without it, any way"},
    at=_TEXT | {"description": "day or moment; of the past as the register had it, without it today"},
)
_REASON = _object(
    ["code", "zh", "en", "next_zh", "next_en"],
    code=_TEXT, about=_TEXT, zh=_TEXT, en=_TEXT, next_zh=_TEXT, next_en=_TEXT,
)  # fmt: skip
_ITEM = _object(
    ["effect", "reasons", "agreement", "clause", "obligations", "valid_until"],
    element=_TEXT, dataset=_TEXT, field=_TEXT, consumer=_TEXT, purpose=_TEXT,
    effect={"enum": ["permit", "deny"]}, reasons=_list(_REASON),
    source=_object(["dataset", "field"], dataset=_TEXT, field=_TEXT), agreement=_NULLABLE, clause=_NULLABLE,
    obligations=_list(_object(["type", "detail"], type=_TEXT, detail=_TEXT)), valid_until=_NULLABLE,
    services=_list({"type": "object"}),
    pinned=_list(_object(
        ["kind", "identifier", "version"], kind={"enum": ["data-element", "code-list"]}, identifier=_TEXT,
        version={"type": "integer"},
    )) | {"description": "on a permit: the version of the element and of its code list that the agreement is bound to;"
          " a reason pinned-changed says that one of them has changed in a breaking way since"},
    request=_TEXT | {"description": "the page where a sharing request for it begins"},
)  # fmt: skip
_SAID: dict[str, Any] = {"snapshot": _TEXT, "seq": {"type": "integer"}, "on": _TEXT, "items": _list(_ITEM)}
_DECISION = _object(
    ["effect", "items", "snapshot", "decided_at"],
    effect={"enum": ["permit", "partial", "deny"]}, decision={"type": "integer"}, decided_at=_TEXT,
    provisional={"type": "boolean"}, **_SAID,
)  # fmt: skip
_REPLAYED = _object(
    ["decision", "same", "effect", "decided_at", "items", "snapshot"],
    decision={"type": "integer"}, same={"type": "boolean", "description": "answer and snapshot are what they were"},
    effect={"enum": ["permit", "partial", "deny"]}, decided_at=_TEXT, door=_TEXT, consumer=_TEXT, purpose=_TEXT,
    way=_NULLABLE, **_SAID,
)  # fmt: skip
_FOUND = _object(["items", "snapshot", "total"], total={"type": "integer"}, **_SAID)

_SLOT = _object(
    ["section", "slot", "name", "state", "reasons"],
    section=_TEXT, slot=_TEXT, name=_TEXT, state={"enum": ["permitted", "masked", "refused", "none"]}, mask=_NULLABLE,
    reasons=_list(_object(["code", "zh", "en"], code=_TEXT, zh=_TEXT, en=_TEXT)), dataset=_NULLABLE, field=_NULLABLE,
    agreement=_NULLABLE, valid_until=_NULLABLE, request=_NULLABLE,
)  # fmt: skip
_OUTLOOK = _object(
    ["on", "snapshot", "counts", "slots"],
    department=_TEXT, purpose=_TEXT, way=_NULLABLE, on=_TEXT, snapshot=_TEXT, counts={"type": "object"},
    slots=_list(_SLOT),
)  # fmt: skip


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}


def _query(name: str, description: str, *, required: bool = True) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": required, "description": description, "schema": _TEXT}


def _operation(name: str, summary: str, answer: dict[str, Any], **more: Any) -> dict[str, Any]:
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    responses = {
        "200": {"description": "decided"} | _json(answer),
        "default": {"description": "problem", "content": problem},
    }
    return {"tags": ["decisions"], "operationId": name, "summary": summary, "responses": responses} | more


PATHS: dict[str, Any] = {
    "/api/v1/decisions": {
        "post": _operation(
            "decide", "may a department use these items for a purpose; each decided, explained and logged",
            _DECISION, requestBody={"required": True} | _json(_QUESTION),
        )
    },
    "/api/v1/decisions/{number}": {
        "get": _operation(
            "decide_again", "a logged decision, decided once more from the register as it was then", _REPLAYED,
            parameters=[{"name": "number", "in": "path", "required": True, "schema": {"type": "integer"}}],
        )
    },
    "/api/v1/topics/{identifier}/outlook": {
        "get": _operation(
            "outlook", "what a department may use of a topic for a purpose, slot by slot; not logged, no basis for use",
            _OUTLOOK,
            parameters=[{"name": "identifier", "in": "path", "required": True, "schema": _TEXT},
                        _query("department", "identifier of the department"), _query("purpose", "code of CL0105"),
                        _query("way", "code of CL0102", required=False),
                        _query("at", "day or moment; of the past as the register had it", required=False)],
        )
    },
    "/api/v1/decisions:permitted": {
        "get": _operation(
            "decide_permitted", "what may a department use for a purpose today, of the data of others", _FOUND,
            parameters=[_query("consumer", "identifier of the department"), _query("purpose", "code of CL0105"),
                        _query("way", "code of CL0102", required=False)],
        )
    },
    "/api/v1/decisions:consumers": {
        "get": _operation(
            "decide_consumers", "who may use a data element today, and for which purpose", _FOUND,
            parameters=[_query("element", "identifier of the data element")],
        )
    },
}  # fmt: skip
