"""What takes part in a case without moving it: remarks, files, watchers, the hand-over to a colleague."""

from __future__ import annotations

from datetime import date

from sqlmodel import Session, col, select

from catalog.base.errors import InvalidDocument, Malformed, NotPermitted, Violation, WrongState
from catalog.cases import rights
from catalog.cases.models import Case, CaseComment, CaseFile, CaseWatcher
from catalog.cases.reading import get, unmoved
from catalog.cases.writing import plain, write
from catalog.identity.actors import Actor
from catalog.identity.models import Account, Grant
from catalog.registry import stored
from catalog.registry.attachments_files import judge

_NOTE = 2000


def comment(session: Session, number: str, *, by: Actor, text: str, pointer: str = "") -> CaseComment:
    """Remark on the case, or on one field of it; possible for whoever takes part, also by others meanwhile."""
    case = get(session, number, by)
    if case.closed:
        raise WrongState("case-verb", found=case.state, verb="comment", possible=[])
    if not rights.writes(by) or not takes_part(by, case):
        raise NotPermitted("case-not-yours", department=case.from_department, roles=[], possible=[])
    if not text.strip() or len(text) > _NOTE:
        raise Malformed("case-remark-empty", most=_NOTE)
    if pointer and not pointer.startswith("/"):
        raise InvalidDocument([Violation("/pointer", "case-pointer", found=pointer)])
    plain(text + pointer, {})
    write(session, case, "commented", by=by, note=None, data={"pointer": pointer} if pointer else None)
    made = CaseComment(
        seq=case.seq, number=number, pointer=pointer, text=text.strip(), state=case.state,
        by=by.person, at=case.changed_at,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def attach(session: Session, number: str, *, by: Actor, data: bytes, filename: str) -> CaseFile:
    """Keep a file of the case, known by its digest; refused where it lies about its type."""
    case = get(session, number, by)
    if case.closed or not rights.writes(by) or not takes_part(by, case):
        raise NotPermitted("case-not-yours", department=case.from_department, roles=[], possible=[])
    judged = judge(data, filename)
    key = stored.keep(session, data, judged.media_type)
    held = session.get(CaseFile, (number, key))
    if held:
        return held
    write(session, case, "attached", by=by, note=None, data={"digest": key, "size": len(data)})
    made = CaseFile(
        number=number, digest=key, name=judged.filename, media_type=judged.media_type, size=len(data),
        by=by.person, at=case.changed_at,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def watch(session: Session, number: str, *, by: Actor, watching: bool = True) -> None:
    """Watch a case that one may see, or stop; watching is nobody else's business and leaves no entry."""
    case = get(session, number, by)
    held = session.get(CaseWatcher, (case.number, by.person))
    if watching and held is None:
        session.add(CaseWatcher(number=case.number, person=by.person))
    elif held is not None and not watching:
        session.delete(held)
    session.flush()


def hand_over(session: Session, number: str, *, by: Actor, read: int, to: str, on: date) -> Case:
    """Give what waits to one colleague, by person key, who holds the awaited role (O20).

    Raises ``NotPermitted`` for who could not act in the case, ``InvalidDocument`` for somebody who can't.
    """
    case = unmoved(session, number, by, read)
    if case.closed:
        raise WrongState("case-verb", found=case.state, verb="hand-over", possible=[])
    if not rights.writes(by) or not (
        by.may(case.awaits_role, case.awaits_department) or by.may("department_head", case.awaits_department)
    ):
        raise NotPermitted(
            "case-not-yours", department=case.awaits_department, roles=[case.awaits_role], possible=[]
        )
    if not _holds(session, to, case.awaits_role, case.awaits_department, on):
        raise InvalidDocument([Violation("/to", "case-not-in-post", found=to, expected=case.awaits_role)])
    case.assignee = to
    write(session, case, "handed-over", by=by, note=None, data={"to_person": to})
    return case


def takes_part(by: Actor, case: Case) -> bool:
    """Whether the actor works for one of the sides, or for the bureau."""
    cycle = rights.cycle(case)
    if by.holds("authority"):  # it records paper acts for the absent, in every case
        return rights.writes(by)
    return any(rights.acts(by, case, row.side, row.roles) for row in cycle.rows if case.track in row.tracks)


def _holds(session: Session, person: str, role: str, department: str, on: date) -> bool:
    account = session.get(Account, person)
    if account is None or account.disabled or account.system is not None:
        return False
    day = on.isoformat()
    rows = session.scalars(select(Grant).where(col(Grant.person) == person, col(Grant.role) == role))
    return any(
        grant.from_on <= day and (grant.until_on is None or day <= grant.until_on)
        and grant.department in (None, department)
        for grant in rows
    )  # fmt: skip
