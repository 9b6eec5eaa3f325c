"""Which sheets and columns a workbook of ours has: the schema of a kind laid flat.

One main sheet with a row for each record; every list of objects (a dataset's fields, a topic's sections and
their slots) has a sheet of its own, whose first columns name the record and the item around.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from catalog.base.i18n import Language, text
from catalog.exchange.cells import headings
from catalog.exchange.tables import plain
from catalog.standards import schemas
from catalog.standards.annotations import ITEMS, Field

_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
_SHEET_NAME = 31


@dataclass(frozen=True, slots=True)
class Column:
    """One property as a column; ``path`` leads to it within the item that a row of its sheet stands for."""

    field: Field
    path: tuple[str, ...]
    heading: str


@dataclass(frozen=True, slots=True)
class Tab:
    """One sheet: the records themselves (``array`` empty), or the items of one list within them.

    ``array`` names the lists on the way, ``key`` the property of an item by which rows further in name it.
    """

    name: str
    array: tuple[str, ...]
    columns: tuple[Column, ...]
    owner: str = ""  # heading of the column that names the record
    parent: str = ""  # heading of the column that names the item around, in a list within a list
    position: str = ""
    key: str | None = None
    fields: tuple[Field, ...] = field(default=(), repr=False)

    @property
    def pattern(self) -> str:
        """``/sections/*/slots`` of a list; empty for the records."""
        return "".join(f"/{name}/{ITEMS}" for name in self.array).removesuffix(f"/{ITEMS}")


@dataclass(frozen=True, slots=True)
class Layout:
    """The sheets of a kind in one language; ``tabs[0]`` is the main one."""

    kind: str
    language: Language
    tabs: tuple[Tab, ...]


@cache
def layout(kind: str, language: Language = "zh") -> Layout:
    """The sheets of ``kind``."""
    tabs: list[Tab] = []
    taken: set[str] = set()
    _tabs(
        schemas.current(kind).annotations.top, (), (), text(f"kind.{kind}", language), language, taken, tabs
    )
    return Layout(kind, language, tuple(tabs))


def _tabs(
    fields: tuple[Field, ...],
    array: tuple[str, ...],
    trail: tuple[str, ...],
    name: str,
    language: Language,
    taken: set[str],
    tabs: list[Tab],
) -> None:
    names = {text("workbook.status", language)} if not array else set()
    columns = tuple(_columns(fields, (), (), language, names))
    around = {}
    if array:
        around["owner"] = text("workbook.owner", language)
        around["position"] = text("workbook.position", language)
    if len(array) > 1:
        around["parent"] = text("workbook.parent", language, name=trail[-1])
    key = next((c.path[0] for c in columns if len(c.path) == 1 and c.field.type == "string"), None)
    tabs.append(Tab(_sheet_name(name, trail, taken), array, columns, key=key, fields=fields, **around))
    for found, path in _lists(fields, ()):
        label = found.label(language)
        _tabs(found.children, (*array, *path), (*trail, name), label, language, taken, tabs)


def _lists(fields: tuple[Field, ...], path: tuple[str, ...]) -> Iterator[tuple[Field, tuple[str, ...]]]:
    for one in fields:
        if one.type == "array" and one.children and not path:
            yield one, (one.name,)


def _columns(
    fields: tuple[Field, ...],
    path: tuple[str, ...],
    trail: tuple[str, ...],
    language: Language,
    taken: set[str],
) -> Iterator[Column]:
    for one in fields:
        place = (*path, one.name)
        label = one.label(language)
        if one.type == "object" and one.children:
            yield from _columns(one.children, place, (*trail, label), language, taken)
        elif not (one.type == "array" and one.children and not path):
            first = one.columns[0] if language == "zh" else label
            heading = next(
                (name for name in (first, " › ".join((*trail, label))) if name not in taken), ".".join(place)
            )
            taken.add(heading)
            yield Column(one, place, heading)


def _sheet_name(name: str, trail: tuple[str, ...], taken: set[str]) -> str:
    for wanted in (name, "-".join((*trail[1:], name)), "-".join((*trail, name))):
        short = _FORBIDDEN.sub(" ", wanted).strip()[:_SHEET_NAME]
        if short.casefold() not in taken:
            break
    number = 2
    while short.casefold() in taken:
        short = f"{short[: _SHEET_NAME - 3]} {number}"
        number += 1
    taken.add(short.casefold())
    return short


@cache
def known(kind: str, number: int) -> Mapping[str, Column]:
    """The columns of a sheet (its number in the layout) by every heading that a person may give them."""
    found: dict[str, Column] = {}
    tabs = [layout(kind, language).tabs[number] for language in ("zh", "en")]
    for tab in tabs:
        for column in tab.columns:
            found.setdefault(plain(column.heading), column)
    for column in tabs[0].columns:
        for name in (
            *column.field.columns,
            column.field.label("zh"),
            column.field.label("en"),
            ".".join(column.path),
        ):
            found.setdefault(plain(name), column)
    if number == 0:
        for heading, one in headings(kind).items():
            found.setdefault(heading, Column(one, one.path, one.title))
    return found


@cache
def words(key: str, name: str = "") -> frozenset[str]:
    """A word of ours in both languages, as a heading is compared."""
    return frozenset(plain(text(key, language, name=name)) for language in ("zh", "en"))
