"""One database, SQLite or PostgreSQL: reading, writing one after another, and set-based inserts.

Writers take turns. On SQLite a process-wide lock and ``BEGIN IMMEDIATE`` give the turn; on PostgreSQL an
advisory lock that ends with the transaction. Whoever waits longer than ``write_wait`` gets ``Busy``.
"""

from __future__ import annotations

import fcntl
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from catalog.base.errors import Busy, Unready

FOREVER = 2**62  # the ``to_seq`` of what still holds
_TURN = 0x43444F  # the advisory lock of writers on PostgreSQL
_COPY_FROM = 500  # PostgreSQL: rows from which COPY beats executemany
_DISK_FULL = "53100"  # PostgreSQL
Row = Sequence[Any]


class Database:
    """The register's database; one for a process."""

    def __init__(self, url: str, *, write_wait: float = 2.0) -> None:
        self.url = url
        self.on_sqlite = url.startswith("sqlite")
        self.write_wait = write_wait
        self.engine = _sqlite(url) if self.on_sqlite else _postgresql(url)
        self._turn = threading.Lock()
        self._claimed: IO[str] | None = None

    @property
    def path(self) -> Path:
        """The file of an SQLite database."""
        return Path(self.url.removeprefix("sqlite:///"))

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only reads; it sees one consistent state."""
        with Session(self.engine) as session:
            yield session

    @contextmanager
    def writing(self, *, turn: bool = True) -> Iterator[Session]:
        """A session that commits on leaving, or changes nothing at all.

        With ``turn=False`` (bulk work on PostgreSQL) the caller takes its turn itself, by ``take_turn``,
        after the work that needs none.
        """
        if not self.on_sqlite:
            with _telling(), Session(self.engine) as session, session.begin():
                if turn:
                    self.take_turn(session)
                yield session
            return
        if not self._turn.acquire(timeout=self.write_wait):
            raise Busy(seconds=self.write_wait)
        try:
            with Session(self.engine.execution_options(begin="IMMEDIATE")) as session:
                try:
                    session.connection()
                except OperationalError as error:
                    raise self._refusal(error) from error
                with _committing(session):
                    yield session
        finally:
            self._turn.release()

    def take_turn(self, session: Session) -> None:
        """Wait for the other writers of all processes; ``seq`` order is commit order from here on."""
        if self.on_sqlite:
            return
        session.execute(text(f"SET LOCAL lock_timeout = '{int(self.write_wait * 1000)}ms'"))
        try:
            session.execute(text("SELECT pg_advisory_xact_lock(:turn)"), {"turn": _TURN})
        except OperationalError as error:
            raise Busy(seconds=self.write_wait) from error
        session.execute(text("SET LOCAL lock_timeout = 0"))

    def claim(self) -> None:
        """Be the one serving process of an SQLite file until ``close``; refused where one serves."""
        if not self.on_sqlite:
            return
        self._claimed = self.path.with_name(self.path.name + ".serving").open("w")
        try:
            fcntl.flock(self._claimed, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._claimed.close()
            self._claimed = None
            raise Unready("already-served", database=str(self.path)) from None

    def _refusal(self, error: OperationalError) -> Exception:
        return Busy(seconds=self.write_wait) if "locked" in str(error.orig) else error

    def close(self) -> None:
        """Give back every connection, and the claim; one that a thread still uses is closed when it returns."""
        event.listen(self.engine, "checkin", lambda connection, _record: connection and connection.close())
        self.engine.dispose()
        if self._claimed:
            self._claimed.close()
            self._claimed = None


@contextmanager
def _committing(session: Session) -> Iterator[None]:
    try:
        with _telling():
            yield
            session.commit()
    except BaseException:
        session.rollback()
        raise


@contextmanager
def _telling() -> Iterator[None]:
    """Say that the disk is full where the database does, through SQLAlchemy or the driver itself."""
    try:
        yield
    except Exception as error:
        cause = getattr(error, "orig", error)
        if "disk is full" in str(cause) or getattr(cause, "sqlstate", None) == _DISK_FULL:
            raise Unready("disk-full") from error
        raise


def _sqlite(url: str) -> Engine:
    engine = create_engine(url, connect_args={"timeout": 2.0, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, or savepoints leak
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-64000"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        mode = connection.get_execution_options().get("begin", "DEFERRED")
        connection.exec_driver_sql(f"BEGIN {mode}")

    return engine


def _postgresql(url: str) -> Engine:
    return create_engine(url, pool_size=8, max_overflow=8, pool_pre_ping=True)


def insert_rows(session: Session, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Insert many rows at once; on PostgreSQL by COPY when that is faster."""
    if not rows:
        return
    connection = session.connection()
    if connection.dialect.name == "postgresql" and len(rows) >= _COPY_FROM:
        _copy(connection, table, columns, rows)
        return
    _execute_many(
        connection, f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({_marks(connection, columns)})", rows
    )


def upsert_rows(
    session: Session,
    table: str,
    columns: Sequence[str],
    rows: Sequence[Row],
    *,
    key: Sequence[str],
    keep: bool = False,
) -> None:
    """Insert rows, or renew those whose ``key`` exists (with ``keep``: leave them as they are)."""
    if not rows:
        return
    connection = session.connection()
    others = [column for column in columns if column not in key]
    renewal = "NOTHING" if keep else "UPDATE SET " + ", ".join(f"{c} = excluded.{c}" for c in others)
    tail = f"ON CONFLICT ({', '.join(key)}) DO {renewal}"
    names = ", ".join(columns)
    if connection.dialect.name == "postgresql" and len(rows) >= _COPY_FROM:
        connection.exec_driver_sql(
            f"CREATE TEMP TABLE IF NOT EXISTS incoming_{table} (LIKE {table}) ON COMMIT DROP"
        )
        connection.exec_driver_sql(f"TRUNCATE incoming_{table}")
        _copy(connection, f"incoming_{table}", columns, rows)
        connection.exec_driver_sql(
            f"INSERT INTO {table} ({names}) SELECT {names} FROM incoming_{table} {tail}"
        )
        return
    _execute_many(
        connection, f"INSERT INTO {table} ({names}) VALUES ({_marks(connection, columns)}) {tail}", rows
    )


def execute_rows(session: Session, statement: str, rows: Sequence[Row]) -> None:
    """Run one statement, its parameters written ``?``, for many rows."""
    if rows:
        connection = session.connection()
        mark = "%s" if connection.dialect.name == "postgresql" else "?"
        _execute_many(connection, statement.replace("?", mark), rows)


def select_in(session: Session, statement: str, values: Iterable[Any], *extra: Any) -> Iterator[Row]:
    """The rows of ``statement`` (``… IN (:values)``, other parameters ``?`` before it) in slices of 500."""
    connection = session.connection()
    mark = "%s" if connection.dialect.name == "postgresql" else "?"
    wanted = sorted(set(values))
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        marks = ", ".join([mark] * len(part))
        sql = statement.replace("?", mark).replace(":values", marks)
        yield from connection.exec_driver_sql(sql, (*extra, *part)).fetchall()


def _marks(connection: Connection, columns: Sequence[str]) -> str:
    return ", ".join(["%s" if connection.dialect.name == "postgresql" else "?"] * len(columns))


def _execute_many(connection: Connection, statement: str, rows: Sequence[Row]) -> None:
    cursor = connection.connection.cursor()
    try:
        cursor.executemany(statement, rows)
    finally:
        cursor.close()


def _copy(connection: Connection, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
    cursor: Any = connection.connection.cursor()
    try:
        with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    finally:
        cursor.close()
