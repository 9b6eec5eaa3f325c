"""``catalog account``, ``token`` and ``forget`` on a register with one department."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlmodel import SQLModel, select
from typer.testing import CliRunner, Result

from catalog import identity
from catalog.base import i18n
from catalog.base.db import Database
from catalog.cli import app
from catalog.ledger.models import Entry, Meta
from catalog.registry.models import Content, Record

PASSWORD = "Right-horse-1"
Run = Callable[..., Result]


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.setenv("CATALOG_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("CATALOG_LANGUAGE", "en")
    made = Database(f"sqlite:///{tmp_path / 'catalog.db'}")
    SQLModel.metadata.create_all(made.engine)
    with made.writing() as session:
        session.add(Meta(key="chain", value="01"))
        session.add(Content(digest="0", text=b"{}"))
        session.flush()
        session.add(
            Record(
                kind="department",
                identifier="DP0008",
                seq=0,
                version=1,
                status="active",
                department="DP0008",
                name="民政局",
                standard="1.0",
                content="0",
                registered_at="",
                changed_at="",
            )
        )
    yield made
    made.close()


@pytest.fixture
def run(database: Database) -> Run:
    def called(*words: str, given: str = "") -> Result:
        return CliRunner().invoke(app, list(words), input=given, env={"COLUMNS": "200"})

    return called


@pytest.fixture
def chen(run: Run) -> str:
    """An account of DP0008; its person key."""
    made = run(
        "account", "create", "chen", "--name", "陈某", "--department", "DP0008", "--password-stdin", "--json",
        given=f"{PASSWORD}\n",
    )  # fmt: skip
    assert made.exit_code == 0, made.output
    return str(json.loads(made.stdout)["person"])


def test_an_account_is_created_granted_and_shown(run: Run, chen: str) -> None:
    granted = run(
        "account", "grant", "chen", "data_officer", "--department", "DP0008", "--until", "2999-12-31"
    )
    shown = json.loads(run("account", "show", "chen", "--json").stdout)

    assert granted.stdout == "Granted to chen: Data officer @ DP0008\n"
    assert [(one["role"], one["department"], one["until"]) for one in shown["roles"]] == [
        ("data_officer", "DP0008", "2999-12-31")
    ]
    assert "password" not in shown


def test_a_department_that_nobody_registered_is_refused(run: Run, chen: str) -> None:
    refused = run("account", "grant", "chen", "reader", "--department", "DP9999")

    assert refused.exit_code == 3
    assert "DP9999" in refused.stderr


def test_a_weak_password_is_refused_and_not_repeated(run: Run) -> None:
    refused = run("account", "create", "li", "--name", "李某", "--password-stdin", given="weakling\n")

    assert refused.exit_code == 1
    assert "password-weak" in refused.stderr
    assert "weakling" not in refused.output


def test_a_refused_account_leaves_no_person(run: Run, chen: str, database: Database) -> None:
    run("account", "create", "chen", "--name", "另一人", "--password-stdin", given=f"{PASSWORD}\n")

    with database.reading() as session:
        assert len(session.scalars(select(Entry).where(Entry.verb == "person.recorded")).all()) == 1


def test_a_token_is_shown_once(run: Run, chen: str) -> None:
    made = run("token", "create", "chen", "--name", "接口", "--scope", "read", "--scope", "write", "--json")
    listed = run("token", "list", "chen", "--json")

    body = json.loads(made.stdout)
    assert body["secret"].startswith("cdo_")
    assert body["secret"] not in listed.stdout
    assert json.loads(listed.stdout)["items"][0]["scope"] == "read write"


def test_a_token_is_revoked_by_its_key(run: Run, chen: str) -> None:
    key = json.loads(run("token", "create", "chen", "--name", "接口", "--json").stdout)["token"]

    first, second = run("token", "revoke", key), run("token", "revoke", key)

    assert (first.exit_code, second.exit_code) == (0, 1)


def test_a_person_is_forgotten_after_the_account_is_closed(run: Run, chen: str) -> None:
    basis = ("--basis", "PIPL art. 47")

    early = run("forget", chen, *basis)
    run("account", "disable", "chen")
    late = run("forget", chen, *basis, "--json")

    assert (early.exit_code, late.exit_code) == (1, 0)
    assert json.loads(late.stdout) == {"person": chen, "forgotten": True}
    assert json.loads(run("account", "list", "--json").stdout) == {"items": []}


def test_somebody_acts_by_their_login(run: Run, chen: str) -> None:
    run("account", "create", "sec", "--name", "安全员", "--password-stdin", given=f"{PASSWORD}\n")
    run("account", "grant", "sec", "security_admin")

    console = run("account", "grant", "chen", "authority")
    by_login = run("account", "grant", "chen", "authority", "--by", "sec")

    assert (console.exit_code, by_login.exit_code) == (4, 0)
    assert "role-needed" not in console.output
    assert "Security administrator" in console.stderr


def test_a_withdrawn_role_leaves_the_list(run: Run, chen: str) -> None:
    run("account", "grant", "chen", "reader", "--department", "DP0008")

    run("account", "withdraw", "chen", "reader", "--department", "DP0008")

    assert json.loads(run("account", "list", "--json").stdout)["items"][0]["roles"] == []


def test_a_new_password_is_set(run: Run, chen: str) -> None:
    done = run("account", "password", "chen", "--password-stdin", given="Other-horse-2\n")

    assert (done.exit_code, done.stdout) == (
        0,
        "The password of chen is set; its browsers are signed out.\n",
    )


def test_name_and_person_exclude_each_other(run: Run, chen: str) -> None:
    refused = run("account", "create", "two", "--name", "x", "--person", chen)

    assert refused.exit_code == 2


def test_every_refusal_of_identity_has_its_texts() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in Path(identity.__path__[0]).glob("*.py"))
    slugs = set(re.findall(r"raise [A-Z][A-Za-z]+\(\s*\"([a-z-]+)\"", sources))
    rules = set(re.findall(r"Violation\(\s*f?\"[^\"]*\",\s*\"([a-z-]+)\"", sources))

    assert len(slugs) > 15
    assert slugs - i18n.catalogue("problems").keys() == set()
    assert rules - i18n.catalogue("rules").keys() == set()
