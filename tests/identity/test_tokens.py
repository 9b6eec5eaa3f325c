"""Tokens: shown once, hashed, scoped, ended; each refusal says which."""

from collections.abc import Callable, Iterator
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from catalog.base.db import Database
from catalog.base.errors import InvalidDocument, NotPermitted, NotSignedIn, WrongState
from catalog.identity import accounts, tokens
from catalog.identity.actors import CONSOLE, Actor, Subordinates
from catalog.identity.doorkeeper import REMEMBERED, Doorkeeper
from catalog.identity.models import Token
from catalog.ledger.models import Entry

Issue = Callable[..., tokens.Issued]


@pytest.fixture
def issue(database: Database, account: Callable[..., str], on: date) -> Issue:
    account("chen", ("data_officer", "DP0008"), ("authority", None))

    def issued(*scope: str, by: Actor = CONSOLE, **more: object) -> tokens.Issued:
        with database.writing() as session:
            return tokens.issue(
                session,
                login="chen",
                name="接口",
                scope=frozenset(scope or ("read",)),
                by=by,
                on=on,
                **{"days": 30, **more},  # type: ignore[arg-type]
            )

    return issued


@pytest.fixture
def doorkeeper(database: Database, beneath: Subordinates) -> Iterator[Doorkeeper]:
    made = Doorkeeper(database, zone=ZoneInfo("Asia/Shanghai"), subordinates=beneath)
    yield made
    made.close()


def test_the_secret_is_not_in_the_database(
    database: Database, issue: Issue, entries: Callable[[], list[Entry]]
) -> None:
    secret = issue().secret

    with database.reading() as session:
        held = str([token.model_dump() for token, _ in tokens.listed(session)])
    assert secret.startswith("cdo_")
    assert secret not in held + str([entry.model_dump() for entry in entries()])


def test_a_token_acts_for_its_person_within_its_scope(issue: Issue, doorkeeper: Doorkeeper) -> None:
    issued = issue("read", "internal")

    found = doorkeeper.by_token(issued.secret)

    assert (found.login, found.scope, found.client, found.door) == (
        "chen",
        {"read", "internal"},
        issued.key,
        "api",
    )


def test_a_token_bound_to_a_department_reaches_no_further(issue: Issue, doorkeeper: Doorkeeper) -> None:
    found = doorkeeper.by_token(issue("read", "internal", department="DP0041").secret)

    assert (found.reach["authority"], found.internal) == ({"DP0041"}, {"DP0041"})


def slug(doorkeeper: Doorkeeper, secret: str) -> str:
    with pytest.raises(NotSignedIn) as refused:
        doorkeeper.by_token(secret)
    return refused.value.slug


@pytest.mark.parametrize("secret", ["cdo_" + "A" * 43, "", "Basic abc", "ghp_1234"])
def test_a_foreign_token_is_unknown(doorkeeper: Doorkeeper, secret: str) -> None:
    assert slug(doorkeeper, secret) == "token-unknown"


def test_an_expired_token_says_so_even_while_remembered(
    issue: Issue, doorkeeper: Doorkeeper, time: Callable[[], object]
) -> None:
    secret = issue(days=1).secret
    doorkeeper.by_token(secret)

    time.advance(days=1)  # type: ignore[attr-defined]

    assert slug(doorkeeper, secret) == "token-expired"
    doorkeeper.forget()
    assert slug(doorkeeper, secret) == "token-expired"


def test_a_revoked_token_says_so(database: Database, issue: Issue, doorkeeper: Doorkeeper) -> None:
    issued = issue()
    doorkeeper.by_token(issued.secret)
    with database.writing() as session:
        tokens.revoke(session, key=issued.key, by=CONSOLE)

    doorkeeper.forget()

    assert slug(doorkeeper, issued.secret) == "token-revoked"


def test_a_token_of_a_disabled_account_says_so(
    database: Database, issue: Issue, doorkeeper: Doorkeeper
) -> None:
    secret = issue().secret

    with database.writing() as session:
        accounts.disable(session, login="chen", by=CONSOLE)

    assert slug(doorkeeper, secret) == "account-disabled"


def test_a_token_whose_roles_have_all_ended_is_still_known(
    database: Database, issue: Issue, on: date, beneath: Subordinates
) -> None:
    secret = issue().secret
    with database.writing() as session:
        for one in accounts.grants(session, person=accounts.find(session, login="chen").person, on=on):
            one.until_on = on.isoformat()
            session.add(one)

    with database.reading() as session:
        later = tokens.find(session, secret=secret, on=date(2026, 10, 1), subordinates=beneath)

    assert later.actor.reach == {}


def test_last_use_is_written_at_most_once_a_minute(
    database: Database,
    issue: Issue,
    doorkeeper: Doorkeeper,
    time: Callable[[], object],
    beneath: Subordinates,
) -> None:
    issued = issue()
    first = str(time())
    doorkeeper.by_token(issued.secret)
    time.advance(seconds=30)  # type: ignore[attr-defined]
    doorkeeper.forget()
    doorkeeper.by_token(issued.secret)
    doorkeeper.close()

    with database.reading() as session:
        token = session.get(Token, issued.key)
        assert token
        assert token.last_used_at
        assert token.last_used_at[:19] == first[:19].replace(" ", "T")


def test_last_use_leaves_no_entry(
    issue: Issue, doorkeeper: Doorkeeper, entries: Callable[[], list[Entry]]
) -> None:
    secret, before = issue().secret, len(entries())

    doorkeeper.by_token(secret)
    doorkeeper.close()

    assert len(entries()) == before


def test_a_remembered_token_needs_no_statement(issue: Issue, doorkeeper: Doorkeeper) -> None:
    secret = issue().secret

    assert doorkeeper.by_token(secret) is doorkeeper.by_token(secret)
    assert REMEMBERED <= 10


def test_only_the_person_makes_a_token(issue: Issue, actor: Callable[..., Actor]) -> None:
    with pytest.raises(NotPermitted) as refused:
        issue(by=actor("admin"))

    assert refused.value.slug == "foreign-token"


def test_a_token_makes_no_token(issue: Issue, doorkeeper: Doorkeeper) -> None:
    by = doorkeeper.by_token(issue("read", "write", "internal").secret)

    with pytest.raises(NotPermitted):
        issue(by=by)


@pytest.mark.parametrize(
    ("scope", "more", "pointer"),
    [
        (("all",), {}, "/scope"),
        (("read",), {"days": 0}, "/days"),
        (("read",), {"days": 367}, "/days"),
        (("read",), {"department": "x"}, "/department"),
    ],
)
def test_a_token_must_be_sound(
    issue: Issue, scope: tuple[str, ...], more: dict[str, object], pointer: str
) -> None:
    with pytest.raises(InvalidDocument) as refused:
        issue(*scope, **more)

    assert [violation.pointer for violation in refused.value.violations] == [pointer]


def test_a_token_is_revoked_once(database: Database, issue: Issue) -> None:
    key = issue().key
    with database.writing() as session:
        tokens.revoke(session, key=key, by=CONSOLE)

    with pytest.raises(WrongState), database.writing() as session:
        tokens.revoke(session, key=key, by=CONSOLE)


def test_a_stranger_cannot_tell_whether_a_token_exists(
    database: Database, issue: Issue, actor: Callable[..., Actor]
) -> None:
    for key in (issue().key, "TK-none", "TK-\x00"):
        with pytest.raises(NotPermitted), database.writing() as session:
            tokens.revoke(session, key=key, by=actor("data_officer"))
