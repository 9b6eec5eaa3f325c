"""The tables of what became of agreements: records of use, and attestations of duties."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def _text(name: str) -> sa.Column:  # type: ignore[type-arg]
    return sa.Column(name, TEXT, nullable=False)


def upgrade() -> None:
    op.create_table(
        "agreement_usage",
        *(_text(name) for name in ("agreement", "period", "system", "kind")),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        *(_text(name) for name in ("purpose", "fields", "side", "by", "at")),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("agreement", "period", "system", "kind"),
    )
    op.create_table(
        "attestation",
        *(
            _text(name)
            for name in ("agreement", "obligation", "period", "kind", "statement", "file", "by", "at")
        ),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("agreement", "obligation", "period"),
    )
    op.create_index("attestation_seq", "attestation", ["seq"])


def downgrade() -> None:
    op.drop_table("attestation")
    op.drop_table("agreement_usage")
