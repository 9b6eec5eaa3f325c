"""Browser sessions, kept on the server: the cookie holds a random value, the database its hash."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session, col, delete, select, update

from catalog.base import clock
from catalog.base.db import Database
from catalog.base.errors import NotSignedIn
from catalog.identity import accounts, codes
from catalog.identity.actors import Actor, Subordinates, actor_of
from catalog.identity.models import Account, Attempt, BrowserSession, Person
from catalog.identity.passwords import matches
from catalog.ledger import service as ledger
from catalog.ledger.service import Line

IDLE = timedelta(hours=2)  # a session that nobody used for so long has ended
FREE_TRIES = 5  # failed sign-ins before the account is blocked for a while
_FIRST_BLOCK = timedelta(seconds=30)
_LONGEST_BLOCK = timedelta(minutes=30)
_REMEMBERED = timedelta(days=1)  # after which failed sign-ins are forgotten


@dataclass(frozen=True)
class Opened:
    """A new session: the value for the cookie, the secret for its forms, and when it ends at the latest."""

    cookie: str
    csrf: str
    expires_at: str
    person: str


@dataclass(frozen=True)
class Held:
    """A session that is good at the moment."""

    hash: str
    actor: Actor
    csrf: str
    last_seen_at: str


def open(
    database: Database,
    *,
    login: str,
    password: str,
    on: date,
    hours: int,
    code: str | None = None,
    client: str | None = None,
    replaces: str | None = None,
) -> Opened:
    """Sign in and open a session of at most ``hours``; the one ``replaces`` (a cookie) is closed.

    Takes the database, not a session: the password is compared outside of any transaction, and a failure
    is counted although the sign-in is refused. Raises what ``verify`` does; ``code-needed`` and
    ``code-wrong`` where the person has a second factor, and only after the right password.
    """
    account, name = verify(database, login=login, password=password, on=on, client=client)
    with database.reading() as session:
        demanded = codes.demanded(session, account.person)
    if demanded:
        check_code(database, account, code, client=client)
    return start(database, account, name, hours=hours, client=client, replaces=replaces)


def verify(
    database: Database, *, login: str, password: str, on: date, client: str | None
) -> tuple[Account, str | None]:
    """The account whose password this is, and its person's name.

    Raises ``NotSignedIn``: ``sign-in-failed`` alike for an unknown login, a wrong password and a blocked
    account; ``account-disabled`` and ``account-ended`` only after the right password. The fifth failure in
    a row blocks for 30 seconds, each further one twice as long, up to half an hour (GB/T 22239-2019
    §8.1.4.1).
    """
    with database.reading() as session:
        known = accounts.LOGIN.fullmatch(login) is not None
        account = session.scalar(select(Account).where(Account.login == login)) if known else None
        name = session.scalar(select(Person.name).where(Person.person == account.person)) if account else None
    right = matches(password, account.password if account else None)
    _check_block(database, login)
    if account is None or not right:
        _count_failure(database, login, account, client)
        raise NotSignedIn("sign-in-failed")
    accounts.check_open(account, on)
    return account, name


def check_code(database: Database, account: Account, code: str | None, *, client: str | None) -> None:
    """Raise ``NotSignedIn`` unless the one-time code is right: ``code-needed`` without one, ``code-wrong``."""
    if not code:
        raise NotSignedIn("code-needed")
    _check_block(database, account.login)
    with database.writing() as session:
        right = codes.accepted(session, account.person, code)
    if not right:
        _count_failure(database, account.login, account, client)
        raise NotSignedIn("code-wrong")


def start(
    database: Database,
    account: Account,
    name: str | None,
    *,
    hours: int,
    client: str | None,
    replaces: str | None = None,
    way: str | None = None,
) -> Opened:
    """Open a session for somebody who has just shown who they are; ``way`` names another way than a password."""
    present = clock.now()
    opened = Opened(
        cookie=secrets.token_urlsafe(32),
        csrf=secrets.token_urlsafe(24),
        expires_at=clock.stamp(present + timedelta(hours=hours)),
        person=account.person,
    )
    by = _signer(account, name, client)
    with database.writing() as session:
        if replaces:
            _delete(session, replaces)
        session.execute(delete(BrowserSession).where(col(BrowserSession.expires_at) <= clock.stamp(present)))
        session.add(
            BrowserSession(
                hash=hashed(opened.cookie),
                person=account.person,
                csrf=opened.csrf,
                client=client,
                created_at=clock.stamp(present),
                last_seen_at=clock.stamp(present),
                expires_at=opened.expires_at,
            )
        )
        session.execute(
            update(Account)
            .where(col(Account.person) == account.person)
            .values(signed_in_at=clock.stamp(present))
        )
        accounts.lift_block(session, account.login)
        session.flush()
        data = {"way": way} if way else None
        ledger.append(session, [Line("session.opened", "account", account.person, data=data)], by=by)
    return opened


def _check_block(database: Database, login: str) -> None:
    with database.reading() as session:
        attempt = session.get(Attempt, accounts.attempt_key(login))
        blocked = attempt.blocked_until if attempt else None
    if blocked and clock.stamp(clock.now()) < blocked:
        raise NotSignedIn("sign-in-failed")


def find(session: Session, *, cookie: str, on: date, subordinates: Subordinates) -> Held | None:
    """Whose session a cookie is; None where it is unknown, too old, unused for too long, or closed."""
    present = clock.now()
    row = session.execute(
        select(BrowserSession, Account, Person.name)
        .join(Account, col(Account.person) == BrowserSession.person)
        .join(Person, col(Person.person) == BrowserSession.person)
        .where(BrowserSession.hash == hashed(cookie))
        .where(BrowserSession.expires_at > clock.stamp(present))
        .where(BrowserSession.last_seen_at > clock.stamp(present - IDLE))
    ).first()
    if row is None:
        return None
    found, account, name = row
    try:
        accounts.check_open(account, on)
    except NotSignedIn:
        return None
    held = accounts.grants(session, person=account.person, on=on)
    actor = actor_of(account, name, held, on=on, subordinates=subordinates)
    return Held(found.hash, actor, found.csrf, found.last_seen_at)


def close(session: Session, *, cookie: str, by: Actor) -> None:
    """Sign out of one browser."""
    if _delete(session, cookie):
        ledger.append(session, [Line("session.closed", "account", by.person)], by=by)


def close_everywhere(session: Session, *, by: Actor, but: str | None = None) -> int:
    """Sign out of every browser (``but`` of one: the hash of its cookie), and say of how many."""
    statement = delete(BrowserSession).where(col(BrowserSession.person) == by.person)
    if but:
        statement = statement.where(col(BrowserSession.hash) != but)
    closed = session.execute(statement.returning(col(BrowserSession.hash))).all()
    if closed:
        data = {"closed": len(closed)}
        ledger.append(session, [Line("session.closed_everywhere", "account", by.person, data=data)], by=by)
    return len(closed)


def listed(session: Session, *, person: str) -> Sequence[BrowserSession]:
    """The browsers in which a person is signed in, the latest used first."""
    present = clock.now()
    return session.scalars(
        select(BrowserSession)
        .where(
            col(BrowserSession.person) == person,
            col(BrowserSession.expires_at) > clock.stamp(present),
            col(BrowserSession.last_seen_at) > clock.stamp(present - IDLE),
        )
        .order_by(col(BrowserSession.last_seen_at).desc())
    ).all()


def hashed(cookie: str) -> str:
    """What is stored of a cookie's value."""
    return hashlib.sha256(cookie.encode()).hexdigest()


