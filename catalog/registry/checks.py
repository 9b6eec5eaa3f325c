"""What the register checks of every kind alike: references, codes, and the rules that a slice adds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

import orjson
from sqlalchemy import text as sql
from sqlmodel import Session

from catalog.base.db import FOREVER, select_in
from catalog.base.documents import Document
from catalog.base.errors import Violation
from catalog.kinds import BY_NAME, Profile
from catalog.registry import contents
from catalog.registry.documents import whole
from catalog.registry.facts import Facts
from catalog.standards import schemas
from catalog.standards.waivers import in_force, weighed

if TYPE_CHECKING:
    from catalog.registry.plan import Change

Rules = Callable[[Document, Facts], Iterator[Violation]]
OVER = ("superseded", "retired", "withdrawn", "terminated", "expired", "ended", "cancelled", "dissolved")
_GONE = ("retired", "dissolved", "withdrawn", "terminated", "cancelled", "superseded")


@cache
def rules_of(kind: str) -> Rules | None:
    """The rule function that ``kinds.py`` names for a kind."""
    name = BY_NAME[kind].rules
    if not name:
        return None
    module, function = name.split(":")
    rules: Rules = getattr(import_module(module), function)
    return rules


def references_and_codes(
    session: Session, changes: Sequence[Change], on: date, *, flawed: Sequence[Change] = ()
) -> None:
    """Every reference names a record, every code a current code of its list; ``flawed`` as in ``rules``."""
    here = {(change.kind.name, change.identifier) for change in changes if change.action != "refused"}
    changes = [*changes, *flawed]
    wanted = {(kind, to) for c in changes for _, _, kind, to in c.prepared.references} - here
    there: dict[tuple[str, str], str] = {}
    for kind in {kind for kind, _ in wanted}:
        statement = "SELECT identifier, status FROM record WHERE kind = ? AND identifier IN (:values)"
        for identifier, status in select_in(session, statement, (to for k, to in wanted if k == kind), kind):
            there[(kind, identifier)] = status
    codes = _Codes(session, changes, on)
    earlier = _earlier_codes(session, changes)
    for change in changes:
        for pointer, _, kind, to in change.prepared.references:
            status = there.get((kind, to))
            if status is None and (kind, to) not in here:
                change.refuse(Violation(pointer, "reference-missing", found=to, expected=kind))
            elif status in _GONE:
                change.violations.append(
                    Violation(pointer, "reference-retired", "warning", found=to, expected=status)
                )
        for pointer, code_list, code in change.prepared.coded:
            found = codes.violation(
                pointer, code_list, code, kept=(code_list, code) in earlier.get(id(change), ())
            )
            if found:
                change.violations.append(found)
                if found.severity == "error":
                    change.action = "refused"


def _earlier_codes(session: Session, changes: Sequence[Change]) -> dict[int, set[tuple[str, str]]]:
    """The codes that a revised record already held: these are never a refusal."""
    revised = [change for change in changes if change.before]
    olds = contents.load(session, (change.before.content for change in revised if change.before))
    found = {}
    for change in revised:
        text = olds.get(change.before.content) if change.before else None
        if text:
            coded = schemas.current(change.kind.name).annotations.coded(orjson.loads(text))
            found[id(change)] = {(code_list, code) for _, code_list, code in coded}
    return found


class _Codes:
    """The codes that a batch names, as the register and the batch itself know them."""

    def __init__(self, session: Session, changes: Sequence[Change], on: date) -> None:
        self._today = on.isoformat()
        self._known: dict[str, dict[str, str | None]] = {}
        self._lists: set[str] = set()
        wanted: dict[str, set[str]] = {}
        for change in changes:
            for _, code_list, code in change.prepared.coded:
                wanted.setdefault(code_list, set()).add(code)
        if not wanted:
            return
        statement = "SELECT identifier FROM record WHERE kind = 'code-list' AND identifier IN (:values)"
        self._lists = {row[0] for row in select_in(session, statement, wanted)}
        for code_list, codes in wanted.items():
            statement = f"SELECT code, valid_until FROM code WHERE to_seq = {FOREVER} AND code_list = ? AND code IN (:values)"
            rows = select_in(session, statement, codes, code_list)
            self._known[code_list] = {row[0]: row[1] for row in rows}
        for change in changes:
            if change.kind.name == "code-list" and change.identifier in wanted:
                self._lists.add(change.identifier)
                self._known[change.identifier] = {
                    code["code"]: code.get("valid_until")
                    for code in change.prepared.document.get("codes", ())
                }

    def violation(self, pointer: str, code_list: str, code: str, *, kept: bool) -> Violation | None:
        if code_list not in self._lists:
            return Violation(pointer, "code-list-unknown", "warning", found=code, expected=code_list)
        known = self._known[code_list]
        if code not in known:
            return Violation(
                pointer, "code-unknown", "warning" if kept else "error", found=code, expected=code_list
            )
        until = known[code]
        if until and until < self._today:
            return Violation(
                pointer, "code-closed", "warning" if kept else "error", found=code, expected=until
            )
        return None


_REFERRING_NAMES = ("kind", "to_kind", "to_identifier", "status", "department")
_REFERRING = sql(
    "SELECT DISTINCT r.identifier FROM link l JOIN record r ON r.kind = l.kind AND r.identifier = l.identifier"
    " WHERE l.to_kind = :to_kind AND l.to_identifier = :to_identifier AND l.kind = :kind"
    f" AND l.to_seq = {FOREVER} AND r.status = :status AND (:department = '' OR r.department = :department) ORDER BY r.identifier"
)


class RegisterFacts:
    """``Facts`` of one batch: the register beneath, the batch above it."""

    def __init__(self, session: Session, on: date, changes: Sequence[Change]) -> None:
        self.on = on
        self.profile: Profile = "recorded"
        self.identifier: str | None = None
        self.kind = ""
        self._session = session
        self._changes = changes
        self._batch: dict[tuple[str, str], Document] | None = None  # gathered for the first who asks
        self._cache: dict[tuple[str, str], Document | None] = {}
        self._referring: dict[tuple[str, ...], list[tuple[str, Document]]] = {}

    def get(self, kind: str, identifier: str) -> Document | None:
        """See ``Facts.get``."""
        key = (kind, identifier)
        if self._batch is None:
            self._batch = {(c.kind.name, c.identifier or ""): c.prepared.document for c in self._changes}
        if key in self._batch and key != (self.kind, self.identifier):
            return self._batch[key]
        return self.standing(kind, identifier)

    def referring(
        self, kind: str, to_kind: str, to_identifier: str, *, status: str, department: str = ""
    ) -> Sequence[tuple[str, Document]]:
        """See ``Facts.referring``."""
        key = (kind, to_kind, to_identifier, status, department)
        if key not in self._referring:
            rows = self._session.execute(_REFERRING, dict(zip(_REFERRING_NAMES, key, strict=True)))
            self._referring[key] = [
                (row[0], found) for row in rows if (found := self.standing(kind, row[0])) is not None
            ]
        return self._referring[key]

    def standing(self, kind: str, identifier: str) -> Document | None:
        """The document that is registered, whatever the batch says of it."""
        key = (kind, identifier)
        if key not in self._cache:
            self._cache[key] = whole(self._session, kind, identifier)
        return self._cache[key]


def rules(session: Session, changes: Sequence[Change], on: date, *, flawed: Sequence[Change] = ()) -> None:
    """Let every kind's own rules judge all that their schema admits, refused meanwhile or not.

    ``flawed`` are the sound parts of documents that it does not admit: judged, but no facts for others.
    """
    facts = RegisterFacts(session, on, [change for change in changes if change.action != "refused"])
    waivers = in_force()
    for change in (*changes, *flawed):
        judge = rules_of(change.kind.name)
        if judge is None:
            continue
        facts.kind, facts.identifier, facts.profile = (
            change.kind.name,
            change.identifier,
            change.prepared.profile,
        )
        raised = judge(change.prepared.document, facts)
        found = list(
            weighed(raised, kind=change.kind.name, status=change.status, on=on, waivers=waivers)
            if waivers
            else raised
        )
        if not found:
            continue
        change.violations.extend(found)
        if any(violation.severity == "error" for violation in found):
            change.action = "refused"


def endings(session: Session, changes: Sequence[Change]) -> None:
    """A file can't end what others rely on: superseded names a successor, what is in use too."""
    for change in changes:
        document, before = change.prepared.document, change.before
        if change.action == "refused" or (before and before.status == change.status):
            continue
        heirs = document.get("successor") or document.get("successors")
        if change.status == "superseded" and not heirs:
            change.refuse(Violation("/successor", "successor-required", expected=change.kind.name))
        elif before and change.status == change.kind.retired and not heirs:
            usages = in_use(session, change.kind.name, str(change.identifier))
            if usages:
                change.refuse(Violation("", "still-used", found=usages))


