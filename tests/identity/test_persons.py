"""Personal data stand in one row; forgetting empties it and leaves the chain provable."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from catalog.base.db import Database
from catalog.base.errors import InvalidDocument, NotFound, NotPermitted, WrongState
from catalog.identity import accounts, persons, tokens
from catalog.identity.actors import ANONYMOUS, CONSOLE, Actor
from catalog.identity.models import Account, Person, Token
from catalog.ledger.models import Entry
from catalog.ledger.verify import verify

Entries = Callable[[], list[Entry]]
Made = Callable[..., Actor]


@pytest.fixture
def person(database: Database, on: date) -> str:
    with database.writing() as session:
        return persons.create(
            session,
            name="张某某",
            telephone="020-36000000",
            email="zhang@example.cn",
            basis="任职公开信息",
            retain_until=on,
            by=CONSOLE,
        )


def test_a_person_gets_a_random_key(person: str) -> None:
    assert persons.KEY.match(person)


def test_entries_never_hold_what_the_row_holds(database: Database, person: str, entries: Entries) -> None:
    with database.writing() as session:
        persons.change(session, person=person, telephone="13800000000", by=CONSOLE)

    text = " ".join(str(entry.model_dump()) for entry in entries())
    assert [entry.verb for entry in entries()] == ["person.recorded", "person.changed"]
    assert not any(word in text for word in ("张某某", "020-36000000", "zhang@", "13800000000"))


def test_a_change_that_changes_nothing_leaves_no_entry(
    database: Database, person: str, entries: Entries
) -> None:
    with database.writing() as session:
        persons.change(session, person=person, name="张某某", by=CONSOLE)

    assert len(entries()) == 1


def test_an_empty_text_removes_a_telephone_number(database: Database, person: str) -> None:
    with database.writing() as session:
        persons.change(session, person=person, telephone="", by=CONSOLE)
    with database.reading() as session:
        assert persons.find(session, person=person).telephone is None


def test_the_public_learns_nothing_of_a_person(database: Database, person: str) -> None:
    with database.reading() as session:
        assert persons.people(session, [person], actor=ANONYMOUS, internal=True) == {}


def test_a_colleague_learns_the_name_only(database: Database, person: str, actor: Made) -> None:
    with database.reading() as session:
        found = persons.people(session, [person], actor=actor("reader"), internal=False)

    assert found == {person: {"name": "张某某"}}


def test_with_internal_sight_the_telephone_shows(database: Database, person: str, actor: Made) -> None:
    with database.reading() as session:
        found = persons.people(session, [person, "PN-none"], actor=actor("authority"), internal=True)

    shown = {"name": "张某某", "telephone": "020-36000000", "email": "zhang@example.cn"}
    assert found == {person: shown}


def test_a_person_is_kept_until_the_retention_date_has_passed(
    database: Database, person: str, on: date
) -> None:
    with pytest.raises(WrongState) as refused, database.writing() as session:
        persons.forget(session, person=person, basis="PIPL art. 47", on=on, by=CONSOLE)

    assert refused.value.slug == "retention-running"


def test_a_legal_hold_outlasts_the_retention_date(database: Database, person: str, on: date) -> None:
    with database.writing() as session:
        persons.change(session, person=person, legal_hold=True, by=CONSOLE)

    with pytest.raises(WrongState) as refused, database.writing() as session:
        persons.forget(session, person=person, basis="PIPL art. 47", on=on + timedelta(1), by=CONSOLE)

    assert refused.value.slug == "legal-hold"


def test_forgetting_empties_the_row_and_leaves_one_entry(
    database: Database, person: str, on: date, entries: Entries
) -> None:
    with database.writing() as session:
        persons.forget(session, person=person, basis="PIPL art. 47", on=on + timedelta(1), by=CONSOLE)

    with database.reading() as session:
        row = persons.find(session, person=person)
        assert (row.name, row.telephone, row.email, bool(row.forgotten_at)) == (None, None, None, True)
    last = entries()[-1]
    assert (last.verb, last.identifier, last.note) == ("person.forgotten", person, "PIPL art. 47")


def test_the_chain_stays_provable_after_forgetting(database: Database, person: str, on: date) -> None:
    with database.writing() as session:
        persons.forget(session, person=person, basis="PIPL art. 47", on=on + timedelta(1), by=CONSOLE)

    with database.reading() as session:
        assert verify(session, lambda _: None).broken is None


def test_who_is_forgotten_cannot_be_forgotten_again(database: Database, person: str, on: date) -> None:
    with database.writing() as session:
        persons.forget(session, person=person, basis="PIPL art. 47", on=on + timedelta(1), by=CONSOLE)

    with pytest.raises(WrongState) as refused, database.writing() as session:
        persons.forget(session, person=person, basis="PIPL art. 47", on=on + timedelta(1), by=CONSOLE)

    assert refused.value.slug == "person-forgotten"


@pytest.mark.parametrize("basis", ["", "应张某某本人要求", "020-36000000 注销"])
def test_the_basis_may_not_repeat_what_is_forgotten(
    database: Database, person: str, on: date, basis: str
) -> None:
    with pytest.raises(InvalidDocument), database.writing() as session:
        persons.forget(session, person=person, basis=basis, on=on + timedelta(1), by=CONSOLE)


def test_somebody_who_can_sign_in_is_not_forgotten(
    database: Database, account: Callable[..., str], on: date
) -> None:
    person = account("chen")

    with pytest.raises(WrongState) as refused, database.writing() as session:
        persons.forget(session, person=person, basis="离职", on=on, by=CONSOLE)

    assert refused.value.slug == "account-enabled"


def test_forgetting_removes_account_and_tokens(
    database: Database, account: Callable[..., str], on: date
) -> None:
    person = account("chen", ("data_officer", "DP0008"))
    scope = frozenset({"read"})
    with database.writing() as session:
        key = tokens.issue(session, login="chen", name="t", scope=scope, days=1, by=CONSOLE, on=on).key
        accounts.disable(session, login="chen", by=CONSOLE)

    with database.writing() as session:
        persons.forget(session, person=person, basis="离职", on=on, by=CONSOLE)

    with database.reading() as session:
        assert (session.get(Account, person), session.get(Token, key)) == (None, None)


@pytest.mark.parametrize("role", ["reader", "auditor", "admin", "security_admin", "data_officer"])
def test_only_the_authority_forgets(
    database: Database, person: str, on: date, actor: Made, role: str
) -> None:
    with pytest.raises(NotPermitted), database.writing() as session:
        persons.forget(session, person=person, basis="x", on=on + timedelta(1), by=actor(role))


def test_a_failed_entry_leaves_the_person_as_it_was(database: Database, person: str, on: date) -> None:
    broken = Actor(person=None, login="x", name="x", reach={"authority": None})  # type: ignore[arg-type]

    with pytest.raises(Exception, match=r"(?i)not.null"), database.writing() as session:
        persons.forget(session, person=person, basis="x", on=on + timedelta(1), by=broken)

    with database.reading() as session:
        row = session.get(Person, person)
        assert row
        assert row.name == "张某某"


def test_an_unknown_person_is_not_found(database: Database, on: date) -> None:
    with pytest.raises(NotFound), database.writing() as session:
        persons.forget(session, person="PN-0000000000000000", basis="x", on=on, by=CONSOLE)
