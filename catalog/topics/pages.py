"""The page of a topic (一人一册, 一企一档): its sections and slots, each with element and source, as picture and table."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from catalog.registry.pages_facts import facts
from catalog.registry.pages_kept import kept
from catalog.registry.pages_record import Opened, opened, reference
from catalog.topics.coverage import coverage
from catalog.topics.picture import petals

_NOT_TWICE = frozenset({"sections", "summary"})


async def topic(request: Request) -> Response:
    """``/topics/TP-PERSON``: what is needed around one subject, who provides it, what is missing."""
    found = await opened(request, "topics")
    lookup = await found.lookup()
    codes = lookup.codes
    departments = await found.words.departments()
    sections = [
        _section(section, found, lookup.names, codes, departments)
        for section in found.document.get("sections", ())
    ]
    picture = petals(
        [
            (s["name"], s["short"], [(slot["name"], slot["state"], slot["anchor"]) for slot in s["slots"]])
            for s in sections
        ]
    )
    return await found.page(
        "topics/topic.html",
        "facts",
        sections=sections,
        slots=sum(len(section["slots"]) for section in sections),
        sourced=sum(section["sourced"] for section in sections),
        picture={"petals": picture},
        subject=found.document.get("subject", "person"),
        groups=facts(found.document, found.annotations, found.language, lookup, skip=_NOT_TWICE),
    )


def _section(
    section: dict[str, Any], found: Opened, names: Any, codes: Any, departments: dict[str, str]
) -> dict[str, Any]:
    chinese = found.language == "zh"
    name = section["name"] if chinese else section.get("name_en") or section["name"]
    slots = [_slot(section, slot, found, names, codes) for slot in section.get("slots", ())]
    lead = section.get("lead_department", "")
    return {
        "code": section["code"],
        "name": name,
        "short": _short(name),
        "lead": departments.get(lead, lead),
        "slots": slots,
        "sourced": sum(1 for slot in slots if slot["state"] == "source"),
    }


def _short(name: str) -> str:
    """The name as it fits beside the picture: a Chinese character is as wide as two Latin ones."""
    room, kept = 16, ""
    for character in name:
        room -= 1 if character.isascii() else 2
        if room < 0:
            return f"{kept}…"
        kept += character
    return kept


def _slot(
    section: dict[str, Any], slot: dict[str, Any], found: Opened, names: Any, codes: Any
) -> dict[str, Any]:
    element, dataset = slot.get("element"), slot.get("dataset")
    return {
        "name": slot["name"],
        "note": slot.get("note", ""),
        "anchor": f"{section['code']}-{slot['code']}",
        "state": coverage(slot),
        "element": element
        and reference("data-element", element, names.get(("data-element", element)), found.sight),
        "dataset": dataset and reference("dataset", dataset, names.get(("dataset", dataset)), found.sight),
        "field": slot.get("field", ""),
        "mask": codes.get(("CL0119", slot.get("default_mask", "")), ""),
        "freshness": codes.get(("CL0103", slot.get("freshness", "")), ""),
    }


ROUTES = [Route("/topics/{identifier}", kept(topic))]
