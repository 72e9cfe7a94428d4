"""Loading capability documents: values with lines, or every problem with its place and its remedy."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineclear.domain.policy.capabilities import KeyRule, Rule
from lineclear.domain.policy.document import MAX_BYTES, DocumentError, Problem, digest, load
from lineclear.domain.policy.source import MAX_DEPTH
from lineclear.domain.vocabulary import Mode, Tier

RESOURCES = Path(__file__).parents[2] / "resources/policy"
SMALLEST = (RESOURCES / "smallest.yaml").read_text()
FULL = (RESOURCES / "full.yaml").read_text()


def problems(text: str) -> tuple[Problem, ...]:
    with pytest.raises(DocumentError) as caught:
        load(text)
    return caught.value.problems


def tool(line: str) -> str:
    """A document whose sixth line is the one in question."""
    return f"capabilities:\n  pay:\n    tools:\n      - name: a.b\n\n        {line}\n"


def the_problem(line: str) -> Problem:
    (found,) = problems(tool(line))
    return found


def test_the_smallest_honest_example_loads_as_it_stands():
    refunds = load(SMALLEST).capabilities["issue_refund"]
    rules = refunds.tools["payments.create_refund"]
    assert rules.max_amount_usd == Rule(Decimal(200), 5)
    assert rules.requires_approval_over_usd == Rule(Decimal(50), 6)
    assert rules.idempotency_key == Rule(KeyRule.REQUIRED, 7)
    assert refunds.audit.log_payload == Rule(value=True, line=9)
    assert refunds.audit.retention_days == Rule(365, 10)
    deploys = load(SMALLEST).capabilities["deploy_service"]
    assert deploys.tools["cicd.trigger_deploy"].requires_approval == Rule(value=True, line=15)
    assert deploys.environments == Rule(("staging",), 16)


def test_the_smallest_example_is_byte_for_byte_the_documented_one():
    assert digest(SMALLEST) == "d405223005fc26ff4eb57316243f45d3cce4e9b3f49f7e599f20e5a6a030c271"


def test_the_full_example_uses_every_key_and_loads():
    document = load(FULL)
    refunds, deploys = document.capabilities["issue_refund"], document.capabilities["deploy_service"]
    assert refunds.tools["payments.create_refund"].min_confidence == Rule(Decimal("0.85"), 10)
    assert refunds.tier == Rule(Tier.TWO, 17)
    assert refunds.undo_window is not None
    assert refunds.undo_window.value == 86_400
    assert deploys.tools["cicd.trigger_deploy"].approvals == Rule(2, 30)
    assert refunds.budget.usd == Rule(Decimal(1000), 21)
    assert document.budgets.count == Rule(5000, 90)
    assert document.mode_of("issue_refund", "anyone") is Mode.DELEGATED
    assert document.mode_of("deploy_service", "nightly-agent") is Mode.DRAFT
    assert document.mode_of("deploy_service", "another-agent") is Mode.DRAFT, "which everyone else is in"
    assert document.mode_of("unknown", "anyone") is None


def test_a_document_knows_the_digest_of_its_exact_bytes():
    assert load(SMALLEST).digest == digest(SMALLEST)
    assert digest(SMALLEST + "\n") != digest(SMALLEST)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("200", "200"),
        ("200.10", "200.10"),
        ('"0.30"', "0.30"),
        ("0.1", "0.1"),
        ("123456789012345.123456", "123456789012345.123456"),
    ],
)
def test_amounts_are_read_from_the_source_text_exactly(written: str, read: str):
    rule = load(tool(f"max_amount_usd: {written}")).capabilities["pay"].tools["a.b"].max_amount_usd
    assert rule is not None
    assert str(rule.value) == read
    assert rule.line == 6


NO_AMOUNTS = """
-5 0 0.00 1e3 .nan .inf -.inf 0x10 0o17 010 1_000 1.0000001 9999999999999999 true ten [5] +5 5. {'a':5}
"""


@pytest.mark.parametrize("written", NO_AMOUNTS.split())
@pytest.mark.parametrize("key", ["max_amount_usd", "requires_approval_over_usd"])
def test_an_amount_is_a_plain_positive_decimal(key: str, written: str):
    found = the_problem(f"{key}: {written}")
    assert (found.line, found.column) == (6, len(f"        {key}: ") + 1)
    assert found.path == f"pay.tools[0].{key}"


@pytest.mark.parametrize(
    ("line", "says", "remedy"),
    [
        ("max_amout_usd: 5", "Unknown key max_amout_usd.", "Did you mean max_amount_usd?"),
        ("colour: 5", "Unknown key colour.", "Known keys here: approvals, conditions, contract_version"),
        ("tier: 4", "tier cannot be 4.", "1, 2 or 3"),
        ("tier: 2.0", "tier cannot be 2.0.", "1, 2 or 3"),
        ("tier: true", "tier cannot be true.", "1, 2 or 3"),
        ("tier: '2'", "tier cannot be 2.", "1, 2 or 3"),
        ("approvals: 0", "approvals cannot be 0.", "how many different people"),
        ("requires_approval: yes", "requires_approval cannot be yes.", "true or false"),
        ("requires_approval: 1", "requires_approval cannot be 1.", "true or false"),
        ("idempotency_key: maybe", "idempotency_key cannot be maybe.", "required or optional"),
        ("min_confidence: 1.1", "min_confidence cannot be 1.1.", "0 to 1"),
        ("min_confidence: -0.1", "min_confidence cannot be -0.1.", "0 to 1"),
        ("tier:", "There is no value here.", "remove the key"),
        ("tier: ~", "There is no value here.", "remove the key"),
        ("tier: !!int 2", "Tags are not accepted.", "Remove the tag"),
        ("tier: &t 2", "Anchors and aliases are not accepted.", "Write the value out"),
        ("name: c.d", "Key name is already given on line 4.", "Keep one"),
        ("5: a", "A key must be a word.", "quotes"),
        ("? [a]\n        : 5", "A key must be a word.", "quotes"),
    ],
)
def test_what_cannot_be_is_refused_with_a_remedy(line: str, says: str, remedy: str):
    found = the_problem(line)
    assert found.says == says
    assert remedy in found.remedy
    assert found.line == 6


@pytest.mark.parametrize(
    ("text", "path", "line", "says"),
    [
        ("audit: {retention_days: 182}", "pay.audit.retention_days", 4, "retention_days cannot be 182."),
        ("audit: true", "pay.audit", 4, "audit cannot be true."),
        ("environment: {allowed: []}", "pay.environment.allowed", 4, "allowed is empty."),
        ("environment: {}", "pay.environment.allowed", 4, "Key allowed is missing here."),
        ("environment: {allowed: [5]}", "pay.environment.allowed[0]", 4, "An item of allowed cannot be 5."),
        ("environment: {allowed: [a, a]}", "pay.environment.allowed[1]", 4, "a is already listed on line 4."),
        ("modes: wild", "pay.modes", 4, "modes cannot be wild."),
        ("modes: {}", "pay.modes", 4, "modes is empty."),
        ("modes: {bot: wild}", "pay.modes.bot", 4, "bot cannot be wild."),
        ("modes: {b t: draft}", "pay.modes.'b t'", 4, "'b t' cannot be a name."),
        ("undo_window: soon", "pay.undo_window", 4, "undo_window cannot be soon."),
        ("undo_window: 0", "pay.undo_window", 4, "undo_window cannot be 0."),
        ("<<: {tier: 2}", "pay.'<<'", 4, "Unknown key '<<'."),
    ],
)
def test_what_holds_for_a_capability_is_checked(text: str, path: str, line: int, says: str):
    (found,) = problems(f"capabilities:\n  pay:\n    tools: [{{name: a.b}}]\n    {text}\n")
    assert (found.path, found.line, found.says) == (path, line, says)


def test_all_problems_are_told_at_once_in_the_order_of_the_text():
    text = SMALLEST.replace("200", "-200").replace("365", "90").replace("cicd.open_pr", "cicd.trigger_deploy")
    found = problems(text.replace("allowed", "alowed"))
    assert [(problem.line, problem.column) for problem in found] == [
        (5, 25),
        (10, 23),
        (14, 15),
        (16, 5),
        (17, 7),
    ]


def test_a_tool_is_listed_once_in_a_capability():
    (found,) = problems("capabilities:\n  a:\n    tools:\n      - name: x\n      - name: x\n")
    assert (found.line, found.says) == (5, "x is already listed on line 4.")


def test_an_approval_line_over_the_ceiling_would_never_ask():
    text = "capabilities:\n  a:\n    tools:\n      - name: x\n        max_amount_usd: 10\n"
    (found,) = problems(f"{text}        requires_approval_over_usd: 10.01\n")
    assert (found.line, found.column) == (6, 37)
    load(f"{text}        requires_approval_over_usd: 10\n")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "The document is empty."),
        ("# only a comment\n", "The document is empty."),
        ("[]", "A document is a group of keys."),
        ("~", "There is no value here."),
        ("capabilities: {}", "capabilities is empty."),
        ("a:\n\tb: 1", "This is not YAML: found character '\\t' that cannot start any token."),
        ("a: [1", "This is not YAML: expected ',' or ']', but got '<stream end>'."),
        ("a: '\x07'", "This character cannot stand in YAML."),
        ("a: \ud800", "This is not Unicode text."),
        ('a: "\\UFFFFFFFF"', "This is not YAML: a number in an escape or in a % line is too large."),
        (f"{SMALLEST}---\n{SMALLEST}", "A second document starts here."),
        (f"%YAML 1.1\n---\n{SMALLEST}", "Another version of YAML is asked for."),
        ("[" * 20_000, f"This is nested over {MAX_DEPTH} deep."),
        ("{a: " * 20_000, f"This is nested over {MAX_DEPTH} deep."),
        ("- " * 20_000, f"This is nested over {MAX_DEPTH} deep."),
        ("#" * (MAX_BYTES + 1), f"The document has {MAX_BYTES + 1} bytes; {MAX_BYTES} is the most."),
    ],
    ids=range(16),
)
def test_a_text_that_is_no_document_says_so(text: str, says: str):
    assert says in [problem.says for problem in problems(text)]


def test_a_bomb_of_aliases_is_refused_unexpanded():
    rungs = "".join(f"{b}: &{b} [*{a},*{a},*{a},*{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    found = problems(f"a: &a [x]\n{rungs}")
    assert sum(problem.says.startswith("Anchors") for problem in found) > len("abcdefgh")


def test_a_problem_reads_as_one_line():
    found = the_problem("tier: 4")
    assert str(found).startswith(
        "line 6, column 15 (pay.tools[0].tier): tier cannot be 4. Write the least tier"
    )


def test_what_a_document_says_cannot_be_changed_afterwards():
    document = load(SMALLEST)
    with pytest.raises(TypeError):
        document.capabilities["other"] = document.capabilities["issue_refund"]


def test_windows_line_ends_and_a_byte_order_mark_change_no_line():
    lines = load("\ufeff" + SMALLEST.replace("\n", "\r\n")).capabilities
    assert lines["deploy_service"].environments == load(SMALLEST).capabilities["deploy_service"].environments


_WORDS = st.sampled_from(["capabilities", "tools", "name", "modes", "draft", "!!int", ".nan", "200", "---"])
_MARKS = st.sampled_from(": -\n{}[],?|>#%'\"\t\\&a*~")
_PIECES = st.one_of(_WORDS, _MARKS, st.sampled_from([": ", "- ", "  "]))


def refused(text: str) -> tuple[Problem, ...]:
    """The problems of a text; none if it loads."""
    try:
        load(text)
    except DocumentError as error:
        return error.problems or pytest.fail("refused without a reason")
    return ()


@given(st.one_of(st.text(max_size=60), st.lists(_PIECES, max_size=40).map("".join)))
def test_any_text_loads_or_is_refused_with_places(text: str):
    assert all(p.line >= 1 and p.column >= 1 and p.says and p.remedy for p in refused(text))


@given(st.data())
def test_any_one_line_changed_loads_or_is_refused_with_places(data: st.DataObject):
    lines = FULL.splitlines(keepends=True)
    at = data.draw(st.integers(0, len(lines) - 1))
    lines[at] = data.draw(st.lists(_PIECES, max_size=8).map("".join)) + "\n"
    assert all(1 <= p.line <= len("".join(lines).splitlines()) + 1 for p in refused("".join(lines)))
