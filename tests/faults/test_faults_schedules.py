"""Single schedules, each written out: what happens between lease, start, call and outcome."""

from __future__ import annotations

import pytest

from lineclear.adapters.memory.tools import MemoryTools
from lineclear.application.executing.attending import HELD
from lineclear.application.executing.calling import Start
from lineclear.application.executing.execute import Worker
from lineclear.application.executing.permits import UNLIMITED
from lineclear.application.executing.undo import UndoRequest, preview_undo, undo
from lineclear.application.governing.safe_mode import safe_mode_of, switch_safe_mode
from lineclear.application.governing.workspaces import activate_policy
from lineclear.application.jobs import stop_job
from lineclear.application.ports import Arguments, Permit
from lineclear.domain.actions import Action
from lineclear.domain.effects import Effect
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import ActionStatus
from support.faults_sim import STRICT
from support.kernel import CONTRACTS, DOCUMENT, Kernel, Reviewer

RECORD = {"status": "captured", "refunded": "0.00"}


class Lagging(MemoryTools):
    """Asked for an effect, it knows nothing the first time, as a replica that is behind its primary."""

    def __init__(self) -> None:
        super().__init__(CONTRACTS, {"pay_1": dict(RECORD)})
        self._asked: set[str] = set()
        self.effects = 0

    def find(self, tool: str, arguments: Arguments, *, key: str, permit: Permit = UNLIMITED) -> Effect | None:
        first = key not in self._asked
        self._asked.add(key)
        return None if first else super().find(tool, arguments, key=key, permit=permit)

    def apply(
        self, tool: str, arguments: Arguments, *, expected: str, key: str, permit: Permit = UNLIMITED
    ) -> Effect:
        self.effects += 1  # it honours no key
        return super().apply(tool, arguments, expected=expected, key=key, permit=permit)


@pytest.fixture
def kernel() -> Kernel:
    return Kernel()


@pytest.fixture
def ops(kernel: Kernel) -> Reviewer:
    return kernel.reviewer()


def begun(kernel: Kernel) -> tuple[Worker, Start]:
    """A worker that has committed its start and got no further."""
    worker = Worker(kernel.services, "sleeper")
    task = kernel.store.transact(worker._lease)
    assert task is not None
    start = kernel.store.transact(lambda tx: worker._start(tx, task))
    assert start is not None
    return worker, start


def crashed(kernel: Kernel, *, called: bool) -> None:
    """A worker that died after its start, before or after its call, and whose lease is over."""
    worker, start = begun(kernel)
    if called:
        worker._call(start)
    kernel.clock.advance(HELD)


def started_while_down(kernel: Kernel, **more: str) -> Action:
    """An action whose first attempt reached nothing and is going to be repeated."""
    action = kernel.refund("20.00", **more)
    kernel.tools.down = True
    kernel.run()
    kernel.tools.down = False
    return action


def undo_of(kernel: Kernel, person: Reviewer, action: Action) -> Action:
    seen = preview_undo(kernel.services, person.principal, action.id)
    return undo(
        kernel.services, person.principal, action.id, UndoRequest(seen.version, "Oops"), kernel.key()
    )[0]


def mailed(kernel: Kernel, person: Reviewer) -> Action:
    action = kernel.propose("mail.send", "send_mail")
    return kernel.decide(person, action) if action.status is ActionStatus.PENDING else action


def test_i7_an_undo_never_overwrites_what_somebody_changed_meanwhile(kernel: Kernel, ops: Reviewer):
    action = kernel.refund("20.00")
    kernel.run()
    undo_of(kernel, ops, action)
    kernel.tools.records["pay_1"]["status"] = "disputed"
    kernel.run()
    assert kernel.tools.records["pay_1"]["status"] == "disputed"


def test_i32_an_effect_is_taken_back_once(kernel: Kernel, ops: Reviewer):
    action = kernel.refund("20.00")
    kernel.run()
    undo_of(kernel, ops, action)
    with pytest.raises(Refusal) as refused:
        undo_of(kernel, ops, action)
    assert refused.value.code is Code.STATE_CHANGED
    kernel.run()
    assert kernel.action(action.id).status is ActionStatus.UNDONE
    assert len(kernel.tools.calls) == 2


def test_i29_a_stopped_job_repeats_no_start(kernel: Kernel, ops: Reviewer):
    action = started_while_down(kernel)
    stop_job(kernel.services, ops.principal, kernel.job, "Wrong customer")
    kernel.later(minutes=1)
    kernel.run()
    assert kernel.tools.calls == []
    assert kernel.action(action.id).status is not ActionStatus.SUCCEEDED


def test_i29_nothing_of_a_stopped_job_comes_back_to_review(kernel: Kernel, ops: Reviewer):
    action = kernel.refund("20.00")
    worker, start = begun(kernel)
    kernel.tools.records["pay_1"]["status"] = "disputed"
    stop_job(kernel.services, ops.principal, kernel.job, "Wrong customer")
    worker._finish(start, worker._call(start))
    kernel.run()
    assert kernel.tools.calls == []
    assert kernel.action(action.id).status is not ActionStatus.SUCCEEDED


