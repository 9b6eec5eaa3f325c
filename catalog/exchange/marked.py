"""A person's own workbook given back with every problem at its cell and a list of them in front."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

import openpyxl
import xlsxwriter
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import column_index_from_string

from catalog.base.errors import Source
from catalog.base.i18n import LANGUAGES, Language, text
from catalog.exchange.layouts_tables import letter
from catalog.exchange.sheets import Book, Sheet, open_book
from catalog.exchange.tables import plain

Found = tuple[Source, str, str]
"""Where, what is wrong, how to mend it."""

_KEEP_LOOK_BELOW = 4 << 20  # bytes: a larger workbook is written anew, its look would cost too much memory
_MOST = 5_000  # problems that are listed
_LETTERS = re.compile(r"[A-Z]{1,3}")
_WRONG = PatternFill("solid", start_color="FFFBD5CF", end_color="FFFBD5CF")
_AUTHOR = "catalog"
_COMMENT_MOST = 2_000


def marked(data: bytes, filename: str, found: Sequence[Found], *, language: Language = "zh") -> bytes:
    """An XLSX like the upload, wrong cells filled and commented, with a sheet of all problems in front.

    An XLSX keeps its look and its formulas, and loses macros and links to other files; of any other file, or
    a very large one, the cells are written anew as text. What comes back corrected can be uploaded as it is.
    Raises ``Malformed`` as ``open_book`` does.
    """
    book = open_book(data, filename)
    cells = _cells(book, found)
    if PurePath(filename).suffix.lower() in (".xlsx", ".xlsm") and len(data) < _KEEP_LOOK_BELOW:
        return _in_place(data, found, cells, book, language)
    return _anew(book, found, cells, language)


Cell = tuple[str, int, int]  # sheet, row and column from 1


def _cells(book: Book, found: Sequence[Found]) -> dict[Cell, list[str]]:
    """The texts for each cell that something is wrong with."""
    at: dict[Cell, list[str]] = {}
    for source, problem, mend in found:
        place = _cell(book, source)
        if place:
            at.setdefault(place, []).append(f"{problem}\n{mend}".strip())
    return at


def _cell(book: Book, source: Source) -> Cell | None:
    sheet = book.sheet(source.sheet) if source.sheet else book.sheets[0] if book.sheets else None
    if sheet is None or source.row is None:
        return None
    column = 1
    if source.column and source.sheet and _LETTERS.fullmatch(source.column):
        column = column_index_from_string(source.column)
    elif source.column:
        column = _by_heading(sheet, source.column)
    return sheet.name, source.row, column


def _by_heading(sheet: Sheet, heading: str) -> int:
    first = next((row for row in sheet.rows if any(row)), [])
    return next((place for place, cell in enumerate(first, start=1) if plain(cell) == plain(heading)), 1)


def _lines(book: Book, found: Sequence[Found], language: Language) -> list[tuple[str, str, str, str]]:
    """The list of problems: place in words, link to it, problem, mend."""
    lines = []
    for source, problem, mend in found[:_MOST]:
        place = _cell(book, source)
        said, link = source.file or "", ""
        if place:
            sheet, row, column = place
            shown = sheet or _SHEET
            said = text("workbook.cell", language, sheet=shown, row=row, column=letter(column))
            link = f"#'{shown.replace(chr(39), chr(39) * 2)}'!{letter(column)}{row}"
        lines.append((said, link, problem, mend))
    return lines


_SHEET = "Sheet1"  # the sheet of a file that has none


def _titles(language: Language) -> tuple[str, str, str]:
    return tuple(text(f"workbook.{key}", language) for key in ("place", "problem", "mend"))  # type: ignore[return-value]


def _in_place(
    data: bytes, found: Sequence[Found], cells: Mapping[Cell, list[str]], read: Book, language: Language
) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(data), keep_vba=False, keep_links=False)
    for language_ in LANGUAGES:
        earlier = text("workbook.problems", language_)
        if earlier in book.sheetnames:
            _forget(book, earlier)
    for (name, row, column), said in cells.items():
        if name not in book.sheetnames:
            continue
        cell: Any = book[name].cell(row, column)
        if type(cell).__name__ == "MergedCell":
            cell = _corner(book[name], cell)
        cell.fill = _WRONG
        cell.comment = Comment("\n\n".join(said)[:_COMMENT_MOST], _AUTHOR, height=120, width=320)
    sheet: Any = book.create_sheet(text("workbook.problems", language), 0)
    book.active = 0
    for other in book.worksheets[1:]:
        other.sheet_view.tabSelected = False
    for column, title in enumerate(_titles(language), start=1):
        sheet.cell(1, column, title).font = Font(bold=True)
    for row, (place, link, problem, mend) in enumerate(_lines(read, found, language), start=2):
        for column, value in enumerate((place, problem, mend), start=1):
            cell = sheet.cell(row, column)
            cell.value = value
            cell.data_type = "s"  # never a formula
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        if link:
            sheet.cell(row, 1).hyperlink = link
            sheet.cell(row, 1).font = Font(color="FF1F6F73", underline="single")
    for letters, width in (("A", 34), ("B", 60), ("C", 60)):
        sheet.column_dimensions[letters].width = width
    sheet.freeze_panes = "A2"
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def _corner(sheet: Any, cell: Any) -> Any:
    """The cell that holds the text of a merged area."""
    for area in sheet.merged_cells.ranges:
        if cell.coordinate in area:
            return sheet.cell(area.min_row, area.min_col)
    return cell


def _forget(book: Any, name: str) -> None:
    """Take the marks of an earlier copy away."""
    del book[name]
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.comment is not None and cell.comment.author == _AUTHOR:
                    cell.comment = None
                    cell.fill = PatternFill()


def _anew(book: Book, found: Sequence[Found], cells: Mapping[Cell, list[str]], language: Language) -> bytes:
    buffer = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    made = xlsxwriter.Workbook(buffer, options)
    plain_text = made.add_format({"num_format": "@", "valign": "top"})
    wrong = made.add_format({"num_format": "@", "bg_color": "#FBD5CF", "valign": "top"})
    prose = made.add_format({"text_wrap": True, "valign": "top"})
    sheet: Any = made.add_worksheet(text("workbook.problems", language))
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 2, 60)
    for column, title in enumerate(_titles(language)):
        sheet.write_string(0, column, title, made.add_format({"bold": True}))
    for row, (place, link, problem, mend) in enumerate(_lines(book, found, language), start=1):
        if link:
            sheet.write_url(row, 0, f"internal:{link[1:]}", string=place)
        else:
            sheet.write_string(row, 0, place)
        sheet.write_string(row, 1, problem, prose)
        sheet.write_string(row, 2, mend, prose)
    skipped = {text("workbook.problems", one) for one in LANGUAGES}
    for one in book.sheets:
        if one.name in skipped:
            continue
        page: Any = made.add_worksheet(one.name or _SHEET)
        if one.hidden:
            page.hide()
        _copy(page, one, cells, plain_text, wrong)
    made.close()
    return buffer.getvalue()


def _copy(page: Any, sheet: Sheet, cells: Mapping[Cell, list[str]], look: Any, wrong: Any) -> None:
    width = max(map(len, sheet.rows), default=0)
    page.set_column(0, max(width - 1, 0), 18, look)
    at: dict[int, dict[int, list[str]]] = {}
    for (name, row, column), said in cells.items():
        if name == sheet.name:
            at.setdefault(row - 1, {})[column - 1] = said
    for number, row_cells in enumerate(sheet.rows):
        marks = at.get(number, {})
        for place, value in enumerate(row_cells):
            if value and place not in marks:
                page.write_string(number, place, value)
        for place, said in marks.items():
            value = row_cells[place] if place < len(row_cells) else ""
            page.write_string(number, place, value, wrong) if value else page.write_blank(
                number, place, None, wrong
            )
            page.write_comment(
                number, place, "\n\n".join(said)[:_COMMENT_MOST], {"author": _AUTHOR, "x_scale": 3}
            )
