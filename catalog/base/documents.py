"""Documents: their canonical form, digests, pointers and differences.

The canonical form is fixed for ever: strings in NFC, booleans, arrays, objects and integers within
±(2^53−1); no floats, no null; keys ``[a-z][a-z0-9_]*``. Under these rules sorted orjson output *is*
RFC 8785 (JSON Canonicalization Scheme).
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import orjson

from catalog.base.errors import Malformed, Violation

Document = dict[str, Any]

MAX_DEPTH = 32
MAX_INTEGER = 2**53 - 1
_KEY = re.compile(r"[a-z][a-z0-9_]*\Z")
_SUSPICIOUS = re.compile(rb"[:\[,](?:null|-?[0-9]+[.eE]|-?[0-9]{16})")
_FLAT = bytes.maketrans(b"123456789", b"000000000")  # every digit as 0, so that a search for bytes finds it
_SIGNS = (b"0.", b"0e", b"0E", b"0" * 16)
_ROW_KEYS = ("identifier", "code", "name")
_SORTED = orjson.OPT_SORT_KEYS


def parse(raw: bytes | str) -> Any:
    """The JSON value in ``raw``; raises ``Malformed`` with line and column."""
    data = raw.encode() if isinstance(raw, str) else raw
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise Malformed("not-json", line=error.lineno, column=error.colno, detail=error.msg) from None


def canonical(document: Any) -> bytes:
    """The canonical JSON text; the document must already be ``plain`` (see ``form_violations``)."""
    text = orjson.dumps(document, option=_SORTED)
    if text.isascii():
        return text
    decoded = text.decode()
    return (
        text if unicodedata.is_normalized("NFC", decoded) else unicodedata.normalize("NFC", decoded).encode()
    )


def digest(text: bytes) -> str:
    """SHA-256 of a canonical text, as 64 hexadecimal digits."""
    return hashlib.sha256(text).hexdigest()


def surely_plain(text: bytes) -> bool:
    """Whether JSON text can hold no null, float or huge integer; a quick look that may say no in vain."""
    flat = text.translate(_FLAT)
    if b"null" not in text and not any(sign in flat for sign in _SIGNS):
        return True
    return not _SUSPICIOUS.search(text)


def has_digits(text: bytes, count: int) -> bool:
    """Whether so many digits stand side by side; much quicker than a regular expression."""
    return b"0" * count in text.translate(_FLAT)


def form_violations(document: Any) -> list[Violation]:
    """What the canonical form does not admit: floats, null, huge integers, odd keys, deep nesting."""
    if not isinstance(document, dict):
        return [Violation("", "not-an-object", found=type(document).__name__)]
    return list(_form(document, "", 1))


def _form(value: Any, pointer: str, depth: int) -> Iterator[Violation]:
    if isinstance(value, (str, bool)):
        return
    if isinstance(value, int):
        if not -MAX_INTEGER <= value <= MAX_INTEGER:
            yield Violation(pointer, "integer-too-large", found=str(value), expected=f"±{MAX_INTEGER}")
    elif value is None:
        yield Violation(pointer, "null")
    elif isinstance(value, float):
        yield Violation(pointer, "float", found=value)
    elif depth > MAX_DEPTH:
        yield Violation(pointer, "too-deep", expected=MAX_DEPTH)
    elif isinstance(value, dict):
        for key, child in value.items():
            place = f"{pointer}/{escape(str(key))}"
            if not isinstance(key, str) or not _KEY.match(key):
                yield Violation(place, "key-form", found=str(key))
            yield from _form(child, place, depth + 1)
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from _form(child, f"{pointer}/{index}", depth + 1)
    else:
        yield Violation(pointer, "type", found=type(value).__name__)


def escape(token: str) -> str:
    """One reference token of a JSON Pointer (RFC 6901)."""
    return token.replace("~", "~0").replace("/", "~1")


def pointer(path: list[str | int]) -> str:
    """A JSON Pointer from its tokens."""
    return "".join(f"/{escape(str(token))}" for token in path)


def at(document: Any, place: str) -> Any:
    """The value at a JSON Pointer, or None where there is none."""
    value = document
    for token in place.split("/")[1:]:
        key = token.replace("~1", "/").replace("~0", "~")
        if isinstance(value, list):
            value = value[int(key)] if key.isdigit() and int(key) < len(value) else None
        else:
            value = value.get(key) if isinstance(value, dict) else None
    return value


def merge(document: Any, patch: Any) -> Any:
    """JSON Merge Patch (RFC 7396): a null removes."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(document) if isinstance(document, dict) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = merge(merged.get(key), value)
    return merged


def changes(before: Any, after: Any, place: str = "") -> Iterator[tuple[str, Any, Any]]:
    """The differences as (pointer, before, after), None for what is absent; in pointer order.

    Arrays of objects are matched by their ``identifier``, ``code`` or ``name`` so that an inserted row
    is one change; the pointer is that of the side where the row stands.
    """
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted(before.keys() | after.keys()):
            yield from changes(before.get(key), after.get(key), f"{place}/{escape(key)}")
    elif isinstance(before, list) and isinstance(after, list):
        yield from _list_changes(before, after, place)
    else:
        yield place, before, after


def row_of(document: Any, place: str) -> str | None:
    """What the innermost row on the way to ``place`` is called: its identifier, code or name."""
    called, value = None, document
    for token in place.split("/")[1:]:
        if isinstance(value, list):
            value = value[int(token)] if token.isdigit() and int(token) < len(value) else None
            if isinstance(value, dict):
                called = next((str(value[key]) for key in _ROW_KEYS if value.get(key)), called)
        else:
            value = value.get(token) if isinstance(value, dict) else None
    return called


def _list_changes(before: list[Any], after: list[Any], place: str) -> Iterator[tuple[str, Any, Any]]:
    key = next((k for k in _ROW_KEYS if _keyed(before, k) and _keyed(after, k)), None)
    if key is None:
        for index in range(max(len(before), len(after))):
            old = before[index] if index < len(before) else None
            new = after[index] if index < len(after) else None
            yield from changes(old, new, f"{place}/{index}")
        return
    olds = {row[key]: (index, row) for index, row in enumerate(before)}
    news = {row[key]: index for index, row in enumerate(after)}
    for index, row in enumerate(after):
        yield from changes(olds.get(row[key], (0, None))[1], row, f"{place}/{index}")
    for index, row in olds.values():
        if row[key] not in news:
            yield f"{place}/{index}", row, None
    shared_before = [row[key] for row in before if row[key] in news]
    shared_after = [row[key] for row in after if row[key] in olds]
    if shared_before != shared_after:
        yield place, shared_before, shared_after


def _keyed(rows: list[Any], key: str) -> bool:
    values = [row.get(key) for row in rows if isinstance(row, dict)]
    return len(values) == len(rows) and None not in values and len(set(map(str, values))) == len(rows)
