"""What may be taken back: until when, around what others did since, and never over it."""

from __future__ import annotations

import pytest

from lineclear.application.executing.undo import UndoRequest, preview_undo, undo
from lineclear.application.governing.workspaces import activate_policy
from lineclear.application.reading.questions import undo_text
from lineclear.domain.actions import Action
from lineclear.domain.policy.reasons import ReasonCode
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import ActionStatus
from support.kernel import DOCUMENT, Kernel, Reviewer

WINDOWED = DOCUMENT.replace("  issue_refund:\n", "  issue_refund:\n    undo_window: 10m\n")


@pytest.fixture
def kernel() -> Kernel:
    return Kernel()


@pytest.fixture
def ops(kernel: Kernel) -> Reviewer:
    return kernel.reviewer()


def taken_back(kernel: Kernel, ops: Reviewer, action: Action) -> Action:
    seen = preview_undo(kernel.services, ops.principal, action.id)
    wanted = UndoRequest(seen.version, "A mistake")
    taken, _ = undo(kernel.services, ops.principal, action.id, wanted, kernel.key())
    kernel.run()
    return kernel.action(taken.id)


def test_i32_what_others_changed_elsewhere_stays_and_is_no_reason_against_an_undo(
    kernel: Kernel, ops: Reviewer
):
    action = kernel.refund("20.00")
    kernel.run()
    kernel.tools.records["pay_1"]["note"] = "called the customer"
    seen = preview_undo(kernel.services, ops.principal, action.id)
    assert (seen.moved, seen.undo.possible) == (("note",), True)
    assert taken_back(kernel, ops, action).status is ActionStatus.SUCCEEDED
    assert kernel.tools.records["pay_1"] == {
        "status": "captured",
        "refunded": "0.00",
        "note": "called the customer",
    }


def test_i32_what_others_changed_in_the_same_place_stands_in_the_way(kernel: Kernel, ops: Reviewer):
    action = kernel.refund("20.00")
    kernel.run()
    kernel.tools.records["pay_1"]["status"] = "disputed"
    seen = preview_undo(kernel.services, ops.principal, action.id)
    assert (seen.moved, seen.undo.possible, seen.undo.loses) == (
        ("status",),
        False,
        "changed since and in the way: status",
    )
    with pytest.raises(Refusal) as caught:
        taken_back(kernel, ops, action)
    assert caught.value.code is Code.NOT_REVERSIBLE
    assert kernel.tools.records["pay_1"]["status"] == "disputed"


def test_the_documents_undo_window_is_said_before_anybody_approves(kernel: Kernel):
    activate_policy(kernel.services, WINDOWED, by="admin")
    action = kernel.refund("180.00")
    assert action.status is ActionStatus.PENDING
    assert action.undo.window == 600
    assert undo_text(action, kernel.clock.now()) == "Yes, for 10:00"
    assert ReasonCode.UNDO_WINDOW in [reason.code for reason in action.judged.reasons]


def test_an_undo_is_refused_when_the_documents_window_is_over(kernel: Kernel, ops: Reviewer):
    activate_policy(kernel.services, WINDOWED, by="admin")
    early, late = kernel.refund("20.00"), kernel.refund("21.00")
    kernel.run()
    kernel.later(minutes=9)
    preview_undo(kernel.services, ops.principal, early.id)
    kernel.later(minutes=2)
    with pytest.raises(Refusal) as caught:
        preview_undo(kernel.services, ops.principal, late.id)
    assert caught.value.code is Code.NOT_REVERSIBLE
    assert "window is over" in caught.value.sentence


def test_without_a_window_an_undo_is_offered_at_any_time(kernel: Kernel, ops: Reviewer):
    action = kernel.refund("20.00")
    kernel.run()
    kernel.later(days=300)
    assert preview_undo(kernel.services, ops.principal, action.id).undo.possible
