"""One line of a usage record: read from what a door brings, and held against what was agreed. Pure.

Decree No. 809 art. 25, 27(2) and 29(2): the consumer keeps to scope and purpose, and records its use.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from catalog.base.documents import Document
from catalog.base.errors import Violation

KINDS = ("calls", "rows", "files")
MOST = 5_000  # lines of one batch
_LARGEST = 10**15
_FIELDS = 200
_NAMES = ("system", "period", "kind", "amount", "purpose", "fields")
_NEEDED = _NAMES[:4]
_PERIOD = re.compile(r"\d{4}-\d{2}(-\d{2})?", re.ASCII)
_SYSTEM = re.compile(r"[A-Z]{2}[0-9A-Z.-]{2,40}", re.ASCII)
_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.-]{0,31}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Line:
    """How much a system used in a period; ``fields`` are empty where it isn't said which."""

    system: str
    period: str
    kind: str
    amount: int
    purpose: str = ""
    fields: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes a second report the same one."""
        return self.period, self.system, self.kind


@dataclass(frozen=True, slots=True)
class Terms:
    """What was agreed, as far as use can break it."""

    start: str
    until: str
    systems: frozenset[str]
    purposes: frozenset[str]
    fields: frozenset[str]
    suspended_from: str = ""


def days(period: str) -> tuple[str, str]:
    """The first and the last day of a period."""
    if len(period) > 7:
        return period, period
    year, month = map(int, period.split("-"))
    return f"{period}-01", f"{period}-{calendar.monthrange(year, month)[1]:02}"


def terms(document: Document, status: str, systems: Collection[str]) -> Terms:
    """What an agreement says; ``systems`` are the consumer's, which all may where it names none."""
    named = document.get("consumer_system")
    until = document.get("period", {}).get("until", "9999-12-31")
    ended = document.get("termination", {}).get("on", "")
    return Terms(
        start=document.get("period", {}).get("from", ""),
        until=min(until, ended) if ended else until,
        systems=frozenset([named] if named else systems),
        purposes=frozenset(document.get("purposes", ())),
        fields=frozenset(item.get("field", "") for item in document.get("items", ())),
        suspended_from=document.get("suspension", {}).get("from", "") if status == "suspended" else "",
    )


def faults(line: Line, agreed: Terms) -> list[str]:
    """In what way a use is not covered: ``term``, ``suspended``, ``system``, ``purpose``, ``fields``."""
    first, last = days(line.period)
    found = []
    if last < agreed.start or first > agreed.until:
        found.append("term")
    if agreed.suspended_from and first >= agreed.suspended_from:
        found.append("suspended")
    if line.system not in agreed.systems:
        found.append("system")
    if line.purpose and line.purpose not in agreed.purposes:
        found.append("purpose")
    if set(line.fields) - agreed.fields:
        found.append("fields")
    return found if line.amount else []


def read(
    rows: list[Any], *, on: date, fields: Collection[str], purposes: Collection[str]
) -> tuple[list[Line], list[Violation]]:
    """The lines of a batch, and everything that is wrong with it; nothing is taken where something is.

    ``fields`` are those of the dataset, ``purposes`` the codes of the maintained list: nothing else can be
    written into a record, so that no text about a person ever enters it.
    """
    found: list[Violation] = []
    lines: dict[tuple[str, str, str], Line] = {}
    if not 0 < len(rows) <= MOST:
        found.append(Violation("/lines", "usage-lines", found=len(rows), expected=MOST))
    for place, row in enumerate(rows[:MOST]):
        wrong = list(_wrong(row, f"/lines/{place}", on, fields, purposes))
        found += wrong
        if wrong:
            continue
        line = Line(
            row["system"], row["period"], row["kind"], row["amount"], row.get("purpose") or "",
            tuple(sorted(set(row.get("fields") or ()))),
        )  # fmt: skip
        if line.key in lines and lines[line.key] != line:
            found.append(Violation(f"/lines/{place}", "usage-twice", found="、".join(line.key)))
        lines[line.key] = line
    return list(lines.values()), found


def _wrong(
    row: Any, at: str, on: date, fields: Collection[str], purposes: Collection[str]
) -> Iterator[Violation]:
    if not isinstance(row, Mapping):
        yield Violation(at, "type", found=type(row).__name__, expected="object")
        return
    for name in sorted(set(map(str, row)) - set(_NAMES)):
        yield Violation(f"{at}/{name}", "parameter-unknown", found=name, expected=list(_NAMES))
    for name in _NEEDED:
        if row.get(name) in (None, ""):
            yield Violation(f"{at}/{name}", "usage-needs", found=row.get(name), expected=list(_NEEDED))
    system, kind, amount, purpose = (row.get(name) for name in ("system", "kind", "amount", "purpose"))
    if system not in (None, "") and not _is(_SYSTEM, system):
        yield Violation(f"{at}/system", "usage-system", found=_short(system))
    if kind not in (None, "", *KINDS):
        yield Violation(f"{at}/kind", "enum", found=_short(kind), expected=list(KINDS))
    if amount not in (None, "") and (type(amount) is not int or not 0 <= amount < _LARGEST):
        yield Violation(f"{at}/amount", "usage-amount", found=_short(amount))
    if purpose not in (None, "") and (not _is(_CODE, purpose) or purpose not in purposes):
        yield Violation(f"{at}/purpose", "usage-purpose", found=_short(purpose))
    if row.get("period") not in (None, ""):
        yield from _wrong_period(row["period"], f"{at}/period", on)
    yield from _wrong_fields(row.get("fields"), f"{at}/fields", fields)


def _wrong_fields(named: Any, at: str, fields: Collection[str]) -> Iterator[Violation]:
    if named is not None and (not isinstance(named, list) or len(named) > _FIELDS):
        yield Violation(at, "type", found=type(named).__name__, expected="array")
    elif named:
        for one in named:
            if not isinstance(one, str) or one not in fields:
                yield Violation(at, "usage-field", found=_short(one))


def _wrong_period(period: Any, at: str, on: date) -> Iterator[Violation]:
    if not _is(_PERIOD, period):
        yield Violation(at, "usage-period", found=_short(period))
        return
    try:
        first = date.fromisoformat(period if len(period) > 7 else f"{period}-01")
    except ValueError:
        yield Violation(at, "usage-period", found=period)
        return
    if first > on:
        yield Violation(at, "usage-future", found=period)


def _is(pattern: re.Pattern[str], value: Any) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _short(value: Any) -> str:
    return str(value)[:60]
