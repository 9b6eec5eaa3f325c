"""How the desk is described in OpenAPI: cases and their verbs, proposals and their changes, the inbox."""

from __future__ import annotations

from typing import Any

from catalog.cases import once
from catalog.cases.inbox import BOXES
from catalog.standards.lifecycles import TYPES, lifecycle

Schema = dict[str, Any]
_TEXT: Schema = {"type": "string"}
_NULLABLE: Schema = {"type": ["string", "null"]}
_FLAG: Schema = {"type": "boolean"}
_NUMBER: Schema = {"type": "integer"}
_IF_MATCH: Schema = {
    "name": "If-Match", "in": "header", "required": True, "schema": _TEXT,
    "description": "the ETag that was read; 409 tells what happened since",
}  # fmt: skip


def _object(required: list[str], **properties: Schema) -> Schema:
    return {"type": "object", "required": required, "properties": properties}


def _list(item: Schema) -> Schema:
    return {"type": "array", "items": item}


def _at(name: str, schema: Schema = _TEXT) -> Schema:
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _asked(name: str, schema: Schema = _TEXT) -> Schema:
    return {"name": name, "in": "query", "schema": schema}


_AWAITS = _object(["side", "role", "department"], side=_TEXT, role=_TEXT, department=_TEXT)
_COMMENT = _object(["pointer", "text", "by", "at", "state"], pointer=_TEXT, text=_TEXT, by=_TEXT, at=_TEXT, state=_TEXT)  # fmt: skip
FILE = _object(["digest", "name", "type", "size"], digest=_TEXT, name=_TEXT, type=_TEXT, size=_NUMBER)
_ENTRY = _object(
    ["seq", "at", "by", "verb", "note", "data"],
    seq=_NUMBER, at=_TEXT, by=_TEXT, verb=_TEXT, note=_NULLABLE, data={"type": "object"},
)  # fmt: skip
_SUBJECT = _object(["kind", "identifier"], kind=_TEXT, identifier=_TEXT)
_TYPE: Schema = {"enum": list(TYPES)}
_STANDS: dict[str, Schema] = {
    "number": _TEXT, "type": _TYPE, "track": _TEXT, "state": _TEXT, "title": _TEXT, "from_department": _TEXT,
    "to_department": _TEXT, "assignee": _NULLABLE, "due_on": _NULLABLE, "provisional": _FLAG,
    "changed_at": _TEXT,
}  # fmt: skip
_MORE: dict[str, Schema] = {
    "closed": _FLAG, "opened_at": _TEXT, "awaits": _AWAITS, "clock": {"type": "object"},
    "document": {"type": "object", "description": "the parts that the lifecycle names"},
    "subjects": _list(_SUBJECT), "possible": _list(_TEXT), "editable": _list(_TEXT),
    "comments": _list(_COMMENT), "files": _list(FILE), "timeline": _list(_ENTRY),
}  # fmt: skip
SCHEMAS: dict[str, Schema] = {"Case": _object([*_STANDS, *_MORE], **_STANDS, **_MORE)}
CASE: Schema = {"$ref": "#/components/schemas/Case"}
_LINE = _object(
    [*_STANDS, "awaits_role", "awaits_department", "href"],
    **_STANDS, awaits_role=_TEXT, awaits_department=_TEXT, href=_TEXT,
)  # fmt: skip
_INBOX = _object(
    ["box", "count", "items", "next"],
    box={"enum": list(BOXES)}, count=_NUMBER, items=_list(_LINE), next=_NULLABLE,
)  # fmt: skip
_PAPER = _object(
    ["signer", "post", "signed_on", "number", "scan"],
    signer=_TEXT | {"description": "key of the person who signed"}, post=_TEXT,
    signed_on=_TEXT | {"format": "date"}, number=_TEXT, scan=_TEXT | {"description": "digest of a file of the case"},
)  # fmt: skip
_ACT = _object(
    [], note=_TEXT, values={"type": "object"}, department=_TEXT | {"description": "where the verb assigns one"},
    paper=_PAPER,
) | {"additionalProperties": False}  # fmt: skip
_PROPOSED = _object(
    ["kind"],
    kind=_TEXT, document={"type": "object"}, identifier=_TEXT, read=_NUMBER | {"description": "entry up to which it was read"},
    verb={"enum": ["register", "revise", "move", "retire"]}, status=_TEXT, successor=_TEXT,
) | {"additionalProperties": False}  # fmt: skip
_PROPOSAL = _object(
    ["changes"], title=_TEXT, summary=_TEXT, source=_TEXT, window=_TEXT | {"description": "number of an initial load"},
    changes=_list(_PROPOSED),
) | {"additionalProperties": False}  # fmt: skip
_CLASH = _object(["pointer", "base", "theirs", "mine"], pointer=_TEXT, base={}, theirs={}, mine={})
_CHANGE = _object(
    ["number", "kind", "verb", "identifier", "name", "action", "document", "struck", "violations", "missing",
     "conflicts", "changed_meanwhile"],
    number=_NUMBER, kind=_TEXT, verb=_TEXT, identifier=_NULLABLE, name=_TEXT, action=_TEXT, document={},
    struck=_NULLABLE, violations=_list({"$ref": "#/components/schemas/Violation"}), missing=_list(_TEXT),
    conflicts=_list(_CLASH), changed_meanwhile={},
)  # fmt: skip
_LIFECYCLE = _object(
    ["type", "zh", "en", "basis", "tracks", "states", "verbs"],
    type=_TYPE, zh=_TEXT, en=_TEXT, basis=_TEXT, tracks={"type": "object"}, states=_list({"type": "object"}),
    verbs=_list({"type": "object"}),
)  # fmt: skip


