"""What the verbs of a case type do beside moving the case: found by ``kinds.py`` alone, in the verb's transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import import_module
from typing import Any

from sqlmodel import Session

from catalog.base.db import Database
from catalog.cases.models import Case
from catalog.identity.actors import Actor
from catalog.kinds import CASE_TYPES
from catalog.standards.lifecycles import Row


@dataclass(frozen=True, slots=True)
class Act:
    """One verb that is being done: the case still stands in the state before it, its document is the new one."""

    session: Session
    database: Database
    case: Case
    row: Row
    by: Actor
    signer: str  # who answers for it: ``by``, or who signed the paper
    on: date
    note: str


Effect = Callable[[Act], dict[str, Any]]
"""Writes in the act's session; raises ``CatalogError`` to refuse the verb; what it returns goes into the entry."""


@cache
def named(path: str) -> Callable[..., Any] | None:
    """The function that ``package.module:function`` names."""
    if not path:
        return None
    module, function = path.split(":")
    found: Callable[..., Any] = getattr(import_module(module), function)
    return found


def effect_of(case_type: str) -> Effect | None:
    """What the verbs of a case type do, or nothing."""
    return named(CASE_TYPES[case_type].effects)
