"""The tables of cases. Typed columns for what inbox and clock ask; the timeline is the ledger."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel

NEVER = "9999-12-31"  # sorts what has no day behind everything that has one


class Case(SQLModel, table=True):
    """One case. ``awaits_*`` are empty once it has ended; the bureau's ``awaits_department`` is always empty.

    ``seq`` is the entry that last touched it: the ETag. ``document`` holds person keys only; ``clock`` and
    ``done`` are JSON: how the term is counted, and which verbs were done by whom (signers, not typists).
    """

    __tablename__ = "desk_case"
    __table_args__ = (
        Index("desk_case_role", "awaits_role", "sort_on", "number"),
        Index("desk_case_awaits", "awaits_role", "awaits_department", "sort_on", "number", "assignee"),
        Index("desk_case_department", "awaits_department", "sort_on", "number"),
        Index("desk_case_from", "from_department", "closed", "sort_on", "number", "awaits_department"),
    )

    number: str = Field(primary_key=True)
    type: str
    track: str
    state: str
    title: str
    from_department: str
    to_department: str = ""
    awaits_side: str = ""
    awaits_role: str = ""
    awaits_department: str = ""
    assignee: str | None = None
    due_on: str | None = None
    provisional: bool = False
    sort_on: str = NEVER
    closed: bool = False
    shown: bool = False  # whether it has left its department: the other side sees it from then on
    document: str
    digest: str
    seq: int = Field(sa_type=BigInteger)
    clock: str = "{}"
    done: str = "[]"
    opened_by: str
    opened_at: str
    changed_at: str


class CaseSubject(SQLModel, table=True):
    """A record that a case is about."""

    __tablename__ = "case_subject"
    __table_args__ = (Index("case_subject_record", "kind", "identifier"),)

    number: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    identifier: str = Field(primary_key=True)


class CaseComment(SQLModel, table=True):
    """A remark on a case, or on one field of it (``pointer``)."""

    __tablename__ = "case_comment"
    __table_args__ = (Index("case_comment_case", "number", "seq"),)

    seq: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    number: str
    pointer: str = ""
    text: str
    state: str
    by: str
    at: str


class CaseFile(SQLModel, table=True):
    """A file of a case, by the digest of its bytes."""

    __tablename__ = "case_file"

    number: str = Field(primary_key=True)
    digest: str = Field(primary_key=True)
    name: str
    media_type: str
    size: int = Field(sa_type=BigInteger)
    by: str
    at: str


class CaseWatcher(SQLModel, table=True):
    """Somebody who wants to be told."""

    __tablename__ = "case_watcher"

    number: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
