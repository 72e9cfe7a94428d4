"""The first schema: ledger, projections, blobs, answers and due work."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

WORD = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make all tables."""
    _ledger()
    _actions()
    _projections()
    _beside()


def _table(
    name: str, keys: tuple[str, ...], *rest: sa.Column[object] | sa.Constraint, comment: str = ""
) -> None:
    op.create_table(
        name,
        *(sa.Column(key, WORD, nullable=False) for key in keys),
        *rest,
        sa.PrimaryKeyConstraint(*keys, *(("index",) if name == "entries" else ()), name=f"pk_{name}"),
        comment=comment or None,
        sqlite_strict=True,
    )


def _index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))


def _ledger() -> None:
    _table(
        "ledgers",
        ("workspace",),
        comment="One row for each workspace; on PostgreSQL its writer holds the row.",
    )
    _table(
        "entries",
        ("workspace",),
        sa.Column("index", NUMBER, nullable=False, autoincrement=False),
        sa.Column("stream", WORD, nullable=False),
        sa.Column("seq", NUMBER, nullable=False),
        sa.Column("type", WORD, nullable=False),
        sa.Column("entry", sa.LargeBinary, nullable=False),
        sa.Column("brief", WORD, comment="Digest of the blob that holds the brief."),
        sa.UniqueConstraint("workspace", "stream", "seq", name="uq_entries_workspace_stream_seq"),
        comment="The ledger: what was hashed and signed, byte for byte.",
    )


def _actions() -> None:
    _table(
        "actions",
        ("workspace", "id"),
        sa.Column("state", sa.LargeBinary, nullable=False),
        sa.Column("status", WORD, nullable=False),
        sa.Column("stake", WORD, nullable=False),
        sa.Column("tier", NUMBER, nullable=False),
        sa.Column("job", WORD, nullable=False),
        sa.Column("agent", WORD, nullable=False),
        sa.Column("due", NUMBER, nullable=False, comment="Deadline in microseconds since 1970, or 2^63-1."),
        sa.Column("proposed", NUMBER, nullable=False, comment="Index of the first entry."),
        sa.Column("updated", NUMBER, nullable=False, comment="Index of the newest entry."),
        sa.Column("searched", sa.Text, nullable=False, comment="Case-folded title, id and agent."),
    )
    _index("actions", "workspace", "status", "due", "proposed")
    _index("actions", "workspace", "status", "updated")
    _index("actions", "workspace", "updated")
    _index("actions", "workspace", "agent", "status")
    _index("actions", "workspace", "job")


def _projections() -> None:
    _table(
        "jobs",
        ("workspace", "id"),
        sa.Column("state", sa.LargeBinary, nullable=False),
        sa.Column("opened", NUMBER, nullable=False, comment="Index of the first entry."),
    )
    _index("jobs", "workspace", "opened")
    _table(
        "states",
        ("workspace", "kind", "id"),
        sa.Column("state", sa.LargeBinary, nullable=False),
        comment="Aggregates of the small kinds.",
    )


def _beside() -> None:
    _table("blobs", ("workspace", "digest"), sa.Column("sealed", sa.LargeBinary, nullable=False))
    _table(
        "requests",
        ("workspace", "principal", "key"),
        sa.Column("fingerprint", WORD, nullable=False),
        sa.Column("result", WORD, nullable=False),
        comment="Answers to idempotent requests.",
    )
    _table(
        "tasks",
        ("workspace", "id"),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("ref", WORD, nullable=False),
        sa.Column("due", NUMBER, nullable=False, comment="Microseconds since 1970."),
        sa.Column("token", NUMBER, nullable=False),
        sa.Column("attempts", NUMBER, nullable=False),
        sa.Column("held_until", NUMBER, comment="End of the lease; null where nobody holds it."),
    )
    _index("tasks", "workspace", "due", "id")
