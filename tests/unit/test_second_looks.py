"""Second looks by chance: drawn after an approval, checkable by everybody, blind until they are taken."""

from __future__ import annotations

from collections import Counter

import pytest

from lineclear.application.deciding.escalating import escalate
from lineclear.application.governing.workspaces import activate_policy
from lineclear.application.reading.blind import is_blind
from lineclear.application.record.findings import Fault
from lineclear.application.recording import Recorder
from lineclear.domain.actions import Action
from lineclear.domain.events import SecondLookDrawn
from lineclear.domain.policy.stages import Place
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.second_looks import DRAWS, draw, is_drawn
from lineclear.domain.vocabulary import ActionStatus, Tier, Verdict
from support.kernel import DOCUMENT, Kernel
from support.replaying import replayed
from support.terminal import Terminal


def kernel_with(share: str) -> Kernel:
    kernel = Kernel()
    text = DOCUMENT.replace("  issue_refund:\n", f"  issue_refund:\n    second_review: {share}\n")
    activate_policy(kernel.services, text, by="admin")
    return kernel


def test_about_the_share_is_drawn_and_the_same_entries_always_draw_the_same():
    drawn = [draw("c", f"s{n}", "t") for n in range(2_000)]
    assert drawn == [draw("c", f"s{n}", "t") for n in range(2_000)]
    assert all(0 <= one < DRAWS for one in drawn)
    assert 140 < sum(is_drawn("0.1", one) for one in drawn) < 260
    assert all(is_drawn("1", one) and not is_drawn("0", one) for one in drawn)


def test_i9_what_is_drawn_waits_for_another_person_and_then_runs():
    kernel = kernel_with("1")
    west, east = kernel.reviewer("ops-west"), kernel.reviewer("ops-east")
    action = kernel.decide(west, kernel.refund("180.00"))
    assert action.status is ActionStatus.PENDING
    assert (action.second_look.share, action.second_look.after) == ("1.00", ("ops-west",))
    with pytest.raises(Refusal) as refused:
        kernel.decide(west, action)
    assert refused.value.code is Code.DUPLICATE_VOTE
    assert kernel.decide(east, action).status is ActionStatus.CLEARED
    kernel.run()
    assert kernel.action(action.id).status is ActionStatus.SUCCEEDED
    assert replayed(kernel.store)[1] == Counter()


def test_i9_a_second_look_is_by_somebody_who_had_not_approved_however_many_had():
    kernel = kernel_with("1")
    west, lead = kernel.reviewer("ops-west"), kernel.reviewer("lead", Tier.THREE)
    action = kernel.refund("180.00")
    escalate(kernel.services, west.principal, action.id, Place(1), "Odd", kernel.key())
    for reviewer in (west, lead):
        action = kernel.decide(reviewer, kernel.action(action.id))
    assert action.second_look.after == ("ops-west", "lead")
    assert action.status is ActionStatus.PENDING
    east = kernel.reviewer("ops-east")
    assert kernel.decide(east, action).status is ActionStatus.CLEARED
    assert replayed(kernel.store)[1] == Counter()


def test_what_is_not_drawn_is_cleared_at_once_and_says_that_it_was_drawn_for():
    kernel = kernel_with("0.000001")
    action = kernel.decide(kernel.reviewer("ops-west"), kernel.refund("180.00"))
    assert action.status is ActionStatus.CLEARED
    assert not action.second_look.is_drawn
    assert replayed(kernel.store)[1] == Counter()


def test_a_rejection_at_the_second_look_ends_it():
    kernel = kernel_with("1")
    west, east = kernel.reviewer("ops-west"), kernel.reviewer("ops-east")
    action = kernel.decide(west, kernel.refund("180.00"))
    assert kernel.decide(east, action, Verdict.REJECT, "Not this one").status is ActionStatus.REJECTED
    assert replayed(kernel.store)[1] == Counter()


def test_i8_the_agents_owner_takes_no_second_look():
    kernel = kernel_with("1")
    action = kernel.decide(kernel.reviewer("ops-west"), kernel.refund("180.00"))
    with pytest.raises(Refusal) as refused:
        kernel.decide(kernel.reviewer("owner", Tier.THREE), action)
    assert refused.value.code is Code.OWNER_CANNOT_DECIDE


def test_whoever_may_take_the_second_look_is_not_told_of_the_first():
    kernel = kernel_with("1")
    action = kernel.decide(kernel.reviewer("ops-west"), kernel.refund("180.00"), reason="Looks fine")
    assert is_blind(action, "ops-east")
    assert not is_blind(action, "ops-west")
    east = Terminal(kernel, name="ops-east")
    east.desk.show(action.id, unchanged=False)
    assert "Drawn for a second look" in east.said
    assert "ops-west" not in east.said
    assert "Looks fine" not in east.said
    decided = kernel.decide(kernel.reviewer("ops-south"), action)
    assert not is_blind(decided, "ops-east")


def test_a_draw_that_was_made_up_is_found():
    kernel = kernel_with("1")
    west = kernel.reviewer("ops-west")
    store = kernel.store
    action = kernel.refund("180.00")
    store.transact(
        lambda tx: Recorder(kernel.services, tx, "kernel/policy").record(
            Action, action.id, SecondLookDrawn(1, "1.00", DRAWS - 1, drawn=False, after=())
        )
    )
    kernel.decide(west, kernel.action(action.id))
    assert replayed(store)[1] == Counter({Fault.DECISION: 2})
