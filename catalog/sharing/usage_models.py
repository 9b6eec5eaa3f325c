"""The tables of what became of an agreement: how it was used, and what the consumer declared of its duties."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel


class Usage(SQLModel, table=True):
    """How much one system used under one agreement in one period; a second report of the same corrects it.

    No person whose data were used is named here, nor anything of them. ``seq`` is the entry of its batch.
    """

    __tablename__ = "agreement_usage"

    agreement: str = Field(primary_key=True)
    period: str = Field(primary_key=True)  # 2026-11-23, or 2026-11 for a month
    system: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)  # calls, rows, files
    amount: int = Field(sa_type=BigInteger)
    purpose: str = ""
    fields: str = "[]"  # JSON; those that were used, where it is said
    side: str  # provider, consumer, bureau: who reported it
    by: str
    at: str
    seq: int = Field(sa_type=BigInteger)


class Attestation(SQLModel, table=True):
    """What the consumer declared of one duty for one period; never changed."""

    __tablename__ = "attestation"
    __table_args__ = (Index("attestation_seq", "seq"),)

    agreement: str = Field(primary_key=True)
    obligation: str = Field(primary_key=True)  # a code of CL0118
    period: str = Field(primary_key=True)  # 2026, 2026H1, 2026Q3, 2026-11
    kind: str  # fulfilled, self_check
    statement: str
    file: str = ""  # digest of the evidence in stored_file
    by: str
    at: str
    seq: int = Field(sa_type=BigInteger)
