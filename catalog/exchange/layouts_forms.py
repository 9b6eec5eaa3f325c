"""Labels with their values beside them: those above a list, and sheets that are one form each (一表一目录)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from catalog.exchange.layouts_grid import Grid
from catalog.exchange.layouts_headings import KNOWN, bare, certainty, is_number

_PAIR = re.compile(r"([^:：\n]{2,24}?)\s*[:：]\s*(.*)", re.DOTALL)
FEWEST = 3  # labels that make a sheet a form


@dataclass(frozen=True, slots=True)
class Pair:
    """A label and its value with the value's place (row, column, from 0); ``known`` as a property of the kind."""

    label: str
    text: str
    place: tuple[int, int]
    row: int
    known: bool


def pairs(grid: Grid, start: int, end: int, kind: str) -> list[Pair]:
    """The labels in some rows with what stands in the cell to the right, or after a colon."""
    return [pair for row in range(start, end) for pair in _of_row(grid, row, kind)]


def _of_row(grid: Grid, row: int, kind: str) -> Iterator[Pair]:
    taken: set[int] = set()
    for column in grid.filled(row):
        if column in taken:
            continue
        text = grid.text(row, column)
        written = _PAIR.fullmatch(text)
        right = grid.ends.get((row, column), column) + 1
        if written and not text.startswith(("http", "注", "说明")):
            label, value, place = written[1], written[2].strip(), (row, column)
            if not value and not _is_label(grid.text(row, right), kind):
                value, place = grid.text(row, right), (row, right)
                taken.add(right)
            yield Pair(label, value, place, row, certainty((label,), kind) >= KNOWN)
        elif _is_label(text, kind):
            value = grid.text(row, right)
            if _is_label(value, kind):
                value = ""
            else:
                taken.add(right)
            yield Pair(text, value, (row, right), row, known=True)


def _is_label(text: str, kind: str) -> bool:
    return bool(text) and len(text) <= 24 and not is_number(text) and certainty((text,), kind) >= KNOWN


def filled(found: list[Pair]) -> int:
    """How many known labels have a value."""
    return sum(1 for pair in found if pair.known and pair.text)


def starts(found: list[Pair]) -> list[int]:
    """The rows where a form begins: each where the first known label stands again."""
    first = next((bare(pair.label) for pair in found if pair.known), None)
    return [pair.row for pair in found if bare(pair.label) == first]