def in_use(session: Session, kind: str, identifier: str) -> list[str]:
    """Up to twenty records that hold and refer to this one, as ``kind identifier``."""
    statement = sql(
        "SELECT DISTINCT l.kind, l.identifier FROM link l JOIN record r ON r.kind = l.kind AND r.identifier = l.identifier"
        " WHERE l.to_kind = :kind AND l.to_identifier = :identifier AND l.to_seq = :forever"
        f" AND r.status NOT IN ({', '.join(repr(status) for status in OVER)}) ORDER BY l.kind, l.identifier LIMIT 20"
    )
    rows = session.execute(statement, {"kind": kind, "identifier": identifier, "forever": FOREVER})
    return [f"{row[0]} {row[1]}" for row in rows]


def refuse_dependants(changes: Sequence[Change]) -> None:
    """Who refers to something that this batch would have created, but refuses, is refused too."""
    while True:
        lost = {
            (c.kind.name, c.identifier) for c in changes if c.action == "refused" and c.before is None
        } - {(c.kind.name, c.identifier) for c in changes if c.action != "refused"}
        refused = False
        for change in changes:
            if change.action == "refused":
                continue
            for pointer, _, kind, to in change.prepared.references:
                if (kind, to) in lost:
                    change.refuse(Violation(pointer, "reference-refused", found=to, expected=kind))
                    refused = True
        if not refused:
            return
