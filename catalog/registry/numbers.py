"""Identifiers: given once, never changed, never given again."""

from __future__ import annotations

import re
from datetime import date
from functools import cache

from sqlalchemy import text as sql
from sqlmodel import Session

from catalog.base.db import upsert_rows
from catalog.kinds import Kind

FORM = re.compile(r"[A-Z]{2}[0-9A-Z.-]{2,40}\Z")


class Numbers:
    """The next identifiers, as far as this batch has taken them. ``keep`` writes what was given out."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._last: dict[str, int] = {}

    def observe(self, kind: Kind, identifier: str, on: date) -> None:
        """An identifier that a document states itself: later ones are numbered after it."""
        series = _series(kind.pattern, on.year)
        rest = identifier[len(series) :]
        if identifier.startswith(series) and rest.isascii() and rest.isdigit() and len(rest) <= 15:
            self._last[series] = max(self._at(series), int(rest))

    def next(self, kind: Kind, on: date) -> str:
        """A new identifier of ``kind``."""
        series = _series(kind.pattern, on.year)
        self._last[series] = self._at(series) + 1
        return kind.pattern.format(self._last[series], year=on.year)

    def keep(self) -> None:
        """Write the numbers down; under the writers' turn."""
        upsert_rows(self._session, "number", ("pattern", "last"), list(self._last.items()), key=("pattern",))

    def _at(self, series: str) -> int:
        if series not in self._last:
            row = self._session.execute(
                sql("SELECT last FROM number WHERE pattern = :series"), {"series": series}
            )
            self._last[series] = row.scalar() or 0
        return self._last[series]


@cache
def _series(pattern: str, year: int) -> str:
    return pattern.partition("{:")[0].format(year=year)
