"""Uploads: who may bring one, who may open it, how it is kept, handed over, returned and forgotten."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson
from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from catalog.base import clock
from catalog.base.errors import Malformed, NotFound, NotPermitted, WrongState
from catalog.base.settings import Settings
from catalog.identity.actors import Actor
from catalog.imports.models import STILL, Found, Problem, State, Upload
from catalog.kinds import BY_NAME, Kind
from catalog.ledger import service as ledger
from catalog.ledger.service import Line
from catalog.registry import rights, stored
from catalog.registry.stored import StoredFile

_MARK = b"upload\n"  # before the bytes of an upload, so that no other file is ever the same one
_MEDIA = "application/octet-stream"
INTERRUPTED = 60.0  # seconds without a sign of life after which a check is taken for dead


@dataclass(frozen=True, slots=True)
class Waiting:
    """An upload that somebody has to go on with, for the home page."""

    title: str
    href: str
    by: str
    department: str
    at: str
    state: str


def receive(
    session: Session,
    *,
    kind: Kind,
    data: bytes,
    filename: str,
    confirmed: bool,
    by: Actor,
    desk: rights.Desk,
    vendor: str = "",
) -> Upload:
    """Keep a file with the statement that it holds no secrets (一键承诺), which goes into the ledger.

    Raises ``Malformed`` without the statement or without content, ``NotPermitted``.
    """
    department = rights.home_of(by, kind, desk)
    if not confirmed:
        raise Malformed("statement-missing")
    if not data:
        raise Malformed("file-empty", file=filename)
    now = clock.stamp(clock.now())
    digest = hashlib.sha256(data).hexdigest()
    upload = Upload(
        id=f"IM{secrets.token_hex(8)}", kind=kind.name, department=department, by=by.person,
        filename=_name(filename), digest=digest, stored=stored.keep(session, _MARK + data, _MEDIA),
        size=len(data), vendor=vendor.strip()[:100], state="received",
        created_at=now, changed_at=now, touched_at=now,
    )  # fmt: skip
    session.add(upload)
    session.flush()
    said = {"digest": digest, "size": len(data), "kind": kind.name, "statement": "no-secrets"}
    ledger.append(session, [Line("import.uploaded", "import", upload.id, data=said)], by=by)
    return upload


def _name(filename: str) -> str:
    """The file's own name, without folders and what cannot be shown."""
    bare = filename.replace("\\", "/").rpartition("/")[2]
    return "".join(sign for sign in bare if sign.isprintable())[-160:] or "—"


def content(session: Session, upload: Upload) -> bytes:
    """The bytes of an upload; raises ``WrongState`` once they were dropped."""
    if upload.stored is None:
        raise WrongState("upload-dropped", possible=["upload-again"])
    return stored.fetch(session, upload.stored).removeprefix(_MARK)


def opened(session: Session, identifier: str, actor: Actor) -> Upload:
    """The upload, for its author and for whoever works for its department; ``NotFound`` for everybody else."""
    upload = session.get(Upload, identifier) if actor.signed_in else None
    if upload is None or not sees(actor, upload):
        raise NotFound(kind="upload", identifier=identifier)
    return upload


def sees(actor: Actor, upload: Upload) -> bool:
    """Whether the upload may be opened."""
    if actor.system is not None or not actor.allows("write"):
        return False
    return actor.person == upload.by or rights.may_prepare(actor, BY_NAME[upload.kind], upload.department)


def listed(session: Session, actor: Actor, limit: int = 200) -> Sequence[Upload]:
    """The uploads that the actor may open, newest first."""
    newest = select(Upload).order_by(col(Upload.changed_at).desc()).limit(2_000)
    return [upload for upload in session.scalars(newest) if sees(actor, upload)][:limit]


def waiting(session: Session, actor: Actor, settings: Settings) -> list[Waiting]:
    """What waits for ``actor``: handed over to approve, returned to mend, or one's own left unfinished."""
    states = [*STILL, "mapping", "failed"]
    newest = select(Upload).where(col(Upload.state).in_(states)).order_by(col(Upload.changed_at).desc())
    found = []
    for upload in session.scalars(newest.limit(500)):
        own = upload.by == actor.person
        kind = BY_NAME[upload.kind]
        if upload.state == "submitted" and not rights.approves(actor, kind, "register", upload.department):
            continue
        if sees(actor, upload) and (own or upload.state == "submitted") and _unfinished(upload):
            found.append(
                Waiting(
                    upload.filename, f"/imports/{upload.id}", upload.by, upload.department,
                    upload.changed_at, upload.state,
                )
            )  # fmt: skip
    return found


def _unfinished(upload: Upload) -> bool:
    """A checked file without anything to register or to mend needs nobody."""
    if upload.state != "checked":
        return True
    report = orjson.loads(upload.report)
    return any(report.get(name) for name in ("created", "revised", "refused"))


def change(session: Session, upload: Upload, *, expect: Sequence[State], **values: Any) -> None:
    """Change an upload that is still as it was read; raises ``WrongState`` where somebody was quicker."""
    now = clock.stamp(clock.now())
    statement = (
        update(Upload)
        .where(col(Upload.id) == upload.id, col(Upload.state).in_(expect))
        .where(col(Upload.changed_at) == upload.changed_at)
        .values(**values, changed_at=now, touched_at=now)
        .execution_options(synchronize_session=False)
    )
    if session.execute(statement).rowcount != 1:  # type: ignore[attr-defined]
        raise WrongState("upload-moved", found=upload.state, possible=["reload"])
    if upload in session:
        session.expire(upload)


def submit(session: Session, upload: Upload, *, by: Actor, note: str) -> None:
    """Hand a checked upload over to somebody who may register it (送审)."""
    change(session, upload, expect=("checked", "returned"), state="submitted", note=_note(note))
    ledger.append(session, [Line("import.submitted", "import", upload.id, note=_note(note))], by=by)


def send_back(session: Session, upload: Upload, *, by: Actor, note: str) -> None:
    """Return an upload to its author (退回) with the reason."""
    if not rights.approves(by, BY_NAME[upload.kind], "register", upload.department):
        raise NotPermitted(kind=upload.kind, verb="register", department=upload.department, roles=[])
    if not note.strip():
        raise Malformed("note-missing")
    change(session, upload, expect=("submitted",), state="returned", note=_note(note))
    ledger.append(session, [Line("import.returned", "import", upload.id, note=_note(note))], by=by)


def _note(note: str) -> str | None:
    return note.strip()[:500] or None


def interrupted(upload: Upload) -> bool:
    """Whether a check died with its process."""
    silent = clock.now() - clock.parse_stamp(upload.touched_at)
    return upload.state in ("received", "checking") and silent.total_seconds() > INTERRUPTED


def forget(session: Session, settings: Settings) -> int:
    """Drop the bytes and findings of uploads that nobody touched for ``CATALOG_UPLOAD_DAYS``; how many."""
    before = clock.stamp(clock.now() - timedelta(days=settings.upload_days))
    old = select(Upload).where(col(Upload.stored).is_not(None), col(Upload.changed_at) < before)
    dropped = list(session.scalars(old.limit(200)))
    keys = {upload.stored for upload in dropped}
    for upload in dropped:
        upload.stored = None
        for table in (Found, Problem):
            session.execute(delete(table).where(col(table.upload) == upload.id))
    session.flush()
    needed = set(session.scalars(select(Upload.stored).where(col(Upload.stored).in_(keys))))
    session.execute(delete(StoredFile).where(col(StoredFile.digest).in_(keys - needed)))
    return len(dropped)
