"""The migrations make the tables that the models describe, on both databases."""

from __future__ import annotations

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlmodel import SQLModel

import catalog.cases.models
import catalog.entitlements.models
import catalog.forms.models
import catalog.imports.models
import catalog.notices.models
import catalog.registry.attachments_models
import catalog.registry.stored
import catalog.registry.views
import catalog.sharing.usage_models  # noqa: F401  (its table)
from catalog.migrations import revisions, upgrade
from catalog.runtime import Runtime, initialised


def test_a_database_without_tables_is_not_initialised(empty: Runtime) -> None:
    assert not initialised(empty.database)


def test_the_migrations_make_what_the_models_describe(empty: Runtime) -> None:
    upgrade(empty.database)

    def apart(_thing: Any, name: str | None, *_: Any) -> bool:
        """On SQLite the decision log has a file of its own."""
        return name != "decision" or not empty.database.on_sqlite

    with empty.database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": apart})
        differences = compare_metadata(context, SQLModel.metadata)
    assert differences == []
    present, needed = revisions(empty.database)
    assert present == needed


def test_upgrading_again_changes_nothing(runtime: Runtime) -> None:
    before = runtime.feed.last()

    upgrade(runtime.database)

    assert runtime.feed.last() == before
    assert initialised(runtime.database)
