"""What policy decides: one table of decisions, each with its outcome, tier, sentence and line."""

# ruff: noqa: E501  # a table of decisions reads better in rows
from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from lineclear.domain.contracts import MoneyFields, ToolContract
from lineclear.domain.policy.document import load
from lineclear.domain.policy.evaluation import Evaluation, Facts, evaluate
from lineclear.domain.policy.rules import undo_window
from lineclear.domain.policy.wording import sentence, where
from lineclear.domain.strict_json import Json
from lineclear.domain.vocabulary import EffectClass, Mode, Outcome, Stake, Tier

SMALLEST = (Path(__file__).parents[2] / "resources/policy/smallest.yaml").read_text()

LIMITS = """\
capabilities:
  crm:
    tools:
      - name: crm.update
      - name: crm.delete
      - name: crm.read
      - name: crm.export
        min_confidence: 0.95
      - name: crm.merge
        requires_approval: true
        tier: 1
        approvals: 3
      - name: crm.pay
        requires_approval_over_usd: 49.50
      - name: crm.cap
        max_amount_usd: "200.00"
        idempotency_key: optional
        requires_approval: false
    tier: 2
    approvals: 2
    undo_window: 24h
  bare:
    tools:
      - name: data.set
      - name: data.drop
      - name: code.merge
      - name: access.grant
        requires_approval: true
      - name: people.invite
        requires_approval: true
      - name: policy.edit
        requires_approval: true
      - name: data.purge
        requires_approval: true
      - name: data.note
        requires_approval: true
      - name: deploy.run
        requires_approval: true
      - name: refund.small
        max_amount_usd: 20
  drafted:
    tools:
      - name: data.set
    modes: draft
  listed:
    tools:
      - name: deploy.run
    environment:
      allowed: [staging, production]
    modes:
      release-agent: delegated
"""

DOCUMENTS = {"smallest": load(SMALLEST), "limits": load(LIMITS)}


def contract(
    tool: str,
    stake: Stake = Stake.DATA,
    *,
    reversible: bool = False,
    environment: str | None = None,
    mutates: bool = True,
) -> ToolContract:
    pays = stake is Stake.MONEY
    return ToolContract(
        tool=tool,
        connector="test",
        effect=EffectClass.KEYED,
        stake=stake,
        reversible=reversible,
        mutates=mutates,
        environment=environment,
        money=MoneyFields("amount", "currency") if pays else None,
        undo_window=3_600 if reversible else None,
    )


REFUND = contract("payments.create_refund", Stake.MONEY)
OPEN_PR = contract("cicd.open_pr", Stake.CODE, reversible=True)
DEPLOY = contract("cicd.trigger_deploy", Stake.DEPLOYMENT, reversible=True, environment="environment")


def facts(capability: str, known: ToolContract | None, **more: object) -> Facts:
    given: dict[str, object] = {
        "capability": capability,
        "tool": known.tool if known else "none",
        "arguments": {},
        "contract": known,
        "workspace_environment": "production",
        "confidence": Decimal("0.91"),
        "idempotency_key": True,
        "mode": None,
        **more,
    }
    return Facts(**given)


def refund(amount: Json, currency: Json = "USD", **more: object) -> Facts:
    return facts("issue_refund", REFUND, arguments={"amount": amount, "currency": currency}, **more)


def deploy(environment: Json, **more: object) -> Facts:
    return facts("deploy_service", DEPLOY, arguments={"environment": environment}, **more)


def crm(tool: str, stake: Stake = Stake.DATA, **more: object) -> Facts:
    known = contract(tool, stake, reversible=tool == "crm.update", mutates=tool != "crm.read")
    return facts("crm", known, **more)


def bare(tool: str, stake: Stake = Stake.DATA, *, reversible: bool = False, **more: object) -> Facts:
    return facts("bare", contract(tool, stake, reversible=reversible), **more)


def run(environment: Json, capability: str = "bare", **more: object) -> Facts:
    known = contract("deploy.run", Stake.DEPLOYMENT, reversible=True, environment="to")
    return facts(capability, known, arguments={"to": environment}, **more)


def paid(tool: str, amount: Json, capability: str = "crm", **more: object) -> Facts:
    known = contract(tool, Stake.MONEY)
    return facts(capability, known, arguments={"amount": amount, "currency": "USD"}, **more)


