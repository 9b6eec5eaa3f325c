from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from catalog.search.index import Index
from catalog.search.query import Query
from tests.search.conftest import INSIDER, identifiers
from tests.search.shelf import Shelf, element

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def following(shelf: Shelf, path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that follows ``shelf``."""
    command = [sys.executable, "-m", "tests.search.follow", str(shelf.path), str(path)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "following\n"
        yield process
        process.kill()


def asked(process: subprocess.Popen[str], seq: int) -> tuple[str, ...]:
    """Whether the process holds entry ``seq``, and whether it is the one that writes."""
    assert process.stdin is not None
    assert process.stdout is not None
    print(seq, file=process.stdin, flush=True)
    return tuple(process.stdout.readline().split())


def found(index: Index, text: str) -> list[str]:
    return identifiers(index.query(Query(text), INSIDER))


def test_what_is_written_is_found_after_the_wait(shelf: Shelf, index: Index) -> None:
    index.follow(shelf)

    seq = shelf.put(element("DE00001", "公民身份号码"))
    index.notify(seq)

    assert index.wait_for(seq, 5.0)
    assert found(index, "身份") == ["DE00001"]
    assert not index.behind


def test_a_revision_replaces_what_was_found_before(shelf: Shelf, index: Index) -> None:
    index.follow(shelf)
    shelf.put(element("DE00001", "公民身份号码"), element("DE00002", "姓名"))
    index.notify(seq := shelf.put(element("DE00001", "居民编号", version=2)))

    assert index.wait_for(seq, 5.0)
    assert found(index, "身份") == []
    assert found(index, "居民") == ["DE00001"]
    assert index.query(Query(), INSIDER).total == 2


def test_an_entry_without_a_record_moves_the_index_on(shelf: Shelf, index: Index) -> None:
    shelf.put(element("DE00001", "公民身份号码"))
    index.follow(shelf)
    index.notify(seq := shelf.entry())

    assert index.wait_for(seq, 5.0)
    assert index.query(Query(), INSIDER).indexed_to == seq


def test_a_change_is_found_although_nobody_told(shelf: Shelf, index: Index) -> None:
    index.follow(shelf)

    assert index.wait_for(shelf.put(element("DE00001", "公民身份号码")), 5.0)


def test_a_wait_for_an_entry_that_never_comes_ends(shelf: Shelf, index: Index) -> None:
    index.follow(shelf)

    assert not index.wait_for(shelf.last() + 1, 0.05)


def test_what_was_registered_while_nobody_followed_is_caught_up_with(
    shelf: Shelf, index: Index, tmp_path: Path
) -> None:
    index.follow(shelf)
    index.wait_for(shelf.put(element("DE00001", "公民身份号码")), 5.0)
    index.close()
    seq = shelf.put(*(element(f"DE{number:05d}", f"姓名{number}") for number in range(2, 5000)))

    again = Index.open(tmp_path / "search")
    again.follow(shelf)

    assert again.wait_for(seq, 30.0)
    assert again.query(Query(), INSIDER).total == 4999
    assert again.verify(shelf) == []
    again.close()


def test_a_failing_register_is_asked_again(shelf: Shelf, index: Index) -> None:
    shelf.put(element("DE00001", "公民身份号码"))
    path = shelf.path.rename(shelf.path.with_suffix(".away"))
    index.follow(shelf)
    assert not index.wait_for(1, 0.3)

    path.rename(shelf.path)

    assert index.wait_for(1, 10.0)


def test_one_process_writes_and_the_other_finds_it(shelf: Shelf, index: Index, tmp_path: Path) -> None:
    index.follow(shelf)
    index.wait_for(shelf.put(element("DE00001", "公民身份号码")), 5.0)
    assert index.writes

    with following(shelf, tmp_path / "search") as other:
        seq = shelf.put(element("DE00002", "姓名"))

        assert asked(other, seq) == ("True", "False")


def test_a_notice_in_one_process_wakes_the_writer_in_another(
    shelf: Shelf, index: Index, tmp_path: Path
) -> None:
    with following(shelf, tmp_path / "search") as other:
        assert asked(other, shelf.put(element("DE00001", "公民身份号码"))) == ("True", "True")
        index.follow(shelf)

        index.notify(seq := shelf.put(element("DE00002", "姓名")))

        assert index.wait_for(seq, 5.0)
        assert not index.writes
        assert found(index, "姓名") == ["DE00002"]


def test_when_the_writer_is_killed_another_process_takes_the_lock_and_loses_nothing(
    shelf: Shelf, index: Index, tmp_path: Path
) -> None:
    with following(shelf, tmp_path / "search") as other:
        asked(other, shelf.put(element("DE00001", "公民身份号码")))
        index.follow(shelf)
        seq = shelf.put(*(element(f"DE{number:05d}", f"姓名{number}") for number in range(2, 6000)))
        index.notify(seq)

        other.send_signal(signal.SIGKILL)
        other.wait()

        assert index.wait_for(seq, 30.0)
        assert index.writes
        assert index.verify(shelf) == []
