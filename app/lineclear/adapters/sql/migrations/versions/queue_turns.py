"""Agents take turns in the queue: what has no deadline is ordered by its place, behind all deadlines."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_BEFORE = 2**63 - 1
_PLACED = _BEFORE - 2**40


def upgrade() -> None:
    """What was proposed before places were given has the first one, and among itself goes by age."""
    op.drop_index("ix_actions_workspace_agent_status", "actions")
    op.create_index(
        "ix_actions_workspace_agent_status_due", "actions", ["workspace", "agent", "status", "due"]
    )
    op.execute(f"UPDATE actions SET due = {_PLACED} WHERE due = {_BEFORE}")  # noqa: S608  # numbers of ours
    if op.get_bind().dialect.name == "postgresql":
        comment = "Deadline in microseconds since 1970, or its place behind them all."
        op.alter_column(
            "actions", "due", comment=comment, existing_type=sa.BigInteger(), existing_nullable=False
        )