@dataclass(frozen=True)
class Row:
    named: str
    given: Facts
    outcome: Outcome
    tier: int | None
    says: str
    where: str
    document: str = "limits"
    approvals: int = field(default=1)


def small(named: str, given: Facts, outcome: Outcome, tier: int | None, says: str, where: str) -> Row:
    return Row(named, given, outcome, tier, says, where, "smallest")


ALLOW, ASK, DENY = Outcome.ALLOW, Outcome.ASK, Outcome.DENY
LOW = Decimal("0.62")

TABLE = [
    small("refund of 250", refund("250.00"), DENY, None, "250.00 USD is over the 200.00 ceiling.", "issue_refund, line 5"),
    small("refund of 180", refund("180.00"), ASK, 2, "180.00 USD is over the 50.00 approval line and under the 200.00 ceiling.", "issue_refund, line 6"),
    small("refund of 180 says why tier 2", refund("180.00"), ASK, 2, "Tier 2, because it concerns money.", "issue_refund"),
    small("refund of 20", refund("20.00"), ALLOW, None, "20.00 USD is not over the 50.00 approval line.", "issue_refund, line 6"),
    small("refund of 20 is within the ceiling", refund(20), ALLOW, None, "20.00 USD is within the 200.00 ceiling.", "issue_refund, line 5"),
    small("refund on the line", refund("50"), ALLOW, None, "50.00 USD is not over the 50.00 approval line.", "issue_refund, line 6"),
    small("refund just over the line", refund("50.000001"), ASK, 2, "50.000001 USD is over the 50.00 approval line and under the 200.00 ceiling.", "issue_refund, line 6"),
    small("refund on the ceiling", refund("200"), ASK, 2, "200.00 USD is over the 50.00 approval line and at the 200.00 ceiling.", "issue_refund, line 6"),
    small("refund just over the ceiling", refund("200.01"), DENY, None, "200.01 USD is over the 200.00 ceiling.", "issue_refund, line 5"),
    small("over both limits", refund("250"), DENY, None, "250.00 USD is over the 50.00 approval line.", "issue_refund, line 6"),
    small("negative refund", refund("-5"), DENY, None, "-5.00 USD is below zero, so the 200.00 USD ceiling cannot be checked.", "issue_refund, line 5"),
    small("refund of nothing", refund("0.00"), DENY, None, "The amount is zero, so the 50.00 USD approval line cannot be checked.", "issue_refund, line 6"),
    small("refund without an amount", refund(None), DENY, None, "There is no amount, so the 200.00 USD ceiling cannot be checked.", "issue_refund, line 5"),
    small("refund in euros", refund("20", "EUR"), DENY, None, "The currency is EUR, so the 200.00 USD ceiling cannot be checked.", "issue_refund, line 5"),
    small("refund without a currency", refund("20", None), DENY, None, "The currency is missing, so the 200.00 USD ceiling cannot be checked.", "issue_refund, line 5"),
    small("refund as a float", refund(20.5), DENY, None, "The amount cannot be read (20.5), so the 200.00 USD ceiling cannot be checked.", "issue_refund, line 5"),
    small("refund in exponents", refund("2e1"), DENY, None, "The amount cannot be read (2e1), so the 200.00 USD ceiling cannot be checked.", "issue_refund, line 5"),
    small("refund of a list", refund(["20"]), DENY, None, "The amount cannot be read (a list), so the 200.00 USD ceiling cannot be checked.", "issue_refund, line 5"),
    small("refund of 5,000 digits", refund(10**5_000), DENY, None, "The amount cannot be read (a number of thousands of digits), so the 200.00 USD ceiling cannot be checked.", "issue_refund, line 5"),
    small("refund without a key", refund("20", idempotency_key=False), DENY, None, "An idempotency key is required, and there is none.", "issue_refund, line 7"),
    small("refund with its key", refund("20"), ALLOW, None, "The required idempotency key is there.", "issue_refund, line 7"),
    small("capability nobody wrote", facts("issue_refnd", REFUND), DENY, None, "Capability issue_refnd is not in the document.", "the capability document"),
    small("tool of another capability", facts("deploy_service", REFUND), DENY, None, "payments.create_refund is not listed under deploy_service.", "deploy_service, line 11"),
    small("tool that no connector knows", facts("issue_refund", None, tool="payments.create_refund"), DENY, None, "No connector declares what payments.create_refund does.", "issue_refund, line 4"),
    small("contract of another tool", facts("issue_refund", OPEN_PR, tool="payments.create_refund"), DENY, None, "No connector declares what payments.create_refund does.", "issue_refund, line 4"),
    small("pull request", facts("deploy_service", OPEN_PR), ALLOW, None, "cicd.open_pr is listed under deploy_service.", "deploy_service, line 13"),
    small("pull request and environments", facts("deploy_service", OPEN_PR), ALLOW, None, "cicd.open_pr names no environment, so the list does not apply; the workspace is production.", "deploy_service, line 16"),
    small("deploy to production", deploy("production"), DENY, None, "Environment production is not allowed; allowed: staging.", "deploy_service, line 16"),
    small("deploy to Staging, spelled otherwise", deploy("Staging"), DENY, None, "Environment Staging is not allowed; allowed: staging.", "deploy_service, line 16"),
    small("deploy to staging", deploy("staging"), ASK, 1, "cicd.trigger_deploy always needs approval.", "deploy_service, line 15"),
    small("deploy to staging is allowed there", deploy("staging"), ASK, 1, "Environment staging is allowed.", "deploy_service, line 16"),
    small("deploy to nowhere", deploy(None), DENY, None, "Argument environment names no environment; allowed: staging.", "deploy_service, line 16"),
    small("deploy to a list", deploy(["staging"]), DENY, None, "Environment a list is not allowed; allowed: staging.", "deploy_service, line 16"),
    small("deploy to a sentence", deploy("staging. Approved"), DENY, None, "Environment 'staging. Approved' is not allowed; allowed: staging.", "deploy_service, line 16"),
    small("low confidence asks", refund("20", confidence=LOW), ASK, 2, "Confidence 0.62, threshold 0.80 (the document names none)", "issue_refund"),
    small("low confidence raises", refund("180", confidence=LOW), ASK, 3, "Raised from tier 2 to tier 3.", "issue_refund"),
    small("a hair under the threshold", refund("20", confidence=Decimal("0.7999999999")), ASK, 2, "Confidence 0.799999, threshold 0.80 (the document names none)", "issue_refund"),
    small("confidence on the threshold", refund("20", confidence=Decimal("0.8")), ALLOW, None, "Confidence 0.80, threshold 0.80 (the document names none)", "issue_refund"),
    small("no confidence, no threshold", refund("20", confidence=None), ALLOW, None, "Confidence not given, threshold 0.80 (the document names none)", "issue_refund"),
    small("confidence that is no number", refund("20", confidence=Decimal("sNaN")), ASK, 2, "Confidence is no number from 0 to 1, threshold 0.80 (the document names none)", "issue_refund"),
    small("unread part asks", refund("20", uninspectable=1), ASK, 2, "1 part of the payload could not be read.", "issue_refund"),
    small("unread parts raise", deploy("staging", uninspectable=2), ASK, 2, "2 parts of the payload could not be read.", "deploy_service"),
    small("both doubts raise a free action once", refund("20", uninspectable=1, confidence=LOW), ASK, 3, "Raised from tier 2 to tier 3.", "issue_refund"),
    small("both doubts raise an asking one twice", deploy("staging", uninspectable=1, confidence=LOW), ASK, 3, "Raised from tier 1 to tier 3.", "deploy_service"),
    small("no doubt undoes a denial", refund("250", confidence=LOW), DENY, None, "Confidence 0.62, threshold 0.80 (the document names none)", "issue_refund"),
    small("no mode", refund("20"), ALLOW, None, "No mode is set, so the document alone decides.", "issue_refund"),
    small("draft asks for everything", refund("20", mode=Mode.DRAFT), ASK, 2, "Mode draft: an approval records agreement and executes nothing.", "issue_refund"),
    small("assisted asks for money", refund("20", mode=Mode.ASSISTED), ASK, 2, "Mode assisted: only reads and reversible low-risk changes run without a person.", "issue_refund"),
    small("assisted runs a pull request", facts("deploy_service", OPEN_PR, mode=Mode.ASSISTED), ALLOW, None, "Mode assisted: reads and reversible low-risk changes may run.", "deploy_service"),
    small("delegated runs inside the ceiling", refund("20", mode=Mode.DELEGATED), ALLOW, None, "Mode delegated: this runs inside its amount ceiling.", "issue_refund"),
    small("delegated widens nothing", refund("180", mode=Mode.DELEGATED), ASK, 2, "Mode delegated: this runs inside its amount ceiling.", "issue_refund"),
    small("managed is policy alone", refund("20", mode=Mode.MANAGED), ALLOW, None, "Mode managed: the workspace's policy and budgets alone decide.", "issue_refund"),
    small("managed undoes no denial", refund("250", mode=Mode.MANAGED), DENY, None, "250.00 USD is over the 200.00 ceiling.", "issue_refund, line 5"),
    Row("the tool's tier beats the capability's", crm("crm.merge"), ASK, 1, "Tier 1, as the document says.", "crm, line 11", approvals=3),
    Row("the tool's quorum beats the capability's", crm("crm.merge"), ASK, 1, "3 different people must approve.", "crm, line 12", approvals=3),
    Row("the capability's tier", paid("crm.pay", "50"), ASK, 2, "Tier 2, as the document says.", "crm, line 19", approvals=2),
    Row("the capability's quorum", paid("crm.pay", "50"), ASK, 2, "2 different people must approve.", "crm, line 20", approvals=2),
    Row("a line without a ceiling", paid("crm.pay", "49.51"), ASK, 2, "49.51 USD is over the 49.50 approval line.", "crm, line 14", approvals=2),
    Row("a ceiling without a line", paid("crm.cap", "200"), ALLOW, None, "200.00 USD is within the 200.00 ceiling.", "crm, line 16"),
    Row("an optional key", paid("crm.cap", "1", idempotency_key=False), ALLOW, None, "An idempotency key is optional.", "crm, line 17"),
    Row("an approval waived", paid("crm.cap", "1"), ALLOW, None, "crm.cap needs no approval of its own.", "crm, line 18"),
    Row("a limit on a tool that moves no money", crm("crm.cap"), DENY, None, "There is no amount, so the 200.00 USD ceiling cannot be checked.", "crm, line 16"),
    Row("the document's threshold", crm("crm.export"), ASK, 2, "Confidence 0.91, threshold 0.95", "crm, line 8", approvals=2),
    Row("a threshold, and no confidence", crm("crm.export", confidence=None), ASK, 2, "Confidence not given, threshold 0.95", "crm, line 8", approvals=2),
    Row("a threshold that is met", crm("crm.export", confidence=Decimal("0.95")), ALLOW, None, "Confidence 0.95, threshold 0.95", "crm, line 8"),
    Row("an undo window is the shorter one", crm("crm.update"), ALLOW, None, "An undo is offered for 1 hour.", "crm, line 21"),
    Row("an undo window for what cannot be undone", crm("crm.delete"), ALLOW, None, "crm.delete cannot be undone, so the undo window does not apply.", "crm, line 21"),
    Row("assisted reads", crm("crm.read", mode=Mode.ASSISTED), ALLOW, None, "Mode assisted: reads and reversible low-risk changes may run.", "crm"),
    Row("assisted heeds the document's tier 2", crm("crm.update", mode=Mode.ASSISTED), ASK, 2, "Mode assisted: only reads and reversible low-risk changes run without a person.", "crm", approvals=2),
    Row("access is tier 3", bare("access.grant", Stake.ACCESS, reversible=True), ASK, 3, "Tier 3, because it changes access rights.", "bare"),
    Row("people are tier 3", bare("people.invite", Stake.PEOPLE, reversible=True), ASK, 3, "Tier 3, because it concerns people.", "bare"),
    Row("policy is tier 3", bare("policy.edit", Stake.POLICY, reversible=True), ASK, 3, "Tier 3, because it changes policy.", "bare"),
    Row("irreversible is tier 2", bare("data.purge"), ASK, 2, "Tier 2, because it cannot be undone.", "bare"),
    Row("reversible is tier 1", bare("data.note", reversible=True), ASK, 1, "Tier 1, because it can be undone.", "bare"),
    Row("production is tier 3", run("Production"), ASK, 3, "Tier 3, because it touches production.", "bare"),
    Row("an unknown environment counts as the worst", run(None), ASK, 3, "Tier 3, because the environment that it touches is unknown.", "bare"),
    Row("staging is not production", run("staging"), ASK, 1, "Tier 1, because it can be undone.", "bare"),
    Row("tier 3 is the highest", run("production", confidence=LOW, uninspectable=9), ASK, 3, "9 parts of the payload could not be read.", "bare"),
    Row("delegated without a limit asks", bare("data.drop", mode=Mode.DELEGATED), ASK, 2, "Mode delegated: no amount ceiling or environment list limits this tool.", "bare"),
    Row("delegated runs what assisted runs", bare("data.set", reversible=True, mode=Mode.DELEGATED), ALLOW, None, "Mode delegated: this runs inside what assisted mode lets run.", "bare"),
    Row("delegated runs inside an environment list", run("production", "listed", mode=Mode.DELEGATED), ALLOW, None, "Mode delegated: this runs inside its environment list.", "listed, line 50"),
    Row("the document's own draft", facts("drafted", contract("data.set"), mode=Mode.MANAGED), ASK, 2, "Mode draft: an approval records agreement and executes nothing.", "drafted, line 44"),
]  # fmt: skip


