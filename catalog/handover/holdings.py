"""What hangs on a person: posts, contacts of records, roles, cases, drafts and tokens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

import orjson
from sqlalchemy import text as sql
from sqlmodel import Session, col, func, select

from catalog.base import clock
from catalog.base.documents import Document
from catalog.base.errors import NotFound
from catalog.cases.models import Case
from catalog.forms.models import Draft
from catalog.identity import accounts, persons
from catalog.identity.models import Account, Token
from catalog.identity.persons import KEY
from catalog.kinds import BY_NAME
from catalog.registry.checks import OVER
from catalog.registry.contents import unpack

Group = Literal["roles", "posts", "contacts", "cases", "drafts", "tokens"]
GROUPS: tuple[Group, ...] = get_args(Group)
APPOINTMENT = "appointment"
_CONTACTS = ("department", "system", "dataset")  # kinds whose ``contact`` is a person


@dataclass(frozen=True, slots=True)
class Holding:
    """One thing that hangs on a person; ``key`` finds it again, ``kind`` says what it is within its group."""

    group: Group
    key: str
    name: str
    kind: str
    department: str
    href: str = ""
    waiting: int = 0  # cases that wait for a role, for whoever holds it


def person_of(session: Session, said: str) -> str:
    """The key of a person given by key or by login. Raises ``NotFound``."""
    if KEY.fullmatch(said):
        return persons.find(session, person=said).person
    found = session.scalar(select(Account.person).where(Account.login == said))
    if found is None:
        raise NotFound(kind="person", identifier=said[:60])
    return found


def holdings(session: Session, person: str, on: date) -> list[Holding]:
    """Everything that hangs on a person today, group by group."""
    found = [*_roles(session, person, on), *_records(session, person), *_cases(session, person)]
    found += [*_drafts(session, person), *_tokens(session, person)]
    return sorted(found, key=lambda one: (GROUPS.index(one.group), one.department, one.key))


def _roles(session: Session, person: str, on: date) -> Iterator[Holding]:
    if session.get(Account, person) is None:
        return
    for grant in accounts.grants(session, person=person, on=on):
        waiting = session.scalar(
            select(func.count()).where(
                Case.awaits_role == grant.role, Case.awaits_department == (grant.department or "")
            )
        )
        yield Holding(
            "roles", grant.key, grant.role, grant.role, grant.department or "", waiting=int(waiting or 0)
        )


def _records(session: Session, person: str) -> Iterator[Holding]:
    """Appointments that the person holds and records that name the person as their contact."""
    for kind in (APPOINTMENT, *_CONTACTS):
        statement = sql(
            "SELECT r.identifier, r.name, r.status, r.department, c.text, c.packed FROM record r"
            " JOIN content c ON c.digest = r.content WHERE r.kind = :kind ORDER BY r.identifier"
        )
        for identifier, name, status, department, held, packed in session.execute(statement, {"kind": kind}):
            if status in OVER or status == BY_NAME[kind].retired or not held:
                continue
            text = unpack(held, packed)
            if person.encode() not in text:
                continue
            href = f"/{BY_NAME[kind].plural}/{identifier}"
            document = orjson.loads(text)
            if kind == APPOINTMENT and document.get("person") == person:
                yield Holding("posts", identifier, document.get("post") or name, kind, department, href)
            elif kind != APPOINTMENT and replaced(document, person, "") != document:
                yield Holding("contacts", identifier, name, kind, department, href)


def replaced(document: Document, person: str, by: str) -> Document:
    """The document with another contact, or none where ``by`` is empty; what was signed stays as it is."""
    made: Document = orjson.loads(orjson.dumps(document))
    _replace(made, person, by)
    return made


def _replace(value: object, person: str, by: str) -> None:
    if isinstance(value, list):
        for one in value:
            _replace(one, person, by)
    elif isinstance(value, dict):
        for name in [*value]:
            if name == "contact" and value[name] == person:
                if by:
                    value[name] = by
                else:
                    del value[name]
            else:
                _replace(value[name], person, by)


def _cases(session: Session, person: str) -> Iterator[Holding]:
    rows = select(Case).where(col(Case.assignee) == person, col(Case.closed).is_(False))
    for case in session.scalars(rows.order_by(col(Case.number))):
        yield Holding(
            "cases",
            case.number,
            case.title,
            case.awaits_role,
            case.awaits_department,
            f"/cases/{case.number}",
        )


def _drafts(session: Session, person: str) -> Iterator[Holding]:
    for draft in session.scalars(
        select(Draft).where(col(Draft.by) == person, col(Draft.state) != "submitted")
    ):
        yield Holding("drafts", draft.id, draft.title or draft.id, draft.kind, draft.department)


def _tokens(session: Session, person: str) -> Iterator[Holding]:
    present = clock.stamp(clock.now())
    rows = select(Token).where(col(Token.person) == person, col(Token.revoked_at).is_(None))
    for token in session.scalars(rows.where(col(Token.expires_at) > present)):
        yield Holding("tokens", token.key, token.name, "token", token.department or "")
