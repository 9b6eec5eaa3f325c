"""``POST /api/v1/data-elements:compare``: rows judged and compared with the register; nothing is written."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from catalog.base import clock
from catalog.base.i18n import Language, text
from catalog.base.problems import violation
from catalog.base.web import dumps
from catalog.elements.checking import Judged, Judgement, judge
from catalog.elements.compare import Match
from catalog.exchange import read
from catalog.registry.api_read import allow
from catalog.registry.api_write import uploaded
from catalog.registry.bulk import place


async def compare(request: Request) -> Response:
    """The report for a body in any format that ``:import`` takes."""
    allow(request)
    runtime = request.app.state.runtime
    body, name = await uploaded(request)

    def work() -> Judgement:
        with runtime.database.reading() as session:
            rows = read(body, name, kind="data-element")
            return judge(session, rows, on=clock.today(runtime.settings.zone))

    judgement = await asyncio.to_thread(work)
    return Response(dumps(report(judgement, request.state.language)), media_type="application/json")


def report(judgement: Judgement, language: Language) -> dict[str, Any]:
    """``{"read", "refused", "reuse", "new", "pending", "items": [{"number", "name", "advice", …}]}``."""
    return {**judgement.counts, "items": [_item(one, language) for one in judgement.rows]}


def _item(one: Judged, language: Language) -> dict[str, Any]:
    return {
        "number": one.number,
        "name": one.document.get("name"),
        "source": place(one.source),
        "advice": one.advice,
        "known": one.known,
        "register": [_match(match, language) for match in one.register],
        "rows": [_match(match, language) for match in one.rows],
        "violations": [violation(found, language) for found in one.violations],
    }


def _match(match: Match, language: Language) -> dict[str, Any]:
    why = zip(match.reasons, match.words, strict=True)
    return {
        "key": match.named.key,
        "name": match.named.name,
        "status": match.named.status or None,
        "reasons": [
            {"reason": reason, "detail": text(f"compare.{reason}", language, by=by)} for reason, by in why
        ],
    }


ROUTES = [Route("/api/v1/data-elements:compare", compare, methods=["POST"])]
