"""Change proposals: one or many changes of the register, prepared, reviewed field by field, applied at once.

A proposal keeps the documents as contents and names them by digest; while it is open the register stays
as it is. What it would do is worked out anew each time it is read, by the one plan of the register.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import orjson
from sqlmodel import Session

from catalog.base.documents import Document, canonical, digest, form_violations
from catalog.base.errors import (
    InvalidDocument,
    Malformed,
    NotFound,
    NotPermitted,
    NotSignedIn,
    Violation,
    WrongState,
)
from catalog.cases import rights, service, windows
from catalog.cases.filling import coming, filled
from catalog.cases.merging import Clash, merged
from catalog.cases.models import Case
from catalog.identity.actors import Actor
from catalog.kinds import BY_NAME, Kind, Verb
from catalog.registry import contents
from catalog.registry.contents import SALT
from catalog.registry.documents import whole
from catalog.registry.models import Record
from catalog.registry.plan import Change, plan
from catalog.registry.prepare import OWNER, Incoming

STANDARD = frozenset({"data-element", "code-list", "topic"})
WRITTEN = ("register", "revise")


@dataclass(frozen=True, slots=True)
class Proposed:
    """One change as its author brings it. ``read``: the seq of the record that the author has read."""

    kind: str
    document: Document = field(default_factory=dict)
    identifier: str | None = None
    read: int | None = None
    status: str | None = None
    verb: Verb | None = None  # None: register, or revise where there is an identifier
    successor: str | None = None


@dataclass(slots=True)
class Judged:
    """What one change of a proposal would do now."""

    number: int
    kind: str
    verb: str
    identifier: str | None
    name: str
    action: str  # created, revised, unchanged, refused, moved, retired, struck
    document: Document
    before: Document | None
    violations: list[Violation] = field(default_factory=list)
    clashes: list[Clash] = field(default_factory=list)
    theirs: list[str] = field(default_factory=list)  # members that somebody else changed meanwhile
    struck: str | None = None
    read: int | None = None
    now: int | None = None
    status: str | None = None  # of the record now, and what the change would make it
    to: str | None = None
    successor: str | None = None

    @property
    def written(self) -> bool:
        """Whether it brings a document."""
        return self.verb in WRITTEN

    @property
    def missing(self) -> list[Violation]:
        """What is still missing before it can be published."""
        return [one for one in self.violations if one.severity == "error" and one.rule == "required"]


def open_proposal(
    session: Session,
    proposed: Sequence[Proposed],
    *,
    by: Actor,
    title: str = "",
    summary: str = "",
    source: str = "",
    window: str = "",
    on: date | None = None,
) -> Case:
    """Open one proposal for all ``proposed`` changes, in any state of completeness.

    ``window`` is the number of an initial load that takes records of the past on the day ``on``.

    Raises ``NotPermitted`` where ``by`` may not edit for an owner (``by-cases-only``: agreements enter by
    an initial load, and by sharing requests), ``InvalidDocument``
    (``case-change-mixed``: standards and catalogue need different reviews), ``NotFound``.
    """
    if not by.signed_in:
        raise NotSignedIn()
    if not proposed:
        raise InvalidDocument([Violation("/changes", "case-missing", values={"part": "changes"})])
    rows, owners = [], set()
    for one in proposed:
        if one.kind in BY_NAME and BY_NAME[one.kind].agreed and not window:
            raise NotPermitted("by-cases-only", kind=one.kind, verb=one.verb or "register")
        row, owner = _row(session, one, by)
        rows.append(row)
        owners.add(owner)
    standard = {one.kind in STANDARD for one in proposed}
    if len(standard) > 1:
        raise InvalidDocument([Violation("/changes", "case-change-mixed")])
    track = "standard" if True in standard else "update"
    if track == "update" and all(row["verb"] == "register" for row in rows):
        track = "first"
    if window:
        windows.admit(session, window, {one.kind for one in proposed}, on)
        track = "past"
    department = (
        next(iter(owners)) if len(owners) == 1 and track != "standard" else by.department or min(owners)
    )
    document: Document = {"changes": rows}
    document |= {
        name: said
        for name, said in (("summary", summary.strip()), ("source", source), ("window", window))
        if said
    }
    name = title or (rows[0]["name"] if len(rows) == 1 else f"{rows[0]['name']} +{len(rows) - 1}")
    return service.open_case(
        session, type="proposal", track=track, title=name, by=by, from_department=department,
        document=document, subjects=about_of(rows),
    )  # fmt: skip


def _row(session: Session, one: Proposed, by: Actor) -> tuple[dict[str, Any], str]:
    kind = BY_NAME.get(one.kind)
    if kind is None:
        raise InvalidDocument([Violation("/kind", "enum", found=one.kind, expected=list(BY_NAME))])
    found = form_violations(one.document)
    if found:
        raise InvalidDocument(found)
    said = one.document.get("identifier")
    identifier = one.identifier or (said if isinstance(said, str) else None)
    record = session.get(Record, (one.kind, identifier)) if identifier else None
    verb = one.verb or ("revise" if record else "register")
    if verb not in ("register", "revise", "move", "retire"):
        raise InvalidDocument(
            [Violation("/verb", "enum", found=verb, expected=["register", "revise", "move", "retire"])]
        )
    if record is None and verb != "register":
        raise NotFound(kind=one.kind, identifier=identifier or "")
    stated = one.document.get(OWNER.get(one.kind, "department"))
    owner = (
        stated if isinstance(stated, str) and stated else record.department if record else by.department or ""
    )
    for place in {owner, record.department if record else owner}:
        _may_edit(by, kind, verb, place)
    row: dict[str, Any] = {
        "kind": one.kind, "verb": verb,
        "name": str(one.document.get("name") or (record.name if record else "") or "—")[:400],
    }  # fmt: skip
    if verb in WRITTEN:
        row["digest"] = kept(
            session, one.document if not identifier else {"identifier": identifier} | one.document
        )
    if record:
        row["read"] = one.read or record.seq
    row |= {
        key: value
        for key, value in (("identifier", identifier), ("status", one.status), ("successor", one.successor))
        if value
    }
    return row, owner


def _may_edit(by: Actor, kind: Kind, verb: str, department: str) -> None:
    if (
        by.system is not None
        or not by.allows("write")
        or not any(by.may(r, department) for r in kind.editors)
    ):
        raise NotPermitted(kind=kind.name, verb=verb, department=department, roles=list(kind.editors))


def kept(session: Session, document: Document) -> str:
    """Keep a document as content; its digest."""
    text = canonical({name: value for name, value in document.items() if name != SALT})
    key = digest(text)
    contents.store(session, [(key, text)])
    return key


def about_of(rows: Sequence[dict[str, Any]]) -> set[tuple[str, str]]:
    """The records that the changes name."""
    return {(row["kind"], row["identifier"]) for row in rows if row.get("identifier")}


def rows_of(case: Case) -> list[dict[str, Any]]:
    """The changes as the case names them."""
    found: list[dict[str, Any]] = service.document_of(case).get("changes", [])
    return found


def document_at(session: Session, row: dict[str, Any]) -> Document:
    """The document that a change brings."""
    found: Document = orjson.loads(contents.load(session, [row["digest"]])[row["digest"]])
    return found


def change(
    session: Session, number: str, position: int, *, by: Actor, read: int, proposed: Proposed | None
) -> Case:
    """Replace one change (from 0), add one at the end, or take one out (``proposed`` None); the author's side only."""
    case = service.get(session, number, by)
    rows = rows_of(case)
    if case.state == "submitted" or not 0 <= position <= len(rows):
        _no_change(case, by, position, rows)
    rows[position : position + 1] = [_row(session, proposed, by)[0]] if proposed else []
    return service.save(
        session, number, by=by, read=read, values={"changes": rows or None}, subjects=about_of(rows)
    )


