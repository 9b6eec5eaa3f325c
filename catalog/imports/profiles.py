"""Profiles that were kept: how a department's tables of one layout are read, for next time."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence

import orjson
from sqlmodel import Session, col, select

from catalog.base import clock
from catalog.exchange.layouts import Profile
from catalog.imports.models import KeptProfile, Upload


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
