"""What the bureau is warned of from 1 December: the working calendar of the year to come is not registered."""

from __future__ import annotations

import asyncio
from datetime import date

from catalog.base.i18n import Language
from catalog.calendars.force import in_force
from catalog.home.leaders import item
from catalog.identity.actors import Actor
from catalog.runtime import Runtime


async def unannounced(runtime: Runtime, actor: Actor, language: Language, on: date) -> list[dict[str, str]]:
    """One sentence for who may register it: of the next year from 1 December on, of this one until it is there."""
    if not actor.holds("authority"):
        return []
    year = on.year + (on.month == 12)

    def known() -> bool:
        with runtime.database.reading() as session:
            return in_force(session).announced(date(year, 1, 1))

    if await asyncio.to_thread(known):
        return []
    return [item("calendar", "bad", "/calendars/notice", language, {"year": year})]
