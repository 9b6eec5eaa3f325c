"""The table of drafts."""

from __future__ import annotations

from typing import Literal, get_args

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel

State = Literal["open", "submitted", "returned"]
STATES: tuple[State, ...] = get_args(State)


class Draft(SQLModel, table=True):
    """A record in the making; ``document`` is JSON in any state of completeness.

    ``identifier`` and ``read`` (the seq that was read) are given where a record is revised. ``by`` began it,
    ``edited_by`` saved it last; ``changed_at`` is the mark that tells a concurrent edit.
    """

    __tablename__ = "draft"
    __table_args__ = (Index("draft_changed", "department", "changed_at"),)

    id: str = Field(primary_key=True)
    kind: str
    identifier: str | None = None
    department: str
    by: str
    edited_by: str
    title: str
    document: str
    read: int | None = Field(default=None, sa_type=BigInteger)
    state: str = "open"
    note: str | None = None
    created_at: str
    changed_at: str
