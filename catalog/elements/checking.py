"""校验: a sheet of data elements judged as a whole before anything is registered. Nothing is written.

Every row keeps its own violations, from the schema to the rules, and is compared with the register and
with the other rows, so that one meaning gets one element (GB/T 19488.1-2004) before any identifier does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from catalog.base.documents import Document
from catalog.base.errors import Malformed, Source, Violation
from catalog.elements.compare import Choice, Match, Shelf, advice, element_named
from catalog.elements.shelves import register_shelf
from catalog.exchange.rows import Row
from catalog.registry.plan import plan
from catalog.registry.prepare import Incoming

MOST_ROWS = 5_000  # a sheet that people can still decide on, row by row
_NEAR_ROWS = 2_000  # from here on names that are nearly the same are no longer sought
CHOICES: tuple[Choice, ...] = ("reuse", "new", "pending")


@dataclass(frozen=True, slots=True)
class Judged:
    """One row: where it stands, what is wrong with it, what it resembles, and what we would do."""

    number: int  # from 1, in the order of the sheet
    source: Source | None
    document: Document
    violations: Sequence[Violation]
    known: str | None  # the element that its identifier or its name already stands for
    register: Sequence[Match]
    rows: Sequence[Match]
    advice: Choice

    @property
    def refused(self) -> bool:
        """Whether it could not be registered as it is."""
        return any(violation.severity == "error" for violation in self.violations)


@dataclass(frozen=True, slots=True)
class Judgement:
    """A whole sheet, and how many rows there are of each advice."""

    rows: Sequence[Judged]

    @property
    def counts(self) -> Mapping[str, int]:
        """``read``, ``refused`` and one number for each choice."""
        found = Counter(row.advice for row in self.rows)
        return {
            "read": len(self.rows),
            "refused": sum(row.refused for row in self.rows),
            **{choice: found[choice] for choice in CHOICES},
        }


def judge(session: Session, rows: Iterable[Row], *, on: date) -> Judgement:
    """Judge the rows of a sheet as if they were registered on ``on``; raises ``Malformed`` beyond 5,000."""
    read = list(rows)
    if len(read) > MOST_ROWS:
        raise Malformed("too-many-rows", found=len(read), expected=MOST_ROWS)
    incoming = [
        Incoming("data-element", row.document, row.status, row.source) for row in read if not row.violations
    ]
    planned = iter(plan(session, incoming, on=on).all)
    shelf = register_shelf(session)
    named = [element_named(row.document, key=f"#{number}") for number, row in enumerate(read, 1)]
    others = Shelf(named)
    near = len(read) <= _NEAR_ROWS
    judged = []
    for number, row in enumerate(read, 1):
        change = None if row.violations else next(planned)
        known = change.before.identifier if change and change.before else None
        register = shelf.like(named[number - 1], near=near)
        among = [match for match in others.like(named[number - 1], near=near) if _means(match)]
        judged.append(
            Judged(
                number=number,
                source=row.source,
                document=row.document,
                violations=row.violations if change is None else change.violations,
                known=known,
                register=register,
                rows=among,
                advice="reuse" if known else _advice(register, among),
            )
        )
    return Judgement(judged)


def _means(match: Match) -> bool:
    """Whether another row may be the same thing; rows that only share an ending are not."""
    return match.reasons[0] not in ("ending", "near")


def _advice(register: Sequence[Match], among: Sequence[Match]) -> Choice:
    first = advice(register)
    return "pending" if first == "new" and any(match.sure for match in among) else first
