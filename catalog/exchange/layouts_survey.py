"""Tables in a workbook that nobody shaped for us: headings over several rows, notes, examples, totals."""

from __future__ import annotations

from typing import Any

from catalog.exchange.layouts_tables import Table


def survey(book: Any) -> list[Table]:
    """One table for each sheet, in order; those with nothing to map have the shape ``none`` and a notice."""
    raise NotImplementedError
