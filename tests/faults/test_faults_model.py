"""The kernel against a small model of it: any order of deeds ends the same in both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    rule,
    run_state_machine_as_test,
)

from lineclear.adapters.memory.tools import MemoryTools
from lineclear.application.executing.undo import UndoRequest, preview_undo, undo
from lineclear.application.governing.safe_mode import switch_safe_mode
from lineclear.application.governing.workspaces import activate_policy
from lineclear.application.jobs import stop_job, withdraw
from lineclear.domain.actions import Action
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import ActionStatus, Role, Tier, Verdict
from support.faults import Row
from support.faults_ledger import Judge
from support.faults_sim import LOOSE, STRICT
from support.faults_verdict import tables_against
from support.faults_workers import Careless
from support.kernel import CONTRACTS, DOCUMENT, Kernel
from support.ledgers import whole

RECORDS = 80
AMOUNTS = (10, 20, 80, 120, 180, 300, 600)
S = ActionStatus


@dataclass(frozen=True, slots=True)
class Lines:
    """Where a policy asks, and where it denies."""

    document: str
    asks_over: int
    denies_over: int

    def judge(self, amount: int) -> ActionStatus:
        if amount > self.denies_over:
            return S.DENIED
        return S.PENDING if amount > self.asks_over else S.CLEARED


POLICIES = (Lines(DOCUMENT, 50, 200), Lines(STRICT, 15, 90), Lines(LOOSE, 150, 500))


@dataclass
class Known:
    """What the model knows of one action."""

    amount: int
    record: str
    status: ActionStatus
    is_decided: bool = False
    is_moved: bool = False
    undoes: str = ""
    tier: Tier = Tier.ONE

    def __post_init__(self) -> None:
        if self.status is S.PENDING:
            self.tier = Tier.TWO


class Model:
    """The kernel in a few lines: who is where, and what each deed makes of that."""

    def __init__(self) -> None:
        self.actions: dict[str, Known] = {}
        self.policy = POLICIES[0]
        self.safe_mode = False

    def decide(self, one: Known, verdict: Verdict, tier: Tier) -> Code | None:
        is_rejected = verdict is Verdict.REJECT
        if is_rejected and one.status in {S.SUCCEEDED, S.FAILED}:
            return Code.REJECTION_LATE
        if one.status is not S.PENDING and not (is_rejected and one.status is S.CLEARED):
            return Code.ACTION_DECIDED
        if tier < one.tier:
            return Code.TIER_INSUFFICIENT
        if one.status is S.CLEARED and one.is_decided:
            return Code.DUPLICATE_VOTE  # by whoever approved: nobody counts twice
        one.status = S.REJECTED if is_rejected else S.CLEARED
        one.is_decided = True
        return None

    def end(self, status: ActionStatus) -> None:
        """Everything of the job that has not started ends."""
        for one in self.actions.values():
            if one.status in {S.PENDING, S.CLEARED} and not one.undoes:
                one.status = status

    def drift(self, record: str) -> None:
        for one in self.actions.values():
            if one.record == record and one.status in {S.PENDING, S.CLEARED}:
                one.is_moved = True

    def undo_of(self, name: str) -> Known | None:
        open_ones = (one for one in self.actions.values() if one.undoes == name and one.status is S.CLEARED)
        return next(open_ones, None)

    def run(self) -> None:
        if self.safe_mode:
            return
        for one in self.actions.values():
            if one.status is S.CLEARED:
                self._execute_undo(one) if one.undoes else self._execute(one)

    def _execute_undo(self, one: Known) -> None:
        one.status = S.FAILED if one.is_moved else S.SUCCEEDED
        if not one.is_moved:
            self.actions[one.undoes].status = S.UNDONE

    def _execute(self, one: Known) -> None:
        now = self.policy.judge(one.amount)
        one.status = now
        if now is S.PENDING and one.is_decided:
            one.status = S.CLEARED
        if one.status is S.CLEARED and one.is_moved:
            one.status = now  # seen anew: votes do not carry over
            one.is_moved = False
        if one.status is S.PENDING:
            one.is_decided, one.tier = False, Tier.TWO
        if one.status is S.CLEARED:
            one.status = S.SUCCEEDED


def answered[R](work: Callable[[], R]) -> Code | None:
    """The code of a refusal; None where it was done."""
    try:
        work()
    except Refusal as refusal:
        return refusal.code
    return None


class KernelAgainstModel(RuleBasedStateMachine):
    """Each rule does one thing to both. `kernel_class` may be one that is broken on purpose."""

    proposed = Bundle("proposed")
    kernel_class: ClassVar[type[Kernel]] = Kernel

    def __init__(self) -> None:
        super().__init__()
        records = {f"rec-{n}": {"status": "new", "n": 0} for n in range(RECORDS)}
        self.kernel = self.kernel_class(tools=MemoryTools(CONTRACTS, records))
        self.model = Model()
        self.ops = self.kernel.reviewer("ops-west", Tier.TWO)
        self.novice = self.kernel.reviewer("novice", Tier.ONE, Role.APPROVER)
        self.drifts = 0

    @rule(target=proposed, amount=st.sampled_from(AMOUNTS))
    def propose(self, amount: int) -> str:
        record = f"rec-{len(self.model.actions) % RECORDS}"
        action = self.kernel.refund(f"{amount}.00", id=record)
        self.model.actions[action.id] = Known(amount, record, self.model.policy.judge(amount))
        return action.id

    @rule(name=proposed, verdict=st.sampled_from(Verdict), by_novice=st.booleans())
    def decide(self, name: str, verdict: Verdict, by_novice: bool) -> None:
        reviewer, tier = (self.novice, Tier.ONE) if by_novice else (self.ops, Tier.TWO)
        action = self.kernel.action(name)
        said = answered(lambda: self.kernel.decide(reviewer, action, verdict, "Because"))
        assert said == self.model.decide(self.model.actions[name], verdict, tier)

    @rule(name=consumes(proposed))
    def withdraw(self, name: str) -> None:
        one = self.model.actions[name]
        said = answered(lambda: withdraw(self.kernel.services, self.kernel.agent, name))
        if one.status in {S.PENDING, S.CLEARED, S.WITHDRAWN}:
            assert said is None
            one.status = S.WITHDRAWN
        else:
            assert said is Code.ACTION_DECIDED

    @rule(name=proposed)
    def undo(self, name: str) -> None:
        one = self.model.actions[name]
        may = one.status is S.SUCCEEDED and self.model.undo_of(name) is None
        services, person = self.kernel.services, self.ops.principal
        made: list[Action] = []

        def work() -> None:
            seen = preview_undo(services, person, name)
            wanted = UndoRequest(seen.version, "A mistake")
            made.append(undo(services, person, name, wanted, self.kernel.key())[0])

        assert (answered(work) is None) == may
        if may:
            self.model.actions[made[0].id] = Known(one.amount, one.record, S.CLEARED, undoes=name)

    @rule(name=proposed)
    def drift(self, name: str) -> None:
        self.drifts += 1
        record = self.model.actions[name].record
        self.kernel.tools.records[record]["n"] = self.drifts
        self.model.drift(record)

    @rule()
    def stop(self) -> None:
        stop_job(self.kernel.services, self.ops.principal, self.kernel.job, "Wrong customer")
        self.kernel.job = self.kernel.open_job()
        self.model.end(S.STOPPED)

    @rule(on=st.booleans())
    def switch(self, on: bool) -> None:
        switch_safe_mode(self.kernel.services, self.ops.principal, on=on, reason="Looks odd")
        self.model.safe_mode = on

    @rule(policy=st.sampled_from(POLICIES))
    def activate(self, policy: Lines) -> None:
        activate_policy(self.kernel.services, policy.document, by="admin")
        self.model.policy = policy

    @rule()
    def run(self) -> None:
        self.kernel.later(seconds=20)
        self.kernel.run(steps=500)
        self.model.run()

    @invariant()
    def both_say_the_same(self) -> None:
        actions = self.kernel.store.read(lambda snapshot: snapshot.every(Action))
        assert {one.id: one.status for one in actions} == {
            name: one.status for name, one in self.model.actions.items()
        }

    def teardown(self) -> None:
        ledger = self.kernel.store.read(whole)
        found = self.kernel.store.read(
            lambda snapshot: (
                Judge(snapshot.blob, self.kernel.tools.contract).read(ledger)
                + tables_against(snapshot, ledger)
            )
        )
        assert found == []


def _agrees(examples: int, report_fault: Callable[[Row], None]) -> None:
    chosen = settings(
        max_examples=examples, stateful_step_count=40, deadline=None, derandomize=True, database=None
    )
    run_state_machine_as_test(KernelAgainstModel, settings=chosen)
    report_fault(Row("stateful model against the kernel, examples", examples, "no divergence"))


def test_the_kernel_agrees_with_its_model(report_fault: Callable[[Row], None]):
    _agrees(100, report_fault)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_the_kernel_agrees_with_its_model_for_longer(report_fault: Callable[[Row], None]):
    _agrees(500, report_fault)


class Trusting(Kernel):
    """Executes whatever was cleared, without asking the policy of now."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.worker = Careless(self.services, "w1")


class TrustingAgainstModel(KernelAgainstModel):
    kernel_class = Trusting


def test_the_model_catches_a_kernel_that_does_not_ask_again():
    chosen = settings(
        max_examples=100,
        stateful_step_count=40,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
    )
    with pytest.raises((AssertionError, ExceptionGroup)):
        run_state_machine_as_test(TrustingAgainstModel, settings=chosen)
