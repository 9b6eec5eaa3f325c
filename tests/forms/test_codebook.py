"""A list of codes answers while one types, however long it is."""

from __future__ import annotations

import time
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.forms.codebook import Codebook, Entry
from catalog.search.tokens import compact

DIVISIONS = Codebook(
    [
        Entry("44", "广东省"),
        Entry("4401", "广州市", "44"),
        Entry("440111", "白云区", "4401"),
        Entry("440111010", "京溪街道", "440111"),
        Entry("440112", "黄埔区", "4401", ("萝岗区",)),
    ]
)


@pytest.mark.parametrize(
    ("sought", "first"),
    [
        ("440111", "440111"), ("白云", "440111"), ("baiyun", "440111"), ("byq", "440111"), ("gzsbyq", "440111"),
        ("广州市白云区", "440111"), ("京溪", "440111010"), ("ｂｙｑ", "440111"), ("萝岗", "440112"), ("lgq", "440112"),
        ("4401", "4401"),
    ],
)  # fmt: skip
def test_a_division_is_found_by_code_name_pinyin_and_path(sought: str, first: str) -> None:
    assert DIVISIONS.like(sought, 5)[0].value == first


def test_without_a_text_the_order_is_the_lists_own() -> None:
    assert [entry.value for entry in DIVISIONS.like("  ", 3)] == ["44", "4401", "440111"]
    assert DIVISIONS.like("不存在", 3) == []


def test_the_path_of_an_entry_ends_where_it_turns_in_a_circle() -> None:
    book = Codebook([Entry("1", "甲", "2"), Entry("2", "乙", "1")])

    assert set(book.path(book.entries[0])) == {"甲", "乙"}


words = st.text("甲乙丙丁abc12 （）-", min_size=1, max_size=6).filter(lambda word: compact(word))


@given(st.lists(st.tuples(words, words), min_size=1, max_size=30, unique_by=lambda pair: pair[0]))
def test_every_entry_is_found_by_its_code_and_by_its_label(pairs: list[tuple[str, str]]) -> None:
    book = Codebook(Entry(value, label) for value, label in pairs)

    for entry in book.entries:
        assert entry in book.like(entry.value, len(pairs))
        assert entry in book.like(entry.label, len(pairs))


@given(st.lists(words, min_size=1, max_size=20), words)
def test_what_is_found_by_a_part_is_what_has_it(labels: list[str], sought: str) -> None:
    book = Codebook(Entry(f"#{number}#", label) for number, label in enumerate(labels))
    having = {f"#{n}#" for n, label in enumerate(labels) if compact(sought) in compact(label)}

    assert having <= {entry.value for entry in book.like(sought, len(labels))}


def test_forty_thousand_codes_answer_in_less_than_twenty_milliseconds() -> None:
    signs = "东西南北中上下新老大小平安和山江河"
    labels = ["".join(pair) + "街道" for pair in product(signs, repeat=2)]
    entries = [Entry(str(100_000 + number), labels[number % len(labels)], str(100_000 + number // 30) if number else "")
               for number in range(41_352)]  # fmt: skip
    book = Codebook(entries)
    book.like("东", 20)
    book.read()

    slowest = 0.0
    for sought in ("东", "东南街道", "dnjd", "dongnan", "140000", "没有", "zzzz", "街道"):
        took = []
        for _ in range(3):
            start = time.perf_counter()
            book.like(sought, 20)
            took.append(time.perf_counter() - start)
        slowest = max(slowest, min(took))
    assert slowest < 0.020
