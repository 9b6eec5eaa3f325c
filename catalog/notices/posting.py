"""Entering notices: the row that its reader finds in the catalogue, and beside it what leaves by e-mail or robot.

All rows of a notice are written in one transaction; a key that exists is left alone, so that deriving or
reminding a second time tells nobody twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from catalog.base.db import select_in, upsert_rows
from catalog.base.documents import canonical
from catalog.base.settings import Settings
from catalog.identity.models import Person
from catalog.notices.models import Choice, Notice
from catalog.notices.told import KINDS, MAILED, Told

_NOTICE = ("key", "person", "kind", "message", "details", "href", "at")
_DELIVERY = ("key", "channel", "target", "payload", "state", "next_at", "attempts", "reason", "at")
_ROBOT = frozenset({"waits", "urged", "agreement", "remind"})


@dataclass(frozen=True, slots=True)
class Cause:
    """What is told: ``key`` names it once and for all, ``details`` fill the words, ``href`` is its page."""

    key: str
    details: Mapping[str, Any]
    href: str


def post(session: Session, cause: Cause, people: Iterable[Told], *, at: str, settings: Settings) -> int:
    """Tell ``people`` of ``cause``; how many had not been told of it before."""
    told = list(people)
    known = set(existing(session, (_key(cause, one) for one in told)))
    new = [one for one in told if _key(cause, one) not in known]
    if not new:
        return 0
    details = canonical(dict(cause.details)).decode()
    upsert_rows(
        session, "notice", _NOTICE,
        [(_key(cause, one), one.person, one.kind, one.message, details, cause.href, at) for one in new],
        key=("key",), keep=True,
    )  # fmt: skip
    choices = chosen(session, [one.person for one in new])
    reachable = set(
        session.scalars(
            select(Person.person).where(
                col(Person.person).in_([one.person for one in new]), col(Person.email).is_not(None)
            )
        )
    )
    rows = [
        delivery(
            "mail", one.person, canonical({"notice": _key(cause, one)}).decode(), at, mark=_key(cause, one)
        )
        for one in new
        if one.person in reachable and choices.get((one.person, one.kind), one.kind in MAILED)
    ]
    spoken = next((one for one in new if one.kind in _ROBOT), None)
    if settings.robot_url and spoken and not known:
        said = {"message": spoken.message, "details": dict(cause.details), "href": cause.href}
        rows.append(delivery("robot", "", canonical(said).decode(), at, mark=cause.key))
    send(session, rows)
    return len(new)


def existing(session: Session, keys: Iterable[str]) -> list[str]:
    """Which of ``keys`` were told already."""
    return [row[0] for row in select_in(session, "SELECT key FROM notice WHERE key IN (:values)", keys)]


def delivery(channel: str, target: str, payload: str, at: str, *, mark: str) -> tuple[Any, ...]:
    """One row of the outbox; ``mark`` makes its key, so that the same message has the same key for ever."""
    key = "ND-" + hashlib.sha256(f"{channel}|{target}|{mark}".encode()).hexdigest()[:24]
    return (key, channel, target, payload, "waiting", at, 0, "", at)


def send(session: Session, rows: list[tuple[Any, ...]]) -> None:
    """Put messages into the outbox; one that is there stays as it is."""
    upsert_rows(session, "delivery", _DELIVERY, rows, key=("key",), keep=True)


def chosen(session: Session, people: Iterable[str]) -> dict[tuple[str, str], bool]:
    """What people have chosen about e-mail, where it differs from the default."""
    rows = session.scalars(select(Choice).where(col(Choice.person).in_(sorted(set(people)))))
    return {(row.person, row.kind): row.mail for row in rows}


def choose(session: Session, person: str, mailed: Iterable[str]) -> None:
    """Say which kinds come by e-mail; nobody else's business, and no entry."""
    wanted = set(mailed)
    rows = [(person, kind, kind in wanted) for kind in KINDS]
    upsert_rows(session, "notice_choice", ("person", "kind", "mail"), rows, key=("person", "kind"))


def mailed(session: Session, person: str) -> dict[str, bool]:
    """Every kind, and whether it comes by e-mail."""
    held = chosen(session, [person])
    return {kind: held.get((person, kind), kind in MAILED) for kind in KINDS}


def _key(cause: Cause, one: Told) -> str:
    return f"{cause.key}:{one.person}"


def unread(session: Session, person: str, most: int = 100) -> int:
    """How many notices a person has not read, counted up to ``most``."""
    wanted = select(Notice.key).where(col(Notice.person) == person, col(Notice.read_at).is_(None))
    return len(session.scalars(wanted.limit(most)).all())
