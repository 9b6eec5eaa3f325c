"""The whole register carried to the other database and back, byte for byte."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from pathlib import Path

import orjson
import pytest
from sqlalchemy import text as sql
from sqlmodel import select

from catalog.base import clock
from catalog.base.errors import Malformed, WrongState
from catalog.cases import proposals, service
from catalog.cases.models import Case
from catalog.cases.proposals import Proposed
from catalog.identity import accounts, sessions
from catalog.identity.actors import CONSOLE
from catalog.ledger.verify import Proof
from catalog.registry import access, archive, backup, stored, verbs, views
from catalog.registry.founding import found_empty
from catalog.registry.prepare import Incoming
from catalog.registry.reach import subordinates
from catalog.runtime import Runtime
from tests import factories
from tests.cases.people import somebody
from tests.desk import proof

SYSTEM = "SY0901"


@pytest.fixture(scope="module")
def lived(runtime: Runtime) -> Runtime:
    """A register with history: versions, a retirement, a redaction, a large list, people with accounts, a case."""
    factories.anchor(runtime)
    factories.people(runtime)
    for summary in ("第一稿", "第二稿", "第三稿"):
        document = factories.document("system", "（示例）") | {"identifier": SYSTEM, "summary": summary}
        factories.enter(runtime, Incoming("system", document))
    verbs.redact(runtime.database, kind="system", identifier=SYSTEM, version=2, by=CONSOLE, reason="误登")
    made = factories.enter(runtime, Incoming("training", factories.document("training", "取消")))
    with runtime.database.reading() as session:
        seq = session.execute(sql("SELECT MAX(seq) FROM entry")).scalar_one()
    verbs.retire(
        runtime.database, kind="training", identifier=made.all[0].identifier or "", read=seq, by=CONSOLE,
        permit=access.permit(CONSOLE, runtime.settings, reason="x"),
    )  # fmt: skip
    _proposed(runtime)
    return runtime


def _proposed(runtime: Runtime) -> None:
    """A case with a remark and a file."""
    officer = somebody("data_officer", "DP0002")
    with runtime.database.writing() as session:
        wanted = [Proposed("system", factories.document("system", "（拟）"))]
        case = proposals.open_proposal(session, wanted, by=officer, title="拟登记的系统")
        service.comment(session, case.number, by=officer, text="请核对名称。", pointer="/changes/0/name")
        service.attach(session, case.number, by=officer, data=b"%PDF-1.4\n%%EOF\n", filename="评估.pdf")


def exported(runtime: Runtime, path: Path, *, operation: bool = False) -> bytes:
    archive.export(runtime, path, by=CONSOLE, operation=operation)
    return path.read_bytes()


def carried(runtime: Runtime, path: Path) -> Runtime:
    found_empty(runtime)
    archive.load(runtime, path)
    return runtime


def test_a_second_export_is_byte_identical(lived: Runtime, other: Runtime, tmp_path: Path) -> None:
    first = exported(lived, tmp_path / "one.jsonl.gz")
    again = exported(lived, tmp_path / "again.jsonl.gz")

    second = exported(carried(other, tmp_path / "one.jsonl.gz"), tmp_path / "two.jsonl.gz")

    assert first == again == second


def test_history_and_chain_arrive_whole(lived: Runtime, other: Runtime, tmp_path: Path) -> None:
    archive.export(lived, tmp_path / "r.jsonl", by=CONSOLE)
    last = archive.header_of(tmp_path / "r.jsonl")["last"]

    carried(other, tmp_path / "r.jsonl")

    proofs: list[Proof] = [proof(lived), proof(other)]
    assert [one.broken for one in proofs] == [None, None]
    assert proofs[0].redacted == proofs[1].redacted != ()
    assert other.feed.last() == last
    histories = []
    for runtime in (lived, other):
        with runtime.database.reading() as session:
            rows = session.execute(
                sql("SELECT * FROM version ORDER BY kind, identifier, from_seq")
            ).fetchall()
            histories.append([tuple(row) for row in rows])
    assert histories[0] == histories[1]


def test_cases_arrive_with_their_remarks_and_files(lived: Runtime, other: Runtime, tmp_path: Path) -> None:
    archive.export(lived, tmp_path / "r.jsonl", by=CONSOLE)

    carried(other, tmp_path / "r.jsonl")

    with other.database.reading() as session:
        (case,) = session.scalars(select(Case)).all()
        assert (case.title, case.closed, case.state) == ("拟登记的系统", False, "draft")
        assert [one.pointer for one in service.comments(session, case.number)] == ["/changes/0/name"]
        (held,) = service.files(session, case.number)
        assert stored.fetch(session, held.digest) == b"%PDF-1.4\n%%EOF\n"


def test_what_arrived_can_be_written_on(lived: Runtime, other: Runtime, tmp_path: Path) -> None:
    archive.export(lived, tmp_path / "r.jsonl", by=CONSOLE)
    carried(other, tmp_path / "r.jsonl")

    made = factories.enter(other, Incoming("training", factories.document("training", "之后")))

    assert made.counts["created"] == 1
    assert proof(other).broken is None


def test_an_archive_holds_no_secret_of_accounts(lived: Runtime, tmp_path: Path) -> None:
    data = exported(lived, tmp_path / "r.jsonl").decode()

    assert "$argon2" not in data
    assert lived.secret not in data
    assert '["account"' not in data and '["token"' not in data


def test_a_register_that_is_not_empty_takes_no_archive(lived: Runtime, tmp_path: Path) -> None:
    archive.export(lived, tmp_path / "r.jsonl", by=CONSOLE)
    before = lived.feed.last()

    with pytest.raises(WrongState) as refused:
        archive.load(lived, tmp_path / "r.jsonl")

    assert refused.value.slug == "not-empty"
    assert lived.feed.last() == before


def _cut(lines: list[bytes], number: int) -> list[bytes]:
    return lines[:number]


def _altered(lines: list[bytes], table: str, old: bytes, new: bytes) -> list[bytes]:
    place = next(n for n, line in enumerate(lines) if line.startswith(f'["{table}"'.encode()) and old in line)
    return [*lines[:place], lines[place].replace(old, new, 1), *lines[place + 1 :]]


DAMAGE = {
    "no-seal": lambda lines: _cut(lines, -1),
    "half": lambda lines: _cut(lines, len(lines) // 2),
    "header-only": lambda lines: _cut(lines, 1),
    "content": lambda lines: _altered(lines, "content", "公民".encode(), "市民".encode()),
    "entry": lambda lines: _altered(lines, "entry", b"seed", b"sead"),
    "record": lambda lines: _altered(lines, "record", b"standard", b"retired"),
    "line-lost": lambda lines: lines[:50] + lines[51:],
    "lines-swapped": lambda lines: [*lines[:50], lines[51], lines[50], *lines[52:]],
    "line-added": lambda lines: [*lines[:50], lines[50], *lines[50:]],
    "not-json": lambda lines: [*lines[:50], b"{\n", *lines[51:]],
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_file_is_refused_and_writes_nothing(
    lived: Runtime, other: Runtime, tmp_path: Path, damage: str
) -> None:
    lines = exported(lived, tmp_path / "r.jsonl").splitlines(keepends=True)
    (tmp_path / "damaged.jsonl").write_bytes(b"".join(DAMAGE[damage](lines)))
    found_empty(other)

    with pytest.raises(Malformed):
        archive.load(other, tmp_path / "damaged.jsonl")

    assert other.feed.last() == 0
    assert archive.load(other, tmp_path / "r.jsonl")["entry"] > 0


def test_a_cut_gzip_file_is_refused(lived: Runtime, other: Runtime, tmp_path: Path) -> None:
    data = exported(lived, tmp_path / "r.jsonl.gz")
    (tmp_path / "cut.jsonl.gz").write_bytes(data[: len(data) * 2 // 3])
    found_empty(other)

    with pytest.raises(Malformed) as refused:
        archive.load(other, tmp_path / "cut.jsonl.gz")

    assert refused.value.slug == "archive-altered"


def test_a_forged_chain_is_refused_although_its_seal_is_right(
    lived: Runtime, other: Runtime, tmp_path: Path
) -> None:
    lines = exported(lived, tmp_path / "r.jsonl").splitlines(keepends=True)
    forged = _altered(lines, "entry", b"seed", b"sead")[:-1]
    seal = hashlib.sha256(b"".join(forged)).hexdigest()
    (tmp_path / "f.jsonl").write_bytes(b"".join(forged) + orjson.dumps(["end", seal]) + b"\n")
    found_empty(other)

    with pytest.raises(Malformed) as refused:
        archive.load(other, tmp_path / "f.jsonl")

    assert refused.value.slug == "archive-chain"


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[1]", b"not json", gzip.compress(b"x", mtime=0), b"\x1f\x8bxxxx"]
)
def test_a_file_of_another_kind_is_no_archive(other: Runtime, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x.jsonl").write_bytes(data)
    found_empty(other)

    with pytest.raises(Malformed) as refused:
        archive.load(other, tmp_path / "x.jsonl")

    assert refused.value.slug == "not-an-archive"
    assert not archive.is_archive(tmp_path / "x.jsonl")


def test_a_backup_brings_accounts_and_views_onto_the_other_database(
    lived: Runtime, other: Runtime, tmp_path: Path
) -> None:
    with lived.database.writing() as session:
        session.add(
            views.SavedView(
                id="SV1",
                person="PN-1",
                name="我的目录",
                address="/datasets?status=published",
                saved_at="2026-11-23",
            )
        )
    backup.backup(lived, tmp_path / "b", by=CONSOLE)
    settings = (tmp_path / "b" / "backup.json").read_text(encoding="utf-8")

    _, found = backup.restore(other, tmp_path / "b")

    assert found.broken is None
    with other.database.reading() as session:
        kept = session.get(views.SavedView, "SV1")
    assert kept is not None
    assert (kept.name, kept.address) == ("我的目录", "/datasets?status=published")
    assert lived.secret not in settings
    on = clock.today(other.settings.zone)
    opened = sessions.open(other.database, login="keeper", password=factories.PASSWORD, on=on, hours=1)
    assert opened.cookie
    with other.database.reading() as session:
        actor = accounts.actor(session, login="keeper", on=on, subordinates=subordinates(other.database))
    assert actor.holds("authority")


def test_a_restored_register_reads_as_the_one_it_came_from(
    lived: Runtime, other: Runtime, tmp_path: Path
) -> None:
    backup.backup(lived, tmp_path / "b", by=CONSOLE)
    backup.restore(other, tmp_path / "b")

    async def answers(runtime: Runtime) -> list[bytes]:
        rows = await runtime.reads.listed("system") + await runtime.reads.listed("training")
        await runtime.reads.close()
        return [row.answer() for row in rows]

    assert asyncio.run(answers(lived)) == asyncio.run(answers(other))


def test_a_backup_goes_into_an_empty_folder_only(lived: Runtime, tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "mine.txt").write_text("x")

    with pytest.raises(WrongState):
        backup.backup(lived, tmp_path / "b", by=CONSOLE)
