"""What an export of ours knows about itself, on a sheet that people do not see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from catalog.base.documents import Document, canonical, digest
from catalog.exchange.sheets import Book

SHEET = "_catalog"
LISTS = "_lists"
_DIGEST = 20  # hexadecimal digits: enough to tell a row that was not touched


@dataclass(frozen=True, slots=True)
class Ours:
    """Kind, schema, view and moment of an export; ``rows`` leads from an identifier to its entry and digest."""

    kind: str
    standard: str = ""
    language: str = "zh"
    view: str = "public"
    exported_at: str = ""
    rows: Mapping[str, tuple[int, str]] = field(default_factory=dict)


def mark(document: Document, status: str | None) -> str:
    """The digest of a row: its document and status as they stand in the sheets, which know no empty object."""
    written = canonical([document, status])
    if b"{}" in written:
        written = canonical([_without_empty(document), status])
    return digest(written)[:_DIGEST]


def _without_empty(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {name: _without_empty(inner) for name, inner in value.items()}
        return {name: inner for name, inner in kept.items() if inner != {}}
    if isinstance(value, list):
        return [_without_empty(inner) for inner in value]
    return value


def ours(book: Book) -> Ours | None:
    """What the hidden sheet says; None for a workbook that is not an export of ours."""
    sheet = book.sheet(SHEET)
    if sheet is None:
        return None
    facts: dict[str, str] = {}
    rows: dict[str, tuple[int, str]] = {}
    for cells in sheet.rows:
        name, value, digested = [*cells, "", "", ""][:3]
        if digested and value.isdecimal():
            rows[name] = (int(value), digested)
        elif name:
            facts[name] = value
    if "kind" not in facts:
        return None
    names = ("kind", "standard", "language", "view", "exported_at")
    return Ours(**{name: facts[name] for name in names if facts.get(name)}, rows=rows)