def strike(session: Session, number: str, position: int, *, by: Actor, read: int, reason: str | None) -> Case:
    """Take one change (from 0) out of what will be registered, with the reason, or put it back (None)."""
    case = service.get(session, number, by)
    rows = rows_of(case)
    if case.state != "submitted" or not 0 <= position < len(rows):
        _no_change(case, by, position, rows)
    if reason is not None and not reason.strip():
        raise Malformed("case-reason-missing", verb="strike")
    rows[position].pop("struck", None)
    if reason is not None:
        rows[position]["struck"] = reason.strip()[:500]
    return service.save(session, number, by=by, read=read, values={"changes": rows})


def _no_change(case: Case, by: Actor, position: int, rows: Sequence[Any]) -> None:
    if 0 <= position <= len(rows):
        possible = sorted({row.verb for row in rights.offered(by, case)})
        raise WrongState(
            "case-verb", identifier=case.number, found=case.state, verb="change", possible=possible
        )
    raise InvalidDocument([Violation("/changes", "case-change-unknown", found=position)])


def judged(session: Session, case: Case, on: date) -> list[Judged]:
    """What every change would do now: its action, every violation, and what somebody else changed meanwhile.

    Of a closed proposal what every change was, against the version that its author had read.
    """
    rows = rows_of(case)
    texts = contents.load(session, {row["digest"] for row in rows if "digest" in row})
    if case.closed:
        return [_settled(session, case, number, row, texts) for number, row in enumerate(rows)]
    found = [_begun(session, case, number, row, texts) for number, row in enumerate(rows)]
    written = [one for one in found if one.verb in WRITTEN and not one.struck]
    changes = plan(session, [incoming(one, rows[one.number]) for one in written], on=on)
    for one, planned in zip(written, changes.all, strict=True):
        if one.before is None and planned.before is not None and planned.identifier:  # known by its code
            one.identifier = planned.identifier
            one.document = {"identifier": planned.identifier} | one.document
            one.before = _bare(whole(session, one.kind, planned.identifier))
        _tell(one, planned, () if one.document == one.before else coming(case, one.kind))
    return found


