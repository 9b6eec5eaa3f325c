"""The engine of the desk: open, save, do, comment, attach, watch, hand over; each one entry in its transaction.

Every function takes the caller's writing session, so that what a slice does beside lives and dies with
it. Nobody changes a case that moved since it was read: 409, with what happened meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import orjson
from sqlmodel import Session, col, select

from catalog.base import clock
from catalog.base.db import Database
from catalog.base.documents import Document, canonical, digest, form_violations
from catalog.base.errors import (
    CatalogError,
    InvalidDocument,
    Malformed,
    NotFound,
    NotPermitted,
    NotSignedIn,
    Violation,
    WrongState,
)
from catalog.cases import due, rights
from catalog.cases.effects import Act, effect_of
from catalog.cases.models import NEVER, Case, CaseComment, CaseFile, CaseSubject, CaseWatcher
from catalog.identity.actors import Actor
from catalog.identity.models import Account, Grant
from catalog.identity.persons import KEY
from catalog.ledger import service as ledger
from catalog.ledger.models import Entry
from catalog.ledger.service import Line
from catalog.registry import contents, stored
from catalog.registry.attachments_files import judge
from catalog.registry.prepare import personal_in
from catalog.standards.lifecycles import Row, lifecycle

_NOTE = 2000


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper act (线下办理): who signed it in which post, on which day, its 文号, and the scan's digest."""

    signer: str
    post: str
    signed_on: str
    number: str
    scan: str


def open_case(
    session: Session,
    *,
    type: str,
    track: str,
    title: str,
    by: Actor,
    from_department: str,
    to_department: str = "",
    document: Document | None = None,
    subjects: Iterable[tuple[str, str]] = (),
    judged: bool = False,
) -> Case:
    """Open a case in its first state; raises ``NotPermitted`` for who could not go on with it.

    ``judged``: the caller has judged already who may open it, such as the bureau for a department.
    """
    cycle = lifecycle(type)
    if track not in cycle.tracks:
        raise InvalidDocument([Violation("/track", "enum", found=track, expected=list(cycle.tracks))])
    _plain(title, document or {})
    now = clock.now()
    number = _number(session, cycle.prefix, now.year)
    case = Case(
        number=number, type=type, track=track, state=cycle.initial, title=title.strip()[:200],
        from_department=from_department, to_department=to_department, document="{}", digest="", seq=0,
        opened_by=by.person, opened_at="", changed_at="",
    )  # fmt: skip
    if not by.signed_in:
        raise NotSignedIn()
    edits = [edit for edit in cycle.edits if cycle.initial in edit.states]
    if not judged and not any(rights.acts(by, case, edit.side, edit.roles) for edit in edits):
        roles = sorted({role for edit in edits for role in edit.roles})
        raise NotPermitted("case-not-yours", department=from_department, roles=roles, possible=[])
    _await(case)
    _judge(case, document or {})
    case.document = canonical(document or {}).decode()
    _write(session, case, "opened", by=by, note=None, data={"type": type, "track": track, "to": case.state})
    case.opened_at = case.changed_at
    session.add(case)
    session.flush()
    _subjects(session, case, subjects)
    return case


def get(session: Session, number: str, actor: Actor) -> Case:
    """The case, for whoever may see it; ``NotFound`` for everybody else."""
    if not actor.signed_in:
        raise NotSignedIn()
    case = session.get(Case, number)
    if case is None or not rights.sees(actor, case, watchers(session, number)):
        raise NotFound(kind="case", identifier=number)
    return case


def save(
    session: Session,
    number: str,
    *,
    by: Actor,
    read: int,
    values: Mapping[str, Any],
    title: str | None = None,
    subjects: Iterable[tuple[str, str]] | None = None,
) -> Case:
    """Write parts of the document, in any state of completeness; a part of None is taken out.

    Raises ``NotPermitted`` (``case-part-not-yours``), ``InvalidDocument`` for the form, ``WrongState``
    (``case-moved``).
    """
    case = _held(session, number, by, read)
    mine = rights.editable(by, case)
    foreign = sorted(set(values) - mine)
    if foreign or not mine:
        raise NotPermitted("case-part-not-yours", parts=foreign, found=case.state, possible=sorted(mine))
    _merge(case, values)
    if title is not None:
        _plain(title, {})
        case.title = title.strip()[:200]
    _write(session, case, "saved", by=by, note=None, data={"parts": sorted(values)})
    if subjects is not None:
        _subjects(session, case, subjects)
    return case


