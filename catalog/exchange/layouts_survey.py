"""Tables in a workbook that nobody shaped for us: headings over several rows, notes, examples, totals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from catalog.base.errors import Source
from catalog.exchange import layouts_forms as forms
from catalog.exchange.free_text import one_line
from catalog.exchange.layouts_grid import Block, Grid, Merge, best_block
from catalog.exchange.layouts_headings import bare, is_number, meanings, pattern
from catalog.exchange.layouts_lines import Lines
from catalog.exchange.layouts_tables import Column, Line, Notice, Table
from catalog.exchange.words import normal

_SURE = 3  # known headings that make any sheet a table


class _Sheet(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def hidden(self) -> bool: ...
    @property
    def rows(self) -> Sequence[Sequence[str]]: ...
    @property
    def merged(self) -> Sequence[Merge]: ...
    @property
    def damaged(self) -> frozenset[tuple[int, int]]: ...


class _Book(Protocol):
    @property
    def sheets(self) -> Sequence[_Sheet]: ...


def survey(book: _Book, kind: str = "dataset") -> list[Table]:
    """The tables of a workbook, at least one for each sheet; those with nothing to map have the shape ``none``.

    The headings are looked for with the words of ``kind``. A sheet of several forms gives a table for each.
    """
    return [
        replace(table, damaged=frozenset((row + 1, column + 1) for row, column in sheet.damaged))
        for sheet in book.sheets
        for table in _tables(sheet, kind)
    ]


def _tables(sheet: _Sheet, kind: str) -> Iterator[Table]:
    grid = Grid(sheet.rows, sheet.merged)
    why = "sheet-hidden" if sheet.hidden else "sheet-empty" if grid.height == 0 else None
    block = None if why else best_block(grid, kind)
    if why is None and (block is None or block.known < _SURE or _holds_items(block, kind)):
        sections = _sections(grid, block, kind)
        if sections:
            for start, end in sections:
                yield _form(grid, sheet.name, start, end, kind)
            return
    if (
        why is None
        and pattern("no_data").fullmatch(normal(sheet.name))
        and (block is None or block.known <= _SURE)
    ):
        why = "sheet-of-codes"
    if why is None and (block is None or not _is_table(grid, block)):
        why = "sheet-without-table"
    if why or block is None:
        notice = Notice(why or "sheet-empty", Source(sheet=sheet.name), sheet.name)
        yield Table(sheet.name, "none", sheet.hidden, notices=(notice,))
        return
    yield _list(grid, sheet.name, block, kind)


def _is_table(grid: Grid, block: Block) -> bool:
    """Known headings make a table; unknown ones at least three in a row with lines beneath."""
    width = sum(1 for parts in block.headings if parts)
    if block.known >= 2 or (block.known and width <= 4):
        return True
    beneath = [len(grid.filled(row)) for row in range(block.below, min(grid.height, block.below + 20))]
    return width >= 3 and block.score > 0 and any(count * 2 >= width for count in beneath)


def _list(grid: Grid, sheet: str, block: Block, kind: str) -> Table:
    columns, lines, notices = _read(grid, sheet, block, grid.height)
    found = forms.pairs(grid, 0, block.top, kind)
    said = {pair.place for pair in found} | {(pair.row, pair.place[1]) for pair in found}
    return Table(
        sheet,
        "rows",
        headings=tuple(range(block.top + 1, block.below + 1)),
        columns=columns,
        lines=lines,
        labels={pair.label: pair.text for pair in found if pair.text},
        notes=tuple(
            grid.text(row, column)
            for row in range(block.top)
            for column in grid.filled(row)
            if (row, column) not in said
        ),
        notices=notices,
    )


def _read(
    grid: Grid, sheet: str, block: Block, end: int
) -> tuple[tuple[Column, ...], tuple[Line, ...], tuple[Notice, ...]]:
    below = range(block.below, end)
    places = [
        column
        for column, parts in enumerate(block.headings)
        if parts or any(grid.text(row, column) for row in below)
    ]
    lines = Lines(grid, sheet, block.below, end, places)
    lines.knows(block.top)
    read = tuple(lines.read())
    headings = ["\n".join(one_line(part) for part in block.headings[column]) for column in places]
    columns = tuple(
        Column(index, heading, place + 1)
        for index, (heading, place) in enumerate(zip(headings, places, strict=True))
    )
    doubtful = tuple(_doubtful(columns, places, Source(sheet=sheet, row=block.below)))
    return columns, read, (*doubtful, *lines.notices)


def _doubtful(columns: tuple[Column, ...], places: list[int], source: Source) -> Iterator[Notice]:
    """Headings that stand twice, and columns without one."""
    for title, count in Counter(column.title for column in columns if column.heading).items():
        if count > 1:
            yield Notice("heading-twice", source, title)
    for column, place in zip(columns, places, strict=True):
        if not column.heading:
            yield Notice("heading-missing", source, str(place + 1))


def _holds_items(block: Block, kind: str) -> bool:
    """Whether the headings are those of a list within a document (信息项)."""
    best = [found[0].to for parts in block.headings if parts and (found := meanings(parts, kind))]
    return bool(best) and sum("/*/" in to for to in best) * 2 >= len(best)


def _sections(grid: Grid, block: Block | None, kind: str) -> list[tuple[int, int]]:
    """The rows of each form in a sheet; none where the sheet is no form."""
    listed = block is not None and block.known >= 2 and _holds_items(block, kind)
    last = block.top if block is not None and listed else grid.height
    found = forms.pairs(grid, 0, last, kind)
    if forms.filled(found) < forms.FEWEST:
        return []
    begins = forms.starts(forms.pairs(grid, 0, grid.height, kind) if listed else found)
    return list(zip(begins, [*begins[1:], grid.height], strict=True))


def _form(grid: Grid, sheet: str, start: int, end: int, kind: str) -> Table:
    """One form: each label a column, filled in the first line; the list beneath, if any, in the others."""
    block = best_block(grid, kind, start, end)
    if block is not None and not (block.known >= 2 and _holds_items(block, kind)):
        block = None
    found = [pair for pair in forms.pairs(grid, start, block.top if block else end, kind) if pair.label]
    found = [pair for pair in found if not is_number(bare(pair.label))]
    columns, lines, notices = _read(grid, sheet, block, end) if block else ((), (), ())
    labels = tuple(Column(index, one_line(pair.label)) for index, pair in enumerate(found))
    width = len(labels)
    first = Line(
        start + 1,
        (*(pair.text for pair in found), *("" for _ in columns)),
        {index: (pair.place[0] + 1, pair.place[1] + 1) for index, pair in enumerate(found)},
    )
    return Table(
        sheet,
        "form",
        headings=tuple(range(block.top + 1, block.below + 1)) if block else (),
        columns=(*labels, *(replace(column, index=width + column.index) for column in columns)),
        lines=(first, *(_moved(line, width) for line in lines)),
        notices=notices,
    )


def _moved(line: Line, width: int) -> Line:
    return Line(
        line.row,
        (*("" for _ in range(width)), *line.cells),
        {width + index: place for index, place in line.elsewhere.items()},
        frozenset(width + index for index in line.repeats),
    )
