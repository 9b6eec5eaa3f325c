"""The page of a topic (一人一册, 一企一档): how far its slots are covered, as picture and as table."""

from __future__ import annotations

from collections import Counter
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from catalog.base import clock
from catalog.base.i18n import text
from catalog.registry.pages_facts import Lookup, facts
from catalog.registry.pages_kept import kept
from catalog.registry.pages_record import Opened, opened, reference
from catalog.registry.pages_words import department
from catalog.topics.around import around
from catalog.topics.coverage import STEPS, Around, covered
from catalog.topics.picture import petals

_NOT_TWICE = frozenset({"sections", "summary"})


async def topic(request: Request) -> Response:
    """``/topics/TP-PERSON``: what is needed around one subject, how far it is there, who owes the next step."""
    found = await opened(request, "topics")
    lookup = await found.lookup()
    departments = await found.words.departments()
    held = await around(found.runtime.reads, [found.document], clock.today(found.runtime.settings.zone))
    sections = [
        _section(section, found, lookup, held, departments) for section in found.document.get("sections", ())
    ]
    rows = sorted((slot for section in sections for slot in section["slots"]), key=lambda slot: slot["step"])
    return await found.page(
        "topics/topic.html",
        "facts",
        sections=sections,
        rows=rows,
        counts=Counter(row["state"] for row in rows),
        steps=STEPS,
        petals=petals(
            [
                (
                    s["name"],
                    s["short"],
                    [(slot["name"], slot["state"], slot["anchor"]) for slot in s["slots"]],
                )
                for s in sections
            ]
        ),
        subject=found.document.get("subject", "person"),
        groups=facts(found.document, found.annotations, found.language, lookup, skip=_NOT_TWICE),
    )


def _section(
    section: dict[str, Any], found: Opened, lookup: Lookup, held: Around, departments: dict[str, str]
) -> dict[str, Any]:
    chinese = found.language == "zh"
    name = section["name"] if chinese else section.get("name_en") or section["name"]
    slots = [
        _slot(section, slot, found, lookup, held, departments) | {"section": name}
        for slot in section.get("slots", ())
    ]
    lead = section.get("lead_department", "")
    return {
        "name": name,
        "short": short(name),
        "lead": departments.get(lead, lead),
        "slots": slots,
        "done": sum(slot["state"] == STEPS[-1] for slot in slots),
    }


def short(name: str) -> str:
    """The name as it fits beside the picture: a Chinese character is as wide as two Latin ones."""
    room, kept = 16, ""
    for character in name:
        room -= 1 if character.isascii() else 2
        if room < 0:
            return f"{kept}…"
        kept += character
    return kept


def _slot(
    section: dict[str, Any],
    slot: dict[str, Any],
    found: Opened,
    lookup: Lookup,
    held: Around,
    departments: dict[str, str],
) -> dict[str, Any]:
    element, dataset = slot.get("element"), slot.get("dataset")
    names, codes = lookup.names, lookup.codes
    state = covered(slot, section, found.document, held)
    return {
        "name": slot["name"],
        "note": slot.get("note", ""),
        "anchor": f"{section['code']}-{slot['code']}",
        "state": state.state,
        "step": state.step,
        "next": text(f"coverage.{state.state}-next", found.language),
        "owed_by": department(state.owed_by, departments, found.sight) if state.owed_by else None,
        "href": _next_address(state.state, element, dataset, found),
        "element": element
        and reference("data-element", element, names.get(("data-element", element)), found.sight),
        "dataset": dataset and reference("dataset", dataset, names.get(("dataset", dataset)), found.sight),
        "field": slot.get("field", ""),
        "mask": codes.get(("CL0119", slot.get("default_mask", "")), ""),
        "freshness": codes.get(("CL0103", slot.get("freshness", "")), ""),
    }


def _next_address(state: str, element: str | None, dataset: str | None, found: Opened) -> str:
    """Where the next step begins; empty where nothing is left or the reader may not look there."""
    if state == "none":
        return found.address
    if state == "element":
        return f"/data-elements/{element}/usages"
    readable = dataset and "dataset" in found.sight.kinds
    if not readable or state == "conforming":
        return ""
    return f"/datasets/{dataset}/fields" if state == "fresh" else f"/datasets/{dataset}"


ROUTES = [Route("/topics/{identifier}", kept(topic))]
