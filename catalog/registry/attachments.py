"""Scans of stamped papers on records: attach, detach, open; each act one entry in the same transaction.

Whoever may edit or approve a record may attach to it and detach from it. An internal attachment is seen
by those who see the record's internal fields, and each opening of it leaves an entry. The bytes stay in
the database after detaching (the paper was part of the file once); nobody can open them any more. The
entry names the file by its digest, never by its name, which may hold a person's.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlmodel import Session

from catalog.base.db import Database
from catalog.base.errors import (
    InvalidDocument,
    Malformed,
    NotFound,
    NotPermitted,
    NotSignedIn,
    Violation,
)
from catalog.identity.actors import Actor
from catalog.identity.sight import Sight
from catalog.kinds import BY_NAME, Kind
from catalog.ledger import service as ledger
from catalog.ledger.service import Line
from catalog.registry import stored
from catalog.registry.attachments_files import judge
from catalog.registry.attachments_models import Attachment
from catalog.registry.models import Record
from catalog.registry.reads import Reads

_LONGEST = 200
_CONTROL = re.compile(r"[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


@dataclass(frozen=True, slots=True)
class Scan:
    """One attachment as it is listed."""

    id: str
    filename: str
    media_type: str
    size: int
    title: str
    number: str | None
    signed_on: str | None
    internal: bool
    by: str
    at: str
    digest: str


class _Said(NamedTuple):
    title: str
    number: str | None
    signed_on: str | None


def may_attach(actor: Actor, kind: Kind, department: str) -> bool:
    """Whether ``actor`` may attach to a record of ``kind`` that ``department`` owns."""
    roles = {*kind.editors, *kind.approvers}
    able = actor.signed_in and actor.allows("write") and actor.system is None
    return able and any(actor.may(role, department) for role in roles)


async def attached(reads: Reads, kind: str, identifier: str, department: str, seen: Sight) -> list[Scan]:
    """The attachments of a record that this reader may know of, oldest first."""
    rows: Sequence[Any] = await reads.find("attachments", kind=kind, identifier=identifier)
    inside = seen.internal is None or department in seen.internal
    scans = [Scan(**dict(zip(Scan.__slots__, row, strict=True)) | {"internal": bool(row[7])}) for row in rows]
    return [scan for scan in scans if inside or not scan.internal]


def attach(
    database: Database,
    *,
    kind: str,
    identifier: str,
    data: bytes,
    filename: str,
    by: Actor,
    on: date,
    most_mb: int,
    title: str = "",
    number: str = "",
    signed_on: str = "",
    internal: bool = True,
) -> tuple[str, int]:
    """Attach a scan to a record; its id and the entry. Verb ``<kind>.attached``.

    Raises ``NotFound``, ``NotPermitted``, ``Malformed`` (size, type, a name that lies) and
    ``InvalidDocument`` for what is said about it.
    """
    with database.reading() as session:
        _permitted(session, kind, identifier, by)
    if len(data) > most_mb * 1024 * 1024:
        raise Malformed("attachment-large", found=len(data), expected=most_mb)
    judged = judge(data, filename)
    said = _said(title or judged.filename.rpartition(".")[0], number, signed_on, on)
    key = secrets.token_hex(8)
    with database.writing() as session:
        record = _permitted(session, kind, identifier, by)
        digest = stored.keep(session, data, judged.media_type)
        line = Line(
            f"{kind}.attached", kind, identifier, record.version,
            data={"attachment": key, "file": digest, "size": len(data), "type": judged.media_type, "internal": internal},
        )  # fmt: skip
        last = ledger.head(session)
        at = ledger.moment(last)
        seq = ledger.append(session, [line], by=by, last=last, at=at)[0]
        session.add(
            Attachment(
                id=key, kind=kind, identifier=identifier, digest=digest, filename=judged.filename,
                media_type=judged.media_type, size=len(data), internal=internal, by=by.person, at=at, seq=seq,
                title=said.title, number=said.number, signed_on=said.signed_on,
            )
        )  # fmt: skip
    return key, seq


def detach(database: Database, *, kind: str, identifier: str, key: str, by: Actor) -> int:
    """Take an attachment off a record; the entry. Verb ``<kind>.detached``; a second time is ``NotFound``."""
    with database.writing() as session:
        record = _permitted(session, kind, identifier, by)
        scan = _present(session, kind, identifier, key)
        line = Line(
            f"{kind}.detached", kind, identifier, record.version,
            data={"attachment": key, "file": scan.digest},
        )  # fmt: skip
        last = ledger.head(session)
        at = ledger.moment(last)
        seq = ledger.append(session, [line], by=by, last=last, at=at)[0]
        scan.removed_at, scan.removed_by, scan.removed_seq = at, by.person, seq
        session.add(scan)
    return seq


def open_(
    database: Database, *, kind: str, identifier: str, key: str, by: Actor, seen: Sight
) -> tuple[Attachment, bytes]:
    """An attachment and its bytes for this reader; opening an internal one is an entry."""
    with database.reading() as session:
        record = _record(session, kind, identifier)
        scan = _present(session, kind, identifier, key)
        if scan.internal and not (seen.internal is None or record.department in seen.internal):
            raise NotFound(kind="attachment", identifier=key)
        data, version = stored.fetch(session, scan.digest), record.version
        session.expunge(scan)
    if scan.internal:
        with database.writing() as session:
            line = Line(
                f"{kind}.read", kind, identifier, version, data={"view": "internal", "attachment": key}
            )
            ledger.append(session, [line], by=by)
    return scan, data


def _record(session: Session, kind: str, identifier: str) -> Record:
    record = session.get(Record, (kind, identifier))
    if record is None:
        raise NotFound(kind=kind, identifier=identifier)
    return record


def _permitted(session: Session, kind: str, identifier: str, by: Actor) -> Record:
    record = _record(session, kind, identifier)
    known = BY_NAME[kind]
    if not may_attach(by, known, record.department):
        if not by.signed_in:
            raise NotSignedIn()
        if not by.allows("write"):
            raise NotPermitted("token-scope", scope="write")
        roles = sorted({*known.editors, *known.approvers})
        raise NotPermitted(kind=kind, verb="attach", department=record.department, roles=roles)
    return record


def _present(session: Session, kind: str, identifier: str, key: str) -> Attachment:
    scan = session.get(Attachment, key)
    if scan is None or scan.removed_at or (scan.kind, scan.identifier) != (kind, identifier):
        raise NotFound(kind="attachment", identifier=key)
    return scan


def _said(title: str, number: str, signed_on: str, on: date) -> _Said:
    wrong = [
        Violation(f"/{name}", "max-length", found=len(value), expected=_LONGEST)
        for name, value in (("title", title), ("number", number))
        if len(value) > _LONGEST
    ]
    try:
        day = date.fromisoformat(signed_on).isoformat() if signed_on else None
        if day and day > on.isoformat():
            wrong.append(Violation("/signed_on", "attachment-future", found=day))
    except ValueError:
        wrong.append(Violation("/signed_on", "format-date", found=signed_on))
    if wrong:
        raise InvalidDocument(wrong)
    return _Said(_CONTROL.sub("", title).strip() or "—", _CONTROL.sub("", number).strip() or None, day)
