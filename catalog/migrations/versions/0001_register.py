"""The tables of the register, the ledger and identity."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Identifiers are ordered by code point on both databases, whatever the locale of the server.
TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "alias",
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("identifier", TEXT, nullable=False),
        sa.Column("from_seq", sa.BigInteger(), nullable=False),
        sa.Column("scheme", TEXT, nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.Column("valid_from", TEXT, nullable=True),
        sa.Column("valid_until", TEXT, nullable=True),
        sa.Column("to_seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "identifier", "from_seq", "scheme", "value"),
        sqlite_with_rowid=False,
    )
    op.create_index("alias_value", "alias", ["value", "to_seq"], unique=False)
    op.create_table(
        "code",
        sa.Column("code_list", TEXT, nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("from_seq", sa.BigInteger(), nullable=False),
        sa.Column("to_seq", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("label", TEXT, nullable=False),
        sa.Column("parent", TEXT, nullable=True),
        sa.Column("valid_from", TEXT, nullable=True),
        sa.Column("valid_until", TEXT, nullable=True),
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("code_list", "code", "from_seq"),
    )
    op.create_index("code_order", "code", ["code_list", "to_seq", "position"], unique=False)
    op.create_index("code_parent", "code", ["code_list", "parent"], unique=False)
    op.create_table(
        "content",
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("packed", sa.Boolean(), nullable=False),
        sa.Column("redacted_by", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_table(
        "entry",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.Column("by", TEXT, nullable=False),
        sa.Column("department", TEXT, nullable=True),
        sa.Column("door", TEXT, nullable=False),
        sa.Column("request", TEXT, nullable=True),
        sa.Column("client", TEXT, nullable=True),
        sa.Column("verb", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=True),
        sa.Column("identifier", TEXT, nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=True),
        sa.Column("note", TEXT, nullable=True),
        sa.Column("data", TEXT, nullable=True),
        sa.Column("digest", TEXT, nullable=True),
        sa.Column("chain", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index("entry_subject", "entry", ["kind", "identifier", "seq"], unique=False)
    op.create_table(
        "idempotency",
        sa.Column("key", TEXT, nullable=False),
        sa.Column("by", TEXT, nullable=False),
        sa.Column("request", TEXT, nullable=False),
        sa.Column("identifier", TEXT, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("key", "by"),
    )
    op.create_table(
        "in_force",
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("version", TEXT, nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind"),
    )
    op.create_table(
        "link",
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("identifier", TEXT, nullable=False),
        sa.Column("from_seq", sa.BigInteger(), nullable=False),
        sa.Column("pointer", TEXT, nullable=False),
        sa.Column("rel", TEXT, nullable=False),
        sa.Column("to_kind", TEXT, nullable=False),
        sa.Column("to_identifier", TEXT, nullable=False),
        sa.Column("to_seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "identifier", "from_seq", "pointer"),
        sqlite_with_rowid=False,
    )
    op.create_index("link_target", "link", ["to_kind", "to_identifier", "to_seq"], unique=False)
    op.create_table(
        "meta",
        sa.Column("key", TEXT, nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "number",
        sa.Column("pattern", TEXT, nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("pattern"),
    )
    op.create_table(
        "person",
        sa.Column("person", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=True),
        sa.Column("telephone", TEXT, nullable=True),
        sa.Column("email", TEXT, nullable=True),
        sa.Column("basis", TEXT, nullable=False),
        sa.Column("retain_until", TEXT, nullable=True),
        sa.Column("legal_hold", sa.Boolean(), nullable=False),
        sa.Column("created_at", TEXT, nullable=False),
        sa.Column("forgotten_at", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("person"),
    )
    op.create_table(
        "sign_in_attempt",
        sa.Column("login", TEXT, nullable=False),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("blocked_until", TEXT, nullable=True),
        sa.Column("at", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("login"),
    )
    op.create_table(
        "account",
        sa.Column("person", TEXT, nullable=False),
        sa.Column("login", TEXT, nullable=False),
        sa.Column("password", TEXT, nullable=False),
        sa.Column("department", TEXT, nullable=True),
        sa.Column("system", TEXT, nullable=True),
        sa.Column("ends_on", TEXT, nullable=True),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", TEXT, nullable=False),
        sa.Column("signed_in_at", TEXT, nullable=True),
        sa.ForeignKeyConstraint(
            ["person"],
            ["person.person"],
        ),
        sa.PrimaryKeyConstraint("person"),
        sa.UniqueConstraint("login"),
    )
    op.create_table(
        "record",
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("department", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("standard", TEXT, nullable=False),
        sa.Column("content", TEXT, nullable=False),
        sa.Column("public_content", TEXT, nullable=True),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("registered_at", TEXT, nullable=False),
        sa.Column("changed_at", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("identifier", TEXT, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["content"],
            ["content.digest"],
        ),
        sa.ForeignKeyConstraint(
            ["public_content"],
            ["content.digest"],
        ),
        sa.PrimaryKeyConstraint("kind", "identifier"),
        sqlite_with_rowid=False,
    )
    op.create_index("record_name", "record", ["kind", "name"], unique=False)
    op.create_index("record_owner", "record", ["kind", "department", "identifier"], unique=False)
    op.create_index("record_seq", "record", ["seq"], unique=False)
    op.create_index("record_status", "record", ["kind", "status", "identifier"], unique=False)
    op.create_table(
        "version",
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("department", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("standard", TEXT, nullable=False),
        sa.Column("content", TEXT, nullable=False),
        sa.Column("public_content", TEXT, nullable=True),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("registered_at", TEXT, nullable=False),
        sa.Column("changed_at", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("identifier", TEXT, nullable=False),
        sa.Column("from_seq", sa.BigInteger(), nullable=False),
        sa.Column("to_seq", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["content"],
            ["content.digest"],
        ),
        sa.ForeignKeyConstraint(
            ["public_content"],
            ["content.digest"],
        ),
        sa.PrimaryKeyConstraint("kind", "identifier", "from_seq"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "version_owner", "version", ["kind", "department", "identifier", "from_seq"], unique=False
    )
    op.create_table(
        "browser_session",
        sa.Column("hash", TEXT, nullable=False),
        sa.Column("person", TEXT, nullable=False),
        sa.Column("csrf", TEXT, nullable=False),
        sa.Column("client", TEXT, nullable=True),
        sa.Column("created_at", TEXT, nullable=False),
        sa.Column("last_seen_at", TEXT, nullable=False),
        sa.Column("expires_at", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["person"],
            ["account.person"],
        ),
        sa.PrimaryKeyConstraint("hash"),
    )
    op.create_index("browser_session_person", "browser_session", ["person"], unique=False)
    op.create_table(
        "role_grant",
        sa.Column("key", TEXT, nullable=False),
        sa.Column("person", TEXT, nullable=False),
        sa.Column("role", TEXT, nullable=False),
        sa.Column("department", TEXT, nullable=True),
        sa.Column("granted_by", TEXT, nullable=False),
        sa.Column("from_on", TEXT, nullable=False),
        sa.Column("until_on", TEXT, nullable=True),
        sa.ForeignKeyConstraint(
            ["person"],
            ["account.person"],
        ),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("role_grant_person", "role_grant", ["person"], unique=False)
    op.create_table(
        "token",
        sa.Column("key", TEXT, nullable=False),
        sa.Column("person", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("hash", TEXT, nullable=False),
        sa.Column("scope", TEXT, nullable=False),
        sa.Column("department", TEXT, nullable=True),
        sa.Column("created_at", TEXT, nullable=False),
        sa.Column("expires_at", TEXT, nullable=False),
        sa.Column("last_used_at", TEXT, nullable=True),
        sa.Column("revoked_at", TEXT, nullable=True),
        sa.ForeignKeyConstraint(
            ["person"],
            ["account.person"],
        ),
        sa.PrimaryKeyConstraint("key"),
        sa.UniqueConstraint("hash"),
    )
    op.create_index("token_person", "token", ["person"], unique=False)
