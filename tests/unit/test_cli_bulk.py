"""Like actions are approved together from a terminal: every change is shown, and their number is typed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lineclear.adapters.memory.tools import MemoryTools
from lineclear.cli.bulk import approve_together
from lineclear.cli.reviewing import Desk, NotDone
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import ActionStatus
from support.kernel import CONTRACTS, Kernel
from support.terminal import Terminal

MERGES = "capability:manage_customers"


@pytest.fixture
def kernel() -> Kernel:
    records = {f"rec_{number}": {"status": "captured", "city": "Bern"} for number in range(9)}
    kernel = Kernel(tools=MemoryTools(CONTRACTS, records))
    for number in range(3):
        kernel.propose("crm.merge_customers", "manage_customers", id=f"rec_{number}")
    kernel.refund("60.00", id="rec_8")
    return kernel


def typing(terminal: Terminal, words: str) -> Desk:
    return replace(terminal.desk, prompt=lambda _question: words)


def statuses(kernel: Kernel, capability: str = "manage_customers") -> int:
    return sum(one.capability == capability for one in kernel.pending())


def test_every_change_is_shown_and_each_is_approved_once_its_number_was_typed(kernel: Kernel):
    terminal = Terminal(kernel)
    approve_together(typing(terminal, "3"), MERGES, None)
    assert "Approved together: 3" in terminal.said
    assert terminal.said.count("status") >= 3
    assert statuses(kernel) == 0
    assert statuses(kernel, "issue_refund") == 1


@pytest.mark.parametrize("typed", ["", "2", "yes"])
def test_another_number_sends_nothing(kernel: Kernel, typed: str):
    with pytest.raises(NotDone) as ended:
        approve_together(typing(Terminal(kernel), typed), MERGES, None)
    assert "3 would be approved" in ended.value.problem.sentence
    assert statuses(kernel) == 3


def test_without_a_terminal_the_number_has_to_be_given(kernel: Kernel):
    with pytest.raises(NotDone) as ended:
        approve_together(Terminal(kernel).desk, MERGES, None)
    assert ended.value.problem.code == "confirmation_impossible"
    terminal = Terminal(kernel, as_json=True)
    approve_together(terminal.desk, MERGES, 3)
    assert [one["action"]["status"] for one in terminal.json["items"]] == ["cleared"] * 3


def test_what_is_left_out_says_why_and_several_capabilities_are_none(kernel: Kernel):
    kernel.propose("crm.merge_customers", "manage_customers", id="rec_5", why="zero\u200bwidth")
    terminal = Terminal(kernel)
    approve_together(typing(terminal, "3"), MERGES, None)
    assert "Something about it asks for a second look" in terminal.said
    with pytest.raises(NotDone) as ended:
        approve_together(Terminal(kernel).desk, "for:me", 2)
    assert ended.value.problem.code == "nothing_together"


def test_one_that_is_refused_takes_no_other_along(kernel: Kernel):
    terminal = Terminal(kernel)
    gone = next(one for one in kernel.pending() if one.capability == "manage_customers")

    def typed(_question: str) -> str:
        kernel.decide(kernel.reviewer("ops-east"), gone)
        return "3"

    with pytest.raises(NotDone) as ended:
        approve_together(replace(terminal.desk, prompt=typed), MERGES, None)
    assert ended.value.problem.sentence == "1 of 3 were refused; the others are recorded."
    assert statuses(kernel) == 0
    assert gone.id in terminal.said


def test_a_filter_that_cannot_be_read_is_refused(kernel: Kernel):
    with pytest.raises(Refusal) as refused:
        approve_together(Terminal(kernel).desk, "due:soon", 2)
    assert refused.value.code is Code.FILTER_INVALID
    assert {one.status for one in kernel.pending()} == {ActionStatus.PENDING}
