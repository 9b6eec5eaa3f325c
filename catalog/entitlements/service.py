"""A question from a door: who may ask it, from which state of the register it is answered, and its row in the log."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from weakref import WeakKeyDictionary

import orjson

from catalog.base import clock
from catalog.base.errors import InvalidDocument, NotPermitted, NotSignedIn, Violation
from catalog.entitlements.decide import Item, Question, decide
from catalog.entitlements.log import Log, logged
from catalog.entitlements.log_stores import Line
from catalog.entitlements.reading import Snapshots
from catalog.entitlements.snapshot import Answer, Snapshot
from catalog.entitlements.wording import rendered
from catalog.identity.actors import Actor
from catalog.identity.roles import BY_NAME
from catalog.registry.reads import Reads
from catalog.runtime import Runtime

MOST = 1_000  # items of one question
_NAMES = frozenset({"consumer", "purpose", "items", "way", "at"})
_SNAPSHOTS: WeakKeyDictionary[Reads, Snapshots] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided, as it leaves, and the number of its row in the log."""

    question: Question
    answers: list[Answer]
    effect: str
    snapshot: Snapshot
    decided_at: str
    provisional: bool  # about a day to come, by what holds today
    number: int
    body: bytes


def snapshots(reads: Reads) -> Snapshots:
    """The snapshots of this process."""
    found = _SNAPSHOTS.get(reads)
    if found is None:
        found = _SNAPSHOTS[reads] = Snapshots(reads)
    return found


def today(runtime: Runtime) -> str:
    """The day that a question is about unless it says another."""
    return clock.today(runtime.settings.zone).isoformat()


def may_ask(actor: Actor, consumer: str) -> bool:
    """Whether the actor may ask about this department: the own one, those that a role reaches, or all of them.

    The authority and the auditor reach all; accounts and permissions are no matter of content, so their
    administrators reach none by that.
    """
    if not actor.signed_in or not actor.allows("read"):
        return False
    if consumer and consumer == actor.department:
        return True
    return any(
        actor.may(role, consumer)
        for role in actor.reach
        if BY_NAME[role].departmental or role in ("authority", "auditor")
    )


def require_ask(actor: Actor, consumer: str) -> None:
    """Raise ``NotSignedIn`` or ``NotPermitted`` where the actor may not ask about this department."""
    if may_ask(actor, consumer):
        return
    if not actor.signed_in:
        raise NotSignedIn()
    raise NotPermitted("decision-not-yours", department=consumer)


def question_of(document: Any) -> tuple[Question, str]:
    """A question as doors bring it, and the moment that it is about (empty: now). Raises ``InvalidDocument``."""
    wrong = list(_wrong(document))
    if wrong:
        raise InvalidDocument(wrong)
    items = tuple(item for one in document["items"] if (item := _item(one)))
    if len(items) < len(document["items"]):
        bad = [(place, one) for place, one in enumerate(document["items"]) if _item(one) is None]
        raise InvalidDocument(
            [Violation(f"/items/{place}", "decision-item", found=one) for place, one in bad]
        )
    question = Question(document["consumer"], document["purpose"], items, document.get("way") or "", "")
    return question, document.get("at") or ""


def _wrong(document: Any) -> Iterable[Violation]:
    if not isinstance(document, dict):
        yield Violation("", "type", found=type(document).__name__, expected="object")
        return
    for name in document.keys() - _NAMES:
        yield Violation(f"/{name}", "parameter-unknown", found=name, expected=sorted(_NAMES))
    for name in ("consumer", "purpose"):
        if not isinstance(document.get(name), str) or not document[name]:
            yield Violation(f"/{name}", "decision-needs", found=document.get(name))
    for name in ("way", "at"):
        if document.get(name) is not None and not isinstance(document[name], str):
            yield Violation(f"/{name}", "decision-needs", found=document[name])
    items = document.get("items")
    if not isinstance(items, list) or not 0 < len(items) <= MOST:
        found = len(items) if isinstance(items, list) else items
        yield Violation("/items", "decision-items", found=found, expected=MOST)


def _item(item: Any) -> Item | None:
    """An element alone, or a dataset with a field; anything else is none."""
    if type(item) is not dict:
        return None
    if len(item) == 2:
        dataset, field = item.get("dataset"), item.get("field")
        return Item("", dataset, field) if type(dataset) is str is type(field) and dataset and field else None
    element = item.get("element")
    return Item(element) if len(item) == 1 and type(element) is str and element else None


