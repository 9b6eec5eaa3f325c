"""What one form is about: a new record, a revision, or a draft of either; opened for who may write it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session
from starlette.requests import Request

from catalog.base import clock
from catalog.base.documents import Document
from catalog.base.errors import NotFound, NotPermitted, NotSignedIn
from catalog.base.i18n import Language
from catalog.forms import service
from catalog.forms.controls import LARGE
from catalog.forms.models import Draft
from catalog.identity.actors import Actor
from catalog.identity.sight import Sight, sight
from catalog.kinds import BY_NAME, BY_PLURAL, Kind, Profile, Verb
from catalog.ledger import service as ledger
from catalog.ledger.service import Line
from catalog.registry import access, rights
from catalog.registry.documents import whole
from catalog.registry.models import Record
from catalog.registry.prepare import OWNER
from catalog.runtime import Runtime
from catalog.standards import schemas
from catalog.standards.annotations import Annotations
from catalog.standards.lifecycles import lifecycle

_OWN = {"identifier", "successor", "predecessor", "published_on"}


@dataclass(slots=True)
class Sheet:
    """A form's subject. ``document`` is what it begins with; ``read`` the seq of the record behind it."""

    request: Request
    runtime: Runtime
    kind: Kind
    document: Document
    department: str | None
    identifier: str | None = None
    read: int | None = None
    status: str | None = None
    name: str = ""
    draft: Draft | None = None
    other: Draft | None = None  # a colleague's draft of the same record
    copied: str = ""
    case: str = ""  # the number of the proposal that the form writes into
    position: int = 0  # which of its changes
    case_read: int = 0  # the seq of the proposal that was read

    @property
    def actor(self) -> Actor:
        """Who fills the form."""
        actor: Actor = self.request.state.actor
        return actor

    @property
    def language(self) -> Language:
        """The reader's."""
        language: Language = self.request.state.language
        return language

    @property
    def sight(self) -> Sight:
        """What the actor may see."""
        return sight(self.actor, self.runtime.settings)

    @property
    def annotations(self) -> Annotations:
        """The standard in force: a form always writes by it."""
        return schemas.current(self.kind.name).annotations

    @property
    def verb(self) -> Verb:
        """What saving will be."""
        return "revise" if self.identifier else "register"

    @property
    def profile(self) -> Profile:
        """What the record's status demands."""
        return self.kind.statuses[self.status or self.kind.initial]

    @property
    def address(self) -> str:
        """The record's page, or the list of its kind."""
        return f"/{self.kind.plural}/{self.identifier}" if self.identifier else f"/{self.kind.plural}"

    @property
    def saves(self) -> bool:
        """Whether the actor may put it into the register, with a reason where a case is demanded."""
        desk = self.runtime.settings.desk
        return not self.case and rights.may_do(self.actor, self.kind, self.verb, self.department, desk)

    @property
    def cased(self) -> bool:
        """Whether saving asks for a reason."""
        return self.verb in self.kind.case

    @property
    def kept(self) -> dict[str, int]:
        """The lists that are too long for a form, with their length."""
        return {
            f"/{one.name}": len(self.document[one.name])
            for one in self.annotations.top
            if one.children and isinstance(self.document.get(one.name), list)
            if len(self.document[one.name]) > LARGE
        }


def kind_of(request: Request) -> Kind:
    """The kind that the path names."""
    kind = BY_PLURAL.get(request.path_params["plural"])
    if kind is None:
        raise NotFound(kind="address", identifier=request.url.path)
    return kind


async def new(request: Request) -> Sheet:
    """An empty form, or one filled from the record that ``?copy=`` names."""
    runtime: Runtime = request.app.state.runtime
    kind = kind_of(request)
    _by_form(kind, "register", runtime)
    home = rights.home_of(request.state.actor, kind, runtime.settings.desk)
    made = Sheet(request, runtime, kind, {}, home or None)
    copied = request.query_params.get("copy", "")
    if copied:
        row = await runtime.reads.record(kind.name, copied, frozenset())
        if row is None or kind.name not in made.sight.kinds:
            raise NotFound(kind=kind.name, identifier=copied)
        made.document = _copy(await runtime.reads.whole(row), kind, made.annotations)
        made.copied = row.name
    elif home and OWNER.get(kind.name, "department") != "identifier":
        made.document = {OWNER.get(kind.name, "department"): home}
    return made


