"""Two versions of one record: what merges by itself and where both sides changed the same member. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from catalog.base.documents import Document, escape


@dataclass(frozen=True, slots=True)
class Clash:
    """One member that both sides changed, and differently."""

    pointer: str
    base: Any
    theirs: Any
    mine: Any


def merged(base: Document, theirs: Document, mine: Document) -> tuple[Document, list[Clash], list[str]]:
    """The document with the changes of both sides, where they clash, and what only the others changed.

    A clash keeps mine; nobody may register it before it is settled.
    """
    document: Document = {}
    clashes: list[Clash] = []
    others: list[str] = []
    for name in dict.fromkeys([*mine, *theirs, *base]):
        old, new, own = base.get(name), theirs.get(name), mine.get(name)
        if new != old and own not in (old, new):
            clashes.append(Clash(f"/{escape(name)}", old, new, own))
        value = new if own == old else own
        if own == old and new != old:
            others.append(f"/{escape(name)}")
        if value is not None:
            document[name] = value
    return document, clashes, others
