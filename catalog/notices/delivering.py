"""Emptying the outbox: one process at a time, each message tried until it is taken or given up.

A message is marked as sent after it was taken. Whoever crashes between the two sends it again under the same
key, which is its Message-ID, its file name and its ``X-Catalog-Delivery``: nothing is lost, and a receiver can
tell a repetition.
"""

from __future__ import annotations

import fcntl
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, NamedTuple

import orjson
from sqlalchemy import text as sql
from sqlmodel import Session, col, delete, func, select, update

from catalog.base import clock
from catalog.base.i18n import Language
from catalog.base.i18n import text as word
from catalog.base.settings import Settings
from catalog.identity.models import Person
from catalog.notices.channels import Channel, Hook, Message, Robot, by_mail
from catalog.notices.models import Delivery, Notice, Webhook
from catalog.notices.outgoing import Undelivered
from catalog.notices.words import said
from catalog.runtime import Runtime

ATTEMPTS = 8
"""How often a message is tried before it is given up: for about two hours."""

_SLICE = 50
_KEPT = timedelta(days=30)
_TURN = 0x4E4F54  # the advisory lock of who delivers, on PostgreSQL


class Nobody(Exception):
    """There is nobody any more to whom the message could go."""


class Ready(NamedTuple):
    """A message with its way out."""

    channel: Channel
    message: Message


class Counts(NamedTuple):
    """What one round did."""

    sent: int
    waiting: int
    dead: int


def deliver(runtime: Runtime, *, stopped: Callable[[], bool] = lambda: False) -> Counts | None:
    """Try everything that is due, until ``stopped``; None where another process is at it."""
    with _turn(runtime) as mine:
        if not mine:
            return None
        states: Counter[str] = Counter()
        while (due := _due(runtime)) and not stopped():
            for key in due:
                if stopped():
                    break
                states[_try(runtime, key)] += 1
        return Counts(states["sent"], states["waiting"], states["dead"])


def _due(runtime: Runtime) -> list[str]:
    now = clock.stamp(clock.now())
    with runtime.database.reading() as session:
        wanted = select(Delivery.key).where(col(Delivery.state) == "waiting", col(Delivery.next_at) <= now)
        return list(session.scalars(wanted.order_by(col(Delivery.next_at), col(Delivery.key)).limit(_SLICE)))


def _try(runtime: Runtime, key: str) -> str:
    """One message: read, sent outside of any transaction, then marked."""
    with runtime.database.reading() as session:
        held = session.get(Delivery, key)
        if held is None:
            return ""
        attempts = held.attempts + 1
        try:
            ready = _ready(session, held, runtime.settings)
        except Nobody as error:
            ready, reason = None, str(error)
        except Exception as error:  # what can't be put into words must not hold up the others
            ready, reason = None, f"{type(error).__name__}: {error}"[:300]
    if ready is None:
        return _mark(runtime, key, "dead", attempts, reason)
    try:
        ready.channel.send(ready.message)
    except Exception as error:  # a channel's own Undelivered, or an address that no message can bear
        said_ = str(error) if isinstance(error, Undelivered) else f"{type(error).__name__}: {error}"[:300]
        return _mark(runtime, key, "dead" if attempts >= ATTEMPTS else "waiting", attempts, said_)
    return _mark(runtime, key, "sent", attempts, "")


def _mark(runtime: Runtime, key: str, state: str, attempts: int, reason: str) -> str:
    now = clock.now()
    values: dict[str, Any] = {"state": state, "attempts": attempts, "reason": reason}
    if state == "sent":
        values["sent_at"] = clock.stamp(now)
    elif state == "waiting":
        values["next_at"] = clock.stamp(now + timedelta(minutes=2 ** (attempts - 1)))
    with runtime.database.writing() as session:
        session.execute(update(Delivery).where(col(Delivery.key) == key).values(**values))
    return state


def _ready(session: Session, held: Delivery, settings: Settings) -> Ready:
    said_: dict[str, Any] = orjson.loads(held.payload)
    language: Language = "zh" if settings.language.startswith("zh") else "en"
    if held.channel == "mail":
        notice = session.get(Notice, said_["notice"])
        address = session.scalar(select(Person.email).where(col(Person.person) == held.target))
        if notice is None or not address:
            raise Nobody(word("notice.no-address", language))
        sentence = said(notice.message, orjson.loads(notice.details), language)
        subject = f"{settings.title}：{word(f'notice.kind-{notice.kind}', language)}"
        body = f"{sentence}\n\n{page(settings, notice.href)}\n\n{word('notice.foot', language)}\n"
        return Ready(by_mail(settings), Message(held.key, address, subject, body))
    if held.channel == "robot":
        if not settings.robot_url:
            raise Nobody(word("notice.no-robot", language))
        sentence = said(said_["message"], said_["details"], language, open_room=True)
        text = f"{sentence}\n{page(settings, said_['href'])}"
        return Ready(Robot(settings.robot_url), Message(held.key, settings.robot_url, settings.title, text))
    hook = session.get(Webhook, held.target)
    if hook is None:
        raise Nobody(word("notice.no-webhook", language))
    body = orjson.dumps({"delivery": held.key} | said_).decode()
    return Ready(Hook(hook.secret, hook.private), Message(held.key, hook.address, "", body))


def page(settings: Settings, href: str) -> str:
    """The address of a page for a reader outside of the catalogue."""
    return f"{settings.public_url.rstrip('/')}{href}"


def replay(session: Session, *, dead: bool = True) -> int:
    """Try again what was given up (or, without ``dead``, everything that waits) at once; how many."""
    wanted = col(Delivery.state) == ("dead" if dead else "waiting")
    count = session.scalar(select(func.count()).select_from(Delivery).where(wanted)) or 0
    values = {"state": "waiting", "attempts": 0, "next_at": clock.stamp(clock.now())}
    session.execute(update(Delivery).where(wanted).values(**values))
    return count


def counts(session: Session) -> dict[str, int]:
    """How many messages wait, were sent in the last thirty days, and were given up."""
    rows = session.execute(select(Delivery.state, func.count()).group_by(col(Delivery.state)))
    return {"waiting": 0, "sent": 0, "dead": 0} | {state: int(number) for state, number in rows}


def prune(runtime: Runtime) -> None:
    """Forget messages that were sent more than thirty days ago."""
    before = clock.stamp(clock.now() - _KEPT)
    with runtime.database.writing() as session:
        session.execute(delete(Delivery).where(col(Delivery.state) == "sent", col(Delivery.sent_at) < before))


@contextmanager
def _turn(runtime: Runtime) -> Iterator[bool]:
    """Whether this process is the one that delivers now; it is until the block ends, or the process."""
    if runtime.database.on_sqlite:
        runtime.settings.data_dir.mkdir(parents=True, exist_ok=True)
        with (runtime.settings.data_dir / "notices.lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                yield False
                return
            yield True
        return
    with runtime.database.engine.connect() as connection, connection.begin():
        got = connection.execute(sql("SELECT pg_try_advisory_xact_lock(:turn)"), {"turn": _TURN}).scalar()
        yield bool(got)
