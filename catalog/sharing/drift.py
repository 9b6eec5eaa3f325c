"""标准变更确认: a breaking change of what an agreement has pinned asks the provider, in the change's own transaction."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import text as sql
from sqlmodel import Session, col, select

from catalog.base.db import FOREVER
from catalog.base.documents import Document
from catalog.base.i18n import Language
from catalog.cases import amending, service
from catalog.cases.effects import Act
from catalog.cases.models import Case, CaseSubject
from catalog.identity.actors import Actor
from catalog.ledger.service import By
from catalog.registry.documents import whole
from catalog.registry.models import Record
from catalog.sharing.changing import KIND, record_of, tell
from catalog.sharing.drifting import element_breaks, list_breaks, sensitive

TYPE = "drift"
_TRACKS = {"data-element": "element", "code-list": "codes"}
_PINNED = f"""SELECT DISTINCT r.kind, r.identifier, r.seq, r.version, p.identifier, p.to_identifier
 FROM record r
 JOIN link v ON v.kind = 'data-element' AND v.to_kind = r.kind AND v.to_identifier = r.identifier AND v.to_seq = {FOREVER}
 JOIN link p ON p.kind = '{KIND}' AND p.to_kind = 'data-element' AND p.to_identifier = v.identifier AND p.to_seq = {FOREVER}
 WHERE r.kind = 'code-list' AND r.seq >= :first AND r.version > 1
UNION SELECT DISTINCT r.kind, r.identifier, r.seq, r.version, p.identifier, p.to_identifier
 FROM record r
 JOIN link p ON p.kind = '{KIND}' AND p.to_kind = r.kind AND p.to_identifier = r.identifier AND p.to_seq = {FOREVER}
 WHERE r.kind = 'data-element' AND r.seq >= :first AND r.version > 1"""


def follow(session: Session, *, by: By, first: int) -> None:
    """After elements or code lists were written from entry ``first`` on: a case for each agreement in force.

    An agreement without a pin of the element is bound to no version and asks nobody.
    """
    session.flush()
    rows = session.execute(sql(_PINNED), {"first": first}).all()
    for kind, identifier, seq, version, agreement, element in sorted(map(tuple, rows)):
        record, document = record_of(session, agreement)
        pins = {one.get("element"): one.get("version") for one in document.get("pins", ())}
        if record.status not in ("active", "suspended") or element not in pins:
            continue
        broken = _broken(session, kind, identifier, seq, element)
        if broken:
            lists = {one.get("code_list"): one.get("list_version") for one in document.get("pins", ())}
            pinned = pins[element] if kind == "data-element" else lists.get(identifier, version - 1)
            _ask(session, by, record, document, {
                "agreement": agreement, "kind": kind, "identifier": identifier, "pinned": pinned,
                "version": version, "broken": "、".join(broken)[:500],
            })  # fmt: skip


def _broken(session: Session, kind: str, identifier: str, seq: int, element: str) -> list[str]:
    before = whole(session, kind, identifier, seq=seq - 1)
    after = whole(session, kind, identifier, seq=seq)
    if before is None or after is None:
        return []
    if kind == "data-element":
        return element_breaks(before, after)
    flagged = sensitive(whole(session, "data-element", element) or {})
    return list_breaks(before, after, flagged=flagged)


def _ask(session: Session, by: By, record: Record, agreement: Document, said: Document) -> None:
    actor = Actor(
        by.person, "", "", department=by.department, door=by.door, client=by.client, request=by.request
    )
    held = _open(session, record.identifier, said["identifier"])
    if held is not None:
        values = {name: said[name] for name in ("version", "broken")}
        amending.amend(session, held, "drifted-again", by=actor, values=values, data=values)
        return
    service.open_case(
        session, type=TYPE, track=_TRACKS[said["kind"]], title=record.name, by=actor,
        from_department=agreement.get("provider", ""), to_department=agreement.get("consumer", ""),
        document=said, subjects=[(KIND, record.identifier), (said["kind"], said["identifier"])], judged=True,
    )  # fmt: skip


def _open(session: Session, agreement: str, identifier: str) -> Case | None:
    wanted = select(Case).join(CaseSubject, col(CaseSubject.number) == col(Case.number))
    mine = (col(CaseSubject.kind) == KIND, col(CaseSubject.identifier) == agreement,
            col(Case.type) == TYPE, col(Case.closed).is_(False))  # fmt: skip
    found = session.scalars(wanted.where(*mine))
    return next((one for one in found if service.document_of(one).get("identifier") == identifier), None)


def effect(act: Act) -> dict[str, Any]:
    """Going on under the new meaning pins it; nothing else touches the agreement."""
    held = service.document_of(act.case)
    if act.row.verb != "keep":
        return {}
    parts = {"data-element": ("element", "version"), "code-list": ("code_list", "list_version")}
    name, version = parts[held.get("kind", "data-element")]

    def pinned(agreement: Document) -> None:
        for pin in agreement.get("pins", ()):
            if pin.get(name) == held["identifier"]:
                pin[version] = held["version"]

    return {"agreement": held["agreement"], "told": tell(act, held["agreement"], pinned)}


def part(session: Session, case: Case, actor: Actor, language: Language, on: date) -> dict[str, Any]:
    """The agreement, what has changed and from which version to which."""
    held = service.document_of(case)
    record = session.get(Record, (KIND, held.get("agreement", "")))
    changed = session.get(Record, (held.get("kind", ""), held.get("identifier", "")))
    return {
        "agreement": (record.identifier, record.name, record.status) if record else None,
        "changed": (held["kind"] + "s", changed.identifier, changed.name) if changed else None,
        "pinned": held.get("pinned"), "version": held.get("version"), "broken": held.get("broken", ""),
        "shows": ["agreement", "kind", "identifier", "pinned", "version", "broken"],
    }  # fmt: skip
