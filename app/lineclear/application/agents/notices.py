"""That an action is decided is owed to its instance in the commit that decides it. Free of I/O."""

from __future__ import annotations

from lineclear.application.ports import Snapshot, Task, TaskKind, Transaction
from lineclear.application.services import Services
from lineclear.domain.actions import Action
from lineclear.domain.instances import Instance
from lineclear.domain.state import Aggregate


def enqueue_notice(services: Services, tx: Transaction, before: Aggregate | None, after: Aggregate) -> None:
    """Make a notice due where this very entry answers an action whose instance has a receiver.

    Whether it has one is asked now: a receiver that is added later is not told of what was decided before.
    """
    if not isinstance(after, Action) or not after.instance or not after.is_answered:
        return
    if isinstance(before, Action) and before.is_answered:
        return
    if _instance_told(tx, after) is not None:
        now, name = services.clock.now(), services.ids.new("tsk")
        tx.enqueue(Task(name, TaskKind.NOTIFY, after.id, now, proposer=after.proposer))


def _instance_told(snapshot: Snapshot, action: Action) -> Instance | None:
    instance = snapshot.load(Instance, action.instance)
    return instance if instance is not None and instance.delivery is not None else None
