"""催办: the bureau's chief presses for late cases. Each is told, recorded in the timeline, and put into a letter.

A case is pressed for once a day; whoever presses again that day gets the same letter and tells nobody twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import text as sql
from sqlmodel import Session, col, select

from catalog.base import clock
from catalog.base.errors import NotPermitted
from catalog.base.settings import Settings
from catalog.calendars.force import in_force
from catalog.cases import due, service
from catalog.cases.inbox import Waiting
from catalog.cases.models import Case
from catalog.identity.actors import Actor
from catalog.identity.roles import ROLES
from catalog.ledger import service as ledger
from catalog.ledger.models import Entry
from catalog.ledger.service import Line
from catalog.notices.holders import Posts
from catalog.notices.posting import Cause, post
from catalog.notices.told import Told
from catalog.standards.lifecycles import lifecycle

VERB = "case.urged"
MOST = 200
_ROLES = tuple(role.name for role in ROLES if role.content)
_DECREE = "《政务数据共享条例》"
_DAYS = 4000  # an overdue case older than this is counted no further


@dataclass(frozen=True, slots=True)
class Late:
    """One late case: how many working days it is over, and when it was pressed for last."""

    case: Waiting
    days: int
    urged_at: str
    term: str  # what was to be done, and the article that says by when


@dataclass(frozen=True, slots=True)
class Urged:
    """What pressing did: how many cases were pressed for now, how many had been today, which were not late."""

    sent: int
    already: int
    passed_over: list[str]
    told: int


def may(actor: Actor) -> bool:
    """Whether the actor may press: the bureau."""
    return actor.signed_in and actor.allows("write") and actor.system is None and actor.holds("authority")


def late(session: Session, actor: Actor, on: date, *, department: str = "") -> list[Late]:
    """The late cases that wait for one department or for any, the longest first; for the bureau and the auditor."""
    _permit(actor)
    where, values = _where(on)
    if department:
        where, values["department"] = f"{where} AND awaits_department = :department", department
    return _listed(session, on, where, values)


def named(session: Session, actor: Actor, on: date, numbers: Sequence[str]) -> list[Late]:
    """Those of ``numbers`` that are late."""
    _permit(actor)
    where, values = _where(on)
    values |= {f"number_{n}": number for n, number in enumerate(numbers)}
    marks = ", ".join(f":number_{n}" for n in range(len(numbers)))
    return _listed(session, on, f"{where} AND number IN ({marks})", values) if numbers else []


def _listed(session: Session, on: date, where: str, values: dict[str, Any]) -> list[Late]:
    columns = Waiting.__slots__
    rows = session.execute(
        sql(f"SELECT {', '.join(columns)} FROM desk_case WHERE {where} ORDER BY sort_on, number LIMIT {MOST}"),
        values,
    ).fetchall()  # fmt: skip
    found = [Waiting(**dict(zip(columns, row, strict=True)) | {"provisional": bool(row[11])}) for row in rows]
    numbers = [one.number for one in found]
    urged, terms = _urged(session, numbers), _terms(session, numbers)
    return [_late(session, one, on, urged.get(one.number, ""), terms[one.number]) for one in found]


def departments(session: Session, actor: Actor, on: date) -> list[tuple[str, int]]:
    """How many are late in each department, the most first; the bureau's own under no department."""
    _permit(actor)
    where, values = _where(on)
    rows = session.execute(
        sql(f"SELECT awaits_department, COUNT(*) FROM desk_case WHERE {where} GROUP BY awaits_department"),
        values,
    )
    return sorted(((row[0], int(row[1])) for row in rows), key=lambda pair: (-pair[1], pair[0]))


def _permit(actor: Actor) -> None:
    if not actor.signed_in or not (actor.holds("authority") or actor.holds("auditor")):
        raise NotPermitted("role-needed", roles=["authority", "auditor"])


def _where(on: date) -> tuple[str, dict[str, Any]]:
    """What is late, led by the index of roles and days: an open case always waits for a role."""
    values: dict[str, Any] = {f"role_{n}": role for n, role in enumerate(_ROLES)} | {"on": on.isoformat()}
    roles = ", ".join(f":role_{n}" for n in range(len(_ROLES)))
    return f"awaits_role IN ({roles}) AND sort_on < :on", values


