"""Beside a dataset: which of its fields are collected although a named source shares them (Decree 809 art. 19)."""

from __future__ import annotations

import asyncio
from typing import NamedTuple

from catalog.base import clock
from catalog.base.i18n import describe
from catalog.datasets.collecting import OWN, violations
from catalog.registry.checks import RegisterFacts
from catalog.registry.pages_record import Opened


class Repeated(NamedTuple):
    """One finding in the reader's language, with the dataset to obtain the field from."""

    says: str
    dataset: str


async def repeated(found: Opened) -> list[Repeated]:
    """The findings on the registered version; none of what nobody collects any more."""
    if found.document.get("origin") != OWN or found.row.status == "withdrawn":
        return []
    return await asyncio.to_thread(_read, found)


def _read(found: Opened) -> list[Repeated]:
    with found.runtime.database.reading() as session:
        facts = RegisterFacts(session, clock.today(found.runtime.settings.zone), ())
        facts.kind, facts.identifier = found.kind.name, found.row.identifier
        judged = list(violations(found.document, facts))
    return [Repeated(describe(one)[found.language], str(one.expected)) for one in judged]
