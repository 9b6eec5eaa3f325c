"""Who comes through the door: tokens and cookies to actors, remembered for a few seconds.

A token or session that was ended elsewhere works for at most ``REMEMBERED`` seconds more in another
process; in its own process a door says ``forget``.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlmodel import col, update

from catalog.base import clock
from catalog.base.db import Database
from catalog.base.errors import Busy, NotSignedIn
from catalog.identity import sessions, tokens
from catalog.identity.actors import Actor, Subordinates
from catalog.identity.models import BrowserSession, Token

REMEMBERED = 5.0  # seconds
_MARKED = timedelta(minutes=1)  # last use is written at most so often
_ROOM = 4096
T = TypeVar("T")


class Doorkeeper:
    """One for a process; safe to be asked from several threads."""

    def __init__(self, database: Database, *, zone: ZoneInfo, subordinates: Subordinates) -> None:
        self._database = database
        self._zone = zone
        self._subordinates = subordinates
        self._tokens: dict[str, tuple[float, tokens.Held]] = {}
        self._sessions: dict[str, tuple[float, sessions.Held]] = {}
        self._marked: dict[str, str] = {}  # what was given to the thread and when
        self._marks = ThreadPoolExecutor(max_workers=1, thread_name_prefix="last-use")

    def recall(self, secret: str) -> Actor | None:
        """The actor of a token that was looked up a moment ago; touches no database."""
        known = self._tokens.get(secret)
        if known is None or known[0] < time.monotonic() or known[1].expires_at <= clock.stamp(clock.now()):
            return None
        return known[1].actor

    def by_token(self, secret: str) -> Actor:
        """The actor of a token's secret (without ``Bearer``), door ``api``; raises what ``tokens.find`` does."""
        known = self._tokens.get(secret)
        if known is None or known[0] < time.monotonic():
            if not secret.startswith(tokens.PREFIX):
                raise NotSignedIn("token-unknown")
            with self._database.reading() as session:
                held = tokens.find(
                    session, secret=secret, on=clock.today(self._zone), subordinates=self._subordinates
                )
            known = _remember(self._tokens, secret, held)
            self._mark(held.key, held.last_used_at, _mark_token)
        elif known[1].expires_at <= clock.stamp(clock.now()):
            raise NotSignedIn("token-expired", at=known[1].expires_at)
        return known[1].actor

    def by_cookie(self, cookie: str) -> sessions.Held | None:
        """The session of a cookie, door ``page``; None where it has ended."""
        known = self._sessions.get(cookie)
        if known is None or known[0] < time.monotonic():
            with self._database.reading() as session:
                held = sessions.find(
                    session, cookie=cookie, on=clock.today(self._zone), subordinates=self._subordinates
                )
            if held is None:
                self._sessions.pop(cookie, None)
                return None
            known = _remember(self._sessions, cookie, held)
            self._mark(held.hash, held.last_seen_at, _mark_session)
        return known[1]

    def forget(self) -> None:
        """Look everybody up anew: after a sign-out, a revoked token, a changed role."""
        self._tokens.clear()
        self._sessions.clear()

    def close(self) -> None:
        """Write what is still to be written, and stop."""
        self._marks.shutdown(wait=True)

    def _mark(self, key: str, last: str | None, write: Callable[[Database, str, str], None]) -> None:
        present = clock.now()
        if max(last or "", self._marked.get(key, "")) < clock.stamp(present - _MARKED):
            if len(self._marked) >= _ROOM:
                self._marked.clear()
            self._marked[key] = clock.stamp(present)
            self._marks.submit(write, self._database, key, clock.stamp(present))


def _remember(known: dict[str, tuple[float, T]], key: str, held: T) -> tuple[float, T]:
    if len(known) >= _ROOM:
        known.clear()
    known[key] = (time.monotonic() + REMEMBERED, held)
    return known[key]


def _mark_token(database: Database, key: str, now: str) -> None:
    try:
        with database.writing(turn=False) as session:
            session.execute(update(Token).where(col(Token.key) == key).values(last_used_at=now))
    except Busy:
        return  # a long write is going on; the use a minute later is marked


def _mark_session(database: Database, key: str, now: str) -> None:
    try:
        with database.writing(turn=False) as session:
            session.execute(
                update(BrowserSession).where(col(BrowserSession.hash) == key).values(last_seen_at=now)
            )
    except Busy:
        return