def do(
    session: Session,
    number: str,
    verb: str,
    *,
    by: Actor,
    read: int,
    on: date,
    database: Database,
    note: str | None = None,
    values: Mapping[str, Any] | None = None,
    paper: Paper | None = None,
    department: str | None = None,
) -> Case:
    """Do one verb of the lifecycle: state, clock, document and entry move together or not at all.

    Raises ``WrongState`` (``case-verb``: not possible now, with what is; ``case-moved``: somebody was
    quicker, with what happened), ``NotPermitted`` (``case-not-yours``, ``case-four-eyes``),
    ``Malformed`` (``case-reason-missing``), ``InvalidDocument`` for missing parts or a paper act that
    does not hold, and whatever its effect (``kinds.CASES``) refuses.
    """
    case = _held(session, number, by, read)
    row = _row(case, verb, by, paper)
    if row.reason and not (note or "").strip():
        raise Malformed("case-reason-missing", verb=verb)
    if paper:
        _check_paper(session, case, paper, on)
    signer = paper.signer if paper else by.person
    if signer in rights.signers(case, row.differs):
        raise NotPermitted("case-four-eyes", verb=verb, verbs=list(row.differs))
    _plain(note or "", {})
    _take(case, row, values or {})
    if row.assigns:
        if not department:
            raise InvalidDocument([Violation("/department", "case-missing", values={"part": "department"})])
        case.to_department = department
    _require(case, row)
    before = case.state
    session.flush()
    effect = effect_of(case.type)
    act = Act(session, database, case, row, by, signer, on, (note or "").strip()[:_NOTE])
    data = effect(act) if effect else {}
    ended = due.tick(case, row.ticks(case.track), session=session, on=on)
    case.state = row.to
    case.done = _appended(case.done, {"verb": verb, "signer": signer})
    case.assignee = None
    _await(case)
    facts: dict[str, Any] = {"type": case.type, "from": before, "to": row.to, "side": row.side} | data
    if paper:
        facts["paper"] = asdict(paper)
    if case.due_on:
        facts["due_on"] = case.due_on
    if ended:
        facts["clock"] = ended
    _write(session, case, row.past, by=by, note=(note or "").strip()[:_NOTE] or None, data=facts)
    return case


