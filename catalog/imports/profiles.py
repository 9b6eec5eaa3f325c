"""Profiles that were kept: how a department's tables of one layout are read, for next time."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence

import orjson
from sqlmodel import Session, col, select

from catalog.base import clock
from catalog.base.errors import NotFound, Source, Violation
from catalog.exchange.layouts import Profile
from catalog.imports import names, reading
from catalog.imports.models import KeptProfile, Upload
from catalog.registry.brought import Known, incoming_of
from catalog.registry.prepare import Incoming
from catalog.runtime import Runtime

AUTO = "auto"


def fitting(session: Session, upload: Upload, fingerprints: Sequence[str]) -> dict[str, KeptProfile]:
    """For each layout the profile kept last, that of the same vendor first."""
    statement = (
        select(KeptProfile)
        .where(KeptProfile.department == upload.department, KeptProfile.kind == upload.kind)
        .where(col(KeptProfile.fingerprint).in_(fingerprints))
        .order_by(col(KeptProfile.saved_at))
    )
    kept = sorted(session.scalars(statement), key=lambda one: one.vendor == upload.vendor)
    return {one.fingerprint: one for one in kept}


def parsed(kept: Mapping[str, KeptProfile]) -> dict[str, Profile]:
    """The profiles as documents say them."""
    return {key: Profile.of(orjson.loads(one.document)) for key, one in kept.items()}


def keep(session: Session, upload: Upload, profile: Profile, *, by: str) -> None:
    """Keep a profile for the upload's department and vendor, in the place of the one before."""
    same = select(KeptProfile).where(
        KeptProfile.department == upload.department,
        KeptProfile.kind == upload.kind,
        KeptProfile.fingerprint == profile.fingerprint,
        KeptProfile.vendor == upload.vendor,
    )
    now = clock.stamp(clock.now())
    kept = session.scalars(same).first() or KeptProfile(
        id=f"IP{secrets.token_hex(6)}", department=upload.department, kind=upload.kind,
        fingerprint=profile.fingerprint, vendor=upload.vendor, document="", by=by, saved_at=now, used_at=now,
    )  # fmt: skip
    kept.document = orjson.dumps(profile.document()).decode()
    kept.title, kept.by, kept.saved_at, kept.used_at = upload.filename, by, now, now
    session.add(kept)


def gathered(
    runtime: Runtime, data: bytes, filename: str, *, kind: str, profile: str, status: str | None = None
) -> tuple[list[Incoming], list[tuple[Source | None, Sequence[Violation]]]]:
    """For the command line: what a foreign workbook holds by a kept profile, and what could not be read.

    ``profile`` is the identifier of a kept one, or ``auto`` for the one that was kept last for each layout.
    Raises ``NotFound`` where a layout has none.
    """
    file = reading.opened(data, filename, kind)
    with runtime.database.reading() as session:
        wanted = select(KeptProfile).where(KeptProfile.kind == kind).order_by(col(KeptProfile.saved_at))
        if profile != AUTO:
            wanted = wanted.where(KeptProfile.id == profile)
        kept = {one.fingerprint: one for one in session.scalars(wanted)}
        if any(layout.fingerprint not in kept for layout in file.layouts):
            raise NotFound(kind="import-profile", identifier=profile)
        rows = list(file.rows(parsed(kept), Known(session)))
        rows, _ = names.led(session, rows, kind)
        read = [row for row in rows if not row.violations]
        unread: list[tuple[Source | None, Sequence[Violation]]] = [
            (row.source, row.violations) for row in rows if row.violations
        ]
        return incoming_of(session, read, kind=kind, status=status), unread
