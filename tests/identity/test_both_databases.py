"""The life of one official on each database: account, role, sign-in, token, and being forgotten."""

from datetime import timedelta

import pytest
from sqlmodel import SQLModel

from catalog.base import clock
from catalog.base.errors import NotSignedIn
from catalog.identity import accounts, passwords, persons, sessions, tokens
from catalog.identity.actors import CONSOLE, Subordinates
from catalog.identity.doorkeeper import Doorkeeper
from catalog.ledger.models import Meta
from catalog.ledger.verify import verify
from catalog.runtime import Runtime


def test_an_official_comes_works_and_is_forgotten(
    empty: Runtime, beneath: Subordinates, password: passwords.Hashed
) -> None:
    database, zone = empty.database, empty.settings.zone
    on = clock.today(zone)
    SQLModel.metadata.create_all(database.engine)
    with database.writing() as session:
        session.add(Meta(key="chain", value="01"))
    with database.writing() as session:
        person = persons.create(session, name="陈某", basis="任职", by=CONSOLE)
        accounts.create(session, login="chen", person=person, password=password, by=CONSOLE)
        accounts.grant(session, login="chen", role="data_officer", department="DP0008", by=CONSOLE, on=on)
    keeper = Doorkeeper(database, zone=zone, subordinates=beneath)

    for _ in range(5):
        with pytest.raises(NotSignedIn):
            sessions.open(database, login="chen", password="Wrong-horse-1", on=on, hours=8)
    with database.writing() as session:
        accounts.set_password(session, login="chen", password=password, by=CONSOLE)
    opened = sessions.open(database, login="chen", password="Right-horse-1", on=on, hours=8)
    held = keeper.by_cookie(opened.cookie)
    assert held
    with database.writing() as session:
        scope = frozenset({"read", "internal"})
        issued = tokens.issue(session, login="chen", name="t", scope=scope, days=1, by=held.actor, on=on)
    assert keeper.by_token(issued.secret).internal == {"DP0008", "DP0041"}
    with database.writing() as session:
        assert sessions.close_everywhere(session, by=held.actor) == 1
        accounts.disable(session, login="chen", by=CONSOLE)
        persons.forget(session, person=person, basis="PIPL art. 47", on=on + timedelta(1), by=CONSOLE)
    keeper.forget()

    with pytest.raises(NotSignedIn):
        keeper.by_token(issued.secret)
    keeper.close()
    with database.reading() as session:
        assert verify(session, lambda _: None).broken is None
