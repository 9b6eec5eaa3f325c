"""Paper acts (线下办理) on the page: who of a side may have signed, and the scan that comes in the same form."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date

from sqlmodel import Session, col, select

from catalog.cases import rights, service
from catalog.cases.models import Case
from catalog.cases.service import Paper
from catalog.identity.actors import Actor, holds_on
from catalog.identity.models import Account, Grant, Person
from catalog.runtime import Runtime

NAMES = ("signer", "post", "signed_on", "number", "scan")


async def signers(runtime: Runtime, departments: Sequence[str], on: date) -> list[tuple[str, str, str]]:
    """(key, name, department) of who can sign for these: the appointed, and who has an account there.

    The empty department is the bureau: whoever holds its role.
    """
    places = [one for one in departments if one]
    posts = (
        await runtime.reads.listed("appointment", None, status=["current"], department=places, limit=10_000)
        if places
        else []
    )
    found = {(str(row.document["person"]), row.department) for row in posts if row.document.get("person")}
    return await asyncio.to_thread(_named, runtime, places, found, "" in departments, on)


def _named(
    runtime: Runtime, places: Sequence[str], found: set[tuple[str, str]], bureau: bool, on: date
) -> list[tuple[str, str, str]]:
    with runtime.database.reading() as session:
        accounts = select(Account.person, Account.department).where(
            col(Account.department).in_(places), col(Account.system).is_(None), col(Account.disabled).is_(False)
        )  # fmt: skip
        found |= {(key, str(place)) for key, place in session.execute(accounts)}
        if bureau:
            held = session.scalars(select(Grant).where(col(Grant.role) == "authority"))
            found |= {(one.person, "") for one in held if holds_on(one, on)}
        keys = sorted({key for key, _ in found})
        rows = session.execute(select(Person.person, Person.name).where(col(Person.person).in_(keys)))
        names = {key: name for key, name in rows if name}
    return sorted(((key, names[key], place) for key, place in found if key in names), key=lambda one: one[1:])


def departments(actor: Actor, case: Case) -> list[str]:
    """The sides for which the actor may record a paper act now; empty text for the bureau."""
    return sorted({rights.department_of(case, row.side) for row in rights.by_paper(actor, case)})


def typed(
    session: Session, case: Case, said: Mapping[str, str], data: bytes, filename: str, *, by: Actor, read: int
) -> tuple[Paper | None, int]:
    """The paper act that a form describes, if any, and the entry up to which the case was read.

    A scan that comes along is attached first: nobody is in between, since the transaction writes alone.
    """
    if not said.get("signer"):
        return None, read
    values = {name: said.get(name, "") for name in NAMES}
    if data:
        if case.seq != read:
            raise service.moved(session, case, read)
        values["scan"] = service.attach(session, case.number, by=by, data=data, filename=filename).digest
        read = case.seq
    return Paper(**values), read
