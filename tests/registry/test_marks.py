"""A hit says why it is one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from catalog.registry import marks

NAME = "公民身份号码"


@pytest.mark.parametrize(
    ("sought", "because", "marked"),
    [
        ("身份", "", "<mark>身份</mark>"),
        ("公民 号码", "", "<mark>公民</mark>身份<mark>号码</mark>"),
        ("gmsf", "pinyin", "<mark>公民身份</mark>"),
        ("shenfen", "pinyin", "公民<mark>身份</mark>"),
        ("身份证号", "synonym", ""),
        ("sfzh", "synonym", ""),
        ("SFZHM-1", "code", ""),
        ("DE0000", "", ""),
    ],
)
def test_a_hit_is_explained_by_name_pinyin_synonym_or_code(sought: str, because: str, marked: str) -> None:
    shown = marks.explain(NAME, "DE00001", sought, synonyms=["身份证号"], codes=["SFZHM-1"])

    assert shown.because == because
    assert marked in shown.name


def test_the_other_name_is_shown_with_its_mark() -> None:
    shown = marks.explain(NAME, "DE00001", "sfz", synonyms=["居民身份证号"])

    assert shown.by == "居民<mark>身份证</mark>号"


@given(st.text(max_size=30), st.text(max_size=10))
def test_marks_never_change_the_text_nor_let_markup_through(name: str, sought: str) -> None:
    shown = marks.explain(name, "DE00001", sought, synonyms=[name])

    bare = shown.name.replace("<mark>", "").replace("</mark>", "")
    assert bare == escape(name)
