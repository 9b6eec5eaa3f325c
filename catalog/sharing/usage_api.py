"""Records of use and attestations for programs: the provider's platform and the consumer's systems report here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, TypeVar

import orjson
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from catalog.base import clock
from catalog.base.documents import Document
from catalog.base.errors import InvalidDocument, NotFound, Violation
from catalog.base.web import json_body
from catalog.identity.actors import Actor
from catalog.registry import access
from catalog.runtime import Runtime
from catalog.sharing import attesting, usage
from catalog.sharing.changing import KIND, record_of
from catalog.sharing.usage_lines import KINDS, MOST, Terms, faults
from catalog.sharing.usage_models import Attestation, Usage

T = TypeVar("T")
USAGE = "/api/v1/sharing-agreements/{identifier}/usage"
ATTESTATIONS = "/api/v1/sharing-agreements/{identifier}/attestations"
_PAGE = 1_000


async def record(request: Request) -> Response:
    """One line, or ``{"lines": […]}``; all of it or nothing. The same lines sent again change nothing."""
    runtime, actor = _who(request)
    body = await json_body(request)
    rows = body["lines"] if isinstance(body, dict) and set(body) == {"lines"} else [body]
    if not isinstance(rows, list):
        raise InvalidDocument([Violation("/lines", "type", found=type(rows).__name__, expected="array")])
    on = clock.today(runtime.settings.zone)

    def work() -> usage.Recorded:
        with runtime.database.writing() as session:
            return usage.record(session, request.path_params["identifier"], rows, by=actor, on=on)

    return _private(asdict(await asyncio.to_thread(work)))


async def listed(request: Request) -> Response:
    """Up to a thousand lines, oldest period first; ``?from=&until=&after=``."""
    asked = request.query_params
    _only(request, "from", "until", "after")

    def work(session: Session, document: Document) -> dict[str, Any]:
        identifier = request.path_params["identifier"]
        _, _, bounds = usage.agreed(session, identifier)
        rows = usage.listed(
            session, identifier, since=asked.get("from", ""), until=asked.get("until", ""), limit=_PAGE + 1,
            after=asked.get("after", ""),
        )  # fmt: skip
        shown = rows[:_PAGE]
        more = "|".join((shown[-1].period, shown[-1].system, shown[-1].kind)) if len(rows) > _PAGE else None
        return {
            "total": usage.total(session, identifier),
            "items": [said(one, bounds) for one in shown],
            "after": more,
        }

    return _private(await _read(request, work))


def said(row: Usage, bounds: Terms) -> dict[str, Any]:
    """One line as doors tell it, with what of it is not covered."""
    return row.model_dump(exclude={"fields"}) | {
        "fields": orjson.loads(row.fields), "faults": faults(usage.line_of(row), bounds)
    }  # fmt: skip


async def attest(request: Request) -> Response:
    """``{"obligation", "period", "kind", "statement"}``, by the consumer."""
    runtime, actor = _who(request)
    body = await json_body(request)
    if not isinstance(body, dict):
        raise InvalidDocument([Violation("", "type", found=type(body).__name__, expected="object")])
    on = clock.today(runtime.settings.zone)

    def work() -> dict[str, Any]:
        with runtime.database.writing() as session:
            made = attesting.attest(session, request.path_params["identifier"], body, by=actor, on=on)
            return made.model_dump()

    return _private(await asyncio.to_thread(work), 201)


async def attestations(request: Request) -> Response:
    """What was given, newest period first, and what is owed."""
    runtime: Runtime = request.app.state.runtime
    on = clock.today(runtime.settings.zone)
    _only(request)

    def work(session: Session, document: Document) -> dict[str, Any]:
        identifier = request.path_params["identifier"]
        found = attesting.duties(session, identifier, document, on=on, days=runtime.settings.attest_days)
        given: list[Attestation] = attesting.given(session, [identifier]).get(identifier, [])
        return {
            "items": [one.model_dump() for one in given],
            "owed": [
                {"obligation": one.obligation, "period": one.period.name, "due": one.period.due.isoformat(), "state": one.state}
                for duty in found
                for one in duty.owed
            ],
        }  # fmt: skip

    return _private(await _read(request, work))


def _only(request: Request, *names: str) -> None:
    """Refuse parameters that nobody knows."""
    found = [
        Violation(f"/{one}", "parameter-unknown", found=one, expected=sorted(names))
        for one in request.query_params
        if one not in names
    ]
    if found:
        raise InvalidDocument(found)


def _who(request: Request) -> tuple[Runtime, Actor]:
    access.require_signed_in(request.state.actor)
    return request.app.state.runtime, request.state.actor


async def _read(request: Request, work: Callable[[Session, Document], T]) -> T:
    runtime, actor = _who(request)
    identifier = request.path_params["identifier"]

    def reading() -> T:
        with runtime.database.reading() as session:
            _, document = record_of(session, identifier)
            if not usage.may_see(actor, document):
                raise NotFound(kind=KIND, identifier=identifier)
            return work(session, document)

    return await asyncio.to_thread(reading)


def _private(body: Any, status: int = 200) -> JSONResponse:
    return JSONResponse(body, status_code=status, headers={"Cache-Control": "private, no-store"})


def paths() -> dict[str, Any]:
    """How they are described in OpenAPI."""
    text_ = {"type": "string"}
    line = {
        "type": "object",
        "required": ["system", "period", "kind", "amount"],
        "properties": {
            "system": text_ | {"description": "identifier of the system that used"},
            "period": text_ | {"description": "2026-11-23, or 2026-11 for a month"},
            "kind": {"enum": list(KINDS)},
            "amount": {"type": "integer", "minimum": 0},
            "purpose": text_ | {"description": "code of CL0105"},
            "fields": {"type": "array", "items": text_, "description": "names of fields of the dataset"},
        },
        "additionalProperties": False,
    }
    batch = {
        "type": "object",
        "required": ["lines"],
        "properties": {"lines": {"type": "array", "minItems": 1, "maxItems": MOST, "items": line}},
    }
    duty = {
        "type": "object",
        "required": list(attesting.NAMES),
        "properties": {
            "obligation": text_ | {"description": "code of CL0118 that the agreement names"},
            "period": text_ | {"description": "2026, 2026H1, 2026Q3 or 2026-11"},
            "kind": {"enum": list(attesting.WAYS)},
            "statement": text_ | {"maxLength": 2000},
        },
    }
    return {
        USAGE: {
            "post": _described("record_usage", "record how much was used: one line, or up to 5,000; idempotent by system, period and kind", "read, recorded, corrected, unchanged, flagged (what the agreement does not cover) and the entry", body={"oneOf": [line, batch]}),
            "get": _described("list_usage", "the records of use of an agreement, for both sides, the bureau and the auditor", "total, items and where the next page begins", query=("from", "until", "after")),
        },
        ATTESTATIONS: {
            "post": _described("attest_duty", "the consumer attests a duty for a period; never changed", "the attestation", body=duty, status="201"),
            "get": _described("list_attestations", "what was attested of an agreement, and what is owed", "items and owed"),
        },
    }  # fmt: skip


def _described(
    name: str,
    summary: str,
    answer: str,
    *,
    body: Any = None,
    query: tuple[str, ...] = (),
    status: str = "200",
) -> dict[str, Any]:
    place = {"name": "identifier", "in": "path", "required": True, "schema": {"type": "string"}}
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    made: dict[str, Any] = {
        "tags": ["sharing-agreements"],
        "operationId": name,
        "summary": summary,
        "parameters": [place, *({"name": one, "in": "query", "schema": {"type": "string"}} for one in query)],
        "responses": {
            status: {"description": answer, "content": {"application/json": {"schema": {"type": "object"}}}},
            "default": {"description": "problem", "content": problem},
        },
    }
    if body:
        made["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    return made


ROUTES = [
    Route(USAGE, record, methods=["POST"]),
    Route(USAGE, listed, methods=["GET"]),
    Route(ATTESTATIONS, attest, methods=["POST"]),
    Route(ATTESTATIONS, attestations, methods=["GET"]),
]
