"""The queue is filtered and sorted by more of what an action says. Rows are carried over whole."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lineclear.adapters.sql.codec import decode, row_of
from lineclear.domain.actions import Action

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

WORD = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_BATCH = 1_000
_KEPT: tuple[tuple[str, ...], ...] = (
    ("status", "due", "proposed"),
    ("status", "updated"),
    ("updated",),
    ("agent", "status", "due"),
    ("job", "updated"),
)
_NEW: tuple[tuple[str, ...], ...] = (
    ("status", "proposed"),
    ("status", "by_risk", "proposed"),
    ("status", "by_amount", "proposed"),
    ("status", "agent", "due", "proposed"),
)


def upgrade() -> None:
    """Make the table anew: SQLite writes a column that is added behind the constraints."""
    for columns in _KEPT:
        op.drop_index("_".join(("ix_actions_workspace", *columns)), "actions")
    op.execute("CREATE TABLE carried AS SELECT workspace, id, state, proposed FROM actions")
    op.drop_table("actions")
    _carry(_actions())
    op.drop_table("carried")
    for columns in _KEPT + _NEW:
        op.create_index("_".join(("ix_actions_workspace", *columns)), "actions", ["workspace", *columns])


def _carry(actions: sa.Table) -> None:
    carried = sa.table(
        "carried",
        sa.column("workspace", WORD),
        sa.column("id", WORD),
        sa.column("state", sa.LargeBinary),
        sa.column("proposed", NUMBER),
    )
    place = sa.tuple_(carried.c.workspace, carried.c.id)
    page = sa.select(carried).order_by(carried.c.workspace, carried.c.id).limit(_BATCH)
    after, bind = ("", ""), op.get_bind()
    while rows := bind.execute(page.where(place > sa.tuple_(*map(sa.literal, after)))).all():
        bind.execute(sa.insert(actions), [_row(actions, *row) for row in rows])
        after = rows[-1].workspace, rows[-1].id


def _row(
    actions: sa.Table, workspace: str, identifier: str, state: bytes, proposed: int
) -> dict[str, object]:
    known: dict[str, object] = {
        **row_of(decode(Action, state)),
        "workspace": workspace,
        "id": identifier,
        "state": state,
        "proposed": proposed,
    }
    return {name: value for name, value in known.items() if name in actions.c}


def _actions() -> sa.Table:
    return op.create_table(
        "actions",
        *(sa.Column(key, WORD, nullable=False) for key in ("workspace", "id")),
        sa.Column("state", sa.LargeBinary, nullable=False),
        sa.Column("status", WORD, nullable=False),
        sa.Column("stake", WORD, nullable=False),
        sa.Column("tier", NUMBER, nullable=False),
        _number("least_tier", "The lowest with which somebody fills a place."),
        *(sa.Column(key, WORD, nullable=False) for key in ("job", "agent", "capability", "environment")),
        _number("due", "Deadline in microseconds since 1970, or its place behind them all."),
        sa.Column("claimed_by", WORD, nullable=False),
        _number("claimed_until", "Microseconds since 1970; 0 without a claim."),
        _number("flagged", "1 where something asks for a second look."),
        _number("by_risk", "Rises from the riskiest."),
        _number("by_amount", "Rises from the largest, in millionths."),
        _number("proposed", "Index of the first entry."),
        _number("updated", "Index of the newest entry."),
        sa.Column("searched", sa.Text, nullable=False, comment="Case-folded title, id and agent."),
        sa.PrimaryKeyConstraint("workspace", "id", name="pk_actions"),
        sqlite_strict=True,
    )


def _number(name: str, comment: str) -> sa.Column[int]:
    return sa.Column(name, NUMBER, nullable=False, comment=comment)
