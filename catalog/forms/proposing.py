"""A verb that the desk asks a case for, as a change proposal: another status, an end, an earlier version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from catalog.base.db import Database
from catalog.cases.proposals import Proposed, open_proposal
from catalog.identity.actors import Actor
from catalog.kinds import Kind, Verb
from catalog.registry import verbs


@dataclass(frozen=True, slots=True)
class Wish:
    """What is proposed: ``status`` for a move, ``version`` for an earlier text, ``override`` to end what is in use."""

    verb: Verb
    status: str = ""
    successor: str | None = None
    version: int = 0
    override: bool = False
    reason: str | None = None


def propose(
    database: Database, kind: Kind, records: Sequence[tuple[str, int]], wish: Wish, *, by: Actor
) -> str:
    """Open one proposal for records (identifier, the entry that was read); its number.

    Raises what the verb itself would raise now: ``WrongState``, ``InvalidDocument``, ``InUse``, ``Stale``,
    ``NotFound``; ``NotPermitted`` for who may not edit.
    """
    with database.writing() as session:
        proposed = [_proposed(session, kind, identifier, read, wish) for identifier, read in records]
        return open_proposal(session, proposed, by=by, summary=wish.reason or "").number


def _proposed(session: Session, kind: Kind, identifier: str, read: int, wish: Wish) -> Proposed:
    record = verbs.expect(session, kind.name, identifier, read)
    if wish.verb == "restore":
        document = verbs.earlier(session, kind.name, identifier, wish.version)
        return Proposed(kind.name, document, identifier, read)
    status = kind.retired if wish.verb == "retire" else wish.status
    verbs.check_transit(session, record, status, wish.successor)
    if wish.verb == "retire" and not wish.successor and not (wish.override and wish.reason):
        verbs.check_unused(session, record)
    return Proposed(kind.name, {}, identifier, read, status, wish.verb, wish.successor)
