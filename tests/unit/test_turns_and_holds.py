"""Due work takes turns between those who proposed it, and costs nothing while it is held."""

from __future__ import annotations

from collections.abc import Callable
from typing import override

import pytest

from lineclear.adapters.memory.store import MemoryStore
from lineclear.adapters.memory.tools import MemoryTools
from lineclear.application.executing.attempting import HELD_POLL
from lineclear.application.executing.execute import Worker
from lineclear.application.executing.undo import UndoRequest, preview_undo, undo
from lineclear.application.governing.safe_mode import switch_safe_mode
from lineclear.application.jobs import stop_job
from lineclear.application.ports import Snapshot, Transaction
from lineclear.domain.actions import Action
from lineclear.domain.contracts import ToolContract
from lineclear.domain.principals import Principal
from lineclear.domain.vocabulary import ActionStatus, Role, Verdict
from support.kernel import CONTRACTS, Kernel

HELD = 10
FLOOD = 60
TEN_MINUTES = 600
LOOKS = TEN_MINUTES // HELD_POLL.total_seconds()


class Counting(MemoryStore):
    """Counts the transactions that leave something behind: what costs a commit on a disk."""

    def __init__(self) -> None:
        super().__init__()
        self.commits = 0

    @override
    def transact[R](self, work: Callable[[Transaction], R]) -> R:
        before = self.read(self._left)
        result = super().transact(work)
        self.commits += self.read(self._left) != before
        return result

    def _left(self, snapshot: Snapshot) -> object:
        return snapshot.size(), dict(self._rows.tasks)

    def is_idle(self) -> bool:
        """Whether no work is left, due or not."""
        return not self._rows.tasks


class Polling(Worker):
    """Looks again whenever it is asked, as if nobody were ever woken: what the count has to catch."""

    @override
    def run_one(self) -> bool:
        now = self._services.clock.now()
        self._services.store.transact(lambda tx: tx.wake("safe_mode/workspace", now=now))
        return super().run_one()


@pytest.fixture
def store() -> Counting:
    return Counting()


@pytest.fixture
def kernel(store: Counting) -> Kernel:
    records = {f"rec-{n}": {"status": "new"} for n in range(2 * FLOOD)}
    return Kernel(store=store, tools=MemoryTools(CONTRACTS, records))


def updates(kernel: Kernel, numbers: range) -> list[Action]:
    """Changes that policy clears, each of a record of its own."""
    return [kernel.propose("crm.update_customer", "manage_customers", id=f"rec-{n}") for n in numbers]


def held(kernel: Kernel) -> tuple[Principal, list[Action]]:
    """Changes that safe mode holds, and who can leave it."""
    ops = kernel.reviewer().principal
    switch_safe_mode(kernel.services, ops, on=True, reason="Odd changes")
    actions = updates(kernel, range(HELD))
    kernel.run()
    return ops, actions


def commits_in_ten_minutes(kernel: Kernel, store: Counting) -> int:
    """What workers commit that look every second."""
    before = store.commits
    for _ in range(TEN_MINUTES):
        kernel.later(seconds=1)
        kernel.run(steps=HELD)
    return store.commits - before


def having(kernel: Kernel, actions: list[Action], status: ActionStatus) -> int:
    return sum(kernel.action(one.id).status is status for one in actions)


def test_held_work_costs_a_slow_look_and_nothing_besides(kernel: Kernel, store: Counting):
    _, actions = held(kernel)
    assert commits_in_ten_minutes(kernel, store) <= 2 * HELD * LOOKS
    assert having(kernel, actions, ActionStatus.CLEARED) == HELD


def test_the_count_catches_a_worker_that_polls(kernel: Kernel, store: Counting):
    held(kernel)
    kernel.worker = Polling(kernel.services, "polling")
    assert commits_in_ten_minutes(kernel, store) > 100 * 2 * HELD * LOOKS


def test_the_deadline_of_what_safe_mode_holds_is_not_polled_either(kernel: Kernel, store: Counting):
    ops = kernel.reviewer().principal
    kernel.refund("180.00", id="rec-0", deadline="2026-01-01T00:01:00Z")
    switch_safe_mode(kernel.services, ops, on=True, reason="Pause")
    kernel.later(minutes=2)
    kernel.run()
    assert commits_in_ten_minutes(kernel, store) <= 2 * LOOKS


def test_what_safe_mode_held_goes_on_in_the_moment_in_which_it_is_left(kernel: Kernel):
    ops, actions = held(kernel)
    switch_safe_mode(kernel.services, ops, on=False, reason="Checked")
    kernel.run()
    assert having(kernel, actions, ActionStatus.SUCCEEDED) == HELD


def test_what_two_safe_modes_hold_goes_on_when_both_are_left(kernel: Kernel):
    ops, actions = held(kernel)
    switch_safe_mode(kernel.services, ops, on=True, reason="Here too", scope="connector:memory")
    switch_safe_mode(kernel.services, ops, on=False, reason="Checked")
    kernel.run()
    assert having(kernel, actions, ActionStatus.CLEARED) == HELD
    switch_safe_mode(kernel.services, ops, on=False, reason="Checked", scope="connector:memory")
    kernel.run()
    assert having(kernel, actions, ActionStatus.SUCCEEDED) == HELD


