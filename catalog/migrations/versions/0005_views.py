"""The table of saved views: lists and searches under a name."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "saved_view",
        *(sa.Column(name, TEXT, nullable=False) for name in ("id", "person", "name", "address")),
        sa.Column("shared_with", TEXT, nullable=True),
        sa.Column("saved_at", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("saved_view_person", "saved_view", ["person"])
    op.create_index("saved_view_shared", "saved_view", ["shared_with"])
