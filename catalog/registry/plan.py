"""One plan for every way in: what a set of documents would change, and what is refused and why.

``plan`` writes nothing. ``apply`` (``apply.py``) writes a plan in one transaction after checking again
that nothing moved meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, NamedTuple

import orjson
from sqlmodel import Session

from catalog.base.db import FOREVER, select_in
from catalog.base.errors import CatalogError, NotPermitted, Source, Violation
from catalog.kinds import BY_NAME, Kind, Verb
from catalog.registry import checks, contents
from catalog.registry.numbers import FORM, Numbers
from catalog.registry.prepare import Incoming, Prepared, Texts, personal_violations, prepare, texts
from catalog.standards import schemas
from catalog.standards.sound import Sound, sound

Action = Literal["created", "revised", "unchanged", "refused"]
ACTIONS: tuple[Action, ...] = ("created", "revised", "unchanged", "refused")
Permit = Callable[[Kind, Verb, str | None], None]  # raises NotPermitted, CaseRequired


class Before(NamedTuple):
    """The record as it stands."""

    identifier: str
    seq: int
    version: int
    status: str
    department: str
    name: str
    content: str
    public_content: str | None
    state: str
    registered_at: str


@dataclass(slots=True)
class Change:
    """What one incoming document would do."""

    action: Action
    prepared: Prepared
    status: str
    identifier: str | None = None  # stated or given
    before: Before | None = None
    texts: Texts | None = None  # worked out when it is written, or compared with what stands
    numbered: bool = False  # the identifier comes from the register, not from the document
    etag: int | None = None  # the seq that the author has read
    source: Source | None = None
    places: Callable[[str], Source | None] | None = None  # from a pointer to its cell

    @property
    def kind(self) -> Kind:
        """The kind of record."""
        return self.prepared.kind

    @property
    def violations(self) -> list[Violation]:
        """Everything that is wrong or doubtful, by pointer."""
        return self.prepared.violations

    def refuse(self, *violations: Violation) -> None:
        """Add errors and refuse the document."""
        self.prepared.violations.extend(violations)
        self.action = "refused"


@dataclass(slots=True)
class Changes:
    """A plan: every incoming document once, in its order; the counts always add up to what was read."""

    all: list[Change] = field(default_factory=list)

    def of(self, action: Action) -> list[Change]:
        """The changes of one action."""
        return [change for change in self.all if change.action == action]

    @property
    def counts(self) -> dict[str, int]:
        """``read`` and one number for each action."""
        return {"read": len(self.all)} | {action: len(self.of(action)) for action in ACTIONS}


def plan(
    session: Session, incoming: Iterable[Incoming], *, on: date, permit: Permit | None = None
) -> Changes:
    """What would happen to ``incoming``, in one reading of the register; nothing is written.

    ``permit`` is asked for every change and refuses by raising. Every violation of every document is
    gathered; a document with an error is refused, and so is whoever refers only to a refused one.
    """
    incoming = list(incoming)
    standing = _standing(session, incoming)
    changes = Changes([_begin(one, standing) for one in incoming])
    open_ = [change for change in changes.all if change.action not in ("refused", "unchanged")]
    _identify(session, open_, on)
    _refuse_duplicates(open_)
    befores = _befores(session, open_)
    for change in open_:
        _compare(change, befores)
    _gain_texts(session, open_)
    active = [change for change in open_ if change.action in ("created", "revised")]
    if permit:
        ask = _once(permit)
        for change in active:
            _ask(ask, change)
    besides = [found for change in changes.all if change.action == "refused" and (found := _beside(change))]
    flawed = [judged for _, judged, _ in besides]
    checks.references_and_codes(session, active, on, flawed=flawed)
    checks.rules(session, active, on, flawed=flawed)
    for change, judged, rest in besides:
        change.violations.extend(rest.told(judged.violations))
    checks.endings(session, active)
    checks.refuse_dependants(active)
    for change in changes.all:
        if len(change.violations) > 1:
            change.violations.sort(key=lambda violation: violation.pointer)
    return changes


def _standing(session: Session, incoming: Sequence[Incoming]) -> dict[tuple[str, Any], str]:
    """The statuses of the records that documents without a status name: these say what is demanded."""
    wanted: dict[str, set[str]] = {}
    for one in incoming:
        identifier = one.document.get("identifier") if isinstance(one.document, dict) else None
        if one.status is None and isinstance(identifier, str):
            wanted.setdefault(one.kind, set()).add(identifier)
    statement = "SELECT identifier, status FROM record WHERE kind = ? AND identifier IN (:values)"
    return {
        (kind, row[0]): row[1]
        for kind, identifiers in wanted.items()
        for row in select_in(session, statement, identifiers, kind)
    }


def _begin(one: Incoming, standing: dict[tuple[str, Any], str]) -> Change:
    kind = BY_NAME[one.kind]
    named = one.document.get("identifier") if isinstance(one.document, dict) else None
    known = standing.get((one.kind, named)) if isinstance(named, str) else None
    status = one.status or known or kind.initial
    if one.untouched:
        profile = kind.statuses.get(status, kind.statuses[kind.initial])
        as_read = Prepared(kind, one.document, profile, schemas.current(one.kind).version)
        return Change("unchanged", as_read, status, named, source=one.source)
    prepared = prepare(one, kind.statuses.get(status, kind.statuses[kind.initial]))
    change = Change(
        "created", prepared, status, prepared.identifier, etag=one.etag, source=one.source, places=one.places
    )
    prepared.violations.extend(one.doubts)
    if status not in kind.statuses:
        change.refuse(Violation("", "status-unknown", found=status, expected=list(kind.statuses)))
    if prepared.identifier is not None and not FORM.match(str(prepared.identifier)):
        change.refuse(
            Violation("/identifier", "identifier-form", found=prepared.identifier, expected=FORM.pattern)
        )
    if any(violation.severity == "error" for violation in prepared.violations):
        change.action = "refused"
    return change


def _beside(change: Change) -> tuple[Change, Change, Sound] | None:
    """A document that its schema refused, what of it can be judged all the same, and how the two hang together."""
    came = change.prepared
    rest = sound(came.kind.name, came.document, change.violations) if came.document else None
    if rest is None:
        return None
    prepared = prepare(Incoming(came.kind.name, rest.document), "draft")
    prepared.profile = came.profile
    return change, Change("created", prepared, change.status, prepared.identifier), rest


def _identify(session: Session, changes: Sequence[Change], on: date) -> None:
    """Give an identifier to documents without one: by code, by name within the owner, else a new number."""
    numbers = Numbers(session)
    for change in changes:
        if change.identifier is not None:
            numbers.observe(change.kind, change.identifier, on)
    nameless = [change for change in changes if change.identifier is None]
    known = _by_code(session, nameless) | _by_name(session, nameless) if nameless else {}
    for change in nameless:
        identifier = known.get(id(change))
        change.numbered = identifier is None
        document = change.prepared.document
        change.identifier = identifier or numbers.next(change.kind, on)
        change.prepared.document = {"identifier": change.identifier} | document


def _by_name(session: Session, changes: Sequence[Change]) -> dict[int, str]:
    found: dict[tuple[str, str, str], str] = {}
    for kind in {change.kind.name for change in changes}:
        names = (change.prepared.name for change in changes if change.kind.name == kind)
        statement = (
            "SELECT kind, department, name, identifier FROM record WHERE kind = ? AND name IN (:values)"
        )
        for row in select_in(session, statement, names, kind):
            found[(row[0], "" if kind == "department" else row[1], row[2])] = row[3]
    keyed = {id(c): (c.kind.name, c.prepared.owner or "", c.prepared.name) for c in changes}
    return {key: found[wanted] for key, wanted in keyed.items() if wanted in found}


def _by_code(session: Session, changes: Sequence[Change]) -> dict[int, str]:
    values = {value for change in changes for _, value, _, _ in change.prepared.aliases}
    if not values:
        return {}
    statement = (
        f"SELECT kind, scheme, value, identifier FROM alias WHERE to_seq = {FOREVER} AND value IN (:values)"
    )
    found = {(row[0], row[1], row[2]): row[3] for row in select_in(session, statement, values)}
    matched = {}
    for change in changes:
        for scheme, value, _, _ in change.prepared.aliases:
            if scheme != "former-name" and (change.kind.name, scheme, value) in found:
                matched[id(change)] = found[(change.kind.name, scheme, value)]
    return matched


def _refuse_duplicates(changes: Sequence[Change]) -> None:
    first: dict[tuple[str, Any], Change] = {}
    for change in changes:
        owner = None if change.kind.name == "department" else change.prepared.owner
        stated, named = (
            (change.kind.name, change.identifier),
            (change.kind.name, (owner, change.prepared.name)),
        )
        earlier = first.get(stated) or (first.get(named) if change.numbered else None)
        if earlier:
            source = earlier.source
            where = (source.row or source.line if source else None) or earlier.prepared.name
            said = {"where": where}
            change.refuse(
                Violation("/identifier", "duplicate-in-batch", found=change.identifier, values=said)
            )
        else:
            first[stated] = first[named] = change


def _befores(session: Session, changes: Sequence[Change]) -> dict[tuple[str, str], Before]:
    columns = (
        "identifier, seq, version, status, department, name, content, public_content, state, registered_at"
    )
    befores = {}
    for kind in {change.kind.name for change in changes}:
        wanted = (c.identifier for c in changes if c.kind.name == kind and c.identifier and not c.numbered)
        statement = f"SELECT {columns} FROM record WHERE kind = ? AND identifier IN (:values)"
        for row in select_in(session, statement, wanted, kind):
            befores[(kind, row[0])] = Before(*row)
    return befores


def _compare(change: Change, befores: dict[tuple[str, str], Before]) -> None:
    before = befores.get((change.kind.name, change.identifier or ""))
    if before is None:
        return
    change.before = before
    if change.action == "created":
        change.action = "revised"
    if change.etag is not None and change.etag != before.seq:
        change.refuse(Violation("", "stale", found=change.etag, expected=before.seq))
    _check_status(change, before)


def _check_status(change: Change, before: Before) -> None:
    """A file may lead a record only where a move may; the status that results says what is demanded."""
    status = before.status if change.status == change.kind.initial else change.status
    possible = change.kind.moves[before.status]
    if status not in (before.status, *possible):
        change.refuse(
            Violation("", "status-move", found=f"{before.status} → {status}", expected=list(possible))
        )
        return
    profile = change.kind.statuses[status]
    if profile != change.prepared.profile:
        change.prepared.profile = profile
        found = schemas.check(change.kind.name, change.prepared.document, profile)
        if found:
            change.refuse(*found)


def _ended(kind: Kind) -> tuple[str, ...]:
    return (kind.retired, "retired") if not kind.moves[kind.retired] else ()


def _gain_texts(session: Session, changes: Sequence[Change]) -> None:
    """Work out the texts of what the register has; what is the same as before, with its salt, is unchanged.

    The texts of what is new are nobody's business before they are written (``apply``).
    """
    salted = [
        c.before.content for c in changes if c.before and c.before.public_content and c.action == "revised"
    ]
    olds = contents.load(session, salted)
    for change in changes:
        if change.action == "refused":
            continue
        old = olds.get(change.before.content) if change.before else None
        change.prepared.violations.extend(personal_violations(change.prepared))
        if change.before:
            salt = orjson.loads(old).get(contents.SALT) if old else None
            change.texts = texts(change.prepared, salt=salt)
            asked = change.status if change.status != change.kind.initial else change.before.status
            change.status = asked
            if change.texts.digest == change.before.content and asked == change.before.status:
                change.action = "unchanged"
            elif change.before.status in _ended(change.kind):
                change.refuse(Violation("", "ended", found=change.before.status))


def _once(permit: Permit) -> Permit:
    """The same right asked for once: thousands of rows of one department need one answer."""
    answers: dict[tuple[str, Verb, str | None], CatalogError | None] = {}

    def asked(kind: Kind, verb: Verb, department: str | None) -> None:
        key = (kind.name, verb, department)
        if key not in answers:
            try:
                permit(kind, verb, department)
                answers[key] = None
            except CatalogError as error:
                answers[key] = error
        if found := answers[key]:
            raise found

    return asked


def _ask(permit: Permit, change: Change) -> None:
    verb: Verb = "revise" if change.before else "register"
    owners = {change.prepared.owner, change.before.department if change.before else change.prepared.owner}
    try:
        for owner in owners:
            permit(change.kind, verb, owner)
    except CatalogError as error:
        slug = error.slug if not isinstance(error, NotPermitted) else "not-permitted"
        change.refuse(Violation("", slug, values=error.values))
