"""Appending to the ledger, always inside the transaction of the change itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from sqlmodel import Session, col, select

from catalog.base import clock
from catalog.base.db import insert_rows
from catalog.base.documents import canonical
from catalog.base.errors import Unready
from catalog.ledger import chain
from catalog.ledger.chain import Algorithm
from catalog.ledger.models import Entry, Meta

_SLACK = timedelta(seconds=2)  # clocks of several machines differ by so much
_GAP = timedelta(days=30)


class By(Protocol):
    """What an entry says of its author; ``identity.Actor`` has it."""

    @property
    def person(self) -> str: ...
    @property
    def department(self) -> str | None: ...
    @property
    def door(self) -> str: ...
    @property
    def client(self) -> str | None: ...
    @property
    def request(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Line:
    """One entry to be, without what the ledger gives itself."""

    verb: str
    kind: str | None = None
    identifier: str | None = None
    version: int | None = None
    note: str | None = None
    data: dict[str, Any] | None = None
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """The newest entry, as far as a writer needs it."""

    seq: int
    at: str
    chain: str
    algorithm: Algorithm


def head(session: Session) -> Head:
    """The newest entry; of an empty ledger, the point before the first."""
    version = session.scalar(select(Meta.value).where(Meta.key == "chain")) or "01"
    row = session.execute(
        select(Entry.seq, Entry.at, Entry.chain).order_by(col(Entry.seq).desc()).limit(1)
    ).first()
    seq, at, value = row or (0, "", chain.GENESIS)
    return Head(seq, at, value, chain.ALGORITHMS[version])


def moment(last: Head, *, confirmed: bool = False) -> str:
    """The stamp for the next entries; refuses a clock that can't be right.

    Raises ``Unready`` for a clock behind the last entry, and for one more than 30 days ahead of it
    until an administrator has confirmed it (``catalog doctor --confirm-clock``).
    """
    present = clock.now()
    if not last.at:
        return clock.stamp(present)
    newest = clock.parse_stamp(last.at)
    if present < newest - _SLACK:
        raise Unready("clock-behind", now=clock.stamp(present), last=last.at)
    if present > newest + _GAP and not confirmed:
        raise Unready("clock-ahead", now=clock.stamp(present), last=last.at)
    return clock.stamp(max(present, newest))


def append(
    session: Session, lines: Sequence[Line], *, by: By, last: Head | None = None, at: str | None = None
) -> range:
    """Chain ``lines`` to the ledger, one entry each, and return their ``seq`` numbers.

    The caller holds the writers' turn (``Database.writing``) and, in bulk, passes the head it has read.
    """
    last = last or head(session)
    at = at or moment(last)
    value = last.chain
    rows: list[tuple[Any, ...]] = []
    for seq, line in enumerate(lines, last.seq + 1):
        columns = (
            seq, at, by.person, by.department, by.door, by.request, by.client,
            line.verb, line.kind, line.identifier, line.version, line.note,
            canonical(line.data).decode() if line.data is not None else None, line.digest,
        )  # fmt: skip
        value = chain.link(value, dict(zip(chain.COLUMNS, columns, strict=True)), last.algorithm)
        rows.append((*columns, value))
    insert_rows(session, "entry", ['"by"' if c == "by" else c for c in (*chain.COLUMNS, "chain")], rows)
    return range(last.seq + 1, last.seq + 1 + len(rows))
