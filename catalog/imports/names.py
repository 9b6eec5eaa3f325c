"""Names where identifiers belong, in files whose reader leads no names: led to the record that they mean."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import replace

from sqlmodel import Session

from catalog.exchange.rows import Row
from catalog.exchange.xlsx_cells import shortened
from catalog.imports.correct import put_at
from catalog.registry.brought import Known
from catalog.registry.numbers import FORM
from catalog.standards import schemas


def led(session: Session, rows: Sequence[Row], kind: str) -> tuple[list[Row], Known]:
    """The rows with identifiers in place of names, and the names that are known."""
    known = Known(session)
    made = list(rows)
    for index, row in enumerate(rows):
        if row.violations or not isinstance(row.document, dict):
            continue
        changes: dict[str, str] = {}
        for pointer, _, to_kind, value in schemas.current(row.kind or kind).annotations.references(
            row.document
        ):
            if not FORM.match(value):
                word = value.strip()
                found = known[to_kind].get(word) or known[to_kind].get(shortened(word))
                if found:
                    changes[pointer] = found
        if changes:
            document = copy.deepcopy(row.document)
            for pointer, identifier in changes.items():
                put_at(document, pointer, identifier)
            made[index] = replace(row, document=document)
    known["department"]  # read now: suggestions look for departments alone
    return made, known