def test_i11_a_policy_made_stricter_holds_for_a_start_that_is_repeated(kernel: Kernel):
    action = started_while_down(kernel)
    activate_policy(kernel.services, STRICT, by="admin")
    kernel.later(minutes=1)
    kernel.run()
    assert kernel.tools.calls == []
    assert kernel.action(action.id).status is not ActionStatus.SUCCEEDED


def test_i30_a_deadline_holds_for_a_start_that_is_repeated(kernel: Kernel):
    started_while_down(kernel, deadline="2026-01-01T00:00:10Z")
    kernel.later(minutes=1)
    kernel.run()
    assert kernel.tools.calls == []


def test_i24_a_capability_that_was_removed_leaves_nothing_stuck(kernel: Kernel):
    action = kernel.refund("20.00")
    activate_policy(kernel.services, DOCUMENT.replace("issue_refund:", "issue_nothing:"), by="admin")
    kernel.run()
    assert kernel.action(action.id).status is ActionStatus.DENIED


def test_i30_what_comes_back_to_review_still_expires(kernel: Kernel):
    action = kernel.refund("20.00", deadline="2026-01-01T00:10:00Z")
    activate_policy(kernel.services, STRICT, by="admin")
    kernel.run()
    assert kernel.action(action.id).status is ActionStatus.PENDING
    kernel.later(minutes=11)
    kernel.run()
    assert kernel.action(action.id).status is ActionStatus.EXPIRED


def test_i33_safe_mode_uses_up_no_attempt(kernel: Kernel, ops: Reviewer):
    action = kernel.refund("20.00")
    crashed(kernel, called=True)
    switch_safe_mode(kernel.services, ops.principal, on=True, reason="Odd refunds")
    for _ in range(10):
        kernel.run()
        kernel.later(seconds=20)
    switch_safe_mode(kernel.services, ops.principal, on=False, reason="Checked")
    kernel.later(seconds=20)
    kernel.run()
    assert kernel.action(action.id).status is ActionStatus.SUCCEEDED


def test_safe_mode_is_confirmed_when_what_was_in_flight_is_found_unknown(kernel: Kernel, ops: Reviewer):
    action = mailed(kernel, ops)
    crashed(kernel, called=False)
    switch_safe_mode(kernel.services, ops.principal, on=True, reason="Odd mails")
    kernel.run()
    assert kernel.action(action.id).status is ActionStatus.UNKNOWN
    assert kernel.store.read(safe_mode_of).confirmed_at


def test_a_call_that_reached_nobody_does_not_become_unknown(kernel: Kernel, ops: Reviewer):
    action = mailed(kernel, ops)
    kernel.tools.down = True
    kernel.run()
    kernel.tools.down = False
    kernel.later(minutes=1)
    kernel.run()
    assert kernel.action(action.id).status in {ActionStatus.SUCCEEDED, ActionStatus.FAILED}


def test_i25_a_worker_that_slept_between_start_and_call_sends_nothing(kernel: Kernel, ops: Reviewer):
    action = mailed(kernel, ops)
    worker, start = begun(kernel)
    kernel.clock.advance(HELD)
    Worker(kernel.services, "other").run_one()
    assert kernel.action(action.id).status is ActionStatus.UNKNOWN
    worker._finish(start, worker._call(start))
    assert kernel.tools.calls == []


def test_i25_a_worker_that_slept_before_its_outcome_changes_nothing(kernel: Kernel):
    kernel.refund("20.00")
    worker, start = begun(kernel)
    record = worker._call(start)
    kernel.clock.advance(HELD)
    Worker(kernel.services, "other").run_one()
    size = kernel.store.read(lambda snapshot: snapshot.size())
    worker._finish(start, record)
    assert kernel.store.read(lambda snapshot: snapshot.size()) == size
    assert len(kernel.tools.calls) == 1


def test_i23_absence_in_class_c_is_seen_more_than_once_before_it_is_believed():
    tools = Lagging()
    kernel = Kernel(tools=tools)
    action = kernel.propose("crm.merge_customers", "manage_customers")
    kernel.decide(kernel.reviewer(), action)
    crashed(kernel, called=True)
    for _ in range(10):
        kernel.run()
        kernel.later(seconds=20)
    assert tools.effects == 1


def in_doubt_and_then_unreachable(kernel: Kernel) -> Action:
    """The first attempt took effect and its answer was lost; the second reached nobody."""
    kernel.tools.silent = True
    action = kernel.refund("20.00")
    kernel.run()
    assert len(kernel.tools.calls) == 1
    kernel.tools.down = True
    kernel.later(minutes=1)
    kernel.run()
    return action


def test_i23_an_attempt_in_doubt_is_not_called_failed_because_a_later_one_reached_nobody(kernel: Kernel):
    action = in_doubt_and_then_unreachable(kernel)
    for _ in range(30):
        kernel.later(minutes=1)
        kernel.run()
    assert kernel.action(action.id).status is ActionStatus.UNKNOWN


def test_i23_an_attempt_in_doubt_is_asked_about_when_it_may_not_be_repeated(kernel: Kernel, ops: Reviewer):
    action = in_doubt_and_then_unreachable(kernel)
    stop_job(kernel.services, ops.principal, kernel.job, "Wrong customer")
    kernel.tools.down = False
    for _ in range(10):
        kernel.later(minutes=1)
        kernel.run()
    assert kernel.action(action.id).status is ActionStatus.SUCCEEDED
    assert len(kernel.tools.calls) == 1
