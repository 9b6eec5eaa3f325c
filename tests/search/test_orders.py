"""Lists in the orders that people ask for: the same on every machine, among equals by identifier."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from catalog.search.index import Index, Item
from catalog.search.query import Query, Reader, Sort

ITEMS = [
    Item("data-element", "DE00001", 1, 1, "retired", "DP0012", "出生日期", "2026-01-01T00:00:00Z"),
    Item("data-element", "DE00002", 1, 2, "standard", "DP0002", "性别", "2026-01-02T00:00:00Z",
         confirmed_at="2026-05-01T08:00:00Z"),
    Item("data-element", "DE00003", 1, 3, "recorded", "DP0002", "白云", "2026-01-03T00:00:00Z",
         confirmed_at="2026-02-01T08:00:00Z"),
    Item("data-element", "DE00004", 1, 4, "standard", "DP0101", "安全", "2026-01-04T00:00:00Z"),
]  # fmt: skip


class Shelf:
    def register(self) -> str:
        return "shelf"

    def last(self) -> int:
        return len(ITEMS)

    def changed(self, after: int, limit: int) -> tuple[list[Item], int]:
        return ITEMS[after : after + limit], len(ITEMS)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    opened = Index.open(tmp_path_factory.mktemp("orders"))
    opened.rebuild(Shelf())
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("sort", "numbers"),
    [
        ("identifier", [1, 2, 3, 4]),
        ("name", [4, 3, 1, 2]),  # anquan, baiyun, chusheng, xingbie
        ("changed", [4, 3, 2, 1]),
        ("status", [2, 4, 3, 1]),
        ("department", [2, 3, 1, 4]),
        ("confirmed", [1, 4, 3, 2]),
    ],
)
def test_a_list_stands_in_the_order_asked_for_and_its_reverse(
    index: Index, sort: Sort, numbers: list[int]
) -> None:
    reader = Reader(kinds=frozenset({"data-element"}))

    forward = index.query(Query(kinds=("data-element",), sort=sort), reader)
    backward = index.query(Query(kinds=("data-element",), sort=sort, reverse=True), reader)

    assert [int(hit.identifier[2:]) for hit in forward.items] == numbers
    assert [int(hit.identifier[2:]) for hit in backward.items] == numbers[::-1]
