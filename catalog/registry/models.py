"""The register's tables. ``FOREVER`` in ``to_seq`` marks what still holds."""

from sqlalchemy import BigInteger, Index, LargeBinary
from sqlmodel import Field, SQLModel

CLUSTERED = {"sqlite_with_rowid": False}  # the rows stand in the primary key: one tree to write, not two


class Content(SQLModel, table=True):
    """Canonical text by digest, stored once; ``packed`` from 16 KiB on; a redacted one is a tombstone."""

    __tablename__ = "content"

    digest: str = Field(primary_key=True)
    text: bytes = Field(sa_type=LargeBinary)
    packed: bool = False
    redacted_by: int | None = Field(default=None, sa_type=BigInteger)


class Shape(SQLModel):
    """What a record and each of its versions have in common."""

    version: int = Field(sa_type=BigInteger)
    status: str
    department: str
    name: str
    standard: str  # version of the schema that judged it
    content: str = Field(foreign_key="content.digest")
    public_content: str | None = Field(default=None, foreign_key="content.digest")  # None: nothing internal
    state: str = "{}"
    registered_at: str
    changed_at: str


class Record(Shape, table=True):
    """The present of one registered thing; ``seq`` is the last entry that touched it."""

    __tablename__ = "record"
    __table_args__ = (
        Index("record_status", "kind", "status", "identifier"),
        Index("record_owner", "kind", "department", "identifier"),
        Index("record_name", "kind", "name"),
        Index("record_seq", "seq"),
        CLUSTERED,
    )

    kind: str = Field(primary_key=True)
    identifier: str = Field(primary_key=True)
    seq: int = Field(sa_type=BigInteger)


class Version(Shape, table=True):
    """What a record was from entry ``from_seq`` until before entry ``to_seq``."""

    __tablename__ = "version"
    __table_args__ = (
        Index("version_owner", "kind", "department", "identifier", "from_seq"),
        CLUSTERED,
    )

    kind: str = Field(primary_key=True)
    identifier: str = Field(primary_key=True)
    from_seq: int = Field(primary_key=True, sa_type=BigInteger)
    to_seq: int = Field(sa_type=BigInteger)


class Link(SQLModel, table=True):
    """One reference, at ``pointer`` of one record, to another, while it held."""

    __tablename__ = "link"
    __table_args__ = (Index("link_target", "to_kind", "to_identifier", "to_seq"), CLUSTERED)

    kind: str = Field(primary_key=True)
    identifier: str = Field(primary_key=True)
    from_seq: int = Field(primary_key=True, sa_type=BigInteger)
    pointer: str = Field(primary_key=True)
    rel: str
    to_kind: str
    to_identifier: str
    to_seq: int = Field(sa_type=BigInteger)


class Alias(SQLModel, table=True):
    """An official code, a former name or a former code, while it stood in the record."""

    __tablename__ = "alias"
    __table_args__ = (Index("alias_value", "value", "to_seq"), CLUSTERED)

    kind: str = Field(primary_key=True)
    identifier: str = Field(primary_key=True)
    from_seq: int = Field(primary_key=True, sa_type=BigInteger)
    scheme: str = Field(primary_key=True)
    value: str = Field(primary_key=True)
    valid_from: str | None = None
    valid_until: str | None = None
    to_seq: int = Field(sa_type=BigInteger)


class Code(SQLModel, table=True):
    """One code of a code list, while it read so; ``text`` is its canonical JSON."""

    __tablename__ = "code"
    __table_args__ = (
        Index("code_order", "code_list", "to_seq", "position"),
        Index("code_parent", "code_list", "parent"),
    )

    code_list: str = Field(primary_key=True)
    code: str = Field(primary_key=True)
    from_seq: int = Field(primary_key=True, sa_type=BigInteger)
    to_seq: int = Field(sa_type=BigInteger)
    position: int = Field(sa_type=BigInteger)
    label: str
    parent: str | None = None
    valid_from: str | None = None
    valid_until: str | None = None
    digest: str
    text: str


class Number(SQLModel, table=True):
    """The last number given out for a pattern of identifiers; numbers never return."""

    __tablename__ = "number"

    pattern: str = Field(primary_key=True)
    last: int = Field(sa_type=BigInteger)


class InForce(SQLModel, table=True):
    """Which version of a kind's schema file is in force, by which entry."""

    __tablename__ = "in_force"

    kind: str = Field(primary_key=True)
    version: str
    digest: str
    seq: int = Field(sa_type=BigInteger)


class Idempotency(SQLModel, table=True):
    """The answer that an ``Idempotency-Key`` has already had."""

    __tablename__ = "idempotency"

    key: str = Field(primary_key=True)
    by: str = Field(primary_key=True)
    request: str  # digest of path and body
    identifier: str
    seq: int = Field(sa_type=BigInteger)
    version: int = Field(sa_type=BigInteger)
    at: str
