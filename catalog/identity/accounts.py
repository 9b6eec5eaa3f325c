"""Accounts and the roles they hold. Every verb takes ``by=`` and leaves one entry, naming person keys only.

``admin`` (or the operator at the machine) administers accounts; only ``security_admin`` grants roles, and
nobody to themselves. The operator may grant roles as long as nobody holds ``security_admin``.
System administrator, security administrator and auditor are three persons (GB/T 22239-2019 §8.1.5).
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlmodel import Session, col, delete, or_, select

from catalog.base import clock
from catalog.base.errors import (
    AlreadyRegistered,
    InvalidDocument,
    NotFound,
    NotPermitted,
    NotSignedIn,
    Violation,
    WrongState,
)
from catalog.identity import persons
from catalog.identity.actors import CONSOLE, Actor, Subordinates, actor_of
from catalog.identity.models import Account, Attempt, BrowserSession, Grant, Person
from catalog.identity.passwords import Hashed
from catalog.identity.roles import BY_NAME, ROLES, THREE_PERSONS, VENDOR_ROLES
from catalog.ledger import service as ledger
from catalog.ledger.service import Line

LOGIN = re.compile(r"^[a-z][a-z0-9._-]{1,39}$")
DEPARTMENT = re.compile(r"^[A-Z]{2}[0-9A-Z.-]{2,40}$")


def create(
    session: Session,
    *,
    login: str,
    person: str,
    password: Hashed,
    by: Actor,
    department: str | None = None,
    system: str | None = None,
    ends_on: date | None = None,
) -> Account:
    """Open an account for a person; it holds no role yet.

    With ``system`` it is a vendor's: then ``department`` and ``ends_on`` are demanded. Raises
    ``AlreadyRegistered`` for a login that is taken or a person who has an account.
    """
    _permit_admin(by)
    _check_new(login, department, system, ends_on)
    if persons.find(session, person=person).forgotten_at:
        raise WrongState("person-forgotten", identifier=person)
    taken = session.scalar(select(Account.login).where(or_(Account.login == login, Account.person == person)))
    if taken:
        raise AlreadyRegistered("account-exists", identifier=login if taken == login else person)
    account = Account(
        person=person,
        login=login,
        password=password,
        department=department,
        system=system,
        ends_on=ends_on.isoformat() if ends_on else None,
        created_at=clock.stamp(clock.now()),
    )
    session.add(account)
    data = {"department": department, "system": system, "ends_on": account.ends_on}
    _enter(session, "account.created", account, by, data)
    return account


def disable(session: Session, *, login: str, by: Actor) -> None:
    """Close an account: no sign-in, no token, every browser session ended."""
    _permit_admin(by)
    account = find(session, login=login)
    if account.disabled:
        raise WrongState("account-disabled", identifier=login)
    account.disabled = True
    _end_sessions(session, account)
    _enter(session, "account.disabled", account, by)


def enable(session: Session, *, login: str, by: Actor) -> None:
    """Open a closed account again, with the roles it still holds."""
    _permit_admin(by)
    account = find(session, login=login)
    if not account.disabled:
        raise WrongState("account-enabled", identifier=login)
    account.disabled = False
    lift_block(session, login)
    _enter(session, "account.enabled", account, by)


def set_password(session: Session, *, login: str, password: Hashed, by: Actor) -> None:
    """Give a new password; ends every browser session and lifts a block."""
    account = find(session, login=login)
    if by.person != account.person or by.scope is not None:
        _permit_admin(by)
    account.password = password
    lift_block(session, login)
    _end_sessions(session, account)
    _enter(session, "account.password_set", account, by)


def grant(
    session: Session,
    *,
    login: str,
    role: str,
    by: Actor,
    on: date,
    department: str | None = None,
    until: date | None = None,
) -> str:
    """Grant a role from ``on``, until the end of the day ``until`` if given, and return the grant's key.

    Raises ``WrongState`` (``three-persons``) for a second of the three administrating roles, and
    ``AlreadyRegistered`` for what is held already.
    """
    account = find(session, login=login)
    _permit_security(session, by, on)
    if by.person == account.person:
        raise NotPermitted("own-grant", identifier=login, role=role)
    _check_grant(account, role, department, on, until)
    held = grants(session, person=account.person, on=on)
    if any((one.role, one.department) == (role, department) for one in held):
        raise AlreadyRegistered("role-held", identifier=login, role=role, department=department)
    _check_three_persons(account, {one.role for one in held} | {role})
    row = Grant(
        key=f"GR-{secrets.token_hex(6)}",
        person=account.person,
        role=role,
        department=department,
        granted_by=by.person,
        from_on=on.isoformat(),
        until_on=until.isoformat() if until else None,
    )
    session.add(row)
    data = {"grant": row.key, "role": role, "department": department, "until": row.until_on}
    _enter(session, "account.granted", account, by, data)
    return row.key


def withdraw(
    session: Session, *, login: str, role: str, by: Actor, on: date, department: str | None = None
) -> None:
    """Take a role back at once."""
    account = find(session, login=login)
    _permit_security(session, by, on)
    held = [
        one
        for one in session.scalars(select(Grant).where(Grant.person == account.person, Grant.role == role))
        if one.department == department
    ]
    if not held:
        raise NotFound(kind="grant", identifier=f"{role}@{department}" if department else role)
    data = {"grants": [one.key for one in held], "role": role, "department": department}
    for one in held:
        session.delete(one)
    _enter(session, "account.withdrawn", account, by, data)


def find(session: Session, *, login: str) -> Account:
    """The account with a login; raises ``NotFound``."""
    account = session.scalar(select(Account).where(Account.login == login))
    if account is None:
        raise NotFound(kind="account", identifier=login)
    return account


def listed(session: Session) -> Sequence[tuple[Account, str | None]]:
    """Every account with the name of its person, by login."""
    statement = (
        select(Account, Person.name)
        .join(Person, col(Person.person) == Account.person)
        .order_by(Account.login)
    )
    return [(row[0], row[1]) for row in session.execute(statement)]


def grants(session: Session, *, person: str, on: date) -> list[Grant]:
    """The roles that a person holds on a day or will hold later."""
    rows = session.scalars(
        select(Grant).where(Grant.person == person).order_by(Grant.role, col(Grant.department))
    )
    return [row for row in rows if row.until_on is None or on.isoformat() <= row.until_on]


def actor(session: Session, *, login: str, on: date, subordinates: Subordinates, door: str = "cli") -> Actor:
    """The actor behind a login that needs no password: ``--by`` at the machine.

    Raises ``NotFound``, ``NotSignedIn`` (``account-disabled``, ``account-ended``).
    """
    account = find(session, login=login)
    check_open(account, on)
    name = persons.find(session, person=account.person).name
    held = grants(session, person=account.person, on=on)
    return actor_of(account, name, held, on=on, subordinates=subordinates, door=door)


def check_open(account: Account, on: date) -> None:
    """Raise ``NotSignedIn`` unless the account works on that day."""
    if account.disabled:
        raise NotSignedIn("account-disabled")
    if account.ends_on and account.ends_on < on.isoformat():
        raise NotSignedIn("account-ended", until=account.ends_on)


def attempt_key(login: str) -> str:
    """Under which failed sign-ins are counted; what was typed may be a password, so it is hashed."""
    return hashlib.sha256(login.encode()).hexdigest()


def lift_block(session: Session, login: str) -> None:
    """Forget the failed sign-ins under a login."""
    session.execute(delete(Attempt).where(col(Attempt.login) == attempt_key(login)))


def _permit_admin(by: Actor) -> None:
    if not by.allows("write"):
        raise NotPermitted("token-scope", scope="write")
    if by.person != CONSOLE.person and not by.holds("admin"):
        raise NotPermitted("role-needed", roles=["admin"])


def _permit_security(session: Session, by: Actor, on: date) -> None:
    if not by.allows("write"):
        raise NotPermitted("token-scope", scope="write")
    if by.holds("security_admin"):
        return
    if by.person != CONSOLE.person or _somebody_grants(session, on):
        raise NotPermitted("role-needed", roles=["security_admin"])


def _somebody_grants(session: Session, on: date) -> bool:
    day = on.isoformat()
    statement = (
        select(Grant.key)
        .join(Account, col(Account.person) == Grant.person)
        .where(Grant.role == "security_admin", Grant.from_on <= day, col(Account.disabled).is_(False))
        .where(or_(col(Grant.until_on).is_(None), col(Grant.until_on) >= day))
        .where(or_(col(Account.ends_on).is_(None), col(Account.ends_on) >= day))
    )
    return session.scalar(statement.limit(1)) is not None


def _check_three_persons(account: Account, roles: set[str]) -> None:
    administrating = THREE_PERSONS & roles
    if len(administrating) > 1:
        raise WrongState("three-persons", identifier=account.login, roles=sorted(administrating))


def _check_new(login: str, department: str | None, system: str | None, ends_on: date | None) -> None:
    found = []
    if not LOGIN.fullmatch(login):
        found.append(Violation("/login", "pattern", found=login, expected=LOGIN.pattern))
    if department is not None and not DEPARTMENT.fullmatch(department):
        found.append(Violation("/department", "pattern", found=department, expected=DEPARTMENT.pattern))
    if system is not None:
        wanted = {"department": department, "ends_on": ends_on}
        found += [Violation(f"/{name}", "required") for name, value in wanted.items() if not value]
    if found:
        raise InvalidDocument(found)


def _check_grant(account: Account, role: str, department: str | None, on: date, until: date | None) -> None:
    if role not in BY_NAME:
        raise InvalidDocument([Violation("/role", "enum", found=role, expected=[one.name for one in ROLES])])
    found = []
    if BY_NAME[role].departmental and not department:
        found.append(Violation("/department", "required"))
    if not BY_NAME[role].departmental and department:
        found.append(Violation("/department", "role-without-department", found=department, expected=role))
    if department and not DEPARTMENT.fullmatch(department):
        found.append(Violation("/department", "pattern", found=department, expected=DEPARTMENT.pattern))
    if until and until < on:
        found.append(
            Violation("/until", "until-before-from", found=until.isoformat(), expected=on.isoformat())
        )
    if account.system is not None and (role not in VENDOR_ROLES or department != account.department):
        found.append(Violation("/role", "vendor-role", found=role, expected=sorted(VENDOR_ROLES)))
    if found:
        raise InvalidDocument(found)


def _end_sessions(session: Session, account: Account) -> None:
    session.execute(delete(BrowserSession).where(col(BrowserSession.person) == account.person))


def _enter(
    session: Session, verb: str, account: Account, by: Actor, data: dict[str, Any] | None = None
) -> None:
    session.flush()
    kept = {key: value for key, value in (data or {}).items() if value is not None}
    ledger.append(session, [Line(verb, "account", account.person, data=kept or None)], by=by)
