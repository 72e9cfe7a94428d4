"""A terminal takes jobs, effects and words in hand: stop, undo, safe mode, edit."""

from __future__ import annotations

import pytest

from lineclear.cli.editing import edit
from lineclear.cli.reviewing import Asked, NotDone
from lineclear.domain.actions import Action
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import ActionStatus, JobStatus
from support.kernel import Kernel
from support.terminal import Teller, Terminal


@pytest.fixture
def kernel() -> Kernel:
    return Kernel()


# -- control -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("by_action", [True, False])
def test_a_job_is_stopped_by_its_own_id_or_by_that_of_its_action(kernel: Kernel, *, by_action: bool):
    action = kernel.refund("80.00")
    terminal = Terminal(kernel, as_json=True)
    terminal.desk.stop(action.id if by_action else kernel.job, "Enough")
    assert (terminal.json["id"], terminal.json["status"]) == (kernel.job, JobStatus.STOPPED)
    assert kernel.action(action.id).status is ActionStatus.STOPPED


def test_an_undo_is_shown_then_asked_for_then_takes_the_effect_back(kernel: Kernel):
    action, teller = _done(kernel), Teller()
    terminal = Terminal(kernel, ask=teller)
    terminal.desk.undo(action.id, "A mistake", Asked())
    assert '~ status\n    - "refunded"\n    + "captured"' in terminal.said
    assert teller.questions == [f"Undo {action.id} as shown?"]
    kernel.run()
    assert kernel.tools.records["pay_1"] == {"status": "captured", "refunded": "0.00"}


def test_an_undo_that_would_overwrite_a_later_change_is_shown_and_refused(kernel: Kernel):
    action, teller = _done(kernel), Teller()
    kernel.tools.records["pay_1"]["status"] = "disputed"
    terminal = Terminal(kernel, ask=teller)
    with pytest.raises(Refusal) as refused:
        terminal.desk.undo(action.id, "A mistake", Asked())
    assert (refused.value.code, teller.questions) == (Code.NOT_REVERSIBLE, [])
    assert "It cannot be undone: changed since and in the way: status" in terminal.said


def test_what_moves_after_an_undo_was_shown_is_not_overwritten(kernel: Kernel):
    action = _done(kernel)

    def move() -> None:
        kernel.tools.records["pay_1"]["refunded"] = "80.00"

    with pytest.raises(Refusal) as refused:
        Terminal(kernel, ask=Teller(meanwhile=move)).desk.undo(action.id, "A mistake", Asked())
    assert refused.value.code is Code.TARGET_MOVED


def test_safe_mode_needs_a_reason_holds_what_is_cleared_and_says_who_asked(kernel: Kernel):
    with pytest.raises(Refusal) as refused:
        Terminal(kernel).desk.switch_safe_mode(on=True, reason="")
    assert refused.value.code is Code.REASON_MISSING
    Terminal(kernel).desk.switch_safe_mode(on=True, reason="Odd refunds")
    action = kernel.refund("80.00")
    Terminal(kernel).desk.approve(action.id, "", Asked(yes=True))
    kernel.run()
    assert kernel.tools.calls == []
    terminal = Terminal(kernel)
    terminal.desk.safe_modes()
    terminal.desk.show(action.id, unchanged=False)
    assert terminal.said.startswith("Safe mode is on: workspace\n  Requested by ops-west at ")
    assert "Odd refunds" in terminal.said
    assert "! Cleared and waiting: safe mode is on\n  Requested for workspace by ops-west" in terminal.said
    Terminal(kernel).desk.switch_safe_mode(on=False, reason="Explained")
    kernel.later(minutes=1)
    kernel.run()
    assert kernel.tools.records["pay_1"]["status"] == "refunded"


def _done(kernel: Kernel) -> Action:
    action = kernel.refund("80.00")
    Terminal(kernel).desk.approve(action.id, "", Asked(yes=True))
    kernel.run()
    return kernel.action(action.id)


# -- editing -------------------------------------------------------------------------------------------


def test_an_edit_is_shown_with_what_policy_would_say_and_made_when_confirmed(kernel: Kernel):
    action, teller = kernel.refund("180.00"), Teller()
    terminal = Terminal(kernel, ask=teller)
    edit(terminal.desk, action.id, ("amount=120.00",), None, "One capture only", Asked())
    assert '"120.00"' in terminal.said
    assert "It needs 1 approver at tier 2; earlier votes are void." in terminal.said
    assert teller.questions == ["Make revision 2 as shown?"]
    after = kernel.action(action.id)
    assert (after.revision, after.amount, after.edited_by) == (2, "120.00", "ops-west")
    shown = Terminal(kernel)
    shown.desk.show(action.id, unchanged=False)
    assert "Proposed by the agent, and as ops-west edited it" in shown.said


def test_an_edit_that_policy_denies_says_so_and_changes_nothing(kernel: Kernel):
    action = kernel.refund("180.00")
    terminal = Terminal(kernel, ask=Teller())
    with pytest.raises(Refusal) as refused:
        edit(terminal.desk, action.id, ("amount=900.00",), None, "", Asked())
    assert refused.value.code is Code.EDIT_DENIED
    assert "Policy denies it" in terminal.said
    assert kernel.action(action.id).revision == 1


@pytest.mark.parametrize(("given", "said"), [("amount", "not NAME=VALUE"), ("lines.0.x=1", "no place")])
def test_an_edit_of_a_place_that_is_not_there_is_refused(kernel: Kernel, given: str, said: str):
    action = kernel.refund("180.00")
    with pytest.raises(Refusal, match=said):
        edit(Terminal(kernel).desk, action.id, (given,), None, "", Asked(yes=True))


def test_without_somebody_to_ask_an_edit_needs_yes(kernel: Kernel):
    action = kernel.refund("180.00")
    with pytest.raises(NotDone):
        edit(Terminal(kernel).desk, action.id, ("amount=120.00",), None, "", Asked())
    edit(Terminal(kernel).desk, action.id, ("amount=120.00",), None, "", Asked(yes=True))
    assert kernel.action(action.id).revision == 2
