"""A table in text out: one row a record, lists of objects as JSON, read back as it was."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from typing import Any

from catalog.base.i18n import Language
from catalog.exchange.cells import STATUS_HEADINGS, headings
from catalog.exchange.tables import plain
from catalog.exchange.xlsx_write import Written
from catalog.standards import schemas
from catalog.standards.annotations import Field

_BOM = "\ufeff"  # so that Excel sees UTF-8
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_SEPARATORS = frozenset("、，,；;|\n")


def write_table(
    kind: str, records: Iterable[Written], *, language: Language = "zh", view: str = "public"
) -> bytes:
    """A CSV of records in UTF-8; a text that a program would take for a formula stands behind an apostrophe."""
    columns = [
        (name, one) for name, one in _columns(kind, language) if view == "internal" or not one.internal
    ]
    buffer = io.StringIO()
    buffer.write(_BOM)
    table = csv.writer(buffer)
    table.writerow([*(name for name, _ in columns), STATUS_HEADINGS[0]])
    for document, status, _ in records:
        table.writerow([*(_cell(_value(document, one), one) for _, one in columns), status or ""])
    return buffer.getvalue().encode()


def _columns(kind: str, language: Language) -> list[tuple[str, Field]]:
    """Every property outside lists of objects, and these lists whole, under a heading that is read as it."""
    known = headings(kind)
    made: list[tuple[str, Field]] = []

    def walk(fields: tuple[Field, ...]) -> None:
        for one in fields:
            if one.type == "object" and one.children:
                walk(one.children)
                continue
            names = (
                one.columns[0] if language == "zh" else one.label("en"),
                *one.columns,
                ".".join(one.path),
            )
            found = next((name for name in names if known.get(plain(name)) is one), None)
            if found:
                made.append((found, one))

    walk(schemas.current(kind).annotations.top)
    return made


def _value(document: Any, one: Field) -> Any:
    for token in one.path:
        if not isinstance(document, dict):
            return None
        document = document.get(token)
    return document


def _cell(value: Any, one: Field) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list) and not one.children:
        signs = frozenset("".join(value))
        joined = (
            json.dumps(value, ensure_ascii=False)
            if signs & _SEPARATORS or value[0].startswith('["')
            else "、".join(value)
        )
        return escaped(joined)
    if isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False)
    return escaped(value)


def escaped(text: str) -> str:
    """Behind an apostrophe, if a program would take it for a formula or it looks as if it had one already."""
    return f"'{text}" if text.lstrip("'")[:1] in _FORMULA and text.lstrip("'") else text
