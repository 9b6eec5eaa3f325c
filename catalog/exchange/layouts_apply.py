"""A profile applied to a table: rows of documents, each value with its cell and what it was taken as."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from catalog.base.documents import Document
from catalog.base.errors import Source, Violation
from catalog.exchange.cells import put
from catalog.exchange.layouts_documents import Cell, Made, made, named
from catalog.exchange.layouts_groups import groups
from catalog.exchange.layouts_headings import bare, meanings
from catalog.exchange.layouts_profile import Profile, Rule
from catalog.exchange.layouts_tables import Column, Line, Table, letter
from catalog.exchange.rows import Row, refused
from catalog.exchange.words import normal
from catalog.standards.annotations import ITEMS

NAME, DEPARTMENT = "/name", "/department"
_NEAREST = 3


def apply(table: Table, profile: Profile, *, file: str | None = None) -> Iterator[Row]:
    """The documents of a table, each a ``Row`` with its place (file, sheet, first row) and its cells.

    Names of departments and other records stay as they were written, for the register to resolve. What
    was not understood stays too, for the schema to refuse at its cell. A heading that the profile does not
    know comes first, as a refused row with the nearest properties; two different texts where a document
    has one value refuse it. An empty cell says nothing: what the register has there stays.
    """
    bound, strange = _bound(table, profile)
    for column in strange:
        yield _unknown(table, column, profile.kind, file)
    for lines in _documents(table, profile, bound):
        yield _Assembly(table, profile, bound, file).row(lines)


def _bound(table: Table, profile: Profile) -> tuple[list[tuple[Column, Rule]], list[Column]]:
    """The columns of a table with their rules, by heading and number; those without a rule."""
    rules = {(bare(rule.heading), rule.nth): rule for rule in profile.columns}
    seen: dict[str, int] = {}
    bound, strange = [], []
    for column in table.columns:
        name = bare(column.title)
        nth = seen.get(name, 0)
        seen[name] = nth + 1
        rule = rules.get((name, nth))
        if rule is not None:
            bound.append((column, rule))
        elif column.heading and any(line.cells[column.index] for line in table.lines):
            strange.append(column)
    return bound, strange


def _unknown(table: Table, column: Column, kind: str, file: str | None) -> Row:
    place = Source(file, sheet=table.sheet, row=table.headings[-1] if table.headings else 1)
    nearest = [guess.to for guess in meanings(column.parts, kind)[:_NEAREST]]
    where = replace(place, column=letter(column.place) if column.place else None)
    return refused(
        where, Violation("", "heading-unknown", found=column.title, expected=nearest, source=where)
    )


def _documents(table: Table, profile: Profile, bound: Sequence[tuple[Column, Rule]]) -> Iterator[list[Line]]:
    lines = [line for line in table.lines if not _is_skipped(line, profile.skip)]
    if not lines:
        return
    if profile.groups == "sheet":
        yield lines
        return
    identity = [column.index for to in profile.identity for column, rule in bound if to in rule.to]
    if profile.groups == "line" or not identity:
        yield from ([line] for line in lines)
        return
    yield from groups(lines, identity)


def _is_skipped(line: Line, words: Sequence[str]) -> bool:
    return bool(words) and any(normal(text) == normal(word) for text in line.cells if text for word in words)


def _lists(document: Document, around: str = "") -> Iterator[str]:
    """The lists of objects in a document: the file shows their items; else an empty cell says nothing."""
    for name, value in document.items():
        if isinstance(value, dict):
            yield from _lists(value, f"{around}/{name}")
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            yield f"{around}/{name}"


class _Assembly:
    """One document being put together from its lines."""

    def __init__(
        self, table: Table, profile: Profile, bound: Sequence[tuple[Column, Rule]], file: str | None
    ) -> None:
        self.table, self.profile, self.bound, self.file = table, profile, bound, file
        self.inside = f"{profile.items}/{ITEMS}/" if profile.items else None
        self.document: Document = {}
        self.places: dict[str, Source] = {}
        self.understood: dict[str, tuple[str, str]] = {}
        self.violations: list[Violation] = []
        self.doubts: list[Violation] = []

    def row(self, lines: Sequence[Line]) -> Row:
        source = Source(self.file, sheet=self.table.sheet, row=lines[0].row)
        whole: dict[str, list[Cell]] = {}
        items: list[tuple[dict[str, list[Cell]], Source]] = []
        for line in lines:
            item = self._line(line, whole, len(items))
            if item:
                items.append((item, replace(source, row=line.row)))
        self._labelled(whole, source)
        self._add(made(whole, self.profile.kind), "", {})
        for number, (item, place) in enumerate(items):
            self.places[f"{self.profile.items}/{number}"] = place
            self._add(made(item, self.profile.kind), f"{self.profile.items}/{number}", self._item(number))
        self._constants()
        return Row(
            self.document,
            None,
            source,
            tuple(self.violations),
            places=self.places,
            understood=self.understood,
            seen=frozenset(_lists(self.document)),
            doubts=tuple(self.doubts),
        )

    def _line(self, line: Line, whole: dict[str, list[Cell]], number: int) -> dict[str, list[Cell]]:
        """Gather the cells of a line: those of the document into ``whole``; those of its item are returned."""
        item: dict[str, list[Cell]] = {}
        own = False
        for column, rule in self.bound:
            text = line.cells[column.index]
            if not text or not rule.to:
                continue
            row, place = line.place(column)
            source = Source(
                self.file, sheet=self.table.sheet, row=row, column=letter(place), heading=column.title
            )
            cell = Cell(text, source, rule)
            if (row, place) in self.table.damaged:
                self._doubt(rule.to[0], text, number)
            for to in rule.to:
                if rule.reads == "names":
                    self._named(cell, to)
                elif self.inside and to.startswith(self.inside):
                    item.setdefault(to, []).append(cell)
                    own = own or column.index not in line.repeats
                elif all(before.text != text for before in whole.get(to, ())):
                    whole.setdefault(to, []).append(cell)
        return item if own else {}

    def _doubt(self, to: str, text: str, number: int) -> None:
        """A long number that was kept as one and lost its last digits."""
        inside = bool(self.inside and to.startswith(self.inside))
        pointer = self._pointer(to, f"{self.profile.items}/{number}" if inside else "")
        self.doubts.append(Violation(pointer, "number-digits-lost", "warning", found=text))

    def _named(self, cell: Cell, to: str) -> None:
        """The items that one cell lists by their names."""
        items, _, name = to.rpartition(f"/{ITEMS}/")
        listed = [{name: text} for text in named(cell)]
        put(self.document, tuple(items.split("/")[1:]), listed)
        self.places[items] = cell.source

    def _labelled(self, whole: dict[str, list[Cell]], source: Source) -> None:
        """What stands above the list or on the sheet's tab, where no column said it."""
        head = Source(self.file, sheet=self.table.sheet, row=1)
        by_name = {bare(label): text for label, text in self.table.labels.items()}
        for rule in self.profile.labels:
            text = by_name.get(bare(rule.heading), "")
            for to in rule.to:
                if text and to not in whole:
                    whole[to] = [Cell(text, head, rule)]
        if self.profile.department_from == "sheet" and DEPARTMENT not in whole:
            whole[DEPARTMENT] = [Cell(self.table.sheet, head, Rule("", (DEPARTMENT,)))]
        if self.profile.groups == "sheet" and NAME not in whole:
            whole[NAME] = [Cell(self.table.sheet, head, Rule("", (NAME,)))]

    def _item(self, number: int) -> Document:
        listed: list[Any] = self.document.setdefault(self.profile.items.strip("/"), [])
        while len(listed) <= number:
            listed.append({})
        item: Document = listed[number]
        return item

    def _add(self, found: Made, prefix: str, item: Document) -> None:
        """Put values into the document, or into one of its items, with their places."""
        for to, value in found.values.items():
            path = (to.removeprefix(self.inside) if prefix and self.inside else to[1:]).split("/")
            put(item if prefix else self.document, tuple(path), value)
        for to, place in found.places.items():
            self.places[self._pointer(to, prefix)] = place
        for to, said in found.understood.items():
            self.understood[self._pointer(to, prefix)] = said
        for violation in found.violations:
            self.violations.append(replace(violation, pointer=self._pointer(violation.pointer, prefix)))

    def _pointer(self, to: str, prefix: str) -> str:
        if prefix and self.inside:
            return f"{prefix}/{to.removeprefix(self.inside)}"
        return to.replace(f"/{ITEMS}", "/0")

    def _constants(self) -> None:
        for to, value in self.profile.constants.items():
            path = to.split("/")[1:]
            here: Any = self.document
            for token in path[:-1]:
                here = here.get(token, {}) if isinstance(here, dict) else None
            if isinstance(here, dict) and path[-1] not in here:
                put(self.document, tuple(path), value)
