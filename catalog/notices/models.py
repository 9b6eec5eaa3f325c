"""The tables of notices. Moments are ``base.clock`` stamps; ``details`` and ``payload`` are canonical JSON."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel


class Notice(SQLModel, table=True):
    """One thing that one person is told; ``key`` names its cause and the person, so that none comes twice.

    ``details`` holds identifiers, days and titles, never a name; the words are made when it is read.
    """

    __tablename__ = "notice"
    __table_args__ = (
        Index("notice_person", "person", "at"),
        Index("notice_unread", "person", "read_at"),
    )

    key: str = Field(primary_key=True)
    person: str
    kind: str
    message: str
    details: str
    href: str
    at: str
    read_at: str | None = None


class Delivery(SQLModel, table=True):
    """One message that leaves the house: the outbox. ``state`` is waiting, sent or dead."""

    __tablename__ = "delivery"
    __table_args__ = (Index("delivery_state", "state", "next_at"),)

    key: str = Field(primary_key=True)
    channel: str  # mail, robot, webhook
    target: str  # a person key, a webhook's key, or nothing
    payload: str
    state: str = "waiting"
    next_at: str
    attempts: int = Field(default=0, sa_type=BigInteger)
    reason: str = ""
    at: str
    sent_at: str | None = None


class Choice(SQLModel, table=True):
    """Whether a person wants a kind of notice by e-mail too, where it differs from the default."""

    __tablename__ = "notice_choice"

    person: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    mail: bool


class Webhook(SQLModel, table=True):
    """Where a system wants to hear of entries; the secret signs every message and is shown once.

    ``kinds`` are words, none for all; ``private`` allows an address inside a private network.
    """

    __tablename__ = "webhook"

    key: str = Field(primary_key=True)  # WH-<12 hex>
    system: str
    address: str
    secret: str
    kinds: str = ""
    private: bool = False
    registered_at: str
