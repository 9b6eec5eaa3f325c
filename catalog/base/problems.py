"""One table from refusals to HTTP, and one shape: problem+json (RFC 9457)."""

from __future__ import annotations

from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from catalog.base import errors
from catalog.base.i18n import Language, describe, explain

STATUS: dict[type[errors.CatalogError], int] = {
    errors.Malformed: 400,
    errors.NotSignedIn: 401,
    errors.NotPermitted: 403,
    errors.NotFound: 404,
    errors.WrongState: 409,
    errors.AlreadyRegistered: 409,
    errors.InUse: 409,
    errors.Stale: 412,
    errors.Unsupported: 415,
    errors.InvalidDocument: 422,
    errors.PreconditionMissing: 428,
    errors.Busy: 503,
    errors.Unready: 503,
}

# slugs whose status is not that of their class
_OWN = {"too-large": 413, "method-not-allowed": 405, "pdf-missing": 501}


def status_of(error: errors.CatalogError) -> int:
    """The HTTP status of a refusal."""
    if error.slug in _OWN:
        return _OWN[error.slug]
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 500)


def problem(
    error: errors.CatalogError, language: Language, *, instance: str, request_id: str
) -> dict[str, Any]:
    """The members of a problem document; each violation in both languages."""
    title, detail = explain(error, language)
    body: dict[str, Any] = {
        "type": f"/problems/{error.slug}",
        "title": title,
        "status": status_of(error),
        "detail": detail,
        "instance": instance,
        "request_id": request_id,
    }
    for name in ("possible", "usages", "expected", "found"):
        if name in error.values:
            body[name] = error.values[name]
    if isinstance(error, errors.InvalidDocument):
        body["violations"] = [violation(found, language) for found in error.violations]
    return body


def violation(found: errors.Violation, language: Language) -> dict[str, Any]:
    """One violation: pointer as URI fragment, rule, both texts, ``detail`` in the reader's language."""
    described = describe(found)
    return described | {"pointer": f"#{found.pointer}", "detail": described[language]}


def answer(error: errors.CatalogError, request: Request) -> Response:
    """The problem+json answer to a request."""
    language: Language = getattr(request.state, "language", "zh")
    body = problem(
        error, language, instance=request.url.path, request_id=getattr(request.state, "request_id", "")
    )
    headers = {"Content-Language": "zh-CN" if language == "zh" else "en"}
    if body["status"] == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if body["status"] == 405:
        headers["Allow"] = ", ".join(body["possible"])
    if body["status"] == 503:
        headers["Retry-After"] = "2"
    return Response(
        orjson.dumps(body, default=str),
        status_code=body["status"],
        headers=headers,
        media_type="application/problem+json",
    )
