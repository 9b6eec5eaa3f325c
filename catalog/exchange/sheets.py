"""Workbooks and tables as sheets of text: what a person reads in each cell, whatever the file's format.

Formulas are never evaluated: a cell's text is the value that the saving program left there.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import PurePath
from typing import Any

import python_calamine

from catalog.base.errors import Malformed
from catalog.exchange import dangers
from catalog.exchange.rows import MAX_BYTES, MAX_LINE, decode
from catalog.exchange.tables import separator

WORKBOOKS = dangers.WORKBOOKS
TABLES = (".csv", ".tsv", ".txt", ".tab")
_MOST_DIGITS = 15  # a number cell keeps no more of them; an identifier written as a number is damaged
_BLANKS = " \t\r\n\u3000\u00a0\ufeff\u200b"
Merge = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet. ``rows`` begin at A1; ``merged`` are (row, column, last row, last column), from 0.

    ``damaged`` are cells (row, column) that hold a number with more digits than a number keeps.
    """

    name: str
    rows: Sequence[Sequence[str]]
    hidden: bool = False
    merged: Sequence[Merge] = ()
    damaged: frozenset[tuple[int, int]] = frozenset()


@dataclass(frozen=True, slots=True)
class Book:
    """A file as sheets, and what was passed over in it (``workbook-macros``, ``workbook-links``)."""

    filename: str
    sheets: Sequence[Sheet]
    notices: Sequence[str] = field(default=())

    def sheet(self, name: str) -> Sheet | None:
        """The sheet of a name."""
        return next((sheet for sheet in self.sheets if sheet.name == name), None)


def is_workbook(filename: str) -> bool:
    """Whether the name's ending is that of a program for tables, one that we read or one that we explain."""
    return PurePath(filename).suffix.lower() in dangers.KNOWN


def open_book(data: bytes, filename: str) -> Book:
    """The sheets of an XLSX, XLSM, XLS, ODS, CSV or TSV file; raises ``Malformed`` (see ``dangers.check``)."""
    if len(data) > MAX_BYTES:
        raise Malformed("too-large", found=len(data), expected=MAX_BYTES)
    if not data:
        raise Malformed("file-empty", file=filename)
    ending = PurePath(filename).suffix.lower()
    if ending in TABLES:
        return Book(filename, [_table(decode(data, filename), filename)])
    if not is_workbook(filename):
        expected = [name[1:] for name in (*WORKBOOKS, *TABLES)]
        raise Malformed("file-type", file=filename, expected=expected)
    notices = dangers.check(data, filename)
    try:
        with python_calamine.load_workbook(io.BytesIO(data)) as book:
            return Book(filename, _sheets(book, filename), notices)
    except python_calamine.PasswordError:
        raise Malformed("workbook-encrypted", file=filename) from None
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise Malformed("workbook-broken", file=filename, reason=type(error).__name__) from None


def _sheets(book: Any, filename: str) -> list[Sheet]:
    pages = [page for page in book.sheets_metadata if page.typ == python_calamine.SheetTypeEnum.WorkSheet]
    if len(pages) > dangers.MOST_SHEETS:
        raise Malformed("workbook-sheets", file=filename, found=len(pages), expected=dangers.MOST_SHEETS)
    return [_sheet(book, page) for page in pages]


def _sheet(book: Any, page: Any) -> Sheet:
    found = book.get_sheet_by_name(page.name)
    damaged: set[tuple[int, int]] = set()
    texts = _Texts()
    look_up = texts.__getitem__
    rows = []
    for number, row in enumerate(found.iter_rows()):
        rows.append(list(map(look_up, row)))
        if texts.large:
            texts.large = False
            damaged.update((number, place) for place, value in enumerate(row) if _is_large(value))
    merged = [(r0, c0, r1, c1) for (r0, c0), (r1, c1) in found.merged_cell_ranges or ()]
    hidden = page.visible != python_calamine.SheetVisibleEnum.Visible
    return Sheet(page.name, rows, hidden, merged, frozenset(damaged))


class _Texts(dict[Any, str]):
    """What stands in cells, each text kept once: most cells of a column say the same.

    Numbers are not kept, since 1 and True are equal. ``large`` says that one had too many digits.
    """

    large = False

    def __missing__(self, value: Any) -> str:
        if type(value) is str:
            found = self[value] = _trimmed(value)
            return found
        if _is_large(value):
            self.large = True
        return written(value)


def _is_large(value: Any) -> bool:
    return type(value) is float and abs(value) >= 10**_MOST_DIGITS


def written(value: Any) -> str:
    """What a person reads in a cell: whole numbers without a point, dates as ISO 8601, 是 and 否."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e21 else repr(value)
    if isinstance(value, datetime):
        midnight = value.time() == time()
        return value.date().isoformat() if midnight else value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return _trimmed(str(value))


def _trimmed(text: str) -> str:
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "_x000D_" in text:  # how OOXML writes a carriage return
        text = text.replace("_x000D_\n", "\n").replace("_x000D_", "\n")
    return text.strip(_BLANKS)


def _table(text: str, filename: str) -> Sheet:
    csv.field_size_limit(MAX_LINE)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator(text))
    try:
        rows = [[_trimmed(cell) for cell in row] for row in reader]
    except csv.Error as error:
        raise Malformed("workbook-broken", file=filename, reason=str(error)) from None
    if not any(any(row) for row in rows):
        raise Malformed("file-empty", file=filename)
    return Sheet("", rows)
