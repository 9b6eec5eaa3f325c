"""What follows a write of a record, in its transaction: named in ``kinds.py`` alone (``Kind.after``)."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module

from sqlmodel import Session

from catalog.kinds import Kind
from catalog.ledger.service import By


def follow(session: Session, kinds: Iterable[Kind], *, by: By, first: int) -> None:
    """Run what follows a write of records of these kinds, once for each; ``first`` is the write's first entry."""
    for path in sorted({kind.after for kind in kinds if kind.after}):
        module, _, function = path.partition(":")
        getattr(import_module(module), function)(session, by=by, first=first)
