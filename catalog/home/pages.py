"""The first page: what needs attention, what the register holds, where the gaps are, what changed last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from weakref import WeakKeyDictionary

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from catalog.base import clock
from catalog.base.i18n import Language, text
from catalog.base.pages import render
from catalog.identity.sight import Sight, sight
from catalog.kinds import BY_NAME, KINDS
from catalog.registry.pages import verb_name
from catalog.registry.pages_facts import Value
from catalog.registry.pages_kept import kept
from catalog.registry.pages_words import kind_name, kinds_name, words
from catalog.registry.reads import Reads, Row
from catalog.runtime import Runtime
from catalog.topics.coverage import coverage, slots

_LATEST = 8
_LOOKED_AT = 400  # entries among which the latest changes are found; readings and exports are entries too
_CHANGES = frozenset({"registered", "revised", "moved", "retired", "confirmed", "restored"})
_SOON = timedelta(days=90)
_MOST = 20_000
_CDO_ROLES = ("dept_cdo", "district_cdo", "district_cdo_exec")


@dataclass(frozen=True)
class Overview:
    """What the whole register says, as of entry ``seq`` on ``day``; the public view."""

    seq: int
    day: str
    counts: dict[str, dict[str, int]]
    vacant: Sequence[str] = ()
    expiring: Sequence[tuple[str, str]] = ()  # (until, name)
    without_cdo: Sequence[str] = ()
    topics: Sequence[dict[str, Any]] = field(default_factory=list)


_REMEMBERED: WeakKeyDictionary[Reads, Overview] = WeakKeyDictionary()


async def home(request: Request) -> Response:
    """``/``, in what this reader may see."""
    runtime: Runtime = request.app.state.runtime
    language: Language = request.state.language
    seen = sight(request.state.actor, runtime.settings)
    known = await words(runtime.reads)
    names = await known.departments()
    overview = await _overview(runtime, known.seq)
    latest = await runtime.reads.find("latest", limit=_LOOKED_AT)
    return render(
        request,
        "home/home.html",
        attend=_attend(overview, seen, names, language),
        stock=_stock(overview, seen, language),
        topics=overview.topics if "topic" in seen.kinds else [],
        without_cdo=[
            Value("ref", text=names.get(one, one), href=f"/departments/{one}") for one in overview.without_cdo
        ]
        if {"appointment", "department"} <= seen.kinds
        else [],
        latest=[
            _latest(row, language)
            for row in latest
            if row[4] in seen.kinds and row[3].rpartition(".")[2] in _CHANGES
        ][:_LATEST],
    )


async def _overview(runtime: Runtime, seq: int) -> Overview:
    """Remembered until the ledger moves or the day ends."""
    today = clock.today(runtime.settings.zone)
    known = _REMEMBERED.get(runtime.reads)
    if known is None or known.seq != seq or known.day != today.isoformat():
        known = _REMEMBERED[runtime.reads] = await _read(
            runtime.reads, seq, today.isoformat(), (today + _SOON).isoformat()
        )
    return known


async def _read(reads: Reads, seq: int, day: str, soon: str) -> Overview:
    counts: dict[str, dict[str, int]] = {}
    for kind, status, number in await reads.find("counts", quick=False):
        counts.setdefault(kind, {})[status] = int(number)
    appointments = await reads.listed("appointment", status=["current"], limit=_MOST)
    agreements = await reads.listed("sharing-agreement", status=["active"], limit=_MOST)
    departments = await reads.listed("department", status=["active"], limit=_MOST)
    with_cdo = {row.department for row in appointments if _is_cdo(row) and row.document.get("person")}
    ends = [(str(row.document.get("period", {}).get("until", "")), row.name) for row in agreements]
    return Overview(
        seq=seq,
        day=day,
        counts=counts,
        vacant=[row.name for row in appointments if not row.document.get("person")],
        expiring=sorted((until, name) for until, name in ends if day <= until <= soon),
        without_cdo=[row.identifier for row in departments if row.identifier not in with_cdo],
        topics=[_topic(row) for row in await reads.listed("topic", status=["published"], limit=20)],
    )


def _is_cdo(row: Row) -> bool:
    return row.document.get("role") in _CDO_ROLES


def _topic(row: Row) -> dict[str, Any]:
    cells = [(coverage(slot), section, slot) for section, slot in slots(row.document)]
    missing = [(section, slot) for state, section, slot in cells if state != "source"]
    return {
        "name": row.name,
        "href": f"/topics/{row.identifier}",
        "cells": sorted((state for state, _, _ in cells), key=("source", "element", "none").index),
        "slots": len(cells),
        "source": len(cells) - len(missing),
        "example": missing[0][1].get("name", "") if missing else "",
        "lead": missing[0][0].get("lead_department", "") if missing else "",
    }


def _attend(
    overview: Overview, seen: Sight, names: dict[str, str], language: Language
) -> list[dict[str, str]]:
    """Three sentences for who leads: the vacant post, the missing source, the term that ends."""
    found = []
    if overview.vacant and "appointment" in seen.kinds:
        values = {"n": len(overview.vacant), "name": overview.vacant[0]}
        found.append(_item("vacant", "bad", "/appointments", language, values))
    worst = max(overview.topics, key=lambda topic: topic["slots"] - topic["source"], default=None)
    if worst and worst["slots"] > worst["source"] and "topic" in seen.kinds:
        values = {
            "topic": worst["name"], "n": worst["slots"] - worst["source"], "slot": worst["example"],
            "name": names.get(worst["lead"], worst["lead"]),
        }  # fmt: skip
        found.append(_item("missing", "bad", worst["href"], language, values))
    if overview.expiring and "sharing-agreement" in seen.kinds:
        until, name = overview.expiring[0]
        values = {"n": len(overview.expiring), "name": name, "day": until}
        found.append(_item("expiring", "wait", "/sharing-agreements", language, values))
    return found


def _item(name: str, tone: str, href: str, language: Language, values: dict[str, Any]) -> dict[str, str]:
    return {
        "tone": tone,
        "word": text(f"home.{name}", language),
        "sentence": text(f"home.{name}-says", language, **values),
        "href": href,
        "link": text(f"home.{name}-link", language),
    }


def _stock(overview: Overview, seen: Sight, language: Language) -> list[dict[str, Any]]:
    return [
        {
            "label": kinds_name(kind.name, language),
            "href": f"/{kind.plural}",
            "total": sum(overview.counts.get(kind.name, {}).values()),
            "statuses": [
                (status, overview.counts[kind.name][status])
                for status in kind.statuses
                if overview.counts.get(kind.name, {}).get(status)
            ],
        }
        for kind in KINDS
        if kind.name in seen.kinds
    ]


def _latest(row: Sequence[Any], language: Language) -> dict[str, str]:
    _, at, _, verb, kind, identifier, name = row
    return {
        "at": at,
        "verb": verb_name(verb, language),
        "kind": kind_name(kind, language),
        "href": f"/{BY_NAME[kind].plural}/{identifier}",
        "name": name,
    }


ROUTES = [Route("/", kept(home))]
