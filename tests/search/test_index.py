from __future__ import annotations

from pathlib import Path

import pytest

from catalog.search import folder, schema
from catalog.search.index import Difference, Index
from catalog.search.query import Query
from tests.search.conftest import INSIDER, identifiers
from tests.search.shelf import Shelf, dataset, element

SEED = (
    element("DE00001", "公民身份号码", "身份证号"),
    element("DE00002", "姓名"),
    dataset("DS000001", "婚姻登记信息"),
)


def files(path: Path) -> list[Path]:
    return sorted(
        file for file in path.rglob("*") if file.is_file() and file.suffix in (".term", ".idx", ".store")
    )


def test_a_rebuilt_index_holds_every_record_once(shelf: Shelf, index: Index) -> None:
    shelf.put(*SEED)

    assert index.rebuild(shelf) == 3
    assert index.rebuild(shelf) == 3
    assert index.query(Query(), INSIDER).total == 3
    assert index.verify(shelf) == []


def test_a_rebuild_is_done_by_the_process_that_writes(shelf: Shelf, index: Index, tmp_path: Path) -> None:
    shelf.put(*SEED)
    index.follow(shelf)
    index.wait_for(3, 5.0)
    shelf.alter("DE00002", name="名字")
    other = Index.open(tmp_path / "search")

    assert other.rebuild(shelf) == 3
    assert identifiers(other.query(Query("名字"), INSIDER)) == ["DE00002"]


def test_a_rebuild_that_was_asked_for_survives_a_restart(shelf: Shelf, index: Index, tmp_path: Path) -> None:
    shelf.put(*SEED)
    index.rebuild(shelf)
    shelf.alter("DE00002", name="名字")
    index.ask_for_rebuild()

    again = Index.open(tmp_path / "search")
    again.follow(shelf)
    again.wait_for(shelf.entry(), 5.0)

    assert identifiers(again.query(Query("名字"), INSIDER)) == ["DE00002"]
    again.close()


def test_the_old_index_answers_until_a_rebuild_is_committed(shelf: Shelf, index: Index) -> None:
    shelf.put(*SEED)
    index.rebuild(shelf)

    class Failing(Shelf):
        def changed(self, after: int, limit: int) -> tuple[list[object], int]:  # type: ignore[override]
            raise OSError("disk")

    with pytest.raises(OSError, match="disk"):
        index.rebuild(Failing(shelf.path))

    assert index.query(Query(), INSIDER).total == 3
    assert index.verify(shelf) == []


def test_verify_names_what_is_missing_what_is_surplus_and_what_differs(shelf: Shelf, index: Index) -> None:
    shelf.put(*SEED)
    index.rebuild(shelf)
    shelf.alter("DE00001", summary="另一个说明")
    shelf.remove("DE00002")
    shelf.alter("DS000001", identifier="DS000009")

    assert index.verify(shelf) == [
        Difference("data-element", "DE00001", "differs"),
        Difference("data-element", "DE00002", "surplus"),
        Difference("dataset", "DS000001", "surplus"),
        Difference("dataset", "DS000009", "missing"),
    ]


def test_verify_follows_first_what_the_index_has_not_seen(shelf: Shelf, index: Index) -> None:
    shelf.put(*SEED)
    index.rebuild(shelf)
    shelf.put(element("DE00003", "婚姻状况"))

    assert index.verify(shelf) == []
    assert index.held == 4


def test_the_index_of_another_register_is_built_anew(shelf: Shelf, index: Index, tmp_path: Path) -> None:
    shelf.put(*SEED)
    index.rebuild(shelf)
    other = Shelf(tmp_path / "other.db")
    other.put(*(element(f"DE0010{number}", "另一区的数据元") for number in range(5)))

    index.follow(other)

    assert index.wait_for(5, 5.0)
    assert index.query(Query(), INSIDER).total == 5
    assert index.verify(other) == []


def test_a_register_restored_to_an_earlier_state_is_indexed_anew(
    shelf: Shelf, index: Index, tmp_path: Path
) -> None:
    shelf.put(*SEED)
    index.rebuild(shelf)
    (tmp_path / "restored").mkdir()
    restored = Shelf(tmp_path / "restored" / shelf.path.name)
    restored.put(SEED[0])

    assert index.verify(restored) == []
    assert index.query(Query(), INSIDER).total == 1


def test_an_index_of_another_format_is_built_anew(shelf: Shelf, index: Index, tmp_path: Path) -> None:
    shelf.put(*SEED)
    index.rebuild(shelf)
    path = tmp_path / "search"
    old = path / folder.Folder(path).generation()
    old.rename(path / "0-old")
    (path / "current").write_text("0-old")

    again = Index.open(path)
    again.follow(shelf)

    assert again.wait_for(3, 10.0)
    assert again.query(Query(), INSIDER).total == 3
    assert not (path / "0-old").exists()
    again.close()


@pytest.mark.parametrize("damage", ["lost", "empty", "no meta"])
def test_a_damaged_index_is_built_anew(shelf: Shelf, index: Index, tmp_path: Path, damage: str) -> None:
    shelf.put(*SEED)
    index.rebuild(shelf)
    for file in files(tmp_path / "search"):
        file.unlink() if damage == "lost" else file.write_bytes(b"") if damage == "empty" else None
    if damage == "no meta":
        next((tmp_path / "search").rglob("meta.json")).write_text("{")

    again = Index.open(tmp_path / "search")
    again.follow(shelf)

    assert again.wait_for(3, 10.0)
    assert again.verify(shelf) == []
    again.close()


def test_ranks_keep_the_order_of_identifiers_and_fit_into_a_number() -> None:
    identifiers_ = [
        f"{head}{number}" for head in ("AG2025-", "AG2026-") for number in ("0001", "0099", "0100", "10000")
    ]
    ranks = [
        schema.rank(schema.Item("sharing-agreement", identifier, 1, 1, "expired", "DP0001", "协议" * 99, ""))
        for identifier in [*identifiers_, "AGZZZZZZZZZZZZZZZ"]
    ]

    assert ranks == sorted(set(ranks))
    assert ranks[-1] < 2**64


def test_an_index_that_nobody_has_filled_answers_nothing(tmp_path: Path) -> None:
    found = Index.open(tmp_path / "search").query(Query("婚姻"), INSIDER)

    assert (found.items, found.total, found.indexed_to) == ([], 0, 0)


def test_two_machines_put_hits_in_the_same_order(shelf: Shelf, index: Index, tmp_path: Path) -> None:
    shelf.put(*(element(f"DE{number:05d}", f"登记日期{number % 7}") for number in range(60)))
    index.follow(shelf)
    for number in range(0, 60, 4):
        index.notify(seq := shelf.put(element(f"DE{number:05d}", f"登记日期{number % 7}", version=2)))
        index.wait_for(seq, 5.0)
    other = Index.open(tmp_path / "other")
    other.rebuild(shelf)

    for text in ("登记", "日期", "djrq", ""):
        asked = Query(text, limit=60)
        assert identifiers(index.query(asked, INSIDER)) == identifiers(other.query(asked, INSIDER))
