"""Handing everything over in one act, with its entries; what has no successor becomes a vacancy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from sqlmodel import Session, col, select

from catalog.base.db import Database
from catalog.base.errors import (
    AlreadyRegistered,
    CatalogError,
    InvalidDocument,
    NotFound,
    NotPermitted,
    Violation,
)
from catalog.cases import amending, proposals, rights, service
from catalog.cases.models import Case
from catalog.cases.proposals import Proposed
from catalog.forms.models import Draft
from catalog.handover.holdings import APPOINTMENT, GROUPS, Group, Holding, holdings, replaced
from catalog.identity import accounts, tokens
from catalog.identity.actors import CONSOLE, Actor, on_behalf
from catalog.identity.models import Account, Grant
from catalog.ledger import service as ledger
from catalog.ledger.service import Line
from catalog.registry.apply import apply_in
from catalog.registry.documents import whole
from catalog.registry.models import Record
from catalog.registry.plan import plan
from catalog.registry.prepare import Incoming

Outcome = Literal["moves", "vacant", "returned", "proposed", "revoked", "left", "conflict"]
ROLES: Mapping[Group, tuple[str, ...]] = {
    "roles": ("security_admin",),
    "tokens": ("security_admin", "admin"),
    "posts": ("authority",),
    "contacts": ("department_head", "authority"),
    "cases": ("department_head", "authority"),
    "drafts": ("department_head", "authority"),
}
"""Who hands over what: accounts belong to security, posts to the bureau, work to the head of the department."""
OPENS = ("department_head", "authority", "security_admin")
_OF_THE_PERSON = ("person", "appointed_on", "term", "concurrent", "document_number", "issued_by")


@dataclass(frozen=True, slots=True)
class Step:
    """What the act does with one holding; ``error`` says why it can't."""

    holding: Holding
    outcome: Outcome
    successor: str = ""
    error: CatalogError | None = None


@dataclass(frozen=True, slots=True)
class _Act:
    session: Session
    database: Database
    person: str
    successor: str
    by: Actor
    on: date
    number: str
    proposed: dict[str, list[Proposed]]


class _Undone(Exception):
    """Ends a preview: nothing of it is kept."""


def may(by: Actor, holding: Holding) -> bool:
    """Whether the actor hands over this one."""
    if not rights.writes(by):
        return False
    if by.person == CONSOLE.person and holding.group != "roles":
        return True
    roles = ROLES[holding.group]
    if holding.group == "cases":
        roles = (holding.kind, "department_head")  # who could act in it, or their head
    return any(
        by.holds(role) if role in ("security_admin", "admin") else by.may(role, holding.department or None)
        for role in roles
    )


def require(session: Session, by: Actor, person: str, held: list[Holding]) -> None:
    """Raise ``NotPermitted`` for who hands nothing of this person over."""
    account = session.get(Account, person)
    place = account.department if account else None
    if by.person == CONSOLE.person or by.holds("authority") or by.holds("security_admin"):
        return
    if by.may("department_head", place) or any(by.may("department_head", one.department) for one in held):
        return
    raise NotPermitted("role-needed", roles=list(OPENS))


def preview(
    database: Database, *, person: str, to: Mapping[str, str], by: Actor, on: date, number: str = ""
) -> list[Step]:
    """What ``hand_over`` would do, with every conflict; nothing is written."""
    steps: list[Step] = []
    try:
        with database.writing() as session:
            steps = _steps(session, database, person, to, by, on, number, collect=True)
            raise _Undone
    except _Undone:
        return steps


def hand_over(
    database: Database, *, person: str, to: Mapping[str, str], by: Actor, on: date, number: str = ""
) -> list[Step]:
    """Hand over everything that ``by`` may, group by group to the successor that ``to`` names, all or nothing.

    ``number`` is the document that appoints the successor. Raises ``NotPermitted`` (``case-four-eyes``:
    the successor has signed the step before), ``WrongState`` (``three-persons``), ``InvalidDocument``.
    """
    with database.writing() as session:
        return _steps(session, database, person, to, by, on, number, collect=False)


def _steps(
    session: Session, database: Database, person: str, to: Mapping[str, str], by: Actor, on: date,
    number: str, *, collect: bool,
) -> list[Step]:  # fmt: skip
    held = holdings(session, person, on)
    require(session, by, person, held)
    for group, successor in to.items():
        _check(session, person, group, successor)
    steps, proposed = [], dict[str, list[Proposed]]()
    for one in held:
        if not may(by, one):
            steps.append(Step(one, "left"))
            continue
        act = _Act(session, database, person, to.get(one.group, ""), by, on, number, proposed)
        try:
            steps.append(Step(one, _ACTS[one.group](act, one), act.successor))
        except CatalogError as error:
            if not collect:
                raise
            steps.append(Step(one, "conflict", act.successor, error))
    for department, changes in proposed.items():
        proposals.open_proposal(
            session, changes, by=on_behalf(by, "data_officer", department), title="人员交接：变更联系人",
            summary="联系人离岗，变更为接手人。",
        )  # fmt: skip
    done = [step for step in steps if step.outcome not in ("left", "conflict")]
    if done:
        counts = {group: sum(step.holding.group == group for step in done) for group in GROUPS}
        facts = {name: n for name, n in counts.items() if n} | {
            "to": sorted({step.successor for step in done if step.successor})
        }
        session.flush()
        ledger.append(session, [Line("person.handed-over", "person", person, data=facts)], by=by)
    return steps


