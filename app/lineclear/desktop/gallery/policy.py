"""Sample sheets for the gallery: what policy permits, tools with their health, modes. Free of Qt."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from lineclear.application.executing.pulse import Probe
from lineclear.application.reading.answers import Control, Me, PolicyChange, ToolState
from lineclear.desktop.gallery.control import CONTROL as BASE
from lineclear.desktop.presenters.control.control_page import control_sheet
from lineclear.desktop.presenters.control.control_sheets import ControlSheet
from lineclear.desktop.presenters.control.modes_page import may_not_change
from lineclear.desktop.presenters.control.offline_page import offline_sheet
from lineclear.desktop.presenters.lab.lab_page import change_findings, diff_lines
from lineclear.desktop.presenters.lab.lab_sheets import Findings, HistorySheet, LabSheet
from lineclear.desktop.presenters.sheets import Chip, Notice, NoticeKind, Tone
from lineclear.domain.contracts import MoneyFields, ToolContract
from lineclear.domain.control import ActivePolicy, Breaker, ConnectorHealth
from lineclear.domain.effects import HealthState
from lineclear.domain.identities import Agent, Person
from lineclear.domain.offline import OfflineRule
from lineclear.domain.policy.amending import with_mode
from lineclear.domain.policy.differing import differences
from lineclear.domain.trials import LIVE, LiveTrial
from lineclear.domain.vocabulary import EffectClass, Mode, Role, Stake, Tier

DOCUMENT: Final = """capabilities:
  issue_refund:
    tools:
      - name: payments.create_refund
        max_amount_usd: 200
        requires_approval_over_usd: 50
        idempotency_key: required
        rate:                       # one agent alone
          most: 20
          per: 1h
    min_confidence: 0.85
    second_review: 0.1
    modes: delegated
    undo_window: 24h
    budget:
      per_agent_per_day_usd: 1000
      per_agent_per_day_actions: 50
    audit:
      retention_days: 365
  credit_account:
    tools:
      - name: payments.adjust
        max_amount_usd: 1000
        requires_approval_over_usd: 25
    stages:
      - name: finance
        group: finance
        tier: 2
      - name: second-look
        any_of:
          - group: risk
          - tier: 3
    reversible: required
    reviewer_ceilings_usd:
      finance-lead: 1000
      support-lead: 100
  deploy_service:
    tools:
      - name: cicd.open_pr
      - name: cicd.trigger_deploy
        requires_approval: true
        tier: 3
        conditions:
          - when: time.weekday == "saturday" || time.weekday == "sunday"
            then: deny
            says: at weekends
    environment:
      allowed: ["staging", "production"]
      requires_approval: ["production"]
    modes:
      everyone: draft
      release-agent: assisted
  update_contact:
    tools:
      - name: crm.update_customer
    modes:
      crm-agent: managed
