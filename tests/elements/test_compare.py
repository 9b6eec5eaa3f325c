"""What resembles what: names as vendors write them against the register's elements and each other."""

from __future__ import annotations

import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.base import files
from catalog.elements.compare import Named, Shelf, advice, element_named, item_named, plain
from catalog.elements.shelves import register_shelf
from catalog.runtime import Runtime


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    rows = [
        row
        for path in sorted((files.standards() / "elements").glob("*.json"))
        for row in json.loads(path.read_text(encoding="utf-8"))
    ]
    return Shelf(element_named(row.get("document", row)) for row in rows)


CASES = [
    # written, first match, its first reason, advice
    ("公民身份号码", "DE00001", "name", "reuse"),
    ("公民身份号码（必填）", "DE00001", "name", "reuse"),
    ("公民 身份 号码", "DE00001", "name", "reuse"),
    ("身份证号", "DE00001", "synonym", "reuse"),
    ("身份證號", "DE00001", "synonym", "reuse"),
    ("GMSFHM", "DE00001", "short-name", "pending"),
    ("SFZH", "DE00001", "initials", "pending"),
    ("ｓｆｚｈ", "DE00001", "initials", "pending"),
    ("申请人身份证号码", "DE00001", "ending", "new"),
    ("婚姻状态", "DE00018", "synonym", "reuse"),
    ("统一社会信用代码", "DE00067", "name", "reuse"),
    ("参保单位的名称", "DE00223", "near", "pending"),
]


@pytest.mark.parametrize(("written", "identifier", "reason", "choice"), CASES)
def test_a_name_finds_its_element(
    shelf: Shelf, written: str, identifier: str, reason: str, choice: str
) -> None:
    matches = shelf.like(Named("row 1", written))

    assert (matches[0].named.key, matches[0].reasons[0]) == (identifier, reason)
    assert advice(matches) == choice


@pytest.mark.parametrize("written", ["渣土车准运证颁发日期", "代码", "名称", "", "    "])
def test_a_name_of_its_own_is_new(shelf: Shelf, written: str) -> None:
    assert advice(shelf.like(Named("row 1", written))) == "new"


def test_a_column_name_helps_a_data_item(shelf: Shelf) -> None:
    field = {"name": "办证人员", "column": "GMSFHM"}

    match = shelf.like(item_named(field, key="/fields/0"))[0]

    assert (match.named.key, match.reasons[0], match.words[0]) == ("DE00001", "short-name", "GMSFHM")


def test_the_same_code_list_is_a_reason_to_look() -> None:
    shelf = Shelf([Named("DE1", "婚姻状况代码", code_list="CL0008")])

    matches = shelf.like(Named("row 1", "配偶情形", code_list="CL0008"))

    assert [(match.named.key, match.reasons) for match in matches] == [("DE1", ("code-list",))]
    assert advice(matches) == "pending"


def test_a_code_list_that_everybody_uses_says_nothing() -> None:
    shelf = Shelf([Named(f"DE{n}", f"第{n}项标志", code_list="CL0001") for n in range(9)])

    assert shelf.like(Named("row 1", "配偶", code_list="CL0001")) == []


def test_rows_of_one_sheet_find_each_other_by_synonym() -> None:
    rows = [Named("#2", "身份证号"), Named("#3", "公民身份号码", synonyms=("身份证号",)), Named("#4", "姓名")]
    shelf = Shelf(rows)

    assert [[match.named.key for match in shelf.like(row)] for row in rows] == [["#3"], ["#2"], []]


def test_two_elements_of_one_name_are_for_people_to_decide() -> None:
    shelf = Shelf([Named("DE1", "姓名"), Named("DE2", "人员姓名", synonyms=("姓名",))])

    assert advice(shelf.like(Named("row 1", "姓名"))) == "pending"


@given(st.text(max_size=40), st.lists(st.text(max_size=12), max_size=3))
def test_whatever_is_written_is_compared(name: str, synonyms: list[str]) -> None:
    shelf = Shelf([Named("DE1", "公民身份号码", ("身份证号",), "GMSFHM"), Named("x", name, tuple(synonyms))])

    matches = shelf.like(Named("row 1", name, tuple(synonyms)))

    assert bool(plain(name)) <= ("x" in {match.named.key for match in matches if match.sure})
    assert all(one.score >= two.score for one, two in itertools.pairwise(matches))


def test_the_register_is_a_shelf(runtime: Runtime) -> None:
    with runtime.database.reading() as session:
        shelf = register_shelf(session)

    assert shelf.like(Named("row 1", "身份证号"))[0].named.key == "DE00001"
