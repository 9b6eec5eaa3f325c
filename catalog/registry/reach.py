"""Which departments stand beneath another; identity asks it for the reach of roles."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import text as sql

from catalog.base.db import FOREVER, Database

_BENEATH = f"""
WITH RECURSIVE beneath(identifier) AS (
  SELECT identifier FROM record WHERE kind = 'department' AND identifier = :top
  UNION
  SELECT l.identifier FROM link l JOIN beneath b ON l.to_identifier = b.identifier
  WHERE l.to_kind = 'department' AND l.kind = 'department' AND l.rel = 'parent' AND l.to_seq = {FOREVER}
)
SELECT identifier FROM beneath WHERE identifier <> :top
"""


def subordinates(database: Database) -> Callable[[str], frozenset[str]]:
    """A function from a department to all departments beneath it, as the register has them now."""

    def beneath(department: str) -> frozenset[str]:
        with database.reading() as session:
            return frozenset(row[0] for row in session.execute(sql(_BENEATH), {"top": department}))

    return beneath
