"""A notice in words: made when it is read or sent, in the reader's language, from identifiers and days."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalog.base.i18n import Language, text
from catalog.standards.lifecycles import TYPES, lifecycle


def said(message: str, details: Mapping[str, Any], language: Language, *, open_room: bool = False) -> str:
    """One sentence. In an ``open_room`` (a robot's group) the title is left out: not all there may know it."""
    values = dict(details)
    if values.get("type") in TYPES:
        cycle = lifecycle(str(values["type"]))
        state = cycle.states.get(str(values.get("state")))
        values["type"] = cycle.zh if language == "zh" else cycle.en
        values["state"] = (state.zh if language == "zh" else state.en) if state else ""
    if values.get("due"):
        values["due"] = text("notice.due", language, day=values["due"])
    if values.get("title"):
        values["title"] = "" if open_room else text("notice.titled", language, title=values["title"])
    return text(f"notice.{message}", language, **values).strip()
