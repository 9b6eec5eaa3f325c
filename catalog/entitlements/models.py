"""The table of the decision log; on SQLite it lies in a file of its own, beside the register's."""

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel


class Logged(SQLModel, table=True):
    """One question with what was answered, by digests; it replays from the register. Never changed."""

    __tablename__ = "decision"

    number: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    at: str
    by: str  # a person key, or "console"
    door: str
    question: str  # JSON
    effect: str
    answers: str  # SHA-256 of what was answered
    seq: int = Field(sa_type=BigInteger)  # the entry whose state of the register was asked
    snapshot: str  # its digest
    chain: str
