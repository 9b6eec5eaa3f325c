"""Rows: what a file holds, one by one, each with the place that it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from catalog.base.documents import Document
from catalog.base.errors import Malformed, Source, Violation

MAX_BYTES = 1 << 30
MAX_LINE = 16 << 20
MAX_DEPTH = 64
"""Deeper than any document may be (``base.documents.MAX_DEPTH``), envelopes and lists around it included."""

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


@dataclass(slots=True)
class Row:
    """One document of a file, or why there is none: then ``violations`` says what is wrong with the row.

    ``status`` and ``kind`` are those of an envelope, None where the file does not say. ``places`` leads from
    a pointer to the cell that its value stands in, ``understood`` to a text and what it was taken as where
    the two differ (每季度末, 每季度).

    ``seen`` names the properties (``/fields/*/name``) that the file has a place for; the others stay as they
    are in the register (``blend.blended``); None: the document is meant whole. ``etag`` is the entry that an
    export was made at and ``mark`` the digest that its row had then; ``doubts`` are warnings.
    """

    document: Document
    status: str | None = None
    source: Source | None = None
    violations: tuple[Violation, ...] = ()
    kind: str | None = None
    places: Mapping[str, Source] = field(default_factory=dict)
    understood: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    seen: frozenset[str] | None = None
    etag: int | None = None
    mark: str | None = None
    doubts: tuple[Violation, ...] = ()

    def place(self, pointer: str) -> Source | None:
        """The cell of a pointer, or of the nearest thing around it; without cells the row's own place."""
        while pointer and pointer not in self.places:
            pointer = pointer.rpartition("/")[0]
        return self.places.get(pointer, self.source)


def row_of(value: Any, source: Source) -> Row:
    """A document, or an envelope ``{"status": …, "document": {…}}`` around it."""
    if not isinstance(value, dict):
        return refused(source, Violation("", "not-an-object", found=type(value).__name__))
    inner = value.get("document")
    if isinstance(inner, dict):
        return Row(inner, value.get("status"), source, (), value.get("kind"))
    return Row(value, None, source)


def refused(source: Source, *violations: Violation) -> Row:
    """A row that could not be read."""
    return Row({}, None, source, violations)


def decode(data: bytes, filename: str | None) -> str:
    """The text of a file in UTF-8, UTF-16 with its mark, or GB18030; raises ``Malformed``."""
    if len(data) > MAX_BYTES:
        raise Malformed("too-large", found=len(data), expected=MAX_BYTES)
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _decoded(data, encoding, filename)
    try:
        return data.decode()
    except UnicodeDecodeError:
        return _decoded(data, "gb18030", filename)


def _decoded(data: bytes, encoding: str, filename: str | None) -> str:
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise Malformed("not-text", file=filename, found=error.start) from None
