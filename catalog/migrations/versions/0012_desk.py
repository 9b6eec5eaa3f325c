"""The inbox counts from its indexes alone: they carry the columns that a count looks at."""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_AWAITS = ["awaits_role", "awaits_department", "sort_on", "number"]
_FROM = ["from_department", "closed", "sort_on", "number"]


def upgrade() -> None:
    _put([*_AWAITS, "assignee"], [*_FROM, "awaits_department"])


def downgrade() -> None:
    _put(_AWAITS, _FROM)


def _put(awaits: list[str], origin: list[str]) -> None:
    for name, columns in (("desk_case_awaits", awaits), ("desk_case_from", origin)):
        op.drop_index(name, table_name="desk_case")
        op.create_index(name, "desk_case", columns)
