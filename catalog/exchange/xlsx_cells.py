"""Values as a person reads them in a cell, and back: what is written is read again as the same value."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import orjson

from catalog.base.i18n import LANGUAGES, Language, text
from catalog.exchange import free_text
from catalog.exchange.cells import day, labels, split, value_of
from catalog.exchange.free_text import label_of, moment
from catalog.exchange.tables import plain
from catalog.standards.annotations import Field

Names = Mapping[str, Mapping[str, str]]
Write = Callable[[Any], str | int]
Take = Callable[[str], Any]

_DIVISIONS = ("省", "市", "区")
MOST = 32_000  # characters that a cell takes, with some room
_EDGES = " \t\r\n\u3000\u00a0\ufeff\u200b"
_SEPARATORS = frozenset("、，,；;|\n")
_FALSE_SIGNS = ("_x", "\r")


def exact(value: str) -> str:
    """A text as a cell keeps it; in quotes (JSON) where a cell would lose blanks at its ends."""
    if (
        value.strip(_EDGES) != value
        or (value[:1] == '"' and value[-1:] == '"')
        or any(s in value for s in _FALSE_SIGNS)
    ):
        return json.dumps(value, ensure_ascii=False).replace("_x", "\\u005fx")
    return value


def unquoted(value: str) -> str:
    """The text that ``exact`` wrote."""
    if value[:1] == '"' and value[-1:] == '"' and len(value) > 1:
        try:
            found = json.loads(value)
        except ValueError:
            return value
        return found if isinstance(found, str) else value
    return value


def joined(values: list[str]) -> str:
    """Several values in one cell."""
    signs = frozenset("".join(values)) if values else frozenset()
    if (
        any(exact(value) != value for value in values)
        or values[0][:2] == '["'
        or len(set(values)) < len(values)
    ):
        return json.dumps(values, ensure_ascii=False).replace("_x", "\\u005fx")
    if not signs & _SEPARATORS:
        return "、".join(values)
    if "；" in signs:
        return json.dumps(values, ensure_ascii=False)
    return "；".join(values) + ("；" if len(values) == 1 else "")


def parted(value: str) -> list[str]:
    """The values of a cell: split at ； alone where it stands, else at any usual sign."""
    if value[:2] == '["':
        try:
            found = json.loads(value)
        except ValueError:
            found = None
        if isinstance(found, list) and all(isinstance(part, str) for part in found):
            return found
    if "；" in value:
        return list(dict.fromkeys(part.strip() for part in value.split("；") if part.strip()))
    return split(value)


def both(code: str, code_list: str) -> str:
    """A code with its label: «2 有条件共享»; the code alone where its list is not known."""
    label = label_of(code, code_list)
    return code if label == code else f"{code} {label}"


@cache
def codes(code_list: str) -> Mapping[str, str]:
    """Every way to write the codes of a list: code and label, the code, its label, a word for it."""
    named = labels(code_list)
    meant = dict.fromkeys(named.values())
    known = {both(code, code_list): code for code in meant} | {code: code for code in meant}
    for word, code in named.items():
        known.setdefault(word, code)
    return known


def writer(field: Field, language: Language, names: Names) -> Write:
    """How a property's values are written."""
    if field.type == "integer":
        return lambda value: value if abs(value) < 10**15 else str(value)
    if field.type == "boolean":
        return lambda value: "是" if value else "否"
    if field.type in ("object", "array") and (field.children or field.type == "object"):
        return lambda value: orjson.dumps(value).decode().replace("_x", "\\u005fx")
    one = _writer(field, language, names)
    if field.type == "array":
        return lambda values: joined([one(value) for value in values])
    return one


def _writer(field: Field, language: Language, names: Names) -> Callable[[str], str]:
    if field.code_list:
        code_list = field.code_list
        written = {code: both(code, code_list) for code in codes(code_list).values()}
        return lambda value: written.get(value) or exact(value)
    if field.ref and field.ref in names:
        known = names[field.ref]
        return lambda value: f"{value} {known[value]}" if value in known else value
    if "enum" in field.schema:
        told = {value: text(f"enum.{value}", language) for value in field.schema["enum"]}
        return lambda value: told.get(value, value)
    return exact


def taker(field: Field, names: Names) -> Take:
    """How a property's cells are read; text that means nothing stays, for the schema to refuse in its place."""
    if field.type == "integer":
        return lambda value: value_of(_compact(value), field)
    if field.type == "boolean" or (
        field.type in ("object", "array") and (field.children or field.type == "object")
    ):
        return lambda value: value_of(value, field)
    one = _taker(field, names)
    if field.type == "array":
        return lambda value: [one(part) for part in parted(value)]
    return one


class Coded:
    """Reads the cells of one code list; ``spoken`` are the phrases that it took for a code (每季度末, 每季度)."""

    def __init__(self, code_list: str) -> None:
        self._list, self._known = code_list, codes(code_list)
        self.spoken: dict[str, str] = {}

    def __call__(self, value: str) -> str:
        """The code of a code, a label or a phrase; other text stays."""
        known = self._known
        found = known.get(value) or known.get(_plain_code(value)) or known.get(plain(value))
        if found is None:
            taken = free_text.code(value, self._list)
            if taken.told:
                self.spoken[value] = taken.told
                return str(taken.value)
        return found or unquoted(value)


def _taker(field: Field, names: Names) -> Take:
    if field.code_list:
        return Coded(field.code_list)
    if field.ref and field.ref != "person":
        ref = field.ref
        return lambda value: _reference(value, ref, names)
    if "enum" in field.schema:
        enums = _enums(tuple(field.schema["enum"]))
        return lambda value: enums.get(plain(value), value)
    form = field.schema.get("format")
    if form == "date":
        return _date
    if form in ("unified-social-credit-code", "division-code"):
        return lambda value: _compact(value).upper()
    if field.decimal or field.name == "identifier":
        return _compact
    return unquoted


@cache
def _enums(values: tuple[str, ...]) -> Mapping[str, str]:
    found = {plain(text(f"enum.{value}", language)): value for value in values for language in LANGUAGES}
    return found | {plain(value): value for value in values}


def _compact(value: str) -> str:
    """Without full width, blanks and separators of thousands: a number or a code as a machine reads it."""
    if value.isascii() and " " not in value and "," not in value:
        return value
    return "".join(unicodedata.normalize("NFKC", value).split()).replace(",", "")


def _plain_code(value: str) -> str:
    return unicodedata.normalize("NFKC", value).strip()


def _date(value: str) -> str:
    if len(value) == 10 and value[4] == value[7] == "-":
        return value

    found = moment(value).value
    return day(str(found))


def _reference(value: str, kind: str, names: Names) -> str:
    """The identifier in «DP0008 区民政局», or the one of a name that the register knows."""
    if value.isascii() and " " not in value:
        return value
    named = names.get(kind, {})
    if found := named.get(value) or named.get(plain(value)):
        return found
    if kind == "department" and (found := named.get(shortened(value))):
        return found
    head, _, rest = value.partition(" ")
    if rest and head.isascii():
        return head
    compact = _compact(value)
    return compact if compact.isascii() else value


def shortened(name: str) -> str:
    """A department's name without the province, city and district before it: 民政局, 政务服务和数据管理局."""
    for end in _DIVISIONS:
        head, sign, rest = name.partition(end)
        if sign and len(head) <= 4 and len(rest) >= 3:
            name = rest
    return name
