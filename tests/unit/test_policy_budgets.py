"""What a capability document says of days: read with its lines, refused with a remedy, judged at once."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from lineclear.domain.contracts import MoneyFields, ToolContract
from lineclear.domain.policy.capabilities import DayLimits, Rule
from lineclear.domain.policy.document import DocumentError, load
from lineclear.domain.policy.evaluation import Facts, evaluate
from lineclear.domain.policy.reasons import ReasonCode
from lineclear.domain.policy.wording import sentence
from lineclear.domain.vocabulary import EffectClass, Outcome, Stake

POLICIES = Path(__file__).parents[2] / "resources/policy"
DOCUMENT = """\
budgets:
  per_day_cost_usd: 50
  per_day_steps: 5000
capabilities:
  pay:
    tools:
      - name: payments.refund
      - name: payments.read
    budget:
      per_agent_per_day_usd: 1000
      per_agent_per_day_actions: 20
"""
REFUND = ToolContract(
    tool="payments.refund",
    connector="test",
    effect=EffectClass.KEYED,
    stake=Stake.MONEY,
    money=MoneyFields("amount", "currency"),
)
READ = ToolContract(tool="payments.read", connector="test", effect=EffectClass.KEYED, stake=Stake.DATA)
FACTS = Facts(
    capability="pay",
    tool="payments.refund",
    arguments={"amount": "180.00", "currency": "USD"},
    contract=REFUND,
    workspace_environment="production",
    confidence=Decimal("0.95"),
    idempotency_key=True,
    mode=None,
)


def test_budgets_are_read_with_the_lines_that_state_them():
    document = load(DOCUMENT)
    assert document.budgets == DayLimits(Rule(Decimal(50), 2), Rule(5000, 3))
    assert document.capabilities["pay"].budget == DayLimits(Rule(Decimal(1000), 10), Rule(20, 11))


def test_a_document_without_budgets_limits_no_day():
    document = load((POLICIES / "smallest.yaml").read_text())
    assert document.budgets == DayLimits()
    assert {capability.budget for capability in document.capabilities.values()} == {DayLimits()}


@pytest.mark.parametrize(
    ("text", "path", "line", "column", "says", "remedy"),
    [
        ("per_day_cost_usd: 0", "budgets.per_day_cost_usd", 2, 21, "per_day_cost_usd cannot be 0.", "50"),
        ("per_day_steps: 1.5", "budgets.per_day_steps", 2, 18, "per_day_steps cannot be 1.5.", "5000"),
        ("per_day_usd: 5", "budgets.per_day_usd", 2, 3, "Unknown key per_day_usd.", "per_day_"),
        ("per_day_steps:", "budgets.per_day_steps", 2, 3, "There is no value here.", "Give a value"),
    ],
)
def test_what_is_no_budget_is_refused_with_its_place(
    text: str, path: str, line: int, column: int, says: str, remedy: str
):
    with pytest.raises(DocumentError) as refused:
        load(f"budgets:\n  {text}\ncapabilities:\n  pay:\n    tools: [{{name: a.b}}]\n")
    (found,) = refused.value.problems
    assert (found.path, found.line, found.column, found.says) == (path, line, column, says)
    assert remedy in found.remedy


def test_a_budget_of_a_capability_is_refused_with_its_place():
    with pytest.raises(DocumentError) as refused:
        load(DOCUMENT.replace("day_actions: 20", "day_actions: many"))
    (found,) = refused.value.problems
    assert (found.path, found.line) == ("pay.budget.per_agent_per_day_actions", 11)


@pytest.mark.parametrize(
    ("amount", "currency", "outcome", "says"),
    [
        (
            "1000.00",
            "USD",
            Outcome.ALLOW,
            "1000.00 USD is within the 1000.00 that one agent may move in a day.",
        ),
        ("1000.01", "USD", Outcome.DENY, "1000.01 USD is over the 1000.00 that one agent may move in a day."),
        (
            "5.00",
            "EUR",
            Outcome.DENY,
            "The currency is EUR, so the 1000.00 USD daily budget cannot be checked.",
        ),
        (
            "-5.00",
            "USD",
            Outcome.DENY,
            "-5.00 USD is below zero, so the 1000.00 USD daily budget cannot be checked.",
        ),
    ],
)
def test_what_can_never_fit_into_a_day_or_cannot_be_counted_is_denied(
    amount: str, currency: str, outcome: Outcome, says: str
):
    evaluation = evaluate(load(DOCUMENT), replace(FACTS, arguments={"amount": amount, "currency": currency}))
    (reason,) = [one for one in evaluation.reasons if one.path.startswith("pay.budget")]
    assert (evaluation.outcome, sentence(reason), reason.line) == (outcome, says, 10)


def test_a_tool_that_moves_no_money_is_not_held_against_the_money_of_a_day():
    evaluation = evaluate(load(DOCUMENT), replace(FACTS, tool="payments.read", contract=READ, arguments={}))
    assert evaluation.outcome is Outcome.ALLOW
    assert ReasonCode.AMOUNT_WITHIN_DAY not in {reason.code for reason in evaluation.reasons}
