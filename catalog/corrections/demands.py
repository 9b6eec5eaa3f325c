"""数据需求: data that a department needs and nobody has registered; others join, the bureau finds who holds it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from catalog.base.db import Database
from catalog.base.documents import Document
from catalog.base.errors import AlreadyRegistered, NotFound, Violation, WrongState
from catalog.base.i18n import Language
from catalog.cases import amending, service
from catalog.cases.effects import Act
from catalog.cases.models import Case
from catalog.corrections.known import acting, given, record_of, require
from catalog.identity.actors import Actor
from catalog.registry.documents import called, codes_of
from catalog.registry.models import Record

TYPE = "demand"
ASKED = ("need", "purpose", "legal_basis", "holder")
SHOWN = ("open", "assigned", "met", "unmet")  # a draft is its author's own
_PURPOSE = "CL0105"
_MOST = 2000


@dataclass(frozen=True, slots=True)
class Demand:
    """One demand on the board: what is needed, by how many departments, and where it stands."""

    number: str
    title: str
    state: str
    need: str
    purpose: str
    legal_basis: str
    holder: str
    department: str
    also: tuple[str, ...]
    assigned: str
    dataset: str
    opened_at: str
    changed_at: str

    @property
    def departments(self) -> int:
        """How many departments need it; persons are never counted."""
        return 1 + len(self.also)


def open_demand(
    session: Session,
    *,
    by: Actor,
    title: str,
    values: Mapping[str, Any],
    on: date,
    database: Database,
    department: str | None = None,
) -> Case:
    """Post a demand. Raises ``NotPermitted`` for who is no officer, ``InvalidDocument`` for what is missing."""
    place = acting(by, department)
    document = given(values, ASKED)
    require([] if title.strip() else [Violation("/title", "case-missing", values={"part": "title"})])
    case = service.open_case(
        session, type=TYPE, track="unmet", title=title, by=by, from_department=place, document=document
    )
    return service.do(session, case.number, "post", by=by, read=case.seq, on=on, database=database)


def join(session: Session, number: str, *, by: Actor, department: str | None = None) -> Case:
    """Say that one's department needs the same. Raises ``AlreadyRegistered`` the second time."""
    place = acting(by, department)
    case = find(session, number)
    document = service.document_of(case)
    if case.closed:
        raise WrongState("case-verb", identifier=number, found=case.state, verb="join", possible=[])
    if place == case.from_department or place in document.get("also", ()):
        raise AlreadyRegistered("demand-joined", identifier=number, department=place)
    also = sorted([*document.get("also", ()), place])
    return amending.amend(session, case, "joined", by=by, values={"also": also}, data={"department": place})


def find(session: Session, number: str) -> Case:
    """A demand on the board, which everybody signed in may read. Raises ``NotFound``."""
    case = session.get(Case, number)
    if case is None or case.type != TYPE or case.state not in SHOWN:
        raise NotFound(kind="case", identifier=number)
    return case


def listed(session: Session, *, state: str = "", department: str = "", sought: str = "") -> list[Demand]:
    """The board: what most departments need first; ``department`` needs it, holds it or was asked."""
    states = [state] if state in SHOWN else list(SHOWN)
    rows = session.scalars(
        select(Case).where(Case.type == TYPE, col(Case.state).in_(states)).order_by(col(Case.number).desc()).limit(_MOST)
    )  # fmt: skip
    found = [shown(case) for case in rows]
    wanted = sought.strip().casefold()
    return sorted(
        (
            one
            for one in found
            if (not department or department in (one.department, one.assigned, one.holder, *one.also))
            and (not wanted or wanted in f"{one.number} {one.title} {one.need}".casefold())
        ),
        key=lambda one: (SHOWN.index(one.state) > 1, -one.departments),
    )


def shown(case: Case) -> Demand:
    """A case as the board shows it."""
    said = service.document_of(case)
    return Demand(
        case.number, case.title, case.state, said.get("need", ""), said.get("purpose", ""),
        said.get("legal_basis", ""), said.get("holder", ""), case.from_department, tuple(said.get("also", ())),
        case.to_department, said.get("dataset", ""), case.opened_at, case.changed_at,
    )  # fmt: skip


def effect(act: Act) -> dict[str, Any]:
    """What the verbs of a demand do: judge what is posted and answered, and link the dataset that meets it."""
    document = service.document_of(act.case)
    match act.row.verb:
        case "post":
            require(list(_violations(act.session, document)))
        case "assign":
            record_of(act.session, "department", act.case.to_department)
        case "redirect":
            record_of(act.session, "department", document["holder"])
        case "answer":
            record, _ = record_of(act.session, "dataset", document["dataset"])
            own = act.row.side != "to" or record.department == act.case.to_department
            if record.status == "withdrawn" or not own:
                require([Violation("/dataset", "demand-dataset", found=record.identifier)])
            service.concern(act.session, act.case, [("dataset", record.identifier)])
    return {}


def _violations(session: Session, document: Document) -> Iterator[Violation]:
    purpose, holder = document["purpose"], document.get("holder")
    if purpose not in {str(one["code"]) for one in codes_of(session, _PURPOSE)}:
        yield Violation("/purpose", "demand-purpose", found=purpose, expected=_PURPOSE)
    if holder and session.get(Record, ("department", holder)) is None:
        yield Violation("/holder", "reference-missing", found=holder, expected="department")


def part(session: Session, case: Case, actor: Actor, language: Language, on: date) -> Document:
    """What the case page shows of its own: who needs it too, the dataset that meets it, the way to the board."""
    document = service.document_of(case)
    record = session.get(Record, ("dataset", document.get("dataset", "")))
    return {
        "departments": [case.from_department, *document.get("also", ())],
        "dataset": (record.identifier, record.name) if record else None,
        "purpose": _purpose(session, document.get("purpose", ""), language),
        "holder": document.get("holder", ""),
        "shows": ["also", "dataset", "purpose", "holder"] if case.state != "draft" else ["also"],
    }


def _purpose(session: Session, code: str, language: Language) -> str:
    found = next((one for one in codes_of(session, _PURPOSE) if str(one["code"]) == code), {})
    return called(found, language) or code
