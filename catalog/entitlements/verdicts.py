"""A decision as a page tells it: items that are answered alike are one verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from catalog.base.i18n import Language, text
from catalog.entitlements.decide import Item
from catalog.entitlements.service import Decision
from catalog.entitlements.snapshot import Answer, Duty, Reason, Snapshot
from catalog.entitlements.wording import provided, reason, request_address
from catalog.registry.pages_words import Words

_MASKS, _DUTIES = "CL0119", "CL0118"
Labels = Mapping[tuple[str, str], str]
Names = Mapping[tuple[str, str], str]


async def verdicts(
    decision: Decision, known: Words, names: Names, language: Language
) -> list[dict[str, Any]]:
    """The verdicts of a decision, in the order of their first items."""
    labels = await labels_of(decision.answers, known, language)
    alike: dict[Any, list[tuple[Item, Answer]]] = {}
    for item, answer in zip(decision.question.items, decision.answers, strict=True):
        codes = tuple(one.code for one in answer.reasons)
        services = tuple(one["name"] for one in provided(decision.snapshot, answer))
        key = (bool(item.element), codes, answer.agreement, answer.obligations, answer.valid_until,
               answer.dataset, services)  # fmt: skip
        alike.setdefault(key, []).append((item, answer))
    question = decision.question
    return [
        _verdict(decision.snapshot, group, question.purpose, question.way, labels, names, language)
        for group in alike.values()
    ]


async def labels_of(answers: Sequence[Answer], known: Words, language: Language) -> Labels:
    """The labels of everything that these answers oblige to."""
    duties = {(_DUTIES, duty.type) for one in answers for duty in one.obligations}
    return await known.codes(duties | {(_MASKS, one.mask) for one in answers}, language)


def duty(one: Duty, labels: Labels, language: Language) -> tuple[str, str]:
    """An obligation in words: what, and what exactly."""
    if one.type == "mask":
        return text("entitlement.duty-mask", language), labels.get((_MASKS, one.detail), one.detail)
    if one.type in ("condition", "records_until"):
        return text(f"entitlement.duty-{one.type}", language), one.detail
    return labels.get((_DUTIES, one.type), one.type), one.detail


def _verdict(
    snapshot: Snapshot, group: list[tuple[Item, Answer]], purpose: str, way: str, labels: Labels, names: Names,
    language: Language,
) -> dict[str, Any]:  # fmt: skip
    answer = group[0][1]
    item = group[0][0]
    said = [reason(one) for one in _told(group, language)]
    comma = text("entitlement.comma", language)
    fields = list(dict.fromkeys(one.field for _, one in group if one.field))
    services = [(one["name"], one[f"key_{language}"]) for one in provided(snapshot, answer)]
    return {
        "name": names.get(("data-element", item.element), item.element)
        if item.element
        else comma.join(one.field for one, _ in group),
        "code": item.element,
        "effect": answer.effect,
        "reasons": [(one[language], one[f"next_{language}"]) for one in said],
        "source": (answer.dataset, names.get(("dataset", answer.dataset), answer.dataset), comma.join(fields))
        if item.element
        else ("", "", ""),
        "agreement": answer.agreement,
        "agreement_name": names.get(("sharing-agreement", answer.agreement), answer.agreement),
        "clause": comma.join(dict.fromkeys(one.clause for _, one in group if one.clause)),
        "duties": [duty(one, labels, language) for one in answer.obligations],
        "valid_until": answer.valid_until,
        "pinned": list(dict.fromkeys(pin for _, one in group for pin in one.pinned)),
        "services": services,
        "request": _request(answer, fields, purpose, way),
    }


def _told(group: list[tuple[Item, Answer]], language: Language) -> list[Reason]:
    """The reasons of all, each once, with everything that it is about."""
    about: dict[str, dict[str, None]] = {}
    for _, answer in group:
        for one in answer.reasons:
            about.setdefault(one.code, {})[one.about] = None
    comma = text("entitlement.comma", language)
    return [Reason(code, comma.join(things)) for code, things in about.items()]


def _request(answer: Answer, fields: list[str], purpose: str, way: str) -> str:
    """The request for all of them."""
    if not request_address(answer, purpose):
        return ""
    asked = [("dataset", answer.dataset), *(("field", one) for one in fields), ("purpose", purpose)]
    return f"/sharing-requests/new?{urlencode([*asked, ('way', way)] if way else asked)}"
