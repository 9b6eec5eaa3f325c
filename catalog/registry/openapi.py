"""OpenAPI 3.1 of the API, with the real schemas of ``standards/``, typed kind by kind."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from catalog.kinds import KINDS, Kind
from catalog.registry.api_write import BULK_TYPES
from catalog.standards import schemas

_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "request_id": {"type": "string"},
        "violations": {"type": "array", "items": {"$ref": "#/components/schemas/Violation"}},
    },
}
_VIOLATION = {
    "type": "object",
    "required": ["pointer", "rule", "severity", "zh", "en", "detail"],
    "properties": {
        "pointer": {"type": "string", "description": "URI fragment of the place, such as `#/fields/0/name`"},
        "rule": {"type": "string", "description": "stable slug"},
        "severity": {"enum": ["error", "warning", "info"]},
        "zh": {"type": "string"},
        "en": {"type": "string"},
        "mend_zh": {"type": "string"},
        "mend_en": {"type": "string"},
        "detail": {"type": "string"},
        "found": {},
        "expected": {},
        "source": {"$ref": "#/components/schemas/Source"},
    },
}
_TEXT = {"type": "string"}
_SOURCE = {
    "type": "object",
    "description": "the place in a file, as far as it is known; rows and lines count from 1",
    "properties": {
        "file": _TEXT,
        "line": {"type": "integer", "minimum": 1},
        "sheet": _TEXT,
        "row": {"type": "integer", "minimum": 1},
        "column": {"type": "string", "description": "letters in a workbook (`C`), else the heading"},
        "heading": {"type": "string", "description": "what stands above the cell"},
        "cell": {"type": "string", "description": "column and row of a workbook, such as `C12`"},
    },
}


def _query(name: str, description: str, schema: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": description, "schema": schema or _TEXT}


_LIMIT = _query("limit", "items on a page", {"type": "integer", "minimum": 1, "maximum": 200, "default": 20})
_CURSOR = _query("cursor", "`next` of the page before")
_AS_OF = _query(
    "as_of", "what the register said at the end of a day (`2026-09-30`) or after an entry (its number)"
)
_VIEW = _query("view", "`internal`: with internal fields; kept in the ledger")
_NOTE = _query("note", "reason, kept in the entry; needed where a verb demands a case and the desk is off")
_IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "schema": _TEXT,
    "description": "the ETag that was read",
}
_ID = {
    "name": "identifier",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "pattern": "^[A-Z]{2}[0-9A-Z.-]{2,40}$"},
}


@cache
def _document(title: str, version: str, own: str) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(own)
    body["openapi"] = "3.1.0"
    components = body.setdefault("components", {})
    components.setdefault("schemas", {}).update(_schemas())
    components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    body["security"] = [{}, {"token": []}]
    paths = body.setdefault("paths", {})
    for kind in KINDS:
        paths.update(_paths(kind))
    paths.update(_shared_paths())
    return body


def document(app: FastAPI, paths: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    """The whole description, with the ``paths`` and ``schemas`` that slices describe themselves; made once."""
    own = get_openapi(title=app.title, version=app.version, openapi_version="3.1.0", routes=app.routes)
    own.setdefault("paths", {}).update(paths)
    own.setdefault("components", {}).setdefault("schemas", {}).update(schemas)
    return _document(app.title, app.version, json.dumps(own))


def _name(kind: Kind) -> str:
    return "".join(part.capitalize() for part in kind.name.split("-"))


def _schemas() -> dict[str, Any]:
    found: dict[str, Any] = {
        "Problem": _PROBLEM,
        "Violation": _VIOLATION,
        "Source": _SOURCE,
        "Notice": {
            "type": "object",
            "properties": {"rule": _TEXT, "detail": _TEXT, "source": {"type": "object"}},
        },
        "Outcome": _OUTCOME,
        "Report": _REPORT,
    }
    for kind in KINDS:
        document = schemas.compiled(kind.name, "draft")
        name = _name(kind)
        definitions = document.pop("$defs", {}) if "$defs" in document else {}
        text = json.dumps(document, ensure_ascii=False).replace('"#/$defs/', f'"#/components/schemas/{name}.')
        found[name] = {
            key: value for key, value in json.loads(text).items() if not key.startswith(("$", "x-groups"))
        }
        for key, value in definitions.items():
            inner = json.dumps(value, ensure_ascii=False).replace(
                '"#/$defs/', f'"#/components/schemas/{name}.'
            )
            found[f"{name}.{key}"] = json.loads(inner)
        found[f"{name}Record"] = _record(kind, name)
        found[f"{name}List"] = _list(f"{name}Record")
    return found


def _record(kind: Kind, name: str) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["kind", "identifier", "version", "status", "department", "name", "document", "state"],
        "properties": {
            "kind": {"const": kind.name},
            "identifier": _ID["schema"],
            "version": {"type": "integer", "minimum": 1},
            "status": {"enum": list(kind.statuses)},
            "department": _TEXT,
            "name": _TEXT,
            "digest": {
                "type": ["string", "null"],
                "description": "SHA-256 of the text shown; null for an internal view",
            },
            "standard": {"type": "string", "description": "version of the schema that judged it"},
            "registered_at": _TEXT,
            "changed_at": _TEXT,
            "document": {
                "anyOf": [{"$ref": f"#/components/schemas/{name}"}, {"type": "object"}, {"type": "null"}]
            },
            "state": {"type": "object"},
            "people": {"type": "object"},
            "parents": {"type": "array", "items": {"type": "object"}},
            "children": {"type": "array", "items": {"type": "object"}},
        },
    }


def _list(item: str) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["items", "next"],
        "properties": {
            "items": {"type": "array", "items": {"$ref": f"#/components/schemas/{item}"}},
            "next": {"type": ["string", "null"]},
            "total": {"type": "integer"},
        },
    }


_OUTCOME = {
    "type": "object",
    "required": ["kind", "identifier", "version", "changed", "warnings"],
    "properties": {
        "kind": _TEXT,
        "identifier": _TEXT,
        "version": {"type": "integer"},
        "changed": {"type": "boolean"},
        "warnings": {"type": "array", "items": {"$ref": "#/components/schemas/Violation"}},
    },
}
_REPORT = {
    "type": "object",
    "required": ["read", "created", "revised", "unchanged", "refused", "applied", "items"],
    "properties": {
        name: {"type": "integer"} for name in ("read", "created", "revised", "unchanged", "refused", "last")
    }
    | {
        "applied": {"type": "boolean"},
        "items": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "action": _TEXT,
                    "kind": {"type": ["string", "null"]},
                    "identifier": {"description": "as stated in the document, or as given"},
                    "name": {"description": "as stated, even where it is no text"},
                    "source": {"anyOf": [{"$ref": "#/components/schemas/Source"}, {"type": "null"}]},
                    "violations": {"type": "array", "items": {"$ref": "#/components/schemas/Violation"}},
                },
            },
        },
        "notices": {
            "type": "array",
            "description": "what was passed over in a workbook",
            "items": {"$ref": "#/components/schemas/Notice"},
        },
    },
}


def _answer(schema: str, description: str = "OK") -> dict[str, Any]:
    return {
        "description": description,
        "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}},
    }


def _plain(description: str) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": {"type": "object"}}}}


_REFUSALS = {
    "default": {
        "description": "problem",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
}


def _operation(kind: Kind | None, name: str, summary: str, **more: Any) -> dict[str, Any]:
    answers = more.pop("responses")
    tag = kind.plural if kind else "catalogue"
    return {
        "tags": [tag],
        "operationId": f"{name}_{tag}".replace("-", "_"),
        "summary": summary,
        "responses": answers | _REFUSALS,
    } | more


def _body(schema: str, media: str = "application/json") -> dict[str, Any]:
    return {"required": True, "content": {media: {"schema": {"$ref": f"#/components/schemas/{schema}"}}}}


def _upload() -> dict[str, Any]:
    return {"required": True, "content": {one: {"schema": {}} for one in BULK_TYPES}}


def _paths(kind: Kind) -> dict[str, Any]:
    name, base = _name(kind), f"/api/v1/{kind.plural}"
    zh = schemas.current(kind.name).schema["title"]
    statuses = {"type": "array", "items": {"enum": list(kind.statuses)}}
    filters = [_query("q", "search text"), _query("status", "status; may repeat", statuses), _query("department", "owner; may repeat"),
               _query("code", "official code or former name"), _query("valid_on", "in force on this day"),
               _query("sort", "relevance, identifier, name, changed, status, department or confirmed"), _query("fields", "properties of the document, separated by commas"),
               _query("total", "`true`: count too"), _AS_OF, _LIMIT, _CURSOR]  # fmt: skip
    one = {
        "get": _operation(kind, "get", f"{zh}: one record", parameters=[_ID, _AS_OF, _VIEW, _query("fields", "sparse document"), _query("include", "`parents`, `children`")], responses={"200": _answer(f"{name}Record"), "304": {"description": "not modified"}}),
        "put": _operation(kind, "revise", f"{zh}: new version", parameters=[_ID, _IF_MATCH, _NOTE], requestBody=_body(name), responses={"200": _answer("Outcome")}),
        "patch": _operation(kind, "patch", f"{zh}: new version by merge patch", parameters=[_ID, _IF_MATCH, _NOTE], requestBody={"required": True, "content": {"application/merge-patch+json": {"schema": {"type": "object"}}}}, responses={"200": _answer("Outcome")}),
        "delete": _operation(kind, "retire", f"{zh}: retire", parameters=[_ID, _IF_MATCH, _NOTE, _query("successor", "who replaces it"), _query("override", "`true`: although in use")], responses={"200": _answer("Outcome")}),
    }  # fmt: skip
    paths: dict[str, Any] = {
        base: {
            "get": _operation(kind, "list", f"{zh}: list", parameters=filters, responses={"200": _answer(f"{name}List")}),
            "post": _operation(kind, "register", f"{zh}: register", parameters=[_NOTE, _query("status", "status of the new record", {"enum": list(kind.statuses)}), {"name": "Idempotency-Key", "in": "header", "schema": _TEXT}], requestBody=_body(name), responses={"201": _answer("Outcome", "registered")}),
        },
        f"{base}/{{identifier}}": one,
        f"{base}:validate": {"post": _operation(kind, "validate", f"{zh}: validate, writing nothing", requestBody=_upload(), responses={"200": _answer("Report")})},
        f"{base}:import": {"post": _operation(kind, "import", f"{zh}: import", parameters=[_query("dry_run", "`true`: only the plan"), _NOTE], requestBody=_upload(), responses={"200": _answer("Report"), "422": _answer("Report", "something is refused; nothing was written")})},
        f"{base}/by-code/{{code}}": {"get": _operation(kind, "by_code", f"{zh}: where a code leads", parameters=[{"name": "code", "in": "path", "required": True, "schema": _TEXT}], responses={"307": {"description": "the record"}})},
    }  # fmt: skip
    for verb, text in (
        ("move", "another status"),
        ("retire", "retire"),
        ("confirm", "confirm"),
        ("restore", "an earlier version"),
    ):
        paths[f"{base}/{{identifier}}:{verb}"] = {"post": _operation(kind, verb if verb != "retire" else "retire_by_post", f"{zh}: {text}", parameters=[_ID, _IF_MATCH, _NOTE], requestBody={"content": {"application/json": {"schema": {"type": "object"}}}}, responses={"200": _answer("Outcome")})}  # fmt: skip
    for verb in ("move", "retire", "confirm"):
        paths[f"{base}:{verb}"] = {"post": _operation(kind, f"{verb}_many", f"{zh}: {verb} many", parameters=[_NOTE], requestBody={"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}, responses={"200": _plain("all of them")})}  # fmt: skip
    paths |= _attachments(kind, base, zh)
    number = {"name": "version", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}}
    if kind.name == "data-element":
        paths[f"{base}:compare"] = {"post": _operation(kind, "compare", f"{zh}: judge and compare with the register, writing nothing", requestBody=_upload(), responses={"200": _plain("each row with its violations, what it resembles, and the advice: reuse, new or pending")})}  # fmt: skip
    more: dict[str, Any] = {
        "versions": ("history", [_ID, _LIMIT, _CURSOR]),
        "diff": ("differences", [_ID, _query("from", "version"), _query("to", "version"), _VIEW]),
        "usages": ("who refers to it", [_ID, _LIMIT, _CURSOR, _AS_OF]),
        "timeline": ("its entries", [_ID, _LIMIT, _CURSOR]),
    }
    if kind.name == "code-list":
        more["codes"] = ("its codes", [_ID, _query("q", "code or label"), _query("parent", "code"), _query("code", "one code"), _query("valid_on", "day"), _AS_OF, _LIMIT, _CURSOR])  # fmt: skip
    for path, (text, parameters) in more.items():
        paths[f"{base}/{{identifier}}/{path}"] = {"get": _operation(kind, path, f"{zh}: {text}", parameters=parameters, responses={"200": _plain(text)})}  # fmt: skip
    paths[f"{base}/{{identifier}}/versions/{{version}}"] = {"get": _operation(kind, "version", f"{zh}: one version", parameters=[_ID, number, _VIEW], responses={"200": _answer(f"{name}Record")})}  # fmt: skip
    return paths


def _attachments(kind: Kind, base: str, zh: str) -> dict[str, Any]:
    said = [_query("filename", "name of the file"), _query("title", "what the paper is"), _query("number", "its reference number, 文号"),
            _query("signed_on", "day of signing"), _query("internal", "`true` (default): only for readers of internal fields")]  # fmt: skip
    scan = {"type": "string", "format": "binary"}
    types = ("application/pdf", "application/ofd", "image/jpeg", "image/png")
    body = {"required": True, "content": {one: {"schema": scan} for one in types}}
    key = {
        "name": "key",
        "in": "path",
        "required": True,
        "schema": {"type": "string", "pattern": "^[0-9a-f]{16}$"},
    }
    file = {"description": "the file", "content": {one: {"schema": scan} for one in types}}
    return {
        f"{base}/{{identifier}}/completeness": {
            "get": _operation(kind, "completeness", f"{zh}: how complete it is, and what to do next", parameters=[_ID], responses={"200": _plain("percentage, and each missing item with the next action")}),
        },
        f"{base}/{{identifier}}/attachments": {
            "get": _operation(kind, "attachments", f"{zh}: its scans", parameters=[_ID], responses={"200": _plain("the scans that the reader may open")}),
            "post": _operation(kind, "attach", f"{zh}: attach a scan", parameters=[_ID, *said], requestBody=body, responses={"201": _plain("its id")}),
        },
        f"{base}/{{identifier}}/attachments/{{key}}": {
            "get": _operation(kind, "attachment", f"{zh}: one scan", parameters=[_ID, key], responses={"200": file}),
            "delete": _operation(kind, "detach", f"{zh}: take a scan off", parameters=[_ID, key], responses={"204": {"description": "taken off"}}),
        },
    }  # fmt: skip


def _shared_paths() -> dict[str, Any]:
    search = [_query("q", "text, pinyin or initials"), _query("kind", "kind; may repeat"), _query("status", "status"), _query("department", "owner"), _LIMIT, _CURSOR]  # fmt: skip
    shared = {
        "/api/v1/search": ("search", search),
        "/api/v1/suggest": ("suggestions", [_query("q", "beginning of a name"), _LIMIT]),
        "/api/v1/entries": ("change feed", [_query("after", "entry number", {"type": "integer", "minimum": 0}), _LIMIT]),
        "/api/v1/standards": ("the standards", []),
        "/api/v1/standards/{kind}": ("one standard", [{"name": "kind", "in": "path", "required": True, "schema": _TEXT}, _query("profile", "draft, recorded or shareable")]),
        "/api/v1/meta": ("what this server can do", []),
        "/health": ("alive", []),
        "/ready": ("ready", []),
    }  # fmt: skip
    paths: dict[str, Any] = {
        path: {"get": _operation(None, path.strip("/").replace("/", "_").replace("{", "").replace("}", ""), text, parameters=parameters, responses={"200": _plain(text)})}
        for path, (text, parameters) in shared.items()
    }  # fmt: skip
    return paths | _token_paths() | _import_paths()


def _import_paths() -> dict[str, Any]:
    """The import flow: upload, map, mend, register."""
    key = {"name": "id", "in": "path", "required": True, "schema": _TEXT}
    flag = {"enum": ["true"]}
    named = [_query("kind", "kind of record"), _query("filename", "name of the file; its ending says what it is"), _query("no_secrets", "`true`: the file holds no state and no work secrets", flag), _query("vendor", "source or vendor"), _query("former", "an earlier upload whose file is used again")]  # fmt: skip
    form = {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}, "kind": _TEXT, "no_secrets": flag, "vendor": _TEXT, "former": _TEXT}}  # fmt: skip
    file = {"content": {"multipart/form-data": {"schema": form}, "application/octet-stream": {"schema": {}}}}
    seen = {"200": _plain("the upload: state, counts, groups of problems, problems and rows")}
    base = "/api/v1/imports"
    paths: dict[str, Any] = {
        base: {
            "get": _operation(None, "imports", "uploads that one may open", responses={"200": _plain("uploads, newest first")}),
            "post": _operation(None, "bring_import", "upload a file and check it", parameters=named, requestBody=file, responses={"201": _plain("the upload, checked or being checked")}),
        },
        f"{base}/{{id}}": {"get": _operation(None, "import", "one upload with its findings", parameters=[key, _query("start", "first problem and row shown", {"type": "integer", "minimum": 0})], responses=seen)},
    }  # fmt: skip
    body = {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}
    for verb, text in (
        ("mapping", "what the columns of a foreign layout stand for; kept for next time"),
        ("corrections", "mend values, accept suggestions, reuse elements; checked anew"),
        ("register", "register all, or only what is right (`flawless_only`), with a reason (`note`)"),
        ("submit", "hand over to an approver"),
        ("return", "return to the author with a note"),
    ):
        paths[f"{base}/{{id}}/{verb}"] = {"post": _operation(None, f"import_{verb}", text, parameters=[key], requestBody=body, responses={"200": _plain(text)})}  # fmt: skip
    shown = "columns with samples, what each probably means, the profile that holds"
    paths[f"{base}/{{id}}/mapping"]["get"] = _operation(None, "import_layouts", shown, parameters=[key], responses={"200": _plain(shown)})  # fmt: skip
    return paths


def _token_paths() -> dict[str, Any]:
    words = {name: _TEXT for name in ("login", "password", "code", "name", "department")}
    asked = {
        "type": "object",
        "required": ["login", "password"],
        "properties": words
        | {
            "scope": {"type": "array", "items": {"enum": ["read", "write", "internal"]}, "default": ["read"]},
            "days": {"type": "integer", "minimum": 1, "maximum": 366, "default": 30},
        },
    }
    body = {"required": True, "content": {"application/json": {"schema": asked}}}
    key = {"name": "key", "in": "path", "required": True, "schema": _TEXT}
    return {
        "/api/v1/tokens": {
            "post": _operation(
                None, "issue_token", "make a token with login and password; shown once",
                requestBody=body, responses={"201": _plain("the token")},
            ),
            "get": _operation(None, "tokens", "one's own tokens", responses={"200": _plain("tokens")}),
        },
        "/api/v1/tokens/{key}": {
            "delete": _operation(
                None, "revoke_token", "end a token", parameters=[key], responses={"204": {"description": "ended"}}
            )
        },
    }  # fmt: skip
