"""A small register for the tests: one SQLite file that several processes read and write."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson

from catalog.search.schema import Item


class Shelf:
    """The present of each item, and the number of the last entry."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with closing(self._connected()) as database, database:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute(
                "CREATE TABLE IF NOT EXISTS item (kind, identifier, seq, item, PRIMARY KEY (kind, identifier))"
            )
            database.execute("CREATE TABLE IF NOT EXISTS entry (seq INTEGER PRIMARY KEY AUTOINCREMENT)")

    def put(self, *items: dict[str, Any]) -> int:
        """Register or revise items; the last seq."""
        with closing(self._connected()) as database, database:
            for item in items:
                seq = database.execute("INSERT INTO entry DEFAULT VALUES").lastrowid
                database.execute(
                    "INSERT OR REPLACE INTO item VALUES (?, ?, ?, ?)",
                    (item["kind"], item["identifier"], seq, orjson.dumps(item)),
                )
        return self.last()

    def remove(self, identifier: str) -> None:
        """Lose an item without an entry, as no register does."""
        with closing(self._connected()) as database, database:
            database.execute("DELETE FROM item WHERE identifier = ?", (identifier,))

    def alter(self, identifier: str, /, **values: Any) -> None:
        """Change an item without an entry, as no register does."""
        with closing(self._connected()) as database, database:
            found = database.execute("SELECT item FROM item WHERE identifier = ?", (identifier,)).fetchone()
            changed = orjson.dumps(orjson.loads(found[0]) | values)
            database.execute("UPDATE item SET item = ? WHERE identifier = ?", (changed, identifier))

    def entry(self) -> int:
        """An entry that touches no item."""
        with closing(self._connected()) as database, database:
            return int(database.execute("INSERT INTO entry DEFAULT VALUES").lastrowid or 0)

    def register(self) -> str:
        return self.path.name

    def last(self) -> int:
        with closing(self._connected()) as database:
            return int(database.execute("SELECT COALESCE(MAX(seq), 0) FROM entry").fetchone()[0])

    def changed(self, after: int, limit: int) -> tuple[list[Item], int]:
        newest = self.last()
        with closing(self._connected()) as database:
            statement = "SELECT seq, item FROM item WHERE seq > ? ORDER BY seq LIMIT ?"
            rows: Sequence[Any] = database.execute(statement, (after, limit)).fetchall()
        items = [Item(**orjson.loads(item), seq=seq) for seq, item in rows]
        return items, items[-1].seq if len(items) == limit else newest

    def _connected(self) -> sqlite3.Connection:
        return sqlite3.connect(self.path, timeout=10)


def record(kind: str, identifier: str, name: str, **values: Any) -> dict[str, Any]:
    """An item as ``Shelf.put`` takes it."""
    return {
        "kind": kind,
        "identifier": identifier,
        "version": 1,
        "status": "recorded",
        "department": "DP0001",
        "name": name,
        "changed_at": "2026-01-05T01:00:00.000000Z",
    } | values


def element(identifier: str, name: str, *synonyms: str, text: str = "", **values: Any) -> dict[str, Any]:
    """A data element with synonyms and a definition."""
    texts = [("synonym", synonym, False) for synonym in synonyms] + [("text", text, False)] * bool(text)
    return record("data-element", identifier, name, texts=texts, **values)


def dataset(identifier: str, name: str, *, text: str = "", **values: Any) -> dict[str, Any]:
    """A published dataset with a summary."""
    texts = [("text", text, False)] * bool(text)
    return record("dataset", identifier, name, **({"status": "published", "texts": texts} | values))
