"""Three sentences for who leads: the vacant post, the slot that lacks most, the agreement that ends."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from catalog.base.i18n import Language, text
from catalog.home.overview import Overview
from catalog.identity.sight import Sight

_SOON = timedelta(days=60)


def sentences(
    overview: Overview, seen: Sight, names: dict[str, str], language: Language
) -> list[dict[str, str]]:
    """What is late, vacant or missing, each with who answers for it and where it opens."""
    found = []
    if overview.vacant and "appointment" in seen.kinds:
        values: dict[str, Any] = {"n": len(overview.vacant), "name": overview.vacant[0][1]}
        found.append(item("vacant", "bad", "/organisation", language, values))
    lacking = [topic for topic in overview.topics if topic.worst]
    worst = max(lacking, key=lambda topic: len(topic.states) - topic.done, default=None)
    if worst and worst.worst and "topic" in seen.kinds:
        values = {
            "topic": worst.name, "n": len(worst.states) - worst.done, "slot": worst.worst.name,
            "name": names.get(worst.worst.owed_by, worst.worst.owed_by),
            "next": text(f"coverage.{worst.worst.state}-next", language),
        }  # fmt: skip
        found.append(item("missing", "bad", worst.href, language, values))
    until = (date.fromisoformat(overview.day) + _SOON).isoformat()
    ending = [one for one in overview.ending if one.until <= until]
    if ending and "sharing-agreement" in seen.kinds:
        first = ending[0]
        values = {
            "n": len(ending), "name": first.name, "day": first.until,
            "consumer": names.get(first.consumer, first.consumer),
        }  # fmt: skip
        found.append(item("expiring", "wait", f"/sharing-agreements/{first.identifier}", language, values))
    return found


def item(name: str, tone: str, href: str, language: Language, values: dict[str, Any]) -> dict[str, str]:
    """One sentence that needs attention, in the words of ``home.<name>``."""
    return {
        "tone": tone,
        "word": text(f"home.{name}", language),
        "sentence": text(f"home.{name}-says", language, **values),
        "href": href,
        "link": text(f"home.{name}-link", language),
    }
