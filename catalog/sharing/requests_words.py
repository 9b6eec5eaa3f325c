"""A sharing request in words: its steps with their days, and what is asked beside the fields."""

from __future__ import annotations

from typing import Any

from catalog.base.documents import Document
from catalog.base.i18n import Language, text
from catalog.cases.models import Case
from catalog.sharing.requests import TYPE
from catalog.sharing.requests_known import CYCLE, PURPOSE, RANK, WAY, Ground
from catalog.sharing.requests_rules import EXTERNAL
from catalog.standards.lifecycles import lifecycle

_STEPS = (
    ("filed", ("draft", "signing")),
    ("answered", ("filed", "supplement")),
    ("delivered", ("agreed",)),
    ("confirmed", ("delivered",)),
)
_LISTS = {"purpose": PURPOSE, "way": WAY, "frequency": CYCLE}
_FACTS = (
    "purpose",
    "purpose_wanted",
    "legal_basis",
    "scenario",
    "scope",
    "system",
    "way",
    "frequency",
    "period",
)


def stages(case: Case, held: Document, language: Language) -> list[dict[str, str]]:
    """提出 → 答复 → 提供 → 使用, each with its day, or the day by which it is due; outside, other clocks run."""
    dates = held.get("dates", {})
    made = []
    for step, states in _STEPS:
        here, day = case.state in states, dates.get(step, "")
        abroad = here and case.track == EXTERNAL and step in ("answered", "delivered")
        made.append({
            "name": text(f"request.step-{step}", language), "state": "here" if here else "done" if day else "",
            "day": "" if here else day, "due": case.due_on or "" if here else "",
            "abroad": text("request.abroad", language) if abroad else "",
        })  # fmt: skip
    return made


def facts(held: Document, ground: Ground, language: Language) -> list[tuple[str, list[str]]]:
    """What is asked beside the fields, in the words of the lists."""
    parts = lifecycle(TYPE).parts
    return [
        (parts[name].zh if language == "zh" else parts[name].en, _said(name, held[name], ground, language))
        for name in _FACTS
        if held.get(name)
    ]


def _said(name: str, value: Any, ground: Ground, language: Language) -> list[str]:
    if name in _LISTS:
        said = ground.label(_LISTS[name], str(value), language)
        return [f"{said} {value}" if name == "purpose" else said]
    if name == "system":
        return [dict(ground.systems).get(str(value), str(value))]
    if name == "legal_basis":
        return [_cited(one, ground, language) for one in value]
    if name == "period":
        return [f"{value.get('from', '…')} — {value.get('until', '…')}"]
    return [str(value)]


def _cited(one: Document, ground: Ground, language: Language) -> str:
    rank = ground.label(RANK, one.get("rank", ""), language)
    beside = "，".join(part for part in (rank, one.get("number", "")) if part)
    said = f"《{one.get('title', '')}》{one.get('article', '')}"
    return f"{said}（{beside}）" if beside else said