def judged(row: Row) -> Evaluation:
    return evaluate(DOCUMENTS[row.document], row.given)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.named)
def test_policy_decides_as_the_table_says(row: Row):
    found = judged(row)
    assert (found.outcome, found.tier) == (row.outcome, row.tier)
    assert found.approvals == (row.approvals if row.outcome is ASK else 0)
    assert (row.says, row.where) in [(sentence(reason), where(reason)) for reason in found.reasons]


def test_the_table_names_each_of_at_least_forty_decisions_once():
    assert len({row.named for row in TABLE}) == len(TABLE) >= 40


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.named)
def test_an_outcome_follows_from_its_reasons(row: Row):
    found = judged(row)
    effects = {reason.effect.value for reason in found.reasons}
    expected = next(effect for effect in ("deny", "ask", "allow") if effect in effects)
    assert found.outcome.value == expected


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.named)
def test_an_evaluation_survives_the_ledger(row: Row):
    found = judged(row)
    assert msgspec.json.decode(msgspec.json.encode(found), type=Evaluation) == found


def test_only_a_draft_and_a_denial_execute_nothing():
    for row in TABLE:
        codes = {reason.code for reason in judged(row).reasons}
        assert judged(row).executes is not ("mode_draft" in codes or row.outcome is DENY)


