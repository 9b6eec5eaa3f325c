"""What one process of the product holds open: settings, database, reads, search index."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from functools import cached_property

from sqlalchemy import inspect
from sqlmodel import Session, select

from catalog.base.db import Database
from catalog.base.errors import Unready
from catalog.base.settings import Settings
from catalog.ledger.models import Meta
from catalog.registry.feed import Feed
from catalog.registry.reads import Reads, open_reads
from catalog.search.index import Index


@dataclass
class Runtime:
    """Opened once for each process and passed on; ``close`` gives everything back."""

    settings: Settings
    database: Database
    reads: Reads
    feed: Feed
    _opened: list[Index] = field(default_factory=list)

    @cached_property
    def index(self) -> Index:
        """The search index in the data folder, following the ledger from its first use."""
        index = Index.open(self.settings.data_dir / "search")
        self._opened.append(index)
        return index

    @cached_property
    def secret(self) -> str:
        """The register's own secret, which signs cursors."""
        with self.database.reading() as session:
            return session.scalar(select(Meta.value).where(Meta.key == "secret")) or ""

    def close(self) -> None:
        """Give back files, threads and connections (the reads are closed by their event loop)."""
        for index in self._opened:
            index.close()
        self.database.close()


def open_runtime(settings: Settings | None = None, *, empty: bool = False) -> Runtime:
    """Open the register that the settings name; ``empty`` allows one that is not initialised yet.

    Raises ``Unready`` where ``catalog init`` has not run.
    """
    settings = settings or Settings()
    if settings.on_sqlite:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = Database(settings.url, write_wait=settings.write_wait_seconds)
    if not empty and not initialised(database):
        raise Unready("not-initialised", database=database.engine.url.render_as_string())
    if "public_read" not in settings.model_fields_set and is_demo(database):
        settings = settings.model_copy(update={"public_read": "all"})
    return Runtime(settings, database, open_reads(database), Feed(database))


def is_demo(database: Database) -> bool:
    """Whether the register holds the synthetic district, which everybody may read."""
    if not initialised(database):
        return False
    with database.reading() as session:
        return session.scalar(select(Meta.value).where(Meta.key == "demo")) is not None


def initialised(database: Database) -> bool:
    """Whether the register's tables are there."""
    if database.on_sqlite and not database.path.exists():
        return False
    return inspect(database.engine).has_table("meta")


def seal(session: Session, *, algorithm_version: str) -> None:
    """The facts that a new register is given once: its chain algorithm, its name, its secret."""
    session.add(Meta(key="chain", value=algorithm_version))
    session.add(Meta(key="instance", value=secrets.token_hex(8)))
    session.add(Meta(key="secret", value=secrets.token_urlsafe(32)))
