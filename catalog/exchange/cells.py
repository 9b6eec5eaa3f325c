"""Cells of a table become values of a document, as the schema of the kind asks."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import pairwise
from typing import Any

import yaml

from catalog.base.documents import Document
from catalog.base.files import standards
from catalog.exchange.tables import plain
from catalog.standards import schemas
from catalog.standards.annotations import ITEMS, Field

STATUS_HEADINGS = ("登记状态", "注册状态", "status")
_YES = frozenset(("是", "有", "y", "yes", "true", "1", "√", "✓"))
_NO = frozenset(("否", "无", "n", "no", "false", "0", "×", "✗"))
_LIST = re.compile(r"[、，,；;|\n]+")
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_DATE = re.compile(
    r"((?:19|20)[0-9]{2})(?:[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?|([0-9]{2})([0-9]{2}))(?:[T ].*)?"
)


@cache
def headings(kind: str) -> Mapping[str, Field]:
    """The property that each heading stands for: its labels, aliases (``x-column``), name and path.

    A property nearer to the root wins; one of several rows (``codes``) is the first of its list.
    """
    found: dict[str, Field] = {}
    fields = sorted(schemas.current(kind).annotations.fields, key=lambda field: len(field.path))
    for names in (_columns, _labels, _paths):
        for field in fields:
            for name in names(field):
                found.setdefault(plain(name), field)
    return found


def _columns(field: Field) -> Iterable[str]:
    found: Iterable[str] = field.schema.get("x-column", ())
    return found


def _labels(field: Field) -> Iterable[str]:
    return (field.label("zh"), field.label("en"))


def _paths(field: Field) -> Iterable[str]:
    tokens = [token for token in field.path if token != ITEMS]
    return (".".join(tokens), "/".join(tokens))


@cache
def labels(code_list: str) -> Mapping[str, str]:
    """The codes of a list of ours by their labels, and by the words that people use for them.

    The words stand in ``standards/mappings/labels.yaml``; a list that is not among the files has none.
    """
    found: dict[str, str] = {}
    for path in (standards() / "codelists").glob(f"{code_list}-*.json"):
        document = json.loads(path.read_text(encoding="utf-8"))
        for row in document.get("document", document).get("codes", ()):
            for label in (row.get("label"), row.get("label_en"), *row.get("aliases", ())):
                if label:
                    found.setdefault(plain(label), row["code"])
    with (standards() / "mappings" / "labels.yaml").open(encoding="utf-8") as file:
        words = yaml.load(file, Loader=yaml.CSafeLoader).get(code_list, {})
    return {plain(str(word)): code for word, code in words.items()} | found


def value_of(text: str, field: Field) -> Any:
    """The value that a cell means for a property; text that means none stays, for the schema to refuse."""
    if field.type == "integer":
        compact = text.replace(",", "")
        return int(compact) if _INTEGER.fullmatch(compact) else text
    if field.type == "boolean":
        word = plain(text)
        return True if word in _YES else False if word in _NO else text
    if field.type == "array" and not field.children:
        if text[:2] == '["' and isinstance(found := _structure(text), list):
            return found
        return [_code(part, field) for part in split(text)]
    if field.type in ("array", "object"):
        return _structure(text)
    if field.schema.get("format") == "date":
        return day(text)
    return _code(text, field)


def split(text: str, pattern: re.Pattern[str] = _LIST) -> list[str]:
    """The parts of a cell that holds several values, each once."""
    return list(dict.fromkeys(part.strip() for part in pattern.split(text) if part.strip()))


def day(text: str) -> str:
    """A date as ``YYYY-MM-DD`` from what people write (2026/1/5, 2026年1月5日, 20260105, with a time)."""
    match = _DATE.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if not match:
        return text
    year, month, date, compact_month, compact_date = match.groups()
    return f"{year}-{int(month or compact_month):02d}-{int(date or compact_date):02d}"


def _code(text: str, field: Field) -> str:
    if field.code_list is None:
        return text
    return labels(field.code_list).get(plain(text), text)


def _structure(text: str) -> Any:
    if text[:1] not in "[{":
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


class Clash(ValueError):
    """Two columns want the same place in different shapes."""


def put(document: Document, path: tuple[str, ...], value: Any) -> None:
    """Set a value under a path of names and ``*``; a ``*`` on the way is the first item of its list.

    Raises ``Clash`` if a column before put something else there.
    """
    here: Any = document
    for token, following in pairwise(path):
        if token == ITEMS:
            continue
        found = here.setdefault(token, [{}] if following == ITEMS else {})
        here = found[0] if following == ITEMS and isinstance(found, list) else found
        if not isinstance(here, dict):
            raise Clash("/".join(path))
    here[path[-1]] = value
