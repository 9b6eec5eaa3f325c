"""How many cases wait for who opens a page: counted with the sign-in, for the frame."""

from __future__ import annotations

import asyncio

from starlette.types import Scope

from catalog.base.db import Database
from catalog.base.web import Identify
from catalog.cases.inbox import count
from catalog.identity.actors import Actor


def counted(identify: Identify, database: Database) -> Identify:
    """The same question, and for a browser's page also what waits, as ``state.waits``."""

    async def asked(scope: Scope, headers: dict[bytes, bytes]) -> Actor:
        actor: Actor = await identify(scope, headers)
        page = scope["method"] == "GET" and b"text/html" in headers.get(b"accept", b"")
        if page and "session" in scope["state"]:
            scope["state"]["waits"] = await asyncio.to_thread(_count, database, actor)
        return actor

    return asked


def _count(database: Database, actor: Actor) -> int:
    with database.reading() as session:
        return count(session, actor)
