"""Extensions of a statutory clock (Decree 809 art. 17(2), 21(1)): asked by who is bound, consented by the bureau.

How long is the rule's matter, how often is configuration (``clocks.yaml``).
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from catalog.base.db import Database
from catalog.base.errors import InvalidDocument, NotFound, NotPermitted, Violation, WrongState
from catalog.base.i18n import Language
from catalog.cases import due, rights, service
from catalog.cases.effects import Act
from catalog.cases.models import Case, CaseSubject
from catalog.identity.actors import Actor
from catalog.standards.clocks import Rule, rules

TYPE = "extension"
SUBJECT = "case"
_UPDATE = ("T1",)  # of one's own catalogue: nobody else is told
_ASKERS = ("sharing_officer", "data_officer")


def ask(
    session: Session, number: str, *, days: int, reason: str, by: Actor, on: date, database: Database
) -> Case:
    """Ask for more working days for the clock that runs in case ``number``: one case, asked at once.

    Raises ``WrongState`` (``extension-no-clock``, ``-not-allowed``, ``-paused``, ``-spent``, ``-pending``),
    ``InvalidDocument`` (``extension-days``), ``NotPermitted`` for who is not bound by that clock.
    """
    parent = service.get(session, number, by)
    rule = judge(session, parent)
    bound, told = parties(parent, rule)
    _check_days(days, rule)
    case = service.open_case(
        session, type=TYPE, track="update" if rule.name in _UPDATE else "answer", title=parent.title, by=by,
        from_department=bound, to_department=told, subjects=[(SUBJECT, number)],
        document={"case": number, "days": days} | ({"grounds": reason.strip()} if reason.strip() else {}),
    )  # fmt: skip
    return service.do(session, case.number, "ask", by=by, read=case.seq, on=on, database=database)


def judge(session: Session, parent: Case, *, besides: str = "") -> Rule:
    """The rule of the clock that can be extended now; raises ``WrongState`` where none can."""
    clock = due.told(parent)
    rule = due.rule_of(parent)
    if clock["state"] == "paused":
        raise WrongState("extension-paused", identifier=parent.number, possible=[])
    if clock["state"] != "running" or rule is None:
        raise WrongState("extension-no-clock", identifier=parent.number, found=clock["state"], possible=[])
    if not rule.extension:
        raise WrongState(
            "extension-not-allowed",
            identifier=parent.number, found=rule.name, article=rule.article, possible=[],
        )  # fmt: skip
    if clock["extensions"] >= rule.extensions:
        raise WrongState(
            "extension-spent", identifier=parent.number, found=clock["extensions"],
            expected=rule.extensions, possible=[],
        )  # fmt: skip
    pending = next(
        (one for one in of(session, parent.number) if not one.closed and one.number != besides), None
    )
    if pending:
        raise WrongState("extension-pending", identifier=parent.number, found=pending.number, possible=[])
    return rule


def parties(parent: Case, rule: Rule) -> tuple[str, str]:
    """Who is bound by the clock, and who has to be told of its extension."""
    if rule.name in _UPDATE:
        return parent.from_department, ""
    return parent.to_department, parent.from_department


def may_ask(session: Session, parent: Case, by: Actor) -> Rule | None:
    """The rule that ``by`` can ask to be extended now: whether the page of the case offers it, and how far."""
    try:
        rule = judge(session, parent)
    except WrongState:
        return None
    bound, _ = parties(parent, rule)
    return rule if rights.writes(by) and any(by.may(role, bound) for role in _ASKERS) else None


def of(session: Session, number: str) -> list[Case]:
    """The extensions of a case, oldest first."""
    wanted = select(Case).join(CaseSubject, col(CaseSubject.number) == col(Case.number))
    about = (col(CaseSubject.kind) == SUBJECT, col(CaseSubject.identifier) == number, col(Case.type) == TYPE)
    return list(session.scalars(wanted.where(*about).order_by(col(Case.number))))


def effect(act: Act) -> dict[str, Any]:
    """Asking is judged; consenting moves the clock of the extended case in the same act, and tells the requester."""
    if act.row.verb not in ("ask", "consent"):
        return {}
    session, asked = act.session, service.document_of(act.case)
    parent = session.get(Case, asked["case"])
    if parent is None:
        raise NotFound(kind=SUBJECT, identifier=asked["case"])
    rule = judge(session, parent, besides=act.case.number)
    _check_days(asked["days"], rule)
    bound, told = parties(parent, rule)
    if (bound, told) != (act.case.from_department, act.case.to_department):
        raise NotPermitted("case-not-yours", department=bound, roles=list(_ASKERS), possible=[])
    if act.row.verb == "ask":
        service.concern(session, act.case, [(SUBJECT, parent.number)])
        return {"case": parent.number, "rule": rule.name, "days": asked["days"]}
    before = parent.due_on
    due.extend(parent, asked["days"], session=session)
    facts: dict[str, Any] = {"days": asked["days"], "before": before, "due_on": parent.due_on}
    more = facts | {"extension": act.case.number}
    service.enter(session, parent, "extended", by=act.by, note=asked["grounds"], data=more)
    if told:  # art. 21(1): the requester learns of it, and when
        service.enter(session, parent, "told", by=act.by, data={"told": told, "due_on": parent.due_on})
        facts["told"] = told
    return facts | {"case": parent.number, "rule": rule.name}


def part(session: Session, case: Case, actor: Actor, language: Language, on: date) -> dict[str, Any]:
    """What the page of an extension shows of the extended case."""
    asked = service.document_of(case)
    parent = session.get(Case, asked.get("case", ""))
    if parent is None:
        return {}
    rule = rules().get(due.clock_of(parent).get("rule", ""))
    return {
        "number": parent.number, "title": parent.title, "due": parent.due_on, "days": asked.get("days"),
        "rule": "" if rule is None else rule.zh if language == "zh" else rule.en,
        "article": rule.article if rule else "", "most": rule.extension if rule else 0,
    }  # fmt: skip


def _check_days(days: Any, rule: Rule) -> None:
    if isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= rule.extension:
        raise InvalidDocument([Violation("/days", "extension-days", found=days, expected=rule.extension)])
