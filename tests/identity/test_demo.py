"""Demo accounts: every role, marked as examples, and on loopback only."""

from collections.abc import Callable
from datetime import date

import pytest

from catalog.base.db import Database
from catalog.base.errors import NotPermitted
from catalog.identity import demo, sessions
from catalog.identity.actors import Actor
from catalog.identity.roles import ROLES, THREE_PERSONS


def test_every_role_has_a_demo_account() -> None:
    assert {role for one in demo.ACCOUNTS for role in one.roles} == {role.name for role in ROLES}


def test_three_administrators_are_three_demo_accounts() -> None:
    assert all(len(THREE_PERSONS & set(one.roles)) <= 1 for one in demo.ACCOUNTS)


def test_demo_names_are_marked() -> None:
    assert all(one.name.endswith("（示例）") for one in demo.ACCOUNTS)


def test_everybody_signs_in_with_the_printed_password(
    database: Database, on: date, acting: Callable[[str], Actor]
) -> None:
    with database.writing() as session:
        demo.create(session, host="127.0.0.1", on=on)

    assert sessions.open(database, login="minzheng", password=demo.PASSWORD, on=on, hours=1).cookie
    assert acting("zhuguan").holds("authority")
    assert acting("vendor").system == "SY0001"


@pytest.mark.parametrize("host", ["0.0.0.0", "10.1.2.3", "::"])
def test_no_demo_account_beyond_the_machine(database: Database, on: date, host: str) -> None:
    with pytest.raises(NotPermitted), database.writing() as session:
        demo.create(session, host=host, on=on)
