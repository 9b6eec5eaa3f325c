"""JSON and JSON lines: an object, an array of objects, or one object a line; each bare or in an envelope."""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Iterator
from json import JSONDecodeError
from typing import Any

from catalog.base.documents import MAX_DEPTH as MAX_DOCUMENT_DEPTH
from catalog.base.errors import Malformed, Source, Violation
from catalog.exchange.rows import MAX_LINE, Row, refused, row_of

_BLANK = " \t\r\n"
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


class _Refused(ValueError):
    """A value that JSON allows and the register does not."""

    def __init__(self, rule: str, found: str) -> None:
        super().__init__(rule)
        self.rule, self.found = rule, found


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        raise _Refused("duplicate-key", next(key for key in keys if keys.count(key) > 1))
    return found


def _constant(name: str) -> Any:
    raise _Refused("float", name)


_decoder = json.JSONDecoder(object_pairs_hook=_distinct, parse_constant=_constant)
_tolerant = json.JSONDecoder()


def lines(text: str, filename: str | None) -> Iterator[Row]:
    """One row for each line that is not blank; a line that is no JSON is refused, the others are read."""
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip(_BLANK):
            continue
        source = Source(filename, line=number)
        if len(line) > MAX_LINE:
            yield refused(source, Violation("", "line-too-long", found=len(line), expected=MAX_LINE))
            continue
        try:
            value, end = _scan(line, _skip(line, 0))
        except _Refused as error:
            yield refused(source, Violation("", error.rule, found=error.found, expected=MAX_DOCUMENT_DEPTH))
            continue
        except JSONDecodeError as error:
            yield refused(source, _not_json(error, number))
            continue
        if _skip(line, end) != len(line):
            yield refused(source, Violation("", "row-not-json", values=_place(number, end + 1, "Extra data")))
            continue
        yield row_of(value, source)


def document(text: str, filename: str | None) -> Iterator[Row]:
    """The rows of one JSON text; raises ``Malformed`` where the text as a whole cannot be read."""
    start = _skip(text, 0)
    if start == len(text):
        raise Malformed("file-empty", file=filename)
    if text[start] == "[":
        place = yield from _array(text, start, filename)
    else:
        row, place = _row(text, start, Source(filename, line=1 + text.count("\n", 0, start), row=1))
        yield row
    if _skip(text, place) != len(text):
        raise _malformed(JSONDecodeError("Extra data", text, place), filename)


def _array(text: str, start: int, filename: str | None) -> Generator[Row, None, int]:
    """The rows of an array; returns the place after it."""
    place, line, counted, number = _skip(text, start + 1), 1, 0, 0
    if text[place : place + 1] == "]":
        return place + 1
    while True:
        line += text.count("\n", counted, place)
        counted, number = place, number + 1
        row, place = _row(text, place, Source(filename, line=line, row=number))
        yield row
        place = _skip(text, place)
        mark = text[place : place + 1]
        if mark == "]":
            return place + 1
        if mark != ",":
            raise _malformed(JSONDecodeError("Expecting ',' delimiter", text, place), filename)
        place = _skip(text, place + 1)


def _row(text: str, place: int, source: Source) -> tuple[Row, int]:
    """The row at a place and the place after it; raises ``Malformed`` if the JSON ends there."""
    try:
        value, end = _scan(text, place)
    except _Refused as error:
        end = _end(text, place, source)
        return refused(source, Violation("", error.rule, found=error.found, expected=MAX_DOCUMENT_DEPTH)), end
    except JSONDecodeError as error:
        raise _malformed(error, source.file) from None
    return row_of(value, source), end


def _end(text: str, place: int, source: Source) -> int:
    """The place after a value that is JSON, though not to our taste."""
    try:
        return _tolerant.raw_decode(text, place)[1]
    except JSONDecodeError as error:
        raise _malformed(error, source.file) from None
    except RecursionError:
        raise Malformed("too-deep", file=source.file, line=source.line, expected=MAX_DOCUMENT_DEPTH) from None
    except ValueError:  # an integer of more than 4,300 digits
        raise Malformed("integer-too-large", file=source.file, line=source.line) from None


def _scan(text: str, place: int) -> tuple[Any, int]:
    try:
        value, end = _decoder.raw_decode(text, place)
    except RecursionError:
        raise _Refused("too-deep", f"> {MAX_DOCUMENT_DEPTH}") from None
    except (JSONDecodeError, _Refused):
        raise
    except ValueError:  # an integer of more than 4,300 digits
        raise _Refused("integer-too-large", "…") from None
    if _SURROGATE.search(text, place, end) and not _is_text(value):
        raise _Refused("surrogate", "\\ud…")
    return value, end


def _is_text(value: Any) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _skip(text: str, place: int) -> int:
    while place < len(text) and text[place] in _BLANK:
        place += 1
    return place


def _not_json(error: JSONDecodeError, line: int) -> Violation:
    return Violation("", "row-not-json", values=_place(line, error.colno, error.msg))


def _place(line: int, column: int, detail: str) -> dict[str, Any]:
    return {"line": line, "column": column, "reason": detail}


def _malformed(error: JSONDecodeError, filename: str | None) -> Malformed:
    return Malformed("not-json", file=filename, line=error.lineno, column=error.colno, detail=error.msg)
