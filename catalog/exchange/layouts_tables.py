"""What a survey finds in a foreign workbook: tables with headings of one row each, whatever their shape was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from catalog.base.errors import Source

JOINT = "/"
"""Between the rows of a heading block: «共享属性/共享类型»."""

Shape = Literal["rows", "form", "none"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    ``index`` is its place in ``Line.cells``, ``place`` its number in the sheet from 1 (0 for the label of a
    form), ``heading`` the rows of its block, one a line.
    """

    index: int
    heading: str
    place: int = 0

    @property
    def parts(self) -> tuple[str, ...]:
        """The heading row by row, from above."""
        return tuple(self.heading.split("\n"))

    @property
    def title(self) -> str:
        """The heading in one line: «共享属性/共享类型»."""
        return JOINT.join(self.parts)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of data with a cell for each column of its table.

    ``row`` counts from 1 in the sheet. ``elsewhere`` says (row, column), from 1, for cells whose text stands
    in another place: above for 同上 and merged cells, which ``repeats`` names, or beside the label of a form.
    """

    row: int
    cells: tuple[str, ...]
    elsewhere: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    repeats: frozenset[int] = frozenset()

    def place(self, column: Column) -> tuple[int, int]:
        """The row and column, from 1, of the text in a column."""
        return self.elsewhere.get(column.index) or (self.row, column.place)


@dataclass(frozen=True, slots=True)
class Notice:
    """Something in a sheet that was passed over, or is doubtful; ``rule`` has its text in ``locale/layouts.yaml``."""

    rule: str
    source: Source
    found: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet, or a part of one, as headings and lines; ``shape`` none says that there is nothing to map.

    ``rows`` is a list under a heading block. ``form`` is a sheet of labels with their values beside them,
    perhaps with a list beneath: each label becomes a column, filled in the first line. ``labels`` are the
    pairs written above a list (填报单位：区民政局), ``notes`` the other texts there. ``damaged`` are the cells
    (row, column, from 1) whose long number lost its last digits.
    """

    sheet: str
    shape: Shape
    hidden: bool = False
    headings: tuple[int, ...] = ()
    columns: tuple[Column, ...] = ()
    lines: tuple[Line, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    notices: tuple[Notice, ...] = ()
    damaged: frozenset[tuple[int, int]] = frozenset()

    def samples(self, index: int, most: int = 5) -> tuple[str, ...]:
        """Different texts of a column, in order, those of the lines themselves."""
        found: dict[str, None] = {}
        for line in self.lines:
            if line.cells[index] and index not in line.repeats:
                found.setdefault(line.cells[index])
                if len(found) == most:
                    break
        return tuple(found)


def together(tables: Sequence[Table]) -> Table:
    """Tables of one layout as one, so that a suggestion sees the texts of every sheet; the first leads."""
    first, *others = tables
    order = {key: column.index for key, column in _keyed(first)}
    lines = list(first.lines)
    for table in others:
        moved = {column.index: order[key] for key, column in _keyed(table) if key in order}
        for line in table.lines:
            cells = [""] * len(first.columns)
            for index, to in moved.items():
                cells[to] = line.cells[index]
            repeats = frozenset(moved[index] for index in line.repeats if index in moved)
            lines.append(Line(line.row, tuple(cells), repeats=repeats))
    return replace(first, lines=tuple(lines))


def _keyed(table: Table) -> Iterator[tuple[tuple[str, int], Column]]:
    """The columns by heading and number: two of one heading are told apart by order."""
    seen: dict[str, int] = {}
    for column in table.columns:
        yield (column.title, seen.get(column.title, 0)), column
        seen[column.title] = seen.get(column.title, 0) + 1


def letter(column: int) -> str:
    """The name of a column that counts from 1: A, B, … Z, AA."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
