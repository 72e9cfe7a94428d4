"""A call under way: its lease, its time, a stop in the middle, and what the other side asks for."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from lineclear.adapters.memory.gateway import MemoryGateway
from lineclear.application.executing.attending import HELD, LEASE, LONGEST, MARGIN, SKEW, Attended
from lineclear.application.executing.calling import Start
from lineclear.application.executing.permits import STOPPED, CallPermit
from lineclear.application.jobs import stop_job
from lineclear.application.ports import Permit, Task, ToolFailed
from lineclear.application.reading.questions import doing_text
from lineclear.application.recording import read_stored
from lineclear.application.services import moment
from lineclear.domain.actions import Action
from lineclear.domain.effects import Effect
from lineclear.domain.events import (
    ExecutionAsked,
    ExecutionCancelled,
    ExecutionDelayed,
    ExecutionStarted,
    JobStopped,
)
from lineclear.domain.vocabulary import ActionStatus, EffectClass
from support.calls import Lasting, worker_of
from support.kernel import CONTRACTS, Kernel, Reviewer, contract

WINDOW = 400


@pytest.fixture
def tools() -> Lasting:
    return Lasting()


@pytest.fixture
def kernel(tools: Lasting) -> Kernel:
    return Kernel(tools=tools)


@pytest.fixture
def ops(kernel: Kernel) -> Reviewer:
    return kernel.reviewer()


def merged(kernel: Kernel, ops: Reviewer) -> Action:
    """A cleared action of class C."""
    action = kernel.propose("crm.merge_customers", "manage_customers")
    return kernel.decide(ops, action) if action.status is ActionStatus.PENDING else action


def events(kernel: Kernel, kind: type) -> list[object]:
    stored = kernel.store.read(lambda snapshot: snapshot.entries(start=0, limit=10_000))
    found = [read_stored(one).event for one in stored]
    return [event for event in found if isinstance(event, kind)]


def test_i25_a_long_call_keeps_its_lease_and_nobody_repeats_it(kernel: Kernel, tools: Lasting, ops: Reviewer):
    action, other = merged(kernel, ops), worker_of(kernel, "other")

    def hundred_seconds(_: Permit) -> None:
        for _ in range(100):
            kernel.later(seconds=1)
            kernel.worker.attend()
            assert not other.run_one()

    tools.during = hundred_seconds
    kernel.worker.run_one()
    assert kernel.action(action.id).status is ActionStatus.SUCCEEDED
    assert tools.applied == 1


def test_i25_a_long_call_that_nobody_attends_to_sends_nothing_once_its_time_is_over(
    kernel: Kernel, tools: Lasting, ops: Reviewer
):
    action = merged(kernel, ops)
    tools.during = lambda _: kernel.later(seconds=LEASE.total_seconds())
    kernel.worker.run_one()
    assert tools.applied == 0
    assert kernel.action(action.id).run.code == "unreachable"


def test_no_call_lasts_for_ever_however_often_its_system_answers(
    kernel: Kernel, tools: Lasting, ops: Reviewer
):
    merged(kernel, ops)
    left: list[float] = []

    def for_ever(permit: Permit) -> None:
        while permit.left():
            kernel.later(seconds=1)
            kernel.worker.attend()
            left.append(permit.left())

    tools.during = for_ever
    kernel.worker.run_one()
    assert tools.applied == 0
    assert LONGEST - timedelta(seconds=2) <= timedelta(seconds=len(left)) <= LONGEST


def test_i25_a_worker_that_wakes_with_little_of_its_lease_renews_it_before_it_sends(
    kernel: Kernel, tools: Lasting, ops: Reviewer
):
    action, other = merged(kernel, ops), worker_of(kernel, "other")
    task, start = begun(kernel)
    kernel.clock.advance(LEASE - timedelta(seconds=6))
    seen: list[float] = []
    tools.during = lambda permit: seen.append(permit.left())
    kernel.worker._finish(start, kernel.worker._call(start))
    assert kernel.action(action.id).status is ActionStatus.SUCCEEDED
    assert seen == [(LEASE - MARGIN).total_seconds()]
    assert not other.run_one()
    assert task.until is not None


def test_i25_a_worker_whose_lease_was_taken_while_it_slept_sends_nothing(
    kernel: Kernel, tools: Lasting, ops: Reviewer
):
    merged(kernel, ops)
    _, start = begun(kernel)
    kernel.clock.advance(HELD)
    assert worker_of(kernel, "other").run_one()
    assert kernel.worker._call(start) is None
    assert tools.applied == 0


def begun(kernel: Kernel) -> tuple[Task, Start]:
    task = kernel.store.transact(kernel.worker._lease)
    assert task is not None
    start = kernel.store.transact(lambda tx: kernel.worker._start(tx, task))
    assert start is not None
    return task, start


@pytest.mark.parametrize("ahead", [-20.0, 20.0])
def test_i25_clocks_that_differ_by_twenty_seconds_never_let_two_workers_send(
    kernel: Kernel, tools: Lasting, ops: Reviewer, ahead: float
):
    """The holder's permit is over, by its own clock, before the other's clock lets it take the lease."""
    merged(kernel, ops)
    other = worker_of(kernel, "other", ahead=ahead)
    overlaps: list[float] = []

    def until_taken(permit: Permit) -> None:
        while not other.run_one():
            kernel.later(seconds=1)
        overlaps.append(permit.left())

    tools.during = until_taken
    kernel.worker.run_one()
    assert overlaps == [0.0]
    assert tools.applied == 0


def test_clocks_beyond_the_bound_are_what_the_bound_is_for(kernel: Kernel, tools: Lasting, ops: Reviewer):
    """With more than `SKEW` between the clocks a lease is taken from under a call: the check can fail."""
    merged(kernel, ops)
    other = worker_of(kernel, "other", ahead=SKEW.total_seconds() + LEASE.total_seconds())
    left: list[float] = []

    def taken_at_once(permit: Permit) -> None:
        tools.during = lambda _: None
        assert other.run_one()
        left.append(permit.left())

    tools.during = taken_at_once
    kernel.worker.run_one()
    assert left[0] > 0


@pytest.fixture
def windowed() -> Kernel:
    """A provider of class B that honours its key for so many seconds, and loses its first answer."""
    update = contract("crm.update_customer", key_window=WINDOW)
    tools = Lasting(*[one for one in CONTRACTS if one.tool != update.tool], update)
    tools.silent = True
    return Kernel(tools=tools)


def started(kernel: Kernel) -> int:
    return len(events(kernel, ExecutionStarted))


def test_i33_a_key_is_sent_again_inside_a_quarter_of_its_window(windowed: Kernel):
    action = windowed.propose("crm.update_customer", "manage_customers")
    windowed.run()
    windowed.later(seconds=WINDOW / 4 - 1)
    windowed.run()
    assert windowed.action(action.id).status is ActionStatus.SUCCEEDED
    assert started(windowed) == 2


def test_i33_past_a_quarter_of_its_window_a_key_is_only_asked_about(windowed: Kernel):
    action = windowed.propose("crm.update_customer", "manage_customers")
    windowed.run()
    windowed.later(seconds=WINDOW / 4 + 1)
    windowed.run()
    assert windowed.action(action.id).status is ActionStatus.SUCCEEDED
    assert (started(windowed), len(events(windowed, ExecutionAsked))) == (1, 1)


def test_i33_what_nobody_knows_past_the_window_waits_for_a_person(windowed: Kernel):
    action = windowed.propose("crm.update_customer", "manage_customers")
    crashed, _ = begun(windowed)
    windowed.later(seconds=WINDOW)
    for _ in range(8):
        windowed.run()
        windowed.later(seconds=30)
    assert windowed.action(action.id).status is ActionStatus.UNKNOWN
    assert started(windowed) == 1
    assert crashed.token == 1


def test_i27_the_key_is_in_the_ledger_before_anything_is_sent(kernel: Kernel, tools: Lasting):
    action, known = kernel.refund("20.00"), []
    tools.during = lambda _: known.append(kernel.action(action.id).run.key)
    kernel.run()
    assert known == tools.calls


def stopping(kernel: Kernel, ops: Reviewer, *, beats: bool = True) -> None:
    stop_job(kernel.services, ops.principal, kernel.job, "Wrong customer")
    if beats:
        kernel.worker.attend()


def test_i29_a_stop_takes_the_permit_of_what_runs_and_the_record_says_what_had_happened(
    kernel: Kernel, tools: Lasting, ops: Reviewer
):
    done = kernel.refund("20.00")
    kernel.run()
    action = merged(kernel, ops)
    tools.during = lambda _: stopping(kernel, ops)
    kernel.run()
    ended = kernel.action(action.id)
    assert (ended.status, ended.run.code, ended.run.cancelled_by) == (
        ActionStatus.FAILED,
        STOPPED,
        "ops-west",
    )
    assert tools.applied == 1
    assert events(kernel, ExecutionCancelled) == [ExecutionCancelled(ended.run.token, "ops-west")]
    assert events(kernel, JobStopped) == [JobStopped("ops-west", running=(action.id,), effects=1)]
    assert kernel.action(done.id).status is ActionStatus.SUCCEEDED


def test_a_stop_that_nobody_attends_to_would_let_the_call_go_on(
    kernel: Kernel, tools: Lasting, ops: Reviewer
):
    merged(kernel, ops)
    tools.during = lambda _: stopping(kernel, ops, beats=False)
    kernel.run()
    assert tools.applied == 1


def test_i29_what_was_stopped_between_its_start_and_its_call_is_not_sent(
    kernel: Kernel, tools: Lasting, ops: Reviewer
):
    action = merged(kernel, ops)
    _, start = begun(kernel)
    stopping(kernel, ops)
    kernel.worker._finish(start, kernel.worker._call(start))
    assert (kernel.action(action.id).run.code, tools.applied) == (STOPPED, 0)


def test_i29_what_had_happened_before_the_stop_reached_it_is_recorded_as_done(
    kernel: Kernel, tools: Lasting, ops: Reviewer
):
    action = merged(kernel, ops)
    tools.silent = True
    kernel.run()
    stopping(kernel, ops)
    kernel.later(seconds=10)
    kernel.run()
    assert kernel.action(action.id).status is ActionStatus.SUCCEEDED
    assert (started(kernel), tools.applied) == (1, 1)


def test_i29_an_undo_goes_on_when_its_job_is_stopped(kernel: Kernel, tools: Lasting, ops: Reviewer):
    action = kernel.refund("20.00")
    _, start = begun(kernel)
    stop_job(kernel.services, ops.principal, kernel.job, "Wrong customer")
    undoing = msgspec.structs.replace(start.action, undoes=action.id)
    replaced = Start(
        start.task, undoing, start.run, start.payload, start.receipt, EffectClass.KEYED, asks=False
    )
    assert Attended(kernel.services, replaced, "w1").call() is not None
    assert tools.applied == 1


class Limiting(Lasting):
    """Asks to be left alone for a minute and a half, once."""

    def __init__(self) -> None:
        super().__init__()
        self.limits = 1

    def apply(self, tool: str, arguments: object, **more: object) -> Effect:
        if self.limits:
            self.limits -= 1
            raise ToolFailed("unreachable", "too many questions", retry_after=90)
        return super().apply(tool, arguments, **more)


def said(kernel: Kernel, action: Action) -> str:
    detail = MemoryGateway(kernel.services, kernel.reviewer().principal).detail(action.id)
    return doing_text(detail, kernel.clock.now())


def test_a_provider_that_asks_for_time_gets_it_and_the_record_says_until_when():
    kernel = Kernel(tools=Limiting())
    action = kernel.refund("20.00")
    kernel.run()
    (delayed,) = events(kernel, ExecutionDelayed)
    assert moment(delayed.until) - kernel.clock.now() == timedelta(seconds=90)
    assert kernel.action(action.id).run.again_at == delayed.until
    assert said(kernel, action) == "Running, tries again in 1:30"
    kernel.later(seconds=89)
    kernel.run()
    assert kernel.action(action.id).status is ActionStatus.STARTED
    kernel.later(seconds=2)
    kernel.run()
    assert kernel.action(action.id).status is ActionStatus.SUCCEEDED


def test_a_revoked_permit_breaks_every_wait_off_once_and_never_comes_back(kernel: Kernel):
    permit, broken = CallPermit(kernel.clock, kernel.clock.now() + LEASE), []
    with permit.cancelling(lambda: broken.append("first")):
        permit.revoke("Stopped by ops-west")
        permit.revoke("again")
    with permit.cancelling(lambda: broken.append("late")):
        pass
    permit.extend(kernel.clock.now() + 2 * LEASE)
    with pytest.raises(ToolFailed, match="Stopped by ops-west") as caught:
        permit.check()
    assert (caught.value.code, permit.left(), broken) == (STOPPED, 0.0, ["first", "late"])
