"""What a reorganisation does on the desk: open cases go on with the successor, their clocks as they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import orjson
from sqlalchemy import or_
from sqlmodel import Session, col, select

from catalog.base.documents import canonical
from catalog.cases import rights, service
from catalog.cases.models import Case
from catalog.identity.actors import Actor

Named = Mapping[tuple[str, str], str]
"""(old department, record or case) -> its heir, where that is not the heir of the rest."""


class Passed(NamedTuple):
    """One side of an open case that changes hands."""

    number: str
    title: str
    pointer: str
    before: str
    after: str


def passing(session: Session, successors: Mapping[str, str], named: Named) -> Iterator[Passed]:
    """Every side of every open case that stands for a department that ends."""
    for case in _open(session, successors):
        for side, old in _sides(case):
            if old in successors:
                yield Passed(
                    case.number, case.title, f"/{side}", old, _heir(session, case, old, successors, named)
                )


def pass_on(session: Session, successors: Mapping[str, str], named: Named, *, by: Actor, note: str) -> int:
    """Move them in the caller's transaction, an entry each; returns how many cases moved."""
    cases = _open(session, successors)
    for case in cases:
        heirs = {
            old: _heir(session, case, old, successors, named) for _, old in _sides(case) if old in successors
        }
        before = {side: old for side, old in _sides(case) if old in successors}
        case.document = canonical(_led(orjson.loads(case.document), heirs)).decode()
        for side, old in before.items():
            setattr(case, side, heirs[old])
        awaited = rights.cycle(case).awaited(case.state, case.track)
        case.awaits_department = rights.department_of(case, awaited.side) if awaited else ""
        facts: dict[str, Any] = {
            "before": before,
            "after": {side: heirs[old] for side, old in before.items()},
        }
        if case.from_department == case.to_department:
            facts["same_department"] = True  # whoever asked now asks itself: it will withdraw
        service.enter(session, case, "inherited", by=by, note=note, data=facts)
    return len(cases)


def _open(session: Session, successors: Mapping[str, str]) -> list[Case]:
    if not successors:
        return []
    olds = sorted(successors)
    theirs = or_(col(Case.from_department).in_(olds), col(Case.to_department).in_(olds))
    wanted = select(Case).where(col(Case.closed).is_(False), theirs)
    return list(session.scalars(wanted.order_by(col(Case.number))))


def _sides(case: Case) -> list[tuple[str, str]]:
    return [("from_department", case.from_department), ("to_department", case.to_department)]


def _heir(session: Session, case: Case, old: str, successors: Mapping[str, str], named: Named) -> str:
    about = [case.number, *(identifier for _, identifier in service.subjects(session, case.number))]
    return next((named[(old, one)] for one in about if (old, one) in named), successors[old])


def _led(value: Any, heirs: Mapping[str, str]) -> Any:
    """A case document with the heir wherever it names a department that ends."""
    if isinstance(value, dict):
        return {name: _led(one, heirs) for name, one in value.items()}
    if isinstance(value, list):
        return [_led(one, heirs) for one in value]
    return heirs.get(value, value) if isinstance(value, str) else value
