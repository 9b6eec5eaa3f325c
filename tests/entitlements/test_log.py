"""The decision log: durable before the answer, shared commits, only added to, proved by the ledger, replayed."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text as sql
from sqlmodel import select
from typer.testing import CliRunner

from catalog.base.errors import NotFound, Unready
from catalog.cli import app as cli
from catalog.entitlements import service
from catalog.entitlements.log import Log, logged, proof
from catalog.entitlements.log_stores import Line, SqliteStore
from catalog.identity.actors import CONSOLE
from catalog.ledger.models import Entry
from catalog.registry.reads import open_reads
from catalog.runtime import Runtime
from tests import factories
from tests.asking import apart
from tests.factories import ANCHORS

QUESTION = {
    "consumer": "DP0011", "purpose": "P01",
    "items": [{"dataset": ANCHORS["dataset"], "field": "公民身份号码"}, {"element": "DE00002"}],
}  # fmt: skip


def line(number: int) -> Line:
    return Line("2026-01-01T00:00:00.000000Z", "console", "cli", f'["{number}"]', "deny", "a", 1, "s")


def written(log: Log, count: int, start: int = 0) -> list[int]:
    async def all_of_them() -> list[int]:
        return list(await asyncio.gather(*(log.write(line(start + n)) for n in range(count))))

    return asyncio.run(all_of_them())


@pytest.fixture(scope="module")
def anchored(runtime: Runtime) -> Runtime:
    factories.anchor(runtime)
    return runtime


@pytest.fixture
def log(anchored: Runtime) -> Iterator[Log]:
    made = Log(anchored.settings, anchored.database)
    yield made
    made.close()


def test_concurrent_decisions_get_rows_of_their_own_in_one_order(anchored: Runtime, log: Log) -> None:
    other = Log(anchored.settings, anchored.database)  # another process's

    async def both() -> list[int]:
        lines = [one.write(line(n)) for n in range(300) for one in (log, other)]
        return list(await asyncio.gather(*lines))

    numbers = asyncio.run(both())
    other.close()
    assert len(set(numbers)) == 600
    assert max(numbers) - min(numbers) == 599
    for number in (numbers[0], numbers[-1]):
        assert logged(anchored.settings, anchored.database, number).door == "cli"


def test_processes_that_start_at_once_set_the_log_up_in_turn(tmp_path: Path) -> None:
    def begin(turn: int) -> int:
        together.wait()
        store = SqliteStore(tmp_path / f"{turn}" / "decisions.db")
        number = store.add([line(turn)])
        store.close()
        return number

    for turn in range(20):
        together = threading.Barrier(3)
        with ThreadPoolExecutor(3) as starters:
            assert sorted(starters.map(begin, [turn] * 3)) == [1, 2, 3]


def test_the_digest_of_every_segment_is_in_the_ledger(anchored: Runtime) -> None:
    made = Log(anchored.settings, anchored.database)
    (number,) = written(made, 1)
    made.close()

    with anchored.database.reading() as session:
        entries = session.scalars(select(Entry).where(Entry.kind == "decision").order_by(Entry.seq)).all()
        data = [json.loads(entry.data or "") for entry in entries]
    assert data[-1]["last"] == number
    assert [one["first"] for one in data[1:]] == [one["last"] + 1 for one in data[:-1]]
    assert proof(anchored.settings, anchored.database) == (number, None)


def test_rows_are_never_changed_and_a_change_is_found(anchored: Runtime, log: Log) -> None:
    (number,) = written(log, 1)
    change = f"UPDATE decision SET effect = 'permit' WHERE number = {number}"
    if anchored.database.on_sqlite:
        connection = SqliteStore(anchored.settings.data_dir / "decisions.db")._connection
        with pytest.raises(Exception, match="never changed"):
            connection.execute(change)
        with pytest.raises(Exception, match="never changed"):
            connection.execute("DELETE FROM decision")
        connection.execute("DROP TRIGGER decision_kept")
        connection.execute(change)
        assert proof(anchored.settings, anchored.database)[1] == number
        connection.execute("DROP TRIGGER decision_kept")  # opening the log has made it anew
        connection.execute(f"UPDATE decision SET effect = 'deny' WHERE number = {number}")
        connection.close()
    else:
        with anchored.database.engine.begin() as session, pytest.raises(Exception, match="never changed"):
            session.execute(sql(change))
    assert proof(anchored.settings, anchored.database)[1] is None


def test_where_the_log_cannot_be_written_nothing_is_permitted(
    anchored: Runtime, monkeypatch: pytest.MonkeyPatch, log: Log
) -> None:
    def broken(*_: Any) -> Any:
        raise OSError("no space left")

    with monkeypatch.context() as patch:
        patch.setattr("catalog.entitlements.log.open_store", broken)
        with pytest.raises(Unready, match="decisions-unlogged"):
            written(log, 3)
    assert len(written(log, 3)) == 3  # and it recovers by itself


async def _decided(runtime: Runtime, log: Log) -> tuple[service.Decision, service.Replay]:
    found = await service.answered(runtime, log, QUESTION, by=CONSOLE)
    return found, await service.replayed(runtime, found.number)


def test_a_decision_replays_after_the_register_moved_on(anchored: Runtime, log: Log) -> None:
    found, again = apart(anchored, lambda runtime: _decided(runtime, log))
    assert again.same and again.body == found.body
    factories.enter(anchored, *_moved())

    later = apart(anchored, lambda runtime: service.replayed(runtime, found.number))
    assert later.same and later.body == found.body
    now, _ = apart(anchored, lambda runtime: _decided(runtime, log))
    assert now.snapshot.digest != found.snapshot.digest


def _moved() -> Any:
    from catalog.registry.prepare import Incoming

    return [Incoming("dataset", factories.document("dataset", "（后来）"))]


def test_the_snapshot_renewed_in_parts_equals_one_read_whole(anchored: Runtime) -> None:
    from catalog.entitlements.reading import Snapshots
    from catalog.registry.prepare import Incoming

    async def both() -> None:
        reads = open_reads(anchored.database)
        known = Snapshots(reads)
        first = await known.now()
        assert await known.now() is first
        await asyncio.to_thread(
            factories.enter, anchored, Incoming("dataset", factories.document("dataset", "（新增）"))
        )
        renewed = await known.now()
        whole = await Snapshots(reads).now()
        assert renewed.seq > first.seq and renewed.digest == whole.digest != first.digest
        assert (renewed.sources, renewed.agreed, renewed.owned) == (whole.sources, whole.agreed, whole.owned)
        assert (await known.at(first.seq)).digest == first.digest
        await reads.close()

    asyncio.run(both())


def test_an_unknown_number_is_not_found(anchored: Runtime) -> None:
    with pytest.raises(NotFound):
        logged(anchored.settings, anchored.database, 10**9)


def test_the_command_decides_replays_and_proves(
    anchored: Runtime, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CATALOG_DATA_DIR", str(anchored.settings.data_dir))
    monkeypatch.setenv("CATALOG_DATABASE_URL", anchored.settings.database_url)
    common = ["decide", "--consumer", "DP0011", "--purpose", "P01", "--json"]
    field = ["--dataset", ANCHORS["dataset"], "--field"]

    permit = CliRunner().invoke(cli, [*common, *field, "公民身份号码"])
    deny = CliRunner().invoke(cli, [*common, *field, "姓名"])
    assert (permit.exit_code, deny.exit_code) == (0, 1)
    number = json.loads(permit.stdout)["decision"]
    again = CliRunner().invoke(cli, ["decide", "--replay", str(number), "--json"])
    assert again.exit_code == 0 and json.loads(again.stdout)["same"]
    assert json.loads(again.stdout)["items"] == json.loads(permit.stdout)["items"]
    assert CliRunner().invoke(cli, ["decide", "--verify"]).exit_code == 0
    assert CliRunner().invoke(cli, ["decide", "--replay", "999999999"]).exit_code == 3
    assert CliRunner().invoke(cli, common).exit_code == 1
    said = CliRunner().invoke(cli, [*common[:-1], *field, "公民身份号码", "--way", "1"])
    assert "AG2026-0901" in said.stdout
