"""Schema migrations (Alembic), forward only; run by ``catalog init`` and ``catalog upgrade``."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from catalog.base.db import Database


def _config(database: Database) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["engine"] = database.engine
    return config


def upgrade(database: Database) -> None:
    """Bring the tables to the form that this version of the product needs."""
    command.upgrade(_config(database), "head")


def revisions(database: Database) -> tuple[str | None, str | None]:
    """The revision of the database and the one that the product needs."""
    with database.engine.connect() as connection:
        present = MigrationContext.configure(connection).get_current_revision()
    return present, ScriptDirectory.from_config(_config(database)).get_current_head()
