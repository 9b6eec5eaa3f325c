"""Rows of a large table: one is made by the template, and every other row that is like it is written after it.

A table of sixty rows has a thousand cells that differ only in their number and their value. The template
makes one row in which marks stand for these; ``Stencil`` puts the numbers and values of each row there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from markupsafe import Markup, escape

NUMBER, ORDINAL = "__N__", "__M__"  # in names and ids, and as people count
VALUE, CHOSEN, SAYS = "__V__", "__C__", "__S__"
_MARK = re.compile("(__[NMVCS]__)")
_CELL = re.compile("(?=<td)")
_OPTION = re.compile('(<option value="[^"]*")')


class Filled(NamedTuple):
    """What one cell holds: its values (several only where several may be chosen), and what they mean."""

    values: Sequence[str]
    chosen: str = ""
    says: str = ""


class Stencil:
    """A row of a table as the template made it, ready to be filled.

    ``other`` makes a cell that is no mere value: it takes the cell and the row's ordinal.
    """

    def __init__(self, html: str, other: Callable[[Any, str], str]) -> None:
        head, *cells = _CELL.split(str(html))
        self._head = _MARK.split(head)
        self._cells = [_Cell(cell) for cell in cells[:-1]]
        self._end = _MARK.split(cells[-1])  # the button that takes the row away
        self._other = other

    def line(self, number: str, ordinal: str, cells: Sequence[Any]) -> Markup:
        """The row of this number; its cells are ``Filled`` or what ``other`` makes."""
        marks = {NUMBER: number, ORDINAL: ordinal}
        made = [marks.get(part, part) for part in self._head]
        for pattern, one in zip(self._cells, cells, strict=True):
            if isinstance(one, Filled):
                pattern.write(made, number, ordinal, one)
            else:
                made.append(str(self._other(one, ordinal)))
        made += [marks.get(part, part) for part in self._end]
        return Markup("".join(made))  # noqa: S704 - every value was escaped

    def blank(self) -> Markup:
        """The row that a script copies, its number still a mark."""
        return self.line(NUMBER, "", [Filled(())] * len(self._cells))


class _Cell:
    """One cell: its text in parts, and where the options stand that may be chosen."""

    def __init__(self, html: str) -> None:
        self._parts: list[str] = []
        self._options: dict[str, list[int]] = {}
        for part in _MARK.split(html):
            for piece in _OPTION.split(part):
                self._parts.append(piece)
                if piece.startswith("<option value="):
                    self._options.setdefault(piece[len('<option value="') : -1], []).append(len(self._parts))
                    self._parts.append("")

    def write(self, made: list[str], number: str, ordinal: str, one: Filled) -> None:
        values = [str(escape(value)) for value in one.values if value]
        marks = {
            NUMBER: number, ORDINAL: ordinal, VALUE: "\n".join(values),
            CHOSEN: str(escape(one.chosen)), SAYS: str(escape(one.says)),
        }  # fmt: skip
        parts = [marks.get(part, part) for part in self._parts]
        if self._options:
            for value in values:
                for at in self._options.get(value, ()):
                    parts[at] = " selected"
        made += parts
