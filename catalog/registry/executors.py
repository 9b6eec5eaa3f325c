"""What runs a read on each database.

On SQLite a read-only connection (short statements run where they are called, longer ones in a thread), on
PostgreSQL psycopg's async pool.
"""

from __future__ import annotations

import asyncio
import re
import sqlite3
import threading
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from catalog.base.db import Database


class Executor(Protocol):
    """Runs one statement of the reads."""

    async def rows(self, statement: str, parameters: Mapping[str, Any], *, quick: bool) -> Sequence[Any]:
        """All rows; ``quick`` statements answer in well under a millisecond."""

    async def close(self) -> None:
        """Give the connections back."""


def executor(database: Database) -> Executor:
    """What runs the reads of this process on ``database``."""
    return _Sqlite(database) if database.on_sqlite else _Postgresql(database)


class _Sqlite:
    """A read-only connection for each thread."""

    def __init__(self, database: Database) -> None:
        self._path = database.path
        self._local = threading.local()
        self._open: list[sqlite3.Connection] = []

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(
                self._path, isolation_level=None, check_same_thread=False, cached_statements=256
            )
            for pragma in ("query_only=ON", "busy_timeout=2000", "cache_size=-64000", "mmap_size=268435456"):
                connection.execute(f"PRAGMA {pragma}")
            self._local.connection = connection
            self._open.append(connection)
        return connection

    def _rows(self, statement: str, parameters: Mapping[str, Any]) -> Sequence[Any]:
        return self._connection().execute(statement, parameters).fetchall()

    async def rows(self, statement: str, parameters: Mapping[str, Any], *, quick: bool) -> Sequence[Any]:
        """See ``Executor.rows``."""
        if quick:
            return self._rows(statement, parameters)
        return await asyncio.get_running_loop().run_in_executor(None, self._rows, statement, parameters)

    async def close(self) -> None:
        """Close every thread's connection."""
        for connection in self._open:
            connection.close()
        self._open.clear()
        self._local = threading.local()


_NAMED = re.compile(r":([a-z_]+[0-9]*)")


class _Postgresql:
    """psycopg's async pool; statements are prepared on the server after their first run."""

    def __init__(self, database: Database) -> None:
        self._url = database.url.replace("postgresql+psycopg://", "postgresql://", 1)
        self._pool: Any = None
        self._loop: Any = None
        self._written: dict[str, str] = {}

    async def _ready(self) -> Any:
        loop = asyncio.get_running_loop()
        if self._pool is None or self._loop is not loop:
            from psycopg_pool import AsyncConnectionPool  # noqa: PLC0415  (an extra: SQLite needs no psycopg)

            self._loop = loop
            self._pool = AsyncConnectionPool(
                self._url,
                min_size=2,
                max_size=16,
                open=False,
                kwargs={
                    "autocommit": True,
                    "prepare_threshold": 1,
                    "options": "-c default_transaction_read_only=on",
                },
            )
            await self._pool.open()
        return self._pool

    async def rows(self, statement: str, parameters: Mapping[str, Any], *, quick: bool) -> Sequence[Any]:
        """See ``Executor.rows``."""
        pool = await self._ready()
        written = self._written.get(statement)
        if written is None:
            written = _NAMED.sub(r"%(\1)s", statement.replace("%", "%%"))
            if len(self._written) < 1000:
                self._written[statement] = written
        async with pool.connection() as connection:
            cursor = await connection.execute(written, parameters)
            rows: Sequence[Any] = await cursor.fetchall()
            return rows

    async def close(self) -> None:
        """Close the pool."""
        if self._pool is not None:
            await self._pool.close()
            self._pool = None