def operation(
    name: str, summary: str, answer: Schema, *, parameters: list[Schema] | None = None, body: Schema | None = None,
    status: str = "200",
) -> Schema:  # fmt: skip
    """One operation of the desk; ``answer`` and ``body`` are JSON schemas."""
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    made: Schema = {
        "tags": ["cases"], "operationId": name, "summary": summary, "parameters": parameters or [],
        "responses": {
            status: {"description": summary, "content": {"application/json": {"schema": answer}}},
            "default": {"description": "problem", "content": problem},
        },
    }  # fmt: skip
    if body is not None:
        made["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    return made


def paths() -> Schema:
    """The path items of ``catalog.cases.api``."""
    case, number, position = "/api/v1/cases/{number}", _at("number"), _at("position", _NUMBER)
    written = [number, _IF_MATCH]
    change = [number, position, _IF_MATCH]
    verb = _at("verb", {"enum": sorted({row.verb for name in TYPES for row in lifecycle(name).rows})})
    page = [
        _asked("box", {"enum": list(BOXES)}),
        _asked("type", _TYPE),
        _asked("department"),
        _asked("after"),
    ]
    parts: Schema = {"type": "object", "description": "parts by name; null takes one out"}
    return {
        "/api/v1/inbox": {"get": operation("inbox", "what waits, the earliest day first", _INBOX, parameters=page)},
        "/api/v1/lifecycles": {
            "get": operation("lifecycles", "every case type with its states and verbs", _object(["items"], items=_list(_LIFECYCLE)))
        },
        "/api/v1/cases/proposals": {
            "post": operation("open_proposal", "propose changes of the register, as one case", CASE,
                              parameters=[once.HEADER], body=_PROPOSAL, status="201")
        },
        case: {
            "get": operation("case", "one case, with what is possible for its reader", CASE, parameters=[number]),
            "patch": operation("save_case", "write parts of a case", CASE, parameters=written, body=parts),
        },
        f"{case}/changes": {
            "get": operation("changes", "what every change of a proposal would do now",
                             _object(["items"], items=_list(_CHANGE)), parameters=[number])
        },
        f"{case}/changes/{{position}}": {
            "put": operation("put_change", "replace or add one change", CASE, parameters=change, body=_PROPOSED),
            "delete": operation("drop_change", "take one change out", CASE, parameters=change),
        },
        f"{case}/changes/{{position}}/strike": {
            "post": operation("strike_change", "strike one change with a reason, or put it back with null", CASE,
                              parameters=change, body=_object([], reason=_NULLABLE))
        },
        f"{case}/comments": {
            "post": operation("comment", "remark on a case, or on one field of a change", CASE, parameters=[number],
                              body=_object(["text"], text=_TEXT, pointer=_TEXT), status="201")
        },
        f"{case}/{{verb}}": {
            "post": operation("act", "do one verb of the lifecycle", CASE, parameters=[number, verb, _IF_MATCH], body=_ACT)
        },
    }  # fmt: skip
