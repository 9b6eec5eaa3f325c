"""A list of choices that is searched while somebody types: by code, label, pinyin, initials and path.

Every entry is one line of a few long texts, so that one search of a text looks at all entries at once:
41,352 administrative divisions answer in about a millisecond. Pinyin is read when first needed, or ahead.
"""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from catalog.search.tokens import compact, has_han, readings

_DEEPEST = 12  # steps of a path; more are a circle


@dataclass(frozen=True, slots=True)
class Entry:
    """One choice: its value, its label, the value above it, other names that it is found by."""

    value: str
    label: str
    parent: str = ""
    others: tuple[str, ...] = ()


class Codebook:
    """Entries in their own order, found by any of their names."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = tuple(entries)
        self._place = {entry.value: at for at, entry in enumerate(self.entries)}
        self._reading = threading.Lock()

    def __len__(self) -> int:
        return len(self.entries)

    def path(self, entry: Entry) -> list[str]:
        """The labels above an entry, the highest first."""
        found: list[str] = []
        above = entry.parent
        while above in self._place and len(found) < _DEEPEST:
            higher = self.entries[self._place[above]]
            found.append(higher.label)
            above = higher.parent
        return found[::-1]

    @property
    def deep(self) -> bool:
        """Whether any entry stands below another."""
        return self._paths is not None

    def read(self) -> None:
        """Work out the pinyin ahead of the first question that needs it; from any thread."""
        with self._reading:
            _ = self._initials, self._spelled, self._path_initials

    @property
    def is_read(self) -> bool:
        """Whether pinyin can be asked for without waiting."""
        return "_path_initials" in self.__dict__

    def like(self, sought: str, limit: int) -> list[Entry]:
        """What is called, coded or read like ``sought``, the likeliest first; all in order without a text."""
        asked = compact(sought)
        if not asked:
            return list(self.entries[:limit])
        found: dict[int, None] = {}
        for place in self._hits(asked):
            found[place] = None
            if len(found) >= limit:
                break
        return [self.entries[place] for place in found]

    def _hits(self, asked: str) -> Iterator[int]:
        yield from self._codes.lines(f"\n{asked}\n")
        yield from self._labels.lines(f"\n{asked}\n")
        yield from self._others.lines(f"\t{asked}\t")
        yield from self._codes.lines(f"\n{asked}")
        yield from self._labels.lines(f"\n{asked}")
        yield from self._others.lines(f"\t{asked}")
        if self._paths is not None:
            yield from self._paths.lines(f"{asked}\n")
        yield from self._labels.lines(asked)
        yield from self._others.lines(asked)
        if asked.isascii() and not asked.isdigit():
            yield from self._read_like(asked)
        if self._paths is not None:
            yield from self._paths.lines(asked)

    def _read_like(self, asked: str) -> Iterator[int]:
        if not self.is_read:
            self.read()
        yield from self._initials.lines(f"\t{asked}\t")
        yield from self._initials.lines(f"\t{asked}")
        yield from self._spelled.lines(f"\t{asked}")
        if self._path_initials is not None and len(asked) > 1:
            yield from self._path_initials.lines(f"{asked}\n")
            yield from self._path_initials.lines(asked)

    @cached_property
    def _codes(self) -> _Lines:
        return _Lines(compact(entry.value) for entry in self.entries)

    @cached_property
    def _labels(self) -> _Lines:
        return _Lines(compact(entry.label) for entry in self.entries)

    @cached_property
    def _others(self) -> _Lines:
        return _Lines(_among(map(compact, entry.others)) for entry in self.entries)

    @cached_property
    def _paths(self) -> _Lines | None:
        if not any(entry.parent in self._place for entry in self.entries):
            return None
        return _Lines(compact("".join((*self.path(entry), entry.label))) for entry in self.entries)

    @cached_property
    def _spellings(self) -> dict[str, tuple[str, str]]:
        words = {word for entry in self.entries for word in (entry.label, *entry.others)}
        return {word: readings(word) for word in words if has_han(word)}

    def _spelling(self, entry: Entry, part: int) -> str:
        words = (self._spellings.get(word) for word in (entry.label, *entry.others))
        return _among(found[part] for found in words if found)

    @cached_property
    def _spelled(self) -> _Lines:
        return _Lines(self._spelling(entry, 0) for entry in self.entries)

    @cached_property
    def _initials(self) -> _Lines:
        return _Lines(self._spelling(entry, 1) for entry in self.entries)

    @cached_property
    def _path_initials(self) -> _Lines | None:
        if self._paths is None:
            return None
        known = self._spellings
        return _Lines(
            "".join(
                known[word][1] if word in known else compact(word)
                for word in (*self.path(entry), entry.label)
            )
            for entry in self.entries
        )


def _among(words: Iterable[str]) -> str:
    joined = "\t".join(word for word in words if word)
    return f"\t{joined}\t" if joined else ""


class _Lines:
    """Texts, one a line, all searched at once."""

    def __init__(self, texts: Iterable[str]) -> None:
        lines = list(texts)
        self._text = "\n" + "\n".join(lines) + "\n"
        self._starts: list[int] = []
        start = 0
        for line in lines:
            self._starts.append(start)
            start += len(line) + 1

    def lines(self, sought: str) -> Iterator[int]:
        """The numbers of the lines in which ``sought`` stands; line breaks are part of it."""
        at = self._text.find(sought)
        while at >= 0:
            line = bisect_right(self._starts, at if sought[0] == "\n" else at - 1) - 1
            yield line
            following = self._starts[line + 1] if line + 1 < len(self._starts) else len(self._text)
            at = self._text.find(sought, max(following, at + 1))
