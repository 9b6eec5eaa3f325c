"""What a day asks to be reminded of: agreements that end, cases that are due, vacant posts, next year's calendar.

Run once a day by cron or a timer. Each reminder has a key of its cause, its step and its reader, so that a
second run, or a run a day late, sends nothing twice; a step that was missed is covered by the next one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import orjson
from sqlmodel import Session, col, select

from catalog.base import clock
from catalog.calendars.force import in_force
from catalog.cases.models import NEVER, Case
from catalog.notices.holders import Posts
from catalog.notices.models import Choice, Notice
from catalog.notices.posting import Cause, existing, post
from catalog.notices.told import Told
from catalog.registry import contents
from catalog.registry.models import Record
from catalog.runtime import Runtime
from catalog.sharing import attesting
from catalog.sharing.term import term
from catalog.standards.calendars import Calendar

SOON = 2
"""Working days before the end of a term at which whom it waits for is reminded."""

_SLICE = 200


@dataclass(frozen=True, slots=True)
class Reminder:
    """One thing to be reminded of, and who is."""

    cause: Cause
    message: str
    people: frozenset[str]
    kind: str = "remind"

    def told(self) -> list[Told]:
        """Everybody, in order."""
        return [Told(one, self.kind, self.message) for one in sorted(self.people) if one.startswith("PN-")]


@dataclass(frozen=True, slots=True)
class Sent:
    """``read`` = ``sent`` + ``already`` + ``skipped`` (nobody holds the post); ``lines`` say what was sent."""

    read: int
    sent: int
    already: int
    skipped: int
    lines: list[dict[str, object]]


def remind(runtime: Runtime, *, on: date, dry: bool = False) -> Sent:
    """Send what ``on`` asks for; with ``dry`` only say what would be sent."""
    with runtime.database.reading() as session:
        due = list(reminders(session, on, days=runtime.settings.attest_days))
    read = sent = already = skipped = 0
    lines: list[dict[str, object]] = []
    at = clock.stamp(clock.now())
    for start in range(0, len(due), _SLICE):
        opened = runtime.database.reading() if dry else runtime.database.writing()
        with opened as session:
            for one in due[start : start + _SLICE]:
                told = one.told()
                read += len(told) or 1
                skipped += not told
                keys = [f"{one.cause.key}:{who.person}" for who in told]
                new = len(keys) - len(existing(session, keys))
                if not dry:
                    new = post(session, one.cause, told, at=at, settings=runtime.settings)
                sent, already = sent + new, already + len(told) - new
                if new:
                    said = {
                        "reminder": one.cause.key,
                        "href": one.cause.href,
                        "message": one.message,
                        "people": new,
                    }
                    lines.append(said | {"details": dict(one.cause.details)})
    return Sent(read, sent, already, skipped, lines)


def reminders(session: Session, on: date, *, days: int = 30) -> Iterator[Reminder]:
    """Everything that ``on`` asks to be reminded of, sent already or not; attestations are due after ``days``."""
    posts = Posts(session, on)
    yield from _agreements(session, posts, on)
    yield from _attestations(session, posts, on, days)
    yield from _cases(session, posts, on)
    yield from _vacancies(session, posts)
    yield from _calendar(session, posts, on)
    yield from _digests(session, on)


def _agreements(session: Session, posts: Posts, on: date) -> Iterator[Reminder]:
    """60, 30 and 7 days before the last day, and once it is over while nobody has ended it."""
    rows = session.scalars(
        select(Record).where(
            col(Record.kind) == "sharing-agreement", col(Record.status).in_(("active", "suspended"))
        )
        .order_by(col(Record.identifier))
    ).all()  # fmt: skip
    texts = contents.load(session, [row.content for row in rows])
    for row in rows:
        document = orjson.loads(texts[row.content])
        period = document.get("period", {})
        until = str(period.get("until", ""))
        found = term(row.status, str(period.get("from", "")), until, on)
        step = "past" if found.state == "past" else str(found.within) if found.within else ""
        if not step:
            continue
        sides = (str(document.get("consumer", "")), str(document.get("provider", "")))
        people = frozenset().union(*(posts("sharing_officer", side) for side in sides if side))
        details = {"number": row.identifier, "title": row.name, "until": until, "days": str(abs(found.days))}
        cause = Cause(
            f"remind:{row.identifier}:{until}:{step}", details, f"/sharing-agreements/{row.identifier}"
        )
        yield Reminder(cause, "agreement-past" if step == "past" else "agreement-ends", people)


def _attestations(session: Session, posts: Posts, on: date, days: int) -> Iterator[Reminder]:
    """A week before the last day the consumer; once it is late the provider too (Decree 809 art. 25, 27(2))."""
    for row, document, owed in attesting.all_owed(session, on=on, days=days):
        consumer, provider = (str(document.get(side, "")) for side in ("consumer", "provider"))
        for one in owed:
            if one.state == "open":
                continue
            sides = (consumer, provider) if one.state == "late" else (consumer,)
            people = frozenset().union(*(posts("sharing_officer", side) for side in sides if side))
            details = {
                "number": row.identifier, "title": row.name, "period": one.period.name,
                "day": one.period.due.isoformat(),
            }  # fmt: skip
            key = f"remind:{row.identifier}:{one.obligation}:{one.period.name}:{one.state}"
            cause = Cause(key, details, f"/sharing-agreements/{row.identifier}/attestations")
            yield Reminder(cause, f"attest-{one.state}", people)


def _cases(session: Session, posts: Posts, on: date) -> Iterator[Reminder]:
    """Two working days before the day, on the day, and once after it."""
    calendar = in_force(session)
    horizon = _working(on, SOON, calendar)
    rows = session.scalars(
        select(Case).where(
            col(Case.closed).is_(False), col(Case.sort_on) <= horizon.isoformat(), col(Case.sort_on) < NEVER
        )
        .order_by(col(Case.sort_on), col(Case.number))
    )  # fmt: skip
    for case in rows:
        due = date.fromisoformat(case.sort_on)
        step = "late" if due < on else "today" if due == on else "soon"
        people = (
            frozenset({case.assignee}) if case.assignee else posts(case.awaits_role, case.awaits_department)
        )
        details = {
            "type": case.type, "number": case.number, "title": case.title, "state": case.state,
            "day": case.sort_on,
        }  # fmt: skip
        cause = Cause(f"remind:{case.number}:{case.sort_on}:{step}", details, f"/cases/{case.number}")
        yield Reminder(cause, f"case-{step}", people)


def _vacancies(session: Session, posts: Posts) -> Iterator[Reminder]:
    """A post without a holder: the bureau, once for each vacancy."""
    rows = session.scalars(
        select(Record).where(col(Record.kind) == "appointment", col(Record.status) == "current")
        .order_by(col(Record.identifier))
    ).all()  # fmt: skip
    texts = contents.load(session, [row.content for row in rows])
    for row in rows:
        if orjson.loads(texts[row.content]).get("person"):
            continue
        details = {"number": row.identifier, "title": row.name}
        cause = Cause(f"remind:{row.identifier}:v{row.version}", details, f"/appointments/{row.identifier}")
        yield Reminder(cause, "vacant", posts("authority", ""))


def _calendar(session: Session, posts: Posts, on: date) -> Iterator[Reminder]:
    """From 1 December until next year's working days are entered."""
    year = on.year + 1
    if on.month == 12 and not in_force(session).announced(date(year, 1, 1)):
        cause = Cause(f"remind:calendar:{year}", {"year": str(year)}, "/calendars")
        yield Reminder(cause, "calendar", posts("authority", ""))


def _digests(session: Session, on: date) -> Iterator[Reminder]:
    """For whoever wants one: how many notices are unread."""
    wanted = select(Choice.person).where(col(Choice.kind) == "digest", col(Choice.mail).is_(True))
    for person in session.scalars(wanted.order_by(col(Choice.person))).all():
        unread = select(Notice.key).where(
            col(Notice.person) == person, col(Notice.read_at).is_(None), col(Notice.kind) != "digest"
        )
        number = len(session.scalars(unread.limit(1000)).all())
        if number:
            cause = Cause(f"digest:{on.isoformat()}", {"n": str(number)}, "/notices")
            yield Reminder(cause, "digest", frozenset({person}), "digest")


def _working(on: date, days: int, calendar: Calendar) -> date:
    """The day that comes ``days`` working days after ``on``."""
    while days:
        on += timedelta(days=1)
        days -= calendar.works(on)
    return on
