"""Data keys, under which blobs are closed from here on; what lies open is closed when a store is opened."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

WORD = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the table of wrapped keys."""
    op.create_table(
        "keys",
        sa.Column("workspace", WORD, nullable=False),
        sa.Column("subject", WORD, nullable=False),
        sa.Column("wrapped", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("workspace", "subject", name="pk_keys"),
        comment="Data keys of blobs, each under the workspace's key.",
        sqlite_strict=True,
    )
