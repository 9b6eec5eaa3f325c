"""``/api/v1/decisions``: may X use these items for P, and the reverse questions."""

from __future__ import annotations

import asyncio

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from catalog.base import clock
from catalog.base.errors import InvalidDocument, Violation
from catalog.base.web import dumps, json_body
from catalog.entitlements import reverse, service
from catalog.entitlements.snapshot import Snapshot
from catalog.entitlements.wording import answer_bytes
from catalog.registry import access
from catalog.registry.api_read import allow, runtime

_JSON = "application/json"


async def decided(request: Request) -> Response:
    """One question of up to 1,000 items, decided item by item and logged."""
    allow(request)
    log = request.app.state.decisions
    decision = await service.answered(runtime(request), log, await json_body(request), by=request.state.actor)
    return Response(service.whole(decision), media_type=_JSON, headers={"cache-control": "no-store"})


async def replayed(request: Request) -> Response:
    """A logged decision, decided once more from the register as it was; for who may ask about its department."""
    access.require_signed_in(request.state.actor)
    allow(request)
    found = await service.replayed(runtime(request), request.path_params["number"])
    service.require_ask(request.state.actor, found.question.consumer)
    return Response(service.told(found), media_type=_JSON, headers={"cache-control": "no-store"})


async def permitted(request: Request) -> Response:
    """What may ``consumer`` use for ``purpose`` today."""
    allow(request, "consumer", "purpose", "way")
    consumer, purpose = _needed(request, "consumer"), _needed(request, "purpose")
    service.require_ask(request.state.actor, consumer)
    snapshot, on = await _today(request)
    way = request.query_params.get("way", "")
    items = await asyncio.to_thread(
        lambda: [
            answer_bytes(snapshot, *found, purpose, way)
            for found in reverse.permitted(snapshot, consumer, purpose, on, way)
        ]
    )
    return _answer(snapshot, on, items)


async def consumers(request: Request) -> Response:
    """Who may use ``element`` today: all of them for those who reach all, else one's own departments."""
    access.require_signed_in(request.state.actor)
    allow(request, "element")
    element = _needed(request, "element")
    snapshot, on = await _today(request)
    actor = request.state.actor

    def work() -> list[bytes]:
        return [
            dumps({"consumer": consumer, "purpose": purpose})[:-1]
            + b","
            + answer_bytes(snapshot, item, answer, purpose, "")[1:]
            for consumer, purpose, item, answer in reverse.consumers(snapshot, element, on)
            if service.may_ask(actor, consumer)
            or service.may_ask(actor, snapshot.datasets[item.dataset].owner)
        ]

    return _answer(snapshot, on, await asyncio.to_thread(work))


def _needed(request: Request, name: str) -> str:
    value = request.query_params.get(name, "")
    if not value:
        access.require_signed_in(request.state.actor)
        raise InvalidDocument([Violation(f"/{name}", "decision-needs", found=value)])
    return value


async def _today(request: Request) -> tuple[Snapshot, str]:
    found = runtime(request)
    on = clock.today(found.settings.zone).isoformat()
    return await service.snapshots(found.reads).now(), on


def _answer(snapshot: Snapshot, on: str, items: list[bytes]) -> Response:
    head = orjson.dumps({"snapshot": snapshot.digest, "seq": snapshot.seq, "on": on, "total": len(items)})
    body = head[:-1] + b',"items":[' + b",".join(items) + b"]}"
    return Response(body, media_type=_JSON, headers={"cache-control": "no-store"})


ROUTES: list[BaseRoute] = [
    Route("/api/v1/decisions", decided, methods=["POST"]),
    Route("/api/v1/decisions/{number:int}", replayed, methods=["GET"]),
    Route("/api/v1/decisions:permitted", permitted, methods=["GET"]),
    Route("/api/v1/decisions:consumers", consumers, methods=["GET"]),
]
