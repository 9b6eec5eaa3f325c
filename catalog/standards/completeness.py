"""How complete a document is: a percentage, and each thing that is missing with the next action. Pure.

Expected is what the schema demands from any profile (``x-required-from``), and for datasets what the core
metadata of the cataloguing guide (2017) and Decree 809 art. 13 ask beyond it. A value inside rows counts by the
share of rows that have it. Internal fields are left out: the number is the same for every reader.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from catalog.base.documents import Document
from catalog.standards.annotations import Annotations, Field

Need = Literal["required", "recommended"]
Holder = tuple[str, Mapping[str, Any]]  # where an object stands, and the object

_NAMED = 3  # rows that a sentence names


def _always(_: Document) -> bool:
    return True


def _by_interface(document: Document) -> bool:
    return "1" in document.get("share", {}).get("ways", ())


def _returned(document: Document) -> bool:
    return document.get("origin") == "2"  # 上级回流


RECOMMENDED: Mapping[str, Mapping[str, Callable[[Document], bool]]] = {
    "dataset": {
        "/resource_code": _always,
        "/systems": _always,
        "/contact_post": _always,
        "/upstream": _returned,
        "/keywords": _always,
        "/spatial": _always,
        "/temporal": _always,
        "/record_count": _always,
        "/fields/*/column": _always,
        "/fields/*/element": _always,
        "/fields/*/format": _always,
        "/fields/*/grade": _always,
        "/services": _by_interface,
        "/data_updated_on": _always,
        "/retention": _always,
    },
}


@dataclass(frozen=True, slots=True)
class Missing:
    """One expected thing that is not there, or not in every row: ``pointer`` leads to the first gap."""

    pointer: str
    need: Need
    field: Field
    rows: int  # rows without it; 0 where it stands in no rows
    of: int
    named: Sequence[str]

    @property
    def anchor(self) -> str:
        """The id of its control in the form; of a list or object that is absent, of its section."""
        return "f" + self.pointer.replace("/", "-")


@dataclass(frozen=True, slots=True)
class Completeness:
    """What is there of what is expected; 100 only where nothing is missing."""

    percent: int
    expected: int
    missing: Sequence[Missing]


def completeness(kind: str, document: Document, annotations: Annotations) -> Completeness:
    """How complete a document of ``kind`` is; required things first, then in the order of the schema."""
    recommended = {pattern for pattern, asked in RECOMMENDED.get(kind, {}).items() if asked(document)}
    found = list(_walked(annotations.top, [("", document)], recommended))
    there = sum(share for share, _ in found)
    missing = sorted((gap for _, gap in found if gap), key=lambda gap: gap.need != "required")
    percent = 100 if not missing else min(99, int(100 * there / len(found)))
    return Completeness(percent, len(found), missing)


def _walked(
    fields: Sequence[Field], holders: Sequence[Holder], recommended: set[str]
) -> Iterator[tuple[float, Missing | None]]:
    """For each expected field the share of holders that have it, with what is missing."""
    for field in fields:
        if field.internal or field.pattern == "/identifier":
            continue
        having = [(at, holder) for at, holder in holders if _said(holder.get(field.name))]
        need: Need | None = "required" if field.required_from else None
        if need is None and field.pattern in recommended:
            need = "recommended"
        if need:
            yield len(having) / len(holders), _gap(field, need, holders)
        inside = list(_inside(field, having))
        if inside:
            yield from _walked(field.children, inside, recommended)


def _gap(field: Field, need: Need, holders: Sequence[Holder]) -> Missing | None:
    lacking = [(at, holder) for at, holder in holders if not _said(holder.get(field.name))]
    if not lacking:
        return None
    rows = "*" in field.path
    named = [str(holder.get("name", "")) for _, holder in lacking if holder.get("name")]
    return Missing(
        f"{lacking[0][0]}/{field.name}", need, field,
        rows=len(lacking) if rows else 0, of=len(holders), named=named[:_NAMED] if rows else [],
    )  # fmt: skip


def _inside(field: Field, having: Sequence[Holder]) -> Iterator[Holder]:
    if not field.children:
        return
    for at, holder in having:
        value = holder[field.name]
        if isinstance(value, dict):
            yield f"{at}/{field.name}", value
        elif isinstance(value, list):
            for place, row in enumerate(value):
                if isinstance(row, dict):
                    yield f"{at}/{field.name}/{place}", row


def _said(value: Any) -> bool:
    return value is not None and value not in ("", [], {})
