"""Is this data element, or this data item, there already? Names compared before any identifier is given.

Pure: a ``Shelf`` holds what is known, ``Shelf.like`` says which of it a newcomer resembles and why. The
reasons, the surest first: the same name; a synonym on either side; the same short name, or a name that
is the other's initials (``SFZH`` is 身份证号); a name that ends with a known one (申请人身份证号码); the
same code list; a name that is nearly the same. GB/T 19488.1-2004 §8 asks for one element for one meaning.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz import fuzz

from catalog.base.documents import Document
from catalog.search.tokens import compact, has_han, readings

Reason = Literal["name", "synonym", "short-name", "initials", "ending", "code-list", "near"]
Choice = Literal["reuse", "new", "pending"]

_WEIGHT: Mapping[Reason, int] = {
    "name": 100, "synonym": 90, "short-name": 70, "initials": 60, "ending": 50, "code-list": 40, "near": 30,
}  # fmt: skip
_SURE: frozenset[Reason] = frozenset(("name", "synonym"))
_FAINT: frozenset[Reason] = frozenset(("ending", "near"))
_NEAR = 72  # per cent of rapidfuzz's ratio from which two names are nearly the same
_SHORTEST_ENDING = 3  # characters: 名称 ends too many names
_SHORTEST_INITIALS = 3
_MOST_SHARING = 24  # names sharing a pair of characters that are compared in full
_MOST_OF_A_LIST = 4  # users of one code list that are worth naming
_COMMON = frozenset(("代码", "名称", "号码", "日期", "编号", "时间", "类型", "情况", "信息", "标识", "单位"))
_REMARK = re.compile(r"[（(〔\[【][^（）()〔〕\[\]【】]*[）)〕\]】]")
_LATIN = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Named:
    """What is compared of an element, of a data item, or of a row in a sheet; ``key`` finds it again."""

    key: str
    name: str
    synonyms: tuple[str, ...] = ()
    short_name: str = ""
    code_list: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """One thing that a newcomer resembles: why, and for each reason the word of either side that decided."""

    named: Named
    reasons: tuple[Reason, ...]
    words: tuple[str, ...]
    score: int

    @property
    def sure(self) -> bool:
        """Whether the two mean the same by name."""
        return not _SURE.isdisjoint(self.reasons)


def element_named(document: Document, *, key: str = "", status: str = "") -> Named:
    """A data element's document as something to compare."""
    return Named(
        key=key or str(document.get("identifier", "")),
        name=_word(document.get("name")),
        synonyms=(*_words(document.get("synonyms")), *_words(document.get("aliases"))),
        short_name=_word(document.get("short_name")),
        code_list=_word(_inside(document, "value_domain").get("code_list")),
        status=status,
    )


def item_named(field: Document, *, key: str) -> Named:
    """A dataset's data item as something to compare: its column is its short name."""
    return Named(key, _word(field.get("name")), (), _word(field.get("column")), _word(field.get("code_list")))


def _inside(document: Document, name: str) -> Document:
    found = document.get(name)
    return found if isinstance(found, dict) else {}


def _word(value: object) -> str:
    return value if isinstance(value, str) else ""


def _words(value: object) -> tuple[str, ...]:
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()


def plain(name: str) -> str:
    """A name without width, blanks, punctuation and remarks: ``身份证号（必填）`` is ``身份证号``."""
    return compact(_REMARK.sub("", unicodedata.normalize("NFKC", name))) or compact(name)


