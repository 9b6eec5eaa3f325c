"""From the ledger to notices: every entry is looked at exactly once, in the order in which it was written.

The place that was reached stands in ``meta`` and moves in the transaction that enters the notices; whoever
crashes in between has done nothing. The case itself writes no notice: the entry that its verb leaves in its
own transaction is what is followed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import orjson
import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, func, select

from catalog.base import clock
from catalog.base.documents import canonical
from catalog.base.settings import Settings
from catalog.cases.models import Case, CaseWatcher
from catalog.kinds import KINDS
from catalog.ledger.models import Entry, Meta
from catalog.notices.concerning import Changes, departments
from catalog.notices.holders import Posts
from catalog.notices.models import Webhook
from catalog.notices.posting import Cause, delivery, post, send
from catalog.notices.told import Movement, of_agreement, of_movement
from catalog.registry.documents import whole
from catalog.registry.models import Record
from catalog.runtime import Runtime
from catalog.standards.lifecycles import lifecycle

PLACE = "notices"
_SLICE = 100
_TOLD = ("case", "sharing-agreement")
_SILENT = ("read", "exported")
_OLD = timedelta(days=30)  # what an archive brings back from long ago is told to nobody


def follow(runtime: Runtime) -> bool:
    """Enter the notices of up to a hundred entries; whether there may be more."""
    with runtime.database.reading() as session:
        if _place(session) >= _newest(session):
            return False
    with runtime.database.writing() as session:
        return _followed(session, runtime.settings)


def _followed(session: Session, settings: Settings) -> bool:
    place, newest = _place(session), _newest(session)
    hooks = session.scalars(select(Webhook)).all()
    kinds = {"case", *(kind.name for kind in KINDS)} if hooks else _TOLD
    rows = session.scalars(
        select(Entry).where(col(Entry.seq) > place, col(Entry.seq) <= newest, col(Entry.kind).in_(sorted(kinds)))
        .order_by(col(Entry.seq)).limit(_SLICE)
    ).all()  # fmt: skip
    now = clock.now()
    fresh = [row for row in rows if row.at >= clock.stamp(now - _OLD) and row.door != "seed"]
    posts = Posts(session, clock.today(settings.zone))
    for entry in fresh:
        _tell(session, entry, posts, settings)
    _broadcast(session, hooks, fresh, clock.stamp(now))
    reached = rows[-1].seq if len(rows) == _SLICE else newest
    session.merge(Meta(key=PLACE, value=str(reached)))
    return reached < newest


def _tell(session: Session, entry: Entry, posts: Posts, settings: Settings) -> None:
    """The notices of one entry; one that can't be understood is logged and holds up no other."""
    if entry.kind not in _TOLD:
        return
    try:
        with session.begin_nested():
            (_case if entry.kind == "case" else _agreement)(session, entry, posts, settings)
    except SQLAlchemyError:
        raise
    except Exception as error:
        structlog.get_logger().error(
            "notice", entry=entry.seq, error=f"{type(error).__name__}: {error}"[:300]
        )


def _place(session: Session) -> int:
    return int(session.scalar(select(Meta.value).where(col(Meta.key) == PLACE)) or 0)


def _newest(session: Session) -> int:
    return session.scalar(select(func.max(Entry.seq))) or 0


def _case(session: Session, entry: Entry, posts: Posts, settings: Settings) -> None:
    case = session.get(Case, entry.identifier)
    if case is None:
        return
    said: dict[str, Any] = orjson.loads(entry.data) if entry.data else {}
    state = str(said.get("to", "")) if said.get("side") else ""
    past = entry.verb.partition(".")[2]
    watchers = set(session.scalars(select(CaseWatcher.person).where(col(CaseWatcher.number) == case.number)))
    movement = Movement(
        past=past, by=entry.by, type=case.type, track=case.track, to=state, side=str(said.get("side", "")),
        from_department=case.from_department, to_department=case.to_department,
        assignee=(case.assignee or "") if case.seq == entry.seq else "",
        requesters=_requesters(case), watchers=watchers, named=str(said.get("to_person", "")),
    )  # fmt: skip
    details = {
        "type": case.type, "number": case.number, "title": case.title, "state": state or case.state,
        "due": str(said.get("due_on", case.due_on or "")),
    }  # fmt: skip
    cause = Cause(f"entry:{entry.seq}", details, f"/cases/{case.number}")
    post(session, cause, of_movement(movement, posts), at=entry.at, settings=settings)


def _requesters(case: Case) -> set[str]:
    """Who opened the case, and who signed a verb of the side that asks."""
    asking = {row.verb for row in lifecycle(case.type).rows if row.side == "from"}
    return {case.opened_by} | {one["signer"] for one in orjson.loads(case.done) if one["verb"] in asking}


def _agreement(session: Session, entry: Entry, posts: Posts, settings: Settings) -> None:
    record = session.get(Record, ("sharing-agreement", entry.identifier))
    document = whole(session, "sharing-agreement", str(entry.identifier)) if record else None
    if record is None or document is None:
        return
    said: dict[str, Any] = orjson.loads(entry.data) if entry.data else {}
    status = str(said.get("to", record.status))
    provider, consumer = str(document.get("provider", "")), str(document.get("consumer", ""))
    told = of_agreement(entry.verb.partition(".")[2], status, entry.by, provider, consumer, posts)
    until = str(document.get("period", {}).get("until", ""))
    details = {"number": record.identifier, "title": record.name, "status": status, "until": until}
    cause = Cause(f"entry:{entry.seq}", details, f"/sharing-agreements/{record.identifier}")
    post(session, cause, told, at=entry.at, settings=settings)


def _broadcast(session: Session, hooks: Sequence[Webhook], entries: Sequence[Entry], at: str) -> None:
    """One message to each webhook with the entries that it asked for, and those of its department's agreements.

    Identifiers and verbs, no document.
    """
    if not hooks:
        return
    rows = []
    changes, owners = Changes(session, entries), departments(session, (hook.system for hook in hooks))
    for hook in hooks:
        wanted = hook.kinds.split()
        events = []
        for one in entries:
            if one.at < hook.registered_at or one.verb.rpartition(".")[2] in _SILENT:
                continue
            more = changes.told(one, hook.system, owners.get(hook.system, ""))
            if not wanted or one.kind in wanted or more:
                said = {
                    "seq": one.seq,
                    "at": one.at,
                    "verb": one.verb,
                    "kind": one.kind,
                    "identifier": one.identifier,
                }
                events.append(said | ({"version": one.version} if one.version else {}) | more)
        if events:
            mark = f"{events[0]['seq']}-{events[-1]['seq']}"
            rows.append(delivery("webhook", hook.key, canonical({"events": events}).decode(), at, mark=mark))
    send(session, rows)
