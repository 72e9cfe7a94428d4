"""A document read aloud line by line, and two documents held against each other."""

# ruff: noqa: E501  # a table of differences reads better in rows
from __future__ import annotations

from pathlib import Path

import pytest

from lineclear.domain.policy.differences import Difference, Direction
from lineclear.domain.policy.differing import differences
from lineclear.domain.policy.document import load
from lineclear.domain.policy.explaining import explain

RESOURCES = Path(__file__).parents[2] / "resources"
SAMPLE = (RESOURCES / "sample/policy.yaml").read_text()
FULL = (RESOURCES / "sample/policy-full.yaml").read_text()
EVERY_KEY = (RESOURCES / "policy/full.yaml").read_text()

PARTS = (
    "tools:",
    "budget:",
    "budgets:",
    "audit:",
    "allowed:",
    "conditions:",
    "- name: ",
    "any_of:",
    "all_of:",
    "group:",
    "of:",
)
INSIDE = (
    "then:",
    "tier:",
    "says:",
    "most:",
    "per:",
    "approvals:",
    "- group:",
    "- tier:",
    "- approvals:",
    "- all_of:",
    "after:",
    "to:",
)


@pytest.mark.parametrize("text", [SAMPLE, FULL, EVERY_KEY])
def test_every_line_that_decides_something_is_said(text: str):
    lines = {one.line for one in explain(load(text))}
    left = [
        line.strip()
        for number, line in enumerate(text.splitlines(), 1)
        if line.strip() and not line.strip().startswith(("#", "capabilities:")) and number not in lines
    ]
    assert [line for line in left if not line.startswith((*PARTS, *INSIDE, "requires_approval: ["))] == []


def test_a_line_reads_as_a_sentence():
    said = {one.line: one.says for one in explain(load(FULL))}
    assert said[9].startswith("Over 200.00 USD it is denied")
    assert said[12] == "After 20 proposals of one agent within 1 hour, a person must approve."
    assert said[17] == (
        "When this is so, or cannot be answered, a person must approve at tier 3 or above. "
        "Because: A large refund from another workflow."
    )
    assert said[22] == "10.00 % of what people approve gets a second look by somebody else, drawn afterwards."
    assert all(sentence.isprintable() and sentence.endswith(".") for sentence in said.values())


def test_a_document_does_not_differ_from_itself_however_it_is_laid_out():
    assert differences(FULL, FULL) == ()
    assert (
        differences(
            SAMPLE, "# a comment\n" + SAMPLE.replace('allowed: ["staging"]', "allowed:\n        - staging")
        )
        == ()
    )


@pytest.mark.parametrize(
    ("old", "new", "path", "direction"),
    [
        ("max_amount_usd: 200", "max_amount_usd: 100", "issue_refund.payments.create_refund.max_amount_usd", "stricter"),
        ("over_usd: 50", "over_usd: 80", "issue_refund.payments.create_refund.requires_approval_over_usd", "looser"),
        ("        requires_approval_over_usd: 50\n", "", "issue_refund.payments.create_refund.requires_approval_over_usd", "looser"),
        ("key: required\n    audit", "key: optional\n    audit", "issue_refund.payments.create_refund.idempotency_key", "looser"),
        ('allowed: ["staging"]', 'allowed: ["staging", "production"]', "deploy_service.environment.allowed", "looser"),
        ("        requires_approval: true\n    environment", "    environment", "deploy_service.cicd.trigger_deploy.requires_approval", "looser"),
        ("      - name: tickets.list\n", "", "read_support_data.tickets.list", "stricter"),
        ("        approvals: 2\n", "        approvals: 3\n", "manage_access.access.grant.approvals", "stricter"),
        ("retention_days: 730", "retention_days: 400", "manage_access.audit.retention_days", "other"),
        ("  close_tickets:\n", "  close_all:\n", "close_tickets", "stricter"),
        ("        min_confidence: 0.8\n", "        min_confidence: 0.9\n", "manage_customers.crm.update_customer.min_confidence", "stricter"),
        ("per_day_steps: 5000", "per_day_steps: 50", "budgets.per_day_steps", "stricter"),
        ("budgets:\n  per_day_cost_usd: 50\n  per_day_steps: 5000\n", "", "budgets.per_day_steps", "looser"),
        ("per_agent_per_day_actions: 25", "per_agent_per_day_actions: 30", "change_code.budget.per_agent_per_day_actions", "looser"),
        ("    audit:\n      log_payload: true\n      retention_days: 730\n", "", "manage_access.audit", "other"),
        ("  credit_account:\n", "    modes: draft\n  credit_account:\n", "read_support_data.modes", "stricter"),
    ],
)  # fmt: skip
def test_a_difference_says_where_and_whether_it_is_stricter(old: str, new: str, path: str, direction: str):
    assert old in SAMPLE
    found = {one.path: one.direction for one in differences(SAMPLE, SAMPLE.replace(old, new, 1))}
    assert found[path] == direction


def test_a_difference_shows_both_values():
    assert differences(SAMPLE, SAMPLE.replace("max_amount_usd: 200", "max_amount_usd: 100")) == (
        Difference("issue_refund.payments.create_refund.max_amount_usd", "200", "100", Direction.STRICTER),
    )
