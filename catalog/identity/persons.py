"""Personal data about officials: kept under a random key, shown to few, and forgotten in one place.

Documents, entries and notes hold the key only, so that forgetting a person leaves the chain provable.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import select
from sqlmodel import Session, col, delete

from catalog.base import clock
from catalog.base.errors import InvalidDocument, NotFound, NotPermitted, Violation, WrongState
from catalog.identity.actors import CONSOLE, Actor
from catalog.identity.models import Account, BrowserSession, Grant, Person, SecondFactor, SignInLink, Token
from catalog.ledger import service as ledger
from catalog.ledger.service import Line

KEY = re.compile(r"^PN-[0-9a-f]{16}$")
_RECORDERS = ("data_officer", "sharing_officer", "department_head", "cdo", "authority", "admin")
_KEEPERS = ("authority", "admin")
_FORGETTERS = ("authority",)


def create(
    session: Session,
    *,
    name: str,
    basis: str,
    by: Actor,
    telephone: str | None = None,
    email: str | None = None,
    retain_until: date | None = None,
) -> str:
    """Keep a person's data and return the key; ``basis`` says why they are kept (PIPL art. 13)."""
    _permit(by, _RECORDERS)
    _check(name=name, basis=basis)
    person = Person(
        person=f"PN-{secrets.token_hex(8)}",
        name=name.strip(),
        telephone=telephone,
        email=email,
        basis=basis.strip(),
        retain_until=retain_until.isoformat() if retain_until else None,
        created_at=clock.stamp(clock.now()),
    )
    session.add(person)
    session.flush()
    ledger.append(session, [Line("person.recorded", "person", person.person)], by=by)
    return person.person


def change(
    session: Session,
    *,
    person: str,
    by: Actor,
    name: str | None = None,
    telephone: str | None = None,
    email: str | None = None,
    retain_until: date | None = None,
    legal_hold: bool | None = None,
) -> None:
    """Change what is given (an empty text removes); the entry names the properties, never the values."""
    if by.person != person or retain_until is not None or legal_hold is not None:
        _permit(by, _KEEPERS)
    row = find(session, person=person)
    if row.forgotten_at:
        raise WrongState("person-forgotten", identifier=person, at=row.forgotten_at)
    values = {
        "name": name,
        "telephone": telephone,
        "email": email,
        "retain_until": retain_until.isoformat() if retain_until else None,
        "legal_hold": legal_hold,
    }
    given = {key: value for key, value in values.items() if value is not None}
    if "name" in given:
        _check(name=str(name), basis=row.basis)
    changed = sorted(key for key, value in given.items() if getattr(row, key) != (value or None))
    if not changed:
        return
    for key in changed:
        setattr(row, key, given[key] if key == "legal_hold" else given[key] or None)
    session.flush()
    ledger.append(session, [Line("person.changed", "person", person, data={"changed": changed})], by=by)


def find(session: Session, *, person: str) -> Person:
    """The row behind a key; raises ``NotFound``."""
    row = session.get(Person, person) if KEY.fullmatch(person) else None
    if row is None:
        raise NotFound(kind="person", identifier=person)
    return row


def forget(session: Session, *, person: str, basis: str, on: date, by: Actor) -> None:
    """Empty a person's row and remove the account behind it (PIPL art. 47); the key stays in the ledger.

    Raises ``WrongState``: ``retention-running`` until the retention date has passed, ``legal-hold``,
    ``account-enabled`` while the person can still sign in, ``person-forgotten`` the second time; and
    ``InvalidDocument`` for a ``basis`` that repeats what is to be forgotten, since entries stay for ever.
    """
    _permit(by, _FORGETTERS)
    row = find(session, person=person)
    account = session.get(Account, person)
    if row.forgotten_at:
        raise WrongState("person-forgotten", identifier=person, at=row.forgotten_at)
    if row.legal_hold:
        raise WrongState("legal-hold", identifier=person)
    if row.retain_until and on.isoformat() <= row.retain_until:
        raise WrongState("retention-running", identifier=person, until=row.retain_until)
    if account and not account.disabled:
        raise WrongState("account-enabled", identifier=person)
    _check_basis(basis, row, account)
    for table in (Token, BrowserSession, Grant, SecondFactor, SignInLink, Account):
        session.execute(delete(table).where(col(table.person) == person))
    row.name = row.telephone = row.email = None
    row.forgotten_at = clock.stamp(clock.now())
    session.flush()
    ledger.append(session, [Line("person.forgotten", "person", person, note=basis.strip())], by=by)


def people(
    session: Session, keys: Iterable[str], *, actor: Actor, internal: bool
) -> dict[str, dict[str, str]]:
    """What ``actor`` may know of the persons behind ``keys``: nothing at all unless signed in.

    ``internal`` says whether internal fields of the record that names them are in sight.
    """
    wanted = sorted(set(keys))
    if not wanted or not actor.signed_in:
        return {}
    columns = (col(Person.person), col(Person.name), col(Person.telephone), col(Person.email))
    found: dict[str, dict[str, str]] = {}
    for start in range(0, len(wanted), 500):
        rows = session.execute(select(*columns).where(col(Person.person).in_(wanted[start : start + 500])))
        found |= {row[0]: shown(row[1:], actor=actor, internal=internal) for row in rows}
    return found


def shown(values: Sequence[str | None], *, actor: Actor, internal: bool) -> dict[str, str]:
    """Of (name, telephone, email) what ``actor`` may know: the name; the rest only with internal sight."""
    if not actor.signed_in:
        return {}
    named = zip(("name", "telephone", "email") if internal else ("name",), values, strict=False)
    return {key: value for key, value in named if value is not None}


def _permit(by: Actor, roles: tuple[str, ...]) -> None:
    if not by.allows("write"):
        raise NotPermitted("token-scope", scope="write")
    if by.system is not None:
        raise NotPermitted("vendor-account", kind="person", verb="change", system=by.system)
    if by.person != CONSOLE.person and not any(by.holds(role) for role in roles):
        raise NotPermitted("role-needed", roles=list(roles))


def _check(*, name: str, basis: str) -> None:
    missing = [key for key, value in (("name", name), ("basis", basis)) if not value.strip()]
    if missing:
        raise InvalidDocument([Violation(f"/{key}", "required") for key in missing])


def _check_basis(basis: str, row: Person, account: Account | None) -> None:
    if not basis.strip():
        raise InvalidDocument([Violation("/basis", "required")])
    known = (row.name, row.telephone, row.email, account.login if account else None)
    if any(value and value in basis for value in known):
        raise InvalidDocument([Violation("/basis", "personal-data-repeated")])
