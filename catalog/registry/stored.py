"""Files kept in the database, each once, by the digest of its bytes.

They live and die with the transaction that names them, and a backup of the database holds them.
"""

from __future__ import annotations

import hashlib

from sqlalchemy import BigInteger, LargeBinary
from sqlmodel import Field, Session, SQLModel, col, select

from catalog.base import clock
from catalog.base.errors import NotFound


class StoredFile(SQLModel, table=True):
    """The bytes of one file; ``digest`` is the SHA-256 in hexadecimal."""

    __tablename__ = "stored_file"

    digest: str = Field(primary_key=True)
    media_type: str
    size: int = Field(sa_type=BigInteger)
    data: bytes = Field(sa_type=LargeBinary)
    stored_at: str


def keep(session: Session, data: bytes, media_type: str) -> str:
    """Store a file in the caller's transaction, if it is not there yet; its digest."""
    digest = hashlib.sha256(data).hexdigest()
    if session.scalar(select(StoredFile.digest).where(col(StoredFile.digest) == digest)) is None:
        session.add(
            StoredFile(
                digest=digest,
                media_type=media_type,
                size=len(data),
                data=data,
                stored_at=clock.stamp(clock.now()),
            )
        )
    return digest


def fetch(session: Session, digest: str) -> bytes:
    """The bytes of a file; raises ``NotFound``."""
    data = session.scalar(select(StoredFile.data).where(col(StoredFile.digest) == digest))
    if data is None:
        raise NotFound(kind="file", identifier=digest[:12])
    return data
