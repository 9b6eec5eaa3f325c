"""The verbs on one record: register, revise, move, retire, confirm, restore, redact.

Each is one transaction with one ledger entry, takes ``by=`` and, but for ``register``, the ETag that its
author has read (``read``: the seq). Raised: ``NotFound``, ``Stale``, ``WrongState``, ``InUse``,
``InvalidDocument``, and what ``permit`` raises.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from sqlmodel import Session, col, func, select

from catalog.base.db import FOREVER, Database, execute_rows, insert_rows, upsert_rows
from catalog.base.documents import Document, canonical, form_violations
from catalog.base.errors import (
    AlreadyRegistered,
    InUse,
    InvalidDocument,
    NotFound,
    Stale,
    Violation,
    WrongState,
)
from catalog.kinds import BY_NAME, Verb
from catalog.ledger import service as ledger
from catalog.ledger.service import By, Line
from catalog.registry import standards
from catalog.registry.after import follow
from catalog.registry.apply import apply
from catalog.registry.checks import in_use
from catalog.registry.documents import whole
from catalog.registry.models import Content, Record, Version
from catalog.registry.plan import Change, Permit, plan
from catalog.registry.prepare import Incoming
from catalog.standards import schemas

_PAST: dict[Verb, str] = {"move": "moved", "retire": "retired", "confirm": "confirmed"}


@dataclass(frozen=True)
class Outcome:
    """What a verb did: which record, at which entry, and what it warns about."""

    kind: str
    identifier: str
    seq: int
    version: int
    changed: bool
    warnings: list[Violation]


def register(
    database: Database,
    *,
    kind: str,
    document: Document,
    by: By,
    on: date,
    permit: Permit,
    status: str | None = None,
    note: str | None = None,
    beside: Callable[[Session, Outcome], None] | None = None,
) -> Outcome:
    """Register a new record; a document without an identifier is given the next one.

    ``beside`` writes something more in the same transaction.
    """
    incoming = Incoming(kind, document, status)
    return _write(database, incoming, by=by, on=on, permit=permit, note=note, new=True, beside=beside)


def revise(
    database: Database,
    *,
    kind: str,
    identifier: str,
    document: Document,
    read: int,
    by: By,
    on: date,
    permit: Permit,
    note: str | None = None,
) -> Outcome:
    """Replace the document of a record by a new version; an equal one changes nothing."""
    if not isinstance(document, dict):
        raise InvalidDocument(form_violations(document))
    incoming = Incoming(kind, {"identifier": identifier} | document, etag=read)
    if incoming.document["identifier"] != identifier:
        raise InvalidDocument(
            [
                Violation(
                    "/identifier", "identifier-changed", found=document["identifier"], expected=identifier
                )
            ]
        )
    return _write(database, incoming, by=by, on=on, permit=permit, note=note, new=False)


def _write(
    database: Database,
    incoming: Incoming,
    *,
    by: By,
    on: date,
    permit: Permit,
    note: str | None,
    new: bool,
    beside: Callable[[Session, Outcome], None] | None = None,
) -> Outcome:
    with database.reading() as session:
        if not new:
            _present(session, incoming.kind, str(incoming.document["identifier"]))
        changes = plan(session, [incoming], on=on, permit=None)
    change = changes.all[0]
    if new and change.before and change.action != "refused":
        raise AlreadyRegistered(kind=incoming.kind, identifier=change.identifier)
    if any(violation.rule == "stale" for violation in change.violations):
        stale = next(violation for violation in change.violations if violation.rule == "stale")
        raise Stale(
            kind=incoming.kind, identifier=change.identifier, found=stale.found, expected=stale.expected
        )
    for owner in _owners(change):
        permit(change.kind, "register" if new else "revise", owner)
    if change.action == "refused":
        raise InvalidDocument(change.violations)

    def more(session: Session, seqs: range) -> None:
        if beside:
            beside(session, _outcome(change, seqs))

    return _outcome(change, apply(database, changes, by=by, on=on, note=note, beside=more))


def _outcome(change: Change, seqs: range) -> Outcome:
    before = change.before
    key = (change.kind.name, str(change.identifier))
    if before and not seqs:
        return Outcome(*key, before.seq, before.version, False, change.violations)
    return Outcome(*key, seqs[0], before.version + 1 if before else 1, True, change.violations)


def _owners(change: Change) -> set[str | None]:
    """Who must be asked: the owner that the document names and the one that holds it now."""
    return {change.prepared.owner} | ({change.before.department} if change.before else set())


def move(
    database: Database,
    *,
    kind: str,
    identifier: str,
    status: str,
    read: int,
    by: By,
    permit: Permit,
    successor: str | None = None,
    note: str | None = None,
) -> Outcome:
    """Bring a record into another status; the document must fit the profile that the status demands."""
    with database.writing() as session:
        record = expect(session, kind, identifier, read)
        return transit(
            session, record, "move", status=status, by=by, permit=permit, successor=successor, note=note
        )


def retire(
    database: Database,
    *,
    kind: str,
    identifier: str,
    read: int,
    by: By,
    permit: Permit,
    successor: str | None = None,
    override: bool = False,
    note: str | None = None,
) -> Outcome:
    """End a record. What is in use needs a successor, or ``override`` with a reason in ``note``."""
    with database.writing() as session:
        record = expect(session, kind, identifier, read)
        if not successor and not (override and note):
            check_unused(session, record)
        status = BY_NAME[kind].retired
        return transit(
            session, record, "retire", status=status, by=by, permit=permit, successor=successor, note=note
        )


def transit(
    session: Session,
    record: Record,
    verb: Verb,
    *,
    status: str,
    by: By,
    permit: Permit,
    successor: str | None = None,
    note: str | None = None,
) -> Outcome:
    """Bring a record that was just read into another status, inside the caller's transaction."""
    permit(BY_NAME[record.kind], verb, record.department)
    check_transit(session, record, status, successor)
    data = {"from": record.status, "to": status}
    state = orjson.loads(record.state)
    if successor:
        state["successor"] = data["successor"] = successor
    return _touch(session, record, verb, by=by, status=status, state=state, note=note, data=data)


