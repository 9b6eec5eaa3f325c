"""The duty to update the catalogue after a change of law or of duties (Decree 809 art. 17(2)): T1 on an open proposal.

The proposal is opened empty, for the department or by it; the clock runs from the day of the change until
the head's consent sends the update to the bureau, which starts T2.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlmodel import Session

from catalog.base.errors import InvalidDocument, NotPermitted, NotSignedIn, Violation
from catalog.cases import due, rights, service
from catalog.cases.models import Case
from catalog.identity.actors import Actor
from catalog.registry.models import Record

RULE = "T1"
ASKED = ("department", "title", "number", "on")
_ROLES = ("authority", "department_head", "data_officer")


def owe(
    session: Session, *, department: str, title: str, on: date, by: Actor, today: date, number: str = ""
) -> Case:
    """Open the update that ``department`` owes since ``on``; by the bureau, or by the department itself.

    Raises ``NotPermitted``, and ``InvalidDocument`` with everything that is wrong: an unknown or dissolved
    department, no cause, a day that is still to come.
    """
    if not by.signed_in:
        raise NotSignedIn()
    if not rights.writes(by) or not (
        by.holds("authority") or any(by.may(role, department) for role in _ROLES)
    ):
        raise NotPermitted("case-not-yours", department=department, roles=list(_ROLES), possible=[])
    found = []
    record = session.get(Record, ("department", department))
    if record is None or record.status != "active":
        found.append(Violation("/department", "reference-missing", found=department, expected="department"))
    if not title.strip():
        found.append(Violation("/title", "case-missing", values={"part": "title"}))
    if on > today:
        found.append(Violation("/on", "case-future", found=on.isoformat()))
    if found:
        raise InvalidDocument(found)
    return opened(session, department=department, title=title, on=on, by=by, number=number)


def opened(session: Session, *, department: str, title: str, on: date, by: Actor, number: str = "") -> Case:
    """The proposal with its running clock; who may open it was judged."""
    cause: dict[str, Any] = {"title": title.strip()[:200], "on": on.isoformat()}
    if number.strip():
        cause["number"] = number.strip()[:100]
    case = service.open_case(
        session, type="proposal", track="update", title=title.strip()[:200], by=by,
        from_department=department, document={"cause": cause}, subjects=[("department", department)],
        judged=True,
    )  # fmt: skip
    due.start(case, RULE, session=session, on=on)
    facts = {"rule": RULE, "since": on.isoformat(), "due_on": case.due_on}
    service.enter(session, case, "clock-started", by=by, data=facts)
    return case
