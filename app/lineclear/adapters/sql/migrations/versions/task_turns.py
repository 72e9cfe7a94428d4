"""Due work says whose turn it takes and what it waits for. Rows are carried over whole."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

WORD = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_CARRIED = "workspace, id, kind, ref, due, token, attempts, held_until"


def upgrade() -> None:
    """Make the table anew: SQLite writes a column that is added behind the constraints."""
    op.execute(f"CREATE TABLE carried AS SELECT {_CARRIED} FROM tasks")  # noqa: S608  # names of ours
    op.drop_table("tasks")
    _tasks()
    found = "actions.workspace = carried.workspace AND actions.id = carried.ref"
    agent = f"(SELECT 'agent/' || agent FROM actions WHERE {found})"  # noqa: S608  # names of ours
    op.execute(
        f"INSERT INTO tasks ({_CARRIED}, proposer, waits_for)"  # noqa: S608  # names of ours
        f" SELECT {_CARRIED}, COALESCE({agent}, ''), '' FROM carried"
    )
    op.drop_table("carried")


def _tasks() -> None:
    op.create_table(
        "tasks",
        *(sa.Column(key, WORD, nullable=False) for key in ("workspace", "id", "kind", "ref")),
        sa.Column("due", NUMBER, nullable=False, comment="Microseconds since 1970."),
        sa.Column("token", NUMBER, nullable=False),
        sa.Column("attempts", NUMBER, nullable=False),
        sa.Column("held_until", NUMBER, comment="End of the lease; null where nobody holds it."),
        sa.Column("proposer", WORD, nullable=False, comment="Whose turn it takes."),
        sa.Column(
            "waits_for", WORD, nullable=False, comment="What lets it go on before it is due, or nothing."
        ),
        sa.PrimaryKeyConstraint("workspace", "id", name="pk_tasks"),
        sqlite_strict=True,
    )
    op.create_index("ix_tasks_workspace_proposer_due_id", "tasks", ["workspace", "proposer", "due", "id"])
    op.create_index("ix_tasks_workspace_waits_for", "tasks", ["workspace", "waits_for"])
