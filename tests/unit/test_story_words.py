"""What a story says of decisions on somebody else's authority, and of a judge outside."""

from __future__ import annotations

import pytest

from lineclear.desktop.presenters.ledger.story_words import consulted_words, decision_words
from lineclear.desktop.presenters.sheets import Mark
from lineclear.domain import events as e
from lineclear.domain.policy.consulted import Consulted
from lineclear.domain.vocabulary import Grounds, Outcome, Tier, Verdict


def decision(verdict: Verdict, grounds: Grounds, giver: str = "") -> e.DecisionRecorded:
    return e.DecisionRecorded(1, verdict, "ops-west", Tier.THREE, "dev_1", 1, grounds=grounds, giver=giver)


@pytest.mark.parametrize(
    ("event", "mark", "says"),
    [
        (decision(Verdict.APPROVE, Grounds.OWN), Mark.MET, "ops-west approved it at tier 3"),
        (
            decision(Verdict.APPROVE, Grounds.DELEGATED, "ops-lead"),
            Mark.MET,
            "ops-west approved it at tier 3, lent by ops-lead",
        ),
        (
            decision(Verdict.APPROVE, Grounds.BREAK_GLASS),
            Mark.ATTENTION,
            "ops-west approved it at tier 3, taken by breaking glass; others review that afterwards",
        ),
        (
            decision(Verdict.REJECT, Grounds.DELEGATED, "ops-lead"),
            Mark.REFUSED,
            "ops-west rejected it at tier 3, lent by ops-lead",
        ),
    ],
)
def test_a_decision_says_whose_authority_it_rested_on(event, mark, says):
    assert decision_words(event) == (mark, says)


@pytest.mark.parametrize(
    ("said", "mark", "says"),
    [
        (
            Consulted("proposal", "u", Outcome.ASK, "New customer"),
            Mark.ATTENTION,
            "Asked when it was proposed, the policy judge wanted a person: New customer",
        ),
        (
            Consulted("start", "u", problem="no answer within 500 ms"),
            Mark.UNKNOWN,
            "Asked before it started, the policy judge did not answer: no answer within 500 ms",
        ),
        (
            Consulted("edit", "u", Outcome.DENY),
            Mark.REFUSED,
            "Asked about the edited arguments, the policy judge denied it",
        ),
    ],
)
def test_what_a_judge_outside_said_is_told_with_its_occasion(said, mark, says):
    assert consulted_words(said) == (mark, says)
