"""What the verbs do to a case's clock: start, pause, resume, stop, extend; and the day that comes of it.

``case.clock`` is ``{"rule", "start", "until", "pauses": [{"from", "until"}], "extension", "extensions",
"ended", "due_on", "past": […]}``: ``until`` where a side has set the day; ``extension`` in working days, granted ``extensions`` times; ``due_on`` as it stood
when the clock ended; ``past`` the clocks before this one. Nobody else writes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import orjson
from sqlalchemy import text as sql
from sqlmodel import Session

from catalog.base.db import execute_rows
from catalog.base.documents import canonical
from catalog.calendars.force import in_force
from catalog.cases.models import NEVER, Case
from catalog.ledger import service as ledger
from catalog.ledger.service import By, Line
from catalog.standards.calendars import Calendar
from catalog.standards.clocks import Pause, Rule, deadline, rules
from catalog.standards.lifecycles import Tick

EXTERNAL = "external"
"""The track of who is bound by no clock of this district: the upper platform's days are shown instead."""


def tick(case: Case, ticks: Iterable[Tick], *, session: Session, on: date) -> list[dict[str, Any]]:
    """Move the clock of ``case`` by what a verb says; ``on`` is the day of receipt.

    A clock that starts ends the one that still runs. Returns the clocks that ended, each with the day on
    which it was due, for the entry.
    """
    held, day, ended = clock_of(case), on.isoformat(), []
    for one in ticks:
        running = bool(held) and "ended" not in held
        if running and one.act in ("start", "stop"):
            held |= {"ended": day, "due_on": count(session, held)[0]}
            ended.append({name: held[name] for name in ("rule", "start", "ended", "due_on")})
        if one.act == "start":
            past = [*held.pop("past", []), held] if held else []
            held = {"rule": one.rule, "start": day, "pauses": []} | ({"past": past} if past else {})
            if one.until:
                held["until"] = _set_by(case, one.until)
        elif running and one.act == "pause" and not _paused(held):
            held["pauses"].append({"from": day})
        elif running and one.act == "resume" and _paused(held):
            held["pauses"][-1]["until"] = day
    _set(case, held, session)
    return ended


def start(case: Case, rule: str, *, session: Session, on: date) -> None:
    """Start the clock of a case that is opened with one: no verb precedes it."""
    tick(case, [Tick("start", rule, frozenset((case.track,)))], session=session, on=on)


def extend(case: Case, days: int, *, session: Session) -> None:
    """Add working days to a running clock; whether that may be is the extension's own business."""
    held = clock_of(case)
    held["extension"] = held.get("extension", 0) + days
    held["extensions"] = held.get("extensions", 0) + 1
    _set(case, held, session)


def clock_of(case: Case) -> dict[str, Any]:
    """How the term of a case is counted; nothing where none was ever started."""
    found: dict[str, Any] = orjson.loads(case.clock)
    return found


def rule_of(case: Case) -> Rule | None:
    """The rule of the clock that runs or is paused; None where none does."""
    held = clock_of(case)
    return rules()[held["rule"]] if held and "ended" not in held else None


def told(case: Case) -> dict[str, Any]:
    """The clock as API and pages say it: ``state`` is none, external, running, paused or ended."""
    held = clock_of(case)
    if case.track == EXTERNAL:
        return {"state": EXTERNAL, "upstream": orjson.loads(case.document).get("upstream", {})}
    if not held:
        return {"state": "none"}
    state = "ended" if "ended" in held or case.closed else "paused" if _paused(held) else "running"
    return {"state": state, "extension": 0, "extensions": 0, "past": []} | held


def count(session: Session, held: Mapping[str, Any]) -> tuple[str | None, bool]:
    """The day on which a running clock ends, and whether its year is not announced yet; no day while paused."""
    return _count(held, in_force(session))


def recount(session: Session, *, by: By, first: int = 0) -> None:
    """Count every open case anew after the calendar has changed; each that moves gets its entry.

    Runs in the transaction that writes the calendar.
    """
    session.flush()
    open_ = sql(
        "SELECT number, clock, due_on, provisional, digest FROM desk_case"
        " WHERE NOT closed AND clock <> '{}' ORDER BY number"
    )
    calendar, moved = in_force(session), []
    counted: dict[str, tuple[str | None, bool]] = {}  # thousands of cases began on the same day by one rule
    for number, clock, before, doubtful, digest in session.execute(open_):
        held = orjson.loads(clock)
        if not held or "ended" in held:
            continue
        if clock not in counted:
            counted[clock] = _count(held, calendar)
        day, provisional = counted[clock]
        if (day, provisional) != (before, bool(doubtful)):
            moved.append((number, before, day, provisional, digest))
    if not moved:
        return
    last = ledger.head(session)
    at = ledger.moment(last)
    lines = [
        Line("case.recounted", "case", number, digest=digest,
             data={"before": before, "due_on": day, "provisional": provisional})
        for number, before, day, provisional, digest in moved
    ]  # fmt: skip
    seqs = ledger.append(session, lines, by=by, last=last, at=at)
    session.flush()
    for one in [one for one in session.identity_map.values() if isinstance(one, Case)]:
        session.expire(one)
    execute_rows(
        session,
        "UPDATE desk_case SET due_on = ?, provisional = ?, sort_on = ?, seq = ?, changed_at = ? WHERE number = ?",
        [(day, provisional, day or NEVER, seq, at, number)
         for seq, (number, _, day, provisional, _) in zip(seqs, moved, strict=True)],
    )  # fmt: skip


def _set(case: Case, held: dict[str, Any], session: Session) -> None:
    case.clock = canonical(held).decode()
    running = bool(held) and "ended" not in held
    case.due_on, case.provisional = count(session, held) if running else (None, False)
    case.sort_on = case.due_on if case.due_on and not case.closed else NEVER


def _set_by(case: Case, place: str) -> str:
    """The day that a part of the case sets, such as ``disposal_order.until``."""
    found: Any = orjson.loads(case.document)
    for name in place.split("."):
        found = found[name]
    return str(found)


def _paused(held: Mapping[str, Any]) -> bool:
    return bool(held["pauses"]) and "until" not in held["pauses"][-1]


def _count(held: Mapping[str, Any], calendar: Calendar) -> tuple[str | None, bool]:
    if "until" in held:
        return held["until"], False

    def day(said: str) -> date:
        return date.fromisoformat(said)

    pauses = [
        Pause(day(one["from"]), day(one["until"]) if "until" in one else None) for one in held["pauses"]
    ]
    start, rule = day(held["start"]), rules()[held["rule"]]
    found = deadline(start, rule, calendar, pauses, extension=held.get("extension", 0))
    return (found.on.isoformat(), found.provisional) if found.on else (None, False)
