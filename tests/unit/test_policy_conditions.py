"""Conditions are checked where written, see the facts, and never allow what they cannot answer (I14)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineclear.domain.contracts import MoneyFields, ToolContract
from lineclear.domain.effects import Target
from lineclear.domain.policy.compiling import ConditionError, compiled
from lineclear.domain.policy.conditions import Answered, Condition, Then
from lineclear.domain.policy.document import DocumentError, load
from lineclear.domain.policy.evaluation import Evaluation, Facts, Occasion, evaluate
from lineclear.domain.policy.problems import Problem
from lineclear.domain.policy.reasons import ReasonCode
from lineclear.domain.vocabulary import EffectClass, Mode, Outcome, Stake

PAY = ToolContract(
    "pay.send", "bank", EffectClass.KEYED, Stake.MONEY, money=MoneyFields("amount", "currency")
)
KNOWN = Facts(
    capability="pay",
    tool="pay.send",
    arguments={"amount": "60", "currency": "USD", "items": [1, 2], "note": "x"},
    contract=PAY,
    workspace_environment="production",
    confidence=Decimal("0.9"),
    idempotency_key=True,
    mode=Mode.MANAGED,
    occasion=Occasion(
        action="act_1",
        agent="payer",
        owner="ana",
        job="job_1",
        customer="acme",
        project="p",
        workflow="refunds",
        target=Target("bank", "account", "42"),
        workspace="acme/main",
        at="2026-11-23T06:30:00+02:00",
    ),
)


def text(when: str, then: str = "deny") -> str:
    return f"""\
capabilities:
  pay:
    tools:
      - name: pay.send
        conditions:
          - when: {when}
            then: {then}
