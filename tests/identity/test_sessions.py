"""Signing in and out of browsers: nothing to guess from, nothing to steal from the database."""

from collections.abc import Callable, Iterator
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from catalog.base.db import Database
from catalog.base.errors import NotSignedIn
from catalog.identity import accounts, passwords, sessions
from catalog.identity.actors import CONSOLE, Actor, Subordinates
from catalog.identity.doorkeeper import Doorkeeper
from catalog.identity.models import BrowserSession
from catalog.ledger.models import Entry

GOOD = "Right-horse-1"
SignIn = Callable[..., sessions.Opened]
Acting = Callable[[str], Actor]


@pytest.fixture
def sign_in(database: Database, account: Callable[..., str], on: date) -> SignIn:
    account("chen", ("data_officer", "DP0008"))

    def opened(login: str = "chen", password: str = GOOD, **more: object) -> sessions.Opened:
        more = {"on": on, "hours": 8, "client": "127.0.0.1", **more}
        return sessions.open(database, login=login, password=password, **more)  # type: ignore[arg-type]

    return opened


@pytest.fixture
def doorkeeper(database: Database, beneath: Subordinates) -> Iterator[Doorkeeper]:
    made = Doorkeeper(database, zone=ZoneInfo("Asia/Shanghai"), subordinates=beneath)
    yield made
    made.close()


def refused(sign_in: SignIn, *arguments: str, **more: object) -> str:
    with pytest.raises(NotSignedIn) as found:
        sign_in(*arguments, **more)
    return found.value.slug


def test_the_right_password_opens_a_session(sign_in: SignIn, doorkeeper: Doorkeeper) -> None:
    opened = sign_in()

    held = doorkeeper.by_cookie(opened.cookie)

    assert held
    assert (held.actor.login, held.csrf, held.actor.scope) == ("chen", opened.csrf, None)
    assert held.actor.reach == {"data_officer": {"DP0008", "DP0041"}}


def test_the_cookie_is_not_in_the_database(database: Database, sign_in: SignIn) -> None:
    opened = sign_in()

    with database.reading() as session:
        assert session.get(BrowserSession, opened.cookie) is None
        assert session.get(BrowserSession, sessions.hashed(opened.cookie))


def test_signing_in_is_one_entry_by_the_person(sign_in: SignIn, entries: Callable[[], list[Entry]]) -> None:
    before = len(entries())

    opened = sign_in()

    (last,) = entries()[before:]
    assert (last.verb, last.by, last.identifier, last.client, last.door) == (
        "session.opened",
        opened.person,
        opened.person,
        "127.0.0.1",
        "page",
    )


def test_an_unknown_login_and_a_wrong_password_read_alike(sign_in: SignIn) -> None:
    assert refused(sign_in, "nobody", GOOD) == refused(sign_in, "chen", "Wrong-horse-1") == "sign-in-failed"


@pytest.mark.parametrize("login", ["", "chen\n", "chen\x00", "陈" * 400, "' OR 1=1 --"])
def test_what_is_no_login_is_an_unknown_login(sign_in: SignIn, login: str) -> None:
    assert refused(sign_in, login, GOOD) == "sign-in-failed"


def test_an_unknown_login_costs_a_password_check(monkeypatch: pytest.MonkeyPatch, sign_in: SignIn) -> None:
    seen: list[str | None] = []
    real = passwords.matches
    monkeypatch.setattr(sessions, "matches", lambda given, stored: seen.append(stored) or real(given, stored))

    refused(sign_in, "nobody", GOOD)

    assert seen == [None]


def test_a_disabled_account_is_named_only_after_the_right_password(
    database: Database, sign_in: SignIn
) -> None:
    with database.writing() as session:
        accounts.disable(session, login="chen", by=CONSOLE)

    found = (refused(sign_in, "chen", "Wrong-horse-1"), refused(sign_in, "chen", GOOD))

    assert found == ("sign-in-failed", "account-disabled")