def check_transit(session: Session, record: Record, status: str, successor: str | None) -> None:
    """Raise ``WrongState`` or ``InvalidDocument`` where a record may not pass into ``status`` now."""
    kind, identifier = record.kind, record.identifier
    possible = BY_NAME[kind].moves[record.status]
    if status not in possible:
        raise WrongState(
            kind=kind, identifier=identifier, found=record.status, wanted=status, possible=list(possible)
        )
    document = whole(session, kind, identifier) or {}
    _check_profile(kind, document, status)
    _check_successor(session, record, document, status, successor)


def _check_profile(kind: str, document: Document, status: str) -> None:
    found = schemas.check(kind, document, BY_NAME[kind].statuses[status])
    if any(violation.severity == "error" for violation in found):
        raise InvalidDocument(found)


def _check_successor(
    session: Session, record: Record, document: Document, status: str, successor: str | None
) -> None:
    if status == "superseded" and not (successor or document.get("successor")):
        raise InvalidDocument([Violation("/successor", "successor-required", expected=record.kind)])
    if successor and session.get(Record, (record.kind, successor)) is None:
        raise InvalidDocument(
            [Violation("/successor", "reference-missing", found=successor, expected=record.kind)]
        )


def check_unused(session: Session, record: Record) -> None:
    """Raise ``InUse`` with up to twenty records that still refer to this one."""
    usages = in_use(session, record.kind, record.identifier)
    if usages:
        raise InUse(kind=record.kind, identifier=record.identifier, usages=usages)


def confirm(
    database: Database,
    *,
    kind: str,
    identifier: str,
    read: int,
    by: By,
    permit: Permit,
    note: str | None = None,
) -> Outcome:
    """Say that a record is still right; its age begins anew."""
    with database.writing() as session:
        return affirm(session, expect(session, kind, identifier, read), by=by, permit=permit, note=note)


def affirm(session: Session, record: Record, *, by: By, permit: Permit, note: str | None) -> Outcome:
    """Confirm a record that was just read, inside the caller's transaction."""
    permit(BY_NAME[record.kind], "confirm", record.department)
    at = ledger.moment(ledger.head(session))
    state = orjson.loads(record.state) | {"confirmed_at": at, "confirmed_by": by.person}
    return _touch(session, record, "confirm", by=by, status=record.status, state=state, note=note, data=None)


