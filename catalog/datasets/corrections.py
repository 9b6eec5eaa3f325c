"""What a dataset's page says of its corrections (校核): what is open, what was fed back, and how often in time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import orjson
from sqlmodel import Session, col, select

from catalog.base.i18n import Language
from catalog.cases import rights
from catalog.cases.models import Case, CaseSubject
from catalog.identity.actors import Actor
from catalog.standards.lifecycles import lifecycle

TYPE = "correction"
_SHOWN = 5
_FILERS = ("data_officer", "sharing_officer")


@dataclass(frozen=True, slots=True)
class Open:
    """One correction that runs; ``href`` is empty for who may not open it."""

    state: str
    due: str
    late: bool
    href: str


@dataclass(frozen=True, slots=True)
class Corrections:
    """The correction record of a dataset: counts, and the share in time (None before the first with a term)."""

    open: int
    running: tuple[Open, ...]
    fed_back: int
    corrected: int
    percent: int | None
    may_file: bool

    @property
    def confirmed(self) -> int:
        """How often the data were found right."""
        return self.fed_back - self.corrected


def corrections(
    session: Session, dataset: str, *, owner: str, actor: Actor, language: Language, on: date
) -> Corrections:
    """The correction record of a dataset, for one reader."""
    statement = (
        select(Case)
        .join(CaseSubject, col(CaseSubject.number) == col(Case.number))
        .where(CaseSubject.kind == "dataset", CaseSubject.identifier == dataset, Case.type == TYPE)
        .order_by(col(Case.number).desc())
    )
    cases = [case for case in session.scalars(statement) if case.shown]
    outcomes = [one for case in cases if (one := orjson.loads(case.document).get("outcome"))]
    running = [case for case in cases if not case.closed and case.state != "fed-back"]
    timed = [one["fed_back_on"] <= one["due_on"] for one in outcomes if one.get("due_on")]
    return Corrections(
        open=len(running),
        running=tuple(_open(case, actor, language, on) for case in running[:_SHOWN]),
        fed_back=len(outcomes),
        corrected=sum(one["result"] == "corrected" for one in outcomes),
        percent=round(100 * sum(timed) / len(timed)) if timed else None,
        may_file=rights.writes(actor)
        and actor.department != owner
        and any(actor.may(role, actor.department) for role in _FILERS),
    )


def _open(case: Case, actor: Actor, language: Language, on: date) -> Open:
    state = lifecycle(TYPE).states[case.state]
    return Open(
        state.zh if language == "zh" else state.en,
        case.due_on or "",
        bool(case.due_on and case.due_on < on.isoformat()),
        f"/cases/{case.number}" if rights.sees(actor, case) else "",
    )
