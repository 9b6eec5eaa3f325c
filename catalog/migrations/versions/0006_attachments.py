"""The table of attachments."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "attachment",
        *(sa.Column(name, TEXT, nullable=False) for name in ("id", "kind", "identifier", "digest")),
        *(sa.Column(name, TEXT, nullable=False) for name in ("filename", "media_type")),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("number", TEXT, nullable=True),
        sa.Column("signed_on", TEXT, nullable=True),
        sa.Column("internal", sa.Boolean(), nullable=False),
        *(sa.Column(name, TEXT, nullable=False) for name in ("by", "at")),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        *(sa.Column(name, TEXT, nullable=True) for name in ("removed_by", "removed_at")),
        sa.Column("removed_seq", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("attachment_record", "attachment", ["kind", "identifier"])
