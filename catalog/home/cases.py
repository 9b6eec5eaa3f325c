"""What of the inbox the first page says: the cases that wait for this reader, the earliest day first."""

from __future__ import annotations

import asyncio

from catalog.base import clock
from catalog.base.i18n import Language, text
from catalog.cases.inbox import inbox
from catalog.home.next_steps import Line, Step
from catalog.identity.actors import Actor
from catalog.runtime import Runtime

_MOST = 8


async def waiting(runtime: Runtime, actor: Actor, language: Language) -> list[Step]:
    """One step with up to eight cases, or nothing."""
    today = clock.today(runtime.settings.zone).isoformat()

    def read() -> list[Line]:
        with runtime.database.reading() as session:
            rows, _ = inbox(session, actor, box="mine", on=today, limit=_MOST)
        return [
            Line(
                one.title,
                one.href,
                f"{text('case.due', language)} {one.due_on}" if one.due_on else one.number,
            )
            for one in rows
        ]

    lines = await asyncio.to_thread(read)
    return [Step("cases", "wait", lines)] if lines else []
