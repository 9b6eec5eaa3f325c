"""The tables of the desk: cases, what they are about, remarks, files, watchers."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def _text(name: str, *, nullable: bool = False) -> sa.Column:  # type: ignore[type-arg]
    return sa.Column(name, TEXT, nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "desk_case",
        *(
            _text(name)
            for name in ("number", "type", "track", "state", "title", "from_department", "to_department")
        ),
        *(_text(name) for name in ("awaits_side", "awaits_role", "awaits_department")),
        _text("assignee", nullable=True),
        _text("due_on", nullable=True),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        _text("sort_on"),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        _text("document"),
        _text("digest"),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        *(_text(name) for name in ("clock", "done", "opened_by", "opened_at", "changed_at")),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("desk_case_role", "desk_case", ["awaits_role", "sort_on", "number"])
    op.create_index(
        "desk_case_awaits", "desk_case", ["awaits_role", "awaits_department", "sort_on", "number"]
    )
    op.create_index("desk_case_department", "desk_case", ["awaits_department", "sort_on", "number"])
    op.create_index("desk_case_from", "desk_case", ["from_department", "closed", "sort_on", "number"])
    op.create_table(
        "case_subject",
        *(_text(name) for name in ("number", "kind", "identifier")),
        sa.PrimaryKeyConstraint("number", "kind", "identifier"),
    )
    op.create_index("case_subject_record", "case_subject", ["kind", "identifier"])
    op.create_table(
        "case_comment",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        *(_text(name) for name in ("number", "pointer", "text", "state", "by", "at")),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index("case_comment_case", "case_comment", ["number", "seq"])
    op.create_table(
        "case_file",
        *(_text(name) for name in ("number", "digest", "name", "media_type")),
        sa.Column("size", sa.BigInteger(), nullable=False),
        *(_text(name) for name in ("by", "at")),
        sa.PrimaryKeyConstraint("number", "digest"),
    )
    op.create_table(
        "case_watcher",
        *(_text(name) for name in ("number", "person")),
        sa.PrimaryKeyConstraint("number", "person"),
    )