_ACTIONS = {"revise": "revised", "move": "moved", "retire": "retired"}
_RETURNED = ("case.returned", "case.reopened")


def _settled(
    session: Session, case: Case, number: int, row: dict[str, Any], texts: dict[str, bytes]
) -> Judged:
    identifier, read = row.get("identifier"), row.get("read")
    before = _bare(whole(session, row["kind"], identifier, seq=read) if identifier and read else None)
    mine: Document = orjson.loads(texts[row["digest"]]) if texts.get(row.get("digest", "")) else {}
    return Judged(
        number, row["kind"], row["verb"], identifier, row["name"],
        "struck" if row.get("struck") else _ACTIONS.get(row["verb"], "created"),
        filled(case, row["kind"], mine, before) if mine else mine, before, struck=row.get("struck"), read=read,
        to=row.get("status"), successor=row.get("successor"),
    )  # fmt: skip


def _begun(session: Session, case: Case, number: int, row: dict[str, Any], texts: dict[str, bytes]) -> Judged:
    mine: Document = orjson.loads(texts[row["digest"]]) if texts.get(row.get("digest", "")) else {}
    identifier = row.get("identifier")
    record = session.get(Record, (row["kind"], identifier)) if identifier else None
    before = whole(session, row["kind"], record.identifier) if record else None
    judged_ = Judged(
        number, row["kind"], row["verb"], identifier, row["name"],
        {"move": "moved", "retire": "retired"}.get(row["verb"], "created"), mine, _bare(before),
        struck=row.get("struck"), read=row.get("read"), now=record.seq if record else None,
        status=record.status if record else None, to=row.get("status"), successor=row.get("successor"),
    )  # fmt: skip
    if judged_.struck:
        judged_.action = "struck"
    if record and before is not None and row.get("read") not in (None, record.seq):
        base = whole(session, row["kind"], record.identifier, seq=row["read"]) or {}
        judged_.document, judged_.clashes, judged_.theirs = merged(
            _bare(base) or {}, _bare(before) or {}, mine
        )
        if row["verb"] not in WRITTEN:
            judged_.clashes = [Clash("", row["read"], record.seq, None)]
    if row["verb"] in WRITTEN:
        judged_.document = filled(case, row["kind"], judged_.document, judged_.before)
    return judged_


def _bare(document: Document | None) -> Document | None:
    return {name: value for name, value in document.items() if name != SALT} if document is not None else None


def incoming(one: Judged, row: dict[str, Any]) -> Incoming:
    """A change as the plan of the register takes it."""
    return Incoming(one.kind, one.document, row.get("status"))


def _tell(one: Judged, planned: Change, awaited: Sequence[str]) -> None:
    """What the plan says, but for what lacks only until the case itself will have filled it."""
    one.action = planned.action
    one.violations = [
        v for v in planned.violations
        if v.rule != "required" or not any(f"{place}/".startswith(f"{v.pointer}/") for place in awaited)
    ]  # fmt: skip
    if one.action == "refused" and not any(v.severity == "error" for v in one.violations):
        one.action = "revised" if one.before else "created"


@dataclass(frozen=True, slots=True)
class Mended:
    """A change as it was returned, and as its author mended it."""

    number: int
    kind: str
    name: str
    before: Document
    after: Document


def since_return(session: Session, case: Case) -> list[Mended]:
    """What the author changed since the last return."""
    returned = [entry for entry in service.timeline(session, case.number) if entry.verb in _RETURNED]
    if not returned or not returned[-1].digest:
        return []
    then = orjson.loads(contents.load(session, [returned[-1].digest])[returned[-1].digest]).get("changes", [])
    rows = rows_of(case)
    texts = contents.load(session, {row["digest"] for row in [*then, *rows] if "digest" in row})
    held = {(row["kind"], row.get("identifier") or row["name"]): row for row in then}
    found = []
    for number, row in enumerate(rows):
        old = held.get((row["kind"], row.get("identifier") or row["name"]))
        if old is None and len(then) == len(rows):
            old = then[number]  # a new record that was renamed
        if "digest" in row and (old is None or old.get("digest") != row["digest"]):
            before = orjson.loads(texts[old["digest"]]) if old and "digest" in old else {}
            after = orjson.loads(texts[row["digest"]])
            found.append(Mended(number, row["kind"], row["name"], before, after))
    return found
