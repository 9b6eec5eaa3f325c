"""Personal tokens for programs: a 256-bit secret shown once, of which only the SHA-256 is kept."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session, and_, col, or_, select

from catalog.base import clock
from catalog.base.errors import InvalidDocument, NotFound, NotPermitted, NotSignedIn, Violation, WrongState
from catalog.identity import accounts
from catalog.identity.actors import CONSOLE, SCOPES, Actor, Subordinates, actor_of
from catalog.identity.models import Account, Grant, Person, Token
from catalog.ledger import service as ledger
from catalog.ledger.service import Line

PREFIX = "cdo_"
KEY = re.compile(r"^TK-[0-9a-f]{12}$")
LONGEST_DAYS = 366
_REVOKERS = ("admin", "security_admin")


@dataclass(frozen=True)
class Issued:
    """A new token; ``secret`` can't be had a second time."""

    key: str
    secret: str
    expires_at: str


def hashed(secret: str) -> str:
    """What is stored of a secret; it has 256 random bits, so a fast hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def issue(
    session: Session,
    *,
    login: str,
    name: str,
    scope: frozenset[str],
    days: int,
    by: Actor,
    on: date,
    department: str | None = None,
) -> Issued:
    """Make a token that acts for ``login``; only that person, or the operator at the machine, may.

    ``scope`` is a set of ``read``, ``write``, ``internal``; ``department`` cuts every role down to that
    department and those beneath it; 1 to 366 ``days``. A token can't make tokens.
    """
    account = accounts.find(session, login=login)
    if by.scope is not None or by.person not in (account.person, CONSOLE.person):
        raise NotPermitted("foreign-token", identifier=login)
    accounts.check_open(account, on)
    _check(name, scope, days, department)
    secret = PREFIX + secrets.token_urlsafe(32)
    present = clock.now()
    token = Token(
        key=f"TK-{secrets.token_hex(6)}",
        person=account.person,
        name=name.strip(),
        hash=hashed(secret),
        scope=" ".join(word for word in SCOPES if word in scope),
        department=department,
        created_at=clock.stamp(present),
        expires_at=clock.stamp(present + timedelta(days=days)),
    )
    session.add(token)
    data = {"person": account.person, "scope": token.scope, "expires_at": token.expires_at}
    if department:
        data["department"] = department
    _enter(session, "token.issued", token, by, data)
    return Issued(token.key, secret, token.expires_at)


def revoke(session: Session, *, key: str, by: Actor) -> None:
    """End a token now: its holder, an administrator of accounts or of security, or the operator may."""
    token = session.get(Token, key) if KEY.fullmatch(key) else None
    mine = by.person in (token.person if token else None, CONSOLE.person)
    if not mine and not any(by.holds(role) for role in _REVOKERS):
        raise NotPermitted("foreign-token", identifier=key)
    if token is None:
        raise NotFound(kind="token", identifier=key)
    if token.revoked_at:
        raise WrongState("token-revoked", identifier=key, at=token.revoked_at)
    token.revoked_at = clock.stamp(clock.now())
    _enter(session, "token.revoked", token, by, {"person": token.person})


def listed(session: Session, *, login: str | None = None) -> Sequence[tuple[Token, str]]:
    """Tokens with the login they act for, newest first; of one account or of all."""
    statement = select(Token, Account.login).join(Account, col(Account.person) == Token.person)
    if login:
        statement = statement.where(Account.login == login)
    return [(row[0], row[1]) for row in session.execute(statement.order_by(col(Token.created_at).desc()))]


@dataclass(frozen=True)
class Held:
    """A token that is good at the moment: its actor, when it ends, and when it was last marked as used."""

    key: str
    actor: Actor
    expires_at: str
    last_used_at: str | None


def find(session: Session, *, secret: str, on: date, subordinates: Subordinates) -> Held:
    """Whose token a secret is, by one indexed statement.

    Raises ``NotSignedIn``: ``token-unknown``, ``token-revoked``, ``token-expired``,
    ``account-disabled``, ``account-ended``.
    """
    holding = or_(col(Grant.until_on).is_(None), col(Grant.until_on) >= on.isoformat())
    statement = (
        select(Token, Account, Person.name, Grant)
        .join(Account, col(Account.person) == Token.person)
        .join(Person, col(Person.person) == Token.person)
        .outerjoin(Grant, and_(col(Grant.person) == Token.person, holding))
        .where(Token.hash == hashed(secret))
    )
    rows = session.execute(statement).all()
    if not rows:
        raise NotSignedIn("token-unknown")
    token, account, name, _ = rows[0]
    if token.revoked_at:
        raise NotSignedIn("token-revoked", identifier=token.key, at=token.revoked_at)
    if token.expires_at <= clock.stamp(clock.now()):
        raise NotSignedIn("token-expired", at=token.expires_at)
    accounts.check_open(account, on)
    actor = actor_of(
        account,
        name,
        [row[3] for row in rows if row[3] is not None],
        on=on,
        subordinates=subordinates,
        scope=frozenset(token.scope.split()),
        within=token.department,
        client=token.key,
        door="api",
    )
    return Held(token.key, actor, token.expires_at, token.last_used_at)


def _check(name: str, scope: frozenset[str], days: int, department: str | None) -> None:
    found = []
    if not name.strip():
        found.append(Violation("/name", "required"))
    if not scope or not scope <= set(SCOPES):
        found.append(Violation("/scope", "enum", found=sorted(scope), expected=list(SCOPES)))
    if days < 1:
        found.append(Violation("/days", "minimum", found=days, expected=1))
    if days > LONGEST_DAYS:
        found.append(Violation("/days", "maximum", found=days, expected=LONGEST_DAYS))
    if department is not None and not accounts.DEPARTMENT.fullmatch(department):
        pattern = accounts.DEPARTMENT.pattern
        found.append(Violation("/department", "pattern", found=department, expected=pattern))
    if found:
        raise InvalidDocument(found)


def _enter(session: Session, verb: str, token: Token, by: Actor, data: dict[str, str]) -> None:
    session.flush()
    ledger.append(session, [Line(verb, "token", token.key, data=data)], by=by)
