"""How webhooks and notices are described in OpenAPI, with what a receiver of webhooks gets."""

from __future__ import annotations

from typing import Any

_TEXT = {"type": "string"}
_PROBLEM = {
    "description": "problem",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
_HOOK = {
    "type": "object",
    "required": ["key", "system", "address", "kinds", "private", "registered_at"],
    "properties": {
        "key": _TEXT, "system": _TEXT, "address": _TEXT, "kinds": {"type": "array", "items": _TEXT},
        "private": {"type": "boolean"}, "registered_at": _TEXT,
    },
}  # fmt: skip
_ADD = {
    "type": "object",
    "required": ["system", "address"],
    "additionalProperties": False,
    "properties": {
        "system": _TEXT | {"description": "identifier of the system that listens"},
        "address": _TEXT | {"description": "http or https; no redirects are followed"},
        "kinds": {"type": "array", "items": _TEXT, "description": "kinds of record, or case; none: all"},
        "private": {"type": "boolean", "description": "allow an address inside a private network"},
    },
}
_MADE = {"type": "object", "required": ["key", "secret"], "properties": {"key": _TEXT, "secret": _TEXT}}
_NOTICE = {
    "type": "object",
    "required": ["key", "kind", "at", "href", "text"],
    "properties": {name: _TEXT for name in ("key", "kind", "at", "href", "text")},
}
_SIGNED = (
    "Each message is a POST of {delivery, events} with X-Catalog-Timestamp, X-Catalog-Delivery (the same at every "
    "attempt) and X-Catalog-Signature: sha256= the hex HMAC-SHA256 of <timestamp>.<body> under the secret. "
    "A system of the department that takes data by an agreement hears of every change of it, of its pinned standards "
    "and of its dataset, whatever kinds it asked for: such an event names agreements and, where it moved, the status."
)


def paths() -> dict[str, Any]:
    """The paths of webhooks and notices."""
    key = {"name": "key", "in": "path", "required": True, "schema": _TEXT}
    return {
        "/api/v1/webhooks": {
            "get": _operation("list_webhooks", "webhooks, without their secrets; administrators only",
                              {"200": _answer("webhooks", _items(_HOOK))}),
            "post": _operation("add_webhook", "register a webhook; its secret is answered this once",
                               {"201": _answer("key and secret", _MADE)})
            | {
                "description": _SIGNED,
                "requestBody": {"required": True, "content": {"application/json": {"schema": _ADD}}},
            },
        },
        "/api/v1/webhooks/{key}": {
            "delete": _operation("remove_webhook", "end a webhook", {"204": {"description": "ended"}})
            | {"parameters": [key]},
        },
        "/api/v1/notices": {
            "get": _operation("list_notices", "one's own notices that are not read yet, newest first",
                              {"200": _answer("notices", _items(_NOTICE))}),
        },
    }  # fmt: skip


def _operation(name: str, summary: str, responses: dict[str, Any]) -> dict[str, Any]:
    return {
        "tags": ["notices"],
        "operationId": name,
        "summary": summary,
        "responses": responses | {"default": _PROBLEM},
    }


def _answer(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _items(schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["items"],
        "properties": {"items": {"type": "array", "items": schema}},
    }
