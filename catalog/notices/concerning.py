"""What changes an agreement, for the systems of the department that takes data by it.

They hear of it whatever kinds they asked for: a system that goes on after its right was suspended acts against
Decree 809 art. 27. An agreement is changed by its own entries, by an open question about what it has pinned
(drift), and by a change of its dataset, whose services say where the data and the key to them are had.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import orjson
from sqlmodel import Session, col, select

from catalog.base.db import FOREVER
from catalog.cases.models import Case, CaseSubject
from catalog.ledger.models import Entry
from catalog.registry import contents
from catalog.registry.models import Link, Record

KIND = "sharing-agreement"
_DRIFT = "drift"
_VERBS = ("registered", "revised", "moved", "retired", "restored")
_IN_FORCE = ("active", "suspended")


class Taker(NamedTuple):
    """Who takes data by an agreement: the department, and the system that was named where one was."""

    department: str
    system: str


class Changes:
    """Which agreements each of some entries changes, and by whom data are taken by them."""

    def __init__(self, session: Session, entries: Sequence[Entry]) -> None:
        self._touched: dict[int, set[str]] = defaultdict(set)
        own = [one for one in entries if one.kind == KIND and _verb(one) in _VERBS]
        for one in own:
            self._touched[one.seq].add(str(one.identifier))
        self._drifts(session, [one for one in entries if one.kind == "case"])
        self._datasets(session, [one for one in entries if one.kind == "dataset" and _verb(one) in _VERBS])
        self._status = {one.seq: str(orjson.loads(one.data or "{}").get("to", "")) for one in own}
        self._takers = _takers(session, set().union(*self._touched.values()))

    def told(self, entry: Entry, system: str, department: str) -> dict[str, Any]:
        """What an event says to this system more than to others: ``agreements``, and the ``status`` they moved to."""
        mine = sorted(
            one
            for one in self._touched.get(entry.seq, ())
            if _takes(self._takers.get(one), system, department)
        )
        if not mine:
            return {}
        status = self._status.get(entry.seq)
        return {"agreements": mine} | ({"status": status} if status else {})

    def _drifts(self, session: Session, entries: Sequence[Entry]) -> None:
        numbers = {str(one.identifier) for one in entries}
        rows = session.execute(
            select(CaseSubject.number, CaseSubject.identifier)
            .join(Case, col(Case.number) == col(CaseSubject.number))
            .where(
                col(Case.type) == _DRIFT, col(CaseSubject.kind) == KIND, col(CaseSubject.number).in_(numbers)
            )
        )
        self._join(entries, rows)

    def _datasets(self, session: Session, entries: Sequence[Entry]) -> None:
        datasets = {str(one.identifier) for one in entries}
        rows = session.execute(
            select(Link.to_identifier, Link.identifier)
            .join(Record, (col(Record.kind) == col(Link.kind)) & (col(Record.identifier) == col(Link.identifier)))
            .where(
                col(Link.kind) == KIND, col(Link.to_kind) == "dataset", col(Link.to_seq) == FOREVER,
                col(Link.to_identifier).in_(datasets), col(Record.status).in_(_IN_FORCE),
            )
        )  # fmt: skip
        self._join(entries, rows)

    def _join(self, entries: Sequence[Entry], rows: Iterable[Any]) -> None:
        of: dict[str, set[str]] = defaultdict(set)
        for touched, agreement in rows:
            of[touched].add(agreement)
        for one in entries:
            if str(one.identifier) in of:
                self._touched[one.seq] |= of[str(one.identifier)]


def departments(session: Session, systems: Iterable[str]) -> dict[str, str]:
    """The department that each system belongs to."""
    rows = session.execute(
        select(Record.identifier, Record.department).where(
            col(Record.kind) == "system", col(Record.identifier).in_(set(systems))
        )
    )
    return {system: department for system, department in rows}


def _takers(session: Session, agreements: set[str]) -> dict[str, Taker]:
    rows = session.scalars(
        select(Record).where(col(Record.kind) == KIND, col(Record.identifier).in_(agreements))
    ).all()
    texts = contents.load(session, [row.content for row in rows])
    found = {row.identifier: orjson.loads(texts[row.content]) for row in rows}
    return {
        name: Taker(str(one.get("consumer", "")), str(one.get("consumer_system", "")))
        for name, one in found.items()
    }


def _takes(taker: Taker | None, system: str, department: str) -> bool:
    return taker is not None and (taker.system == system or taker.department == department != "")


def _verb(entry: Entry) -> str:
    return entry.verb.rpartition(".")[2]
