"""A POST that opens a case, sent twice under one ``Idempotency-Key``, opens one case and answers with it twice."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session
from starlette.requests import Request

from catalog.base.db import Database
from catalog.base.errors import CatalogError
from catalog.cases import service
from catalog.cases.models import Case
from catalog.identity.actors import Actor
from catalog.registry.idempotency import earlier, remember
from catalog.registry.verbs import Outcome

HEADER: dict[str, Any] = {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string"}}
"""The parameter as OpenAPI describes it."""
Told = TypeVar("Told")


@dataclass(frozen=True, slots=True)
class Asked:
    """The key of a request, empty without one, and the digest of what it asks."""

    key: str
    request: str


async def asked(request: Request) -> Asked:
    """What a request is known by when it comes again."""
    target = f"{request.url.path}?{request.url.query}".encode()
    said = hashlib.sha256(target + await request.body()).hexdigest()
    return Asked(request.headers.get("idempotency-key", ""), said)


def once(
    database: Database,
    asked: Asked,
    *,
    by: Actor,
    work: Callable[[Session], Case],
    tell: Callable[[Session, Case], Told],
) -> Told:
    """What ``tell`` says of the case of ``work``, or of the one that the same request had before.

    Raises ``WrongState`` (``idempotency-key-reused``) where the key stood for another request.
    """
    told = _again(database, asked, by, tell)
    if told is not None:
        return told
    try:
        with database.writing() as session:
            case = work(session)
            if asked.key:
                outcome = Outcome("case", case.number, case.seq, 0, True, [])
                remember(session, asked.key, by, asked.request, outcome)
            return tell(session, case)
    except (CatalogError, IntegrityError):  # an equal request may have been quicker
        told = _again(database, asked, by, tell)
        if told is None:
            raise
        return told


def _again(database: Database, asked: Asked, by: Actor, tell: Callable[[Session, Case], Told]) -> Told | None:
    answer = earlier(database, asked.key, by, asked.request) if asked.key else None
    if answer is None:
        return None
    with database.reading() as session:
        return tell(session, service.get(session, answer.identifier, by))