"""


def judged(when: str, given: Facts = KNOWN, then: str = "deny") -> Evaluation:
    return evaluate(load(text(f"'{when}'", then)), given)


def the_problem(when: str) -> Problem:
    with pytest.raises(DocumentError) as caught:
        load(text(when))
    (problem,) = caught.value.problems
    return problem


TRUE = [
    'action.capability == "pay" && action.tool == "pay.send"',
    "action.amount == 60.0",
    "action.amount > 50",
    'action.currency == "USD" && action.stake == "money" && action.effect == "B"',
    "action.confidence >= 0.9 && action.idempotency_key && action.mutates && !action.reversible",
    "action.arguments.items.all(item, item > 0) && size(action.arguments.items) == 2",
    'action.connector == "bank" && target.connector == "bank" && target.id == "42"',
    'agent.id == "payer" && agent.owner == "ana" && agent.mode == "managed"',
    'job.id == "job_1" && job.customer == "acme" && job.project == "p" && job.workflow == "refunds"',
    'workspace.name == "acme/main" && workspace.environment == "production"',
    'time.hour == 4 && time.minute == 30 && time.weekday == "monday" && time.date == "2026-11-23"',
    "timestamp(time.at).getFullYear() == 2026",
    'has(action.arguments.note) && action.arguments["note"].startsWith("x")',
]


@pytest.mark.parametrize("when", TRUE)
def test_a_condition_sees_what_is_known(when: str):
    assert judged(when).outcome is Outcome.DENY
    assert judged(f"!({when})").outcome is Outcome.ALLOW


UNANSWERABLE = [
    ("action.amount > 50", replace(KNOWN, arguments={"currency": "USD"})),
    ("action.arguments.missing == 1", KNOWN),
    ('action.amount > "x"', KNOWN),
    ("action.amount", KNOWN),
    ("1 / 0 > 1", KNOWN),
    ('job.workflow != "refunds"', replace(KNOWN, occasion=Occasion())),
    ('target.id != "42"', replace(KNOWN, occasion=Occasion())),
    ("time.hour > 99", replace(KNOWN, occasion=Occasion(at="some day"))),
    ("time.hour > 99", replace(KNOWN, occasion=Occasion(at="0001-01-01T00:00:00+23:00"))),
    ('agent.mode == "draft"', replace(KNOWN, mode=None)),
    ("action.confidence < 0.1", replace(KNOWN, confidence=None)),
    ("action.confidence < 0.1", replace(KNOWN, confidence=Decimal("sNaN"))),
    ("action.amount > 99999.0", replace(KNOWN, arguments={"amount": "123456789012345.123456"})),
    ("size(action.arguments) > 99 || action.arguments.x > 1", KNOWN),
]


@pytest.mark.parametrize(("when", "given"), UNANSWERABLE)
@pytest.mark.parametrize("then", ["ask", "deny"])
def test_a_condition_that_cannot_be_answered_has_its_effect(when: str, given: Facts, then: str):
    found = judged(when, given, then)
    assert found.outcome == then
    assert ReasonCode.CONDITION_UNKNOWN in {reason.code for reason in found.reasons}


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(
    st.dictionaries(st.sampled_from(["amount", "currency", "items", "note"]), values), st.text(), st.text()
)
def test_no_odd_fact_turns_a_condition_into_a_permission(arguments: dict, workflow: str, at: str):
    odd = replace(KNOWN, arguments=arguments, occasion=Occasion(workflow=workflow, at=at))
    for when in TRUE:
        for asked in (when, f"!({when})"):
            found = judged(asked, odd)
            codes = {reason.code for reason in found.reasons}
            assert found.outcome is Outcome.DENY or ReasonCode.CONDITION_FALSE in codes
        both = {judged(when, odd).outcome, judged(f"!({when})", odd).outcome}
        assert Outcome.DENY in both


@pytest.mark.parametrize(
    ("when", "place", "says", "remedy"),
    [
        ("action.amount >", (6, 34), "This is not a condition", "true or false"),
        ('"action.amount >"', (6, 34), "This is not a condition", "true or false"),
        ("action.amuont > 5.0", (6, 26), "action has no amuont.", "Did you mean amount?"),
        ("actoin.amount > 5.0", (6, 19), "A condition knows no actoin.", "Did you mean action?"),
        ("size(job.id) > 1 && sized(job.id) > 1", (6, 39), "There is no function sized.", "size"),
        ("now() > 1", (6, 19), "There is no function now.", "There are"),
        (
            "|\n              true &&\n              nope",
            (6, 19),
            "In line 2 of the condition: A condition knows no nope.",
            "It knows action",
        ),
    ],
)
def test_a_condition_that_cannot_be_compiled_is_refused_at_its_place(
    when: str, place: tuple[int, int], says: str, remedy: str
):
    problem = the_problem(when)
    assert problem.path == "pay.tools[0].conditions[0].when"
    assert says in problem.says
    assert remedy in problem.remedy
    assert (problem.line, problem.column) == place


def test_a_condition_cannot_be_told_to_allow():
    with pytest.raises(DocumentError, match="then cannot be allow"):
        load(text("'true'", "allow"))


def test_words_in_quotes_and_names_of_a_loop_are_no_mistakes():
    load(text('\'action.arguments.items.exists(one, one == 1) && "job.nothing nope(" != ""\''))


def test_a_condition_has_an_end():
    assert "CEL" in the_problem(f"'{'true && ' * 200}true'").remedy
    assert the_problem(f"'{'(' * 400}true{')' * 400}'").line == 6


@pytest.mark.parametrize(
    ("key", "says"),
    [
        ("stages: [{name: a, approvals: 2, of: [ana]}]", "More approvals are asked for"),
        ("stages: [{name: a, group: x, any_of: [{group: y}]}]", "in two ways"),
        ("stages: [{name: a, all_of: [{group: y}], tier: 2}]", "in two ways"),
        ("stages: [{name: a}, {name: a}]", "already listed"),
        ("approvals: 2\n    stages: [{name: a}]", "both say how many"),
        (
            "stages: ["
            + ", ".join(
                f"{{name: s{n}, any_of: [{{group: a}}, {{group: b}}, {{tier: 3}}]}}" for n in range(4)
            )
            + "]",
            "more than 64 ways",
        ),
        ("environment: {allowed: [a], requires_approval: [b]}", "not allowed at all"),
        ("rate: {most: 0, per: 1h}", "most cannot be 0"),
        ("second_review: 2", "second_review cannot be 2"),
        ("reversible: maybe", "reversible cannot be maybe"),
        ("reviewer_ceilings_usd: {ana: -1}", "ana cannot be -1"),
    ],
)
def test_what_contradicts_itself_is_refused_with_a_remedy(key: str, says: str):
    with pytest.raises(DocumentError, match=says):
        load(f"capabilities:\n  pay:\n    tools:\n      - name: pay.send\n    {key}\n")


@pytest.mark.parametrize(
    "when",
    [
        "".join(f"[0,0,0,0,0,0,0,0,0,0].all(a{n}, " for n in range(20)) + "true" + ")" * 20,
        "".join("[0,0,0,0,0,0,0,0,0,0] . all (action, " for _ in range(20)) + "true" + ")" * 20,
        "r'\\' != '' && " + "".join("[0,1].all(action, " for _ in range(20)) + "true" + ")" * 20,
        'size(["aaaaaaaaaa"]' + ".map(x, x + x)" * 40 + ") > 0",
    ],
)
def test_i28_a_condition_that_could_run_for_ever_is_refused_before_it_is_tried(when: str):
    with pytest.raises(ConditionError, match="loops"):
        compiled(when)


def test_i14_loops_over_more_than_can_be_gone_through_have_no_answer():
    text = "items.all(one, items.exists_one(other, one == other))"
    twice = Condition(text, 1, Then.DENY, compiled(text.replace("items", "action.arguments.items")))
    assert twice.ask({"action": {"arguments": {"items": list(range(100))}}}) is Answered.TRUE
    assert twice.ask({"action": {"arguments": {"items": list(range(20_000))}}}) is Answered.UNKNOWN
    once = Condition(
        "items.all(one, one >= 0)", 1, Then.DENY, compiled("action.arguments.items.all(x, x >= 0)")
    )
    assert once.ask({"action": {"arguments": {"items": list(range(20_000))}}}) is Answered.TRUE
