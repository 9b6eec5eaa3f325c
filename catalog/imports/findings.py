"""What a check found, in its tables: written at once, read a page at a time."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, func
from sqlalchemy import text as sql
from sqlmodel import Session, col, select

from catalog.base.db import insert_rows
from catalog.imports.check import Findings
from catalog.imports.models import Found, Problem
from catalog.kinds import BY_NAME

_ROW = ("upload", "number", "action", "identifier", "name", "department", "sheet", "row", "changes", "likes")
_PROBLEM = (
    "upload", "place", "number", "rule", "severity", "pointer", "sheet", "row", "column", "field",
    "value",
    "suggestion", "violation",
)  # fmt: skip


def replace_all(session: Session, upload: str, found: Findings) -> None:
    """Put the findings of a new check in the place of the last one's."""
    for table in (Found, Problem):
        session.execute(delete(table).where(col(table.upload) == upload))
    insert_rows(
        session, "import_row", _quoted(_ROW), [tuple({"upload": upload, **one}[name] for name in _ROW) for one in found.rows]
    )  # fmt: skip
    insert_rows(
        session, "import_problem", _quoted(_PROBLEM),
        [tuple({"upload": upload, **one}[name] for name in _PROBLEM) for one in found.problems],
    )  # fmt: skip


def _quoted(names: Sequence[str]) -> list[str]:
    return [f'"{name}"' if name in ("row", "column") else name for name in names]


def problems(
    session: Session, upload: str, rule: str, field: str, *, start: int = 0, limit: int = 20
) -> list[Problem]:
    """The problems of one rule and field, in the order of the file, ``limit`` from the ``start``-th."""
    statement = (
        select(Problem)
        .where(Problem.upload == upload, Problem.rule == rule, Problem.field == field)
        .order_by(col(Problem.place))
        .offset(start)
        .limit(limit)
    )
    return list(session.scalars(statement))


def suggested(session: Session, upload: str, rule: str, field: str) -> list[Problem]:
    """The problems of one rule and field that have a suggestion."""
    statement = select(Problem).where(
        Problem.upload == upload, Problem.rule == rule, Problem.field == field,
        col(Problem.suggestion).is_not(None),
    )  # fmt: skip
    return list(session.scalars(statement.order_by(col(Problem.place))))


def placed(session: Session, upload: str, places: Sequence[int]) -> list[Problem]:
    """Problems by their numbers."""
    statement = select(Problem).where(Problem.upload == upload, col(Problem.place).in_(places))
    return list(session.scalars(statement.order_by(col(Problem.place))))


def rows(
    session: Session, upload: str, action: str | None = None, *, start: int = 0, limit: int = 50
) -> list[Found]:
    """The rows of one action, or of every one."""
    statement = select(Found).where(Found.upload == upload)
    if action:
        statement = statement.where(Found.action == action)
    return list(session.scalars(statement.order_by(col(Found.number)).offset(start).limit(limit)))


def alike(session: Session, upload: str, *, start: int = 0, limit: int = 50) -> list[Found]:
    """The rows that resemble something."""
    statement = select(Found).where(Found.upload == upload, Found.likes != "[]").order_by(col(Found.number))
    return list(session.scalars(statement.offset(start).limit(limit)))


def count(session: Session, upload: str, action: str) -> int:
    """How many rows of one action there are."""
    asked = select(func.count()).select_from(Found).where(Found.upload == upload, Found.action == action)
    return int(session.scalar(asked) or 0)


def wrong(
    session: Session, upload: str, *, start: int = 0, limit: int = 20
) -> list[tuple[Found, list[Problem]]]:
    """The refused rows with their errors."""
    refused = rows(session, upload, "refused", start=start, limit=limit)
    numbers = [row.number for row in refused]
    statement = (
        select(Problem)
        .where(Problem.upload == upload, col(Problem.number).in_(numbers), Problem.severity == "error")
        .order_by(col(Problem.place))
    )
    by_number: dict[int, list[Problem]] = {number: [] for number in numbers}
    for one in session.scalars(statement):
        by_number[one.number].append(one)
    return [(row, by_number[row.number]) for row in refused]


def all_problems(session: Session, upload: str, start: int, limit: int) -> list[Problem]:
    """The problems in the order of the file."""
    statement = select(Problem).where(Problem.upload == upload).order_by(col(Problem.place))
    return list(session.scalars(statement.offset(start).limit(limit)))


def names(session: Session, upload: str, numbers: Sequence[int]) -> dict[int, str]:
    """What rows are called, by their numbers."""
    statement = select(Found.number, Found.name).where(
        Found.upload == upload, col(Found.number).in_(set(numbers))
    )
    return {number: name for number, name in session.execute(statement)}


def registered(session: Session, first: int, last: int) -> list[dict[str, object]]:
    """The records that entries wrote, with the entry's number and what it did."""
    statement = (
        "SELECT e.seq, e.verb, e.kind, e.identifier, r.name FROM entry e"
        " JOIN record r ON r.kind = e.kind AND r.identifier = e.identifier"
        " WHERE e.seq BETWEEN :first AND :last ORDER BY e.seq"
    )
    return [
        {
            "seq": seq,
            "verb": verb.rpartition(".")[2],
            "href": f"/{BY_NAME[kind].plural}/{identifier}",
            "identifier": identifier,
            "name": name,
        }
        for seq, verb, kind, identifier, name in session.execute(
            sql(statement), {"first": first, "last": last}
        )
    ]