async def answered(runtime: Runtime, log: Log, document: Any, *, by: Actor) -> Decision:
    """Decide and log; nothing is answered before its row is durable.

    Raises ``InvalidDocument``, ``NotSignedIn``, ``NotPermitted``, and ``Unready`` where the log can't be written.
    """
    if not by.signed_in:
        raise NotSignedIn()
    question, at = question_of(document)
    require_ask(by, question.consumer)
    snapshot, day = await state(runtime, at)
    question = question._replace(on=day)
    answers = decide(snapshot, question)
    body, marks = rendered(snapshot, question, answers)
    effect = _whole_effect(answers)
    decided_at = clock.stamp(clock.now())
    line = Line(
        at=decided_at, by=by.person, door=by.door, question=orjson.dumps(question, default=tuple).decode(),
        effect=effect, answers=hashlib.sha256(marks).hexdigest(), seq=snapshot.seq, snapshot=snapshot.digest,
    )  # fmt: skip
    number = await log.write(line)
    provisional = day > clock.today(runtime.settings.zone).isoformat()
    return Decision(question, answers, effect, snapshot, decided_at, provisional, number, body)


def _whole_effect(answers: list[Answer]) -> str:
    effects = {answer.effect for answer in answers}
    return effects.pop() if len(effects) == 1 else "partial"


def whole(decision: Decision) -> bytes:
    """The answer of the API."""
    head = orjson.dumps({
        "effect": decision.effect, "decision": decision.number, "snapshot": decision.snapshot.digest,
        "seq": decision.snapshot.seq, "decided_at": decision.decided_at, "on": decision.question.on,
        "provisional": decision.provisional,
    })  # fmt: skip
    return head[:-1] + b',"items":' + decision.body + b"}"


async def state(runtime: Runtime, at: str) -> tuple[Snapshot, str]:
    """The state of the register that answers, and the day asked about: of the past as it was, else as it is."""
    known, zone = snapshots(runtime.reads), runtime.settings.zone
    today = clock.today(zone)
    if not at:
        return await known.now(), today.isoformat()
    try:
        moment = datetime.fromisoformat(at) if len(at) > 10 else None
        day = date.fromisoformat(at) if moment is None else moment.date()
        if moment is not None:
            moment = moment if moment.tzinfo else moment.replace(tzinfo=zone)
            day = moment.astimezone(zone).date()
        end = clock.stamp(moment) if moment else clock.end_of_day(day, zone) if day < today else ""
    except (ValueError, OverflowError):
        raise InvalidDocument([Violation("/at", "format-date", found=at)]) from None
    if not end or end > clock.stamp(clock.now()):
        return await known.now(), day.isoformat()
    rows = await runtime.reads.find("seq_at", at=end)
    seq = int(rows[0][0] or 0)
    if not seq:
        raise InvalidDocument([Violation("/at", "decision-before-register", found=at)])
    return await known.at(seq), day.isoformat()


@dataclass(frozen=True, slots=True)
class Replay:
    """A logged decision, decided once more from the state of the register at that time."""

    number: int
    line: Line
    question: Question
    snapshot: Snapshot
    answers: list[Answer]
    body: bytes
    digest: str

    @property
    def same(self) -> bool:
        """Whether the answer and the snapshot are what they were."""
        same = self.digest == self.line.answers
        return same and self.snapshot.digest == self.line.snapshot


async def replayed(runtime: Runtime, number: int) -> Replay:
    """Decide row ``number`` of the log again. Raises ``NotFound``."""
    line = await asyncio.to_thread(logged, runtime.settings, runtime.database, number)
    consumer, purpose, items, way, on = orjson.loads(line.question)
    question = Question(consumer, purpose, tuple(Item(*item) for item in items), way, on)
    snapshot = await snapshots(runtime.reads).at(line.seq)
    answers = decide(snapshot, question)
    body, marks = rendered(snapshot, question, answers)
    return Replay(number, line, question, snapshot, answers, body, hashlib.sha256(marks).hexdigest())


def told(found: Replay) -> bytes:
    """A replayed decision as the API and the command tell it."""
    line, question = found.line, found.question
    head = orjson.dumps({
        "decision": found.number, "same": found.same, "effect": line.effect, "decided_at": line.at, "door": line.door,
        "consumer": question.consumer, "purpose": question.purpose, "way": question.way or None,
        "on": question.on, "seq": line.seq, "snapshot": found.snapshot.digest,
    })  # fmt: skip
    return head[:-1] + b',"items":' + found.body + b"}"
