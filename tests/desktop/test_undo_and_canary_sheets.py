"""What the console says of an undo beside drift, and of a canary once it is decided."""

from __future__ import annotations

import pytest

from lineclear.adapters.memory.gateway import MemoryGateway
from lineclear.application.executing.effects import load_effect
from lineclear.application.executing.undo import preview_undo
from lineclear.application.governing.planting import Planting, plant
from lineclear.desktop.presenters.review.around import Viewer
from lineclear.desktop.presenters.review.decisions import undo_sheet
from lineclear.desktop.presenters.review.outcome_sheets import OutcomeSheet
from lineclear.desktop.presenters.review.outcomes import outcome_sheet
from lineclear.desktop.presenters.sheets import UndoSheet
from lineclear.domain.actions import Action
from lineclear.domain.text import paintable
from lineclear.domain.vocabulary import Verdict
from support.kernel import Kernel, Reviewer


@pytest.fixture
def kernel() -> Kernel:
    return Kernel()


@pytest.fixture
def ops(kernel: Kernel) -> Reviewer:
    return kernel.reviewer()


def shown(kernel: Kernel, ops: Reviewer, action: Action) -> UndoSheet:
    run = kernel.action(action.id).run
    assert run is not None
    effect = kernel.store.read(lambda snapshot: load_effect(snapshot, run.effect))
    preview = preview_undo(kernel.services, ops.principal, action.id)
    sheet = undo_sheet(kernel.action(action.id), preview, effect)
    assert sheet is not None
    return sheet


def test_drift_elsewhere_is_named_and_the_undo_is_offered(kernel: Kernel, ops: Reviewer):
    action = kernel.refund("20.00")
    kernel.run()
    kernel.tools.records["pay_1"]["note"] = "called the customer"
    sheet = shown(kernel, ops, action)
    assert sheet.text == paintable("Others changed this since, and it stays: note.")
    assert sheet.why_not == ""
    assert sheet.changes is not None


def test_a_conflict_is_named_and_the_undo_is_not_offered(kernel: Kernel, ops: Reviewer):
    action = kernel.refund("20.00")
    kernel.run()
    kernel.tools.records["pay_1"]["status"] = "disputed"
    sheet = shown(kernel, ops, action)
    assert sheet.why_not == "Changed since and in the way: status"
    assert sheet.changes is not None
    assert sheet.changes.now_title == "Now"


def outcome(kernel: Kernel, ops: Reviewer, verdict: Verdict) -> OutcomeSheet:
    payload = kernel.payload("payments.create_refund", "issue_refund", amount="180.00", currency="USD")
    action = plant(kernel.services, Planting("support-agent", "Refund", payload, "Paid back last week."))
    decided = kernel.decide(ops, action, verdict, "Paid" if verdict is Verdict.REJECT else "")
    me = MemoryGateway(kernel.services, ops.principal).me()
    sheet = outcome_sheet(decided, Viewer(me.person, kernel.clock.now()))
    assert sheet is not None
    return sheet


@pytest.mark.parametrize(
    ("verdict", "title"),
    [(Verdict.REJECT, "A test, and you caught it"), (Verdict.APPROVE, "A test, and it was missed")],
)
def test_i20_a_decided_canary_says_what_was_wrong_and_that_nothing_happened(
    kernel: Kernel, ops: Reviewer, verdict: Verdict, title: str
):
    sheet = outcome(kernel, ops, verdict)
    assert sheet.title == title
    assert "Paid back last week. Nothing was changed" in str(sheet.text)
