"""Proving the chain: nothing was edited, removed, reordered or added behind the product's back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass

from sqlmodel import Session, col, select

from catalog.base.documents import digest
from catalog.ledger import chain
from catalog.ledger.models import Entry
from catalog.ledger.service import head

Text = Callable[[str], "bytes | int | None"]  # content digest -> text, the entry that redacted it, or nothing


@dataclass(frozen=True)
class Break:
    """The first place where the chain does not hold."""

    seq: int
    reason: str  # "gap", "altered", "order", "content-missing", "content-altered", "anchor"
    expected: str | None = None
    found: str | None = None


@dataclass(frozen=True)
class Proof:
    """What ``verify`` found; ``redacted`` lists (entry, redacting entry)."""

    entries: int
    chain: str
    broken: Break | None
    redacted: tuple[tuple[int, int], ...] = ()


def verify(session: Session, text: Text, *, anchors: Iterable[tuple[int, str]] = ()) -> Proof:
    """Walk the whole ledger once; ``anchors`` are heads kept elsewhere, as (seq, chain)."""
    kept = dict(anchors)
    algorithm = head(session).algorithm
    value, last_at, count = chain.GENESIS, "", 0
    redacted: list[tuple[int, int]] = []
    checked: set[str] = set()
    statement = select(Entry).order_by(col(Entry.seq)).execution_options(yield_per=5000)
    with closing(session.scalars(statement)) as entries:
        for entry in entries:
            count += 1
            broken = _broken(entry, count, value, last_at, algorithm, kept)
            if broken is None and entry.digest and entry.digest not in checked:
                broken = _content(entry, text, redacted, checked)
            if broken:
                return Proof(count, value, broken, tuple(redacted))
            value, last_at = entry.chain, entry.at
            session.expunge(entry)
    missing = next((seq for seq in sorted(kept) if seq > count), None)
    broken = Break(missing, "anchor", expected=kept[missing]) if missing else None
    return Proof(count, value, broken, tuple(redacted))


def _broken(
    entry: Entry, count: int, previous: str, last_at: str, algorithm: chain.Algorithm, kept: dict[int, str]
) -> Break | None:
    if entry.seq != count:
        return Break(count, "gap", expected=str(count), found=str(entry.seq))
    expected = chain.link(previous, {name: getattr(entry, name) for name in chain.COLUMNS}, algorithm)
    if expected != entry.chain:
        return Break(entry.seq, "altered", expected=expected, found=entry.chain)
    if entry.at < last_at:
        return Break(entry.seq, "order", expected=last_at, found=entry.at)
    if kept.get(entry.seq, entry.chain) != entry.chain:
        return Break(entry.seq, "anchor", expected=kept[entry.seq], found=entry.chain)
    return None


def _content(entry: Entry, text: Text, redacted: list[tuple[int, int]], checked: set[str]) -> Break | None:
    wanted = entry.digest or ""
    found = text(wanted)
    if found is None:
        return Break(entry.seq, "content-missing", expected=wanted)
    if isinstance(found, int):
        redacted.append((entry.seq, found))
        return None
    actual = digest(found)
    if actual != wanted:
        return Break(entry.seq, "content-altered", expected=wanted, found=actual)
    checked.add(wanted)
    return None
