"""Workbooks out: records as sheets that people fill, sort and edit, and that are read back as they were."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import xlsxwriter

from catalog.base.documents import Document
from catalog.base.i18n import Language, text
from catalog.exchange.xlsx_cells import MOST, Names, Write, writer
from catalog.exchange.xlsx_layout import Layout, Tab, layout
from catalog.exchange.xlsx_look import Look, dress, guide, lists
from catalog.exchange.xlsx_ours import LISTS, SHEET, mark
from catalog.standards import schemas

_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_FORMULA = ("=", "+", "-", "@", "\t")


class Written(NamedTuple):
    """A record on its way into a workbook: its document, whole, with its status and the entry it was read at."""

    document: Document
    status: str | None = None
    seq: int = 0


def write_book(
    kind: str,
    records: Iterable[Written],
    *,
    language: Language = "zh",
    view: str = "public",
    names: Names | None = None,
    exported_at: str = "",
) -> bytes:
    """An XLSX of records for editing; an import of it changes what was edited and nothing else.

    ``names`` gives the names beside identifiers: kind → identifier → name. ``view`` is ``public`` or
    ``internal``; the documents are expected to be redacted already, and a public one has no internal columns.
    """
    return _book(kind, records, language, view, names or {}, exported_at, template=False)


def template(
    kind: str, *, language: Language = "zh", view: str = "internal", names: Names | None = None
) -> bytes:
    """An empty XLSX to fill in: headings, hints, an example, drop-downs and a sheet that explains it."""
    return _book(kind, (), language, view, names or {}, "", template=True)


def _book(
    kind: str,
    records: Iterable[Written],
    language: Language,
    view: str,
    names: Names,
    exported_at: str,
    *,
    template: bool,
) -> bytes:
    made = _visible(layout(kind, language), view)
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, _OPTIONS)
    look = Look(book)
    sheets = [book.add_worksheet(tab.name) for tab in made.tabs]
    sources = lists(made, names)
    for tab, sheet in zip(made.tabs, sheets, strict=True):
        dress(sheet, tab, made, look, sources, template=template)
    pages = [
        _Page(tab, sheet, look, language, names, 3 if template else 1)
        for tab, sheet in zip(made.tabs, sheets, strict=True)
    ]
    marks = _fill(
        kind, pages, records, {tuple(tab.array): page for tab, page in zip(made.tabs, pages, strict=True)}
    )
    if template:
        guide(book, made, look)
    _hidden_lists(book, sources)
    facts = {
        "kind": kind,
        "standard": schemas.current(kind).version,
        "language": language,
        "view": view,
        "exported_at": exported_at,
    }
    _hidden_facts(book, facts, marks)
    sheets[0].activate()
    book.close()
    return buffer.getvalue()


def _visible(made: Layout, view: str) -> Layout:
    """Without the columns that the view does not show."""
    if view == "internal":
        return made
    tabs = []
    for tab in made.tabs:
        columns = tuple(column for column in tab.columns if not column.field.internal)
        if columns:
            tabs.append(
                Tab(tab.name, tab.array, columns, tab.owner, tab.parent, tab.position, tab.key, tab.fields)
            )
    return Layout(made.kind, made.language, tuple(tabs))


class _Page:
    """A sheet that rows are appended to."""

    def __init__(
        self, tab: Tab, sheet: Any, look: Look, language: Language, names: Names, start: int
    ) -> None:
        self.tab = tab
        self.language = language
        self.sheet = sheet
        self.look = look
        self.row = start
        self.lead = len(_lead(tab))
        self.writes: list[tuple[int, tuple[str, ...], Write]] = [
            (place, column.path, writer(column.field, language, names))
            for place, column in enumerate(tab.columns, start=self.lead)
        ]
        self.too_long = text("workbook.too-long", language)

    def put(self, lead: Sequence[str | int], item: Mapping[str, Any]) -> bool:
        """Write one row; whether all of it fitted."""
        sheet, row, fits = self.sheet, self.row, True
        for place, told in enumerate(lead):
            self._cell(place, told)
        for place, path, write in self.writes:
            value: Any = item.get(path[0])
            for token in path[1:]:
                if value is None:
                    break
                value = value.get(token)
            if value is None:
                continue
            shown = write(value)
            if isinstance(shown, int):
                sheet.write_number(row, place, shown)
                continue
            if len(shown) > MOST:
                shown, fits = self.too_long, False
            self._cell(place, shown)
        self.row += 1
        return fits

    def _cell(self, place: int, value: str | int) -> None:
        if isinstance(value, int):
            self.sheet.write_number(self.row, place, value)
        elif value[:1] in _FORMULA:
            self.sheet.write_string(self.row, place, value, self.look.quoted)
        elif value:
            self.sheet.write_string(self.row, place, value)


def _lead(tab: Tab) -> tuple[str, ...]:
    return tuple(heading for heading in (tab.owner, tab.parent, tab.position) if heading)


def _fill(
    kind: str, pages: list[_Page], records: Iterable[Written], by_array: Mapping[tuple[str, ...], _Page]
) -> list[tuple[str, int, str]]:
    main = pages[0]
    status_place = len(main.tab.columns)
    tops = {one.name for one in schemas.current(kind).annotations.top}
    marks = []
    for document, status, seq in records:
        row = main.row
        fits = main.put((), document)
        if status:
            main.sheet.write_string(row, status_place, text(f"status.{status}", main.language))
        owner = document.get("identifier") or document.get("name", "")
        for page in pages[1:]:
            if page.tab.array[0] in document:
                for lead, item in _items(owner, document, page.tab, by_array):
                    fits = page.put(lead, item) and fits
        if fits and document.get("identifier"):
            plain = document if tops >= document.keys() else {k: v for k, v in document.items() if k in tops}
            marks.append((document["identifier"], seq, mark(plain, status)))
    return marks


def _items(
    owner: str, document: Document, tab: Tab, by_array: Mapping[tuple[str, ...], _Page]
) -> Iterable[tuple[list[str | int], Mapping[str, Any]]]:
    """The items of a list with the cells that lead their rows."""
    *around, last = tab.array
    if not around:
        for number, item in enumerate(document[last], start=1):
            yield [owner, number], item
        return
    key = by_array[tuple(around)].tab.key
    parents = list(nested(document, tuple(around)))
    named = [parent.get(key) for _, parent in parents] if key else []
    for place, parent in parents:
        name = parent.get(key) if key else None
        shown = (
            name
            if name and named.count(name) == 1 and not str(name).startswith("#")
            else "#" + ".".join(map(str, place))
        )
        for number, item in enumerate(parent.get(last, ()), start=1):
            yield [owner, shown, number], item


def nested(
    document: Mapping[str, Any], array: tuple[str, ...]
) -> Iterable[tuple[tuple[int, ...], dict[str, Any]]]:
    """The items of a list within lists, each with its places from 1."""
    for number, item in enumerate(document.get(array[0], ()), start=1):
        if len(array) == 1:
            yield (number,), item
        else:
            for place, inner in nested(item, array[1:]):
                yield (number, *place), inner


def _hidden_lists(book: Any, sources: Mapping[str, Sequence[str]]) -> None:
    if not sources:
        return
    sheet = book.add_worksheet(LISTS)
    columns = list(sources.values())
    for row in range(max(map(len, columns))):
        for place, values in enumerate(columns):
            if row < len(values):
                sheet.write_string(row, place, values[row])
    sheet.very_hidden()


def _hidden_facts(book: Any, facts: Mapping[str, str], marks: Iterable[tuple[str, int, str]]) -> None:
    sheet = book.add_worksheet(SHEET)
    for row, (name, value) in enumerate(facts.items()):
        sheet.write_string(row, 0, name)
        sheet.write_string(row, 1, value)
    for row, (identifier, seq, digested) in enumerate(marks, start=len(facts)):
        sheet.write_string(row, 0, identifier)
        sheet.write_number(row, 1, seq)
        sheet.write_string(row, 2, digested)
    sheet.very_hidden()
