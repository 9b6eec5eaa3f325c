"""The cells of a document, or of one of its items, become values: read as people write, several at once where they must be."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from typing import Any

from catalog.base.errors import Source, Violation
from catalog.exchange import free_text
from catalog.exchange.cells import split
from catalog.exchange.free_types import length_of, written
from catalog.exchange.layouts_headings import of_kind
from catalog.exchange.layouts_profile import Rule
from catalog.exchange.words import normal
from catalog.standards import schemas
from catalog.standards.annotations import PERSON, Field

NOT_SHARED = "3"
_TITLE = re.compile(r"《[^《》]+》")
_ARTICLE = re.compile(
    r"第[一二三四五六七八九十百零0-9]+条(?:第[一二三四五六七八九十0-9]+款)?(?:第[（(]?[一二三四五六七八九十0-9]+[）)]?项)?"
)
_BETWEEN = re.compile(r"[、，,；;|\n\t]+(?![^(（]*[)）])")
_TWO_DIGITS = re.compile(r"[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Cell:
    """A text with the place it stands in and the rule of its column."""

    text: str
    source: Source
    rule: Rule


Cells = Mapping[str, Sequence[Cell]]
"""The cells for each pointer pattern, in the order of the columns and lines."""


@dataclass(slots=True)
class Made:
    """What cells became: values by pointer pattern, where they stand, and what was taken as something else."""

    values: dict[str, Any] = field(default_factory=dict)
    places: dict[str, Source] = field(default_factory=dict)
    understood: dict[str, tuple[str, str]] = field(default_factory=dict)
    violations: list[Violation] = field(default_factory=list)

    def put(self, to: str, cell: Cell, value: Any, told: str = "") -> None:
        """A value from a cell; ``told`` says what it was taken as, where the text says something else."""
        if value in ("", [], None):
            return
        self.values[to] = value
        self.places[to] = cell.source
        if told and normal(told) != normal(cell.text):
            self.understood[to] = (cell.text, told)


def made(cells: Cells, kind: str) -> Made:
    """The values that the cells of a document (or of one item) mean for a kind."""
    fields = schemas.current(kind).annotations.by_pattern
    found = Made()
    waiting = dict(cells)
    for to, make in _makers(kind).items():
        if to in waiting:
            make(found, to, waiting, kind)
    for to, held in waiting.items():
        if to in fields and fields[to].ref != PERSON:
            _plain(found, to, held, fields[to], kind)
    return found


def _plain(found: Made, to: str, cells: Sequence[Cell], field_: Field, kind: str) -> None:
    """One property from its cells: lists gather them, a single value may not differ between them."""
    if field_.type == "array" and not field_.children:
        _gathered(found, to, cells, field_)
        return
    several = of_kind(kind).get("several", ())
    if to in several and field_.code_list is None:
        joined = " ".join(dict.fromkeys(free_text.one_line(cell.text) for cell in cells))
        found.put(to, cells[0], joined)
        return
    read = [(cell, *_read(cell, field_)) for cell in cells]
    if to in several:
        cell, value, told = _finest(read, field_)
    else:
        cell, value, told = read[0]
        for other, second, _ in read[1:]:
            if second != value:
                found.violations.append(
                    Violation(to, "cells-differ", found=other.text, expected=cell.text, source=other.source)
                )
    found.put(to, cell, value, told)


def _read(cell: Cell, field_: Field) -> tuple[Any, str]:
    if cell.text in cell.rule.values:
        return _decided(cell.rule.values[cell.text], field_), cell.rule.values[cell.text]
    if cell.rule.reads == "text":
        return cell.text, ""
    taken = free_text.read(cell.text, field_)
    return taken.value, taken.told


def _decided(text: str, field_: Field) -> Any:
    """A value that a person gave for a word, in the type of the property."""
    return free_text.read(text, field_).value if field_.type != "string" else text


def _gathered(found: Made, to: str, cells: Sequence[Cell], field_: Field) -> None:
    values: dict[Any, Cell] = {}
    told = []
    for cell in cells:
        value, said = _read(cell, field_)
        for one in value if isinstance(value, list) else [value]:
            values.setdefault(cell.rule.values.get(one, one), cell)
        told.append(said)
    found.put(to, cells[0], list(values), "、".join(said for said in told if said))
    for number, cell in enumerate(values.values()):
        found.places[f"{to}/{number}"] = cell.source


def _finest(read: list[tuple[Cell, Any, str]], field_: Field) -> tuple[Cell, Any, str]:
    """Of the levels of a classification, each in a column, the last that is a code; figures join the one before."""
    codes = [
        (cell, value, told)
        for cell, value, told in read
        if free_text.is_code(str(value), field_.code_list or "")
    ]
    for (_, before, _), (cell, _, _) in pairwise(read):
        joined = f"{before}{cell.text}"
        if _TWO_DIGITS.fullmatch(cell.text) and free_text.is_code(joined, field_.code_list or ""):
            return cell, joined, free_text.label_of(joined, field_.code_list or "")
    return codes[-1] if codes else read[-1]


def _type(found: Made, to: str, waiting: dict[str, Sequence[Cell]], kind: str) -> None:
    """A type with its length, in one column or in two."""
    beside = f"{to.rpartition('/')[0]}/format"
    cell = waiting.pop(to)[0]
    lengths = waiting.pop(beside, ())
    length = lengths[0] if lengths else None
    apart = length is not None and length.source != cell.source
    meant = written(cell.text, length.text if length and apart else "")
    if cell.text in cell.rule.values:
        found.put(to, cell, cell.rule.values[cell.text], cell.rule.values[cell.text])
    else:
        found.put(to, cell, meant.data_type or cell.text, meant.told)
    if length is None:
        return
    format_ = meant.format or (length_of(length.text, str(found.values[to])) if apart else None)
    if format_:
        found.put(beside, length, format_, format_)
    elif apart:
        found.put(beside, length, length.text)


def _grade(found: Made, to: str, waiting: dict[str, Sequence[Cell]], kind: str) -> None:
    """«一般3级»: a grade and, in the same text, the level of general data."""
    beside = f"{to.rpartition('/')[0]}/general_level"
    fields = schemas.current(kind).annotations.by_pattern
    cells = waiting.pop(to)
    _plain(found, to, cells, fields[to], kind)
    levels = waiting.pop(beside, ())
    if not levels:
        return
    if levels[0].source != cells[0].source:
        _plain(found, beside, levels, fields[beside], kind)
    else:
        level = free_text.level(levels[0].text)
        if level is not None and found.values.get(to) == "general":
            label = free_text.label_of("general", fields[to].code_list or "")
            found.put(beside, levels[0], level)
            found.understood[to] = (cells[0].text, f"{label} {level}级")


def _basis(found: Made, to: str, waiting: dict[str, Sequence[Cell]], kind: str) -> None:
    """共享条件 and 不予共享依据 in one column: the class says which of the two it is."""
    conditions = waiting.get("/share/other_conditions", ())
    cells = waiting[to]
    fields = schemas.current(kind).annotations.by_pattern
    classes = waiting.get("/share/class", ())
    shared = _read(classes[0], fields["/share/class"])[0] if classes else None
    both = bool(conditions) and conditions[0].source == cells[0].source
    if both and shared != NOT_SHARED:
        waiting.pop(to)
        return
    if both:
        waiting.pop("/share/other_conditions")
    waiting.pop(to)
    _titles(found, to, cells[0], reason=both)


def _titles(found: Made, to: str, cell: Cell, *, reason: bool) -> None:
    """Each 《…》 is a title with its article; a text that names none is the reason."""
    titles = list(_TITLE.finditer(cell.text))
    if not titles:
        found.put(
            "/share/reason" if reason else to, cell, cell.text if reason else free_text.one_line(cell.text)
        )
        return
    listed = []
    for match, following in zip(titles, [*titles[1:], None], strict=True):
        rest = cell.text[match.end() : following.start() if following else None]
        article = _ARTICLE.search(rest)
        listed.append({"title": match[0].strip("《》")} | ({"article": article[0]} if article else {}))
    found.put("/share/legal_basis", cell, listed, "、".join(one["title"] for one in listed))


def _scheme(found: Made, to: str, waiting: dict[str, Sequence[Cell]], kind: str) -> None:
    """A code names its scheme, where it fits one."""
    cells = waiting.pop(to)
    codes = waiting.get("/resource_code", ())
    if not codes or codes[0].source != cells[0].source:
        _plain(found, to, cells, schemas.current(kind).annotations.by_pattern[to], kind)
        return
    scheme = free_text.resource_scheme(free_text.clean(cells[0].text))
    if scheme:
        found.put(to, cells[0], scheme, scheme)


def _category(found: Made, to: str, waiting: dict[str, Sequence[Cell]], kind: str) -> None:
    """«csv、xlsx» names types: the category is that of the first that is known."""
    cells = waiting.pop(to)
    field_ = schemas.current(kind).annotations.by_pattern[to]
    types = waiting.get("/format/types", ())
    beside = bool(types) and types[0].source == cells[0].source
    if not beside:
        _plain(found, to, cells, field_, kind)
        if free_text.is_code(str(found.values.get(to)), field_.code_list or ""):
            return
    for part in split(cells[0].text.strip("[]【】")):
        taken = free_text.code(part, field_.code_list or "")
        if taken.value != part:
            found.put(to, cells[0], taken.value, free_text.label_of(taken.value, field_.code_list or ""))
            return


@cache
def _makers(kind: str) -> Mapping[str, Callable[[Made, str, dict[str, Sequence[Cell]], str], None]]:
    """The properties that are read together with others, and how."""
    made_so = {"/share/legal_basis/*/title": _basis, "/code_scheme": _scheme, "/format/category": _category}
    found = {}
    for to, field_ in schemas.current(kind).annotations.by_pattern.items():
        if field_.name == "data_type" and field_.code_list:
            found[to] = _type
        elif field_.name == "grade" and field_.code_list:
            found[to] = _grade
        elif to in made_so:
            found[to] = made_so[to]
    return found


def named(cell: Cell) -> Iterator[str]:
    """The names in a cell that lists the items of a document: «姓名、性别(男、女)» are two."""
    for part in split(free_text.clean(cell.text), _BETWEEN):
        yield free_text.one_line(part)
