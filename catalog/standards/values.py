"""What values a data format admits: as JSON Schema, and as a test of one written value.

Lengths count characters. ``a`` admits Chinese characters (GB/T 39046-2020 writes 姓名 as ``a..30``);
``n`` under 字符型 is a string of digits that keeps its leading zeros, under 数字型 a number.
"""

from __future__ import annotations

import re
from datetime import date, time
from functools import lru_cache
from itertools import groupby
from typing import Any

from catalog.standards.notation import DataFormat, parse

_DIGITS = {"YYYY": 4, "MM": 2, "DD": 2, "hh": 2, "mm": 2, "ss": 2}
_PICTURE = {"a": "[^0-9]", "n": "[0-9]", "x": "[^\\n]"}
_SAFE_INTEGER_DIGITS = 15
_BOOLEAN = ["0", "1"]


def json_schema(format_: str, data_type: str, *, coded: bool = False) -> dict[str, Any]:
    """The JSON Schema 2020-12 of a format under a data type (a code of CL0109).

    ``coded``: the value domain is a code list, so ``an`` means ASCII letters and digits only; free
    text keeps every character. Numbers with decimals stay strings with ``x-decimal``, because a binary
    float cannot be divided by 0.01. Raises ``NotationError``.
    """
    form = parse(format_)
    if form.form == "binary":
        return {"type": "string", "contentEncoding": "base64"}
    if form.form == "moment":
        pattern = "^" + "".join(_token(token) for token in form.tokens) + "$"
        extended = str(form) == "YYYY-MM-DD"
        return {"type": "string", "pattern": pattern} | ({"format": "date"} if extended else {})
    if data_type == "number" and form.maximum is not None:
        return _number(form, form.maximum)
    if data_type == "boolean":
        return {"type": "string", "enum": _BOOLEAN}
    schema: dict[str, Any] = {"type": "string"}
    if form.minimum:
        schema["minLength"] = form.minimum
    if form.maximum is not None:
        schema["maxLength"] = form.maximum
    characters = _text_pattern(form, coded=coded)
    return schema | ({"pattern": characters} if characters else {})


def _token(token: str) -> str:
    return f"[0-9]{{{_DIGITS[token]}}}" if token in _DIGITS else re.escape(token)


def _number(form: DataFormat, digits: int) -> dict[str, Any]:
    if not form.scale and digits <= _SAFE_INTEGER_DIGITS:
        least = 10 ** (digits - 1) if form.fixed and digits > 1 else -(10**digits) + 1
        return {"type": "integer", "minimum": least, "maximum": 10**digits - 1}
    return {
        "type": "string",
        "pattern": _decimal_pattern(form, digits),
        "x-decimal": {"digits": digits, "scale": form.scale or 0},
    }


def _decimal_pattern(form: DataFormat, digits: int) -> str:
    scale = form.scale or 0
    whole = f"(0|[1-9][0-9]{{0,{max(digits - scale - 1, 0)}}})"
    return f"^-?{whole}(\\.[0-9]{{1,{scale}}})?$" if scale else f"^-?{whole}$"


def _text_pattern(form: DataFormat, *, coded: bool) -> str | None:
    if form.picture:
        runs = ((letter, len(list(run))) for letter, run in groupby(form.picture))
        return "^" + "".join(f"{_PICTURE[letter]}{{{count}}}" for letter, count in runs) + "$"
    if form.characters == "n":
        return "^[0-9]*$"
    if form.characters == "a":
        return "^[A-Za-z]*$" if coded else "^[^0-9]*$"
    return "^[0-9A-Za-z]*$" if coded and form.characters == "an" else None


def admits(format_: str, data_type: str, value: str, *, coded: bool = False) -> bool:
    """Whether a value as written (always text: ``1024.50``, ``20260131``) fits a format."""
    form, pattern = _checker(format_, data_type, coded)
    if not pattern.fullmatch(value):
        return False
    if form.form == "moment":
        return _happens(form, value)
    return True


@lru_cache(maxsize=4096)
def _checker(format_: str, data_type: str, coded: bool) -> tuple[DataFormat, re.Pattern[str]]:
    form = parse(format_)
    if form.form == "moment":
        return form, re.compile("".join(_token(token) for token in form.tokens))
    if form.form == "binary":
        return form, re.compile(r"[0-9A-Za-z+/]*={0,2}")
    if data_type == "number" and form.maximum is not None:
        if form.fixed and not form.scale and form.maximum > 1:
            return form, re.compile(rf"[1-9][0-9]{{{form.maximum - 1}}}")
        return form, re.compile(_decimal_pattern(form, form.maximum))
    if form.maximum is not None and form.minimum > form.maximum:
        return form, re.compile(r"(?!)")  # no value has such a length
    length = f"{{{form.minimum},{'' if form.maximum is None else form.maximum}}}"
    pattern = _text_pattern(form, coded=coded)
    inner = f"(?={pattern[1:]})" if pattern else ""
    return form, re.compile(f"{inner}(?s:.){length}")


def _happens(form: DataFormat, value: str) -> bool:
    """Whether a written moment exists in the calendar and on the clock; what is not written is neutral."""
    parts = {"YYYY": 2000, "MM": 1, "DD": 1, "hh": 0, "mm": 0, "ss": 0}
    place = 0
    for token in form.tokens:
        width = _DIGITS.get(token, len(token))
        if token in parts:
            parts[token] = int(value[place : place + width])
        place += width
    try:
        date(parts["YYYY"], parts["MM"], parts["DD"])
        time(parts["hh"], parts["mm"], parts["ss"])
    except ValueError:
        return False
    return True
