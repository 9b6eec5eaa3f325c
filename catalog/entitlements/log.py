"""The decision log: an answer leaves when its row is durable, and those that wait share one commit."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NamedTuple

import orjson
from sqlmodel import Session, col, select

from catalog.base.db import Database
from catalog.base.documents import MAX_INTEGER
from catalog.base.errors import CatalogError, NotFound, Unready
from catalog.base.settings import Settings
from catalog.entitlements.log_stores import GENESIS, Line, Store, link, open_store
from catalog.identity.actors import Actor
from catalog.ledger import service as ledger
from catalog.ledger.models import Entry

SEGMENT = 10_000  # rows after which the log's digest is entered in the ledger
SYSTEM = Actor(person="system", login="system", name="system", door="system")
_IDLE = 60.0  # seconds of quiet after which the rows so far are entered too
_TOGETHER = 512
_PAGE = 5_000


class Waiting(NamedTuple):
    """A line whose answer waits for it."""

    line: Line
    loop: asyncio.AbstractEventLoop
    done: asyncio.Future[int]


class Log:
    """The log of one process, written by one thread of its own."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings, self._database = settings, database
        self._queue: queue.SimpleQueue[Waiting | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._unsealed = 0

    async def write(self, line: Line) -> int:
        """Wait until the line is durable; its number. Raises ``Unready`` where it can't be written."""
        loop = asyncio.get_running_loop()
        waiting = Waiting(line, loop, loop.create_future())
        if self._thread is None:
            with self._starting:
                if self._thread is None:
                    self._thread = threading.Thread(target=self._run, name="decisions", daemon=True)
                    self._thread.start()
        self._queue.put(waiting)
        return await waiting.done

    def close(self) -> None:
        """Finish what waits, enter the last segment, end the thread."""
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join(10)
            self._thread = None

    def _run(self) -> None:
        store: Store | None = None
        going = True
        try:
            while going:
                lines, going, quiet = self._next()
                if lines:
                    store = self._written(store, lines)
                if store and self._unsealed and (quiet or not going or self._unsealed >= SEGMENT):
                    self._seal(store)
        finally:
            if store:
                store.close()

    def _next(self) -> tuple[list[Waiting], bool, bool]:
        """All that waits; whether to go on; whether it was quiet."""
        try:
            first = self._queue.get(timeout=_IDLE)
        except queue.Empty:
            return [], True, True
        found: list[Waiting] = []
        while first is not None:
            found.append(first)
            if len(found) == _TOGETHER:
                return found, True, False
            try:
                first = self._queue.get_nowait()
            except queue.Empty:
                return found, True, False
        return found, False, False

    def _written(self, store: Store | None, found: list[Waiting]) -> Store | None:
        try:
            store = store or open_store(self._settings, self._database)
            number = store.add([waiting.line for waiting in found])
        except Exception:
            if store:
                with suppress(Exception):  # what is broken may not close either
                    store.close()
            _answer(found, lambda one, _: one.set_exception(Unready("decisions-unlogged")))
            return None  # opened anew next time
        self._unsealed += len(found)
        _answer(found, lambda one, place: one.set_result(number + place))
        return store

    def _seal(self, store: Store) -> None:
        """Enter the digest of the rows since the last segment; what fails is tried again with the next."""
        try:
            with self._database.writing() as session:
                last = sealed(session)
                number, chain = last[1], last[2]
                while rows := store.rows(number, _PAGE):
                    number, chain = rows[-1][0], rows[-1][-1]
                if number > last[1]:
                    data = {"first": last[1] + 1, "last": number, "digest": chain}
                    line = ledger.Line("decision.sealed", "decision", str(number), data=data)
                    ledger.append(session, [line], by=SYSTEM)
            self._unsealed = 0
        except CatalogError:
            return


def _answer(found: list[Waiting], give: Callable[[asyncio.Future[int], int], None]) -> None:
    """Wake everybody, each loop once."""
    loops: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[int], int]]] = {}
    for place, waiting in enumerate(found):
        loops.setdefault(waiting.loop, []).append((waiting.done, place))

    def wake(those: list[tuple[asyncio.Future[int], int]]) -> None:
        for done, place in those:
            if not done.done():
                give(done, place)

    for loop, those in loops.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(wake, those)


def sealed(session: Session) -> tuple[int, int, str]:
    """First and last number and the digest of the newest segment in the ledger."""
    data = session.scalar(
        select(Entry.data).where(Entry.kind == "decision").order_by(col(Entry.seq).desc()).limit(1)
    )
    found: dict[str, Any] = orjson.loads(data) if data else {"first": 0, "last": 0, "digest": GENESIS}
    return int(found["first"]), int(found["last"]), str(found["digest"])


def logged(settings: Settings, database: Database, number: int) -> Line:
    """One line of the log. Raises ``NotFound``."""
    if number > MAX_INTEGER:  # no database counts so far
        raise NotFound(kind="decision", identifier=str(number)[:20])
    store = open_store(settings, database)
    try:
        rows = store.rows(number - 1, 1)
    finally:
        store.close()
    if not rows or rows[0][0] != number:
        raise NotFound(kind="decision", identifier=str(number))
    return Line(*rows[0][1:-1])


def proof(settings: Settings, database: Database) -> tuple[int, int | None]:
    """How many rows there are, and the first that is not what it was (by its chain, or by the ledger)."""
    with database.reading() as session:
        entered = {
            found["last"]: found["digest"]
            for (data,) in session.execute(select(Entry.data).where(Entry.kind == "decision"))
            if (found := orjson.loads(data or "{}"))
        }
    store = open_store(settings, database)
    number, chain = 0, GENESIS
    try:
        while rows := store.rows(number, _PAGE):
            for row in rows:
                chain = link(chain, row[:-1])
                if row[0] != number + 1 or row[-1] != chain or entered.pop(row[0], chain) != chain:
                    return number, row[0]
                number = row[0]
    finally:
        store.close()
    return number, min(entered, default=None)
