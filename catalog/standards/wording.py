"""A data format in a sentence, and what somebody who wrote it in another notation probably meant."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import groupby

from catalog.base.i18n import Language, text
from catalog.standards.notation import BINARY, DataFormat, is_written_well, parse

_EXAMPLE = {"YYYY": "2026", "MM": "01", "DD": "31", "hh": "15", "mm": "04", "ss": "05"}

# Other notations, read in lower case without blanks: WS 445 and HL7 (DT15, D8), SQL, and plain words.
_NAMED = {
    "d8": "YYYYMMDD",
    "d10": "YYYY-MM-DD",
    "date": "YYYYMMDD",
    "日期": "YYYYMMDD",
    "yyyymmdd": "YYYYMMDD",
    "yyyy-mm-dd": "YYYY-MM-DD",
    "ccyymmdd": "YYYYMMDD",
    "ccyy-mm-dd": "YYYY-MM-DD",
    "dt15": "YYYYMMDDThhmmss",
    "dt14": "YYYYMMDDhhmmss",
    "datetime": "YYYYMMDDhhmmss",
    "timestamp": "YYYYMMDDhhmmss",
    "日期时间": "YYYYMMDDhhmmss",
    "yyyymmddhhmmss": "YYYYMMDDhhmmss",
    "yyyymmddthhmmss": "YYYYMMDDThhmmss",
    "yyyymmddhh:mm:ss": "YYYYMMDDhh:mm:ss",
    "yyyy-mm-ddhh:mm:ss": "YYYY-MM-DDThh:mm:ss",
    "yyyy-mm-ddthh:mm:ss": "YYYY-MM-DDThh:mm:ss",
    "t6": "hhmmss",
    "time": "hhmmss",
    "hh:mm:ss": "hh:mm:ss",
    "by": BINARY,
    "blob": BINARY,
    "longblob": BINARY,
    "bytea": BINARY,
    "binary": BINARY,
    "text": "..ul",
    "longtext": "..ul",
    "clob": "..ul",
    "ul": "..ul",
    "an..ul": "an..ul",
    "l": "n1",
    "t/f": "n1",
    "boolean": "n1",
    "bool": "n1",
    "tinyint": "n..3",
    "smallint": "n..5",
    "int": "n..10",
    "integer": "n..10",
    "bigint": "n..19",
}
_SQL_CHARACTERS = {"varchar": "an..", "varchar2": "an..", "nvarchar": "an..", "nvarchar2": "an..", "string": "an..",
                   "char": "an", "nchar": "an", "字符型": "an..", "字符": "an..", "文本": "an.."}  # fmt: skip
_SQL_NUMBERS = (
    "decimal",
    "numeric",
    "number",
    "money",
    "货币型",
    "数字型",
    "数值型",
    "数字",
    "数值",
    "int",
    "bigint",
)
_WITH_LENGTH = re.compile(r"([a-z]+[0-9]?|[^\W\d_]+?)[cny]?[(\[]?([1-9][0-9]{0,5})(?:,([0-9]{1,2}))?[)\]]?")
_LOOSE = re.compile(
    r"(an|na|a|n|c|s)?(?:([1-9][0-9]*)?(?:\.{2,}|…+|-|~|至)([1-9][0-9]*|ul)|([1-9][0-9]*))(?:[,.、]([0-9]{1,2}))?"
)
_UNITS = re.compile(r"(?:位|个字符|个|字符|字|字节)+$")


@lru_cache(maxsize=4096)
def explain(format_: str, language: Language) -> str:
    """One sentence about a format; a malformed one is answered with how to mend it."""
    if is_written_well(format_):
        return _sentence(parse(format_), language)
    meant = suggest(format_)
    if meant is None:
        return text("notation.unclear", language)
    return text("notation.mend", language, suggestion=meant, meaning=_sentence(parse(meant), language))


def _sentence(form: DataFormat, language: Language) -> str:
    if form.form == "binary":
        return text("notation.binary", language)
    if form.form == "moment":
        kind = "datetime" if form.has_date and form.has_time else "date" if form.has_date else "time"
        example = "".join(_EXAMPLE.get(token, token) for token in form.tokens)
        return text(f"notation.{kind}", language, pattern=str(form), example=example)
    characters = _characters(form.characters or "c", form.maximum, language)
    if form.fixed:
        shape = "fixed"
    elif form.maximum is None:
        shape = "least" if form.minimum else "unlimited"
    else:
        shape = "range" if form.minimum else "most"
    said = text(
        f"notation.{shape}", language, minimum=form.minimum, maximum=form.maximum, characters=characters
    )
    if form.scale is not None:
        said += text("notation.scale", language, scale=form.scale)
    if form.picture:
        said += text("notation.picture", language, parts=_picture(form.picture, language))
    return said


def _characters(letters: str, count: int | None, language: Language) -> str:
    return text(f"notation.{letters}{'.one' if count == 1 else ''}", language)


def _picture(picture: str, language: Language) -> str:
    runs = [(letter, len(list(run))) for letter, run in groupby(picture)]
    parts = [
        text(
            "notation.part",
            language,
            first=text("notation.then" if index else "notation.first", language),
            count=count,
            characters=_characters(letter, count, language),
        )
        for index, (letter, count) in enumerate(runs)
    ]
    return text("notation.between", language).join(parts)


@lru_cache(maxsize=4096)
def suggest(written: str) -> str | None:
    """The format that somebody probably meant by another notation; None if nothing is near."""
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", written)).lower()
    plain = _UNITS.sub("", plain.replace("（", "(").replace("）", ")").replace("，", ","))
    for candidate in (plain, _NAMED.get(plain), _loose(plain), _sized(plain), _moment(plain)):
        if candidate and is_written_well(candidate):
            return candidate
    return None


def _loose(plain: str) -> str | None:
    """``AN..50``, ``N1``, ``an3-8``, ``n..16.2``, ``S..20`` with the marks put right."""
    match = _LOOSE.fullmatch(plain)
    if not match:
        return None
    letters, least, most, fixed, scale = match.groups()
    letters = {"na": "an", "s": "an", None: "an"}.get(letters, letters)
    if scale:
        letters = "n"
    length = fixed or f"{least or ''}..{most}"
    return f"{letters}{length}{',' + scale if scale else ''}"


def _sized(plain: str) -> str | None:
    """``varchar(20)``, ``number(16,2)``, ``字符型(20)``, ``货币型10,2``."""
    match = _WITH_LENGTH.fullmatch(plain)
    if not match:
        return None
    name, length, scale = match.groups()
    if name in _SQL_NUMBERS:
        return f"n..{length}{',' + scale if scale and scale != '0' else ''}"
    return f"{_SQL_CHARACTERS[name]}{length}" if name in _SQL_CHARACTERS else None


def _moment(plain: str) -> str | None:
    """``日期 yyyymmdd`` and ``日期型YYYY-MM-DD``: the pattern after the word."""
    match = re.fullmatch(r"(?:日期时间型?|日期型?|时间型?|date|datetime)\(?([a-z:-]+)\)?", plain)
    return _NAMED.get(match.group(1)) if match else None