def test_what_a_breaker_held_is_tried_when_the_breaker_says_so(kernel: Kernel):
    actions = updates(kernel, range(6))
    kernel.tools.down = True
    kernel.run()
    held_by_it = [one for one in actions if kernel.action(one.id).held == "breaker_open"]
    assert held_by_it
    kernel.tools.down = False
    kernel.later(seconds=30)
    kernel.run()
    assert having(kernel, held_by_it, ActionStatus.SUCCEEDED) == len(held_by_it)


def test_what_is_left_of_a_stopped_job_does_not_stay_behind(kernel: Kernel, store: Counting):
    ops, _ = held(kernel)
    stop_job(kernel.services, ops, kernel.job, "Enough")
    switch_safe_mode(kernel.services, ops, on=False, reason="Checked")
    kernel.run()
    assert store.is_idle()


# -- turns ------------------------------------------------------------------------------------


def flooded_by_another(kernel: Kernel) -> list[Action]:
    """So many cleared changes of another agent, all due."""
    agent, job = kernel.agent, kernel.job
    kernel.agent = kernel.token("zealous-agent", Role.AGENT, owner="owner")
    kernel.job = kernel.open_job()
    found = updates(kernel, range(FLOOD))
    kernel.agent, kernel.job = agent, job
    return found


def test_i34_a_flood_of_one_agent_lets_the_work_of_another_through_at_once(kernel: Kernel):
    flood = flooded_by_another(kernel)
    (late,) = updates(kernel, range(FLOOD, FLOOD + 1))
    kernel.run(steps=2)
    assert kernel.action(late.id).status is ActionStatus.SUCCEEDED
    assert having(kernel, flood, ActionStatus.SUCCEEDED) == 1


def test_i34_agents_take_turns_while_both_have_work(kernel: Kernel):
    flood, own = flooded_by_another(kernel), updates(kernel, range(FLOOD, FLOOD + HELD))
    kernel.run(steps=2 * HELD)
    assert having(kernel, own, ActionStatus.SUCCEEDED) == HELD
    assert having(kernel, flood, ActionStatus.SUCCEEDED) == HELD


def test_i34_an_undo_does_not_wait_behind_the_agent_that_it_corrects(kernel: Kernel):
    ops = kernel.reviewer().principal
    (wrong,) = updates(kernel, range(1))
    kernel.run()
    updates(kernel, range(1, FLOOD))
    seen = preview_undo(kernel.services, ops, wrong.id)
    undo(kernel.services, ops, wrong.id, UndoRequest(seen.version, "Wrong customer"), kernel.key())
    kernel.run(steps=2)
    assert kernel.action(wrong.id).status is ActionStatus.UNDONE


# -- the queue --------------------------------------------------------------------------------


def asked(kernel: Kernel, numbers: range) -> list[str]:
    """Merges that people must clear, each of a record of its own."""
    merges = [kernel.propose("crm.merge_customers", "manage_customers", id=f"rec-{n}") for n in numbers]
    return [one.id for one in merges]


def queue(kernel: Kernel) -> list[str]:
    return [one.id for one in kernel.pending()]


def second_agent(kernel: Kernel) -> None:
    kernel.agent = kernel.token("zealous-agent", Role.AGENT, owner="owner")
    kernel.job = kernel.open_job()


def test_i34_what_one_agent_asks_is_not_buried_under_the_flood_of_another(kernel: Kernel):
    agent, job = kernel.agent, kernel.job
    second_agent(kernel)
    flood = asked(kernel, range(FLOOD))
    kernel.agent, kernel.job = agent, job
    first, second = asked(kernel, range(FLOOD, FLOOD + 2))
    assert queue(kernel)[:5] == [flood[0], first, flood[1], second, flood[2]]


def test_i34_a_flood_is_not_starved_by_those_who_come_later(kernel: Kernel):
    agent, job = kernel.agent, kernel.job
    second_agent(kernel)
    flood, ops = asked(kernel, range(FLOOD)), kernel.reviewer()
    for name in flood[:20]:
        kernel.decide(ops, kernel.action(name), Verdict.REJECT, "Not now")
    kernel.agent, kernel.job = agent, job
    late = asked(kernel, range(FLOOD, FLOOD + 3))
    assert queue(kernel)[:4] == [flood[20], late[0], flood[21], late[1]]


def test_what_is_due_comes_before_all_that_has_time(kernel: Kernel):
    asked(kernel, range(3))
    due = kernel.refund("180.00", id="rec-9", deadline="2026-01-01T00:10:00Z")
    assert queue(kernel)[0] == due.id


class Broken(MemoryTools):
    """Meets a bug of its own whenever it is asked for the contract of one tool."""

    is_broken = False

    @override
    def contract(self, tool: str) -> ToolContract | None:
        if self.is_broken and tool == "mail.send":
            raise KeyError(tool)
        return super().contract(tool)


def test_i34_work_that_breaks_its_transaction_starves_nobody_and_is_put_aside(store: Counting):
    tools = Broken(CONTRACTS, {"rec-0": {"status": "new"}})
    kernel = Kernel(store=store, tools=tools)
    broken = kernel.propose("mail.send", "send_mail", id="rec-0")
    (whole,) = updates(kernel, range(1))
    tools.is_broken = True

    failures = 0
    for _ in range(10):
        try:
            kernel.worker.run_one()
        except KeyError:
            failures += 1

    assert failures == 2, "once with its lease, once alone: then it is held like any that was lost"
    assert kernel.action(whole.id).status is ActionStatus.SUCCEEDED
    assert kernel.action(broken.id).status is ActionStatus.CLEARED