def urge(session: Session, numbers: Sequence[str], *, by: Actor, on: date, settings: Settings) -> Urged:
    """Press for several cases in one transaction, with one entry each.

    Raises ``NotPermitted`` for anybody but the bureau, ``NotFound`` for a case that is not there.
    """
    if not may(by):
        raise NotPermitted("role-needed", roles=["authority"])
    posts = Posts(session, on)
    known = _urged(session, numbers)
    sent = already = people = 0
    passed: list[str] = []
    for number in dict.fromkeys(numbers[:MOST]):
        case = service.get(session, number, by)
        if case.closed or case.sort_on >= on.isoformat():
            passed.append(number)
        elif known.get(number) and _day(known[number], settings) == on:
            already += 1
        else:
            people += _pressed(session, case, by, posts, settings)
            sent += 1
    return Urged(sent, already, passed, people)


def _pressed(session: Session, case: Case, by: Actor, posts: Posts, settings: Settings) -> int:
    last = ledger.head(session)
    at = ledger.moment(last)
    people = frozenset({case.assignee}) if case.assignee else posts(case.awaits_role, case.awaits_department)
    facts = {"due_on": case.sort_on, "department": case.awaits_department, "told": len(people)}
    line = Line(VERB, "case", case.number, data=facts, digest=case.digest)
    case.seq = ledger.append(session, [line], by=by, last=last, at=at)[0]
    case.changed_at = at
    session.add(case)
    session.flush()
    details = {
        "type": case.type, "number": case.number, "title": case.title, "state": case.state,
        "day": case.sort_on,
    }  # fmt: skip
    told = [Told(one, "urged", "urged") for one in sorted(people) if one.startswith("PN-")]
    return post(
        session, Cause(f"entry:{case.seq}", details, f"/cases/{case.number}"), told, at=at, settings=settings
    )


def letter(rows: Iterable[Late], names: Mapping[str, str], on: date, office: str) -> str:
    """The text to paste, in formal Chinese, a section for each department that is pressed."""
    ordered = sorted(
        rows, key=lambda one: (one.case.awaits_department, one.case.due_on or "", one.case.number)
    )
    sections = []
    for department, group in groupby(ordered, key=lambda one: one.case.awaits_department):
        cases = list(group)
        ends = ["；"] * (len(cases) - 1) + ["。"]
        lines = [f"{number}. {_item(one)}{ends[number - 1]}" for number, one in enumerate(cases, 1)]
        sections.append(
            f"{names.get(department, department) or '主管部门'}：\n"
            f"　　截至{_said(on)}，下列{len(cases)}项政务数据共享事项已超过办理时限，现予催办：\n"
            + "\n".join(f"　　{line}" for line in lines)
            + "\n　　请指定专人抓紧办理，并于收到本通知之日起2个工作日内在系统中办结或者说明原因。"
            f"\n　　特此通知。\n\n　　　　　　　　{office}\n　　　　　　　　{_said(on)}"
        )
    return "\n\n".join(sections)


def _item(one: Late) -> str:
    cycle = lifecycle(one.case.type)
    state = cycle.states[one.case.state].zh
    day = _said(date.fromisoformat(one.case.due_on or ""))
    return (
        f"{cycle.zh}（{one.case.number}）“{one.case.title}”，现为“{state}”：{one.term}应于{day}前完成，"
        f"已超期{one.days}个工作日"
    )


def _said(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _late(session: Session, case: Waiting, on: date, urged_at: str, said: str) -> Late:
    calendar, day = in_force(session), date.fromisoformat(case.due_on or on.isoformat())
    span = min((on - day).days, _DAYS)
    days = sum(calendar.works(date.fromordinal(day.toordinal() + n)) for n in range(1, span + 1))
    return Late(case, days, urged_at, said)


def _terms(session: Session, numbers: Sequence[str]) -> dict[str, str]:
    """What each case was to do by its day: the rule of its clock, with the article."""
    found = {}
    for case in session.scalars(select(Case).where(col(Case.number).in_(list(numbers)))):
        rule = due.rule_of(case)
        found[case.number] = f"{rule.zh}（{_DECREE}{rule.article}）" if rule else lifecycle(case.type).zh
    return found


def _urged(session: Session, numbers: Sequence[str]) -> dict[str, str]:
    rows = session.execute(
        select(Entry.identifier, Entry.at).where(
            col(Entry.kind) == "case", col(Entry.identifier).in_(list(numbers)), col(Entry.verb) == VERB
        )
        .order_by(col(Entry.seq))
    )  # fmt: skip
    return {str(row[0]): str(row[1]) for row in rows}


def _day(stamp: str, settings: Settings) -> date:
    return clock.parse_stamp(stamp).astimezone(settings.zone).date()
