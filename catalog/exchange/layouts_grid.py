"""A sheet as a grid that knows its merged cells, and the block of rows in it that are headings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from catalog.exchange.layouts_headings import KNOWN, bare, certainty, vocabulary

Merge = tuple[int, int, int, int]
SEARCHED = 60  # rows from above in which headings are looked for
HIGHEST = 3  # rows of a heading block
LONGEST = 40  # characters of a heading
_FIGURE = re.compile(r"[-+]?[0-9][0-9,.]*%?|(?:19|20)[0-9]{2}[-/.年].*")
_PAIR = re.compile(r"[^:：]{2,20}[:：].*", re.DOTALL)
_BLANKS = " \t\r\n\u3000\u00a0\ufeff"


class Grid:
    """The cells of a sheet, blank ends trimmed; rows and columns count from 0."""

    def __init__(self, rows: Sequence[Sequence[str]], merged: Iterable[Merge]) -> None:
        self.rows = [[str(cell).strip(_BLANKS) for cell in row] for row in rows]
        while self.rows and not any(self.rows[-1]):
            self.rows.pop()
        self.height = len(self.rows)
        self.width = max((_extent(row) for row in self.rows), default=0)
        self.merged = [_clipped(area, self.height, self.width) for area in merged]
        self.merged = [(r0, c0, r1, c1) for r0, c0, r1, c1 in self.merged if r1 >= r0 and c1 >= c0]

    def text(self, row: int, column: int) -> str:
        """The text of a cell; empty outside the sheet."""
        if row >= self.height or column >= len(self.rows[row]):
            return ""
        return self.rows[row][column]

    def filled(self, row: int) -> list[int]:
        """The columns that hold a text in a row."""
        return [column for column, text in enumerate(self.rows[row]) if text]

    @cached_property
    def across(self) -> dict[tuple[int, int], tuple[int, int]]:
        """Cells that a merged area, low enough for a heading, covers → its first cell."""
        found = {}
        for r0, c0, r1, c1 in self.merged:
            if r1 - r0 < HIGHEST and self.text(r0, c0):
                for row in range(r0, r1 + 1):
                    for column in range(c0, c1 + 1):
                        found[row, column] = (r0, c0)
        return found

    @cached_property
    def ends(self) -> dict[tuple[int, int], int]:
        """The last column of the merged area that begins at a cell."""
        return {(r0, c0): c1 for r0, c0, _, c1 in self.merged}


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of headings: ``headings`` has the joined texts of each column, empty where there is none."""

    top: int
    height: int
    headings: tuple[tuple[str, ...], ...]
    score: float
    known: int

    @property
    def below(self) -> int:
        """The first row under it."""
        return self.top + self.height


def best_block(grid: Grid, kind: str, start: int = 0, end: int | None = None) -> Block | None:
    """The heading block that is known best; the nearest to the top of several alike."""
    best: Block | None = None
    end = grid.height if end is None else end
    for top in range(start, min(end, start + SEARCHED)):
        if not grid.filled(top):
            continue
        for height in range(1, min(HIGHEST, end - top) + 1):
            found = _block(grid, top, height, kind)
            if found and (best is None or found.score > best.score + 1e-9):
                best = found
    return best


def is_heading(text: str) -> bool:
    """Whether a text could be a heading: short, no figure or date, no label with its value."""
    return 0 < len(text) <= LONGEST and not _FIGURE.fullmatch(text) and not _PAIR.fullmatch(text)


def _block(grid: Grid, top: int, height: int, kind: str) -> Block | None:
    rows = range(top, top + height)
    if any(not grid.filled(row) for row in rows) or len(grid.filled(rows[-1])) + _covered(grid, rows[-1]) < 2:
        return None
    if height > 1 and not all(is_heading(grid.text(row, c)) for row in rows for c in grid.filled(row)):
        return None
    headings = tuple(_parts(grid, rows, column) for column in range(grid.width))
    if height > 1 and not _is_built(grid, rows, headings, kind):
        return None
    score, known = _score(headings, kind)
    for row in rows[:-1]:
        groups = {grid.text(row, column) for column in grid.filled(row)}
        score += 0.3 if len(groups) > 1 else -0.15
    return Block(top, height, headings, score, known)


def _covered(grid: Grid, row: int) -> int:
    return sum(1 for (r, c), origin in grid.across.items() if r == row and origin[0] < row and origin[1] == c)


def _parts(grid: Grid, rows: range, column: int) -> tuple[str, ...]:
    """The texts of a column from above; a group's text stands over each of its columns."""
    found: list[str] = []
    for row in rows:
        text = grid.text(row, column)
        if not text:
            origin = grid.across.get((row, column))
            if origin:
                text = grid.text(*origin) if origin[0] >= rows[0] else ""
            elif row < rows[-1] and any(grid.text(lower, column) for lower in rows if lower > row):
                text = _group(grid, row, column)
        if text and (not found or found[-1] != text):
            found.append(text)
    return tuple(found)


def _group(grid: Grid, row: int, column: int) -> str:
    """Without merged cells: the nearest text to the left, as long as each column between has one beneath."""
    for left in range(column - 1, -1, -1):
        if grid.text(row, left):
            beneath = grid.text(row + 1, left)
            return grid.text(row, left) if beneath and (row, left) not in grid.across else ""
        if (row, left) in grid.across or not grid.text(row + 1, left):
            return ""
    return ""


def _is_built(grid: Grid, rows: range, headings: tuple[tuple[str, ...], ...], kind: str) -> bool:
    """Whether the lower rows belong to the upper: they stand under groups, or the words say so."""
    spans = 0
    for upper, lower in pairwise(rows):
        for column in grid.filled(lower):
            above = grid.text(upper, column)
            joined = above or (upper, column) in grid.across or (column and _group(grid, upper, column))
            follows = (
                column + 1 < grid.width and not grid.text(upper, column + 1) and grid.text(lower, column + 1)
            )
            wide = grid.ends.get((upper, column), column) > column or (not above and bool(joined))
            if wide or (above and follows):
                spans += 1
            elif above and (certainty(headings[column], kind) < KNOWN or _stands_alone(above, kind)):
                return False
        for column in grid.filled(upper):
            if not grid.text(lower, column) and grid.across.get((lower, column), (upper, column)) != (
                upper,
                column,
            ):
                return False
    return spans > 0


def _stands_alone(text: str, kind: str) -> bool:
    """Whether a heading is a property of its own and the name of no group."""
    return certainty((text,), kind) >= KNOWN and bare(text) not in vocabulary(kind).objects


def _score(headings: tuple[tuple[str, ...], ...], kind: str) -> tuple[float, int]:
    score, known = 0.0, 0
    seen: set[tuple[str, ...]] = set()
    for parts in headings:
        if not parts:
            continue
        sure = certainty(parts, kind)
        if sure >= KNOWN:
            known += 1
            score += sure - (0.5 if parts in seen else 0)
        elif is_heading(parts[-1]):
            score += 0.3 * sure + 0.1
        else:
            score -= 0.5
        seen.add(parts)
    return score, known


def _extent(row: Sequence[str]) -> int:
    return next((at + 1 for at in range(len(row) - 1, -1, -1) if row[at]), 0)


def _clipped(area: Merge, height: int, width: int) -> Merge:
    r0, c0, r1, c1 = area
    return r0, c0, min(r1, height - 1), min(c1, width - 1)
