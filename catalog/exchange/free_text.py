"""What people write in a cell, as the property means it: «每季度末» is 每季度, «字符型C(18)» is 字符型 and an..18.

``read`` answers with the value and how it is called; a text that it does not understand comes back as it
was, so that the schema refuses it where it stands. Words and phrases: ``standards/mappings/layouts/words.yaml``.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from functools import cache, lru_cache
from typing import Any

import yaml

from catalog.base.files import standards
from catalog.exchange.cells import day, labels, split
from catalog.exchange.words import normal
from catalog.standards.annotations import Field
from catalog.standards.formats import resource_code_parts

_REMARK = re.compile(r"[(\[【〔{][^()\[\]【】〔〕{}]*[)\]】〕}]")
_SERIAL = re.compile(r"([2-5][0-9]{4})(?:\.[0-9]+)?")
_WHOLE = re.compile(r"(-?[0-9]+)(?:\.0+)?")
_LARGE = re.compile(r"约?([0-9]+(?:\.[0-9]+)?)([万亿])?(?:余|多)?(?:[条项个件份户人次家张行])?")
_CODED = re.compile(r"([0-9A-Za-z]{1,4})\s*[-—:：.、．\s]\s*(.+)|(.+?)\s*\(([0-9A-Za-z]{1,4})\)")
_LEVEL = re.compile(r"l([1-4])(?![0-9])|(?<![0-9])([1-4一二三四])级|([1-4])")
_EPOCH = date(1899, 12, 30)  # Excel's day 0; its false 29 February 1900 lies before every serial read here
_SLASH = re.compile(r"[、，,；;|/\n+和及]+")
_NUMERALS = {"一": "1", "二": "2", "三": "3", "四": "4"}
_TENS_OF_THOUSANDS = {"万": 10_000, "亿": 100_000_000, None: 1}


@dataclass(frozen=True, slots=True)
class Taken:
    """A value, and how a person calls it; ``told`` is empty where the text says the same already."""

    value: Any
    told: str = ""


@cache
def words() -> Mapping[str, Any]:
    """The file of words and phrases."""
    with (standards() / "mappings" / "layouts" / "words.yaml").open(encoding="utf-8") as file:
        found: Mapping[str, Any] = yaml.load(file, Loader=yaml.CSafeLoader)
    return found


def clean(text: str) -> str:
    """A text without blanks at its ends, invisible characters and broken lines within a word."""
    if text.isprintable() and text == text.strip():
        return text
    kept = "".join(sign for sign in text if unicodedata.category(sign) != "Cf").replace("\xa0", " ")
    lines = [line.strip(" \t\u3000") for line in kept.replace("\r", "\n").split("\n")]
    return "\n".join(line for line in lines if line)


def one_line(text: str) -> str:
    """A text of several lines in one: a name that was wrapped by hand."""
    parts = clean(text).split("\n")
    joined = parts[0]
    for part in parts[1:]:
        joined += part if ord(joined[-1]) > 0x2E7F or ord(part[0]) > 0x2E7F else f" {part}"
    return joined


@lru_cache(maxsize=32768)
def read(text: str, field: Field) -> Taken:
    """The value that a text means for a property; the text itself where it means none."""
    text = clean(text)
    if field.type == "integer":
        return _integer(text)
    if field.type == "boolean":
        return _truth(text)
    if field.type == "array" and not field.children:
        return _list(text, field)
    if field.schema.get("format") == "date":
        return moment(text)
    if field.schema.get("format") == "unified-social-credit-code":
        compact = unicodedata.normalize("NFKC", text).replace(" ", "").upper()
        return Taken(compact, compact if compact != text else "")
    if field.schema.get("format") == "division-code":
        return _division(text)
    if field.pattern in words()["enums"]:
        return _enumerated(text, words()["enums"][field.pattern])
    if field.code_list:
        return code(text, field.code_list)
    if field.ref == "department":
        return _department(text)
    if "enum" in field.schema or field.ref:
        compact = unicodedata.normalize("NFKC", text)
        return Taken(compact, compact if compact != text else "")
    if field.schema.get("maxLength", 0) <= 300:
        return Taken(one_line(text))
    return Taken(text)


@lru_cache(maxsize=8192)
def code(text: str, code_list: str) -> Taken:
    """The code that a text means: the code, its label, a word for it, both together, or a phrase."""
    known = _known(code_list)
    plain = normal(text)
    found = known.get(plain) or _both(text, known)
    if found is None:
        found = _phrase(plain, code_list)
    if not found:
        return Taken(text)
    label = label_of(found, code_list)
    return Taken(found, label if normal(label) != plain and found != text else "")


@cache
def _known(code_list: str) -> Mapping[str, str]:
    found = {normal(label): meant for label, meant in labels(code_list).items()}
    return found | {meant: meant for meant in found.values()}


@cache
def _labels_of(code_list: str) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for path in (standards() / "codelists").glob(f"{code_list}-*.json"):
        document = json.loads(path.read_text(encoding="utf-8"))
        rows = document.get("document", document).get("codes", ())
        found |= {row["code"]: row["label"] for row in rows}
    return found


def label_of(code_: str, code_list: str) -> str:
    """The label of a code in its list, or the code."""
    return _labels_of(code_list).get(code_, code_)


def _both(text: str, known: Mapping[str, str]) -> str | None:
    """The code in «2-有条件共享» and «有条件共享（2）»; empty where the two contradict each other."""
    match = _CODED.fullmatch(unicodedata.normalize("NFKC", text))
    if not match:
        return None
    number, label = (match[1], match[2]) if match[1] else (match[4], match[3])
    meant = known.get(normal(label))
    if meant is None:
        return None
    return meant if known.get(number, meant) == meant else ""


def _phrase(plain: str, code_list: str) -> str | None:
    text = _REMARK.sub("", plain)
    found = {meant for meant, pattern in _phrases(code_list) if pattern.search(text)}
    for meant, hidden in words().get("hides", {}).get(code_list, {}).items():
        if meant in found:
            found -= set(hidden)
    return found.pop() if len(found) == 1 else None


@cache
def _phrases(code_list: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    listed = words()["phrases"].get(code_list, {})
    return tuple((str(meant), re.compile("|".join(parts))) for meant, parts in listed.items())


def moment(text: str) -> Taken:
    """A date as ``YYYY-MM-DD``, from what people write or from the number that a workbook keeps for it."""
    compact = unicodedata.normalize("NFKC", text).strip()
    serial = _SERIAL.fullmatch(compact)
    found = (_EPOCH + timedelta(days=int(serial[1]))).isoformat() if serial else day(compact.replace(" ", ""))
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", found):
        found = day(compact)
    return Taken(found if _is_day(found) else text, found if _is_day(found) and found != text else "")


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == 10


def level(text: str) -> int | None:
    """The level of general data in a text: «L2», «一般3级», «3级»."""
    plain = normal(text)
    match = _LEVEL.fullmatch(plain) or _LEVEL.search(plain)
    found = match and (match[1] or match[2] or (match[3] if match[3] == plain else None))
    return int(_NUMERALS.get(found, found)) if found else None


def resource_scheme(code_: str) -> str | None:
    """The scheme under which a resource code is well built; LOCAL fits nearly everything and is not offered."""
    return next((name for name in ("NDRC2017", "GBT21063_5") if resource_code_parts(code_, name)), None)


def _integer(text: str) -> Taken:
    compact = unicodedata.normalize("NFKC", text).replace(",", "").replace(" ", "")
    match = _WHOLE.fullmatch(compact)
    if match and len(match[1]) <= 15:
        found = int(match[1])
        return Taken(found, str(found) if str(found) != text else "")
    large = _LARGE.fullmatch(compact)
    if not large:
        return Taken(text)
    try:
        exact = Decimal(large[1]) * _TENS_OF_THOUSANDS[large[2]]
    except InvalidOperation:
        return Taken(text)
    whole = exact == exact.to_integral_value() and exact < 10**15
    return Taken(int(exact), str(int(exact))) if whole else Taken(text)


def _truth(text: str) -> Taken:
    plain = normal(text)
    for value, key, told in ((True, "affirmative", "是"), (False, "negative", "否")):
        if plain in _words(key):
            return Taken(value, told if plain != told else "")
    return Taken(text)


@cache
def _words(key: str) -> frozenset[str]:
    return frozenset(normal(str(word)) for word in words()[key])


def _enumerated(text: str, listed: Mapping[str, list[str]]) -> Taken:
    plain = normal(text)
    found = next(
        (value for value, known in listed.items() if plain == value or plain in map(normal, map(str, known))),
        None,
    )
    return Taken(found) if found else Taken(text)


def _list(text: str, field: Field) -> Taken:
    parts = split(text.strip("[]【】"))
    if field.code_list is None:
        return Taken(parts)
    if len(parts) == 1 and code(text, field.code_list).value == text:
        parts = split(text, _SLASH)
    taken = [code(part, field.code_list) for part in parts]
    if all(one.value == part for one, part in zip(taken, parts, strict=True)) and len(parts) > 1:
        known = _known(field.code_list)
        if not all(part in known.values() for part in parts):
            return Taken([text])
    told = "、".join(one.told or part for one, part in zip(taken, parts, strict=True))
    return Taken(list(dict.fromkeys(one.value for one in taken)), told if any(t.told for t in taken) else "")


def _division(text: str) -> Taken:
    """A code of twelve digits that names a county or more is written with six."""
    compact = unicodedata.normalize("NFKC", text).replace(" ", "")
    short = compact[:6] if re.fullmatch(r"[0-9]{6}0{3}(?:0{3})?", compact) else compact
    return Taken(short, short if short != text else "")


def _department(text: str) -> Taken:
    """A name, perhaps beside a code: «380120000J 【社會局】»."""
    match = re.fullmatch(r"[0-9A-Za-z]{4,20}\s*[【\[(（](.+)[】\])）]", text)
    return Taken(match[1], match[1]) if match else Taken(one_line(text))


def parts_of(text: str, quotes: str = "《》") -> Iterator[str]:
    """The titles in a text: «依据《社会救助暂行办法》第九条» names one."""
    for match in re.finditer(f"{quotes[0]}([^{quotes}]+){quotes[1]}", text):
        yield match[1]


def is_code(text: str, code_list: str) -> bool:
    """Whether a text is a code of a list itself."""
    return text in _labels_of(code_list)
