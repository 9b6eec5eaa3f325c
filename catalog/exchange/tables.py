"""CSV and TSV: headings and rows of text, with their lines."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from catalog.base.errors import Malformed, Source, Violation
from catalog.exchange.rows import MAX_LINE, Row, refused

MAX_COLUMNS = 512
_SEPARATORS = ",\t;|"


@dataclass(frozen=True, slots=True)
class Cells:
    """One row of a table: its cells under their headings, blank ends trimmed; empty cells are left out."""

    cells: dict[str, str]
    source: Source
    headings: tuple[str, ...]


def rows(text: str, filename: str | None) -> Iterator[Cells | Row]:
    """The rows under the headings; what cannot be read comes as a refused ``Row`` among them.

    Raises ``Malformed`` for a table without headings or with too many columns.
    """
    csv.field_size_limit(MAX_LINE)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator(text), strict=True)
    headings: tuple[str, ...] | None = None
    number, line = 0, 1
    while True:
        source = Source(filename, line=line, row=number + 1)
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            number, line = number + 1, reader.line_num + 1
            yield refused(source, Violation("", "row-quoting", values={"reason": str(error)}))
            continue
        number, line = number + 1, reader.line_num + 1
        if not any(cell.strip() for cell in cells):
            continue
        if headings is None:
            headings = _headings(cells, filename)
            yield from _doubtful(headings, source)
        elif any(cell.strip() for cell in cells[len(headings) :]):
            yield refused(source, Violation("", "row-too-long", found=len(cells), expected=len(headings)))
        else:
            trimmed = {
                name: _lines(cell) for name, cell in zip(headings, cells, strict=False) if cell.strip()
            }
            yield Cells(trimmed, source, headings)
    if headings is None:
        raise Malformed("file-empty", file=filename)


def separator(text: str) -> str:
    """The sign that parts the cells of the first line."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    counts = {sign: first.count(sign) for sign in _SEPARATORS}
    return max(counts, key=lambda sign: counts[sign])


def _lines(cell: str) -> str:
    text = cell.strip().replace("\r\n", "\n").replace("\r", "\n")
    return text[1:] if text[:1] == "'" and _is_escaped(text) else text


def _is_escaped(text: str) -> bool:
    """Whether an apostrophe keeps a text from being taken for a formula, as our exports write it."""
    return text.lstrip("'")[:1] in ("=", "+", "-", "@") and bool(text.lstrip("'"))


def plain(heading: str) -> str:
    """A heading without blanks, width and the star of a required column."""
    return "".join(unicodedata.normalize("NFKC", heading).split()).strip("*").casefold()


def _headings(cells: list[str], filename: str | None) -> tuple[str, ...]:
    if len(cells) > MAX_COLUMNS:
        raise Malformed("too-many-columns", file=filename, found=len(cells), expected=MAX_COLUMNS)
    return tuple(cell.strip() for cell in cells)


def _doubtful(headings: tuple[str, ...], source: Source) -> Iterator[Row]:
    """Headings that stand twice or not at all."""
    for name, count in Counter(plain(heading) for heading in headings).items():
        if name and count > 1:
            yield refused(source, Violation("", "heading-duplicate", found=name, expected=count))
    for place, heading in enumerate(headings, start=1):
        if not heading and place < len(headings):
            yield refused(source, Violation("", "heading-empty", found=place))
