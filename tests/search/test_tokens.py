from __future__ import annotations

import pytest

from catalog.search import tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("公民身份", ["公民", "民身", "身份"]),
        ("县", ["县"]),
        ("GB/T 2261.1 性别代码", ["gb", "t", "2261", "1", "性别", "别代", "代码"]),
        ("  ——！", []),
    ],
)
def test_chinese_is_cut_into_bigrams_and_the_rest_into_words(text: str, expected: list[str]) -> None:
    assert tokens.tokens(text) == expected


@pytest.mark.parametrize(
    ("written", "meant"),
    [("ＧＭＳＦＨＭ", "gmsfhm"), ("婚姻狀況", "婚姻状况"), ("１８位", "18位"), ("乾燥", "干燥"), ("Ⅳ", "iv")],
)
def test_full_width_case_and_traditional_characters_make_no_difference(written: str, meant: str) -> None:
    assert tokens.normal(written) == meant


@pytest.mark.parametrize(
    ("text", "full", "initials"),
    [
        ("身份证号", "shenfenzhenghao", "sfzh"),
        ("银行", "yinhang", "yh"),
        ("女性", "nvxing", "nx"),
        ("GPS定位", "gpsdingwei", "gpsdw"),
    ],
)
def test_names_are_read_by_word_without_tones(text: str, full: str, initials: str) -> None:
    assert tokens.readings(text) == (full, initials)


def test_of_a_very_long_query_only_the_beginning_counts() -> None:
    asked = tokens.query_tokens("".join(chr(0x4E00 + number) for number in range(5000)))

    assert len(asked) == tokens.MOST_TOKENS
