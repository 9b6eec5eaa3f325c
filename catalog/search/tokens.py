"""How a text becomes search terms; the same cut for what is indexed and for what is asked.

Normal form: NFKC (full-width Latin becomes ASCII), lower case, traditional characters as simplified.
Runs of Chinese characters are cut into bigrams, since neither a dictionary nor a space tells the words
apart; everything else into words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Protocol

import opencc

LONGEST_QUERY = 200  # characters of a query that count
MOST_TOKENS = 32  # tokens of a query that count
_LONGEST_WORD = 64
_HAN = "々〇\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUN = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]+")
_IS_HAN = re.compile(rf"[{_HAN}]")


class _Converter(Protocol):
    def convert(self, text: str) -> str: ...


@cache
def _converter() -> tuple[_Converter, frozenset[str]]:
    """OpenCC, and the characters that it may change: a text without them is left alone."""
    table = Path(opencc.__file__).parent / "dictionary" / "TSCharacters.txt"
    traditional = set()
    for line in table.read_text(encoding="utf-8").splitlines():
        source, _, targets = line.partition("\t")
        if targets and targets.split(" ")[0] != source:
            traditional.add(source)
    return opencc.OpenCC("t2s"), frozenset(traditional)


def normal(text: str) -> str:
    """``text`` in normal form: ``ＧＭＳＦＨＭ`` and ``婚姻狀況`` become ``gmsfhm`` and ``婚姻状况``."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKC", text).lower()
    converter, traditional = _converter()
    return text if traditional.isdisjoint(text) else converter.convert(text)


def compact(text: str) -> str:
    """The letters, digits and characters of ``text`` in normal form, without anything between them."""
    return "".join(filter(str.isalnum, normal(text)))


def tokens(text: str) -> list[str]:
    """Bigrams of Chinese runs (a run of one stays one) and whole words, in order, with repetitions."""
    return _cut(normal(text))


def _cut(text: str) -> list[str]:
    found: list[str] = []
    for run in _RUN.findall(text):
        if _IS_HAN.match(run) and len(run) > 1:
            found.extend(run[at : at + 2] for at in range(len(run) - 1))
        else:
            found.append(run[:_LONGEST_WORD])
    return found


def name_tokens(text: str) -> list[str]:
    """``tokens``, those across punctuation, and single characters: 县 finds names, not descriptions."""
    text, together = normal(text), compact(text)
    across = [] if together == text else _cut(together)
    return [*_cut(text), *across, *_IS_HAN.findall(text)]


def query_tokens(text: str) -> list[str]:
    """The distinct tokens that an item must have to be found by ``text``."""
    return list(dict.fromkeys(tokens(text[:LONGEST_QUERY])))[:MOST_TOKENS]


def heads(text: str, *, shortest: int, longest: int) -> Iterator[str]:
    """The beginnings of ``text``, from ``shortest`` to ``longest`` characters."""
    return (text[:length] for length in range(shortest, min(len(text), longest) + 1))


@lru_cache(maxsize=4096)
def readings(text: str) -> tuple[str, str]:
    """Full pinyin and initials, without tones: ``身份证号`` → ``shenfenzhenghao``, ``sfzh``.

    Words in Latin letters are part of both as they stand; ü is written v, as on keyboards.
    """
    full: list[str] = []
    initials: list[str] = []
    for run in _RUN.findall(normal(text)):
        if _IS_HAN.match(run):
            syllables = [syllable for word in _words(run) for syllable in _read(word)]
            full.extend(syllables)
            initials.extend(syllable[:1] for syllable in syllables)
        else:
            full.append(run)
            initials.append(run)
    return "".join(full), "".join(initials)


@lru_cache(maxsize=4096)
def syllables(text: str) -> list[tuple[str, str]]:
    """``text`` in normal form in pieces with their readings: 证 ``zheng``, a word in Latin letters itself.

    What is neither has no reading. The pieces together are the text again.
    """
    found: list[tuple[str, str]] = []
    text, end = normal(text), 0
    for match in _RUN.finditer(text):
        found.extend((piece, "") for piece in text[end : match.start()])
        run, end = match.group(), match.end()
        if not _IS_HAN.match(run):
            found.append((run, run))
            continue
        read = [syllable for word in _words(run) for syllable in _read(word)]
        found.extend(zip(run, read, strict=True) if len(read) == len(run) else ((piece, "") for piece in run))
    return [*found, *((piece, "") for piece in text[end:])]


def _words(run: str) -> Iterator[str]:
    from pypinyin.seg import mmseg  # noqa: PLC0415  0.2 s and 30 MB that only readings need

    words: Iterator[str] = mmseg.seg.cut(run)
    return words


@lru_cache(maxsize=32_768)
def _read(word: str) -> list[str]:
    from pypinyin import lazy_pinyin  # noqa: PLC0415

    return lazy_pinyin(word, errors="ignore")


def only_han(text: str) -> bool:
    """Whether ``text`` is nothing but Chinese characters."""
    return all(map(_IS_HAN.match, text))


def has_han(text: str) -> bool:
    """Whether ``text`` has a Chinese character, so that reading it as pinyin says something new."""
    return _IS_HAN.search(text) is not None


def joined(terms: Iterable[str]) -> str:
    """Distinct terms as the one text that the index splits at spaces."""
    return " ".join(dict.fromkeys(terms))
