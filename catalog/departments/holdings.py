"""What one department is responsible for, read for its page in few statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from catalog.base.db import FOREVER
from catalog.registry.reads import Reads, Row
from catalog.standards import schemas
from catalog.standards.completeness import Completeness, completeness
from catalog.standards.freshness import freshness

_MOST = 2000
_SOON = 90  # days before an agreement ends from which it is announced


@dataclass(frozen=True, slots=True)
class Late:
    """A dataset whose update is late."""

    row: Row
    days: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """An agreement and the department on its other side; ``left`` is None where no end is agreed."""

    row: Row
    other: str
    until: str
    left: int | None

    @property
    def soon(self) -> bool:
        """Whether it is in force and ends within 90 days."""
        return self.row.status == "active" and self.left is not None and self.left <= _SOON


@dataclass(frozen=True, slots=True)
class Slot:
    """A slot of a topic that the department leads and that has no source yet."""

    topic: Row
    section: str
    code: str
    name: str


@dataclass(frozen=True)
class Holdings:
    """The department's records, as the public view has them."""

    appointments: Sequence[Row]
    systems: Sequence[Row]
    datasets: Sequence[Row]
    late: Sequence[Late]
    incomplete: Sequence[tuple[Row, Completeness]]
    provides: Sequence[Agreement]
    receives: Sequence[Agreement]
    owed: Sequence[Slot]
    subordinates: Sequence[Row]
    led: dict[str, int] = field(default_factory=dict)

    @property
    def recent(self) -> list[Row]:
        """What changed last."""
        rows = [*self.appointments, *self.systems, *self.datasets, *(one.row for one in self.provides)]
        return sorted(rows, key=lambda row: row.changed_at, reverse=True)[:6]


async def holdings(reads: Reads, identifier: str, kinds: frozenset[str], *, on: date) -> Holdings:
    """Everything that the page of ``identifier`` shows, of the kinds that its reader may see."""
    mine = [identifier]

    async def listed(kind: str, *status: str) -> list[Row]:
        if kind not in kinds:
            return []
        return await reads.listed(kind, status=status, department=mine, limit=_MOST)

    datasets = await listed("dataset", "published", "suspended")
    late = [Late(row, freshness(row.document, on).late_by) for row in datasets if row.status == "published"]
    lacking = [(row, _completeness(row)) for row in datasets]
    return Holdings(
        appointments=await listed("appointment", "current"),
        systems=await listed("system", "in_service", "planned"),
        datasets=datasets,
        late=sorted((one for one in late if one.days), key=lambda one: -one.days),
        incomplete=[(row, found) for row, found in lacking if found.missing],
        provides=await _agreements(reads, identifier, "provider", kinds, on),
        receives=await _agreements(reads, identifier, "consumer", kinds, on),
        owed=await _owed(reads, identifier) if "topic" in kinds else [],
        subordinates=await _subordinates(reads, identifier),
        led={
            kind: await reads.count(kind, department=mine)
            for kind in ("data-element", "code-list", "topic")
            if kind in kinds
        },
    )


def _completeness(row: Row) -> Completeness:
    return completeness(row.kind, row.document, schemas.load(row.kind, row.standard).annotations)


async def _pointing(reads: Reads, identifier: str, kind: str, rel: str) -> list[str]:
    rows = await reads.find(
        "usages", kind="department", identifier=identifier, seq=FOREVER - 1,
        k=kind, i="", p="", limit=_MOST, quick=False,
    )  # fmt: skip
    return list(dict.fromkeys(row[1] for row in rows if row[0] == kind and row[3] == rel))


async def _agreements(
    reads: Reads, identifier: str, side: str, kinds: frozenset[str], on: date
) -> list[Agreement]:
    if "sharing-agreement" not in kinds:
        return []
    found = await _pointing(reads, identifier, "sharing-agreement", side)
    other = "consumer" if side == "provider" else "provider"
    made = []
    for row in await reads.many("sharing-agreement", found[:200]):
        if row.status not in ("active", "suspended"):
            continue
        until = row.document.get("period", {}).get("until", "")
        left = (date.fromisoformat(until) - on).days if until else None
        made.append(Agreement(row, str(row.document.get(other, "")), until, left))
    return sorted(made, key=lambda one: (one.until or "9999", one.row.identifier))


async def _owed(reads: Reads, identifier: str) -> list[Slot]:
    return [
        Slot(row, section["name"], f"{section['code']}-{slot['code']}", slot["name"])
        for row in await reads.listed("topic", status=["published"], limit=50)
        for section in row.document.get("sections", ())
        if section.get("lead_department") == identifier
        for slot in section.get("slots", ())
        if not slot.get("dataset")
    ]


async def _subordinates(reads: Reads, identifier: str) -> list[Row]:
    found = await _pointing(reads, identifier, "department", "parent")
    return [row for row in await reads.many("department", found[:500]) if row.status == "active"]
