"""A catalogue release (Decree 809 art. 16): the changes since the last one, frozen when it is issued.

The list stands in the document of the case, whose digest its last entry carries; nothing can change it
afterwards. Every department whose datasets are in the list is asked for a receipt, as a case of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import text as sql
from sqlmodel import Session, col, select

from catalog.base.documents import Document
from catalog.base.errors import InvalidDocument, NotFound, NotPermitted, NotSignedIn, Violation
from catalog.base.i18n import Language
from catalog.cases import amending, due, rights, service
from catalog.cases.effects import Act
from catalog.cases.models import Case, CaseSubject
from catalog.identity.actors import Actor
from catalog.ledger import service as ledger
from catalog.registry.models import Record

TYPE, RECEIPT = "release", "receipt"
RULE = "H1"
ACTIONS = ("registered", "revised", "suspended", "resumed", "withdrawn")
_CHANGED = sql(
    "SELECT r.identifier, r.name, r.department, r.version, r.status, b.version, b.status, b.content, r.content"
    " FROM record r LEFT JOIN version b ON b.kind = r.kind AND b.identifier = r.identifier"
    " AND b.from_seq <= :since AND b.to_seq > :since"
    " WHERE r.kind = 'dataset' AND r.seq > :since ORDER BY r.department, r.identifier"
)


@dataclass(frozen=True, slots=True)
class Release:
    """One release as its list shows it; ``receipts`` counts those given, of ``asked``."""

    number: str
    document: str
    title: str
    state: str
    issued_on: str
    remark: str
    items: list[Document]
    since: int
    until: int
    asked: int = 0
    receipts: int = 0

    @property
    def counts(self) -> dict[str, int]:
        """How many datasets were registered, revised, suspended, resumed, withdrawn."""
        found = Counter(one["action"] for one in self.items)
        return {action: found[action] for action in ACTIONS if found[action]}


@dataclass(frozen=True, slots=True)
class Receipt:
    """What one department has said of a release."""

    number: str
    department: str
    state: str
    due_on: str | None
    remark: str
    changed_at: str


def open_release(session: Session, *, by: Actor, title: str, number: str, remark: str = "") -> Case:
    """Draft a release. Raises ``NotPermitted`` for whom is not the bureau, ``InvalidDocument`` for what is missing."""
    if not by.signed_in:
        raise NotSignedIn()
    if not rights.writes(by) or not by.holds("authority"):
        raise NotPermitted("case-not-yours", department=by.department, roles=["authority"], possible=[])
    said = {"number": number.strip(), "remark": remark.strip()}
    found = [
        Violation(f"/{name}", "case-missing", values={"part": name})
        for name, value in (("title", title), ("number", number))
        if not value.strip()
    ]
    found += _taken(session, said["number"])
    if found:
        raise InvalidDocument(found)
    return service.open_case(
        session, type=TYPE, track="catalogue", title=title, by=by, from_department=by.department or "",
        document={name: value for name, value in said.items() if value}, judged=True,
    )  # fmt: skip


def _taken(session: Session, number: str, besides: str = "") -> list[Violation]:
    held = session.scalars(select(Case).where(Case.type == TYPE, Case.state != "withdrawn"))
    other = (
        one for one in held if one.number != besides and service.document_of(one).get("number") == number
    )
    return [Violation("/number", "release-number", found=number, expected=one.number) for one in other]


def changed(session: Session, since: int) -> list[Document]:
    """What has happened to each dataset after entry ``since``; what came and went in between is left out."""
    found = []
    for identifier, name, department, version, status, _, was, before, now in session.execute(
        _CHANGED, {"since": since}
    ):
        action = _action(was, status, before != now)
        if action:
            found.append(
                {"dataset": identifier, "name": name, "department": department, "version": version, "action": action}
            )  # fmt: skip
    return found


def _action(was: str | None, status: str, revised: bool) -> str:
    if was is None:
        return "" if status == "withdrawn" else "registered"
    if was != status:
        return {"withdrawn": "withdrawn", "suspended": "suspended"}.get(status, "resumed")
    return "revised" if revised else ""


def last(session: Session) -> int:
    """The entry up to which datasets have been published; 0 before the first release."""
    rows = session.scalars(select(Case).where(Case.type == TYPE, Case.state == "issued"))
    return max((int(service.document_of(one)["until"]) for one in rows), default=0)


def effect(act: Act) -> dict[str, Any]:
    """Issuing freezes the list and asks every department concerned for its receipt."""
    if act.row.verb != "issue":
        return {}
    session, case = act.session, act.case
    document = service.document_of(case)
    found = _taken(session, document["number"], case.number)
    since = last(session)
    items = changed(session, since)
    if not items:
        found.append(Violation("/items", "release-empty", found=since))
    if found:
        raise InvalidDocument(found)
    until = ledger.head(session).seq
    amending.put(case, {"issued_on": act.on.isoformat(), "since": since, "until": until, "items": items})
    departments = sorted({str(one["department"]) for one in items})
    for department in departments:
        _ask(act, department, document["number"])
    return {"items": len(items), "departments": len(departments)}


def _ask(act: Act, department: str, number: str) -> None:
    of = act.session.get(Record, ("department", department))
    case = service.open_case(
        act.session, type=RECEIPT, track="catalogue", by=act.by,
        title=f"{act.case.title}：{of.name if of else department}",
        from_department=act.case.from_department, to_department=department,
        document={"release": act.case.number, "document": number}, subjects=[("case", act.case.number)],
        judged=True,
    )  # fmt: skip
    due.start(case, RULE, session=act.session, on=act.on)
    facts = {"rule": RULE, "since": act.on.isoformat(), "due_on": case.due_on}
    service.enter(act.session, case, "clock-started", by=act.by, data=facts)


def find(session: Session, number: str, *, by: Actor) -> Release:
    """A release: the issued ones are everybody's who is signed in, a draft is the bureau's."""
    if not by.signed_in:
        raise NotSignedIn()
    case = session.get(Case, number)
    if case is None or case.type != TYPE or not (case.state == "issued" or by.holds("authority")):
        raise NotFound(kind="case", identifier=number)
    return _release(session, case, receipts(session, number))


def listed(session: Session, *, by: Actor) -> list[Release]:
    """Every release that the reader may see, the latest first."""
    if not by.signed_in:
        raise NotSignedIn()
    states = ("issued", "draft") if by.holds("authority") else ("issued",)
    rows = session.scalars(
        select(Case).where(Case.type == TYPE, col(Case.state).in_(states)).order_by(col(Case.number).desc())
    )
    return [_release(session, one, receipts(session, one.number)) for one in rows]


def receipts(session: Session, number: str) -> list[Receipt]:
    """The receipts that were asked for, those that are missing first."""
    rows = session.scalars(
        select(Case).join(CaseSubject, col(CaseSubject.number) == col(Case.number)).where(
            Case.type == RECEIPT, CaseSubject.kind == "case", CaseSubject.identifier == number
        ).order_by(col(Case.closed), col(Case.to_department))
    )  # fmt: skip
    return [
        Receipt(one.number, one.to_department, one.state, one.due_on,
                service.document_of(one).get("remark", ""), one.changed_at)
        for one in rows
    ]  # fmt: skip


def _release(session: Session, case: Case, asked: Sequence[Receipt]) -> Release:
    said = service.document_of(case)
    since = said.get("since", last(session))
    return Release(
        case.number, said.get("number", ""), case.title, case.state, said.get("issued_on", ""),
        said.get("remark", ""), said["items"] if "items" in said else changed(session, since),
        since, said.get("until", 0), len(asked), sum(1 for one in asked if one.state == "received"),
    )  # fmt: skip


def part(session: Session, case: Case, actor: Actor, language: Language, on: date) -> dict[str, Any]:
    """What the case page shows of its own: how much would be or was issued, and the way to the list."""
    found = _release(session, case, receipts(session, case.number))
    return {"release": found, "shows": ["items", "since", "until", "issued_on"]}


def receipt(session: Session, case: Case, actor: Actor, language: Language, on: date) -> dict[str, Any]:
    """The department's own lines of the release that it gives a receipt for."""
    number = str(service.document_of(case)["release"])
    of = session.get_one(Case, number)
    found = _release(session, of, ())
    mine = [one for one in found.items if one["department"] == case.to_department]
    return {"release": found, "items": mine, "shows": ["release", "document"]}
