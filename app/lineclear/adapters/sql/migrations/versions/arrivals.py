"""What the border saw of each token has a table of its own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

WORD = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Nothing was kept before."""
    op.create_table(
        "arrivals",
        sa.Column("workspace", WORD, nullable=False),
        sa.Column("token", WORD, nullable=False),
        sa.Column("state", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("workspace", "token", name="pk_arrivals"),
        comment="What the border saw of each token; no fold of the ledger, and bounded.",
        sqlite_strict=True,
    )
