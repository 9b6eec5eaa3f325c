"""Rows of a file on their way into a plan: what the file did not show is taken from the register."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import orjson
from sqlalchemy import text as sql
from sqlmodel import Session

from catalog.base.db import FOREVER, select_in
from catalog.base.documents import Document
from catalog.exchange import Row
from catalog.exchange.blend import blended
from catalog.exchange.xlsx_cells import shortened
from catalog.exchange.xlsx_read import mark_of
from catalog.registry import contents
from catalog.registry.documents import restored
from catalog.registry.prepare import Incoming

_NAMES = "SELECT name, identifier FROM record WHERE kind = :kind"
_OTHER = f"SELECT value, identifier FROM alias WHERE kind = :kind AND to_seq = {FOREVER}"


def incoming_of(
    session: Session, rows: Sequence[Row], *, kind: str, status: str | None = None
) -> list[Incoming]:
    """One ``Incoming`` for each row, in order, none of them refused.

    A row of a workbook (``Row.seen``) is laid over the document that the register has, so that columns that
    were removed, or never shown because they are internal, lose nothing. A row that nobody edited since its
    export (``Row.mark``) is passed as ``untouched``: it is unchanged whatever happened in the register.
    """
    partial = [row for row in rows if row.seen is not None]
    standing = _standing(session, {_identifier(row) for row in partial} - {""}, kind)
    untouched = {
        id(row)
        for row in partial
        if row.mark and _identifier(row) in standing and mark_of(row.document, row.status) == row.mark
    }
    edited = {_identifier(row) for row in partial if id(row) not in untouched}
    before = _documents(session, {name: standing[name] for name in edited if name in standing})
    made = []
    for row in rows:
        document = row.document
        if row.seen is not None and id(row) not in untouched and (old := before.get(_identifier(row))):
            document = blended(row.kind or kind, document, old, row.seen)
        places = row.place if row.places else None
        made.append(
            Incoming(
                row.kind or kind,
                document,
                row.status or status,
                row.source,
                row.etag,
                id(row) in untouched,
                places,
                row.doubts,
            )
        )
    return made


def _identifier(row: Row) -> str:
    found = row.document.get("identifier") if isinstance(row.document, dict) else None
    return found if isinstance(found, str) else ""


def _standing(session: Session, identifiers: Iterable[str], kind: str) -> dict[str, str]:
    """The digests of the contents of records."""
    statement = "SELECT identifier, content FROM record WHERE kind = ? AND identifier IN (:values)"
    return {row[0]: row[1] for row in select_in(session, statement, identifiers, kind)}


def _documents(session: Session, digests: Mapping[str, str]) -> dict[str, Document]:
    texts = contents.load(session, digests.values())
    return {
        identifier: restored(session, identifier, orjson.loads(texts[digest]))
        for identifier, digest in digests.items()
        if texts.get(digest)
    }


@dataclass(slots=True)
class Known(Mapping[str, Mapping[str, str]]):
    """Names, former names and codes of records, read for a kind when a file first uses one: kind → name → identifier.

    A name that several records have leads nowhere.
    """

    session: Session
    found: dict[str, Mapping[str, str]] = field(default_factory=dict)

    def __getitem__(self, kind: str) -> Mapping[str, str]:
        if kind not in self.found:
            self.found[kind] = self._read(kind)
        return self.found[kind]

    def __iter__(self) -> Iterator[str]:
        return iter(self.found)

    def __len__(self) -> int:
        return len(self.found)

    def _read(self, kind: str) -> Mapping[str, str]:
        named: dict[str, set[str]] = {}
        for name, identifier in self.session.execute(sql(_NAMES), {"kind": kind}):
            for one in {name, shortened(name)} if kind == "department" else {name}:
                named.setdefault(one, set()).add(identifier)
        for value, identifier in self.session.execute(sql(_OTHER), {"kind": kind}):
            for one in {value, shortened(value)} if kind == "department" else {value}:
                if one not in named:
                    named.setdefault(one, set()).add(identifier)
        if kind == "department":
            for name, identifier in self._short_names():
                named.setdefault(name, {identifier})
        return {name: min(ones) for name, ones in named.items() if len(ones) == 1}

    def _short_names(self) -> Iterator[tuple[str, str]]:
        statement = sql("SELECT identifier, content FROM record WHERE kind = 'department'")
        digests = {identifier: digest for identifier, digest in self.session.execute(statement)}
        for identifier, document in _documents(self.session, digests).items():
            if name := document.get("short_name"):
                yield name, identifier
