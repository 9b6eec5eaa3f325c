"""What headings mean: the words of a kind's schema, those that others use, and the heading above."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Literal

import yaml
from rapidfuzz import fuzz

from catalog.base.files import standards
from catalog.exchange.words import normal
from catalog.standards import schemas
from catalog.standards.annotations import ITEMS

Reason = Literal["heading", "alias", "upper", "near", "values"]

OWN, ALIAS, LABEL, UPPER, NEAR = 1.0, 0.95, 0.9, 0.88, 0.85
KNOWN = 0.75
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】")
_NUMBERING = re.compile(
    r"^(?:[0-9]{1,2}[.、]|\([0-9一二三四五六七八九十]{1,3}\)|[一二三四五六七八九十]{1,3}、)"
)
_MARKS = str.maketrans("", "", "*★☆●▲△:：※#")
_NEGATIONS = frozenset("不非无未")
_ALTERNATIVES = re.compile(r"[/、|或]")


@dataclass(frozen=True, slots=True)
class Guess:
    """A property that a heading may name (its pointer pattern), 0 to 1, and what speaks for it."""

    to: str
    score: float
    reason: Reason


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of one kind: normal form → meanings, and for the heading above a group, its object.

    ``items`` begins the pointers of the list whose items stand in lines.
    """

    names: Mapping[str, tuple[Guess, ...]]
    objects: Mapping[str, str]
    levels: Mapping[str, str]
    items: str


@cache
def settings() -> Mapping[str, Any]:
    """The file of headings."""
    with (standards() / "mappings" / "layouts" / "headings.yaml").open(encoding="utf-8") as file:
        found: Mapping[str, Any] = yaml.load(file, Loader=yaml.CSafeLoader)
    return found


@cache
def of_kind(kind: str) -> Mapping[str, Any]:
    """What the file says of a kind; empty where it says nothing."""
    found: Mapping[str, Any] = settings().get(kind, {})
    return found


@cache
def pattern(name: str) -> re.Pattern[str]:
    """A pattern of the section ``lines``."""
    return re.compile(settings()["lines"][name])


@cache
def vocabulary(kind: str) -> Vocabulary:
    """The words of a kind."""
    names: dict[str, dict[str, Guess]] = {}
    objects: dict[str, str] = {}
    fields = schemas.current(kind).annotations.fields
    for field in fields:
        if field.children:
            objects.setdefault(normal(field.title), field.pattern)
            continue
        for rank, word in enumerate(field.schema.get("x-column", ())):
            _add(names, word, Guess(field.pattern, OWN - 0.005 * min(rank, 8), "heading"))
        nested = 0.05 if len(field.path) > 1 else 0.0
        for word in (field.title, field.label("en")):
            _add(names, word, Guess(field.pattern, LABEL - nested, "heading"))
        path = ".".join(token for token in field.path if token != ITEMS)
        _add(names, path, Guess(field.pattern, LABEL, "heading"))
    known = {field.pattern for field in fields}
    for to, listed in of_kind(kind).get("aliases", {}).items():
        for word in listed if to in known else ():
            _add(names, str(word), Guess(to, ALIAS, "alias"))
    for to, listed in of_kind(kind).get("objects", {}).items():
        objects |= {normal(str(word)): to for word in listed}
    return Vocabulary(
        {word: tuple(found.values()) for word, found in names.items()},
        objects,
        {normal(word): to for word, to in of_kind(kind).get("levels", {}).items()},
        f"{of_kind(kind).get('items', '-')}/",
    )


def _add(names: dict[str, dict[str, Guess]], word: str, guess: Guess) -> None:
    found = names.setdefault(bare(word), {})
    if guess.score > found.get(guess.to, Guess("", 0, "near")).score:
        found[guess.to] = guess


@lru_cache(maxsize=16384)
def bare(heading: str) -> str:
    """A heading in normal form without marks and numbering."""
    return _NUMBERING.sub("", normal(heading).translate(_MARKS))


