"""The tables of persons, accounts, roles, tokens and browser sessions.

Moments are ``base.clock`` stamps, days are ISO dates, both text; secrets are stored as hashes only.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel


class Person(SQLModel, table=True):
    """The only place of personal data about officials; everything else holds the key ``PN-<16 hex>``.

    ``basis`` says why the data are kept (PIPL art. 13), ``retain_until`` until which day they must be.
    """

    __tablename__ = "person"

    person: str = Field(primary_key=True)
    name: str | None = None
    telephone: str | None = None
    email: str | None = None
    basis: str
    retain_until: str | None = None
    legal_hold: bool = False
    created_at: str
    forgotten_at: str | None = None


class Account(SQLModel, table=True):
    """How one person signs in. A vendor's account names its ``system`` and always ends."""

    __tablename__ = "account"

    person: str = Field(primary_key=True, foreign_key="person.person")
    login: str = Field(unique=True)
    password: str  # argon2id
    department: str | None = None
    system: str | None = None
    ends_on: str | None = None  # the last day on which it works
    disabled: bool = False
    created_at: str
    signed_in_at: str | None = None


class Grant(SQLModel, table=True):
    """One role, held by one person, in a department where the role asks for one."""

    __tablename__ = "role_grant"
    __table_args__ = (Index("role_grant_person", "person"),)

    key: str = Field(primary_key=True)  # GR-<12 hex>
    person: str = Field(foreign_key="account.person")
    role: str
    department: str | None = None
    granted_by: str
    from_on: str
    until_on: str | None = None  # the last day


class Token(SQLModel, table=True):
    """A personal token for programs; the secret was shown once, only its SHA-256 is here."""

    __tablename__ = "token"
    __table_args__ = (Index("token_person", "person"),)

    key: str = Field(primary_key=True)  # TK-<12 hex>; what entries name as the client
    person: str = Field(foreign_key="account.person")
    name: str
    hash: str = Field(unique=True)
    scope: str  # words of "read write internal", in this order
    department: str | None = None  # where given, the token reaches no further
    created_at: str
    expires_at: str
    last_used_at: str | None = None
    revoked_at: str | None = None


class BrowserSession(SQLModel, table=True):
    """A signed-in browser; the cookie's value is known to the browser alone."""

    __tablename__ = "browser_session"
    __table_args__ = (Index("browser_session_person", "person"),)

    hash: str = Field(primary_key=True)
    person: str = Field(foreign_key="account.person")
    csrf: str
    client: str | None = None
    created_at: str
    last_seen_at: str
    expires_at: str


class Attempt(SQLModel, table=True):
    """Failed sign-ins in a row under one login, whether there is such an account or not."""

    __tablename__ = "sign_in_attempt"

    login: str = Field(primary_key=True)  # SHA-256 of what was typed
    failures: int = Field(sa_type=BigInteger)
    blocked_until: str | None = None
    at: str


class SecondFactor(SQLModel, table=True):
    """The secret of a person's one-time codes (RFC 6238); asked for at sign-in once it was confirmed."""

    __tablename__ = "second_factor"

    person: str = Field(primary_key=True, foreign_key="account.person")
    secret: str
    confirmed_at: str | None = None
    last_step: int = Field(sa_type=BigInteger)  # of the last code that was used: none is used twice


class SignInLink(SQLModel, table=True):
    """Under which subject a sign-in service (OpenID Connect) knows a person."""

    __tablename__ = "sign_in_link"
    __table_args__ = (Index("sign_in_link_person", "person"),)

    issuer: str = Field(primary_key=True)
    subject: str = Field(primary_key=True)
    person: str = Field(foreign_key="account.person")
    linked_at: str
