"""Names of officials for the places of a form where a person stands: never a telephone, never a stranger's name."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from sqlmodel import col, select

from catalog.base.errors import NotPermitted
from catalog.identity.actors import Actor
from catalog.identity.models import Account, Person
from catalog.kinds import BY_NAME, KINDS
from catalog.registry import access
from catalog.registry.rights import places
from catalog.runtime import Runtime
from catalog.standards import schemas
from catalog.standards.annotations import PERSON

_APPOINTMENT = "appointment"
_ALL = 100_000


async def names(runtime: Runtime, actor: Actor) -> list[tuple[str, str]]:
    """Keys and names of the officials that ``actor`` may put into a record, by name.

    Everybody's for who keeps appointments; for who fills records that name people, of those who are
    appointed or have an account in the departments that the actor's roles reach, or above these. Raises
    ``NotSignedIn``, and ``NotPermitted`` for who fills no such record.
    """
    access.require_signed_in(actor)
    if places(actor, BY_NAME[_APPOINTMENT]) != frozenset():
        return await asyncio.to_thread(_named, runtime, None, None)
    reach: set[str] = set()
    for kind in KINDS:
        if any(one.ref == PERSON for one in schemas.current(kind.name).annotations.fields):
            held = places(actor, kind)
            if held is None:
                return await asyncio.to_thread(_named, runtime, None, None)
            reach |= held
    if not reach:
        raise NotPermitted(
            kind=_APPOINTMENT, verb="register", department=None, roles=[*BY_NAME[_APPOINTMENT].editors]
        )
    departments = await runtime.reads.listed("department", limit=_ALL)
    parents = {row.identifier: str(row.document.get("parent") or "") for row in departments}
    within = reach | set(_above(reach, parents))
    rows = await runtime.reads.listed(_APPOINTMENT, None, department=sorted(within), limit=_ALL)
    appointed = {row.document["person"] for row in rows if row.document.get("person")}
    return await asyncio.to_thread(_named, runtime, within, appointed)


def _above(departments: Iterable[str], parents: dict[str, str]) -> Iterable[str]:
    """Every department that stands over one of these."""
    seen: set[str] = set()
    for one in departments:
        over = parents.get(one, "")
        while over and over not in seen:
            seen.add(over)
            over = parents.get(over, "")
    return seen


def _named(
    runtime: Runtime, departments: set[str] | None, appointed: set[str] | None
) -> list[tuple[str, str]]:
    """Names of these people and of those with an account in the departments; of all without either."""
    statement = (
        select(Person.person, Person.name).where(col(Person.name).is_not(None)).order_by(col(Person.name))
    )
    with runtime.database.reading() as session:
        rows = [(key, str(name)) for key, name in session.execute(statement).all()]
        if departments is None or appointed is None:
            return rows
        accounts = select(Account.person, Account.department).where(col(Account.system).is_(None))
        at_work = {key for key, department in session.execute(accounts).all() if department in departments}
    return [row for row in rows if row[0] in appointed or row[0] in at_work]
