"""``Idempotency-Key``: a repeated POST gets the answer that the first one had."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session

from catalog.base import clock
from catalog.base.db import Database
from catalog.base.errors import WrongState
from catalog.ledger.service import By
from catalog.registry.models import Idempotency
from catalog.registry.verbs import Outcome


@dataclass(frozen=True)
class Answer:
    """What the first request did."""

    identifier: str
    seq: int
    version: int


def earlier(database: Database, key: str, by: By, request: str) -> Answer | None:
    """The earlier answer; ``WrongState`` if the key stood for another request."""
    with database.reading() as session:
        row = session.get(Idempotency, (key, by.person))
        if row is None:
            return None
        if row.request != request:
            raise WrongState("idempotency-key-reused", found=key)
        return Answer(row.identifier, row.seq, row.version)


def remember(session: Session, key: str, by: By, request: str, outcome: Outcome) -> None:
    """Keep the answer for the next time, in the transaction of the change itself.

    Of two equal requests at the same moment the second finds the key taken, and writes nothing.
    """
    session.add(
        Idempotency(
            key=key,
            by=by.person,
            request=request,
            identifier=outcome.identifier,
            seq=outcome.seq,
            version=outcome.version,
            at=clock.stamp(clock.now()),
        )
    )
    session.flush()
