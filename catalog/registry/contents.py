"""Canonical texts by digest: stored once, packed when large, read back whole."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

from sqlalchemy import text as sql
from sqlmodel import Session

from catalog.base.db import select_in, upsert_rows

PACK_FROM = 16 * 1024
SALT = "internal_salt"  # a random value in every text with internal fields, so that no digest can be guessed


def store(session: Session, texts: Iterable[tuple[str, bytes]]) -> None:
    """Keep ``(digest, text)`` pairs; those already there stay as they are. Sorted, so that writers can't lock each other."""
    rows = [
        (key, zlib.compress(text, 6), True) if len(text) >= PACK_FROM else (key, text, False)
        for key, text in sorted(dict(texts).items())
    ]
    upsert_rows(session, "content", ("digest", "text", "packed"), rows, key=("digest",), keep=True)


def unpack(text: bytes, packed: bool) -> bytes:
    """The canonical text of a stored one."""
    return zlib.decompress(text) if packed else bytes(text)


def load(session: Session, digests: Iterable[str]) -> dict[str, bytes]:
    """The texts of ``digests``; a redacted one is empty."""
    rows = select_in(session, "SELECT digest, text, packed FROM content WHERE digest IN (:values)", digests)
    return {key: unpack(text, packed) for key, text, packed in rows}


def proof(session: Session, key: str) -> bytes | int | None:
    """For ``ledger.verify``: the text, the entry that redacted it, or None where it is missing."""
    row = session.execute(
        sql("SELECT text, packed, redacted_by FROM content WHERE digest = :key"), {"key": key}
    ).first()
    if row is None:
        return None
    text, packed, redacted_by = row
    return int(redacted_by) if redacted_by is not None else unpack(text, packed)
