"""Two policies on two halves of history: the halves are stable, and nothing unproven is called good."""

from __future__ import annotations

import pytest

from lineclear.application.lab.trials import Finding, Guardrails, share_of, trial
from lineclear.domain.policy.document import load
from lineclear.domain.trials import half_of
from lineclear.domain.vocabulary import Tier, Verdict
from support.kernel import DOCUMENT, Kernel

LOOSER = load(DOCUMENT.replace("over_usd: 50", "over_usd: 199"))
STRICTER = load(DOCUMENT.replace("over_usd: 50", "over_usd: 10"))


@pytest.fixture(scope="module")
def kernel():
    """Eighty jobs, each with one refund of 60; every fifth was rejected."""
    kernel = Kernel()
    reviewer = kernel.reviewer(tier=Tier.TWO)
    for number in range(80):
        kernel.job = kernel.open_job()
        verdict = Verdict.REJECT if number % 5 == 0 else Verdict.APPROVE
        kernel.decide(reviewer, kernel.refund("60.00"), verdict, "Because")
    return kernel


def test_a_job_stays_in_its_half_and_the_halves_are_about_equal():
    arms = [half_of(f"job_{n}") for n in range(2_000)]
    assert arms == [half_of(f"job_{n}") for n in range(2_000)]
    assert 900 < sum(arms) < 1_100
    assert arms != [half_of(f"job_{n}", "another trial") for n in range(2_000)]


def test_what_lets_wrong_actions_pass_breaks(kernel):
    found = trial(kernel.services, (STRICTER, LOOSER), guardrails=Guardrails(jobs=10))
    assert found.finding is Finding.BREAKS
    assert found.arms[0].wrong.count == 0
    assert found.arms[1].wrong.count > 0
    assert found.wrong.low > 0
    assert found.arms[0].jobs + found.arms[1].jobs == 80


def test_what_is_not_proven_harmless_is_too_little(kernel):
    found = trial(kernel.services, (STRICTER, STRICTER), guardrails=Guardrails(jobs=10))
    assert found.finding is Finding.TOO_LITTLE
    assert trial(kernel.services, (STRICTER, STRICTER)).finding in {Finding.TOO_LITTLE, Finding.HOLDS}


def test_what_keeps_its_guardrails_holds_and_what_asks_less_is_better(kernel):
    lenient = Guardrails(margin=0.2, jobs=10)
    assert trial(kernel.services, (STRICTER, STRICTER), guardrails=lenient).finding is Finding.HOLDS
    careful = Guardrails(margin=0.9, jobs=10)
    assert trial(kernel.services, (STRICTER, LOOSER), guardrails=careful).finding is Finding.BREAKS
    assert trial(kernel.services, (LOOSER, STRICTER), guardrails=careful).unattended.high < 0


def test_a_trial_gives_the_same_answer_twice(kernel):
    assert trial(kernel.services, (STRICTER, LOOSER)) == trial(kernel.services, (STRICTER, LOOSER))


def test_an_interval_holds_its_share_and_grows_where_there_is_less():
    few, many = share_of(1, 10, 0.95), share_of(100, 1_000, 0.95)
    assert few.low < few.share < few.high
    assert many.high - many.low < few.high - few.low
    nothing = share_of(0, 0, 0.95)
    assert (nothing.low, nothing.high) == (0.0, 1.0)
