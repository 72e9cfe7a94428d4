"""The newest actions of one job, which each of its proposals asks for, in the order of an index."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let the index of a job's actions go on with the order in which they are listed."""
    op.drop_index("ix_actions_workspace_job", "actions")
    op.create_index("ix_actions_workspace_job_updated", "actions", ["workspace", "job", "updated"])
