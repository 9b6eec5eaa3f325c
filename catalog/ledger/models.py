"""The ledger's one table. Timeline, history, audit and change feed are reads of it."""

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel


class Entry(SQLModel, table=True):
    """Who did what, when and through which door; chained to the entry before. It holds no document."""

    __tablename__ = "entry"
    __table_args__ = (Index("entry_subject", "kind", "identifier", "seq"),)

    seq: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    at: str  # UTC, six decimals; never decreases with seq
    by: str  # a person key, "console" or "system"
    department: str | None = None  # the actor's
    door: str  # api, page, cli, seed
    request: str | None = None
    client: str | None = None  # address or token id
    verb: str  # "data-element.registered"
    kind: str | None = None
    identifier: str | None = None
    version: int | None = Field(default=None, sa_type=BigInteger)
    note: str | None = None
    data: str | None = None  # canonical JSON
    digest: str | None = None  # of the whole document
    chain: str


class Meta(SQLModel, table=True):
    """Facts about this register as a whole: chain algorithm, instance, secrets, redactions."""

    __tablename__ = "meta"

    key: str = Field(primary_key=True)
    value: str