def _delete(session: Session, cookie: str) -> bool:
    statement = delete(BrowserSession).where(col(BrowserSession.hash) == hashed(cookie))
    return bool(session.execute(statement.returning(col(BrowserSession.hash))).all())


def _count_failure(database: Database, login: str, account: Account | None, client: str | None) -> None:
    """The same writes for a login that exists and one that does not."""
    present = clock.now()
    with database.writing() as session:
        session.execute(delete(Attempt).where(col(Attempt.at) < clock.stamp(present - _REMEMBERED)))
        key = accounts.attempt_key(login)
        row = session.get(Attempt, key) or Attempt(login=key, failures=0, at="")
        row.failures += 1
        row.at = clock.stamp(present)
        over = row.failures - FREE_TRIES
        if over >= 0:
            row.blocked_until = clock.stamp(present + min(_FIRST_BLOCK * 2 ** min(over, 10), _LONGEST_BLOCK))
        session.add(row)
        session.flush()
        if over >= 0 and account is not None:
            line = Line("account.blocked", "account", account.person, data={"until": row.blocked_until})
            ledger.append(session, [line], by=_signer(account, None, client))


def _signer(account: Account, name: str | None, client: str | None) -> Actor:
    return Actor(
        account.person, account.login, name or account.login, department=account.department, client=client
    )
