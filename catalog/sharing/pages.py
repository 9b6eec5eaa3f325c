"""A sharing agreement as a lawyer reads it: parties, data, purpose, delivery, term, duties, safeguards, consents."""

from __future__ import annotations

from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from catalog.base import clock
from catalog.base.i18n import text
from catalog.registry.pages import record_page
from catalog.registry.pages_facts import Fact, Lookup, Value, facts, person
from catalog.registry.pages_kept import kept
from catalog.registry.pages_record import Opened, opened, reference
from catalog.sharing.living import life
from catalog.sharing.term import Term, term
from catalog.sharing.usage_view import became

_CLAUSES = (
    ("use", ("purposes", "legal_basis", "scenario", "scope", "conditions")),
    ("delivery", ("way", "frequency", "requested_on", "received_on", "answered_on", "delivered_on", "external")),
    ("term", ("period", "predecessor", "successor")),
    ("obligations", ("obligations",)),
    ("protection", ("impact_assessment", "retention_until", "pins")),
    ("ending", ("suspension", "termination", "disposal")),
)  # fmt: skip
_APART = ("provider", "consumer", "consumer_system", "consents", "dataset", "items")


async def agreement(request: Request) -> Response:
    """``/sharing-agreements/AG2026-0001``."""
    found = await opened(request, "sharing-agreements")
    lookup = await found.lookup()
    said = found.document
    period = said.get("period", {})
    ends = term(
        found.row.status, period.get("from", ""), period.get("until", ""),
        clock.today(found.runtime.settings.zone),
    )  # fmt: skip
    named = {name for _, names in _CLAUSES for name in names} | set(_APART)
    return await record_page(
        found,
        "sharing/agreement.html",
        parties=_parties(found, lookup),
        dataset=said.get("dataset") and _ref("dataset", said["dataset"], found, lookup),
        items=[item_of(item, found, lookup) for item in said.get("items", ())],
        clauses=[
            (name, _facts(found, lookup, names)) for name, names in _CLAUSES if any(n in said for n in names)
        ],
        consents=_consents(found, lookup),
        rest=_facts(found, lookup, tuple(name for name in said if name not in named | {"extensions"})),
        term=ends,
        bar=_bar(period, clock.today(found.runtime.settings.zone)),
        next_step=_next_step(found, ends),
        life=await life(found),
        became=await became(found),
    )


def _facts(found: Opened, lookup: Lookup, names: tuple[str, ...]) -> list[Fact]:
    """The facts of these properties, in this order."""
    made: list[Fact] = []
    for name in names:
        if name in found.document:
            one = {name: found.document[name]}
            for group in facts(one, found.annotations, found.language, lookup):
                made += group.facts
    return made


def _parties(found: Opened, lookup: Lookup) -> list[dict[str, Any]]:
    said = found.document
    system = said.get("consumer_system")
    return [
        {
            "side": side,
            "department": _ref("department", said[side], found, lookup),
            "system": _ref("system", system, found, lookup) if side == "consumer" and system else None,
        }
        for side in ("provider", "consumer")
        if side in said
    ]


def item_of(item: dict[str, Any], found: Opened, lookup: Lookup) -> dict[str, Any]:
    """One shared field in words: clause, field, element, mask, conditions."""
    element = item.get("element")
    mask = item.get("mask", "")
    return {
        "clause": item.get("clause", ""),
        "field": item.get("field", ""),
        "element": element and _ref("data-element", element, found, lookup),
        "mask": lookup.codes.get(("CL0119", mask), mask),
        "masked": bool(mask) and mask != "full",
        "conditions": item.get("conditions", ""),
    }


def _consents(found: Opened, lookup: Lookup) -> list[dict[str, str]]:
    consents = found.document.get("consents", {})
    sides = (("requester", "consumer"), ("provider", "provider"))
    return [
        {
            "side": party,
            "post": consents[side].get("post", ""),
            "who": person(consents[side]["person"], lookup, found.language)
            if "person" in consents[side]
            else "",
            "on": consents[side].get("on", ""),
        }
        for side, party in sides
        if side in consents
    ]


def _ref(kind: str, identifier: str, found: Opened, lookup: Lookup) -> Value:
    return reference(kind, identifier, lookup.names.get((kind, identifier)), found.sight)


def _bar(period: dict[str, str], on: date) -> int | None:
    """How much of the term has passed, in hundredths; None where an end is open."""
    if not period.get("from") or not period.get("until"):
        return None
    start, end = date.fromisoformat(period["from"]), date.fromisoformat(period["until"])
    whole = max(1, (end - start).days + 1)
    return min(100, max(0, round(100 * (on - start).days / whole)))


def _next_step(found: Opened, ends: Term) -> str:
    name = found.row.status
    if name == "active":
        name = ends.state
    elif name == "expired" and "disposal" not in found.document:
        name = "expired-undisposed"
    elif name in ("expired", "terminated"):
        name = "closed"
    return text(f"sharing.next-{name}", found.language)


ROUTES = [Route("/sharing-agreements/{identifier}", kept(agreement))]
