"""Decisions under the full sample document, each with its outcome, tier, people, sentence and line (I14)."""

# ruff: noqa: E501  # a table of decisions reads better in rows
from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

import msgspec
import pytest

from lineclear.domain.policy.evaluation import Facts, evaluate
from lineclear.domain.policy.wording import sentence, where
from lineclear.domain.vocabulary import Mode, Outcome
from support.policies import (
    CREDIT,
    DELETE,
    DOCUMENT,
    GRANT,
    LOW,
    OPEN_PR,
    READ,
    REFUND,
    REVOKE,
    SATURDAY,
    TWENTY,
    UPDATE,
    UPDATES,
    contract,
    credit,
    deploy,
    facts,
    refund,
)

ALLOW, ASK, DENY = Outcome.ALLOW, Outcome.ASK, Outcome.DENY


@dataclass(frozen=True)
class Row:
    named: str
    given: Facts
    outcome: Outcome
    tier: int | None
    people: int
    says: str
    where: str


TABLE = [
    Row("refund under the line", refund("20"), ALLOW, None, 0, "20.00 USD is not over the 50.00 approval line.", "issue_refund, line 10"),
    Row("refund on the line", refund("50"), ALLOW, None, 0, "50.00 USD is not over the 50.00 approval line.", "issue_refund, line 10"),
    Row("refund over the line", refund("50.01"), ASK, 2, 1, "50.01 USD is over the 50.00 approval line and under the 200.00 ceiling.", "issue_refund, line 10"),
    Row("refund on the ceiling", refund("200"), ASK, 2, 1, "200.00 USD is over the 50.00 approval line and at the 200.00 ceiling.", "issue_refund, line 10"),
    Row("refund over the ceiling", refund("200.01"), DENY, None, 0, "200.01 USD is over the 200.00 ceiling.", "issue_refund, line 9"),
    Row("negative refund", refund("-1"), DENY, None, 0, "-1.00 USD is below zero, so the 200.00 USD ceiling cannot be checked.", "issue_refund, line 9"),
    Row("refund in pounds", refund("20", "GBP"), DENY, None, 0, "The currency is GBP, so the 200.00 USD ceiling cannot be checked.", "issue_refund, line 9"),
    Row("refund without an amount", refund(None), DENY, None, 0, "There is no amount, so the 200.00 USD ceiling cannot be checked.", "issue_refund, line 9"),
    Row("refund without a key", refund("20", idempotency_key=False), DENY, None, 0, "An idempotency key is required, and there is none.", "issue_refund, line 11"),
    Row("refund by another version of the tool", refund("20", known=msgspec.structs.replace(REFUND, version=2)), DENY, None, 0, "payments.create_refund is at version 2; this was written for version 1.", "issue_refund, line 8"),
    Row("refund by the version it was written for", refund("20"), ALLOW, None, 0, "payments.create_refund is at version 1, for which this was written.", "issue_refund, line 8"),
    Row("refund on the threshold", refund("20", confidence=Decimal("0.85")), ALLOW, None, 0, "Confidence 0.85, threshold 0.85", "issue_refund, line 21"),
    Row("refund under the threshold", refund("20", confidence=Decimal("0.8499")), ASK, 2, 1, "Confidence 0.8499, threshold 0.85", "issue_refund, line 21"),
    Row("refund without confidence", refund("20", confidence=None), ASK, 2, 1, "Confidence not given, threshold 0.85", "issue_refund, line 21"),
    Row("large refund and low confidence", refund("90", confidence=LOW), ASK, 3, 1, "Raised from tier 2 to tier 3.", "issue_refund"),
    Row("large refund of its own workflow", refund("150"), ASK, 2, 1, 'Not so: action.amount > 100.0 && job.workflow != "refunds"', "issue_refund, line 17"),
    Row("large refund of another workflow", refund("150", workflow="tickets"), ASK, 3, 1, 'A large refund from another workflow (this is so: action.amount > 100.0 && job.workflow != "refunds")', "issue_refund, line 17"),
    Row("large refund of an unknown workflow", refund("150", workflow=""), ASK, 3, 1, 'A large refund from another workflow (this cannot be answered: action.amount > 100.0 && job.workflow != "refunds")', "issue_refund, line 17"),
    Row("small refund of an unknown workflow", refund("20", workflow=""), ALLOW, None, 0, 'Not so: action.amount > 100.0 && job.workflow != "refunds"', "issue_refund, line 17"),
    Row("an amount finer than money", refund("20.000000000000001"), DENY, None, 0, "The amount cannot be read (20.000000000000001), so the 200.00 USD ceiling cannot be checked.", "issue_refund, line 9"),
    Row("the twentieth in an hour", refund("20", recent=TWENTY[1:]), ALLOW, None, 0, "19 proposals came before this one within 1 hour, and 20 are taken.", "issue_refund, line 12"),
    Row("the twenty-first in an hour", refund("20", recent=TWENTY), ASK, 2, 1, "20 proposals came before this one within 1 hour; 20 are taken.", "issue_refund, line 12"),
    Row("an hour ago is over", refund("20", recent=(("payments.create_refund", 3600.0),) * 30), ALLOW, None, 0, "0 proposals came before this one within 1 hour, and 20 are taken.", "issue_refund, line 12"),
    Row("nobody can count", refund("20", recent=None), ASK, 2, 1, "How many proposals came before this one is not known; 20 in 1 hour are taken.", "issue_refund, line 12"),
    Row("a second look is drawn later", refund("90"), ASK, 2, 1, "A share of 0.10 of what is approved gets a second look.", "issue_refund, line 22"),
    Row("a ceiling of reviewers", refund("90"), ASK, 2, 1, "What a reviewer may approve here is limited (1 line).", "issue_refund, line 23"),
    Row("credit under the line", credit("25"), ALLOW, None, 0, "25.00 USD is not over the 25.00 approval line.", "credit_account, line 33"),
    Row("credit over the line has stages", credit("100"), ASK, 3, 2, "All of these must approve: finance: 1 at tier 2 of group finance; and second-look: 1 at tier 2 of group risk or 1 at tier 3.", "credit_account, line 36"),
    Row("low confidence raises every place", credit("100", confidence=LOW), ASK, 3, 2, "All of these must approve: finance: 1 at tier 3 of group finance; and second-look: 1 at tier 3 of group risk or 1 at tier 3.", "credit_account, line 36"),
    Row("credit that cannot be undone", credit("20", known=msgspec.structs.replace(CREDIT, reversible=False)), DENY, None, 0, "payments.adjust cannot be undone.", "credit_account, line 43"),
    Row("credit that can be", credit("20"), ALLOW, None, 0, "payments.adjust can be undone.", "credit_account, line 43"),
    Row("deploy to staging", deploy("staging"), ASK, 1, 1, "cicd.trigger_deploy always needs approval.", "deploy_service, line 53"),
    Row("deploy to production", deploy("production"), ASK, 3, 1, "In environment production a person must always approve.", "deploy_service, line 60"),
    Row("deploy to production on a Saturday", deploy("production", at=SATURDAY), DENY, None, 0, 'Nothing is deployed to production at weekends (this is so: action.arguments.environment == "production" && (time.weekday == "saturday" || time.weekday == "sunday"))', "deploy_service, line 55"),
    Row("deploy to staging on a Saturday", deploy("staging", at=SATURDAY), ASK, 1, 1, "Environment staging is allowed.", "deploy_service, line 58"),
    Row("deploy to production at an unknown time", deploy("production", at=""), DENY, None, 0, 'Nothing is deployed to production at weekends (this cannot be answered: action.arguments.environment == "production" && (time.weekday == "saturday" || time.weekday == "sunday"))', "deploy_service, line 55"),
    Row("deploy elsewhere", deploy("laboratory"), DENY, None, 0, "Environment laboratory is not allowed; allowed: staging, production.", "deploy_service, line 58"),
    Row("deploy without its environment", deploy(None), DENY, None, 0, "Argument environment names no environment; allowed: staging, production.", "deploy_service, line 58"),
    Row("pull request, assisted", facts("deploy_service", OPEN_PR, mode=Mode.ASSISTED), ALLOW, None, 0, "Mode assisted: reads and reversible low-risk changes may run.", "deploy_service, line 61"),
    Row("pull request, draft", facts("deploy_service", OPEN_PR, mode=Mode.DRAFT), ASK, 1, 1, "Mode draft: an approval records agreement and executes nothing.", "deploy_service, line 61"),
    Row("pull request, managed", facts("deploy_service", OPEN_PR, mode=Mode.MANAGED), ALLOW, None, 0, "Mode managed: the workspace's policy and budgets alone decide.", "deploy_service"),
    Row("grant takes two owners", facts("manage_access", GRANT), ASK, 3, 2, "All of these must approve: owners: 2 at tier 3.", "manage_access, line 69"),
    Row("revoke takes one at tier 2", facts("manage_access", REVOKE), ASK, 2, 1, "Tier 2, as the document says.", "manage_access, line 75"),
    Row("update a customer", facts("manage_customers", UPDATE), ALLOW, None, 0, "crm.update_customer is listed under manage_customers.", "manage_customers, line 82"),
    Row("update that cannot be undone asks", facts("manage_customers", msgspec.structs.replace(UPDATE, reversible=False)), ASK, 2, 1, "crm.update_customer cannot be undone.", "manage_customers, line 88"),
    Row("too many updates in a day", facts("manage_customers", UPDATE, recent=UPDATES), ASK, 1, 1, "200 proposals came before this one within 1 day; 200 are taken.", "manage_customers, line 89"),
    Row("a rate of the capability counts all its tools", facts("manage_customers", DELETE, recent=UPDATES), ASK, 2, 2, "200 proposals came before this one within 1 day; 200 are taken.", "manage_customers, line 89"),
    Row("delete takes two people", facts("manage_customers", DELETE), ASK, 2, 2, "2 different people must approve.", "manage_customers, line 87"),
    Row("read a ticket", facts("read_support_data", READ), ALLOW, None, 0, "tickets.get is listed under read_support_data.", "read_support_data, line 96"),
    Row("a tool nobody listed", facts("read_support_data", contract("tickets.drop")), DENY, None, 0, "tickets.drop is not listed under read_support_data.", "read_support_data, line 93"),
    Row("a capability nobody wrote", facts("read_all", READ), DENY, None, 0, "Capability read_all is not in the document.", "the capability document"),
    Row("a tool without a contract", replace(refund("20"), contract=None), DENY, None, 0, "No connector declares what payments.create_refund does.", "issue_refund, line 7"),
]  # fmt: skip


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.named)
def test_the_full_document_decides_like_this(row: Row):
    found = evaluate(DOCUMENT, row.given)
    said = {(sentence(reason), where(reason)) for reason in found.reasons}
    assert (found.outcome, found.tier, found.approvals) == (row.outcome, row.tier, row.people)
    assert (row.says, row.where) in said


def test_the_table_has_forty_decisions_and_every_outcome():
    assert len(TABLE) >= 40
    assert {row.outcome for row in TABLE} == set(Outcome)


def test_what_is_asked_for_carries_the_ceilings_of_its_reviewers():
    assert evaluate(DOCUMENT, credit("100")).ceilings == {"finance-lead": "1000.00", "support-lead": "100.00"}
    assert evaluate(DOCUMENT, refund("90")).ceilings == {"*": "500.00"}


def test_a_second_look_is_no_persons_place_before_it_is_drawn():
    found = evaluate(DOCUMENT, refund("90"))
    assert (found.approvals, found.second_review) == (1, "0.10")