"""
NOW: Final = datetime(2026, 11, 22, 14, 2, tzinfo=UTC)
_ARGUMENTS: Final = {
    "properties": {"payment": {"type": "string"}, "amount": {"type": "string"}, "reason": {"type": "string"}},
    "required": ["payment", "amount"],
}


def _tool(name: str, connector: str, stake: Stake, **more: object) -> ToolContract:
    values = {"effect": EffectClass.KEYED, "reversible": True, **more}
    return ToolContract(name, connector, stake=stake, **values)  # type: ignore[arg-type]  # a sample's own


_TOOLS: Final = (
    ToolState(
        _tool("cicd.open_pr", "git", Stake.CODE, effect=EffectClass.QUERYABLE),
        "5d41402abc4b2a76b9719d911017c592",
        succeeded_at="2026-11-22T13:41:10Z",
    ),
    ToolState(
        _tool("cicd.trigger_deploy", "git", Stake.DEPLOYMENT, environment="environment", reversible=False),
        "8b1a9953c4611296a827abf8c47804d7",
    ),
    ToolState(
        _tool(
            "crm.update_customer", "crm", Stake.DATA, effect=EffectClass.TRANSACTIONAL, undo_window=604_800
        ),
        "e4d909c290d0fb1ca068ffaddf22cbd0",
        succeeded_at="2026-11-22T13:44:02Z",
    ),
    ToolState(
        _tool(
            "payments.create_refund",
            "payments",
            Stake.MONEY,
            key_window=86_400,
            reversible=False,
            money=MoneyFields("amount", "currency"),
            arguments=_ARGUMENTS,
            version=3,
        ),
        "9f3c51a04dd1c3fb0b3b2c2f5a1e6d77",
        succeeded_at="2026-11-22T13:58:31Z",
    ),
)
_AGENTS: Final = (
    Agent("crm-agent", 0, "data-lead", {"update_contact": Mode.DELEGATED}),
    Agent("release-agent", 0, "release-lead", {}),
    Agent("support-agent", 0, "support-lead", {}),
)
_HEALTHY: Final = tuple(
    ConnectorHealth(name, 0, HealthState.HEALTHY, "2026-11-22T09:02:11Z")
    for name in ("crm", "git", "payments")
)
_PROBES: Final = {
    "crm": Probe("2026-11-22T14:01:52Z", 4),
    "git": Probe("2026-11-22T14:01:52Z", 31),
    "payments": Probe("2026-11-22T14:01:53Z", 118),
}
TRIAL: Final = LiveTrial(
    LIVE,
    0,
    20_311,
    on=True,
    version=14,
    digest="d",
    document="d",
    by="ops-lead",
    started_at="2026-11-22T08:15:00Z",
    margin=20,
    least=30,
    level=950,
)

_CONTROL: Final = Control(
    (),
    (),
    ActivePolicy("active", 13, 14, "9f3c", "9f3c", "ops-west", "2026-11-22T09:12:00Z"),
    DOCUMENT,
    _HEALTHY,
    _AGENTS,
    (),
    tools=_TOOLS,
    probes=_PROBES,
    at="2026-11-22T14:02:00Z",
    trial=TRIAL,
)
_DEGRADED: Final = Control(
    (),
    (Breaker("git", 5, 5, "2026-11-22T14:02:31Z", "the connection was refused"),),
    _CONTROL.policy,
    DOCUMENT,
    (
        ConnectorHealth("crm", 3, HealthState.HEALTHY, "2026-11-22T09:02:11Z"),
        ConnectorHealth("git", 4, HealthState.DOWN, "2026-11-22T14:00:12Z", "the connection was refused"),
        ConnectorHealth(
            "payments",
            6,
            HealthState.RATE_LIMITED,
            "2026-11-22T14:01:20Z",
            "the provider asks to be left alone for 90 s",
            "2026-11-22T14:02:50Z",
        ),
    ),
    _AGENTS,
    (),
    tools=(
        *_TOOLS[:3],
        ToolState(
            _TOOLS[3].contract,
            _TOOLS[3].definition,
            _TOOLS[3].succeeded_at,
            "2026-11-22T14:01:20Z",
            "429 Too Many Requests",
        ),
    ),
    probes={**_PROBES, "crm": Probe("2026-11-22T13:51:02Z", 4)},
    at="2026-11-22T14:02:00Z",
)


def _me(tier: Tier) -> Me:
    person = Person("ops-west", 0, Role.OPS, tier)
    return Me("ops", "ops-west", "acme/support-ops", "production", "", person)


def _sheet(control: Control, tier: Tier = Tier.THREE) -> ControlSheet:
    made = control_sheet(control, {}, _me(tier), NOW)
    return replace(made, budgets=BASE.budgets, scopes=BASE.scopes)


CONTROL: Final = _sheet(_CONTROL)
DEGRADED: Final = _sheet(_DEGRADED)
FORBIDDEN: Final = _sheet(_CONTROL, Tier.TWO)
RULE: Final = offline_sheet(OfflineRule(), _me(Tier.THREE))
RULE_FORBIDDEN: Final = offline_sheet(OfflineRule(), _me(Tier.TWO))
OFFLINE: Final = replace(
    DEGRADED,
    notice=Notice(
        NoticeKind.OFFLINE,
        "Offline since 14:02:40",
        "As it was then. Nothing can be changed until the backend answers.",
    ),
)
_CHANGED: Final = with_mode(DOCUMENT, "deploy_service", "release-agent", Mode.DELEGATED)
MODE_DIFF: Final = LabSheet(
    title="Trying a change of version 14",
    text=_CHANGED,
    state=Chip("Can be taken", Tone.OK),
    changes=change_findings(PolicyChange(14, differences(DOCUMENT, _CHANGED))),
    queue=Findings("Nothing waits for people now"),
    history=HistorySheet(),
    diff=diff_lines(DOCUMENT, _CHANGED, 14),
    is_activating=True,
    activate="Activate as version 15",
    why_not=may_not_change(_me(Tier.THREE)),
)
