"""The table of attachments: scans of stamped papers, each on one record, the bytes in ``stored_file``."""

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel


class Attachment(SQLModel, table=True):
    """One scan on one record. A removed one keeps its row: the ledger names it by ``id``."""

    __tablename__ = "attachment"
    __table_args__ = (Index("attachment_record", "kind", "identifier"),)

    id: str = Field(primary_key=True)
    kind: str
    identifier: str
    digest: str
    filename: str
    media_type: str
    size: int = Field(sa_type=BigInteger)
    title: str
    number: str | None = None  # of the paper, 文号
    signed_on: str | None = None
    internal: bool  # shown only to those who see the record's internal fields
    by: str
    at: str
    seq: int = Field(sa_type=BigInteger)  # the entry that attached it
    removed_by: str | None = None
    removed_at: str | None = None
    removed_seq: int | None = Field(default=None, sa_type=BigInteger)
