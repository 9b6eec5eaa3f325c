"""A document as a reader sees it: labelled facts in the groups of its schema. Pure; no database.

``facts`` turns a document into ``Group``s of ``Fact``s. What a value needs from elsewhere (names of the
records it refers to, labels of codes, names of people) comes in as a ``Lookup``, fetched in one batch.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from catalog.base.documents import Document
from catalog.base.i18n import Language, text
from catalog.base.pages import web_address
from catalog.kinds import BY_NAME
from catalog.standards.annotations import Annotations, Field
from catalog.standards.formats import FORMATS
from catalog.standards.wording import explain

_IN_THE_HEAD = frozenset({"identifier", "name", "name_en"})
_SPEAKING = re.compile("[0-9A-Z]")  # a code without any is a word of the program, and says no more
_LONG = 16  # a list of longer texts stands one below the other
_ROWS = 200  # rows of a nested table that a page shows; the JSON holds all
_MANY_COLUMNS, _FEW_ROWS = 5, 3  # a short table of many columns reads better as facts
_GROUPED = 10_000  # numbers from here on are grouped; years are not


@dataclass(frozen=True, slots=True)
class Lookup:
    """Names and labels for what documents refer to."""

    names: Mapping[tuple[str, str], str] = field(default_factory=dict)
    codes: Mapping[tuple[str, str], str] = field(default_factory=dict)
    people: Mapping[str, str] | None = None  # None: this reader may not know any


@dataclass(frozen=True, slots=True)
class Value:
    """One value ready to show. ``shape`` says how: text, ref, code, format, link, list, table, facts."""

    shape: str
    text: str = ""
    href: str = ""
    code: str = ""
    items: Sequence[Any] = ()
    columns: Sequence[str] = ()
    more: int = 0


@dataclass(frozen=True, slots=True)
class Fact:
    """A label, what it means, and the value."""

    label: str
    about: str
    value: Value
    wide: bool = False
    internal: bool = False
    bare: bool = False  # the heading above says what it is; no label


@dataclass(frozen=True, slots=True)
class Group:
    """Facts under one heading of the schema."""

    id: str
    title: str
    facts: Sequence[Fact]


def facts(
    document: Document,
    annotations: Annotations,
    language: Language,
    lookup: Lookup,
    *,
    skip: frozenset[str] = frozenset(),
) -> list[Group]:
    """The groups of the schema that have something to show, in its order; the rest comes last."""
    shown = _Shown(language, lookup)
    by_group: dict[str, list[Fact]] = {}
    for one in annotations.top:
        name = one.name
        if name in document and name not in _IN_THE_HEAD and name not in skip:
            by_group.setdefault(one.group or "", []).append(shown.fact(one, document[name]))
        elif one.ref == "person" and not one.internal and document and name not in skip:
            by_group.setdefault(one.group or "", []).append(shown.vacant(one))
    titles = {g["id"]: g["title"] if language == "zh" else g["x-title"] for g in annotations.groups}
    titles[""] = text("facts.further", language)
    return [Group(id, title, by_group[id]) for id, title in titles.items() if by_group.get(id)]


def shown(field: Field, value: Any, language: Language, lookup: Lookup) -> Value:
    """One value of a field, for whoever shows it apart from its record."""
    return _Shown(language, lookup).value(field, value)


def person(key: str, lookup: Lookup, language: Language) -> str:
    """The name behind a person key, if this reader may know it and it was not forgotten."""
    if lookup.people is None:
        return text("facts.person", language)
    return lookup.people.get(key) or text("facts.forgotten", language)


def enum_name(value: str, language: Language) -> str:
    """What a value of an enumeration is called; itself where the locale has no word for it."""
    try:
        return text(f"enum.{value}", language)
    except KeyError:
        return value


class _Shown:
    """Values of one page, in its language and with its lookup."""

    def __init__(self, language: Language, lookup: Lookup) -> None:
        self._language = language
        self._lookup = lookup

    def fact(self, one: Field, value: Any) -> Fact:
        made = self.value(one, value)
        wide = made.shape == "table"
        return Fact(one.label(self._language), one.description(self._language), made, wide, one.internal)

    def vacant(self, one: Field) -> Fact:
        """A post that nobody holds (an appointment without a person)."""
        empty = Value("vacant", text=text("facts.vacant", self._language))
        return Fact(one.label(self._language), one.description(self._language), empty)

    def value(self, one: Field, value: Any) -> Value:
        if isinstance(value, list):
            return self._list(one, value)
        if isinstance(value, dict):
            return self._object(one, value)
        return self._scalar(one, value)

    def _object(self, one: Field, value: Mapping[str, Any]) -> Value:
        inner = [self.fact(child, value[child.name]) for child in one.children if child.name in value]
        return Value("facts", items=inner) if inner else self._free(value)

    def _list(self, one: Field, values: list[Any]) -> Value:
        if values and isinstance(values[0], dict):
            columns = [c for c in one.children if any(isinstance(v, dict) and c.name in v for v in values)]
            if len(columns) > _MANY_COLUMNS and len(values) <= _FEW_ROWS:
                return Value("list", items=[self._object(one, row) for row in values])
            rows = [
                [self._cell(c, row[c.name]) if c.name in row else None for c in columns]
                for row in values[:_ROWS]
            ]
            labels = [c.label(self._language) for c in columns]
            return Value("table", items=rows, columns=labels, more=max(0, len(values) - _ROWS))
        items = [self._scalar(one, value) for value in values]
        short = all(len(item.text) + len(item.code) <= _LONG for item in items)
        return Value("tags" if short else "list", items=items)

    def _cell(self, one: Field, value: Any) -> Value:
        """A value inside a table: objects become one line each, so that no table stands in a table."""
        if isinstance(value, list) and value and isinstance(value[0], dict):
            return Value("list", items=[self._line(one, row) for row in value])
        return self._line(one, value) if isinstance(value, dict) else self.value(one, value)

    def _line(self, one: Field, row: dict[str, Any]) -> Value:
        parts = (self.value(child, row[child.name]) for child in one.children if child.name in row)
        return Value("text", text=" · ".join(part.text or part.code for part in parts))

    def _scalar(self, one: Field, value: Any) -> Value:
        shown = self._plain(value)
        if isinstance(value, str):
            if one.ref == "person":
                return Value("text", text=person(value, self._lookup, self._language))
            if one.ref:
                return self._ref(one.ref, value)
            if one.code_list:
                label = self._lookup.codes.get((one.code_list, value), "")
                href = f"/code-lists/{one.code_list}"
                shown_code = value if label and _SPEAKING.search(value) else ""
                return Value("code", text=label or value, code=shown_code, href=href)
            form = one.schema.get("format") or one.items.get("format")
            if form == "data-format":
                return Value("format", code=value, text=self._sentence(value))
            if "enum" in one.schema or "enum" in one.items:
                return Value("text", text=enum_name(value, self._language))
            if web_address(value):
                return Value("link", text=value, href=value)
            if form in FORMATS:
                return Value("mono", text=value)
        return Value("text", text=shown)

    def _ref(self, kind: str, identifier: str) -> Value:
        known = BY_NAME.get(kind)
        name = self._lookup.names.get((kind, identifier))
        href = f"/{known.plural}/{identifier}" if known and name else ""
        return Value("ref", text=name or identifier, code=identifier if name else "", href=href)

    def _sentence(self, notation: str) -> str:
        return explain(notation, self._language)

    def _plain(self, value: Any) -> str:
        if isinstance(value, bool):
            return text("facts.yes" if value else "facts.no", self._language)
        return f"{value:,}" if isinstance(value, int) and abs(value) >= _GROUPED else str(value)

    def _free(self, value: Mapping[str, Any]) -> Value:
        items = [Fact(key, "", Value("text", text=self._plain(inner))) for key, inner in value.items()]
        return Value("facts", items=items)
