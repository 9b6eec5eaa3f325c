"""The table of drafts: records in the making, kept on the server."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "draft",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("identifier", TEXT, nullable=True),
        sa.Column("department", TEXT, nullable=False),
        sa.Column("by", TEXT, nullable=False),
        sa.Column("edited_by", TEXT, nullable=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("document", TEXT, nullable=False),
        sa.Column("read", sa.BigInteger(), nullable=True),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("note", TEXT, nullable=True),
        sa.Column("created_at", TEXT, nullable=False),
        sa.Column("changed_at", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("draft_changed", "draft", ["department", "changed_at"])
