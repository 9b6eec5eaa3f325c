"""A register with its ledger and identity tables, committed for real, on an SQLite file."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import SQLModel, select

from catalog.base import clock
from catalog.base.db import Database
from catalog.identity import accounts, passwords, persons
from catalog.identity.actors import CONSOLE, Actor, Subordinates, actor_of
from catalog.identity.models import Account, Grant
from catalog.identity.roles import BY_NAME
from catalog.ledger.models import Entry, Meta

ON = date(2026, 9, 30)
GOOD = "Right-horse-1"
CHILDREN = {"DP0001": frozenset({"DP0002", "DP0008", "DP0041"}), "DP0008": frozenset({"DP0041"})}


def _beneath(department: str) -> frozenset[str]:
    return CHILDREN.get(department, frozenset())


@pytest.fixture
def beneath() -> Subordinates:
    return _beneath


@pytest.fixture
def on() -> date:
    return ON


@pytest.fixture
def actor() -> Callable[..., Actor]:
    """An actor of DP0008 with roles, without any database: ``actor("reader", scope=…, system=…)``."""

    def made(*roles: str, scope: frozenset[str] | None = None, system: str | None = None) -> Actor:
        account = Account(
            person="PN-0", login="x", password="", department="DP0008", system=system, created_at=""
        )
        grants = [
            Grant(
                key=role,
                person="PN-0",
                role=role,
                department="DP0008" if BY_NAME[role].departmental else None,
                granted_by="console",
                from_on="2026-01-01",
            )
            for role in roles
        ]
        return actor_of(account, "某人", grants, on=ON, subordinates=_beneath, scope=scope)

    return made


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 9, 30, 1, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def advance(self, **by: float) -> None:
        self.moment += timedelta(**by)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    standing = Clock()
    monkeypatch.setattr(clock, "now", standing)
    return standing


@pytest.fixture
def database(tmp_path: Path, time: Clock) -> Iterator[Database]:
    made = Database(f"sqlite:///{tmp_path / 'catalog.db'}")
    SQLModel.metadata.create_all(made.engine)
    with made.writing() as session:
        session.add(Meta(key="chain", value="01"))
    yield made
    made.close()


@pytest.fixture(scope="session")
def password() -> passwords.Hashed:
    return passwords.secure(GOOD)


Opened = Callable[..., str]


@pytest.fixture
def account(database: Database, password: passwords.Hashed) -> Opened:
    """Open an account with roles, as ``account("chen", ("data_officer", "DP0008"))``; gives the person key."""

    def opened(login: str, *roles: tuple[str, str | None], department: str = "DP0008", **more: object) -> str:
        with database.writing() as session:
            person = persons.create(
                session,
                name=f"某人{login}",
                telephone="020-1",
                email="a@example.cn",
                basis="test",
                by=CONSOLE,
            )
            accounts.create(
                session,
                login=login,
                person=person,
                password=password,
                department=department,
                by=CONSOLE,
                **more,  # type: ignore[arg-type]
            )
            for role, where in roles:
                accounts.grant(session, login=login, role=role, department=where, by=CONSOLE, on=ON)
        return person

    return opened


@pytest.fixture
def acting(database: Database) -> Callable[[str], Actor]:
    """The actor behind a login."""

    def found(login: str) -> Actor:
        with database.reading() as session:
            return accounts.actor(session, login=login, on=ON, subordinates=_beneath)

    return found


@pytest.fixture
def entries(database: Database) -> Callable[[], list[Entry]]:
    def read() -> list[Entry]:
        with database.reading() as session:
            rows = list(session.scalars(select(Entry).order_by(Entry.seq)))
            session.expunge_all()
            return rows

    return read