def _by_form(kind: Kind, verb: Verb, runtime: Runtime) -> None:
    if rights.by_cases_only(kind, runtime.settings.desk):
        raise NotPermitted("by-cases-only", kind=kind.name, verb=verb)


def _copy(document: Document, kind: Kind, annotations: Annotations) -> Document:
    """A document without what belongs to one record only: identifier, codes, assessments and approval."""
    own = _OWN | {one.path[0] for one in annotations.fields if one.alias}
    own |= {one.at[0] for one in lifecycle("proposal").fills if one.kind == kind.name}
    return {name: value for name, value in document.items() if name not in own}


async def record(request: Request) -> Sheet:
    """The form of a record as it stands, with its internal fields; their reading leaves an entry."""
    runtime: Runtime = request.app.state.runtime
    kind = kind_of(request)
    identifier = request.path_params["identifier"]
    made = await asyncio.to_thread(_record, request, runtime, kind, identifier)
    return made


def _record(request: Request, runtime: Runtime, kind: Kind, identifier: str) -> Sheet:
    actor: Actor = request.state.actor
    with runtime.database.reading() as session:
        row = _expect(session, actor, kind, identifier, runtime)
        made = Sheet(
            request, runtime, kind, whole(session, kind.name, identifier) or {}, row.department,
            identifier=identifier, read=row.seq, status=row.status, name=row.name,
        )  # fmt: skip
        other = service.of_record(session, kind.name, identifier, actor)
        if other:
            session.expunge(other)
            made.other = other
        internal = row.public_content is not None
        version = row.version
    if internal and request.method == "GET":
        with runtime.database.writing() as session:
            line = Line(f"{kind.name}.read", kind.name, identifier, version, data={"view": "internal"})
            ledger.append(session, [line], by=actor)
    return made


def _expect(session: Session, actor: Actor, kind: Kind, identifier: str, runtime: Runtime) -> Record:
    if not actor.signed_in:
        raise NotSignedIn()
    row = session.get(Record, (kind.name, identifier))
    if row is None:
        raise NotFound(kind=kind.name, identifier=identifier)
    _by_form(kind, "revise", runtime)
    if not rights.may_prepare(actor, kind, row.department, runtime.settings.desk):
        roles = sorted(set(rights.preparers(kind, runtime.settings.desk)))
        raise NotPermitted(kind=kind.name, verb="revise", department=row.department, roles=roles)
    if actor.internal is not None and row.department not in actor.internal:
        access.refuse_blind(session, kind.name, identifier)
    return row


async def draft(request: Request) -> Sheet:
    """The form of a draft, for whoever may go on with it."""
    runtime: Runtime = request.app.state.runtime
    return await asyncio.to_thread(_draft, request, runtime, request.path_params["draft"])


def _draft(request: Request, runtime: Runtime, identifier: str) -> Sheet:
    actor: Actor = request.state.actor
    if not actor.signed_in:
        raise NotSignedIn()
    with runtime.database.reading() as session:
        held = service.opened(session, identifier, actor)
        kind = BY_NAME[held.kind]
        document = service.document_of(held)
        _refuse_unseen(actor, held, schemas.current(held.kind).annotations, document)
        made = Sheet(
            request, runtime, kind, document, held.department,
            identifier=held.identifier, read=held.read, name=held.title,
        )  # fmt: skip
        if held.identifier:
            row = session.get(Record, (held.kind, held.identifier))
            made.status = row.status if row else None
            made.name = row.name if row else held.title
        session.expunge(held)
    made.draft = held
    return made


def _refuse_unseen(actor: Actor, held: Draft, annotations: Annotations, document: Document) -> None:
    hidden = actor.internal is not None and held.department not in actor.internal
    if hidden and annotations.public(document) != document:
        raise NotPermitted("internal-view-needed", kind=held.kind, identifier=held.id)


def today(sheet: Sheet) -> Any:
    """The day in the register's zone."""
    return clock.today(sheet.runtime.settings.zone)
