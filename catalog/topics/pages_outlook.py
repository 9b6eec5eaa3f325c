"""``/topics/TP-PERSON/outlook``: what a department would see of a topic for a purpose, without anybody's data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from catalog.base.errors import InvalidDocument, Violation
from catalog.base.i18n import Language, describe, text
from catalog.entitlements import choices, service
from catalog.entitlements.snapshot import Reason, Snapshot
from catalog.entitlements.verdicts import duty, labels_of
from catalog.entitlements.wording import request_address
from catalog.kinds import BY_NAME
from catalog.registry.api_read import allow
from catalog.registry.pages_csv import csv_answer
from catalog.registry.pages_record import Opened, opened, reference
from catalog.topics.outlook import STATES, Seen, outlook
from catalog.topics.pages import short
from catalog.topics.picture import petals

_HEADS = ("section", "slot", "state", "mask", "why", "dataset", "field", "agreement", "until", "request")


async def page(request: Request) -> Response:
    """The form, and with department and purpose the picture and the table; ``format=csv`` is the table as a file."""
    found = await opened(request, "topics")
    reads, language = found.runtime.reads, found.language
    on = service.today(found.runtime)
    departments = await choices.departments(reads, None)
    asked = _asked(request, request.state.actor.department or "")
    rows: list[dict[str, Any]] = []
    problems: list[str] = []
    provisional = False
    if asked["department"] and asked["purpose"]:
        try:
            snapshot, day = await service.state(found.runtime, asked["at"])
            provisional = day > on
            rows = await _rows(found, snapshot, day, asked)
        except InvalidDocument as refused:
            problems = [describe(one)[language] for one in refused.violations]
    if rows and request.query_params.get("format") == "csv":
        heads = [text(f"outlook.head-{name}", language) for name in _HEADS]
        return csv_answer(
            f"{found.row.identifier}-outlook", heads, [[row[n] for n in _HEADS] for row in rows]
        )
    return await found.page(
        "topics/outlook.html",
        "facts",
        departments=departments,
        purposes=await choices.purposes(reads, on, language),
        ways=await choices.ways(reads, on, language),
        asked=asked,
        today=on,
        provisional=provisional,
        problems=problems,
        rows=rows,
        states=STATES,
        counts=Counter(row["code"] for row in rows),
        petals=petals(_sections(rows), STATES),
        subject=found.document.get("subject", "person"),
        file=f"{found.address}/outlook?{urlencode(asked | {'format': 'csv'})}",
    )


async def answered(request: Request) -> Response:
    """``GET /api/v1/topics/TP-PERSON/outlook?department=&purpose=&way=&at=``."""
    found = await opened(request, "topics")
    allow(request, "department", "purpose", "way", "at")
    asked = _asked(request, "")
    for name in ("department", "purpose"):
        if not asked[name]:
            raise InvalidDocument([Violation(f"/{name}", "decision-needs", found=asked[name])])
    snapshot, day = await service.state(found.runtime, asked["at"])
    seen = _outlook(found, snapshot, day, asked)
    return JSONResponse(
        {
            **{name: value or None for name, value in asked.items() if name != "at"},
            "on": day,
            "snapshot": snapshot.digest,
            "counts": {state: sum(one.state == state for one in seen) for state in STATES},
            "slots": [_told(one, asked, agreements=_agreements(found)) for one in seen],
        },
        headers={"cache-control": "no-store"},
    )


def _asked(request: Request, own: str) -> dict[str, str]:
    query = request.query_params
    said = {name: query.get(name, "").strip() for name in ("department", "purpose", "way", "at")}
    return said | {"department": said["department"] or own}


def _outlook(found: Opened, snapshot: Snapshot, on: str, asked: Mapping[str, str]) -> list[Seen]:
    return outlook(
        found.document,
        snapshot,
        consumer=asked["department"],
        purpose=asked["purpose"],
        way=asked["way"],
        on=on,
    )


def _agreements(found: Opened) -> bool:
    """Whether this reader may know of single agreements."""
    return "sharing-agreement" in found.sight.kinds


def _told(one: Seen, asked: Mapping[str, str], *, agreements: bool) -> dict[str, Any]:
    """A slot as the API answers it."""
    answer = one.answer
    return {
        "section": one.section["code"],
        "slot": one.slot["code"],
        "name": one.slot["name"],
        "state": one.state,
        "mask": one.mask or None,
        "reasons": [
            {"code": reason.code}
            | {language: _why(reason, language, agreements) for language in ("zh", "en")}
            for reason in one.reasons
        ],
        "dataset": answer.dataset or None,
        "field": answer.field or None,
        "agreement": answer.agreement if answer.agreement and agreements else None,
        "valid_until": answer.valid_until or None,
        "request": _request(one, asked) or None,
    }


def _why(reason: Reason, language: Language, agreements: bool) -> str:
    """A reason in words; agreements go unnamed before those who may not know of them."""
    if reason.code.startswith("topic-"):
        return text(f"outlook.{reason.code}", language)
    about = (
        reason.about
        if agreements or not reason.about.startswith(BY_NAME["sharing-agreement"].prefix)
        else "…"
    )
    return text(f"entitlement.{reason.code}", language, about=about)


def _request(one: Seen, asked: Mapping[str, str]) -> str:
    address = request_address(one.answer, asked["purpose"]) if one.state == "refused" else ""
    return f"{address}&{urlencode({'way': asked['way']})}" if address and asked["way"] else address


async def _rows(found: Opened, snapshot: Snapshot, on: str, asked: dict[str, str]) -> list[dict[str, Any]]:
    seen = _outlook(found, snapshot, on, asked)
    language, agreements = found.language, _agreements(found)
    labels = await labels_of([one.answer for one in seen], found.words, language)
    masks = await found.words.codes({("CL0119", one.mask) for one in seen if one.mask}, language)
    names = await found.runtime.reads.names(
        {("dataset", one.answer.dataset) for one in seen if one.answer.dataset}
    )
    return [
        {
            "section": one.section["name"]
            if language == "zh"
            else one.section.get("name_en") or one.section["name"],
            "slot": one.slot["name"],
            "anchor": f"{one.section['code']}-{one.slot['code']}",
            "code": one.state,
            "state": text(f"outlook.{one.state}", language),
            "mask": masks.get(("CL0119", one.mask), one.mask),
            "why": " ".join(_why(reason, language, agreements) for reason in one.reasons),
            "dataset": one.answer.dataset,
            "source": one.answer.dataset
            and reference(
                "dataset", one.answer.dataset, names.get(("dataset", one.answer.dataset)), found.sight
            ),
            "field": one.answer.field,
            "agreement": one.answer.agreement if agreements else "",
            "duties": [duty(each, labels, language) for each in one.answer.obligations if each.type != "mask"]
            if agreements
            else [],
            "until": one.answer.valid_until,
            "request": _request(one, asked),
        }
        for one in seen
    ]


def _sections(rows: list[dict[str, Any]]) -> list[tuple[str, str, list[tuple[str, str, str]]]]:
    made: dict[str, list[tuple[str, str, str]]] = {}
    for row in rows:
        made.setdefault(row["section"], []).append((row["slot"], row["code"], row["anchor"]))
    return [(name, short(name), cells) for name, cells in made.items()]


ROUTES = [
    Route("/topics/{identifier}/outlook", page, methods=["GET"]),
    Route("/api/v1/topics/{identifier}/outlook", answered, methods=["GET"]),
]