def test_the_fifth_failure_blocks_for_half_a_minute(sign_in: SignIn, time: Callable[[], object]) -> None:
    for _ in range(5):
        refused(sign_in, "chen", "Wrong-horse-1")

    assert refused(sign_in, "chen", GOOD) == "sign-in-failed"
    time.advance(seconds=31)  # type: ignore[attr-defined]
    assert sign_in().cookie


def test_each_further_failure_blocks_twice_as_long(sign_in: SignIn, time: Callable[[], object]) -> None:
    for _ in range(5):
        refused(sign_in, "chen", "Wrong-horse-1")
    time.advance(seconds=31)  # type: ignore[attr-defined]
    refused(sign_in, "chen", "Wrong-horse-1")

    time.advance(seconds=31)  # type: ignore[attr-defined]
    assert refused(sign_in, "chen", GOOD) == "sign-in-failed"
    time.advance(seconds=30)  # type: ignore[attr-defined]
    assert sign_in().cookie


def test_a_block_is_one_entry_of_a_real_account_only(
    sign_in: SignIn, entries: Callable[[], list[Entry]]
) -> None:
    for login in ("chen", "nobody"):
        for _ in range(6):
            refused(sign_in, login, "Wrong-horse-1")

    assert [entry.verb for entry in entries()].count("account.blocked") == 1


def test_a_new_password_lifts_the_block_and_ends_sessions(
    database: Database, sign_in: SignIn, doorkeeper: Doorkeeper, password: passwords.Hashed
) -> None:
    opened = sign_in()
    for _ in range(5):
        refused(sign_in, "chen", "Wrong-horse-1")

    with database.writing() as session:
        accounts.set_password(session, login="chen", password=password, by=CONSOLE)

    assert doorkeeper.by_cookie(opened.cookie) is None
    assert sign_in().cookie


def test_signing_in_again_ends_the_session_before(sign_in: SignIn, doorkeeper: Doorkeeper) -> None:
    first = sign_in()

    second = sign_in(replaces=first.cookie)

    assert doorkeeper.by_cookie(first.cookie) is None
    assert doorkeeper.by_cookie(second.cookie)
    assert first.cookie != second.cookie


def test_an_unused_session_ends_after_two_hours(
    sign_in: SignIn, doorkeeper: Doorkeeper, time: Callable[[], object]
) -> None:
    opened = sign_in()

    time.advance(hours=2, seconds=1)  # type: ignore[attr-defined]

    assert doorkeeper.by_cookie(opened.cookie) is None


def test_a_used_session_ends_after_its_hours(
    database: Database, sign_in: SignIn, beneath: Subordinates, time: Callable[[], object]
) -> None:
    opened = sign_in(hours=3)
    alive = []
    for _ in range(4):
        keeper = Doorkeeper(database, zone=ZoneInfo("Asia/Shanghai"), subordinates=beneath)
        alive.append(keeper.by_cookie(opened.cookie) is not None)
        keeper.close()
        time.advance(hours=1)  # type: ignore[attr-defined]

    assert alive == [True, True, True, False]


def test_signing_out_ends_this_browser_only(
    database: Database, sign_in: SignIn, doorkeeper: Doorkeeper, acting: Acting
) -> None:
    here, there = sign_in(), sign_in()

    with database.writing() as session:
        sessions.close(session, cookie=here.cookie, by=acting("chen"))

    assert (doorkeeper.by_cookie(here.cookie), bool(doorkeeper.by_cookie(there.cookie))) == (None, True)


def test_signing_out_everywhere_ends_every_browser(
    database: Database, sign_in: SignIn, doorkeeper: Doorkeeper, acting: Acting
) -> None:
    opened = [sign_in(), sign_in()]

    with database.writing() as session:
        closed = sessions.close_everywhere(session, by=acting("chen"))

    assert closed == 2
    assert [doorkeeper.by_cookie(one.cookie) for one in opened] == [None, None]


def test_a_made_up_cookie_is_nobody(doorkeeper: Doorkeeper) -> None:
    assert doorkeeper.by_cookie("made-up") is None
