"""Records of use (使用记录) of an agreement: who reports them, how they are kept, and when they may go.

Decree No. 809 art. 29(2): three years or more. A batch is one entry of the ledger; a second report of the same
system, period and kind corrects the first, and an identical one changes nothing and leaves no entry.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from sqlalchemy import text as sql
from sqlmodel import Session, col, delete, func, select

from catalog.base.db import upsert_rows
from catalog.base.documents import Document
from catalog.base.errors import InvalidDocument, NotPermitted, NotSignedIn
from catalog.identity.actors import Actor
from catalog.ledger import service as ledger
from catalog.registry.documents import codes_of, whole
from catalog.registry.models import Record
from catalog.sharing.changing import KIND, record_of
from catalog.sharing.requests_known import PURPOSE
from catalog.sharing.usage_lines import Line, Terms, faults, read, terms
from catalog.sharing.usage_models import Usage

ROLES = ("data_officer", "sharing_officer", "department_head")
_COLUMNS = ("agreement", "period", "system", "kind", "amount", "purpose", "fields", "side", "by", "at", "seq")
_KEY = _COLUMNS[:4]
_TOLD = 50  # corrections that an entry tells one by one
_ENDED = ("expired", "terminated", "superseded")


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of a batch: ``read`` = ``recorded`` + ``corrected`` + ``unchanged``; ``flagged`` are not covered."""

    read: int
    recorded: int
    corrected: int
    unchanged: int
    flagged: list[dict[str, Any]]
    entry: int | None


def sides(document: Document) -> dict[str, str]:
    """Provider and consumer of an agreement."""
    return {side: str(document.get(side, "")) for side in ("provider", "consumer")}


def may_see(actor: Actor, document: Document) -> bool:
    """Whether the actor reads what became of an agreement: both sides, the bureau and the auditor."""
    if not actor.signed_in or not actor.allows("read"):
        return False
    inside = actor.internal
    return inside is None or any(one in inside for one in sides(document).values())


def side_of(actor: Actor, document: Document) -> str:
    """For which side the actor may report; empty for none."""
    if not actor.signed_in or not actor.allows("write"):
        return ""
    for side, department in sides(document).items():
        if actor.department == department and any(actor.may(role, department) for role in ROLES):
            return side
    for side, department in sides(document).items():
        if any(actor.may(role, department) for role in ROLES):
            return side if actor.person.startswith("PN-") else "bureau"
    return "bureau" if actor.holds("authority") else ""


def agreed(session: Session, identifier: str) -> tuple[Record, Document, Terms]:
    """An agreement with what its use is held against. Raises ``NotFound``."""
    record, document = record_of(session, identifier)
    wanted = select(Record.identifier).where(
        col(Record.kind) == "system", col(Record.department) == document.get("consumer", "")
    )
    return record, document, terms(document, record.status, list(session.scalars(wanted)))


def record(session: Session, identifier: str, rows: list[Any], *, by: Actor, on: date) -> Recorded:
    """Take a batch of lines, all of it or nothing.

    Raises ``NotFound``, ``NotSignedIn``, ``NotPermitted``, and ``InvalidDocument`` with everything that is wrong.
    """
    if not by.signed_in:
        raise NotSignedIn()
    found, document, bounds = agreed(session, identifier)
    side = side_of(by, document)
    if not side:
        raise NotPermitted("usage-not-yours", departments=list(sides(document).values()))
    dataset = whole(session, "dataset", document.get("dataset", "")) or {}
    fields = {one.get("name", "") for one in dataset.get("fields", ())} | bounds.fields
    purposes = {str(one["code"]) for one in codes_of(session, PURPOSE)}
    lines, wrong = read(rows, on=on, fields=fields, purposes=purposes)
    if wrong:
        raise InvalidDocument(wrong)
    held = _held(session, identifier, lines)
    new = [one for one in lines if one.key not in held]
    changed = [one for one in lines if one.key in held and held[one.key] != one]
    seq = _write(session, found, new, changed, held, side=side, by=by)
    flagged = [
        {"system": one.system, "period": one.period, "kind": one.kind, "faults": broken}
        for one in lines
        if (broken := faults(one, bounds))
    ]
    return Recorded(len(rows), len(new), len(changed), len(rows) - len(new) - len(changed), flagged, seq)


def _held(session: Session, agreement: str, lines: Sequence[Line]) -> dict[tuple[str, str, str], Line]:
    """What was reported of these periods before."""
    spans = [one.period for one in lines]
    rows = session.scalars(
        select(Usage).where(
            col(Usage.agreement) == agreement,
            col(Usage.period) >= min(spans),
            col(Usage.period) <= max(spans),
        )
    )
    return {(row.period, row.system, row.kind): line_of(row) for row in rows}


def line_of(row: Usage) -> Line:
    """A stored line as it was reported."""
    return Line(row.system, row.period, row.kind, row.amount, row.purpose, tuple(orjson.loads(row.fields)))


