"""Data types as people write them: a word, a letter of the 2017 guide or an SQL type, with its length or apart."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from catalog.exchange.free_text import label_of, words
from catalog.exchange.words import normal
from catalog.standards.notation import BINARY, is_written_well, parse
from catalog.standards.wording import suggest

TYPES = "CL0109"
_WRITTEN = re.compile(
    r"(?P<word>[a-z]+[0-9]?(?=\()|[a-z]+|[^\W\d_a-z]+)(?P<letter>[a-z])?"
    r"(?:[,:]?(?:长度)?:?\(?(?P<length>[0-9]{1,6})(?:[,.、](?P<scale>[0-9]{1,2}))?(?:char|byte|位|个?字符|字节|字)*\)?)?"
)
_LENGTH = re.compile(
    r"\(?(?:(?P<least>[0-9]{1,5})?(?:\.{2,}|-|~|至))?(?P<length>[0-9]{1,6})(?:\.0+|[,.、](?P<scale>[0-9]{1,2}))?(?:位|个?字符|字节|字)*\)?"
)
_DATES = {"4": "YYYY", "6": "YYYYMM", "7": "YYYY-MM", "8": "YYYYMMDD", "10": "YYYY-MM-DD"}
_MOMENTS = {"14": "YYYYMMDDhhmmss", "15": "YYYYMMDDThhmmss", "19": "YYYY-MM-DDThh:mm:ss"}


@dataclass(frozen=True, slots=True)
class Written:
    """A type (code of CL0109) and a format; None where the text does not say or is not understood."""

    data_type: str | None = None
    format: str | None = None

    @property
    def told(self) -> str:
        """How a person calls the type."""
        return label_of(self.data_type, TYPES) if self.data_type else ""


@cache
def _types() -> dict[str, str]:
    return {normal(str(word)): code for code, listed in words()["types"].items() for word in listed}


@cache
def _unlimited() -> frozenset[str]:
    return frozenset(normal(word) for word in words()["unlimited"])


def written(text: str, length: str = "") -> Written:
    """What a type column says, with the length column beside it where there is one."""
    exact = unicodedata.normalize("NFKC", text).strip()
    if is_written_well(exact) and not exact.isdigit():
        return Written(_type_of(exact), exact)
    plain = normal(text).replace("型型", "型")
    if plain in _types():
        return _sized(plain, _types()[plain], length)
    match = _WRITTEN.fullmatch(plain)
    if match:
        word = next(
            (w for w in (match["word"], match["word"] + (match["letter"] or "")) if w in _types()), None
        )
        if word:
            inner = (
                match["length"] + (f",{match['scale']}" if match["scale"] else "") if match["length"] else ""
            )
            return _sized(word, _types()[word], inner or length)
    meant = suggest(text)
    if meant is None or meant.isdigit():
        return Written()
    return Written(_type_of(meant), meant)


def length_of(text: str, data_type: str | None = None) -> str | None:
    """The format that a length column says, for a type (a code of CL0109)."""
    exact = unicodedata.normalize("NFKC", text).strip()
    if is_written_well(exact) and not exact[0].isdigit() and not exact.startswith(".."):
        return exact
    match = _LENGTH.fullmatch(normal(text).replace("，", ","))
    if not match:
        meant = suggest(text)
        return meant if meant and not meant[0].isdigit() else None
    size, scale, least = match["length"].lstrip("0"), match["scale"], match["least"] or ""
    if not size:
        return None
    if data_type == "number":
        return f"n..{size}{f',{scale}' if scale and scale.strip('0') else ''}"
    if data_type == "string":
        return f"an{least}..{size}" if not scale else None
    if data_type == "boolean":
        return f"n{size}" if size == "1" else None
    if data_type in ("date", "datetime"):
        return (_DATES if data_type == "date" else _MOMENTS).get(size)
    return None


def _sized(word: str, data_type: str, length: str) -> Written:
    if data_type == "binary":
        return Written(data_type, BINARY)
    if length:
        found = length_of(length, data_type)
        if data_type == "date" and found is None and normal(length).lstrip("(").rstrip(")") in _MOMENTS:
            return Written("datetime", _MOMENTS[normal(length).lstrip("(").rstrip(")")])
        return Written(data_type, found)
    return Written(data_type, "..ul" if word in _unlimited() else None)


def _type_of(format_: str) -> str | None:
    """The type that a format proves: digits alone may be a number or a code."""
    form = parse(format_)
    if form.form == "binary":
        return "binary"
    if form.form == "moment":
        return "datetime" if form.has_time else "date"
    if form.characters == "n":
        return "number" if form.scale is not None else None
    return "string"