def comment(session: Session, number: str, *, by: Actor, text: str, pointer: str = "") -> CaseComment:
    """Remark on the case, or on one field of it; possible for whoever takes part, also by others meanwhile."""
    case = get(session, number, by)
    if case.closed:
        raise WrongState("case-verb", found=case.state, verb="comment", possible=[])
    if not rights.writes(by) or not _takes_part(by, case):
        raise NotPermitted("case-not-yours", department=case.from_department, roles=[], possible=[])
    if not text.strip() or len(text) > _NOTE:
        raise Malformed("case-remark-empty", most=_NOTE)
    if pointer and not pointer.startswith("/"):
        raise InvalidDocument([Violation("/pointer", "case-pointer", found=pointer)])
    _plain(text, {})
    _write(session, case, "commented", by=by, note=None, data={"pointer": pointer} if pointer else None)
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
    if case.closed or not rights.writes(by) or not _takes_part(by, case):
        raise NotPermitted("case-not-yours", department=case.from_department, roles=[], possible=[])
    judged = judge(data, filename)
    key = stored.keep(session, data, judged.media_type)
    held = session.get(CaseFile, (number, key))
    if held:
        return held
    _write(session, case, "attached", by=by, note=None, data={"digest": key, "size": len(data)})
    made = CaseFile(
        number=number, digest=key, name=judged.filename, media_type=judged.media_type, size=len(data),
        by=by.person, at=case.changed_at,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def files(session: Session, number: str) -> Sequence[CaseFile]:
    """The files of a case, oldest first."""
    return session.scalars(
        select(CaseFile).where(col(CaseFile.number) == number).order_by(col(CaseFile.at))
    ).all()


def comments(session: Session, number: str) -> Sequence[CaseComment]:
    """The remarks on a case, oldest first."""
    rows = select(CaseComment).where(col(CaseComment.number) == number)
    return session.scalars(rows.order_by(col(CaseComment.seq))).all()


def timeline(session: Session, number: str, *, after: int = 0) -> Sequence[Entry]:
    """What happened to a case, oldest first: the ledger itself."""
    rows = select(Entry).where(col(Entry.kind) == "case", col(Entry.identifier) == number)
    return session.scalars(rows.where(col(Entry.seq) > after).order_by(col(Entry.seq))).all()


def watchers(session: Session, number: str) -> set[str]:
    """The person keys of who watches a case."""
    return set(session.scalars(select(CaseWatcher.person).where(col(CaseWatcher.number) == number)))


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
    case = _held(session, number, by, read)
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
    _write(session, case, "handed-over", by=by, note=None, data={"to_person": to})
    return case


def subjects(session: Session, number: str) -> list[tuple[str, str]]:
    """The records that a case is about."""
    rows = session.scalars(select(CaseSubject).where(col(CaseSubject.number) == number))
    return sorted((row.kind, row.identifier) for row in rows)


def concern(session: Session, case: Case, wanted: Iterable[tuple[str, str]]) -> None:
    """Say which records a case is about, in the caller's transaction."""
    _subjects(session, case, wanted)


def enter(
    session: Session, case: Case, past: str, *, by: Actor, note: str | None = None, data: dict[str, Any]
) -> None:
    """Write into a case's timeline what an effect of another case, or of the register, has done to it."""
    _write(session, case, past, by=by, note=note, data=data)


def document_of(case: Case) -> Document:
    """What the case holds."""
    found: Document = orjson.loads(case.document)
    return found


def missing(case: Case, row: Row) -> list[Violation]:
    """The parts that ``row`` requires and the document lacks."""
    held = document_of(case)
    return [
        Violation(f"/{part}", "case-missing", values={"part": part})
        for part in row.requires
        if held.get(part) in (None, "", [], {})
    ]


def moved(session: Session, case: Case, read: int) -> CatalogError:
    """The refusal for who has read an older state: what happened since, and what is possible now."""
    since = [
        {"seq": entry.seq, "at": entry.at, "by": entry.by, "verb": entry.verb}
        for entry in timeline(session, case.number, after=read)
    ]
    happened = ", ".join(str(one["verb"]) for one in since)
    possible = sorted({row.verb for row in rights.open_rows(case)})
    return WrongState(
        "case-moved",
        identifier=case.number,
        state=case.state,
        happened=happened,
        found=since,
        possible=possible,
    )


def _held(session: Session, number: str, by: Actor, read: int) -> Case:
    case = get(session, number, by)
    if case.seq != read:
        raise moved(session, case, read)
    return case


def _row(case: Case, verb: str, by: Actor, paper: Paper | None) -> Row:
    found = [row for row in rights.open_rows(case) if row.verb == verb]
    if not found:
        possible = sorted({row.verb for row in rights.open_rows(case)})
        raise WrongState("case-verb", identifier=case.number, found=case.state, verb=verb, possible=possible)
    for row in found:
        if rights.records_paper(by, case, row) if paper else rights.acts(by, case, row.side, row.roles):
            return row
    roles = sorted({role for row in found for role in row.roles})
    raise NotPermitted(
        "case-not-yours", department=rights.department_of(case, found[0].side), roles=roles,
        possible=sorted({row.verb for row in rights.offered(by, case)}),
    )  # fmt: skip


def _check_paper(session: Session, case: Case, paper: Paper, on: date) -> None:
    found = [
        Violation(f"/paper/{name}", "case-missing", values={"part": name})
        for name in ("post", "number", "scan")
        if not getattr(paper, name).strip()
    ]
    if not KEY.fullmatch(paper.signer):
        found.append(Violation("/paper/signer", "case-signer", found=paper.signer[:20]))
    try:
        if date.fromisoformat(paper.signed_on) > on:
            found.append(Violation("/paper/signed_on", "case-future", found=paper.signed_on))
    except ValueError:
        found.append(Violation("/paper/signed_on", "case-missing", values={"part": "signed_on"}))
    if paper.scan and session.get(CaseFile, (case.number, paper.scan)) is None:
        found.append(Violation("/paper/scan", "case-scan", found=paper.scan[:12]))
    if found:
        raise InvalidDocument(found)
    _plain(f"{paper.post} {paper.number}", {})


def _take(case: Case, row: Row, values: Mapping[str, Any]) -> None:
    foreign = sorted(set(values) - set(row.takes))
    if foreign:
        raise NotPermitted("case-part-not-yours", parts=foreign, found=case.state, possible=list(row.takes))
    if values:
        _merge(case, values)


def _merge(case: Case, values: Mapping[str, Any]) -> None:
    document = document_of(case) | dict(values)
    document = {name: value for name, value in document.items() if value is not None}
    _judge(case, document)
    case.document = canonical(document).decode()


def _judge(case: Case, document: Document) -> None:
    found = form_violations(document) or rights.cycle(case).violations(document)
    if found:
        raise InvalidDocument(found)
    _plain("", document)


def _plain(said: str, document: Document) -> None:
    """Case documents, notes and remarks hold no personal data: what looks like it is refused."""
    found = personal_in({"said": said, "document": document})
    if found:
        raise InvalidDocument([
            Violation(one.pointer.removeprefix("/document"), one.rule, "error", found=one.found)
            for one in found
        ])  # fmt: skip


def _require(case: Case, row: Row) -> None:
    found = missing(case, row)
    if found:
        raise InvalidDocument(found)


def _await(case: Case) -> None:
    awaited = rights.cycle(case).awaited(case.state, case.track)
    case.closed = awaited is None
    case.awaits_side = awaited.side if awaited else ""
    case.awaits_role = awaited.role if awaited else ""
    case.awaits_department = rights.department_of(case, awaited.side) if awaited else ""
    case.shown = case.shown or bool(awaited and awaited.side != "from")
    case.sort_on = case.due_on if case.due_on and not case.closed else NEVER


def _write(
    session: Session, case: Case, past: str, *, by: Actor, note: str | None, data: dict[str, Any] | None
) -> None:
    """One entry; its digest is that of the case document, which is kept as content."""
    text = case.document.encode()
    case.digest = digest(text)
    contents.store(session, [(case.digest, text)])
    last = ledger.head(session)
    at = ledger.moment(last)
    line = Line(f"case.{past}", "case", case.number, note=note, data=data, digest=case.digest)
    case.seq = ledger.append(session, [line], by=by, last=last, at=at)[0]
    case.changed_at = at
    session.flush()


def _number(session: Session, prefix: str, year: int) -> str:
    newest = session.scalar(
        select(Case.number).where(col(Case.number).between(f"{prefix}{year}-", f"{prefix}{year}-9999999"))
        .order_by(col(Case.number).desc()).limit(1)
    )  # fmt: skip
    return f"{prefix}{year}-{int(newest.rpartition('-')[2]) + 1 if newest else 1:06d}"


def _subjects(session: Session, case: Case, wanted: Iterable[tuple[str, str]]) -> None:
    held = {
        (row.kind, row.identifier): row
        for row in session.scalars(select(CaseSubject).where(col(CaseSubject.number) == case.number))
    }
    keep = set(wanted)
    for key, row in held.items():
        if key not in keep:
            session.delete(row)
    session.add_all(
        CaseSubject(number=case.number, kind=kind, identifier=identifier)
        for kind, identifier in sorted(keep - held.keys())
    )
    session.flush()


def _takes_part(by: Actor, case: Case) -> bool:
    """Whether the actor works for one of the sides, or for the bureau."""
    cycle = rights.cycle(case)
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


def _appended(held: str, one: dict[str, str]) -> str:
    return canonical([*orjson.loads(held), one]).decode()