class Shelf:
    """What is known already, found by every word that it goes by."""

    def __init__(self, known: Iterable[Named]) -> None:
        self._names: defaultdict[str, list[Named]] = defaultdict(list)
        self._synonyms: defaultdict[str, list[Named]] = defaultdict(list)
        self._short: defaultdict[str, list[Named]] = defaultdict(list)
        self._lists: defaultdict[str, list[Named]] = defaultdict(list)
        self._pairs: defaultdict[str, list[Named]] = defaultdict(list)
        self._initials: dict[str, list[tuple[str, Named]]] | None = None
        self._all: list[Named] = []
        for named in known:
            self.add(named)

    def add(self, named: Named) -> None:
        """Put one more on the shelf."""
        name = plain(named.name)
        self._all.append(named)
        self._initials = None
        if name:
            self._names[name].append(named)
        for synonym in {plain(word) for word in named.synonyms} - {"", name}:
            self._synonyms[synonym].append(named)
        if named.short_name:
            self._short[named.short_name.casefold()].append(named)
        if named.code_list:
            self._lists[named.code_list].append(named)
        for pair in _pairs(name):
            self._pairs[pair].append(named)

    def like(self, one: Named, *, limit: int = 3, near: bool = True) -> list[Match]:
        """What ``one`` resembles, the likeliest first; never itself (the same key)."""
        found: dict[str, tuple[Named, dict[Reason, str]]] = {}
        for reason, named, by in self._hits(one, near=near):
            if named.key != one.key:
                found.setdefault(named.key, (named, {}))[1].setdefault(reason, by)
        matches = [self._match(named, reasons) for named, reasons in found.values()]
        if any(match.sure for match in matches):  # then names that are only nearly the same are noise
            matches = [match for match in matches if match.reasons[0] not in _FAINT]
        return sorted(matches, key=lambda match: (-match.score, match.named.key))[:limit]

    @staticmethod
    def _match(named: Named, reasons: Mapping[Reason, str]) -> Match:
        ordered = tuple(sorted(reasons, key=lambda reason: -_WEIGHT[reason]))
        if ordered[0] in _SURE:  # then it says nothing more that the names are also nearly the same
            ordered = tuple(reason for reason in ordered if reason not in _FAINT)
        score = _WEIGHT[ordered[0]] + len(ordered) - 1
        return Match(named, ordered, tuple(reasons[reason] for reason in ordered), score)

    def _hits(self, one: Named, *, near: bool) -> Iterator[tuple[Reason, Named, str]]:
        name = plain(one.name)
        yield from (("name", named, one.name) for named in self._names.get(name, ()))
        yield from (("synonym", named, one.name) for named in self._synonyms.get(name, ()))
        for synonym in one.synonyms:
            word = plain(synonym)
            yield from (("synonym", named, synonym) for named in self._names.get(word, ()))
            yield from (("synonym", named, synonym) for named in self._synonyms.get(word, ()))
        for short in {one.short_name.casefold(), name if _LATIN.fullmatch(name) else ""} - {""}:
            yield from (("short-name", named, short.upper()) for named in self._short.get(short, ()))
            yield from (("initials", named, word) for word, named in self._by_initials(short))
        yield from self._endings(name)
        users = self._lists.get(one.code_list, ()) if one.code_list else ()
        if len(users) <= _MOST_OF_A_LIST:
            yield from (("code-list", named, one.code_list) for named in users)
        if near and name:
            yield from self._nearly(name)

    def _by_initials(self, short: str) -> Sequence[tuple[str, Named]]:
        """Names and synonyms whose initials are ``short``; worked out when first asked for."""
        if len(short) < _SHORTEST_INITIALS:
            return ()
        if self._initials is None:
            made: dict[str, list[tuple[str, Named]]] = {}
            for named in self._all:
                for word in {named.name, *named.synonyms}:
                    if has_han(word):
                        made.setdefault(readings(plain(word))[1], []).append((word, named))
            self._initials = made
        return self._initials.get(short, ())

    def _endings(self, name: str) -> Iterator[tuple[Reason, Named, str]]:
        """The longest known name that a longer name ends with."""
        for start in range(1, len(name) - _SHORTEST_ENDING + 1):
            word = name[start:]
            known = [*self._names.get(word, ()), *self._synonyms.get(word, ())]
            if known:
                yield from (("ending", named, word) for named in known)
                return

    def _nearly(self, name: str) -> Iterator[tuple[Reason, Named, str]]:
        sharing: Counter[str] = Counter()
        held: dict[str, Named] = {}
        for pair in _pairs(name):
            for named in self._pairs.get(pair, ()):
                sharing[named.key] += 1
                held[named.key] = named
        for key, _ in sharing.most_common(_MOST_SHARING):
            other = plain(held[key].name)
            if other != name and fuzz.ratio(name, other) >= _NEAR:
                yield "near", held[key], held[key].name


def _pairs(name: str) -> set[str]:
    """The pairs of characters that tell names apart; a name of common pairs alone keeps them."""
    pairs = {name[at : at + 2] for at in range(len(name) - 1)}
    return pairs - _COMMON or pairs


def advice(matches: Sequence[Match]) -> Choice:
    """What to do with a newcomer: reuse what is surely the same, decide where it is doubtful, else new."""
    sure = [match for match in matches if match.sure]
    if len(sure) == 1:
        return "reuse"
    doubtful = sure or [match for match in matches if match.reasons[0] != "ending"]
    return "pending" if doubtful else "new"
