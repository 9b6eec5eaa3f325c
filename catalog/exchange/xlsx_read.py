"""Workbooks of our own layout in: sheets become documents, each value with the cell that it came from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from rapidfuzz import fuzz, process

from catalog.base.documents import Document
from catalog.base.errors import Malformed, Source, Violation
from catalog.base.i18n import LANGUAGES, text
from catalog.exchange.cells import STATUS_HEADINGS, Clash, put
from catalog.exchange.layouts_tables import Notice, letter
from catalog.exchange.rows import Row, refused
from catalog.exchange.sheets import Book, Sheet
from catalog.exchange.tables import plain
from catalog.exchange.xlsx_cells import Coded, Names, Take, taker
from catalog.exchange.xlsx_layout import Column, Tab, known, layout, words
from catalog.exchange.xlsx_ours import LISTS, SHEET, Ours, mark, ours
from catalog.exchange.xlsx_places import Item, Places
from catalog.kinds import BY_NAME

_MARK = "※"
_HEADING_WITHIN = 12  # rows from the top of a sheet in which its headings are looked for
_NEAR = 60
_KEPT = frozenset(text("workbook.too-long", language) for language in LANGUAGES)


@dataclass(slots=True)
class Grid:
    """A sheet with its headings understood."""

    kind: str
    sheet: Sheet
    tab: Tab
    number: int
    head: int  # row of the headings, from 0
    columns: list[tuple[int, Column, Take]] = field(default_factory=list)
    owner: int | None = None
    parent: int | None = None
    position: int | None = None
    status: int | None = None
    doubts: list[Row] = field(default_factory=list)
    cells: dict[str, int] = field(default_factory=dict)  # pattern of a property → column


def rows(book: Book, *, kind: str, names: Names | None = None) -> Iterator[Row]:
    """The documents of a workbook; ``names`` leads from a name to an identifier: kind → name → identifier.

    A row says with ``seen`` which properties its sheets have a column for, so that its caller leaves the
    others as they are, with ``etag`` the entry at which an export was made, and with ``mark`` what the row
    was then. Raises ``Malformed`` where no sheet has headings of the kind.
    """
    export = ours(book)
    if export and export.kind != kind:
        raise Malformed(
            "workbook-kind",
            file=book.filename,
            found=text(f"kind.{export.kind}", "zh"),
            expected=text(f"kind.{kind}", "zh"),
        )
    grids = list(_grids(book, kind, {} if names is None else names))
    mains = [grid for grid in grids if not grid.tab.array]
    if not mains:
        raise Malformed("workbook-without-table", file=book.filename)
    for grid in grids:
        yield from grid.doubts
    seen = frozenset(pattern for grid in grids for pattern in grid.cells) | {
        grid.tab.pattern for grid in grids if grid.tab.array
    }
    records = [record for grid in mains for record in _records(grid, book.filename)]
    yield from _attach(records, grids, book.filename, export)
    for record in records:
        yield _row(record, seen, export)


def _grids(book: Book, kind: str, names: Names) -> Iterator[Grid]:
    tabs = layout(kind).tabs
    named = {}
    for language in LANGUAGES:
        for number, tab in enumerate(layout(kind, language).tabs):
            named[plain(tab.name)] = number
    skipped = words("workbook.guide") | words("workbook.problems")
    for sheet in book.sheets:
        if sheet.hidden or sheet.name in (SHEET, LISTS) or plain(sheet.name) in skipped:
            continue
        number = named.get(plain(sheet.name), 0)
        head = _heading_row(sheet, kind, number)
        if head is not None:
            yield _grid(sheet, kind, tabs[number], number, head, names, book.filename)


def passed(book: Book, kind: str) -> list[Notice]:
    """What ``rows`` leaves aside: macros, links to other files, and sheets of other people without our headings."""
    found = [Notice(rule, Source(book.filename)) for rule in book.notices]
    own = words("workbook.guide") | words("workbook.problems")
    named = {
        plain(tab.name): n for language in LANGUAGES for n, tab in enumerate(layout(kind, language).tabs)
    }
    for sheet in book.sheets:
        name = plain(sheet.name)
        if sheet.name in (SHEET, LISTS) or name in own or not any(map(any, sheet.rows)):
            continue
        source = Source(book.filename, sheet=sheet.name)
        if sheet.hidden:
            found.append(Notice("sheet-hidden", source))
        elif _heading_row(sheet, kind, named.get(name, 0)) is None:
            found.append(Notice("sheet-without-table", source))
    return found


def _heading_row(sheet: Sheet, kind: str, number: int) -> int | None:
    """The row near the top with the most headings that we know."""
    headings = known(kind, number)
    best, most = None, 0
    for place, cells in enumerate(sheet.rows[:_HEADING_WITHIN]):
        count = sum(1 for cell in cells if cell and plain(cell) in headings)
        if count > most:
            best, most = place, count
    return best


def _grid(sheet: Sheet, kind: str, tab: Tab, number: int, head: int, names: Names, file: str) -> Grid:
    grid = Grid(kind, sheet, tab, number, head)
    headings = known(kind, number)
    owner, position = words("workbook.owner"), words("workbook.position")
    parents = frozenset(plain(layout(kind, language).tabs[number].parent) for language in LANGUAGES) - {""}
    status = words("workbook.status") | set(STATUS_HEADINGS)
    below = sheet.rows[head + 1 :]
    counted = Counter(plain(cell) for cell in sheet.rows[head] if cell)
    for place, heading in enumerate(sheet.rows[head]):
        name = plain(heading)
        source = Source(
            file, sheet=sheet.name, row=head + 1, column=letter(place + 1), heading=heading or None
        )
        if not name:
            if any(len(cells) > place and cells[place] for cells in below):
                grid.doubts.append(refused(source, Violation("", "heading-empty", found=place + 1)))
        elif counted[name] > 1:
            if counted[name] == sum(1 for cell in sheet.rows[head][: place + 1] if plain(cell) == name):
                grid.doubts.append(
                    refused(source, Violation("", "heading-duplicate", found=heading, expected=counted[name]))
                )
        elif tab.array and name in owner:
            grid.owner = place
        elif name in parents:
            grid.parent = place
        elif tab.array and name in position:
            grid.position = place
        elif not tab.array and name in status:
            grid.status = place
        elif name in headings:
            column = headings[name]
            grid.columns.append((place, column, taker(column.field, names)))
            grid.cells[column.field.pattern] = place
        else:
            grid.doubts.append(refused(source, _unknown(heading, name, kind, number)))
    return grid


def _unknown(heading: str, name: str, kind: str, number: int) -> Violation:
    titles = {plain(column.heading): column.heading for column in layout(kind).tabs[number].columns}
    near = process.extractOne(name, titles, scorer=fuzz.ratio, score_cutoff=_NEAR)
    every = known(kind, number)
    alias = process.extractOne(name, every.keys(), scorer=fuzz.ratio, score_cutoff=_NEAR)
    if alias and (near is None or alias[1] > near[1]):
        return Violation("", "heading-near", found=heading, expected=every[alias[0]].heading)
    if near:
        return Violation("", "heading-near", found=heading, expected=near[0])
    return Violation("", "heading-unknown", found=heading, expected=list(titles.values()))


@dataclass(slots=True)
class Record:
    """A row of the main sheet on its way to a document."""

    document: Document
    status: str | None
    source: Source
    places: Places
    violations: list[Violation] = field(default_factory=list)
    kept: frozenset[str] = frozenset()  # patterns whose cell says that the value stays
    understood: Mapping[str, tuple[str, str]] = field(
        default_factory=dict
    )  # what people's words were taken for


def _records(grid: Grid, file: str) -> Iterator[Record]:
    sheet, lossy = grid.sheet, grid.sheet.damaged
    statuses = _statuses(grid.kind)
    columns = [(place, column.path, column.field, take) for place, column, take in grid.columns]
    flat = [(place, path[0], one.pattern, take) for place, path, one, take in columns if len(path) == 1]
    deep = [column for column in columns if len(column[1]) > 1]
    coded = [(place, one.pattern, take.spoken) for place, _, one, take in columns if isinstance(take, Coded)]
    for number, cells in enumerate(sheet.rows[grid.head + 1 :], start=grid.head + 1):
        if not any(cells) or cells[0][:1] == _MARK:
            continue
        source = Source(file, sheet=sheet.name, row=number + 1)
        document: Document = {}
        record = Record(document, None, source, Places(file, grid, number))
        for place, name, pattern, take in flat:
            if cell := cells[place]:
                if cell in _KEPT:
                    record.kept |= {pattern}
                else:
                    document[name] = take(cell)
        for place, path, one, take in deep:
            if not (cell := cells[place]):
                continue
            if cell in _KEPT:
                record.kept |= {one.pattern}
                continue
            try:
                put(document, path, take(cell))
            except Clash:
                record.violations.append(Violation("", "heading-clash", found=one.title))
        record.understood = {
            pattern.replace("/*", "/0"): (cells[place], spoken[cells[place]])
            for place, pattern, spoken in coded
            if spoken and cells[place] in spoken
        }
        if grid.status is not None and cells[grid.status]:
            record.status = statuses.get(plain(cells[grid.status]), cells[grid.status])
        if lossy:
            _note_lossy(record, columns, number, lossy)
        yield record


def _note_lossy(record: Record, columns: Any, number: int, lossy: frozenset[tuple[int, int]]) -> None:
    for place, _, one, _ in columns:
        if (number, place) in lossy:
            pointer = one.pattern.replace("/*", "/0")
            record.violations.append(
                Violation(pointer, "number-digits-lost", "warning", found=record.places.text(place))
            )


def _statuses(kind: str) -> Mapping[str, str]:
    """The statuses of a kind by their words: two kinds may call different things the same."""
    found = {}
    for status in BY_NAME[kind].statuses:
        for language in LANGUAGES:
            found[plain(text(f"status.{status}", language))] = status
        found[plain(status)] = status
    return found


def _attach(records: list[Record], grids: list[Grid], file: str, export: Ours | None) -> Iterator[Row]:
    """Put the rows of the sheets of lists into the documents that they name, outer lists first."""
    filled = (grid for grid in grids if grid.tab.array and len(grid.sheet.rows) > grid.head + 1)
    inner = sorted(filled, key=lambda grid: grid.number)
    if not inner:
        return
    owners: dict[str, Record] = {}
    for record in records:
        for name in ("name", "identifier"):
            value = record.document.get(name)
            if isinstance(value, str):
                owners[value] = record
    for grid in inner:
        yield from _place_items(grid, owners, records, file, export)


def _place_items(
    grid: Grid, owners: Mapping[str, Record], records: list[Record], file: str, export: Ours | None
) -> Iterator[Row]:
    sheet, lossy = grid.sheet, grid.sheet.damaged
    found: dict[int, list[tuple[float, int, str, Item]]] = {}
    by_id = {id(record): record for record in records}
    last = ""
    for number, cells in enumerate(sheet.rows[grid.head + 1 :], start=grid.head + 1):
        if not any(cells) or cells[0][:1] == _MARK:
            continue
        source = Source(file, sheet=sheet.name, row=number + 1)
        stated = cells[grid.owner] if grid.owner is not None else ""
        last = stated or last
        record = owners.get(last) or (records[0] if len(records) == 1 and not last else None)
        if record is None:
            if export is None or last not in export.rows:
                where = replace(source, column=letter((grid.owner or 0) + 1), heading=grid.tab.owner)
                yield refused(where, Violation("", "workbook-owner", found=last))
            continue
        item: Document = {}
        for place, column, take in grid.columns:
            cell = cells[place] if place < len(cells) else ""
            if cell in _KEPT:
                record.kept |= {column.field.pattern}
            elif cell:
                put(item, column.path, take(cell))
            if lossy and (number, place) in lossy:
                record.violations.append(
                    Violation(grid.tab.pattern, "number-digits-lost", "warning", found=cell)
                )
        order = _number(cells[grid.position]) if grid.position is not None else None
        parent = cells[grid.parent] if grid.parent is not None else ""
        entry = (order if order is not None else float("inf"), number, parent, Item(item, grid, number))
        found.setdefault(id(record), []).append(entry)
    for key, entries in found.items():
        yield from _sorted_in(by_id[key], grid, entries, file)


def _number(text_: str) -> float | None:
    try:
        return float(text_) if text_ else None
    except ValueError:
        return None


def _sorted_in(
    record: Record, grid: Grid, entries: list[tuple[float, int, str, Item]], file: str
) -> Iterator[Row]:
    entries.sort(key=lambda entry: entry[:2])
    if len(grid.tab.array) == 1:
        record.document[grid.tab.array[0]] = [entry[3].document for entry in entries]
        record.places.listed[grid.tab.array] = [((), entry[3]) for entry in entries]
        return
    outer = grid.tab.array[:-1]
    around = record.places.nested(outer)
    by_name = _by_name(around, outer, grid)
    for _, number, parent, item in entries:
        place = by_name.get(parent) or (next(iter(by_name.values())) if len(around) == 1 else None)
        if place is None:
            source = Source(
                file,
                sheet=grid.sheet.name,
                row=number + 1,
                column=letter((grid.parent or 0) + 1),
                heading=grid.tab.parent,
            )
            yield refused(source, Violation("", "workbook-parent", found=parent))
            continue
        place[1].setdefault(grid.tab.array[-1], []).append(item.document)
        record.places.listed.setdefault(grid.tab.array, []).append((place[0], item))


def _by_name(
    around: list[tuple[tuple[int, ...], Document]], outer: tuple[str, ...], grid: Grid
) -> dict[str, tuple[tuple[int, ...], Document]]:
    """The items around by their places («#2.1») and, where it is one item's alone, by their key."""
    found = {"#" + ".".join(str(number + 1) for number in place): (place, item) for place, item in around}
    key = next(tab.key for tab in layout(grid.kind).tabs if tab.array == outer)
    named = Counter(str(item.get(key)) for _, item in around if key)
    return found | {
        str(item[key]): (place, item) for place, item in around if key in item and named[str(item[key])] == 1
    }


def _row(record: Record, seen: frozenset[str], export: Ours | None) -> Row:
    document, source = record.document, record.source
    if any(found.rule == "heading-clash" for found in record.violations):
        return refused(source, *record.violations)
    etag, marked = None, None
    known_as = document.get("identifier")
    if export and isinstance(known_as, str) and known_as in export.rows:
        etag, marked = export.rows[known_as]
    return Row(
        document,
        record.status,
        source,
        places=record.places,
        seen=seen - record.kept if record.kept else seen,
        etag=etag,
        mark=None if record.kept else marked,
        doubts=tuple(record.violations),
        understood=record.understood,
    )


def mark_of(document: Document, status: str | None) -> str:
    """The digest of a row as it was read; empty where the document is no JSON."""
    try:
        return mark(document, status)
    except (TypeError, ValueError):
        return ""
