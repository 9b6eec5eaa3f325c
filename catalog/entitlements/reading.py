"""The snapshot of the register: kept while nothing that decisions ask has moved, renewed by what has."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from catalog.base.db import FOREVER
from catalog.entitlements.compiling import ENDLESS, compiled, dataset_of, digest_of, grants_of
from catalog.entitlements.pinned import Judged, drifted, pins_of
from catalog.entitlements.snapshot import Parts, Pin, Snapshot
from catalog.registry.reads import MANY_CODES, Reads, Row

PURPOSES, WAYS = "CL0105", "CL0102"
_KEPT = 4  # snapshots of earlier moments
_PAGE = 2_000
_DRIFT = "drift"
_PINNING = {"sharing-agreement", "data-element", "code-list"}
_TOGETHER = 500
Mark = tuple[str, str, str, str]
Key = tuple[str, str]


class Newest:
    """The newest entry of the ledger; who asks while it is read shares the next reading, begun after they asked."""

    def __init__(self, reads: Reads) -> None:
        self._reads = reads
        self._busy = False
        self._waiting: list[asyncio.Future[int]] = []

    async def last(self) -> int:
        """Its number, at the moment of the question or later."""
        if self._busy:
            waiting: asyncio.Future[int] = asyncio.get_running_loop().create_future()
            self._waiting.append(waiting)
            return await waiting
        self._busy = True
        try:
            return await self._reads.last()
        finally:
            if self._waiting:
                self._next = asyncio.get_running_loop().create_task(self._together())
            else:
                self._busy = False

    async def _together(self) -> None:
        try:
            while self._waiting:
                those, self._waiting = self._waiting, []
                try:
                    last = await self._reads.last()
                except Exception as error:
                    _each(those, lambda one, error=error: one.set_exception(error))  # type: ignore[misc]
                else:
                    _each(those, lambda one, last=last: one.set_result(last))  # type: ignore[misc]
        finally:
            self._busy = False
            _each(self._waiting, lambda one: one.cancel())


def _each(waiting: list[asyncio.Future[int]], give: Callable[[asyncio.Future[int]], Any]) -> None:
    for one in waiting:
        if not one.done():
            give(one)


class Snapshots:
    """The snapshots of one process."""

    def __init__(self, reads: Reads) -> None:
        self._reads = reads
        self._newest = Newest(reads)
        self._turn = asyncio.Lock()
        self._parts = Parts()
        self._marks: dict[Key, Mark] = {}
        self._judged: Judged = {}
        self._pins: frozenset[Pin] = frozenset()
        self._now: Snapshot | None = None
        self._earlier: OrderedDict[int, Snapshot] = OrderedDict()

    async def now(self) -> Snapshot:
        """The present state; one reading of the newest entry tells whether the kept one still holds."""
        last = await self._newest.last()
        if self._now is not None and self._now.seq == last:
            return self._now
        async with self._turn:
            last = await self._reads.last()
            known = self._now
            if known is None:
                parts, marks = await _everything(self._reads, last)
                self._pins = pins_of(parts)
                self._parts, self._marks = await self._pinned(parts, marks, self._pins, last)
                self._now = await self._compiled(last)
            elif known.seq < last:
                touched = await _touched(self._reads, known.seq, self._pins)
                if touched:
                    await self._renew(touched, last)
                    self._now = await self._compiled(last)
                else:
                    self._now = replace(known, seq=last)
            assert self._now is not None
            return self._now

    async def at(self, seq: int) -> Snapshot:
        """The state after entry ``seq``."""
        if self._now is not None and self._now.seq == seq:
            return self._now
        if seq not in self._earlier:
            parts, marks = await _everything(self._reads, seq)
            parts, marks = await self._pinned(parts, marks, pins_of(parts), seq)
            self._earlier[seq] = await asyncio.to_thread(_compile, parts, marks, seq)
            while len(self._earlier) > _KEPT:
                self._earlier.popitem(last=False)
        return self._earlier[seq]

    async def _compiled(self, seq: int) -> Snapshot:
        return await asyncio.to_thread(_compile, self._parts, self._marks, seq)

    async def _renew(self, touched: dict[str, list[str]], seq: int) -> None:
        """Read what has moved, and put it into copies of the parts."""
        changed = await _some(self._reads, touched, seq)
        self._marks = {
            key: mark for key, mark in self._marks.items() if key[1] not in touched.get(key[0], ())
        }
        self._marks |= changed[1]
        old, new = self._parts, changed[0]
        self._parts = Parts(
            departments={**old.departments, **new.departments},
            purposes=new.purposes or old.purposes,
            ways=new.ways or old.ways,
            elements=old.elements | new.elements,
            datasets={**old.datasets, **new.datasets},
            agreements={**old.agreements, **new.agreements},
            drifted=old.drifted,
        )
        if touched.keys() & _PINNING:
            self._pins = pins_of(self._parts)
            self._parts, self._marks = await self._pinned(self._parts, self._marks, self._pins, seq)

    async def _pinned(
        self, parts: Parts, marks: dict[Key, Mark], pins: frozenset[Pin], seq: int
    ) -> tuple[Parts, dict[Key, Mark]]:
        """The parts with the pins whose thing has changed in a breaking way; the digest covers them too."""
        found = await drifted(self._reads, pins, seq, self._judged)
        kept = {key: mark for key, mark in marks.items() if key[0] != _DRIFT}
        for pin in found:
            name = f"{pin.kind} {pin.identifier} {pin.version} {pin.element}"
            kept[_DRIFT, name] = (_DRIFT, name, "", "")
        return replace(parts, drifted=found), kept


def _compile(parts: Parts, marks: dict[Key, Mark], seq: int) -> Snapshot:
    return compiled(parts, seq=seq, digest=digest_of(marks.values()))


async def _touched(reads: Reads, after: int, pins: frozenset[Pin]) -> dict[str, list[str]]:
    """The records that decisions ask, changed after an entry; some may have changed once more since."""
    found: dict[str, list[str]] = {}
    lists = {PURPOSES, WAYS} | {pin.identifier for pin in pins if pin.kind == "code-list"}
    for kind, identifier in await reads.find("touched", after=after):
        if kind != "code-list" or identifier in lists:
            found.setdefault(kind, []).append(identifier)
    return found


async def _everything(reads: Reads, seq: int) -> tuple[Parts, dict[Key, Mark]]:
    kinds = dict.fromkeys(("department", "data-element", "dataset", "sharing-agreement"))
    return await _read(reads, {**kinds, "code-list": [PURPOSES, WAYS]}, seq)


async def _some(reads: Reads, wanted: dict[str, list[str]], seq: int) -> tuple[Parts, dict[Key, Mark]]:
    return await _read(reads, dict(wanted), seq)


async def _read(reads: Reads, wanted: dict[str, Any], seq: int) -> tuple[Parts, dict[Key, Mark]]:
    """The parts made of some records of each kind; None stands for all of a kind."""
    made: dict[str, dict[str, Any]] = {kind: {} for kind in ("department", "dataset", "sharing-agreement")}
    marks: dict[Key, Mark] = {}
    elements: set[str] = set()
    for kind, only in wanted.items():
        if kind == "data-element":
            for identifier, status in await reads.find("statuses", quick=False, kind=kind, seq=seq):
                elements.add(identifier)
                marks[kind, identifier] = (kind, identifier, status, "")
        elif kind in _COMPILE:
            async for rows in _pages(reads, kind, only, seq):
                await asyncio.to_thread(_take, kind, rows, made[kind], marks)
    purposes = await _codes(reads, PURPOSES, seq, wanted, marks)
    ways = await _codes(reads, WAYS, seq, wanted, marks)
    parts = Parts(
        departments=made["department"], purposes=purposes, ways=frozenset(ways), elements=frozenset(elements),
        datasets=made["dataset"], agreements=made["sharing-agreement"],
    )  # fmt: skip
    return parts, marks


_COMPILE: dict[str, Callable[[Row], Any]] = {
    "department": lambda row: row.status,
    "dataset": lambda row: dataset_of(row.document, row.status),
    "sharing-agreement": lambda row: grants_of(row.identifier, row.document, row.status),
}


def _take(kind: str, rows: Iterable[Row], made: dict[str, Any], marks: dict[Key, Mark]) -> None:
    for row in rows:
        made[row.identifier] = _COMPILE[kind](row)
        marks[kind, row.identifier] = (kind, row.identifier, row.status, row.digest)


async def _pages(reads: Reads, kind: str, only: Sequence[str] | None, seq: int) -> Any:
    if only is not None:
        for start in range(0, len(only), _TOGETHER):
            yield await reads.listed(kind, only=only[start : start + _TOGETHER], limit=_TOGETHER, seq=seq)
        return
    after = ""
    while rows := await reads.listed(kind, after=after, limit=_PAGE, seq=seq):
        yield rows
        after = rows[-1].identifier


async def _codes(
    reads: Reads, code_list: str, seq: int, wanted: dict[str, Any], marks: dict[Key, Mark]
) -> dict[str, tuple[str, str]]:
    """The codes of a list with the days from and until which they hold; empty where not wanted."""
    if code_list not in wanted.get("code-list", ()):
        return {}
    rows = await reads.find("codes", quick=False, code_list=code_list, seq=min(seq, FOREVER - 1), after=-1,
                            limit=MANY_CODES)  # fmt: skip
    found = {row[0]: (row[3] or "", row[4] or ENDLESS) for row in rows}
    said = ";".join(f"{code}{start}{until}" for code, (start, until) in sorted(found.items()))
    marks["code-list", code_list] = ("code-list", code_list, "", said)
    return found
