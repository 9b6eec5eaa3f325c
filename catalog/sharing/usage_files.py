"""Records of use as a table: read from a CSV that people fill in, and written for the download."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

import orjson

from catalog.base.errors import InvalidDocument, Violation
from catalog.base.i18n import Language, text
from catalog.exchange.rows import decode
from catalog.sharing.usage import line_of
from catalog.sharing.usage_lines import KINDS, Terms, faults
from catalog.sharing.usage_models import Usage

_HEADS = {
    "system": ("system", "系统", "使用系统"),
    "period": ("period", "日期", "月份", "日期或者月份", "day or month"),
    "kind": ("kind", "计量", "measure"),
    "amount": ("amount", "数量"),
    "purpose": ("purpose", "用途", "使用用途"),
    "fields": ("fields", "数据项"),
}  # fmt: skip
_NEEDED = ("system", "period", "kind", "amount")
COLUMNS = ("system", "period", "kind", "amount", "purpose", "fields", "side", "faults")


def read_table(data: bytes, filename: str) -> list[dict[str, Any]]:
    """The lines of a CSV with a head in either language; ``Malformed`` where it is no text.

    Raises ``InvalidDocument`` (``usage-columns``) where a needed column is missing. What a cell says wrongly
    stays as it is, so that the reader of lines names its place.
    """
    rows = csv.reader(io.StringIO(decode(data, filename)))
    heads = [one.strip().lower() for one in next(rows, [])]
    places = {
        name: next((heads.index(one) for one in known if one in heads), None)
        for name, known in _HEADS.items()
    }
    missing = [_HEADS[name][1] for name in _NEEDED if places[name] is None]
    if missing:
        raise InvalidDocument([Violation("/lines", "usage-columns", expected=missing)])
    return [
        _line({name: _cell(row, place) for name, place in places.items()})
        for row in rows
        if any(cell.strip() for cell in row)
    ]


def _cell(row: list[str], place: int | None) -> str:
    said = row[place].strip() if place is not None and place < len(row) else ""
    return said.removeprefix("'")


def _line(cells: dict[str, str]) -> dict[str, Any]:
    made: dict[str, Any] = dict(cells)
    made["kind"] = kind_of(cells["kind"])
    made["amount"] = amount_of(cells["amount"])
    fields = cells["fields"].replace("，", "、").replace(";", "、").replace("；", "、")
    made["fields"] = [one.strip() for one in fields.split("、") if one.strip()]
    return made


def kind_of(said: str) -> str:
    """The code of a kind that is named in either language; anything else as it is."""
    named = {text(f"usage.{kind}", language).lower(): kind for kind in KINDS for language in ("zh", "en")}
    return named.get(said.lower(), said)


def amount_of(said: str) -> Any:
    """A whole number; anything else as it is."""
    return int(said) if said.isascii() and said.isdigit() and len(said) <= 18 else said


def heads(language: Language) -> list[str]:
    """The head of a download; an upload takes it as it is."""
    return [text(f"usage.{name}", language) for name in COLUMNS]


def cells(rows: Iterable[Usage], bounds: Terms, language: Language) -> Iterable[list[object]]:
    """The rows of a download."""
    for row in rows:
        yield [
            row.system, row.period, text(f"usage.{row.kind}", language), row.amount, row.purpose,
            "、".join(orjson.loads(row.fields)), text(f"usage.side-{row.side}", language),
            faults_said(faults(line_of(row), bounds), language),
        ]  # fmt: skip


def faults_said(found: Iterable[str], language: Language) -> str:
    """What is not covered, in words."""
    comma = "、" if language == "zh" else ", "
    return comma.join(text(f"usage.fault-{one}", language) for one in found)
