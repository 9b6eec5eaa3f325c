from __future__ import annotations

import pytest

from catalog.search.index import Index
from tests.search.conftest import EVERYBODY, INSIDER
from tests.search.shelf import Shelf, dataset, element


@pytest.fixture
def suggesting(index: Index, shelf: Shelf) -> Index:
    shelf.put(
        element("DE00001", "公民身份号码", text="婚姻登记时核对"),
        element("DE00003", "婚姻状况", "婚否"),
        dataset("DS000001", "婚姻登记信息"),
    )
    index.rebuild(shelf)
    return index


@pytest.mark.parametrize("prefix", ["婚", "婚姻", "婚姻登", "hy", "hunyin", "ds0"])
def test_the_beginning_of_a_name_of_its_pinyin_or_of_an_identifier_suggests(
    suggesting: Index, prefix: str
) -> None:
    assert "DS000001" in [hit.identifier for hit in suggesting.suggest(prefix, INSIDER, 5)]


def test_descriptions_suggest_nothing(suggesting: Index) -> None:
    assert "DE00001" not in [hit.identifier for hit in suggesting.suggest("婚姻", INSIDER, 5)]


def test_what_is_not_readable_is_not_suggested(suggesting: Index) -> None:
    assert [hit.identifier for hit in suggesting.suggest("婚姻", EVERYBODY, 5)] == ["DE00003"]


def test_no_more_than_the_limit_is_suggested(suggesting: Index) -> None:
    assert len(suggesting.suggest("婚姻", INSIDER, 1)) == 1
