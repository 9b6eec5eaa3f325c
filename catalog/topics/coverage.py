"""How far each slot of a topic is covered by the register, and who owes the next step. Pure.

The steps are a ladder: an element, a source, an agreement in force (or data that are shared without
condition), fresh data, a field that conforms to the element. A slot stands on the last step below the first
one that is missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from catalog.base.documents import Document
from catalog.datasets.sharing import UNCONDITIONAL
from catalog.standards.freshness import freshness

Coverage = Literal["none", "element", "source", "agreement", "fresh", "conforming"]
STEPS: tuple[Coverage, ...] = ("none", "element", "source", "agreement", "fresh", "conforming")


@dataclass(frozen=True, slots=True)
class Around:
    """What the register holds around a topic, as far as its coverage asks."""

    datasets: Mapping[str, Document] = field(default_factory=dict)
    elements: Mapping[str, Document] = field(default_factory=dict)
    shared: AbstractSet[tuple[str, str]] = frozenset()  # (dataset, field) under an agreement in force
    on: date = date.min


@dataclass(frozen=True, slots=True)
class Covered:
    """The step on which a slot stands, and which department owes the next one."""

    state: Coverage
    owed_by: str

    @property
    def step(self) -> int:
        """0 (nothing) to 5 (all)."""
        return STEPS.index(self.state)


def covered(slot: Document, section: Document, topic: Document, around: Around) -> Covered:
    """How far one slot is covered, and who owes the next step."""
    lead = section.get("lead_department") or topic.get("department", "")
    if not slot.get("element"):
        return Covered("none", topic.get("department", ""))
    dataset = around.datasets.get(slot.get("dataset", ""))
    source = dataset and _field(dataset, slot.get("field", ""))
    if dataset is None or not source:
        return Covered("element", lead)
    owner = str(dataset.get("department", lead))
    free = (source.get("share_class") or dataset.get("share", {}).get("class")) == UNCONDITIONAL
    if not free and (slot["dataset"], slot["field"]) not in around.shared:
        return Covered("source", topic.get("department", ""))
    if freshness(dataset, around.on).state not in ("fresh", "any-time"):
        return Covered("agreement", owner)
    if not _conforms(source, slot["element"], around.elements.get(slot["element"], {})):
        return Covered("fresh", owner)
    return Covered("conforming", "")


def shared_fields(agreement: Document, on: date) -> Iterator[tuple[str, str]]:
    """The (dataset, field) pairs that an active agreement opens on a day."""
    period, day = agreement.get("period", {}), on.isoformat()
    if agreement.get("dataset") and period.get("from", "") <= day <= period.get("until", "9999-12-31"):
        for item in agreement.get("items", ()):
            yield agreement["dataset"], item.get("field", "")


def slots(topic: Document) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Every (section, slot) of a topic in its order."""
    for section in topic.get("sections", ()):
        for slot in section.get("slots", ()):
            yield section, slot


def _field(dataset: Document, name: str) -> dict[str, Any] | None:
    return next((one for one in dataset.get("fields", ()) if one.get("name") == name), None)


def _conforms(source: Document, element: str, document: Document) -> bool:
    """Bound to the same element, with its type and format."""
    return source.get("element") == element and all(
        source.get(name) == document.get(name) for name in ("data_type", "format") if document.get(name)
    )
