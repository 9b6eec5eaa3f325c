"""The tables of one-time codes and of people known to a sign-in service."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "second_factor",
        sa.Column("person", TEXT, nullable=False),
        sa.Column("secret", TEXT, nullable=False),
        sa.Column("confirmed_at", TEXT, nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["account.person"]),
        sa.PrimaryKeyConstraint("person"),
    )
    op.create_table(
        "sign_in_link",
        sa.Column("issuer", TEXT, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("person", TEXT, nullable=False),
        sa.Column("linked_at", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["person"], ["account.person"]),
        sa.PrimaryKeyConstraint("issuer", "subject"),
    )
    op.create_index("sign_in_link_person", "sign_in_link", ["person"], unique=False)