@lru_cache(maxsize=16384)
def meanings(parts: tuple[str, ...], kind: str) -> tuple[Guess, ...]:
    """What a heading may mean, best first: exact words, then the heading above, then similar words."""
    known = vocabulary(kind)
    found: dict[str, Guess] = {}
    for guess in _all(parts, known):
        if guess.score > found.get(guess.to, Guess("", 0, "near")).score:
            found[guess.to] = guess
    return tuple(sorted(found.values(), key=lambda guess: -guess.score))


@lru_cache(maxsize=16384)
def certainty(parts: tuple[str, ...], kind: str) -> float:
    """How surely the words of a heading are known, without similar ones: 0 to 1."""
    known = vocabulary(kind)
    exact = [guess.score for guess in _exact(parts, known)]
    return max(exact, default=1.0 if is_number(parts[-1]) else 0.0)


def is_number(heading: str) -> bool:
    """Whether a column only counts its lines (序号)."""
    return bare(heading) in {normal(str(word)) for word in settings()["numbers"]}


def _all(parts: tuple[str, ...], known: Vocabulary) -> Iterator[Guess]:
    exact = list(_exact(parts, known))
    yield from exact
    if max((guess.score for guess in exact), default=0) < KNOWN:
        yield from _near(bare(parts[-1]), known)


def _exact(parts: tuple[str, ...], known: Vocabulary) -> Iterator[Guess]:
    last, *above = (bare(part) for part in reversed(parts))
    within = next((known.objects[word] for word in above if word in known.objects), None)
    if within == "/classification" and last in known.levels:
        yield Guess(known.levels[last], OWN, "upper")
        return
    for written, loss in _forms(last):
        for guess in known.names.get(written, ()):
            near = within is None or guess.to == within or guess.to.startswith(f"{within}/")
            yield Guess(guess.to, (guess.score - loss) * (1 if near else 0.6), guess.reason)
    if above:
        for guess in known.names.get(above[0] + last, ()):
            yield guess
    if within:
        yield from _inside(last, within, known)


def _forms(word: str) -> Iterator[tuple[str, float]]:
    """A heading as it stands, without its remarks in brackets, and each of its alternatives."""
    yield word, 0.0
    short = _BRACKETS.sub("", word)
    if short != word:
        yield short, 0.05
    for part in _ALTERNATIVES.split(short):
        if part != short:
            yield part, 0.1


def _inside(last: str, within: str, known: Vocabulary) -> Iterator[Guess]:
    """«名称» under «信息项信息»: the property of the group whose name ends or begins with it."""
    if len(last) < 2:
        return
    for word, listed in known.names.items():
        if word != last and (word.endswith(last) or word.startswith(last)):
            for guess in listed:
                if guess.to.startswith(f"{within}/"):
                    yield Guess(guess.to, UPPER - 0.02 * (len(word) - len(last)), "upper")


def _near(word: str, known: Vocabulary) -> Iterator[Guess]:
    if len(word) < 2:
        return
    for name, listed in known.names.items():
        likeness = _likeness(word, name)
        if likeness >= 0.6:
            for guess in listed:
                deep = 0.9 if "/*/" in guess.to and not guess.to.startswith(known.items) else 1.0
                yield Guess(guess.to, likeness * NEAR * guess.score * deep, "near")


def _likeness(word: str, name: str) -> float:
    if _NEGATIONS.isdisjoint(word) != _NEGATIONS.isdisjoint(name):
        return 0.0  # 是否涉密 asks the opposite of 是否不涉密
    ratio = fuzz.ratio(word, name) / 100
    short, long = sorted((word, name), key=len)
    if len(short) >= 2 and short in long and (len(short) > 2 or long.endswith(short)):
        ratio = max(ratio, 0.55 + 0.4 * len(short) / len(long))
    return ratio
