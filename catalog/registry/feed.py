"""What the search index follows: the records that the ledger has touched, in their present state."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import orjson
from sqlalchemy import text as sql

from catalog.base.db import Database
from catalog.base.documents import Document
from catalog.registry.contents import SALT, unpack
from catalog.search.index import Item
from catalog.standards import schemas

_SUMMARIES = ("summary", "definition", "scenario")
_SUMMARY_LENGTH = 160
_COLUMNS = (
    "r.kind, r.identifier, r.version, r.seq, r.status, r.department, r.name, r.changed_at,"
    " c.text, c.packed, p.text, p.packed, r.state"
)
_FROM = (
    " FROM record r JOIN content c ON c.digest = r.content LEFT JOIN content p ON p.digest = r.public_content"
)


class Feed:
    """The register as the index's source; see ``catalog.search.index.Source``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def register(self) -> str:
        """The register's own name, given once."""
        with self._database.reading() as session:
            return str(session.execute(sql("SELECT value FROM meta WHERE key = 'instance'")).scalar() or "")

    def last(self) -> int:
        """The newest entry."""
        with self._database.reading() as session:
            return int(session.execute(sql("SELECT COALESCE(MAX(seq), 0) FROM entry")).scalar() or 0)

    def changed(self, after: int, limit: int) -> tuple[list[Item], int]:
        """Up to ``limit`` records last touched after entry ``after``, oldest first, and how far they reach."""
        statement = f"SELECT {_COLUMNS}{_FROM} WHERE r.seq > :after ORDER BY r.seq LIMIT :limit"
        with self._database.reading() as session:
            # asked first: what commits between the two statements must not be skipped
            newest = int(session.execute(sql("SELECT COALESCE(MAX(seq), 0) FROM entry")).scalar() or 0)
            rows: Sequence[Any] = session.execute(sql(statement), {"after": after, "limit": limit}).fetchall()
        reached = rows[-1][3] if len(rows) == limit else newest
        return [item(row) for row in rows], reached

    def everything(self, slice_: int = 2000) -> Iterator[list[Item]]:
        """All records, for rebuilding and verifying."""
        after = 0
        while True:
            items, after = self.changed(after, slice_)
            if items:
                yield items
            if len(items) < slice_:
                return


def item(row: Sequence[Any]) -> Item:
    """The searchable form of one record."""
    (
        kind,
        identifier,
        version,
        seq,
        status,
        department,
        name,
        changed_at,
        text,
        packed,
        public,
        public_packed,
        state,
    ) = row
    annotations = schemas.current(kind).annotations
    document: Document = orjson.loads(unpack(text, packed)) if text else {"name": name}
    document.pop(SALT, None)
    seen: Document = orjson.loads(unpack(public, public_packed)) if public else document
    return Item(
        kind=kind,
        identifier=identifier,
        version=version,
        seq=seq,
        status=status,
        department=department,
        name=name,
        changed_at=changed_at,
        texts=annotations.searchable(document),  # type: ignore[arg-type]
        facets=annotations.facets(seen),
        aliases=[value for _, value, _, _ in annotations.aliases(seen)],
        summary=next((str(seen[key]) for key in _SUMMARIES if seen.get(key)), "")[:_SUMMARY_LENGTH],
        confirmed_at=orjson.loads(state).get("confirmed_at") or "" if state != "{}" else "",
        order=_order(seen),
    )


def _order(document: Document) -> int:
    place = document.get("sequence")
    return place if isinstance(place, int) and 0 < place < 1 << 15 else 0