def test_every_rule_that_was_looked_at_is_a_reason_when_it_allows():
    found = evaluate(DOCUMENTS["smallest"], refund("20"))
    assert [reason.path for reason in found.reasons] == [
        "issue_refund.payments.create_refund",
        "issue_refund.payments.create_refund.max_amount_usd",
        "issue_refund.payments.create_refund.requires_approval_over_usd",
        "issue_refund.payments.create_refund.idempotency_key",
        "issue_refund.modes",
        "issue_refund.payments.create_refund.min_confidence",
    ]


def test_a_denial_does_not_hide_the_other_reasons():
    found = evaluate(DOCUMENTS["smallest"], refund("250", idempotency_key=False))
    assert [reason.line for reason in found.reasons if reason.effect == "deny"] == [5, 7]


def test_an_edit_that_raises_the_amount_changes_the_outcome():
    before, edited = refund("20"), refund("180")
    document = DOCUMENTS["smallest"]
    assert evaluate(document, before).outcome is ALLOW
    assert evaluate(document, edited).tier is Tier.TWO
    assert evaluate(document, replace(edited, arguments=before.arguments)) == evaluate(document, before)


def test_the_order_of_tools_decides_nothing():
    head, first, second = SMALLEST.partition("      - name: cicd.open_pr\n")
    tool, rest = second.split("    environment:", 1)
    turned = load(f"{head}{tool}{first}    environment:{rest}")
    for given in (deploy("staging"), deploy("production"), facts("deploy_service", OPEN_PR)):
        assert evaluate(turned, given).outcome is evaluate(DOCUMENTS["smallest"], given).outcome


def test_an_undo_window_is_the_shorter_of_document_and_contract():
    capability = DOCUMENTS["limits"].capabilities["crm"]
    known = contract("crm.update", reversible=True)
    assert undo_window(capability, known) == 3_600
    assert undo_window(capability, msgspec.structs.replace(known, undo_window=None)) == 86_400
    assert undo_window(DOCUMENTS["limits"].capabilities["bare"], REFUND) is None
