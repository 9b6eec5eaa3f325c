"""Corrections: what was mended in the browser, kept beside the upload and laid over its rows when they are read."""

from __future__ import annotations

import copy
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import orjson

from catalog.base.documents import Document
from catalog.base.errors import InvalidDocument, Violation
from catalog.exchange.cells import value_of
from catalog.exchange.rows import Row
from catalog.standards import schemas

_NUMBER = re.compile(r"/[0-9]+(?=/|$)")
MOST = 20_000  # corrections of one upload; more are mended in the file itself
LONGEST = 10_000  # characters of one
Choice = Mapping[str, str]  # {"choice": reuse | new | pending, "key": the element}


@dataclass(frozen=True, slots=True)
class Correction:
    """A new text for one value: of the document that begins in ``row`` of ``sheet``, at ``pointer``."""

    sheet: str
    row: int
    pointer: str
    value: str


def parsed(text: str) -> list[Correction]:
    """The corrections of an upload."""
    return [Correction(**one) for one in orjson.loads(text)]


def written(corrections: Iterable[Correction]) -> str:
    """Their JSON, the last one of each place."""
    last = {(one.sheet, one.row, one.pointer): one for one in corrections}
    if len(last) > MOST:
        raise InvalidDocument([Violation("/corrections", "max-items", found=len(last), expected=MOST)])
    return orjson.dumps([asdict(one) for one in last.values()]).decode()


def place(row: Row) -> tuple[str, int]:
    """The sheet and the row in which a document begins; rows of files without sheets have an empty one."""
    source = row.source
    if source is None:
        return "", 0
    return source.sheet or "", source.row or source.line or 0


def laid_over(
    rows: Iterable[Row], kind: str, corrections: Iterable[Correction], choices: Mapping[str, Choice]
) -> Iterator[Row]:
    """The rows with their corrections, and with the elements that were chosen to be reused."""
    by_place: dict[tuple[str, int], list[tuple[str, str]]] = defaultdict(list)
    for one in corrections:
        by_place[one.sheet, one.row].append((one.pointer, one.value))
    reused: dict[tuple[str, int], list[tuple[str, str]]] = defaultdict(list)
    for key, choice in choices.items():
        sheet, number, pointer = split_key(key)
        if choice["choice"] == "reuse" and pointer:
            reused[sheet, number].append((f"{pointer}/element", choice["key"]))
    for row in rows:
        changes = [*by_place.get(place(row), ()), *reused.get(place(row), ())]
        if changes and not row.violations:
            document = corrected(row.document, row.kind or kind, changes)
            patterns = {_NUMBER.sub("/*", pointer) for pointer, _ in changes}
            yield replace(row, document=document, seen=None if row.seen is None else row.seen | patterns)
        else:
            yield row


def corrected(document: Document, kind: str, changes: Iterable[tuple[str, str]]) -> Document:
    """A copy of a document with new texts, each read as its property asks; an empty one removes the value."""
    made = copy.deepcopy(document)
    annotations = schemas.current(kind).annotations
    for pointer, text in changes:
        field = annotations.field(pointer)
        value: Any = text.strip()
        last = pointer.rpartition("/")[2]
        if field is not None and value and not (last.isdigit() and not field.children):
            value = value_of(value, field)
        put_at(made, pointer, None if value in ("", []) else value)
    return made


def put_at(document: Document, pointer: str, value: Any) -> None:
    """Set or remove what stands at a pointer; a list grows by one item at its end and no further."""
    *path, last = pointer.split("/")[1:]
    here: Any = document
    for token, following in zip(path, [*path[1:], last], strict=False):
        here = _step(here, token, [] if following.isdigit() else {})
        if here is None:
            return
    if isinstance(here, list) and last.isdigit():
        place_ = int(last)
        if value is None:
            del here[place_ : place_ + 1]
        elif place_ < len(here):
            here[place_] = value
        elif place_ == len(here):
            here.append(value)
    elif isinstance(here, dict):
        if value is None:
            here.pop(last, None)
        else:
            here[last] = value


def _step(here: Any, token: str, empty: Any) -> Any:
    if isinstance(here, list):
        number = int(token) if token.isdigit() else len(here) + 1
        if number == len(here):
            here.append(empty)
        return here[number] if number < len(here) else None
    if isinstance(here, dict):
        found = here.setdefault(token, empty)
        return found if isinstance(found, (dict, list)) else None
    return None


def key_of(sheet: str, row: int, pointer: str) -> str:
    """The name of one place of an upload, in forms and in ``choices``: sheet, row and pointer."""
    return f"{row}|{pointer}|{sheet}"


def split_key(key: str) -> tuple[str, int, str]:
    """Sheet, row and pointer of a place; raises ``InvalidDocument`` for what is none."""
    row, first, rest = key.partition("|")
    pointer, second, sheet = rest.partition("|")
    if not (first and second and row.isascii() and row.isdigit() and len(row) < 9) or (
        pointer and not pointer.startswith("/")
    ):
        raise InvalidDocument(
            [Violation("/corrections", "type", found=key[:80], expected="row|pointer|sheet")]
        )
    return sheet, int(row), pointer
