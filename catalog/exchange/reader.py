"""One door for every file: bytes become rows, and nothing here knows a database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from catalog.base.documents import Document
from catalog.base.errors import Malformed, Source, Violation
from catalog.exchange import json_rows, tables, xlsx_read, yaml_rows
from catalog.exchange.cells import STATUS_HEADINGS, Clash, headings, put, value_of
from catalog.exchange.layouts_tables import Notice
from catalog.exchange.mappings import Mapper, mapper
from catalog.exchange.rows import MAX_BYTES, Row, decode, refused
from catalog.exchange.sheets import Book, is_workbook, open_book
from catalog.exchange.xlsx_cells import Names
from catalog.standards.annotations import Field

TABLES = (".csv", ".tsv", ".txt", ".tab")
LINES = (".jsonl", ".ndjson")
YAMLS = (".yaml", ".yml")


def read(
    data: bytes | Path,
    filename: str | None = None,
    *,
    kind: str,
    mapping: str | Path | None = None,
    names: Names | None = None,
    book: Book | None = None,
    notices: list[Notice] | None = None,
) -> Iterator[Row]:
    """The rows of a JSON, JSON lines, YAML, CSV, TSV, XLSX, XLS or ODS file, told apart by the end of its name.

    A row that cannot be read carries violations, and the next one is read all the same. ``Malformed``
    is raised, at the latest while iterating, where nothing sensible can be read at all. ``mapping``
    names a file of ``standards/mappings``, or is a ``Path``; ``names`` leads from the names of records in a
    workbook to their identifiers: kind → name → identifier. ``book`` is the workbook where somebody opened it
    already; ``notices`` takes what is passed over in it.
    """
    if isinstance(data, Path):
        filename = filename or data.name
        if data.stat().st_size > MAX_BYTES:
            raise Malformed("too-large", found=data.stat().st_size, expected=MAX_BYTES)
        data = data.read_bytes()
    mapped = mapper(mapping, kind) if mapping else None
    ending = Path(filename or "").suffix.lower()
    if is_workbook(filename or ""):
        book = book or open_book(data, filename or "")
        if notices is not None:
            notices += xlsx_read.passed(book, kind)
        if mapped:
            yield from _mapped(_plain_rows(book), mapped)
        else:
            yield from xlsx_read.rows(book, kind=kind, names=names)
        return
    text = decode(data, filename)
    if ending in TABLES:
        yield from _table(text, filename, kind, mapped)
    elif mapped:
        yield from _mapped(_rows(text, filename, ending), mapped)
    else:
        yield from _rows(text, filename, ending)


def _plain_rows(book: Book) -> Iterator[Row]:
    """The rows of the first sheet under the headings in its first row, for a mapping."""
    sheet = next((sheet for sheet in book.sheets if not sheet.hidden), None)
    lines = (
        [(number, cells) for number, cells in enumerate(sheet.rows, start=1) if any(cells)] if sheet else []
    )
    if sheet is None or not lines:
        raise Malformed("file-empty", file=book.filename)
    headings = lines[0][1]
    for number, cells in lines[1:]:
        named = {name: cell for name, cell in zip(headings, cells, strict=False) if name and cell}
        yield Row(named, None, Source(book.filename, sheet=sheet.name, row=number))


def _rows(text: str, filename: str | None, ending: str) -> Iterator[Row]:
    if ending in LINES:
        return json_rows.lines(text, filename)
    if ending in YAMLS:
        return yaml_rows.documents(text, filename)
    if ending not in ("", ".json"):
        raise Malformed(
            "file-type", file=filename, expected=["xlsx", "xls", "ods", "csv", "tsv", "json", "jsonl", "yaml"]
        )
    return json_rows.document(text, filename)


def _table(text: str, filename: str | None, kind: str, mapped: Mapper | None) -> Iterator[Row]:
    rows = tables.rows(text, filename)
    if mapped:
        plain_rows = (row if isinstance(row, Row) else Row(dict(row.cells), None, row.source) for row in rows)
        yield from _mapped(plain_rows, mapped)
        return
    known: Mapping[str, Field] = headings(kind)
    strange: set[str] = set()
    seen: frozenset[str] | None = None
    for row in rows:
        if isinstance(row, Row):
            yield row
            continue
        seen = _seen(row.headings, known) if seen is None else seen
        new = {name for name in row.cells if not _is_known(name, known)} - strange
        strange |= new
        yield from _unknown(
            new, row.source, [field.title for field in known.values() if len(field.path) == 1]
        )
        yield _document(row, known, seen)


def _seen(named: tuple[str, ...], known: Mapping[str, Field]) -> frozenset[str]:
    """The properties that the headings have a place for; of a list in one cell, all that is not internal."""
    fields = {known[name] for heading in named if (name := tables.plain(heading)) in known}
    return frozenset(one.pattern for field in fields for one in (field, *_within(field)))


def _within(field: Field) -> Iterator[Field]:
    for one in field.children:
        if not one.internal:
            yield one
            yield from _within(one)


def _is_known(heading: str, known: Mapping[str, Field]) -> bool:
    return tables.plain(heading) in known or tables.plain(heading) in STATUS_HEADINGS


def _unknown(names: set[str], source: Source, expected: list[str]) -> Iterator[Row]:
    for name in sorted(names):
        place = replace(source, column=name)
        yield refused(
            place, Violation("", "heading-unknown", found=name, expected=list(dict.fromkeys(expected)))
        )


def _document(row: tables.Cells, known: Mapping[str, Field], seen: frozenset[str]) -> Row:
    document: Document = {}
    status = None
    for heading, cell in row.cells.items():
        name = tables.plain(heading)
        field = known.get(name)
        if name in STATUS_HEADINGS:
            status = cell
        elif field is not None:
            try:
                put(document, field.path, value_of(cell, field))
            except Clash:
                return refused(
                    replace(row.source, column=heading), Violation("", "heading-clash", found=heading)
                )
    return Row(document, status, row.source, seen=seen)


def _mapped(rows: Iterator[Row], mapped: Mapper) -> Iterator[Row]:
    items: list[Document] = []
    first: Row | None = None
    strange: set[str] = set()
    for row in _opened(rows, mapped):
        if row.violations:
            yield row
            continue
        source = row.source or Source()
        new = {name for name in row.document if not mapped.knows(name)} - strange
        strange |= new
        yield from _unknown(new, source, sorted(mapped.columns))
        try:
            document = mapped.document(row.document)
        except Clash as error:
            yield refused(source, Violation("", "heading-clash", found=str(error)))
            continue
        if mapped.collect:
            items.append(document)
            first = first or row
        else:
            yield Row(document, mapped.status, source)
    if first is not None:
        yield Row(mapped.around(items, first.document), mapped.status, first.source)


def _opened(rows: Iterator[Row], mapped: Mapper) -> Iterator[Row]:
    """The rows inside each document, if the mapping says that they stand deeper."""
    if not mapped.rows:
        yield from rows
        return
    for row in rows:
        found: Any = row.document
        for token in mapped.rows:
            found = found.get(token, ()) if isinstance(found, dict) else ()
        for number, item in enumerate(found, start=1):
            source = replace(row.source or Source(), row=number)
            if isinstance(item, dict):
                yield Row(item, None, source)
            else:
                yield refused(source, Violation("", "not-an-object", found=type(item).__name__))
