"""Where the decision log lies: an SQLite file of its own, or a table on PostgreSQL. Rows are only added."""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from catalog.base.db import Database
from catalog.base.settings import Settings

GENESIS = "0" * 64
_COLUMNS = 'number, at, "by", door, question, effect, answers, seq, snapshot, chain'
_HEAD = "SELECT number, chain FROM decision ORDER BY number DESC LIMIT 1"
_PATIENCE = 10.0  # seconds that one waits for another's commit: an answer that is late is better than none
_TURN = 0x43444F44  # the advisory lock of those who log decisions on PostgreSQL
_WAIT = "SELECT pg_advisory_xact_lock(%s)"
_INSERT = (
    f"INSERT INTO decision ({_COLUMNS}) SELECT * FROM unnest(%s::bigint[]{', %s::text[]' * 6}, %s::bigint[]"
    f"{', %s::text[]' * 2}) WHERE COALESCE((SELECT MAX(number) FROM decision), 0) = %s"
)
_TABLE = """
CREATE TABLE IF NOT EXISTS decision (number INTEGER PRIMARY KEY, at TEXT NOT NULL, "by" TEXT NOT NULL,
  door TEXT NOT NULL, question TEXT NOT NULL, effect TEXT NOT NULL, answers TEXT NOT NULL, seq INTEGER NOT NULL,
  snapshot TEXT NOT NULL, chain TEXT NOT NULL);
CREATE TRIGGER IF NOT EXISTS decision_kept BEFORE UPDATE ON decision
  BEGIN SELECT RAISE(ABORT, 'decisions are never changed'); END;
CREATE TRIGGER IF NOT EXISTS decision_left BEFORE DELETE ON decision
  BEGIN SELECT RAISE(ABORT, 'decisions are never changed'); END;
"""


class Line(NamedTuple):
    """One decision to be logged."""

    at: str
    by: str
    door: str
    question: str
    effect: str
    answers: str
    seq: int
    snapshot: str


class Store(Protocol):
    """One open place of the log, used by one thread."""

    def add(self, lines: Sequence[Line]) -> int:
        """Make the lines durable in one transaction; the number of the first."""

    def rows(self, after: int, limit: int) -> list[tuple[Any, ...]]:
        """Rows by number."""

    def close(self) -> None:
        """Give it back."""


def chained(lines: Sequence[Line], number: int, chain: str) -> list[tuple[Any, ...]]:
    """The rows that follow row ``number``, each sealed onto the one before."""
    rows: list[tuple[Any, ...]] = []
    for place, line in enumerate(lines, number + 1):
        chain = link(chain, (place, *line))
        rows.append((place, *line, chain))
    return rows


def link(chain: str, row: Sequence[Any]) -> str:
    """The chain after a row (without its own chain)."""
    return hashlib.sha256("\x1f".join((chain, *map(str, row))).encode()).hexdigest()


class SqliteStore:
    """``decisions.db`` in the data folder."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(
            path, isolation_level=None, timeout=_PATIENCE, check_same_thread=False
        )
        _made(self._connection)

    def add(self, lines: Sequence[Line]) -> int:
        """See ``Store.add``."""
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            number, chain = connection.execute(_HEAD).fetchone() or (0, GENESIS)
            rows = chained(lines, number, chain)
            connection.executemany(f"INSERT INTO decision ({_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?)", rows)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        return int(rows[0][0])

    def rows(self, after: int, limit: int) -> list[tuple[Any, ...]]:
        """See ``Store.rows``."""
        return self._connection.execute(
            f"SELECT {_COLUMNS} FROM decision WHERE number > ? ORDER BY number LIMIT ?", (after, limit)
        ).fetchall()

    def close(self) -> None:
        """See ``Store.close``."""
        self._connection.close()


def _columns(rows: list[tuple[Any, ...]]) -> list[Any]:
    """The rows by column, and the number that they follow."""
    return [*(list(column) for column in zip(*rows, strict=True)), rows[0][0] - 1]


def _made(connection: sqlite3.Connection) -> None:
    """Set a file up, though another process sets it up too: SQLite does not wait for its turn at this step."""
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            for pragma in ("journal_mode=WAL", "synchronous=FULL"):
                connection.execute(f"PRAGMA {pragma}")
            connection.executescript(_TABLE)
            return
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.01)


class PostgresqlStore:
    """The table ``decision`` of the register's database; all processes number their rows in one order."""

    def __init__(self, database: Database) -> None:
        import psycopg  # noqa: PLC0415  (an extra: SQLite needs no psycopg)

        url = database.url.replace("postgresql+psycopg://", "postgresql://", 1)
        self._connection = psycopg.connect(url, autocommit=True)
        self._head: tuple[int, str] = (0, GENESIS)

    def add(self, lines: Sequence[Line]) -> int:
        """See ``Store.add``; one journey where no other process has written since, else in turn."""
        connection = self._connection
        rows = chained(lines, *self._head)
        with connection.pipeline(), connection.transaction(), connection.cursor() as cursor:
            cursor.execute(_WAIT, (_TURN,), prepare=True)
            cursor.execute(_INSERT, _columns(rows), prepare=True)
            cursor.nextset()
        if cursor.rowcount <= 0:
            with connection.transaction():
                connection.execute(_WAIT, (_TURN,))
                number, chain = connection.execute(_HEAD).fetchone() or (0, GENESIS)
                rows = chained(lines, number, chain)
                connection.execute(_INSERT, _columns(rows))
        self._head = (rows[-1][0], rows[-1][-1])
        return int(rows[0][0])

    def rows(self, after: int, limit: int) -> list[tuple[Any, ...]]:
        """See ``Store.rows``."""
        cursor = self._connection.execute(
            f"SELECT {_COLUMNS} FROM decision WHERE number > %s ORDER BY number LIMIT %s", (after, limit)
        )
        return cursor.fetchall()

    def close(self) -> None:
        """See ``Store.close``."""
        self._connection.close()


def open_store(settings: Settings, database: Database) -> Store:
    """The log's place for this register."""
    return (
        SqliteStore(settings.data_dir / "decisions.db") if database.on_sqlite else PostgresqlStore(database)
    )
