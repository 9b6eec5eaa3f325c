"""Real parts: an SQLite file or a PostgreSQL database for each module, copied from one founded template."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings
from sqlalchemy import create_engine, text

from catalog.base.settings import Settings
from catalog.registry import founding
from catalog.runtime import Runtime, open_runtime
from tests import desk as desks
from tests.desk import Desk

# a test of the register itself registers without a proposal; a test of the desk opens its register with desk="on"
os.environ["CATALOG_DESK"] = "off"

hypothesis_settings.register_profile("quick", max_examples=50, deadline=None)
hypothesis_settings.register_profile("deep", max_examples=2000, deadline=None)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

DATABASES = os.environ.get("CATALOG_TEST_DATABASES", "sqlite").split(",")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_name" in metafunc.fixturenames:
        marks = {"postgresql": [pytest.mark.postgresql]}
        # what a page looks like asks no database
        apart = "browser" in metafunc.definition.path.parts
        names = [
            pytest.param(name, marks=marks.get(name, [])) for name in (DATABASES[:1] if apart else DATABASES)
        ]
        metafunc.parametrize("database_name", names, scope="module")


def _address() -> str:
    return os.environ["CATALOG_TEST_POSTGRESQL"]


def _named(address: str, name: str) -> str:
    return address.replace("/postgres?", f"/{name}?")


def _administer(statement: str) -> None:
    url = _address().replace("postgresql://", "postgresql+psycopg://")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """One founded register (standards in force, real seed, no people) for each database, made on demand."""
    return {}


def _template(name: str, made: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> str:
    if name not in made:
        folder = tmp_path_factory.mktemp(f"template-{name}")
        url = f"sqlite:///{folder / 'catalog.db'}"
        if name == "postgresql":
            database = f"template_{secrets.token_hex(4)}"
            _administer(f"CREATE DATABASE {database}")
            url = _named(_address(), database)
        runtime = open_runtime(Settings(data_dir=folder, database_url=url), empty=True)
        founding.found(runtime, demo=False)
        if runtime.database.on_sqlite:
            with runtime.database.engine.connect() as connection:
                connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        runtime.close()
        made[name] = url
    return made[name]


@pytest.fixture(scope="module")
def runtime(
    database_name: str, templates: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Runtime]:
    """A register of this module's own, with the real standards and seed, on each database."""
    template = _template(database_name, templates, tmp_path_factory)
    folder = tmp_path_factory.mktemp("register")
    if database_name == "sqlite":
        url = f"sqlite:///{folder / 'catalog.db'}"
        shutil.copy(template.removeprefix("sqlite:///"), folder / "catalog.db")
    else:
        name = f"register_{secrets.token_hex(4)}"
        _administer(f"CREATE DATABASE {name} TEMPLATE {template.partition('?')[0].rpartition('/')[2]}")
        url = _named(_address(), name)
    opened = open_runtime(Settings(data_dir=folder, database_url=url, public_read="standards"))
    yield opened
    opened.close()


def _empty(name: str, folder: Path) -> Runtime:
    url = f"sqlite:///{folder / 'catalog.db'}"
    if name == "postgresql":
        database = f"empty_{secrets.token_hex(4)}"
        _administer(f"CREATE DATABASE {database}")
        url = _named(_address(), database)
    return open_runtime(Settings(data_dir=folder, database_url=url), empty=True)


@pytest.fixture(scope="module")
def empty(database_name: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    """A database without any table."""
    opened = _empty(database_name, tmp_path_factory.mktemp("empty"))
    yield opened
    opened.close()


@pytest.fixture
def other(database_name: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    """A database without any table, of the other kind where the run has both."""
    name = next((name for name in DATABASES if name != database_name), database_name)
    opened = _empty(name, tmp_path_factory.mktemp("other"))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def desk(runtime: Runtime) -> Iterator[Desk]:
    """The module's register, served, with people before it."""
    with desks.opened(runtime) as made:
        yield made
