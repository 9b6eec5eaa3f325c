"""What the whole register says of itself for the first page, remembered until the ledger moves or the day ends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from catalog.base import clock
from catalog.registry.reads import Reads, Row
from catalog.runtime import Runtime
from catalog.topics.around import around
from catalog.topics.coverage import STEPS, Around, Coverage, covered, slots

_RECENT = timedelta(days=30)
_MOST = 20_000
_LOOKED_AT = 400  # entries among which the latest changes are found; readings and exports are entries too
_CHANGES = frozenset({"registered", "revised", "moved", "retired", "confirmed", "restored"})
_CDO_ROLES = ("dept_cdo", "district_cdo", "district_cdo_exec")


class Ending(NamedTuple):
    """An agreement in force with its last day."""

    until: str
    identifier: str
    name: str
    provider: str
    consumer: str


class Owed(NamedTuple):
    """A slot that is not complete, and who owes its next step."""

    step: int
    state: Coverage
    topic: str  # identifier
    anchor: str
    name: str
    owed_by: str


@dataclass(frozen=True)
class Strip:
    """How far one topic is covered."""

    identifier: str
    name: str
    states: Sequence[Coverage]  # of its slots, the fullest first
    done: int
    worst: Owed | None

    @property
    def href(self) -> str:
        """The topic's page."""
        return f"/topics/{self.identifier}"


@dataclass(frozen=True)
class Overview:
    """What the whole register says, as of entry ``seq`` on ``day``; the public view."""

    seq: int
    day: str
    counts: Mapping[str, Mapping[str, int]]
    changed: Mapping[str, int]  # records of each kind that changed in the last 30 days
    vacant: Sequence[tuple[str, str]] = ()  # (identifier, name)
    ending: Sequence[Ending] = ()  # agreements in force by their last day, the soonest first
    without_cdo: Sequence[str] = ()
    topics: Sequence[Strip] = ()
    owed: Sequence[Owed] = ()
    latest: Sequence[Sequence[Any]] = ()  # entries that changed a record, the newest first


_REMEMBERED: WeakKeyDictionary[Reads, Overview] = WeakKeyDictionary()


async def overview(runtime: Runtime, seq: int) -> Overview:
    """What holds after entry ``seq``, today."""
    today = clock.today(runtime.settings.zone)
    known = _REMEMBERED.get(runtime.reads)
    if known is None or known.seq != seq or known.day != today.isoformat():
        known = _REMEMBERED[runtime.reads] = await _read(runtime, seq, today)
    return known


async def _read(runtime: Runtime, seq: int, today: date) -> Overview:
    reads = runtime.reads
    counts: dict[str, dict[str, int]] = {}
    for kind, status, number in await reads.find("counts", quick=False):
        counts.setdefault(kind, {})[status] = int(number)
    since = datetime.combine(today - _RECENT, time.min, runtime.settings.zone)
    changed = await reads.find("changed_since", since=clock.stamp(since), quick=False)
    appointments = await reads.listed("appointment", status=["current"], limit=_MOST)
    departments = await reads.listed("department", status=["active"], limit=_MOST)
    with_cdo = {row.department for row in appointments if _is_cdo(row) and row.document.get("person")}
    topics = await reads.listed("topic", status=["published"], limit=20)
    held = await around(reads, [row.document for row in topics], today)
    latest = await reads.find("latest", limit=_LOOKED_AT)
    strips = [_strip(row, held) for row in topics]
    return Overview(
        seq=seq,
        day=today.isoformat(),
        counts=counts,
        changed={kind: int(number) for kind, number in changed},
        vacant=[(row.identifier, row.name) for row in appointments if not row.document.get("person")],
        ending=sorted(await _endings(reads)),
        without_cdo=[row.identifier for row in departments if row.identifier not in with_cdo],
        topics=[strip for strip, _ in strips],
        owed=sorted((one for _, owed in strips for one in owed), key=lambda one: one.step),
        latest=[row for row in latest if row[3].rpartition(".")[2] in _CHANGES],
    )


def _is_cdo(row: Row) -> bool:
    return row.document.get("role") in _CDO_ROLES


async def _endings(reads: Reads) -> list[Ending]:
    found = []
    for row in await reads.listed("sharing-agreement", status=["active"], limit=_MOST):
        said = row.document
        until = said.get("period", {}).get("until")
        if until:
            found.append(
                Ending(until, row.identifier, row.name, said.get("provider", ""), said.get("consumer", ""))
            )
    return found


def _strip(row: Row, held: Around) -> tuple[Strip, list[Owed]]:
    topic = row.document
    found = [(covered(slot, section, topic, held), section, slot) for section, slot in slots(topic)]
    owed = [
        Owed(
            one.step, one.state, row.identifier, f"{section.get('code')}-{slot.get('code')}",
            slot.get("name", ""), one.owed_by,
        )
        for one, section, slot in found
        if one.owed_by
    ]  # fmt: skip
    numbers = Counter(one.state for one, _, _ in found)
    states = [state for state in reversed(STEPS) for _ in range(numbers[state])]
    worst = min(owed, key=lambda one: one.step, default=None)
    return Strip(row.identifier, row.name, states, numbers[STEPS[-1]], worst), owed
