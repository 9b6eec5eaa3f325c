"""What the consumer of an agreement declares of its duties (履约承诺), for which period, and what it still owes.

Decree No. 809 art. 25, 27(1) and 29(2). A declaration is never changed: another period has another one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import orjson
from sqlmodel import Session, col, select

from catalog.base.documents import Document
from catalog.base.errors import (
    InvalidDocument,
    Malformed,
    NotFound,
    NotPermitted,
    NotSignedIn,
    Violation,
    WrongState,
)
from catalog.identity.actors import Actor
from catalog.ledger import service as ledger
from catalog.registry import contents, stored
from catalog.registry.attachments_files import SUFFIXES, judge
from catalog.registry.models import Record
from catalog.sharing.attesting_terms import EVERY, Owed, first_day, is_period, owed, term_of
from catalog.sharing.changing import KIND, record_of
from catalog.sharing.usage import may_see
from catalog.sharing.usage_models import Attestation

ROLES = ("sharing_officer", "data_officer", "department_head")
WAYS = ("fulfilled", "self_check")
NAMES = ("obligation", "period", "kind", "statement")
_LONGEST = 2_000
_DIGITS = re.compile(r"\d{11}")  # a telephone or document number: persons are named by key only
_STANDING = ("active", "suspended")


class Paper(NamedTuple):
    """A file beside a declaration."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Duty:
    """One duty of an agreement: what was declared of it, and what is still owed."""

    type: str
    detail: str
    every: str
    given: list[Attestation]
    owed: list[Owed]


def may_attest(actor: Actor, document: Document) -> bool:
    """Whether the actor declares for the consumer."""
    able = actor.signed_in and actor.allows("write") and actor.system is None
    consumer = document.get("consumer", "")
    return able and bool(consumer) and any(actor.may(role, consumer) for role in ROLES)


