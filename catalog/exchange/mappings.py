"""Mapping files: how the columns of somebody else's table become a document of ours.

A mapping is YAML (``standards/mappings``)::

    kind: dataset
    title: what it reads
    constants: {/department: DP0002}       # pointer: value, in every document
    columns:
      名称: /name                           # heading: pointer
      更新日期: {to: /data_updated_on, as: date}
      资源格式: {to: /format/types, as: list, strip: "[]", empty: ["—"]}
      开放方式: {to: /open/public, values: {无条件开放: true}, others: drop}
      允许值: {to: /value_domain/type, otherwise: referenced, default: free}
    compose:                                # one value from several columns
      - {to: /format, from: "{datatype}({numrange})", as: data-format}
    ignore: [url]                           # headings that are left out on purpose
    rows: /items                            # where the rows stand in a JSON file
    collect: /codes                         # all rows are items of one document
    once: {Revision: /edition}              # with collect: columns that say something of that document

``as`` is text (the default), date, list, integer, boolean or data-format. A value that ``values`` does
not name is kept, left out by ``others: drop``, or replaced by ``otherwise``; ``default`` stands for an
empty cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from catalog.base.documents import Document
from catalog.base.errors import Malformed
from catalog.base.files import standards
from catalog.exchange.cells import day, put, split
from catalog.exchange.tables import plain
from catalog.exchange.yaml_rows import nodes, value_of
from catalog.kinds import BY_NAME
from catalog.standards.wording import suggest

_COLUMN = re.compile(r"\{([^{}]+)\}")
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_PARTS = {"kind", "title", "status", "constants", "columns", "compose", "ignore", "rows", "collect", "once"}
_TARGET_PARTS = {"to", "as", "values", "others", "strip", "split", "empty", "from", "default", "otherwise"}
_FORMS = ("text", "date", "list", "integer", "boolean", "data-format")


@dataclass(frozen=True, slots=True)
class Target:
    """Where a value goes and what is done to it on the way."""

    to: tuple[str, ...]
    form: str = "text"
    values: Mapping[str, Any] = field(default_factory=dict)
    drop_others: bool = False
    otherwise: Any = None
    strip: str = ""
    parts: re.Pattern[str] | None = None
    empty: frozenset[str] = frozenset()
    template: str = ""
    default: Any = None


@dataclass(frozen=True, slots=True)
class Mapper:
    """A mapping file that was read and found sound."""

    kind: str
    status: str | None
    constants: tuple[tuple[tuple[str, ...], Any], ...]
    columns: Mapping[str, tuple[Target, ...]]
    compose: tuple[Target, ...]
    ignored: frozenset[str]
    rows: tuple[str, ...]
    collect: tuple[str, ...]
    once: Mapping[str, tuple[Target, ...]]

    def knows(self, heading: str) -> bool:
        """Whether a heading is mapped, used in a composition or left out on purpose."""
        name = plain(heading)
        return name in self.columns or name in self.once or name in self.ignored

    def document(self, cells: Mapping[str, Any]) -> Document:
        """The document (or, with ``collect``, the item) that a row means. Raises ``Clash``."""
        made: Document = {}
        if not self.collect:
            self.fill(made)
        given = {plain(heading): cell for heading, cell in cells.items()}
        for name, targets in self.columns.items():
            for target in targets:
                _place(made, target, given.get(name))
        for target in self.compose:
            whole = all(cells.get(name) for name in _COLUMN.findall(target.template))
            made_of = _COLUMN.sub(lambda match: str(cells[match[1]]), target.template) if whole else ""
            _place(made, target, made_of)
        return made

    def around(self, items: list[Document], cells: Mapping[str, Any]) -> Document:
        """With ``collect``: the one document around all items; ``cells`` are those of the first row."""
        made: Document = {}
        self.fill(made)
        for heading, cell in cells.items():
            for target in self.once.get(plain(heading), ()):
                _place(made, target, cell)
        put(made, self.collect, items)
        return made

    def fill(self, document: Document) -> None:
        """Put the constants into a document."""
        for path, value in self.constants:
            put(document, path, value)


def _place(document: Document, target: Target, cell: Any) -> None:
    value = _value(target, cell)
    if value is None:
        value = target.default
    if value is not None and value != []:
        put(document, target.to, value)


def _value(target: Target, cell: Any) -> Any:
    if isinstance(cell, (list, dict)):
        return cell or None
    text = ("" if cell is None else str(cell)).strip(target.strip + " \t\r\n\u3000\u00a0")
    if not text or text in target.empty:
        return None
    if target.form == "list":
        parts = split(text, target.parts) if target.parts else split(text)
        return [_translated(target, part) for part in parts if _translated(target, part) is not None]
    return _formed(_translated(target, text), target.form)


def _translated(target: Target, text: str) -> Any:
    if text in target.values:
        return target.values[text]
    if target.otherwise is not None:
        return target.otherwise
    return None if target.drop_others else text


def _formed(value: Any, form: str) -> Any:
    if not isinstance(value, str):
        return value
    if form == "date":
        return day(value)
    if form == "integer":
        return int(value) if re.fullmatch(r"-?[0-9]{1,15}", value) else value
    if form == "boolean":
        return {"是": True, "否": False, "1": True, "0": False}.get(value, value)
    if form == "data-format":
        return suggest(value) or value
    return value


def mapper(source: str | Path, kind: str) -> Mapper:
    """The mapping of a name under ``standards/mappings``, or of a file; raises ``Malformed``.

    Only a ``Path`` reads a file from anywhere: a name that came over the network cannot.
    """
    if isinstance(source, Path) and source.is_file():
        path = source
    else:
        name = str(source)
        path = standards() / "mappings" / f"{name}.yaml"
        if not _NAME.fullmatch(name) or not path.is_file():
            known = sorted(file.stem for file in (standards() / "mappings").glob("*.yaml"))
            raise Malformed("mapping-unknown", found=name, expected=[n for n in known if n != "labels"])
    found = _read(path.read_text(encoding="utf-8"), path.name)
    if found.kind != kind:
        raise Malformed("mapping-kind", file=path.name, found=found.kind, expected=kind)
    return found


@lru_cache(maxsize=32)
def _read(text: str, filename: str) -> Mapper:
    roots = nodes(text, filename)
    content = value_of(roots[0], filename) if roots and isinstance(roots[0], yaml.MappingNode) else {}
    if content.get("kind") not in BY_NAME:
        raise _invalid(filename, f"kind: {content.get('kind')}")
    _only(content, _PARTS, filename)
    columns = content.get("columns") or {}
    composed = tuple(_target(part, filename) for part in content.get("compose") or ())
    used = {name for target in composed for name in _COLUMN.findall(target.template)}
    try:
        return Mapper(
            kind=content["kind"],
            status=content.get("status"),
            constants=tuple(
                (_path(to, filename), value) for to, value in (content.get("constants") or {}).items()
            ),
            columns={plain(name): _targets(value, filename) for name, value in columns.items()},
            compose=composed,
            ignored=frozenset(plain(str(name)) for name in [*(content.get("ignore") or ()), *used]),
            rows=_path(content["rows"], filename) if content.get("rows") else (),
            collect=_path(content["collect"], filename) if content.get("collect") else (),
            once={
                plain(name): _targets(value, filename) for name, value in (content.get("once") or {}).items()
            },
        )
    except (AttributeError, TypeError) as error:
        raise _invalid(filename, str(error)) from None


def _targets(value: Any, filename: str) -> tuple[Target, ...]:
    return tuple(_target(part, filename) for part in (value if isinstance(value, list) else [value]))


def _target(value: Any, filename: str) -> Target:
    if isinstance(value, str):
        return Target(_path(value, filename))
    if not isinstance(value, dict) or "to" not in value:
        raise _invalid(filename, str(value))
    _only(value, _TARGET_PARTS, filename)
    form = value.get("as", "text")
    if form not in _FORMS:
        raise _invalid(filename, f"as: {form}")
    return Target(
        to=_path(value["to"], filename),
        form=form,
        values={str(name): meant for name, meant in (value.get("values") or {}).items()},
        drop_others=value.get("others") == "drop",
        otherwise=value.get("otherwise"),
        strip=str(value.get("strip", "")),
        parts=re.compile(f"[{re.escape(value['split'])}]+") if value.get("split") else None,
        empty=frozenset(map(str, value.get("empty") or ())),
        template=str(value.get("from", "")),
        default=value.get("default"),
    )


def _path(pointer: Any, filename: str) -> tuple[str, ...]:
    if not isinstance(pointer, str) or not re.fullmatch(r"(?:/(?:[a-z][a-z0-9_]*|\*))+", pointer):
        raise _invalid(filename, str(pointer))
    return tuple(pointer.split("/")[1:])


def _only(found: Mapping[str, Any], known: Iterable[str], filename: str) -> None:
    strange = sorted(set(found) - set(known))
    if strange:
        raise _invalid(filename, "、".join(strange))


def _invalid(filename: str, found: str) -> Malformed:
    return Malformed("mapping-invalid", file=filename, found=found)
