"""Records of a kind as a workbook or a table in text, as many as are asked for, in the order they are asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import orjson
from sqlalchemy import text as sql
from sqlmodel import Session

from catalog.base import clock
from catalog.base.db import select_in
from catalog.base.i18n import Language
from catalog.exchange import official
from catalog.exchange.csv_write import write_table
from catalog.exchange.xlsx import Written, template, write_book
from catalog.registry import contents
from catalog.registry.documents import restored
from catalog.standards import schemas

_BATCH = 2_000
_NAMED = 500  # a kind with more records than this gives no names beside identifiers, and no drop-down


def book(
    session: Session,
    kind: str,
    identifiers: Sequence[str] | None = None,
    *,
    internal: bool,
    language: Language = "zh",
) -> bytes:
    """An XLSX of records, all of the kind without ``identifiers``; an import of it changes what was edited.

    Without ``internal`` the documents are the public ones; their internal values survive an import.
    """
    return write_book(
        kind,
        written(session, kind, identifiers, internal=internal),
        language=language,
        view="internal" if internal else "public",
        names=names(session, kind),
        exported_at=clock.stamp(clock.now()),
    )


def table(
    session: Session,
    kind: str,
    identifiers: Sequence[str] | None = None,
    *,
    internal: bool,
    language: Language = "zh",
) -> bytes:
    """The same as a CSV."""
    records = written(session, kind, identifiers, internal=internal)
    return write_table(kind, records, language=language, view="internal" if internal else "public")


def laid_out(session: Session, made: official.Template, *, language: Language, day: str) -> bytes:
    """Every dataset, as the public sees it, in the layout of an export template."""
    documents = (one.document for one in written(session, official.KIND, internal=False))
    return official.fill(made, documents, names=names(session, official.KIND), language=language, day=day)


def empty(session: Session, kind: str, *, language: Language = "zh", internal: bool = True) -> bytes:
    """A workbook to fill in."""
    view = "internal" if internal else "public"
    return template(kind, language=language, view=view, names=names(session, kind))


def written(
    session: Session, kind: str, identifiers: Sequence[str] | None = None, *, internal: bool
) -> Iterator[Written]:
    """The records with their documents, whole or public, with status and entry."""
    if identifiers is None:
        statement = sql("SELECT identifier FROM record WHERE kind = :kind ORDER BY identifier")
        identifiers = [row[0] for row in session.execute(statement, {"kind": kind})]
    for start in range(0, len(identifiers), _BATCH):
        yield from _batch(session, kind, identifiers[start : start + _BATCH], internal=internal)


def _batch(session: Session, kind: str, identifiers: Sequence[str], *, internal: bool) -> Iterator[Written]:
    statement = (
        "SELECT identifier, seq, status, content, public_content FROM record"
        " WHERE kind = ? AND identifier IN (:values)"
    )
    found = {row[0]: row for row in select_in(session, statement, identifiers, kind)}
    digests = {row[0]: row[3] if internal or row[4] is None else row[4] for row in found.values()}
    texts = contents.load(session, set(digests.values()))
    for identifier in identifiers:
        if identifier in found and texts.get(digests[identifier]):
            document = restored(session, identifier, orjson.loads(texts[digests[identifier]]))
            yield Written(document, found[identifier][2], found[identifier][1])


def names(session: Session, kind: str) -> Mapping[str, Mapping[str, str]]:
    """The names of the records that a kind refers to, of kinds with few records: kind → identifier → name."""
    wanted = {one.ref for one in schemas.current(kind).annotations.fields if one.ref and one.ref != "person"}
    found = {}
    statement = sql("SELECT identifier, name FROM record WHERE kind = :kind ORDER BY identifier LIMIT :limit")
    for ref in sorted(wanted):
        rows = session.execute(statement, {"kind": ref, "limit": _NAMED + 1}).all()
        if 0 < len(rows) <= _NAMED:
            found[ref] = {row[0]: row[1] for row in rows}
    return found
