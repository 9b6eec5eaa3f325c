"""How a case is written: judged, put into its columns, entered in the ledger."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson
from sqlmodel import Session, col, select

from catalog.base.documents import Document, canonical, digest, form_violations
from catalog.base.errors import InvalidDocument, Violation
from catalog.cases import rights
from catalog.cases.models import NEVER, Case, CaseSubject
from catalog.cases.reading import document_of
from catalog.identity.actors import Actor
from catalog.ledger import service as ledger
from catalog.ledger.service import Line
from catalog.registry import contents
from catalog.registry.prepare import personal_in

_ODD = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def merge(case: Case, values: Mapping[str, Any]) -> None:
    """Write parts into the document of a case; a part of None is taken out."""
    document = document_of(case) | dict(values)
    document = {name: value for name, value in document.items() if value is not None}
    judge(case, document)
    case.document = canonical(document).decode()


def judge(case: Case, document: Document) -> None:
    """Raise ``InvalidDocument`` where a document does not hold what its type allows."""
    found = form_violations(document) or rights.cycle(case).violations(document)
    if found:
        raise InvalidDocument(found)
    plain("", document)


def plain(said: str, document: Document) -> None:
    """Case documents, notes and remarks hold no personal data: what looks like it is refused.

    Nor signs that no screen shows: not every database keeps them.
    """
    odd = list(_unprintable(said, "/said")) + list(_unprintable(document, ""))
    if odd:
        raise InvalidDocument(odd)
    found = personal_in({"said": said, "document": document})
    if found:
        raise InvalidDocument([
            Violation(one.pointer.removeprefix("/document"), one.rule, "error", found=one.found)
            for one in found
        ])  # fmt: skip


def _unprintable(value: Any, place: str) -> Iterator[Violation]:
    if isinstance(value, str):
        odd = _ODD.search(value)
        if odd:
            yield Violation(place, "sign-unprintable", found=f"U+{ord(odd[0]):04X}")
    elif isinstance(value, dict):
        for name, child in value.items():
            yield from _unprintable(child, f"{place}/{name}")
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from _unprintable(child, f"{place}/{index}")


def turn(case: Case) -> None:
    """Say who must act next, as the lifecycle has it for the state the case is in."""
    awaited = rights.cycle(case).awaited(case.state, case.track)
    case.closed = awaited is None
    case.awaits_side = awaited.side if awaited else ""
    case.awaits_role = awaited.role if awaited else ""
    case.awaits_department = rights.department_of(case, awaited.side) if awaited else ""
    case.shown = case.shown or bool(awaited and awaited.side != "from")
    case.sort_on = case.due_on if case.due_on and not case.closed else NEVER


def write(
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


def next_number(session: Session, prefix: str, year: int) -> str:
    """The next number of a year: the writing transaction is the only one."""
    newest = session.scalar(
        select(Case.number).where(col(Case.number).between(f"{prefix}{year}-", f"{prefix}{year}-9999999"))
        .order_by(col(Case.number).desc()).limit(1)
    )  # fmt: skip
    return f"{prefix}{year}-{int(newest.rpartition('-')[2]) + 1 if newest else 1:06d}"


def concern(session: Session, case: Case, wanted: Iterable[tuple[str, str]]) -> None:
    """Say which records a case is about, in the caller's transaction."""
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


def enter(
    session: Session, case: Case, past: str, *, by: Actor, note: str | None = None, data: dict[str, Any]
) -> None:
    """Write into a case's timeline what an effect of another case, or of the register, has done to it."""
    write(session, case, past, by=by, note=note, data=data)


def appended(held: str, one: dict[str, str]) -> str:
    """A list kept as JSON, with one more."""
    return canonical([*orjson.loads(held), one]).decode()
