"""The catalogue in a layout that somebody else asks for (编目模板): columns by a template, not by the schema.

Templates are YAML files of the form ``standards/export-templates/template.schema.json``: those that come
with the product, and those of a folder of one's own. What the sheet has no column for is not in it; for
the way back of a whole record there is ``write_book``.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import orjson
import xlsxwriter
import yaml

from catalog.base import files
from catalog.base.documents import Document
from catalog.base.errors import InvalidDocument, Malformed, NotFound, Violation
from catalog.base.i18n import Language, text
from catalog.exchange.free_text import label_of
from catalog.exchange.xlsx_cells import Names, both
from catalog.standards import schemas
from catalog.standards.annotations import Annotations, Field
from catalog.standards.violations import violations

KIND = "dataset"
MOST = 5_000  # datasets of one workbook: merged cells are held in memory
_ITEMS = "/fields/*"
_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
_LONGEST = 32_000
_WIDTH = 14


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its headings from the top, where its values come from and how they are written."""

    heading: tuple[str, ...]
    pointers: tuple[str, ...] = ()
    count: bool = False
    text: str = ""
    style: str = "label"
    cut: int = 0
    width: int = _WIDTH

    @property
    def of_items(self) -> bool:
        """Whether it says something of an item, not of the dataset."""
        return any(one.startswith(_ITEMS) for one in self.pointers)


@dataclass(frozen=True, slots=True)
class Template:
    """One layout; ``rows`` is how many lines its headings take."""

    name: str
    zh: str
    en: str
    title: str
    columns: tuple[Column, ...]
    above: tuple[str, ...] = ()
    apart: bool = False  # a sheet for each department
    items: bool = False

    @property
    def rows(self) -> int:
        """How many lines the headings take."""
        return max(len(one.heading) for one in self.columns)

    def label(self, language: Language) -> str:
        """What it is called."""
        return self.zh if language == "zh" else self.en


@cache
def templates(own: Path | None = None) -> dict[str, Template]:
    """The templates by name, read once; one of the folder ``own`` takes the place of ours. Raises as ``load``."""
    folders = [files.standards() / "export-templates", *([own] if own else [])]
    found = (load(path) for folder in folders for path in sorted(folder.glob("*.yaml")))
    return {one.name: one for one in found}


def template(name: str, own: Path | None = None) -> Template:
    """The template of that name; raises ``NotFound``."""
    found = templates(own).get(name)
    if found is None:
        raise NotFound(kind="export-template", identifier=name)
    return found


def load(path: Path) -> Template:
    """Read one file; raises ``InvalidDocument`` with everything that is wrong, ``Malformed`` for no YAML."""
    try:
        said = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise Malformed("template-unreadable", file=path.name, detail=str(error)[:200]) from None
    return read(said, file=path.name)


def read(said: Any, *, file: str = "") -> Template:
    """A template from its plain form. Raises ``InvalidDocument``."""
    schema = orjson.loads((files.standards() / "export-templates" / "template.schema.json").read_bytes())
    engine = schemas.engine(schema)
    found = violations(schemas.findings(engine, said), said, schema, Annotations(schema))
    if not found:
        found = list(_unknown(said))
    if found:
        raise InvalidDocument(found, file=file)
    columns = (
        Column(
            tuple(one["heading"]), _listed(one.get("from", [])), one.get("count", False), one.get("text", ""),
            one.get("as", "label"), one.get("cut", 0), one.get("width", _WIDTH),
        )
        for one in said["columns"]
    )  # fmt: skip
    return Template(
        said["name"], said["zh"], said["en"], said["title"], tuple(columns), tuple(said.get("above", ())),
        said.get("sheet") == "department", "items" in said,
    )  # fmt: skip


def _unknown(said: Any) -> Iterator[Violation]:
    annotations = schemas.current(KIND).annotations
    for place, one in enumerate(said["columns"]):
        for pointer in _listed(one.get("from", [])):
            field = annotations.by_pattern.get(pointer)
            if field is None or field.internal or (field.children and field.type != "string"):
                yield Violation(f"/columns/{place}/from", "template-pointer", found=pointer)
            elif pointer.startswith(_ITEMS) and "items" not in said:
                yield Violation(f"/columns/{place}/from", "template-items", found=pointer)


def _listed(said: str | list[str]) -> tuple[str, ...]:
    return (said,) if isinstance(said, str) else tuple(said)


