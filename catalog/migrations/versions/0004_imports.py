"""The tables of imports: uploads, what was found in them, and how the layouts of others are read."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "import_upload",
        *(sa.Column(name, TEXT, nullable=False) for name in ("id", "kind", "department", "by")),
        *(sa.Column(name, TEXT, nullable=False) for name in ("filename", "digest")),
        sa.Column("stored", TEXT, nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        *(sa.Column(name, TEXT, nullable=False) for name in ("vendor", "state")),
        sa.Column("profile", TEXT, nullable=True),
        *(sa.Column(name, TEXT, nullable=False) for name in ("corrections", "choices", "report")),
        sa.Column("failure", TEXT, nullable=True),
        sa.Column("acts", TEXT, nullable=False),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("note", TEXT, nullable=True),
        *(sa.Column(name, TEXT, nullable=False) for name in ("created_at", "changed_at", "touched_at")),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("import_upload_changed", "import_upload", ["department", "changed_at"])
    op.create_table(
        "import_row",
        sa.Column("upload", TEXT, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("action", TEXT, nullable=False),
        sa.Column("identifier", TEXT, nullable=True),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("department", TEXT, nullable=True),
        sa.Column("sheet", TEXT, nullable=False),
        sa.Column("row", sa.BigInteger(), nullable=False),
        sa.Column("changes", TEXT, nullable=False),
        sa.Column("likes", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("upload", "number"),
    )
    op.create_index("import_row_action", "import_row", ["upload", "action", "number"])
    op.create_table(
        "import_problem",
        sa.Column("upload", TEXT, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        *(sa.Column(name, TEXT, nullable=False) for name in ("rule", "severity", "pointer", "sheet")),
        sa.Column("row", sa.BigInteger(), nullable=False),
        *(sa.Column(name, TEXT, nullable=False) for name in ("column", "field")),
        sa.Column("value", TEXT, nullable=True),
        sa.Column("suggestion", TEXT, nullable=True),
        sa.Column("violation", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("upload", "place"),
    )
    op.create_index("import_problem_rule", "import_problem", ["upload", "rule", "field", "place"])
    names = ("id", "department", "kind", "fingerprint", "vendor", "title", "document", "by", "saved_at", "used_at")  # fmt: skip
    op.create_table(
        "import_profile",
        *(sa.Column(name, TEXT, nullable=False) for name in names),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("import_profile_layout", "import_profile", ["department", "kind", "fingerprint"])
