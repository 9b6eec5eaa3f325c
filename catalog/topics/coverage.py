"""How far a topic's slots are covered by the register: nothing yet, an element, an element and a source."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from catalog.base.documents import Document

Coverage = Literal["none", "element", "source"]


def coverage(slot: Document) -> Coverage:
    """What a slot has: ``source`` if a dataset is named, ``element`` if only the element is."""
    if slot.get("dataset"):
        return "source"
    return "element" if slot.get("element") else "none"


def slots(topic: Document) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Every (section, slot) of a topic in its order."""
    for section in topic.get("sections", ()):
        for slot in section.get("slots", ()):
            yield section, slot
