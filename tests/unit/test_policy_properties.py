"""What holds for policy whatever the document's numbers and the agent's arguments are."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from lineclear.domain.contracts import MoneyFields, ToolContract
from lineclear.domain.policy.document import load
from lineclear.domain.policy.evaluation import Evaluation, Facts, evaluate
from lineclear.domain.policy.wording import sentence, where
from lineclear.domain.vocabulary import EffectClass, Mode, Outcome, Stake

DOCUMENT = load((Path(__file__).parents[2] / "resources/policy/full.yaml").read_text())
TOOLS = [(name, tool) for name, known in DOCUMENT.capabilities.items() for tool in known.tools]
SEVERITY = [Outcome.ALLOW, Outcome.ASK, Outcome.DENY]

json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=80),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
amounts = st.decimals("0.01", "400", places=2).map(str)
environments = st.sampled_from(["staging", "preview", "production", None])
modes = st.none() | st.sampled_from(Mode)
doubts = st.none() | st.decimals("0", "1", places=2)


@st.composite
def contracts(draw: st.DrawFn, tool: str) -> ToolContract:
    return ToolContract(
        tool=tool,
        connector="test",
        effect=EffectClass.KEYED,
        stake=draw(st.sampled_from(Stake)),
        mutates=draw(st.booleans()),
        reversible=draw(st.booleans()),
        undo_window=draw(st.none() | st.integers(1, 10**6)),
        money=draw(st.none() | st.just(MoneyFields("amount", "currency"))),
        environment=draw(st.none() | st.just("environment")),
    )


@st.composite
def sensible(draw: st.DrawFn) -> Facts:
    capability, tool = draw(st.sampled_from(TOOLS))
    return Facts(
        capability=capability,
        tool=tool,
        arguments={"amount": draw(amounts), "currency": "USD", "environment": draw(environments)},
        contract=draw(contracts(tool)),
        workspace_environment="production",
        confidence=draw(doubts),
        idempotency_key=draw(st.booleans()),
        mode=draw(modes),
        uninspectable=draw(st.integers(0, 2)),
    )


@st.composite
def odd(draw: st.DrawFn) -> Facts:
    facts = draw(sensible())
    return replace(
        facts,
        capability=draw(st.just(facts.capability) | st.text()),
        tool=draw(st.just(facts.tool) | st.text()),
        arguments={name: draw(json) for name in ("amount", "currency", "environment")},
        contract=draw(st.just(facts.contract) | st.none()),
        workspace_environment=draw(st.text()),
        confidence=draw(
            st.none() | st.decimals() | st.sampled_from([Decimal("sNaN"), Decimal("1E-999999999")])
        ),
        uninspectable=draw(st.integers()),
    )


def strictness(found: Evaluation) -> tuple[int, int]:
    return SEVERITY.index(found.outcome), found.tier or 0


@given(odd())
def test_odd_facts_are_findings_and_never_failures(facts: Facts):
    found = evaluate(DOCUMENT, facts)
    assert found.reasons
    assert all(sentence(reason).isprintable() and where(reason) for reason in found.reasons)
    assert evaluate(DOCUMENT, facts) == found


@given(sensible())
def test_a_tier_and_a_quorum_are_named_when_policy_asks_and_only_then(facts: Facts):
    found = evaluate(DOCUMENT, facts)
    asks = found.outcome is Outcome.ASK
    assert (found.tier is not None) == asks
    assert (found.approvals > 0) == asks


@given(sensible())
def test_more_trust_never_asks_for_more(facts: Facts):
    by_trust = [Mode.DRAFT, Mode.ASSISTED, Mode.DELEGATED, Mode.MANAGED]
    found = [strictness(evaluate(DOCUMENT, replace(facts, mode=mode))) for mode in by_trust]
    assert found == sorted(found, reverse=True)


@given(sensible())
def test_a_mode_never_widens_what_policy_allows(facts: Facts):
    alone = evaluate(DOCUMENT, replace(facts, mode=None))
    assert strictness(evaluate(DOCUMENT, facts)) >= strictness(alone)


@given(sensible())
def test_a_doubt_never_makes_policy_milder(facts: Facts):
    certain = replace(facts, confidence=Decimal(1), uninspectable=0)
    assert strictness(evaluate(DOCUMENT, facts)) >= strictness(evaluate(DOCUMENT, certain))


@given(sensible(), amounts)
def test_a_larger_amount_never_makes_policy_milder(facts: Facts, other: str):
    less, more = sorted([str(facts.arguments["amount"]), other], key=Decimal)
    small, large = (
        evaluate(DOCUMENT, replace(facts, arguments={**facts.arguments, "amount": amount}))
        for amount in (less, more)
    )
    assert strictness(large) >= strictness(small)


@given(sensible())
def test_an_action_without_a_contract_is_denied(facts: Facts):
    assert evaluate(DOCUMENT, replace(facts, contract=None)).outcome is Outcome.DENY


@given(sensible())
def test_draft_mode_executes_nothing(facts: Facts):
    assert not evaluate(DOCUMENT, replace(facts, mode=Mode.DRAFT)).executes