def restore(
    database: Database,
    *,
    kind: str,
    identifier: str,
    version: int,
    read: int,
    by: By,
    on: date,
    permit: Permit,
    note: str | None = None,
) -> Outcome:
    """Make an earlier version the newest one, judged by today's standard."""
    with database.reading() as session:
        document = earlier(session, kind, identifier, version)
    return revise(
        database, kind=kind, identifier=identifier, document=document, read=read, by=by, on=on, permit=permit,
        note=note or f"restored from version {version}",
    )  # fmt: skip


def earlier(session: Session, kind: str, identifier: str, version: int) -> Document:
    """The document of an earlier version; raises ``NotFound``."""
    _present(session, kind, identifier)
    seq = session.scalar(
        select(func.max(Version.from_seq)).where(
            Version.kind == kind, Version.identifier == identifier, Version.version == version
        )
    )
    document = whole(session, kind, identifier, seq=seq) if seq else None
    if document is None:
        raise NotFound(kind=kind, identifier=f"{identifier} v{version}")
    return document


def redact(database: Database, *, kind: str, identifier: str, version: int, by: By, reason: str) -> int:
    """Replace the texts of one earlier version by tombstones; ``verify`` then names this entry.

    The text that holds now can't be redacted: revise it first.
    """
    with database.writing() as session:
        record = _present(session, kind, identifier)
        rows = session.execute(
            select(Version.content, Version.public_content)
            .where(Version.kind == kind, Version.identifier == identifier, Version.version == version)
            .distinct()
        ).all()
        keys = {key for row in rows for key in row if key}
        if not keys:
            raise NotFound(kind=kind, identifier=f"{identifier} v{version}")
        if keys & {record.content, record.public_content}:
            raise WrongState("still-current", kind=kind, identifier=identifier, version=version)
        line = Line(f"{kind}.redacted", kind=kind, identifier=identifier, version=version, note=reason)
        seq = ledger.append(session, [line], by=by)[0]
        for content in session.scalars(select(Content).where(col(Content.digest).in_(keys))):
            content.text, content.packed, content.redacted_by = b"", False, seq
        return seq


def _present(session: Session, kind: str, identifier: str) -> Record:
    record = session.get(Record, (kind, identifier))
    if record is None:
        raise NotFound(kind=kind, identifier=identifier)
    return record


def expect(session: Session, kind: str, identifier: str, read: int) -> Record:
    """The record, if it is still as its author has read it; raises ``NotFound`` or ``Stale``."""
    standards.check(session, [kind])
    record = _present(session, kind, identifier)
    if record.seq != read:
        raise Stale(kind=kind, identifier=identifier, found=read, expected=record.seq)
    return record


def _touch(
    session: Session,
    record: Record,
    verb: Verb,
    *,
    by: By,
    status: str,
    state: dict[str, Any],
    note: str | None,
    data: dict[str, Any] | None,
) -> Outcome:
    """Write a new state of a record whose document stays: one entry, the same content row."""
    last = ledger.head(session)
    at = ledger.moment(last)
    line = Line(
        f"{record.kind}.{_PAST[verb]}",
        record.kind,
        record.identifier,
        record.version,
        note,
        data,
        record.content,
    )
    seq = ledger.append(session, [line], by=by, last=last, at=at)[0]
    shape = (
        record.version, status, record.department, record.name, record.standard, record.content,
        record.public_content, canonical(state).decode(), record.registered_at, at,
    )  # fmt: skip
    names = ("version", "status", "department", "name", "standard", "content", "public_content", "state", "registered_at", "changed_at")  # fmt: skip
    key = (record.kind, record.identifier)
    session.expunge(record)
    statement = f"UPDATE version SET to_seq = ? WHERE kind = ? AND identifier = ? AND to_seq = {FOREVER}"
    execute_rows(session, statement, [(seq, *key)])
    insert_rows(
        session,
        "version",
        ("kind", "identifier", "from_seq", "to_seq", *names),
        [(*key, seq, FOREVER, *shape)],
    )
    upsert_rows(
        session,
        "record",
        ("kind", "identifier", "seq", *names),
        [(*key, seq, *shape)],
        key=("kind", "identifier"),
    )
    follow(session, [BY_NAME[key[0]]], by=by, first=seq)
    return Outcome(key[0], key[1], seq, record.version, True, [])
