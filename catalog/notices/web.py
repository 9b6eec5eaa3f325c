"""How many notices a reader has not read: counted with the sign-in, for the frame."""

from __future__ import annotations

import asyncio

from starlette.types import Scope

from catalog.base.db import Database
from catalog.base.web import Identify
from catalog.identity.actors import Actor
from catalog.notices.posting import unread


def noticed(identify: Identify, database: Database) -> Identify:
    """The same question, and for a browser's page also what is unread, as ``state.unread``."""

    async def asked(scope: Scope, headers: dict[bytes, bytes]) -> Actor:
        actor: Actor = await identify(scope, headers)
        page = scope["method"] == "GET" and b"text/html" in headers.get(b"accept", b"")
        if page and "session" in scope["state"]:
            scope["state"]["unread"] = await asyncio.to_thread(_count, database, actor.person)
        return actor

    return asked


def _count(database: Database, person: str) -> int:
    with database.reading() as session:
        return unread(session, person)