def attest(
    session: Session, identifier: str, said: Document, *, by: Actor, on: date, paper: Paper | None = None,
    most_mb: int = 20,
) -> Attestation:  # fmt: skip
    """Declare one duty fulfilled, or checked by oneself, for a period. One entry; the text stays out of it.

    Raises ``NotFound``, ``NotSignedIn``, ``NotPermitted``, ``WrongState`` (``attested``: that period has one),
    ``Malformed`` for a file, and ``InvalidDocument`` with everything else that is wrong.
    """
    if not by.signed_in:
        raise NotSignedIn()
    found, document = record_of(session, identifier)
    if not may_attest(by, document):
        raise NotPermitted("attest-not-yours", department=document.get("consumer", ""))
    wrong = list(_wrong(said, document, on))
    if wrong:
        raise InvalidDocument(wrong)
    obligation, period = said["obligation"], said["period"]
    if session.get(Attestation, (identifier, obligation, period)) is not None:
        raise WrongState("attested", obligation=obligation, period=period)
    facts: dict[str, Any] = {"obligation": obligation, "period": period, "kind": said["kind"]}
    file = _kept(session, paper, most_mb) if paper else ""
    if file:
        facts["file"] = file
    last = ledger.head(session)
    at = ledger.moment(last)
    line = ledger.Line(f"{KIND}.attested", KIND, identifier, found.version, data=facts)
    seq = ledger.append(session, [line], by=by, last=last, at=at)[0]
    made = Attestation(
        agreement=identifier, obligation=obligation, period=period, kind=said["kind"],
        statement=said["statement"].strip(), file=file, by=by.person, at=at, seq=seq,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def _kept(session: Session, paper: Paper, most_mb: int) -> str:
    """The digest under which the file is kept."""
    if len(paper.data) > most_mb * 1024 * 1024:
        raise Malformed("attachment-large", found=len(paper.data), expected=most_mb)
    return stored.keep(session, paper.data, judge(paper.data, paper.name).media_type)


def evidence(session: Session, identifier: str, obligation: str, period: str) -> tuple[bytes, str, str]:
    """The file beside a declaration: bytes, type, and a name that says nothing of a person. Raises ``NotFound``."""
    found = session.get(Attestation, (identifier, obligation, period))
    held = session.get(stored.StoredFile, found.file) if found and found.file else None
    if held is None:
        raise NotFound(kind="file", identifier=f"{obligation} {period}")
    return held.data, held.media_type, f"{identifier}-{obligation}-{period}{SUFFIXES[held.media_type][0]}"


def _wrong(said: Document, document: Document, on: date) -> Iterable[Violation]:
    known = [one.get("type") for one in document.get("obligations", ())]
    for name in sorted(set(said) - set(NAMES)):
        yield Violation(f"/{name}", "parameter-unknown", found=name, expected=list(NAMES))
    for name in NAMES:
        value = said.get(name)
        if not isinstance(value, str) or not value.strip():
            yield Violation(f"/{name}", "attest-needs", found=value, expected=list(NAMES))
    obligation, period, kind, statement = (
        one if isinstance(one := said.get(name), str) else "" for name in NAMES
    )
    if obligation and obligation not in known:
        yield Violation("/obligation", "attest-obligation", found=obligation, expected=known)
    if kind and kind not in WAYS:
        yield Violation("/kind", "enum", found=kind, expected=list(WAYS))
    if len(statement) > _LONGEST:
        yield Violation("/statement", "max-length", found=len(statement), expected=_LONGEST)
    if _DIGITS.search(statement):
        yield Violation("/statement", "attest-personal")
    if period:
        yield from _wrong_period(period, document, on)


def _wrong_period(period: str, document: Document, on: date) -> Iterable[Violation]:
    if not is_period(period):
        yield Violation("/period", "attest-period", found=period)
        return
    first, term = first_day(period), term_of(document)
    if first > on:
        yield Violation("/period", "attest-future", found=period)
    elif term is not None and first > term[1]:
        yield Violation("/period", "attest-outside", found=period, expected=term[1].isoformat())


def given(session: Session, agreements: Iterable[str]) -> dict[str, list[Attestation]]:
    """What was declared, newest period first, by agreement."""
    found: dict[str, list[Attestation]] = {}
    wanted = sorted(set(agreements))
    for start in range(0, len(wanted), 500):
        rows = select(Attestation).where(col(Attestation.agreement).in_(wanted[start : start + 500]))
        for row in session.scalars(
            rows.order_by(col(Attestation.period).desc(), col(Attestation.obligation))
        ):
            found.setdefault(row.agreement, []).append(row)
    return found


def duties(session: Session, identifier: str, document: Document, *, on: date, days: int) -> list[Duty]:
    """Every duty of an agreement with its declarations and what is owed."""
    rows = given(session, [identifier]).get(identifier, [])
    open_ = owed(document, {(one.obligation, one.period) for one in rows}, on=on, days=days)
    return [
        Duty(
            one.get("type", ""), one.get("detail", ""), one["every"] if one.get("every") in EVERY else "",
            [row for row in rows if row.obligation == one.get("type")],
            [due for due in open_ if due.obligation == one.get("type")],
        )
        for one in document.get("obligations", ())
    ]  # fmt: skip


def all_owed(session: Session, *, on: date, days: int) -> list[tuple[Record, Document, list[Owed]]]:
    """The agreements that stand and owe a declaration, with what they owe."""
    rows = session.scalars(
        select(Record).where(col(Record.kind) == KIND, col(Record.status).in_(_STANDING))
        .order_by(col(Record.identifier))
    ).all()  # fmt: skip
    texts = contents.load(session, [row.content for row in rows])
    rhythmic = []
    for row in rows:
        text = texts[row.content]
        if text and b'"every"' in (text if isinstance(text, bytes) else text.encode()):
            rhythmic.append((row, orjson.loads(text)))
    done = given(session, (row.identifier for row, _ in rhythmic))
    found = []
    for row, document in rhythmic:
        mine = {(one.obligation, one.period) for one in done.get(row.identifier, ())}
        if open_ := owed(document, mine, on=on, days=days):
            found.append((row, document, open_))
    return found


def owed_of(session: Session, actor: Actor, on: date, days: int) -> list[dict[str, Any]]:
    """What is owed of agreements that the actor sees the inside of."""
    found = [
        {
            "agreement": record.identifier, "name": record.name, "consumer": document.get("consumer", ""),
            "obligation": one.obligation, "period": one.period.name, "due": one.period.due.isoformat(),
            "state": one.state, "attests": may_attest(actor, document),
        }
        for record, document, open_ in all_owed(session, on=on, days=days)
        if may_see(actor, document)
        for one in open_
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one["due"], one["agreement"], one["obligation"]))
