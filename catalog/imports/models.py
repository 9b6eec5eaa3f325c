"""The tables of imports: uploads with what was found in them, and how the layouts of others are read."""

from __future__ import annotations

from typing import Literal, get_args

from sqlalchemy import BigInteger, Index, Integer
from sqlmodel import Field, SQLModel

State = Literal["received", "mapping", "checking", "checked", "submitted", "returned", "registered", "failed"]
STATES: tuple[State, ...] = get_args(State)
STILL: tuple[State, ...] = ("checked", "submitted", "returned")
"""States in which an upload waits for a person to mend or register it."""


class Upload(SQLModel, table=True):
    """One file that somebody brought; ``stored`` is the key of its bytes, None once they were dropped.

    ``corrections``, ``choices``, ``report``, ``failure`` and ``acts`` are JSON: what was mended, which
    element was reused, what the check found, why it could not be read, and what was registered from it.
    """

    __tablename__ = "import_upload"
    __table_args__ = (Index("import_upload_changed", "department", "changed_at"),)

    id: str = Field(primary_key=True)
    kind: str
    department: str
    by: str
    filename: str
    digest: str
    stored: str | None = None
    size: int = Field(sa_type=BigInteger)
    vendor: str = ""
    state: str
    profile: str | None = None
    corrections: str = "[]"
    choices: str = "{}"
    report: str = "{}"
    failure: str | None = None
    acts: str = "[]"
    done: int = Field(default=0, sa_type=BigInteger)
    total: int = Field(default=0, sa_type=BigInteger)
    note: str | None = None
    created_at: str
    changed_at: str
    touched_at: str


class Found(SQLModel, table=True):
    """One document of an upload that is not unchanged: what it would do, where it stands, what it resembles."""

    __tablename__ = "import_row"
    __table_args__ = (Index("import_row_action", "upload", "action", "number"),)

    upload: str = Field(primary_key=True)
    number: int = Field(primary_key=True, sa_type=Integer)
    action: str
    identifier: str | None = None
    name: str
    department: str | None = None
    sheet: str
    row: int = Field(sa_type=BigInteger)
    changes: str = "[]"
    likes: str = "[]"


class Problem(SQLModel, table=True):
    """One violation of a document of an upload, at its cell.

    ``field`` is the pointer without numbers (``/fields/*/name``): problems are grouped by rule and field.
    ``value`` is what stands there as text, None where it is no plain value.
    """

    __tablename__ = "import_problem"
    __table_args__ = (Index("import_problem_rule", "upload", "rule", "field", "place"),)

    upload: str = Field(primary_key=True)
    place: int = Field(primary_key=True, sa_type=Integer)
    number: int = Field(sa_type=Integer)
    rule: str
    severity: str
    pointer: str
    sheet: str
    row: int = Field(sa_type=BigInteger)
    column: str
    field: str
    value: str | None = None
    suggestion: str | None = None
    violation: str


class KeptProfile(SQLModel, table=True):
    """How one layout is read, for the departments that it was mapped in; ``document`` is a ``Profile``'s."""

    __tablename__ = "import_profile"
    __table_args__ = (Index("import_profile_layout", "department", "kind", "fingerprint"),)

    id: str = Field(primary_key=True)
    department: str
    kind: str
    fingerprint: str
    vendor: str = ""
    title: str = ""
    document: str
    by: str
    saved_at: str
    used_at: str
