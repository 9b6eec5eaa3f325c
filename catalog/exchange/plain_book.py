"""A table of words as a workbook: one sheet, a bold head that stays, no cell that a program would calculate."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

import xlsxwriter

_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
_NARROW, _WIDE = 8, 48


def plain_book(title: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """The workbook; numbers stay numbers, everything else is text."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, _OPTIONS)
    sheet = book.add_worksheet(title[:31])
    bold, wrapped = (
        book.add_format({"bold": True, "bottom": 1}),
        book.add_format({"text_wrap": True, "valign": "top"}),
    )
    widths = [_room(head) for head in heads]
    for column, head in enumerate(heads):
        sheet.write_string(0, column, head, bold)
    for line, row in enumerate(rows, 1):
        for column, cell in enumerate(row):
            if type(cell) is int:
                sheet.write_number(line, column, cell, wrapped)
            else:
                sheet.write_string(line, column, "" if cell is None else str(cell), wrapped)
            widths[column] = max(widths[column], _room(cell))
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 0)
    book.close()
    return target.getvalue()


def _room(cell: object) -> int:
    """The width that a cell asks for: a Chinese character is as wide as two Latin ones."""
    wide = sum(1 if character.isascii() else 2 for character in str(cell)) + 2
    return min(max(wide, _NARROW), _WIDE)
