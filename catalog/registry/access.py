"""Who may: the questions that the doors ask about an actor."""

from __future__ import annotations

import asyncio

from sqlmodel import Session
from starlette.requests import Request

from catalog.base.errors import NotFound, NotPermitted, NotSignedIn
from catalog.base.settings import Settings
from catalog.identity import permissions
from catalog.identity.actors import ANONYMOUS, Actor
from catalog.identity.sight import Sight
from catalog.kinds import Kind, Verb
from catalog.ledger import service as ledger
from catalog.ledger.service import Line
from catalog.registry.models import Record
from catalog.registry.plan import Permit
from catalog.registry.reads import Row


def signed_in(actor: Actor) -> bool:
    """Whether somebody is signed in."""
    return actor.person != ANONYMOUS.person


def require_signed_in(actor: Actor) -> None:
    """Raise ``NotSignedIn`` for the anonymous reader."""
    if not signed_in(actor):
        raise NotSignedIn()


def require(actor: Actor, sight: Sight, kind: str) -> None:
    """Raise where the reader may not know of any record of ``kind``."""
    if kind not in sight.kinds:
        require_signed_in(actor)
        raise NotFound(kind="kind", identifier=kind)


def sees_ledger(actor: Actor) -> bool:
    """Whether the actor sees notes, clients and data of entries."""
    return any(actor.holds(role) for role in ("auditor", "authority"))


def permit(actor: Actor, settings: Settings, *, reason: str | None) -> Permit:
    """The question whether ``actor`` may use a verb on a kind for a department."""

    def asked(kind: Kind, verb: Verb, department: str | None) -> None:
        permissions.permit(actor, kind, verb, department, reason=reason, desk=settings.desk)

    return asked


def refuse_blind(session: Session, kind: str, identifier: str) -> None:
    """Refuse to replace a document whose internal fields the author has not read; they would be lost."""
    record = session.get(Record, (kind, identifier))
    if record is not None and record.public_content is not None:
        raise NotPermitted("internal-view-needed", kind=kind, identifier=identifier)


async def note_internal_read(request: Request, row: Row) -> None:
    """Every read of internal fields is an entry."""
    found = request.app.state.runtime

    def work() -> None:
        with found.database.writing() as session:
            line = Line(f"{row.kind}.read", row.kind, row.identifier, row.version, data={"view": "internal"})
            ledger.append(session, [line], by=request.state.actor)

    await asyncio.to_thread(work)
