"""The standards themselves over the API, and what this server can do."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from catalog import __version__
from catalog.base.errors import InvalidDocument, NotFound, Violation
from catalog.base.web import dumps
from catalog.kinds import BY_NAME, KINDS
from catalog.registry.api_read import allow, runtime
from catalog.standards import schemas

_PROFILES = ("draft", "recorded", "shareable")


async def listed(request: Request) -> Response:
    """Every kind with the version of its schema in force and the statuses with their profiles."""
    items = [
        {
            "kind": kind.name,
            "version": (standard := schemas.current(kind.name)).version,
            "id": standard.id,
            "digest": standard.digest,
            "versions": schemas.versions(kind.name),
            "statuses": dict(kind.statuses),
            "zh": standard.schema["title"],
            "en": standard.schema["x-title"],
        }
        for kind in KINDS
    ]
    return Response(dumps({"items": items}), media_type="application/json")


async def shown(request: Request) -> Response:
    """One schema: as its file states it, or compiled for ``profile``."""
    allow(request, "profile", "version")
    kind = request.path_params["kind"]
    if kind not in BY_NAME:
        raise NotFound(kind="standard", identifier=kind)
    version = request.query_params.get("version", schemas.current(kind).version)
    if version not in schemas.versions(kind):
        raise NotFound(kind="standard", identifier=f"{kind} {version}")
    profile = request.query_params.get("profile")
    if profile is None:
        return Response(dumps(schemas.load(kind, version).schema), media_type="application/schema+json")
    if profile not in _PROFILES:
        raise InvalidDocument([Violation("/profile", "enum", found=profile, expected=list(_PROFILES))])
    return Response(dumps(schemas.compiled(kind, profile, version)), media_type="application/schema+json")


async def meta(request: Request) -> Response:
    """The capability document: version, kinds, verbs, limits, what is readable without signing in."""
    settings = runtime(request).settings
    body = {
        "product": "cdo-catalog",
        "version": __version__,
        "title": settings.title,
        "api": "/api/v1",
        "openapi": "/openapi.json",
        "documentation": "/docs",
        "public_read": settings.public_read,
        "desk": settings.desk,
        "timezone": settings.timezone,
        "limits": {"page": 200, "codes_page": 1000, "body_mb": settings.max_body_mb},
        "kinds": [
            {"kind": kind.name, "path": f"/api/v1/{kind.plural}", "case": list(kind.case)} for kind in KINDS
        ],
    }
    return Response(dumps(body), media_type="application/json")
