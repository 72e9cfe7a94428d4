"""How fast policy judges an action and reads its document."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from time import perf_counter

import pytest

from lineclear.domain.contracts import MoneyFields, ToolContract
from lineclear.domain.policy.consulted import Consulted
from lineclear.domain.policy.document import load
from lineclear.domain.policy.evaluation import Facts, evaluate
from lineclear.domain.vocabulary import EffectClass, Mode, Outcome, Stake
from support_benchmarks import AtLeast, Ratio

FULL = (Path(__file__).parents[2] / "resources/policy/full.yaml").read_text()
ROUNDS, EACH = 5, 5_000


@pytest.mark.bench
def test_policy_judges_ten_thousand_actions_a_second(report_ratio: Callable[[Ratio], None]):
    document = load(FULL)
    assert document.opa is not None
    refund = Facts(
        capability="issue_refund",
        tool="payments.create_refund",
        arguments={"amount": "180.00", "currency": "USD"},
        contract=ToolContract(
            tool="payments.create_refund",
            connector="payments",
            effect=EffectClass.KEYED,
            stake=Stake.MONEY,
            money=MoneyFields("amount", "currency"),
        ),
        workspace_environment="production",
        confidence=Decimal("0.62"),
        idempotency_key=True,
        mode=Mode.DELEGATED,
        uninspectable=1,
        consulted=Consulted("propose", document.opa.url, Outcome.ALLOW),
    )
    rates = []
    for _ in range(ROUNDS):
        start = perf_counter()
        outcomes = [evaluate(document, refund).outcome for _ in range(EACH)]
        rates.append(EACH / (perf_counter() - start))
        assert set(outcomes) == {Outcome.ASK}
    report_ratio(Ratio("policy evaluations", "a fixed rate", max(rates), AtLeast(10_000), "/s"))