def fill(
    made: Template, documents: Iterable[Document], *, names: Names, language: Language, day: str
) -> bytes:
    """The workbook: a sheet for each department or one, a row for each item, the dataset's cells merged over them.

    ``names`` gives the names of what is referred to: kind → identifier → name.
    """
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, _OPTIONS)
    look = {
        "title": book.add_format({"bold": True, "font_size": 14, "align": "center"}),
        "above": book.add_format({"align": "left"}),
        "head": book.add_format({"bold": True, "border": 1, "align": "center", "valign": "vcenter", "text_wrap": True}),
        "cell": book.add_format({"border": 1, "valign": "top", "text_wrap": True}),
    }  # fmt: skip
    departments = names.get("department", {})

    def owner(one: Document) -> str:
        return str(one.get("department", "")) if made.apart else ""

    taken: set[str] = set()
    for key, group in groupby(sorted(documents, key=owner), key=owner):
        name = departments.get(key, key) or made.title
        sheet = book.add_worksheet(_sheet_name(name, taken))
        line = _head(sheet, made, look, name, day)
        for number, document in enumerate(group, 1):
            line = _put(sheet, made, look["cell"], document, names, language, number=number, line=line)
    if not taken:
        _head(book.add_worksheet(_sheet_name(made.title, taken)), made, look, "", day)
    book.close()
    return target.getvalue()


def _head(sheet: Any, made: Template, look: Mapping[str, Any], department: str, day: str) -> int:
    last = len(made.columns) - 1
    lines = [
        made.title,
        *(one.replace("{department}", department).replace("{day}", day) for one in made.above),
    ]
    for line, said in enumerate(lines):
        _over(sheet, line, 0, line, last, said, look["above" if line else "title"])
    top, rows = len(lines), made.rows
    for column, one in enumerate(made.columns):
        sheet.set_column(column, column, one.width)
    for level in range(rows):
        place = 0
        for (heading, short), run in groupby(made.columns, key=lambda one: _heading(one, level)):
            count = len(list(run))
            if heading is not None:
                bottom = top + rows - 1 if short else top + level
                for start, end in _runs(place, count, merged=level < rows - 1 and not short):
                    _over(sheet, top + level, start, bottom, end, heading, look["head"])
            place += count
    sheet.freeze_panes(top + rows, 0)
    return top + rows


def _heading(one: Column, level: int) -> tuple[str | None, bool]:
    """What stands at a level of the headings, and whether nothing stands below it."""
    if level >= len(one.heading):
        return None, True
    return one.heading[level], level == len(one.heading) - 1


def _runs(start: int, count: int, *, merged: bool) -> list[tuple[int, int]]:
    return [(start, start + count - 1)] if merged else [(one, one) for one in range(start, start + count)]


def _put(
    sheet: Any, made: Template, cell: Any, document: Document, names: Names, language: Language, *,
    number: int, line: int,
) -> int:  # fmt: skip
    items: Sequence[Document] = (document.get("fields") if made.items else None) or [{}]
    bottom = line + len(items) - 1
    for column, one in enumerate(made.columns):
        if one.of_items:
            for place, item in enumerate(items):
                _write(sheet, line + place, column, _said(one, item, names, language, _ITEMS), cell)
        else:
            value = number if one.count else one.text or _said(one, document, names, language, "")
            _over(sheet, line, column, bottom, column, value, cell)
    return bottom + 1


def _said(one: Column, document: Document, names: Names, language: Language, prefix: str) -> str:
    parts = []
    for pointer in one.pointers:
        field = schemas.current(KIND).annotations.by_pattern[pointer]
        value: Any = document
        for token in pointer.removeprefix(prefix).split("/")[1:]:
            value = value.get(token) if isinstance(value, dict) else None
        if value not in (None, "", []):
            values = value if isinstance(value, list) else [value]
            parts.append("、".join(_word(each, field, one, names, language) for each in values))
    return "；".join(parts)[:_LONGEST]


def _word(value: Any, field: Field, one: Column, names: Names, language: Language) -> str:
    if isinstance(value, bool):
        return ("是" if value else "否") if language == "zh" else ("yes" if value else "no")
    said = str(value)[: one.cut] if one.cut else str(value)
    if field.code_list:
        return {"code": said, "both": both(said, field.code_list)}.get(
            one.style, label_of(said, field.code_list)
        )
    if field.ref:
        name = names.get(field.ref, {}).get(said, said)
        return {"code": said, "both": f"{said} {name}" if name != said else said}.get(one.style, name)
    if "enum" in field.schema and one.style != "code":
        return text(f"enum.{said}", language)
    return said


def _over(sheet: Any, top: int, left: int, bottom: int, right: int, value: str | int, look: Any) -> None:
    if (top, left) != (bottom, right):
        sheet.merge_range(top, left, bottom, right, "", look)
    _write(sheet, top, left, value, look)


def _write(sheet: Any, line: int, column: int, value: str | int, look: Any) -> None:
    if isinstance(value, int):
        sheet.write_number(line, column, value, look)
    else:
        sheet.write_string(line, column, value, look)


def _sheet_name(name: str, taken: set[str]) -> str:
    short = name.translate(_FORBIDDEN).strip()[:28] or "-"
    said, number = short, 2
    while said.casefold() in taken:
        said, number = f"{short} {number}", number + 1
    taken.add(said.casefold())
    return said
