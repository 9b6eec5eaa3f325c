"""Writers take turns: nothing is lost, nothing forks, and who comes late is told so."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from sqlalchemy import text as sql

from catalog.base import clock
from catalog.base.errors import Stale
from catalog.identity.actors import CONSOLE
from catalog.registry import access, verbs
from catalog.registry.models import Record
from catalog.runtime import Runtime
from tests import factories
from tests.desk import proof
from tests.registry import writers

EACH = 6


@contextmanager
def writing(runtime: Runtime, count: int) -> Iterator[list[Future[list[int]]]]:
    """Writers at work: threads on SQLite, which one process serves; processes on PostgreSQL."""
    if runtime.database.on_sqlite:
        with ThreadPoolExecutor(count) as threads:
            yield [threads.submit(writers.write, runtime, f"单位{name}", EACH) for name in range(count)]
        return
    place = (str(runtime.settings.data_dir), runtime.settings.database_url)
    with ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn")) as processes:
        yield [processes.submit(writers.write_apart, *place, f"单位{name}", EACH) for name in range(count)]


def seqs_of(runtime: Runtime, after: int) -> list[int]:
    with runtime.database.reading() as session:
        rows = session.execute(sql("SELECT seq FROM entry WHERE seq > :after ORDER BY seq"), {"after": after})
        return [row[0] for row in rows]


def test_writers_side_by_side_lose_no_entry_and_fork_nothing(runtime: Runtime) -> None:
    start = runtime.feed.last()
    followed: list[int] = []
    with writing(runtime, 3) as tasks:
        while not all(task.done() for task in tasks):
            followed += seqs_of(runtime, followed[-1] if followed else start)
    followed += seqs_of(runtime, followed[-1] if followed else start)

    made = [seq for task in tasks for seq in task.result()]
    assert sorted(made) == list(range(start + 1, start + 1 + 2 * EACH * 3))
    assert followed == sorted(made)  # a follower never skips one that commits late
    assert proof(runtime).broken is None


def test_of_two_writers_with_one_etag_one_wins(runtime: Runtime) -> None:
    for attempt in range(5):
        kind, identifier = writers.SHARED
        with runtime.database.reading() as session:
            read = session.get_one(Record, writers.SHARED).seq
            document = verbs.whole(session, kind, identifier) or {}
        gate = threading.Barrier(2)

        def revise(
            note: str,
            *,
            document: dict[str, object] = document,
            read: int = read,
            gate: threading.Barrier = gate,
        ) -> bool:
            gate.wait()
            try:
                return verbs.revise(
                    runtime.database, kind="department", identifier=writers.SHARED[1],
                    document=document | {"note": note}, read=read, by=CONSOLE,
                    on=clock.today(runtime.settings.zone),
                    permit=access.permit(CONSOLE, runtime.settings, reason="并行"),
                ).changed  # fmt: skip
            except Stale:
                return False

        with ThreadPoolExecutor(2) as workers:
            won = list(workers.map(revise, (f"甲{attempt}", f"乙{attempt}")))

        assert sorted(won) == [False, True]


@pytest.mark.parametrize("table", ["entry", "version", "link", "alias"])
def test_a_write_that_fails_halfway_leaves_neither_record_nor_entry(runtime: Runtime, table: str) -> None:
    before = counts(runtime)
    document = factories.document("department", f"半途{table}")
    document["former_names"] = [{"name": "旧名", "until": "2020-01-01"}]
    rename(runtime, table, f"{table}_away")
    try:
        with pytest.raises(Exception, match=f'no such table: {table}|"{table}" does not exist'):
            verbs.register(
                runtime.database, kind="department", document=document, by=CONSOLE,
                on=clock.today(runtime.settings.zone),
                permit=access.permit(CONSOLE, runtime.settings, reason="试"),
            )  # fmt: skip
    finally:
        rename(runtime, f"{table}_away", table)

    assert counts(runtime) == before
    assert proof(runtime).broken is None


def rename(runtime: Runtime, table: str, name: str) -> None:
    with runtime.database.engine.begin() as connection:
        connection.execute(sql(f"ALTER TABLE {table} RENAME TO {name}"))


def counts(runtime: Runtime) -> dict[str, int]:
    tables = ("entry", "record", "version", "content", "link", "alias", "number")
    with runtime.database.reading() as session:
        return {name: session.execute(sql(f"SELECT COUNT(*) FROM {name}")).scalar_one() for name in tables}
