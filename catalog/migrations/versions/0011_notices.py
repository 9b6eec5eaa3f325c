"""The tables of notices: what each person is told, what leaves the house, who wants what, webhooks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def _text(name: str, *, nullable: bool = False) -> sa.Column:  # type: ignore[type-arg]
    return sa.Column(name, TEXT, nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "notice",
        *(_text(name) for name in ("key", "person", "kind", "message", "details", "href", "at")),
        _text("read_at", nullable=True),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("notice_person", "notice", ["person", "at"])
    op.create_index("notice_unread", "notice", ["person", "read_at"])
    op.create_table(
        "delivery",
        *(_text(name) for name in ("key", "channel", "target", "payload", "state", "next_at")),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        *(_text(name) for name in ("reason", "at")),
        _text("sent_at", nullable=True),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("delivery_state", "delivery", ["state", "next_at"])
    op.create_table(
        "notice_choice",
        _text("person"),
        _text("kind"),
        sa.Column("mail", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("person", "kind"),
    )
    op.create_table(
        "webhook",
        *(_text(name) for name in ("key", "system", "address", "secret", "kinds")),
        sa.Column("private", sa.Boolean(), nullable=False),
        _text("registered_at"),
        sa.PrimaryKeyConstraint("key"),
    )
    # what was done before there were notices is told to nobody
    op.execute(
        "INSERT INTO meta (key, value)"
        " SELECT 'notices', CAST(MAX(seq) AS VARCHAR(20)) FROM entry HAVING MAX(seq) IS NOT NULL"
    )


def downgrade() -> None:
    op.execute("DELETE FROM meta WHERE key = 'notices'")
    for table in ("webhook", "notice_choice", "delivery", "notice"):
        op.drop_table(table)
