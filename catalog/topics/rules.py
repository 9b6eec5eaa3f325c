"""What a topic view must fulfil beyond its schema: every slot has a source, every mask a purpose."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from catalog.base.documents import Document
from catalog.base.errors import Violation
from catalog.standards.ordering import repeated

if TYPE_CHECKING:
    from catalog.registry.facts import Facts


def violations(document: Document, facts: Facts) -> Iterator[Violation]:
    """Everything that is wrong with one topic."""
    sections = document.get("sections", ())
    for index, first, code in repeated(section.get("code") for section in sections):
        yield Violation(
            f"/sections/{index}/code", "section-duplicate", found=code, expected=f"/sections/{first}"
        )
    slots = [
        (f"/sections/{index}/slots/{place}", slot)
        for index, section in enumerate(sections)
        for place, slot in enumerate(section.get("slots", ()))
    ]
    for index, first, code in repeated(slot.get("code") for _, slot in slots):
        yield Violation(f"{slots[index][0]}/code", "slot-duplicate", found=code, expected=slots[first][0])
    purposes = document.get("purposes", ())
    for pointer, slot in slots:
        yield from _source_violations(slot, pointer, facts)
        yield from _mask_violations(slot, pointer, purposes)


def _source_violations(slot: Document, pointer: str, facts: Facts) -> Iterator[Violation]:
    name = slot.get("field")
    dataset = facts.get("dataset", slot["dataset"]) if slot.get("dataset") else None
    if not name:
        return
    if not slot.get("dataset"):
        yield Violation(f"{pointer}/dataset", "slot-dataset-missing", expected=name)
        return
    if dataset is None or not dataset.get("fields"):
        return
    field = next((field for field in dataset["fields"] if field.get("name") == name), None)
    if field is None:
        yield Violation(f"{pointer}/field", "slot-field-unknown", found=name, expected=dataset.get("name"))
    elif slot.get("element") and field.get("element") != slot["element"]:
        yield Violation(
            f"{pointer}/field",
            "slot-element-differs",
            found=field.get("element"),
            expected=slot["element"],
            values={"field": name},
        )


def _mask_violations(slot: Document, pointer: str, purposes: list[str]) -> Iterator[Violation]:
    masks = slot.get("masks", ())
    for index, first, purpose in repeated(mask.get("purpose") for mask in masks):
        yield Violation(
            f"{pointer}/masks/{index}/purpose", "slot-mask-duplicate", found=purpose, expected=first + 1
        )
    for index, mask in enumerate(masks):
        purpose = mask.get("purpose")
        if purpose and purposes and purpose not in purposes:
            yield Violation(
                f"{pointer}/masks/{index}/purpose", "slot-purpose-unlisted", found=purpose, expected=purposes
            )