def _check(session: Session, person: str, group: str, successor: str) -> None:
    if group not in GROUPS:
        raise InvalidDocument([Violation(f"/{group}", "enum", found=group, expected=list(GROUPS))])
    if not successor:
        return
    account = session.get(Account, successor)
    able = account is not None and not account.disabled and account.system is None
    if successor == person or (not able and group not in ("posts", "contacts")):
        raise InvalidDocument([Violation(f"/{group}", "handover-successor", found=successor)])


def _role(act: _Act, one: Holding) -> Outcome:
    grant = act.session.get(Grant, one.key)
    account = act.session.get(Account, act.person)
    if grant is None or account is None:  # an earlier step took the same role
        return "moves" if act.successor else "vacant"
    role, department, until = grant.role, grant.department, grant.until_on
    accounts.withdraw(
        act.session, login=account.login, role=role, department=department, by=act.by, on=act.on
    )
    if act.successor:
        successor = act.session.get(Account, act.successor)
        assert successor is not None
        try:
            accounts.grant(
                act.session, login=successor.login, role=role, department=department, by=act.by, on=act.on,
                until=date.fromisoformat(until) if until else None,
            )  # fmt: skip
        except AlreadyRegistered:
            return "moves"
        return "moves"
    others = act.session.scalars(
        select(Grant).where(col(Grant.role) == role, col(Grant.department) == department)
        if department
        else select(Grant).where(col(Grant.role) == role, col(Grant.department).is_(None))
    )
    return "returned" if list(others) else "vacant"


def _post(act: _Act, one: Holding) -> Outcome:
    document = dict(whole(act.session, APPOINTMENT, one.key) or {})
    until = document.get("term", {}).get("until", "")
    issued = document.get("issued_by")
    for name in _OF_THE_PERSON:
        document.pop(name, None)
    if act.successor:
        day = act.on.isoformat()
        term = {"from": day} | ({"until": until} if until > day else {})
        document |= {"person": act.successor, "appointed_on": day, "term": term}
        if act.number:
            document |= {"document_number": act.number} | ({"issued_by": issued} if issued else {})
    _revise(act, APPOINTMENT, one.key, document)
    return "moves" if act.successor else "vacant"


def _contact(act: _Act, one: Holding) -> Outcome:
    record = act.session.get(Record, (one.kind, one.key))
    document = replaced(whole(act.session, one.kind, one.key) or {}, act.person, act.successor)
    if record is None:
        raise NotFound(kind=one.kind, identifier=one.key)
    if one.kind == "dataset":  # what is published changes only by a review: one proposal a department
        act.proposed.setdefault(one.department, []).append(Proposed("dataset", document, one.key, record.seq))
        return "proposed"
    _revise(act, one.kind, one.key, document)
    return "moves" if act.successor else "vacant"


def _revise(act: _Act, kind: str, identifier: str, document: dict[str, Any]) -> None:
    changes = plan(act.session, [Incoming(kind, {"identifier": identifier} | document)], on=act.on)
    change = changes.all[0]
    if change.action == "refused":
        raise InvalidDocument(change.violations)
    apply_in(act.session, changes, database=act.database, by=act.by, on=act.on, note=act.number or None)


def _case(act: _Act, one: Holding) -> Outcome:
    case = act.session.get(Case, one.key)
    if case is None:
        raise NotFound(kind="case", identifier=one.key)
    if not act.successor:
        case.assignee = None
        amending.amend(act.session, case, "handed-back", by=act.by, values={}, data=None)
        return "returned"
    rows = [
        row
        for row in rights.open_rows(case)
        if row.side == case.awaits_side and case.awaits_role in row.roles
    ]
    for row in rows:
        if act.successor in rights.signers(case, row.differs):
            raise NotPermitted("case-four-eyes", verb=row.verb, verbs=list(row.differs))
    service.hand_over(act.session, case.number, by=act.by, read=case.seq, to=act.successor, on=act.on)
    return "moves"


def _draft(act: _Act, one: Holding) -> Outcome:
    draft = act.session.get(Draft, one.key)
    if draft is None:
        raise NotFound(kind="draft", identifier=one.key)
    if not act.successor:
        return "returned"  # colleagues of the department go on with it
    draft.by = act.successor
    act.session.add(draft)
    act.session.flush()
    return "moves"


def _token(act: _Act, one: Holding) -> Outcome:
    tokens.revoke(act.session, key=one.key, by=act.by)
    return "revoked"  # a secret never goes to anybody else


_ACTS: Mapping[Group, Callable[[_Act, Holding], Outcome]] = {
    "roles": _role, "posts": _post, "contacts": _contact, "cases": _case, "drafts": _draft, "tokens": _token,
}  # fmt: skip
