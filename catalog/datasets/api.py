"""How complete a record is, at an address of its own: computed when read, for every kind."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from catalog.base.errors import NotFound
from catalog.base.web import dumps
from catalog.datasets.wording import sentence
from catalog.registry.api import ONE
from catalog.registry.api_read import allow, readable, runtime
from catalog.standards import schemas
from catalog.standards.completeness import completeness


async def shown(request: Request) -> Response:
    """``/api/v1/{plural}/{identifier}/completeness``: percentage, and each missing item with the next action."""
    kind, _ = readable(request)
    allow(request)
    identifier = request.path_params["identifier"]
    row = await runtime(request).reads.record(kind.name, identifier)
    if row is None:
        raise NotFound(kind=kind.name, identifier=identifier)
    annotations = schemas.load(kind.name, row.standard).annotations
    found = completeness(kind.name, await runtime(request).reads.whole(row), annotations)
    body = {
        "percent": found.percent,
        "expected": found.expected,
        "missing": [
            {
                "pointer": f"#{one.pointer}",
                "need": one.need,
                "rows": one.rows,
                "next_zh": sentence(one, "zh"),
                "next_en": sentence(one, "en"),
                "href": f"/{kind.plural}/{identifier}/edit#{one.anchor}",
            }
            for one in found.missing
        ],
    }
    return Response(dumps(body), media_type="application/json", headers={"etag": row.etag})


ROUTES: list[BaseRoute] = [Route(ONE + "/completeness", shown, methods=["GET"])]
