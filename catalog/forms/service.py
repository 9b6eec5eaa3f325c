"""Drafts: saved in any state of completeness, shared by a department, handed over, returned, dropped."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from catalog.base import clock
from catalog.base.documents import Document, canonical, form_violations
from catalog.base.errors import InvalidDocument, Malformed, NotFound, NotPermitted, WrongState
from catalog.base.settings import Settings
from catalog.forms.models import Draft
from catalog.identity.actors import Actor
from catalog.identity.persons import KEY
from catalog.kinds import BY_NAME, Kind, Verb
from catalog.ledger import service as ledger
from catalog.ledger.service import Line
from catalog.registry.prepare import OWNER
from catalog.registry.rights import approves, home_of, may_prepare
from catalog.standards import schemas

_MOST = 200
_SCANNED = 2_000


@dataclass(frozen=True, slots=True)
class Waiting:
    """A draft that somebody has to go on with, for the home page."""

    title: str
    href: str
    by: str
    department: str
    at: str
    state: str


def save(
    session: Session,
    *,
    kind: Kind,
    document: Document,
    by: Actor,
    identifier: str | None = None,
    read: int | None = None,
    department: str | None = None,
    draft: str | None = None,
    mark: str | None = None,
) -> Draft:
    """Keep a document as a draft, a new one or an older one that is still as it was read (``mark``).

    What is no person key is taken out where a person belongs, so that no name enters. Raises
    ``NotPermitted``, ``NotFound`` and ``WrongState`` (``draft-moved``: somebody else saved it meanwhile).
    """
    violations = form_violations(document)
    if violations:
        raise InvalidDocument(violations)
    kept = nameless(kind, document)
    owner = kept.get(OWNER.get(kind.name, "department"))
    place = owner if isinstance(owner, str) and may_prepare(by, kind, owner) else department
    now = clock.stamp(clock.now())
    values: dict[str, Any] = {
        "document": canonical(kept).decode(),
        "title": str(kept.get("name") or "")[:200],
        "edited_by": by.person,
        "read": read,
    }
    if draft:
        held = opened(session, draft, by)
        change(session, held, mark or held.changed_at, department=place or held.department, **values)
        return opened(session, draft, by)
    place = place or home_of(by, kind)
    if not may_prepare(by, kind, place):
        raise NotPermitted(kind=kind.name, verb="register", department=place, roles=[*kind.editors])
    made = Draft(
        id=f"DR{secrets.token_hex(8)}", kind=kind.name, identifier=identifier, department=place,
        by=by.person, state="open", created_at=now, changed_at=now, **values,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def nameless(kind: Kind, document: Document) -> Document:
    """The document without what stands at a person's place and is no key."""
    annotations = schemas.current(kind.name).annotations
    if all(KEY.match(key) for key in annotations.people(document)):
        return document
    copy: Document = orjson.loads(orjson.dumps(document))
    _strip(copy, {field.name for field in annotations.fields if field.ref == "person"})
    return copy


def _strip(value: object, names: set[str]) -> None:
    if isinstance(value, list):
        for item in value:
            _strip(item, names)
    elif isinstance(value, dict):
        for name in [*value]:
            if name in names and isinstance(value[name], str) and not KEY.match(value[name]):
                del value[name]
            else:
                _strip(value[name], names)


def document_of(draft: Draft) -> Document:
    """What the draft holds."""
    found: Document = orjson.loads(draft.document)
    return found


def opened(session: Session, identifier: str, actor: Actor) -> Draft:
    """The draft, for its author and for whoever works for its department; ``NotFound`` for everybody else."""
    draft = session.get(Draft, identifier) if actor.signed_in else None
    if draft is None or not sees(actor, draft):
        raise NotFound(kind="draft", identifier=identifier)
    return draft


def sees(actor: Actor, draft: Draft) -> bool:
    """Whether the draft may be opened: by who may edit in its department now, its author included."""
    return may_prepare(actor, BY_NAME[draft.kind], draft.department)


def listed(session: Session, actor: Actor) -> Sequence[Draft]:
    """The drafts that the actor may open, the latest first."""
    newest = select(Draft).order_by(col(Draft.changed_at).desc()).limit(_SCANNED)
    return [draft for draft in session.scalars(newest) if sees(actor, draft)][:_MOST]


def of_record(session: Session, kind: str, identifier: str, actor: Actor) -> Draft | None:
    """The latest draft of a record's revision that the actor may open."""
    newest = select(Draft).where(col(Draft.kind) == kind, col(Draft.identifier) == identifier)
    rows = session.scalars(newest.order_by(col(Draft.changed_at).desc()).limit(20))
    return next((draft for draft in rows if sees(actor, draft)), None)


def waiting(session: Session, actor: Actor, settings: Settings) -> list[Waiting]:
    """What waits for ``actor``: handed over to approve, returned to mend, or one's own left unfinished."""
    found = []
    for draft in listed(session, actor):
        own = actor.person in (draft.by, draft.edited_by)
        kind = BY_NAME[draft.kind]
        mine = draft.state == "submitted" and approves(actor, kind, verb_of(draft), draft.department)
        if mine or (own and draft.state != "submitted"):
            found.append(
                Waiting(
                    draft.title, f"/drafts/{draft.id}", draft.edited_by, draft.department,
                    draft.changed_at, draft.state,
                )
            )  # fmt: skip
    return found


def verb_of(draft: Draft) -> Verb:
    """What registering the draft will be."""
    return "revise" if draft.identifier else "register"


def change(session: Session, draft: Draft, mark: str, **values: object) -> None:
    """Change a draft that is still as it was read; raises ``WrongState`` where somebody was quicker."""
    now = clock.stamp(max(clock.now(), clock.parse_stamp(draft.changed_at)))
    statement = (
        update(Draft)
        .where(col(Draft.id) == draft.id, col(Draft.changed_at) == mark)
        .values(**values, changed_at=now)
        .execution_options(synchronize_session=False)
    )
    if session.execute(statement).rowcount != 1:  # type: ignore[attr-defined]
        raise WrongState("draft-moved", possible=["reload"])
    session.expire(draft)


def submit(session: Session, draft: Draft, *, by: Actor, mark: str, note: str) -> None:
    """Hand a draft over to whoever approves (送审)."""
    change(session, draft, mark, state="submitted", note=_note(note), edited_by=by.person)
    _tell(session, "draft.submitted", draft, note, by)


def send_back(session: Session, draft: Draft, *, by: Actor, mark: str, note: str) -> None:
    """Return a draft to its author (退回) with the reason."""
    kind = BY_NAME[draft.kind]
    if not approves(by, kind, verb_of(draft), draft.department):
        raise NotPermitted(
            kind=kind.name, verb="register", department=draft.department, roles=[*kind.approvers]
        )
    if not note.strip():
        raise Malformed("note-missing")
    if draft.state != "submitted":
        raise WrongState("draft-moved", possible=["reload"])
    author = draft.edited_by
    change(session, draft, mark, state="returned", note=_note(note), edited_by=author)
    _tell(session, "draft.returned", draft, note, by)


def _tell(session: Session, verb: str, draft: Draft, note: str, by: Actor) -> None:
    data = {"kind": draft.kind} | ({"identifier": draft.identifier} if draft.identifier else {})
    ledger.append(session, [Line(verb, "draft", draft.id, note=_note(note), data=data)], by=by)


def drop(session: Session, identifier: str) -> None:
    """Take a draft away, after it was registered or given up."""
    session.execute(delete(Draft).where(col(Draft.id) == identifier))


def _note(note: str) -> str | None:
    return note.strip()[:500] or None