def _write(
    session: Session, found: Record, new: list[Line], changed: list[Line], held: dict[Any, Line], *,
    side: str, by: Actor,
) -> int | None:  # fmt: skip
    both = sorted([*new, *changed], key=lambda one: one.key)
    if not both:
        return None
    told = orjson.dumps([[*one.key, one.amount, one.purpose, one.fields] for one in both])
    said: dict[str, Any] = {
        "side": side, "recorded": len(new), "corrected": len(changed), "first": both[0].period,
        "last": both[-1].period, "lines": hashlib.sha256(told).hexdigest(),
    }  # fmt: skip
    if changed:
        said["before"] = [[*one.key, held[one.key].amount, one.amount] for one in changed[:_TOLD]]
    last = ledger.head(session)
    at = ledger.moment(last)
    line = ledger.Line(f"{KIND}.used", KIND, found.identifier, found.version, data=said)
    seq = ledger.append(session, [line], by=by, last=last, at=at)[0]
    rows = [
        (
            found.identifier, one.period, one.system, one.kind, one.amount, one.purpose,
            orjson.dumps(one.fields).decode(), side, by.person, at, seq,
        )
        for one in both
    ]  # fmt: skip
    upsert_rows(session, "agreement_usage", _COLUMNS, rows, key=_KEY)
    return seq


def listed(
    session: Session, agreement: str, *, since: str = "", until: str = "", limit: int = 100, after: str = ""
) -> list[Usage]:
    """The lines of an agreement, oldest period first; ``after`` is ``period|system|kind`` of the last one seen."""
    wanted = select(Usage).where(col(Usage.agreement) == agreement)
    if since:
        wanted = wanted.where(col(Usage.period) >= since)
    if until:
        wanted = wanted.where(col(Usage.period) <= until)
    if after:
        period, system, kind = [*after.split("|"), "", ""][:3]
        later = (col(Usage.period) == period) & (
            (col(Usage.system) > system) | ((col(Usage.system) == system) & (col(Usage.kind) > kind))
        )
        wanted = wanted.where((col(Usage.period) > period) | later)
    order = (col(Usage.period), col(Usage.system), col(Usage.kind))
    return list(session.scalars(wanted.order_by(*order).limit(limit)))


def newest(session: Session, agreement: str, most: int) -> list[Usage]:
    """The newest lines of an agreement."""
    order = (col(Usage.period).desc(), col(Usage.system), col(Usage.kind))
    return list(
        session.scalars(select(Usage).where(col(Usage.agreement) == agreement).order_by(*order).limit(most))
    )


def months(session: Session, agreement: str) -> list[dict[str, Any]]:
    """What was used in each month, newest first: ``{"month", "calls", "rows", "files", "systems"}``."""
    month = func.substr(col(Usage.period), 1, 7)
    mine = col(Usage.agreement) == agreement
    systems = select(month, func.count(func.distinct(Usage.system))).where(mine).group_by(month)
    found: dict[str, dict[str, Any]] = {
        name: {"month": name, "calls": 0, "rows": 0, "files": 0, "systems": number}
        for name, number in session.execute(systems)
    }
    amounts = select(month, col(Usage.kind), func.sum(Usage.amount)).where(mine)
    for name, kind, amount in session.execute(amounts.group_by(month, col(Usage.kind))):
        found[name][kind] = int(amount)
    return [found[name] for name in sorted(found, reverse=True)]


def flagged(
    session: Session, agreement: str, bounds: Terms, *, most: int = 20
) -> tuple[int, list[tuple[Usage, list[str]]]]:
    """The lines that are not covered, newest first: how many, and some of them."""
    order = (col(Usage.period).desc(), col(Usage.system), col(Usage.kind))
    rows = session.scalars(select(Usage).where(col(Usage.agreement) == agreement).order_by(*order))
    number = 0
    shown: list[tuple[Usage, list[str]]] = []
    for row in rows.yield_per(1000):
        broken = faults(line_of(row), bounds)
        if broken:
            number += 1
            if len(shown) < most:
                shown.append((row, broken))
    return number, shown


def kept_until(document: Document, status: str, years: int) -> str:
    """The last day on which the records of an agreement must be there; empty while it has not ended."""
    period_end = document.get("period", {}).get("until", "")
    end = document.get("termination", {}).get("on", "") or period_end
    if status not in _ENDED or not end:
        return ""
    day = date.fromisoformat(end)
    try:
        later = day.replace(year=day.year + years)
    except ValueError:  # 29 February
        later = date(day.year + years, 3, 1)
    return max(later.isoformat(), str(document.get("retention_until", "")))


def prune(session: Session, *, by: Actor, on: date, years: int, dry: bool = False) -> dict[str, int]:
    """Delete the records of agreements whose time has gone; ``{agreement: lines}``. One entry for each.

    Raises ``NotPermitted`` for anyone but the bureau.
    """
    if not by.holds("authority") or not by.allows("write"):
        raise NotPermitted("role-needed", roles=["authority"])
    counted = session.execute(
        select(col(Usage.agreement), func.count())
        .group_by(col(Usage.agreement))
        .order_by(col(Usage.agreement))
    ).all()
    gone: dict[str, int] = {}
    for agreement, number in counted:
        found = session.get(Record, (KIND, agreement))
        document = whole(session, KIND, agreement)
        kept = kept_until(document, found.status, years) if found and document else ""
        if found and kept and kept < on.isoformat():
            gone[agreement] = number
            if not dry:
                session.execute(delete(Usage).where(col(Usage.agreement) == agreement))
                said = {"lines": number, "kept_until": kept, "years": years}
                line = ledger.Line(f"{KIND}.pruned", KIND, agreement, found.version, data=said)
                ledger.append(session, [line], by=by)
    return gone


def total(session: Session, agreement: str) -> int:
    """How many lines an agreement has."""
    found = session.execute(
        sql("SELECT COUNT(*) FROM agreement_usage WHERE agreement = :agreement"), {"agreement": agreement}
    )
    return int(found.scalar() or 0)
