"""The lines under a heading block: blanks, examples, totals and signatures left out, 同上 and merged cells filled."""

from __future__ import annotations

from collections.abc import Iterator

from catalog.base.errors import Source
from catalog.exchange.layouts_grid import Grid
from catalog.exchange.layouts_headings import bare, pattern
from catalog.exchange.layouts_tables import Line, Notice
from catalog.exchange.words import normal

_LONGEST_MARK = 40  # characters of a cell that may be the mark of a line


class Lines:
    """The lines of one table; iterating over them gathers ``notices``."""

    def __init__(self, grid: Grid, sheet: str, start: int, end: int, columns: list[int]) -> None:
        self.grid, self.sheet, self.start, self.end, self.columns = grid, sheet, start, end, columns
        self.notices: list[Notice] = []
        self._from = dict(self._merged())
        self._headings: set[tuple[str, ...]] = set()
        self._skipping: int | None = None  # the column whose next text ends an example of several rows

    def knows(self, top: int) -> None:
        """The rows of the heading block: where they stand again between the lines, they are passed over."""
        for row in range(top, self.start):
            self._headings.add(self._texts(row))

    def read(self) -> Iterator[Line]:
        """The lines, from above."""
        above: dict[int, tuple[str, tuple[int, int]]] = {}
        for row in range(self.start, self.end):
            why = self._why_not(row)
            if why:
                if why != "blank":
                    self._notice(why, row)
                continue
            yield self._line(row, above)

    def _line(self, row: int, above: dict[int, tuple[str, tuple[int, int]]]) -> Line:
        cells: list[str] = []
        elsewhere: dict[int, tuple[int, int]] = {}
        for index, column in enumerate(self.columns):
            text, place = self.grid.text(row, column), (row + 1, column + 1)
            origin = self._from.get((row, column))
            if not text and origin is not None:
                text, place = self.grid.text(origin, column), (origin + 1, column + 1)
                elsewhere[index] = place
            elif text and len(text) < 12 and column in above and pattern("same").fullmatch(normal(text)):
                text, place = above[column]
                elsewhere[index] = place
            if text:
                above[column] = (text, place)
            cells.append(text)
        return Line(row + 1, tuple(cells), elsewhere, frozenset(elsewhere))

    def _why_not(self, row: int) -> str | None:
        filled = [column for column in self.columns if self.grid.text(row, column)]
        if not filled:
            return "blank"
        texts = [self.grid.text(row, column) for column in filled]
        if self._skipping is not None:
            if not self.grid.text(row, self._skipping):
                return "example-skipped"
            self._skipping = None
        if self._texts(row) in self._headings:
            return "heading-repeated"
        marked = next((column for column in filled[:3] if _is_example(self.grid.text(row, column))), None)
        if marked is not None:
            self._skip_example(row, marked, len(filled))
            return "example-skipped"
        if len(filled) == 1 and self._is_wide(row, filled[0]):
            return "note-skipped"
        return _kind_of(texts, len(self.columns))

    def _is_wide(self, row: int, column: int) -> bool:
        """Whether the only text of a row is written across the table."""
        across = self.grid.ends.get((row, column), column) - column + 1
        return len(self.columns) > 2 and across * 2 > len(self.columns)

    def _skip_example(self, row: int, column: int, filled: int) -> None:
        """An example of several rows goes on until its column is filled again; a mark alone is one row."""
        again = next((r for r in range(row + 1, self.end) if self.grid.text(r, column)), None)
        if filled > 1 and again is not None:
            self._skipping = column

    def _texts(self, row: int) -> tuple[str, ...]:
        return tuple(bare(self.grid.text(row, column)) for column in self.columns)

    def _merged(self) -> Iterator[tuple[tuple[int, int], int]]:
        """Cells below the first of a merged area → the row of its text; headings that reach down give none."""
        wanted = set(self.columns)
        for r0, c0, r1, _ in self.grid.merged:
            if r1 > r0 >= self.start and c0 in wanted:
                for row in range(r0 + 1, r1 + 1):
                    yield (row, c0), r0

    def _notice(self, rule: str, row: int) -> None:
        texts = (self.grid.text(row, column) for column in self.columns)
        found = " ".join(text for text in texts if text)
        self.notices.append(Notice(rule, Source(sheet=self.sheet, row=row + 1), found[:80]))


def _is_example(text: str) -> bool:
    if len(text) > _LONGEST_MARK:
        return False
    plain = normal(text)
    return bool(pattern("example").fullmatch(plain) or pattern("example_before").fullmatch(plain))


def _kind_of(texts: list[str], width: int) -> str | None:
    """What a row is that is no data: a total, a signature, a note, a title of a section, hints, numbers."""
    first = normal(texts[0])
    if pattern("total").fullmatch(first) and len(first) <= 16:
        return "total-skipped"
    signed = [text for text in texts if pattern("signature").fullmatch(normal(text))]
    if signed and signed[0] == texts[0] and len(signed) * 2 >= len(texts):
        return "signature-skipped"
    if len(texts) == 1 and width > 1:
        if pattern("note").fullmatch(first):
            return "note-skipped"
        if pattern("section").fullmatch(first):
            return "section-skipped"
    if len(texts) > 2:
        if all(pattern("hint").fullmatch(normal(text)) for text in texts):
            return "hint-skipped"
        if [text.removesuffix(".0").strip("()（）") for text in texts] == [
            str(n + 1) for n in range(len(texts))
        ]:
            return "hint-skipped"
    return None
