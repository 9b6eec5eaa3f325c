"""The inbox: what waits for me, for my department, for others; what is late. One indexed query over all types."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from sqlalchemy import text as sql
from sqlmodel import Session

from catalog.identity.actors import Actor
from catalog.identity.roles import ROLES

Box = Literal["mine", "department", "others", "late"]
BOXES: tuple[Box, ...] = get_args(Box)
_WAITING = tuple(role.name for role in ROLES if role.content)
_COLUMNS = (
    "number", "type", "track", "state", "title", "from_department", "to_department",
    "awaits_role", "awaits_department", "assignee", "due_on", "provisional", "changed_at",
)  # fmt: skip
_SELECT = f"SELECT {', '.join(_COLUMNS)}, sort_on FROM desk_case WHERE "
_OF_TYPE = " AND type = :type"
_OF_DEPARTMENT = " AND :department IN (from_department, to_department, awaits_department)"
MOST = 500
"""How far a box is counted: whoever has more needs no exact number."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One case as the inbox lists it."""

    number: str
    type: str
    track: str
    state: str
    title: str
    from_department: str
    to_department: str
    awaits_role: str
    awaits_department: str
    assignee: str | None
    due_on: str | None
    provisional: bool
    changed_at: str

    @property
    def href(self) -> str:
        """The page of the case."""
        return f"/cases/{self.number}"


def inbox(
    session: Session, actor: Actor, *, box: Box, on: str, limit: int = 50, after: str = "", type: str = "",
    department: str = "",
) -> tuple[list[Waiting], str]:  # fmt: skip
    """Up to ``limit`` cases of one box, the earliest day first, and where the next page begins ("" at the end).

    ``after`` is what the page before has returned; ``on`` decides what is late. Of one ``type`` only, or
    those that a ``department`` asks, is asked, or has to go on with.
    """
    day, _, number = after.partition("|")
    values = {"day": day, "number": number, "limit": limit + 1, "on": on, "me": actor.person}
    branches = _branches(actor, box, values)
    if not branches:
        return [], ""
    place = " AND (sort_on > :day OR (sort_on = :day AND number > :number))" if after else ""
    for wanted, condition in ((type, _OF_TYPE), (department, _OF_DEPARTMENT)):
        place += condition if wanted else ""
    values |= {"type": type, "department": department}
    tail = " ORDER BY sort_on, number LIMIT :limit"
    inner = " UNION ".join(
        f"SELECT * FROM ({_SELECT}{one}{place}{tail}) AS b{n}" for n, one in enumerate(branches)
    )
    rows = session.execute(sql(f"SELECT * FROM ({inner}) AS boxed{tail}"), values).fetchall()
    found = [
        Waiting(**dict(zip(_COLUMNS, row, strict=False)) | {"provisional": bool(row[11])})
        for row in rows[:limit]
    ]
    more = f"{rows[limit - 1][-1]}|{rows[limit - 1][0]}" if len(rows) > limit else ""
    return found, more


def count(session: Session, actor: Actor, *, box: Box = "mine", on: str = "") -> int:
    """How many cases a box holds, counted up to ``MOST``."""
    return counts(session, actor, [box], on=on)[box]


def counts(session: Session, actor: Actor, boxes: Sequence[Box], *, on: str) -> dict[Box, int]:
    """How many cases each of ``boxes`` holds, counted up to ``MOST``: one statement for all."""
    values: dict[str, Any] = {"limit": MOST, "on": on, "me": actor.person}
    asked = {box: branches for box in boxes if (branches := _branches(actor, box, values))}
    found: dict[Box, int] = dict.fromkeys(boxes, 0)
    if asked:
        columns = ", ".join(_counted(branches) for branches in asked.values())
        row = session.execute(sql(f"SELECT {columns}"), values).one()
        found |= dict(zip(asked, row, strict=True))
    return found


def late_by(session: Session, actor: Actor, *, on: str) -> list[tuple[str, int]]:
    """How many late cases wait for each department, the most first; the bureau's own under no department."""
    values: dict[str, Any] = {"on": on, "me": actor.person}
    branches = _branches(actor, "late", values)
    if not branches:
        return []
    inner = " UNION ".join(f"SELECT number, awaits_department FROM desk_case WHERE {one}" for one in branches)
    rows = session.execute(
        sql(f"SELECT awaits_department, COUNT(*) FROM ({inner}) AS boxed GROUP BY awaits_department"), values
    )
    return sorted(((row[0], int(row[1])) for row in rows), key=lambda pair: (-pair[1], pair[0]))


def _counted(branches: Sequence[str]) -> str:
    inner = " UNION ".join(
        f"SELECT number FROM (SELECT number FROM desk_case WHERE {one} LIMIT :limit) AS b{n}"
        for n, one in enumerate(branches)
    )
    return f"(SELECT COUNT(*) FROM (SELECT number FROM ({inner}) AS boxed LIMIT :limit) AS counted)"


def _branches(actor: Actor, box: Box, values: dict[str, Any]) -> list[str]:
    """The conditions of a box, each led by an index; ``values`` gets what they name."""
    if not actor.signed_in or actor.system is not None:
        return []
    if box == "mine":
        return _mine(actor, values)
    if box == "late":
        late = " AND sort_on < :on"
        beyond = _mine(actor, values, but=_homes(actor))
        return [one + late for one in beyond] + _department(actor, values, late)
    return _department(actor, values, "") if box == "department" else _others(actor, values)


def _mine(actor: Actor, values: dict[str, Any], but: frozenset[str] = frozenset()) -> list[str]:
    """What awaits a role of the actor, in departments other than ``but``, and nobody else by name."""
    found = []
    for role in _WAITING:
        reach = actor.reach.get(role, frozenset())
        if reach is not None and not reach - but:
            continue
        values[f"role_{role}"] = role
        place = "" if reach is None else f" AND awaits_department IN ({_names(reach - but, role, values)})"
        found.append(f"awaits_role = :role_{role}{place} AND (assignee IS NULL OR assignee = :me)")
    return found


def _homes(actor: Actor) -> frozenset[str]:
    """The departments whose work the actor sees: those that an officer's role reaches."""
    reaches = [
        actor.reach[role.name]
        for role in ROLES
        if role.internal and role.departmental and role.name in actor.reach
    ]
    return frozenset().union(*(reach for reach in reaches if reach))


def _department(actor: Actor, values: dict[str, Any], late: str) -> list[str]:
    homes = _homes(actor)
    return [f"awaits_department IN ({_names(homes, 'home', values)}){late}"] if homes else []


def _others(actor: Actor, values: dict[str, Any]) -> list[str]:
    homes = _homes(actor)
    if not homes:
        return []
    names = _names(homes, "home", values)
    values["open"] = False
    return [f"from_department IN ({names}) AND closed = :open AND awaits_department NOT IN ({names})"]


def _names(departments: frozenset[str], prefix: str, values: dict[str, Any]) -> str:
    names = []
    for number, department in enumerate(sorted(departments)):
        values[f"{prefix}_{number}"] = department
        names.append(f":{prefix}_{number}")
    return ", ".join(names)
