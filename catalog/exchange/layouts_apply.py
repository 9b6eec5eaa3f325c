"""A profile applied to a table: rows of documents, each value with its cell and what it was taken as."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from catalog.exchange.layouts_profile import Profile
from catalog.exchange.layouts_tables import Table
from catalog.exchange.rows import Row


def apply(
    table: Table,
    profile: Profile,
    *,
    file: str | None = None,
    names: Mapping[str, Mapping[str, str]] | None = None,
) -> Iterator[Row]:
    """The documents of a table, each a ``Row`` with its place (file, sheet, first row) and its cells."""
    raise NotImplementedError
