"""The rows of an upload, whatever its file is: in our layout, or in somebody else's with its profile."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import PurePath

from catalog.base.errors import Source
from catalog.exchange import Row, read
from catalog.exchange.cells import STATUS_HEADINGS, headings
from catalog.exchange.layouts import Notice, Profile, Table, apply, fingerprint, survey
from catalog.exchange.sheets import TABLES, Book, is_workbook, open_book
from catalog.exchange.tables import plain
from catalog.exchange.xlsx_ours import ours
from catalog.exchange.xlsx_read import passed
from catalog.standards import schemas
from catalog.standards.annotations import ITEMS

_OURS_FROM = 0.8  # share of the headings that we write ourselves from which a table needs no mapping
Names = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Layout:
    """One layout in a file: the tables that have it."""

    fingerprint: str
    tables: tuple[Table, ...]


@dataclass(frozen=True, slots=True)
class Opened:
    """A file, opened once: its sheets, if it has any, and the layouts that are not ours."""

    data: bytes
    filename: str
    kind: str
    layouts: tuple[Layout, ...] = ()
    notices: tuple[Notice, ...] = ()  # what was passed over
    book: Book | None = None  # in our words

    def rows(self, profiles: Mapping[str, Profile], names: Names) -> Iterator[Row]:
        """The rows; ``profiles`` by fingerprint. Raises ``Malformed``, at the latest while iterating."""
        if not self.layouts:
            yield from read(self.data, self.filename, kind=self.kind, names=names, book=self.book)
            return
        for layout in self.layouts:
            profile = profiles[layout.fingerprint]
            if any(rule.to for rule in profile.columns):
                for table in layout.tables:
                    yield from apply(table, profile, file=self.filename)


def opened(data: bytes, filename: str, kind: str) -> Opened:
    """The file with what has to be mapped in it; raises ``Malformed`` for what is no file of a known kind."""
    ending = PurePath(filename).suffix.lower()
    if not (is_workbook(filename) or ending in TABLES):
        return Opened(data, filename, kind)
    book = open_book(data, filename)
    if ours(book) or _in_our_words(book, kind):
        if not is_workbook(filename):
            return Opened(data, filename, kind)
        return Opened(data, filename, kind, notices=tuple(passed(book, kind)), book=book)
    tables: dict[str, list[Table]] = {}
    notices = [Notice(rule, Source(filename)) for rule in book.notices]
    for table in survey(book, kind):
        notices += table.notices
        if table.shape != "none" and table.lines:
            tables.setdefault(fingerprint(table), []).append(table)
    found = tuple(Layout(key, tuple(some)) for key, some in tables.items())
    return Opened(data, filename, kind, found, tuple(notices))


def _in_our_words(book: Book, kind: str) -> bool:
    """Whether the first sheet begins with our own headings, one row to a record."""
    known = headings(kind)
    for sheet in book.sheets:
        first = next((row for row in sheet.rows if any(row)), None)
        if sheet.hidden or first is None:
            continue
        names = [plain(cell) for cell in first if cell]
        fields = [known[name] for name in names if name in known]
        if any(ITEMS in field.path for field in fields) and not book.sheet("_catalog"):
            return _plain_file(book) and _share(names, known) >= 1
        return _share(names, known) >= 1 or _share(names, _written(kind)) >= _OURS_FROM
    return True


@cache
def _written(kind: str) -> frozenset[str]:
    """The headings that we write ourselves; whoever uses other words for them is asked once what they mean."""
    fields = schemas.current(kind).annotations.fields
    return frozenset(
        plain(name)
        for field in fields
        for name in (field.label("zh"), field.label("en"), field.columns[0], field.name)
    )


def _plain_file(book: Book) -> bool:
    return PurePath(book.filename).suffix.lower() in TABLES


def _share(names: Sequence[str], known: Container[str]) -> float:
    ours_ = [name for name in names if name in known or name in STATUS_HEADINGS]
    return len(ours_) / len(names) if names else 0
