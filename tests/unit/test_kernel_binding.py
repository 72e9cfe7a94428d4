"""What a start rests on: one decision, one revision, one payload, one policy; and unknown means deny."""

from __future__ import annotations

import pytest

from lineclear.adapters.memory.snapshot import Rows
from lineclear.application.deciding.decide import decide
from lineclear.application.governing.workspaces import activate_policy
from lineclear.application.recording import Recorder, read_stored
from lineclear.domain.actions import Action
from lineclear.domain.events import ActionCleared, DecisionRecorded, ExecutionStarted
from lineclear.domain.ledger.sealing import seal
from lineclear.domain.ledger.statements import open_decision
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import ActionStatus, Tier, Verdict
from support.kernel import DOCUMENT, Kernel, Reviewer

TWO = DOCUMENT.replace("        idempotency_key: required\n", "        approvals: 2\n")


@pytest.fixture
def kernel() -> Kernel:
    return Kernel()


@pytest.fixture
def ops(kernel: Kernel) -> Reviewer:
    return kernel.reviewer()


def rows(kernel: Kernel) -> Rows:
    """The database itself, as somebody with a hand in it has it."""
    found = kernel.store._rows
    assert isinstance(found, Rows)
    return found


def test_i1_a_payload_that_was_exchanged_in_the_database_never_runs(kernel: Kernel, ops: Reviewer):
    action = kernel.decide(ops, kernel.refund("180.00"))
    other = kernel.payload("payments.create_refund", "issue_refund", amount="199.00", currency="USD")
    rows(kernel).blobs[action.content.payload] = seal(bytes(32), other)
    with pytest.raises(ValueError, match="altered"):
        kernel.run()
    assert kernel.tools.calls == []
    assert kernel.action(action.id).status is not ActionStatus.SUCCEEDED


def test_i1_a_decision_that_nobody_signed_starts_nothing(kernel: Kernel, ops: Reviewer):
    """The envelope of another decision stands in the place of the one that was signed."""
    mine, other = kernel.refund("180.00"), kernel.refund("181.00")
    kernel.decide(ops, other, Verdict.REJECT, "No")
    cleared = kernel.decide(ops, mine)
    stored = rows(kernel).blobs
    stored[cleared.votes[0].statement] = stored[kernel.action(other.id).votes[0].statement]
    with pytest.raises(ValueError, match="altered"):
        kernel.run()
    assert kernel.tools.calls == []
    assert kernel.action(mine.id).status is not ActionStatus.SUCCEEDED


def test_i2_decision_clearance_and_start_carry_one_revision_payload_and_policy(kernel: Kernel, ops: Reviewer):
    action = kernel.decide(ops, kernel.refund("180.00"))
    kernel.run()
    stored = [read_stored(one) for one in kernel.store.read(lambda s: s.entries(start=0, limit=10_000))]
    found = {type(one.event): one for one in stored if one.id == action.id}
    decided, cleared, started = (found[kind] for kind in (DecisionRecorded, ActionCleared, ExecutionStarted))
    signed = kernel.store.read(lambda s: s.blob(decided.commits["statement"]))
    assert signed is not None
    statement = open_decision(signed, {ops.device: _Anybody()})
    assert isinstance(cleared.event, ActionCleared)
    assert isinstance(started.event, ExecutionStarted)
    assert (statement.action, statement.revision) == (action.id, cleared.event.revision)
    assert (statement.payload_sha256, statement.policy_sha256) == (
        action.content.payload,
        cleared.event.policy,
    )
    assert (started.event.clearance, started.event.revision) == (
        cleared.event.clearance,
        cleared.event.revision,
    )


class _Anybody:
    """Reads an envelope without judging who signed it."""

    def is_signed(self, message: bytes, signature: bytes) -> bool:
        return bool(message and signature)


def test_i3_a_new_revision_voids_the_votes_and_takes_all_of_them_again(kernel: Kernel, ops: Reviewer):
    activate_policy(kernel.services, TWO, by="admin")
    second, action = kernel.reviewer("ops-east", Tier.TWO), kernel.refund("180.00")
    old = kernel.signed(second, action, Verdict.APPROVE)
    assert kernel.decide(ops, action).status is ActionStatus.PENDING
    assert kernel.decide(second, kernel.action(action.id)).status is ActionStatus.CLEARED
    kernel.tools.records["pay_1"]["refunded"] = "10.00"
    kernel.run()
    again = kernel.action(action.id)
    assert (again.status, again.revision, again.votes) == (ActionStatus.PENDING, 2, ())
    with pytest.raises(Refusal) as caught:
        decide(kernel.services, second.principal, action.id, old, kernel.key())
    assert caught.value.code is Code.REVISION_STALE
    assert kernel.decide(ops, again).status is ActionStatus.PENDING
    kernel.run()
    assert kernel.tools.calls == []
    assert kernel.decide(second, kernel.action(action.id)).status is ActionStatus.CLEARED


@pytest.mark.parametrize(
    ("tool", "capability"),
    [("access.grant", "issue_refund"), ("payments.create_refund", "manage_access")],
)
def test_i14_a_tool_that_its_capability_does_not_name_is_denied(kernel: Kernel, tool: str, capability: str):
    action = kernel.propose(tool, capability, amount="1.00", currency="USD")
    assert action.status is ActionStatus.DENIED
    kernel.run()
    assert kernel.tools.calls == []


@pytest.mark.parametrize(
    ("tool", "capability", "code"),
    [
        ("payments.create_refund", "print_money", Code.CAPABILITY_UNKNOWN),
        ("payments.mint", "issue_refund", Code.TOOL_UNKNOWN),
    ],
)
def test_i14_what_nobody_knows_is_refused(kernel: Kernel, tool: str, capability: str, code: Code):
    with pytest.raises(Refusal) as caught:
        kernel.propose(tool, capability, amount="1.00", currency="USD")
    assert caught.value.code is code


def test_i14_an_action_whose_tool_is_gone_does_not_start(kernel: Kernel, ops: Reviewer):
    action = kernel.decide(ops, kernel.refund("180.00"))
    activate_policy(
        kernel.services, DOCUMENT.replace("payments.create_refund", "payments.refund"), by="admin"
    )
    kernel.run()
    assert kernel.action(action.id).status is ActionStatus.DENIED
    assert kernel.tools.calls == []


def test_i1_a_vote_by_hand_in_the_database_starts_nothing(kernel: Kernel):
    action = kernel.refund("180.00")

    def forge(tx: object) -> None:
        assert action.judged is not None
        event = ActionCleared(action.revision, "clr-forged", action.judged.policy, "decisions")
        Recorder(kernel.services, tx, "kernel/policy").record(Action, action.id, event)

    kernel.store.transact(forge)
    kernel.run()
    assert kernel.tools.calls == []
