"""Sample sheets for the gallery: the control page in its states. Free of Qt."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from lineclear.desktop.presenters.control.control_sheets import (
    AgentRow,
    ControlSheet,
    HealthRow,
    ScopeKind,
    ScopeRow,
    ScopesSheet,
)
from lineclear.desktop.presenters.sheets import Chip, Line, Mark, Tone
from lineclear.domain.text import paintable

_DOCUMENT: Final = """capabilities:
  issue_refund:
    tools:
      - name: payments.create_refund
        max_amount_usd: 200
        requires_approval_over_usd: 50
        idempotency_key: required
    audit:
      log_payload: true
      retention_days: 365
  deploy_service:
    tools:
      - name: cicd.open_pr
      - name: cicd.trigger_deploy
        requires_approval: true
    environment:
      allowed: ["staging"]"""
_NAMES: Final = (
    (ScopeKind.ENVIRONMENT, ("production", "staging")),
    (ScopeKind.CONNECTOR, ("crm", "git", "payments")),
    (ScopeKind.CAPABILITY, ("deploy_service", "issue_refund", "merge_contacts", "update_contact")),
)
CONTROL: Final = ControlSheet(
    scopes=ScopesSheet((), _NAMES),
    document_title="policy v14, in force since 09:12",
    document=tuple(paintable(line) for line in _DOCUMENT.split("\n")),
    budgets=(
        HealthRow(
            "The workspace's cost budget",
            Chip("Nearly spent", Tone.CAUTION),
            "$46.10 of $50.00 used or set aside, $3.90 left; renews at 00:00 UTC",
        ),
        HealthRow(
            paintable("support-agent's budget for issue_refund"),
            Chip("Spent", Tone.STOP),
            "$1,000.00 of $1,000.00 used or set aside, $0.00 left; renews at 00:00 UTC; a request to raise it"
            " is in the queue",
        ),
    ),
    connectors=(
        HealthRow("payments", Chip("Healthy", Tone.OK), "since 09:02:11"),
        HealthRow("crm", Chip("Stale", Tone.CAUTION), "since 13:58:02: last answer 11 min ago"),
        HealthRow("git", Chip("Healthy", Tone.OK), "since 09:02:11"),
    ),
    agents=(
        AgentRow("support-agent", paintable("support-agent"), Chip("Enrolled"), "owned by support-lead"),
        AgentRow(
            "crm-agent",
            paintable("crm-agent"),
            Chip("Enrolled"),
            "owned by data-lead; merge_contacts: assisted, update_contact: delegated",
        ),
        AgentRow("research-agent", paintable("research-agent"), Chip("Enrolled"), "without an owner"),
    ),
)
CONTROL_SCOPES: Final = replace(
    CONTROL,
    scopes=ScopesSheet(
        (
            ScopeRow(
                "workspace",
                "The whole workspace",
                Chip("Leaving: 1 of 2", Tone.CAUTION),
                paintable("by ops-lead: Refunds doubled since 08:40, looking into it"),
                (
                    Line(Mark.MET, "Requested at 13:40:05, with 2 executions running"),
                    Line(Mark.MET, "Confirmed at 13:40:09: nothing that it holds runs"),
                    Line(Mark.MISSING, "ops-lead asked to leave; a second person must confirm"),
                ),
                "Confirm leaving",
            ),
            ScopeRow(
                "connector:payments",
                paintable("Connector payments"),
                Chip("On, not confirmed", Tone.CAUTION),
                paintable("by ops-west: The provider answers with the wrong currency"),
                (
                    Line(Mark.MET, "Requested at 14:01:44, with 1 execution running"),
                    Line(Mark.MISSING, "Not confirmed yet: 1 of 1 still running"),
                    Line(Mark.ATTENTION, "Switched on at tier 3: it takes two people to leave"),
                ),
                "Leave",
                "You asked to leave it; another person must confirm.",
            ),
        ),
        _NAMES,
    ),
    connectors=(
        HealthRow(
            "payments",
            Chip("Breaker open", Tone.STOP),
            paintable("Nothing is sent before 14:02:31, after 5 failures: the connection was refused"),
        ),
        HealthRow(
            "crm",
            Chip("On probation", Tone.CAUTION),
            "The next call decides, after 5 failures: no answer in 10 s",
        ),
        CONTROL.connectors[2],
    ),
    agents=(
        replace(
            CONTROL.agents[0],
            state=Chip(paintable("Stopped by ops-west"), Tone.STOP),
            is_stopped=True,
        ),
        *CONTROL.agents[1:],
    ),
)
