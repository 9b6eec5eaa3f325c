"""What corrections, disputes and demands ask of the register and of who acts, in the caller's session."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from catalog.base.documents import Document
from catalog.base.errors import InvalidDocument, NotFound, NotPermitted, Violation
from catalog.cases import rights
from catalog.cases.models import Case, CaseSubject
from catalog.identity.actors import Actor
from catalog.registry.documents import whole
from catalog.registry.models import Record

OFFICERS = ("data_officer", "sharing_officer")


def acting(by: Actor, asked: str | None, roles: Collection[str] = OFFICERS) -> str:
    """The department for which somebody acts: the one they ask for, else their own. Raises ``NotPermitted``."""
    place = asked or by.department or ""
    if not place or not rights.writes(by) or not any(by.may(role, place) for role in roles):
        raise NotPermitted("case-not-yours", department=place, roles=list(roles), possible=[])
    return place


def record_of(session: Session, kind: str, identifier: str) -> tuple[Record, Document]:
    """A record and its document. Raises ``NotFound``."""
    record = session.get(Record, (kind, identifier))
    document = whole(session, kind, identifier)
    if record is None or document is None:
        raise NotFound(kind=kind, identifier=identifier)
    return record, document


def short(session: Session, department: str) -> str:
    """What a department is called in short."""
    found = whole(session, "department", department) or {}
    return str(found.get("short_name") or found.get("name") or department)


def given(values: Mapping[str, Any], known: Collection[str]) -> Document:
    """The parts that somebody gave, without the empty ones; any other is refused."""
    foreign = sorted(set(values) - set(known))
    if foreign:
        raise InvalidDocument(
            [Violation(f"/{name}", "enum", found=name, expected=list(known)) for name in foreign]
        )
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}


def require(found: list[Violation]) -> None:
    """Refuse with everything that is wrong, all at once."""
    if found:
        raise InvalidDocument(found)


def not_later(said: str, on: date, pointer: str) -> list[Violation]:
    """A day on which something has happened lies not after ``on``."""
    late = said > on.isoformat()
    found = Violation(pointer, "date-in-future", "error", found=said, expected=on.isoformat())
    return [found] if late else []


def about(session: Session, type: str, kind: str, identifier: str) -> list[Case]:
    """The cases of a type that are about something, newest first."""
    statement = (
        select(Case)
        .join(CaseSubject, col(CaseSubject.number) == col(Case.number))
        .where(CaseSubject.kind == kind, CaseSubject.identifier == identifier, Case.type == type)
    )
    return list(session.scalars(statement.order_by(col(Case.number).desc())))
