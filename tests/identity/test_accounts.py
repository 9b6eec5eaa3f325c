"""Who may open accounts, who grants roles, and which roles exclude each other."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import permutations

import pytest

from catalog.base.db import Database
from catalog.base.errors import (
    AlreadyRegistered,
    InvalidDocument,
    NotFound,
    NotPermitted,
    NotSignedIn,
    WrongState,
)
from catalog.identity import accounts, passwords, persons
from catalog.identity.actors import CONSOLE, Actor
from catalog.ledger.models import Entry

Acting = Callable[[str], Actor]
Entries = Callable[[], list[Entry]]
Opened = Callable[..., str]


@pytest.fixture
def officials(account: Opened) -> None:
    """An ordinary account, an administrator, and a security administrator."""
    account("chen")
    account("adm", ("admin", None))
    account("sec", ("security_admin", None))


def grant(database: Database, login: str, role: str, department: str | None, by: Actor, on: date) -> None:
    with database.writing() as session:
        accounts.grant(session, login=login, role=role, department=department, by=by, on=on)


def test_an_account_leaves_one_entry_without_its_login(account: Opened, entries: Entries) -> None:
    person = account("zhangsan")

    created = [entry for entry in entries() if entry.verb == "account.created"]
    assert [(entry.kind, entry.identifier) for entry in created] == [("account", person)]
    assert not any("zhangsan" in str(entry.model_dump()) for entry in entries())


def test_the_password_is_stored_as_argon2id(database: Database, account: Opened) -> None:
    account("chen")

    with database.reading() as session:
        assert accounts.find(session, login="chen").password.startswith("$argon2id$")


@pytest.mark.parametrize("login", ["x", "Chen", "陈", "a b", "1chen", "chen\n", "a" * 41])
def test_a_login_is_plain(database: Database, password: passwords.Hashed, login: str) -> None:
    with pytest.raises(InvalidDocument) as refused, database.writing() as session:
        person = persons.create(session, name="x", basis="x", by=CONSOLE)
        accounts.create(session, login=login, person=person, password=password, by=CONSOLE)

    assert [(v.pointer, v.rule) for v in refused.value.violations] == [("/login", "pattern")]


def test_a_login_is_given_once(database: Database, account: Opened, password: passwords.Hashed) -> None:
    account("chen")

    with pytest.raises(AlreadyRegistered), database.writing() as session:
        person = persons.create(session, name="x", basis="x", by=CONSOLE)
        accounts.create(session, login="chen", person=person, password=password, by=CONSOLE)


def test_a_person_has_one_account(database: Database, account: Opened, password: passwords.Hashed) -> None:
    person = account("chen")

    with pytest.raises(AlreadyRegistered), database.writing() as session:
        accounts.create(session, login="chen2", person=person, password=password, by=CONSOLE)


def test_a_vendor_account_names_department_and_end(database: Database, password: passwords.Hashed) -> None:
    with pytest.raises(InvalidDocument) as refused, database.writing() as session:
        person = persons.create(session, name="x", basis="x", by=CONSOLE)
        accounts.create(session, login="firm", person=person, password=password, system="SY0001", by=CONSOLE)

    assert [violation.pointer for violation in refused.value.violations] == ["/department", "/ends_on"]


@pytest.mark.parametrize(("role", "department"), [("authority", None), ("data_officer", "DP0011")])
def test_a_vendor_holds_little_and_only_in_its_department(
    database: Database, account: Opened, on: date, role: str, department: str | None
) -> None:
    account("firm", system="SY0001", ends_on=on)

    with pytest.raises(InvalidDocument) as refused:
        grant(database, "firm", role, department, CONSOLE, on)

    assert "vendor-role" in [violation.rule for violation in refused.value.violations]


def test_an_account_ends_after_its_last_day(
    database: Database, account: Opened, on: date, beneath: Callable[[str], frozenset[str]]
) -> None:
    account("firm", system="SY0001", ends_on=on)

    with database.reading() as session:
        assert accounts.actor(session, login="firm", on=on, subordinates=beneath).system == "SY0001"
        with pytest.raises(NotSignedIn) as refused:
            accounts.actor(session, login="firm", on=on + timedelta(1), subordinates=beneath)
    assert refused.value.slug == "account-ended"


def test_an_administrator_opens_accounts(
    database: Database, officials: None, acting: Acting, password: passwords.Hashed
) -> None:
    with database.writing() as session:
        person = persons.create(session, name="新人", basis="任职", by=acting("adm"))
        accounts.create(session, login="new", person=person, password=password, by=acting("adm"))
        assert accounts.find(session, login="new").person == person


@pytest.mark.parametrize("login", ["chen", "sec"])
def test_nobody_else_opens_or_closes_accounts(
    database: Database, officials: None, acting: Acting, login: str
) -> None:
    with pytest.raises(NotPermitted), database.writing() as session:
        accounts.disable(session, login="adm", by=acting(login))


def test_the_security_administrator_grants_roles(
    database: Database, officials: None, acting: Acting, on: date, entries: Entries
) -> None:
    grant(database, "chen", "data_officer", "DP0008", acting("sec"), on)

    assert acting("chen").reach["data_officer"] == {"DP0008", "DP0041"}
    assert (entries()[-1].verb, entries()[-1].by) == ("account.granted", acting("sec").person)


@pytest.mark.parametrize("login", ["chen", "adm"])
def test_nobody_else_grants_roles(
    database: Database, officials: None, acting: Acting, on: date, login: str
) -> None:
    with pytest.raises(NotPermitted):
        grant(database, "chen", "authority", None, acting(login), on)


def test_the_operator_grants_roles_only_until_somebody_else_does(
    database: Database, officials: None, on: date
) -> None:
    with pytest.raises(NotPermitted):
        grant(database, "chen", "authority", None, CONSOLE, on)


def test_the_operator_grants_again_when_the_last_security_administrator_has_left(
    database: Database, officials: None, acting: Acting, on: date
) -> None:
    with database.writing() as session:
        accounts.disable(session, login="sec", by=acting("adm"))

    grant(database, "chen", "security_admin", None, CONSOLE, on)

    assert acting("chen").holds("security_admin")


def test_nobody_grants_a_role_to_themselves(
    database: Database, officials: None, acting: Acting, on: date
) -> None:
    with pytest.raises(NotPermitted) as refused:
        grant(database, "sec", "authority", None, acting("sec"), on)

    assert refused.value.slug == "own-grant"


@pytest.mark.parametrize(("first", "second"), [*permutations(["admin", "security_admin", "auditor"], 2)])
def test_three_administrators_are_three_persons(
    database: Database, account: Opened, on: date, first: str, second: str
) -> None:
    other = Actor(person="PN-other", login="o", name="o", reach={"security_admin": None})
    account("chen")
    grant(database, "chen", first, None, other, on)

    with pytest.raises(WrongState) as refused:
        grant(database, "chen", second, None, other, on)

    assert refused.value.slug == "three-persons"


@pytest.mark.parametrize(
    ("role", "department", "rule"),
    [
        ("boss", None, "enum"),
        ("data_officer", None, "required"),
        ("authority", "DP0002", "role-without-department"),
        ("reader", "nowhere", "pattern"),
    ],
)
def test_a_grant_must_fit_its_role(
    database: Database, account: Opened, on: date, role: str, department: str | None, rule: str
) -> None:
    account("chen")

    with pytest.raises(InvalidDocument) as refused:
        grant(database, "chen", role, department, CONSOLE, on)

    assert [violation.rule for violation in refused.value.violations] == [rule]


def test_a_role_is_held_once(database: Database, account: Opened, on: date) -> None:
    account("chen", ("reader", "DP0008"))

    with pytest.raises(AlreadyRegistered):
        grant(database, "chen", "reader", "DP0008", CONSOLE, on)


def test_a_withdrawn_role_is_gone_at_once(
    database: Database, account: Opened, acting: Acting, on: date
) -> None:
    account("chen", ("data_officer", "DP0008"), ("reader", "DP0011"))

    with database.writing() as session:
        accounts.withdraw(session, login="chen", role="data_officer", department="DP0008", by=CONSOLE, on=on)

    assert acting("chen").grants == {("reader", "DP0011")}


def test_a_role_that_is_not_held_cannot_be_withdrawn(database: Database, account: Opened, on: date) -> None:
    account("chen")

    with pytest.raises(NotFound), database.writing() as session:
        accounts.withdraw(session, login="chen", role="reader", department="DP0008", by=CONSOLE, on=on)


def test_a_disabled_account_acts_no_more_until_enabled(
    database: Database, account: Opened, acting: Acting
) -> None:
    account("chen")
    with database.writing() as session:
        accounts.disable(session, login="chen", by=CONSOLE)
    with pytest.raises(NotSignedIn):
        acting("chen")

    with database.writing() as session:
        accounts.enable(session, login="chen", by=CONSOLE)

    assert acting("chen").login == "chen"


@pytest.mark.parametrize("weak", ["short-1A", "alllowercaseletters", "12345678901234", "A" * 129 + "b1"])
def test_a_weak_password_is_refused_without_showing_it(weak: str) -> None:
    with pytest.raises(InvalidDocument) as refused:
        passwords.secure(weak)

    assert weak not in str(refused.value.violations)


def test_a_longer_password_than_the_longest_never_matches() -> None:
    longest = "Aa1" * 42 + "Aa"
    stored = passwords.secure(longest)

    assert (passwords.matches(longest, stored), passwords.matches(longest + "x", stored)) == (True, False)
