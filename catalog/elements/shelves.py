"""The register's data elements as a shelf to compare with."""

from __future__ import annotations

from collections.abc import Iterator

import orjson
from sqlalchemy import text
from sqlmodel import Session

from catalog.elements.compare import Named, Shelf, element_named
from catalog.registry.contents import unpack

_STANDING = text(
    "SELECT r.identifier, r.status, c.text, c.packed FROM record r"
    " JOIN content c ON c.digest = COALESCE(r.public_content, r.content)"
    " WHERE r.kind = 'data-element' AND r.status NOT IN ('retired', 'superseded') ORDER BY r.identifier"
)


def register_shelf(session: Session) -> Shelf:
    """Every data element that may still be used, read in one pass; texts are those of the public view."""
    return Shelf(_standing(session))


def _standing(session: Session) -> Iterator[Named]:
    for identifier, status, content, packed in session.execute(_STANDING):
        if content:  # a redacted text says nothing
            yield element_named(orjson.loads(unpack(content, packed)), key=identifier, status=status)
