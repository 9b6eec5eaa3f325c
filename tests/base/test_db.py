"""The one database: what is closed stays closed."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from catalog.base.db import Database
from catalog.runtime import Runtime


def test_a_connection_that_returns_after_closing_is_closed_too(empty: Runtime) -> None:
    database = Database(empty.database.url)
    with database.reading() as session:
        held = session.connection().connection.driver_connection
        assert held is not None
        database.close()
        assert session.execute(text("SELECT 1")).scalar() == 1

    with pytest.raises(Exception, match="closed"):
        held.cursor().execute("SELECT 1")


def test_what_asks_after_closing_leaves_nothing_open(empty: Runtime) -> None:
    database = Database(empty.database.url)
    database.close()
    with database.reading() as session:
        held = session.connection().connection.driver_connection
        assert held is not None

    with pytest.raises(Exception, match="closed"):
        held.cursor().execute("SELECT 1")
