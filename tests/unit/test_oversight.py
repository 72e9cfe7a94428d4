"""How people decide, as ops leads see it: what is counted, of whom, and what it costs."""

from __future__ import annotations

import pytest

from lineclear.adapters.memory.gateway import MemoryGateway
from lineclear.application.deciding.editing import Edit, edit_action
from lineclear.application.executing.undo import UndoRequest, preview_undo, undo
from lineclear.application.governing.workspaces import activate_policy
from lineclear.application.reading.answers import ReviewFigures, Spread
from lineclear.application.reading.oversight import read_oversight
from lineclear.cli.oversight import oversight
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import ActionStatus, Role, Tier, Verdict
from support.kernel import DOCUMENT, Kernel
from support.terminal import Terminal


@pytest.fixture
def kernel():
    return Kernel()


@pytest.fixture
def west(kernel):
    return kernel.reviewer("ops-west")


def figures(kernel, person="", capability="", days=7) -> ReviewFigures:
    lead = kernel.token("lead", Role.OPS, tier=Tier.TWO)
    rows = read_oversight(kernel.services, lead, days).rows
    nothing = ReviewFigures(person, capability)
    return next((one for one in rows if (one.person, one.capability) == (person, capability)), nothing)


def test_times_are_of_those_who_decided_and_spread_over_them(kernel, west):
    for waited, dwelt in ((10, 900), (20, 4_000), (60, 8_000)):
        action = kernel.refund("180.00")
        kernel.later(seconds=waited)
        kernel.decide(west, action, looked=kernel.looked(action, dwell_ms=dwelt, changes=1))
    found = figures(kernel, "ops-west", "issue_refund")
    assert (found.decided, found.approved, found.hasty) == (3, 3, 1)
    assert found.queue_seconds == Spread(3, 10, 20, 60)
    assert found.dwell_ms == Spread(3, 900, 4_000, 8_000)


def test_what_was_rejected_edited_and_undone_is_counted_where_it_belongs(kernel, west):
    east = kernel.reviewer("ops-east")
    kernel.decide(west, kernel.refund("180.00"), Verdict.REJECT, "No")
    edited = kernel.refund("180.00")
    arguments = b'{"id": "pay_1", "fields": {"status": "refunded"}, "amount": "90.00", "currency": "USD"}'
    edit_action(kernel.services, east.principal, edited.id, Edit(arguments, 1), kernel.key())
    done = kernel.decide(west, kernel.action(edited.id))
    kernel.run()
    preview = preview_undo(kernel.services, west.principal, done.id)
    undo(kernel.services, west.principal, done.id, UndoRequest(preview.version, "Wrong"), kernel.key())
    kernel.run()
    assert kernel.action(done.id).status is ActionStatus.UNDONE
    mine, theirs = figures(kernel, "ops-west"), figures(kernel, "ops-east")
    assert (mine.decided, mine.approved, mine.rejected, mine.undone) == (2, 1, 1, 1)
    assert (theirs.decided, theirs.edited) == (0, 1)
    together = figures(kernel)
    assert (together.decided, together.edited, together.undone) == (2, 1, 1)
    assert figures(kernel, capability="issue_refund") == ReviewFigures(
        "", "issue_refund", **{name: getattr(together, name) for name in together.__struct_fields__[2:]}
    )


def test_a_second_look_that_differs_is_kept_of_both(kernel, west):
    text = DOCUMENT.replace("  issue_refund:\n", "  issue_refund:\n    second_review: 1\n")
    activate_policy(kernel.services, text, by="admin")
    east = kernel.reviewer("ops-east")
    kernel.decide(east, kernel.decide(west, kernel.refund("180.00")), Verdict.REJECT, "No")
    kernel.decide(east, kernel.decide(west, kernel.refund("181.00")))
    mine, theirs = figures(kernel, "ops-west"), figures(kernel, "ops-east")
    assert (mine.overturned, mine.second_looks) == (1, 0)
    assert (theirs.second_looks, theirs.differed, theirs.overturned) == (2, 1, 0)


def test_what_is_older_than_the_window_is_not_counted(kernel, west):
    kernel.decide(west, kernel.refund("180.00"), Verdict.REJECT, "No")
    kernel.later(days=3)
    kernel.job = kernel.open_job()
    kernel.decide(west, kernel.refund("180.00"), Verdict.REJECT, "No")
    assert figures(kernel, days=2).decided == 1
    assert figures(kernel, days=7).decided == 2


@pytest.mark.parametrize("role", [Role.APPROVER, Role.AUDITOR, Role.AGENT])
def test_nobody_else_sees_how_others_decide(kernel, role):
    owner = {"owner": "owner"} if role is Role.AGENT else {}
    gateway = MemoryGateway(kernel.services, kernel.token("curious", role, **owner))
    with pytest.raises(Refusal) as refused:
        gateway.oversight()
    assert refused.value.code in {Code.ROLE_INSUFFICIENT, Code.AGENT_CANNOT_DECIDE}


@pytest.mark.parametrize("days", [0, 91])
def test_a_window_is_a_day_to_ninety(kernel, days):
    with pytest.raises(Refusal) as refused:
        read_oversight(kernel.services, kernel.token("lead", Role.OPS), days)
    assert refused.value.code is Code.QUERY_INVALID


def test_a_terminal_says_it_in_words(kernel, west):
    action = kernel.refund("180.00")
    kernel.decide(west, action, looked=kernel.looked(action, dwell_ms=4_000, changes=1))
    kernel.decide(west, kernel.refund("180.00"), Verdict.REJECT, "No")
    lead = Terminal(kernel, name="lead")
    oversight(lead.desk, 7)
    assert "2 decided: 1 approved, 1 rejected (50 % rejected), 0 edited" in lead.said
    assert "looked at for 4 s (a tenth 4 s, nine tenths 4 s), 0 too short" in lead.said
    assert "ops-west" in lead.said
