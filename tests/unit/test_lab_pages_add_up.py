"""The pages of a replay, added up, are the replay of the whole."""

from __future__ import annotations

from functools import reduce

import pytest

from lineclear.application.lab.replaying import EVERYTHING, Stretch, replay_page
from lineclear.application.lab.tallies import added
from lineclear.domain.vocabulary import Role, Verdict
from support.kernel import DOCUMENT, Kernel

LOOSER = DOCUMENT.replace("requires_approval_over_usd: 50", "requires_approval_over_usd: 150")


@pytest.fixture
def kernel():
    """What people approved, rejected and never saw, with something that no document judges."""
    kernel = Kernel()
    reviewer = kernel.reviewer("desk")
    for number, amount in enumerate(("20.00", "80.00", "90.00", "170.00", "60.00")):
        action = kernel.refund(amount)
        if number % 2:
            kernel.decide(reviewer, action, Verdict.REJECT, "Not theirs")
    kernel.run()
    return kernel


@pytest.mark.parametrize("limit", [1, 3, 7])
def test_pages_of_any_length_add_up_to_the_whole(kernel, limit):
    auditor = kernel.token("auditor", Role.AUDITOR)
    whole = replay_page(kernel.services, auditor, [LOOSER], EVERYTHING)
    assert whole.results[1].passed == 1
    pages, start = [], 0
    while start < whole.size:
        page = replay_page(kernel.services, auditor, [LOOSER], Stretch(start, limit))
        pages.append(page.results)
        start = page.next
    for number, expected in enumerate(whole.results):
        assert reduce(added, (results[number] for results in pages)) == expected
