"""Which due task is taken next, how a lease is written, and a row of tasks as one. Free of connections."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from sqlalchemy import BindParameter, bindparam, case, delete, func, or_, select, update

from lineclear.adapters.memory.rules import moment_of
from lineclear.adapters.sql.driver import Statement
from lineclear.adapters.sql.queries import ONE, is_among
from lineclear.adapters.sql.tables import NUMBER, tasks
from lineclear.application.ports import Task, TaskKind

_current: Final = (
    (tasks.c.workspace == bindparam("of"))
    & (tasks.c.id == bindparam("which"))
    & (tasks.c.token == bindparam("at"))
)
take_task: Final = Statement(update(tasks).where(_current), "token", "attempts", "held_until", "waits_for")
give_task: Final = Statement(update(tasks).where(_current), "token", "due", "held_until", "waits_for")
renew_task: Final = Statement(update(tasks).where(_current, tasks.c.held_until.is_not(None)), "held_until")
wake_tasks: Final = Statement(
    update(tasks).where(tasks.c.workspace == bindparam("of"), tasks.c.waits_for == bindparam("waited_for")),
    "due",
    "waits_for",
)
remove_task: Final = Statement(delete(tasks).where(_current))
held_task: Final = Statement(select(tasks.c.id).where(_current, tasks.c.held_until.is_not(None)))


@lru_cache
def free_task(kinds: int) -> Statement:
    """The oldest due task, of so many kinds, that nobody holds and whose proposer's turn is next.

    Proposers are found by hops along an index, so that the flood of one is never walked through.
    """
    now = bindparam("now", type_=NUMBER)
    workspace: BindParameter[str] = bindparam("workspace")
    first = select(func.min(tasks.c.proposer).label("proposer")).where(tasks.c.workspace == workspace)
    lanes = first.cte("lanes", recursive=True)
    others = tasks.alias("others")
    following = select(func.min(others.c.proposer)).where(
        others.c.workspace == workspace, others.c.proposer > lanes.c.proposer
    )
    lanes = lanes.union_all(select(following.scalar_subquery()).where(lanes.c.proposer.is_not(None)))
    own = tasks.alias("own")
    oldest = (
        select(own.c.id)
        .where(
            own.c.workspace == workspace,
            own.c.proposer == lanes.c.proposer,
            is_among(own.c.kind, "kind", kinds),
            own.c.due <= now,
            or_(own.c.held_until.is_(None), own.c.held_until <= now),
        )
        .order_by(own.c.due, own.c.id)
        .limit(ONE)
    )
    columns = (tasks.c[name] for name in ("id", "kind", "ref", "due", "token", "attempts", "proposer"))
    has_had_its_turn = case((lanes.c.proposer > bindparam("after"), 0), else_=1)
    return Statement(
        select(*columns)
        .select_from(lanes)
        .join(tasks, (tasks.c.workspace == workspace) & (tasks.c.id == oldest.scalar_subquery()))
        .order_by(has_had_its_turn, lanes.c.proposer)
        .limit(ONE)
    )


def task_of(identifier: str, kind: str, ref: str, due: int, token: int, attempts: int, proposer: str) -> Task:
    """As whoever takes it holds it."""
    return Task(identifier, TaskKind(kind), ref, moment_of(due), token + 1, attempts + 1, proposer)
