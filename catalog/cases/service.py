"""The engine of the desk: open, save, do; each one entry in its transaction.

Every function takes the caller's writing session, so that what a slice does beside lives and dies with
it. Nobody changes a case that moved since it was read: 409, with what happened meanwhile. Reading is in
``reading``, remarks, files and watchers in ``beside``; both are named here for who uses the desk.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlmodel import Session

from catalog.base import clock
from catalog.base.db import Database
from catalog.base.documents import Document, canonical
from catalog.base.errors import InvalidDocument, Malformed, NotPermitted, NotSignedIn, Violation, WrongState
from catalog.cases import due, rights
from catalog.cases.beside import attach, comment, hand_over, watch
from catalog.cases.effects import Act, effect_of
from catalog.cases.models import Case
from catalog.cases.paper_acts import Paper, check, counted
from catalog.cases.reading import (
    comments,
    document_of,
    files,
    get,
    moved,
    subjects,
    timeline,
    unmoved,
    watchers,
)
from catalog.cases.writing import appended, concern, enter, judge, merge, next_number, plain, turn, write
from catalog.identity.actors import Actor
from catalog.standards.lifecycles import Row, lifecycle

__all__ = [
    "Paper",
    "attach",
    "comment",
    "comments",
    "concern",
    "do",
    "document_of",
    "enter",
    "files",
    "get",
    "hand_over",
    "missing",
    "moved",
    "open_case",
    "save",
    "subjects",
    "timeline",
    "unmoved",
    "watch",
    "watchers",
]

_NOTE = 2000


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
    plain(title, document or {})
    now = clock.now()
    number = next_number(session, cycle.prefix, now.year)
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
    turn(case)
    judge(case, document or {})
    case.document = canonical(document or {}).decode()
    write(session, case, "opened", by=by, note=None, data={"type": type, "track": track, "to": case.state})
    case.opened_at = case.changed_at
    session.add(case)
    session.flush()
    concern(session, case, subjects)
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
    case = unmoved(session, number, by, read)
    mine = rights.editable(by, case)
    foreign = sorted(set(values) - mine)
    if foreign or not mine:
        raise NotPermitted("case-part-not-yours", **_not_yours(case, foreign), possible=sorted(mine))
    merge(case, values)
    if title is not None:
        plain(title, {})
        case.title = title.strip()[:200]
    write(session, case, "saved", by=by, note=None, data={"parts": sorted(values)})
    if subjects is not None:
        concern(session, case, subjects)
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
    ``Malformed`` (``case-reason-missing``, ``case-note-long``: nothing is cut), ``InvalidDocument`` for
    missing parts or a paper act that does not hold, and whatever its effect (``kinds.CASES``) refuses.
    """
    case = unmoved(session, number, by, read)
    row = _row(case, verb, by, paper)
    note = (note or "").strip()
    if row.reason and not note:
        raise Malformed("case-reason-missing", verb=verb, verb_said=rights.verb_said(case, verb))
    if len(note) > _NOTE:
        raise Malformed("case-note-long", found=len(note), most=_NOTE)
    if paper:
        check(session, case, paper, row.side, on)
    signer = paper.signer if paper else by.person
    if signer in rights.signers(case, row.differs):
        raise NotPermitted(
            "case-four-eyes", verb=verb, verb_said=rights.verb_said(case, verb), verbs=list(row.differs),
            verbs_said=[rights.verb_said(case, one) for one in row.differs],
        )  # fmt: skip
    plain(note, {})
    _take(case, row, values or {})
    if row.assigns:
        if not department:
            raise InvalidDocument([Violation("/department", "case-missing", values={"part": "department"})])
        case.to_department = department
    _require(case, row)
    before = case.state
    session.flush()
    effect = effect_of(case.type)
    act = Act(session, database, case, row, by, signer, on, note)
    data = effect(act) if effect else {}
    ticks = row.ticks(case.track)
    ended = due.tick(case, ticks, session=session, on=counted(paper, ticks, case, on))
    case.state = row.to
    day = paper.day if paper else on
    case.done = appended(case.done, {"verb": verb, "signer": signer, "side": row.side, "on": day.isoformat()})
    case.assignee = None
    turn(case)
    facts: dict[str, Any] = {"type": case.type, "from": before, "to": row.to, "side": row.side} | data
    if paper:
        facts["paper"] = asdict(paper)
    if case.due_on:
        facts["due_on"] = case.due_on
    if ended:
        facts["clock"] = ended
    write(session, case, row.past, by=by, note=note or None, data=facts)
    return case


def missing(case: Case, row: Row) -> list[Violation]:
    """The parts that ``row`` requires and the document lacks."""
    held, parts = document_of(case), rights.cycle(case).parts
    return [
        Violation(
            f"/{part}", "case-missing",
            values={"part": part, "title_zh": parts[part].zh, "title_en": parts[part].en},
        )
        for part in row.requires
        if held.get(part) in (None, "", [], {})
    ]  # fmt: skip


def _row(case: Case, verb: str, by: Actor, paper: Paper | None) -> Row:
    found = [row for row in rights.open_rows(case) if row.verb == verb]
    if not found:
        possible = sorted({row.verb for row in rights.open_rows(case)})
        once = any(one.verb == verb and one.once for one in rights.cycle(case).rows)
        spent = once and verb in rights.done_verbs(case)
        raise WrongState(
            "case-verb-once" if spent else "case-verb", identifier=case.number, possible=possible,
            found=case.state, found_said=rights.state_said(case),
            verb=verb, verb_said=rights.verb_said(case, verb),
        )  # fmt: skip
    for row in found:
        if rights.records_paper(by, case, row) if paper else rights.acts(by, case, row.side, row.roles):
            return row
    roles = sorted({role for row in found for role in row.roles})
    raise NotPermitted(
        "case-not-yours", department=rights.department_of(case, found[0].side),
        department_said=rights.side_said(case, found[0].side), roles=roles,
        possible=sorted({row.verb for row in rights.offered(by, case)}),
    )  # fmt: skip


def _take(case: Case, row: Row, values: Mapping[str, Any]) -> None:
    foreign = sorted(set(values) - set(row.takes))
    if foreign:
        raise NotPermitted("case-part-not-yours", **_not_yours(case, foreign), possible=list(row.takes))
    if values:
        merge(case, values)


def _not_yours(case: Case, parts: list[str]) -> dict[str, Any]:
    return {
        "parts": parts, "parts_said": rights.parts_said(case, parts),
        "found": case.state, "found_said": rights.state_said(case),
    }  # fmt: skip


def _require(case: Case, row: Row) -> None:
    found = missing(case, row)
    if found:
        raise InvalidDocument(found)
