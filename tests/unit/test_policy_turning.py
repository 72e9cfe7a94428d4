"""What would have changed a result is named only where the judge itself says so."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from lineclear.domain.policy.evaluation import Facts, evaluate
from lineclear.domain.policy.turning import Turn, result_words, turns
from lineclear.domain.vocabulary import Mode, Outcome
from support.policies import DOCUMENT, LOW, SATURDAY, TWENTY, credit, deploy, refund


def said(given: Facts) -> dict[str, str]:
    found = turns(DOCUMENT, given, evaluate(DOCUMENT, given))
    return {turn.says: turn.result for turn in found}


def test_an_amount_over_a_limit_names_the_amount_that_is_not():
    assert said(refund("90"))["an amount of 50.00 USD"] == "allowed"
    assert said(refund("250"))["an amount of 200.00 USD"] == "asked of 1 person at tier 2"


def test_an_amount_within_its_limits_names_the_first_that_is_not():
    assert said(refund("20")) | {} == {
        "an amount of 200.01 USD": "denied",
        "an amount of 50.01 USD": "asked of 1 person at tier 2",
        "no idempotency key": "denied",
        "mode draft for the agent": "asked of 1 person at tier 2, and nothing runs",
        "mode assisted for the agent": "asked of 1 person at tier 2",
        "confidence 0.84": "asked of 1 person at tier 2",
    }


def test_an_environment_names_those_that_would_do():
    assert said(deploy("laboratory"))["environment staging"] == "asked of 1 person at tier 1"
    assert said(deploy("production"))["environment staging"] == "asked of 1 person at tier 1"


def test_a_condition_a_rate_a_mode_and_a_doubt_are_each_tried():
    assert said(deploy("production", at=SATURDAY))[
        'if this were not so: action.arguments.environment == "production" && '
        '(time.weekday == "saturday" || time.weekday == "sunday")'
    ].startswith("asked")
    assert said(refund("20", recent=TWENTY))["no proposals before this one"] == "allowed"
    assert said(refund("20", mode=Mode.DRAFT))["mode delegated for the agent"] == "allowed"
    assert said(refund("20", confidence=LOW))["confidence 0.85"] == "allowed"
    assert said(refund("20", uninspectable=1))["a payload that can be read in full"] == "allowed"


def test_where_no_single_change_helps_all_of_them_together_do():
    hindered = refund("20", confidence=LOW, idempotency_key=False, recent=None)
    found = turns(DOCUMENT, replace(hindered, mode=Mode.DRAFT), evaluate(DOCUMENT, hindered))
    assert any(turn.milder for turn in found)
    both = refund("250", "EUR", idempotency_key=False)
    assert (
        said(both)["an amount of 200.00 USD; and an amount of 50.00 USD; and an idempotency key"] == "allowed"
    )


def test_what_no_fact_can_change_names_nothing():
    unknown = replace(refund("20"), capability="nobody_wrote_this")
    assert said(unknown) == {}


@pytest.mark.parametrize("given_", [refund("90"), refund("250"), credit("100"), deploy("production")])
def test_every_turn_is_another_result(given_: Facts):
    found = evaluate(DOCUMENT, given_)
    for turn in turns(DOCUMENT, given_, found):
        assert turn.result != result_words(found)


def test_turns_are_values_that_a_program_can_read():
    given_ = refund("90", confidence=Decimal(1))
    (amount,) = [one for one in turns(DOCUMENT, given_, evaluate(DOCUMENT, given_)) if "50.00" in one.says]
    assert amount == Turn("an amount of 50.00 USD", Outcome.ALLOW, milder=True)
