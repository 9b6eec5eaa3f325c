"""Why a record is a hit: which letters of its name are meant, or by which other name it was found. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup, escape

from catalog.search import tokens

_ALIKE = 2  # characters in common from which a part of a name is marked


_NOTHING = Markup()


@dataclass(frozen=True, slots=True)
class Shown:
    """A name with its marks; ``because`` names the reason where the marks do not say it all.

    ``because`` is ``synonym``, ``code`` or ``pinyin``; ``by`` is the other name, with its marks.
    """

    name: Markup
    because: str = ""
    by: Markup = _NOTHING


def explain(
    name: str, identifier: str, sought: str, synonyms: Iterable[str] = (), codes: Iterable[str] = ()
) -> Shown:
    """How to show a hit for ``sought``: by its name, by pinyin, by a synonym or code, or as it is."""
    if spans := _plain(name, sought):
        return Shown(marked(name, spans))
    if tokens.compact(identifier).startswith(tokens.compact(sought)):
        return Shown(marked(name, []))
    others = list(synonyms)
    for text in others:
        if spans := _plain(text, sought):
            return Shown(marked(name, []), "synonym", marked(text, spans))
    if spans := _read(name, sought):
        return Shown(marked(name, spans), "pinyin")
    for text in others:
        if spans := _read(text, sought):
            return Shown(marked(name, []), "synonym", marked(text, spans))
    for text in codes:
        if spans := _plain(text, sought):
            return Shown(marked(name, []), "code", marked(text, spans))
    return Shown(marked(name, _parts(name, sought)))


def marked(text: str, spans: Iterable[tuple[int, int]]) -> Markup:
    """The text with these spans in ``<mark>``."""
    made, end = Markup(""), 0
    for start, stop in sorted(spans):
        if start >= end:
            made += escape(text[end:start]) + Markup("<mark>{}</mark>").format(text[start:stop])
            end = stop
    return made + escape(text[end:])


def _plain(text: str, sought: str) -> list[tuple[int, int]]:
    """Where every word of ``sought`` stands in the text; nothing unless all do."""
    normal = tokens.normal(text)
    words = tokens.normal(sought).split()
    places = [(normal.find(word), len(word)) for word in words]
    if not words or len(normal) != len(text) or any(at < 0 for at, _ in places):
        return []
    return [(at, at + length) for at, length in places]


def _read(text: str, sought: str) -> list[tuple[int, int]]:
    """Where pinyin or initials of the text begin with ``sought``, or go on with it from a later syllable."""
    asked = tokens.compact(sought)
    if not asked.isascii() or not tokens.has_han(text) or len(tokens.normal(text)) != len(text):
        return []
    pieces = tokens.syllables(text)
    starts = [0]
    for piece, _ in pieces:
        starts.append(starts[-1] + len(piece))
    for first in range(len(pieces)):
        full, initials, last = "", "", first
        while last < len(pieces) and len(initials) < len(asked):
            piece, reading = pieces[last]
            full += reading
            initials += reading if piece.isascii() else reading[:1]
            last += 1
            if initials == asked or full.startswith(asked):
                return [(starts[first], starts[last])]
    return []


def _parts(text: str, sought: str) -> list[tuple[int, int]]:
    """The parts that a name has in common with what was sought, where it has not all of it."""
    normal, asked = tokens.normal(text), tokens.compact(sought)
    if len(normal) != len(text):
        return []
    spans: list[tuple[int, int]] = []
    at = 0
    while at < len(normal):
        length = 0
        while at + length < len(normal) and normal[at : at + length + 1] in asked:
            length += 1
        if length >= _ALIKE:
            spans.append((at, at + length))
        at += max(1, length)
    return spans
