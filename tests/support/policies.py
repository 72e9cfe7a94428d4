"""The full sample document, and facts under it: what a test says differs from one plain refund, credit, …"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import msgspec

from lineclear.domain.contracts import MoneyFields, ToolContract
from lineclear.domain.effects import Target
from lineclear.domain.policy.document import load
from lineclear.domain.policy.evaluation import Facts, Occasion
from lineclear.domain.strict_json import Json
from lineclear.domain.vocabulary import EffectClass, Stake

DOCUMENT = load((Path(__file__).parents[2] / "resources/sample/policy-full.yaml").read_text())

MONDAY, SATURDAY = "2026-11-23T10:30:00Z", "2026-11-21T10:30:00Z"
LOW = Decimal("0.62")


def contract(
    tool: str, stake: Stake = Stake.DATA, *, reversible: bool = True, **more: object
) -> ToolContract:
    money = MoneyFields("amount", "currency") if stake is Stake.MONEY else None
    known = ToolContract(tool, "test", EffectClass.KEYED, stake, reversible=reversible, money=money)
    return msgspec.structs.replace(known, **more)


REFUND = contract("payments.create_refund", Stake.MONEY, reversible=False)
CREDIT = contract("payments.adjust", Stake.MONEY)
DEPLOY = contract("cicd.trigger_deploy", Stake.DEPLOYMENT, environment="environment")
OPEN_PR = contract("cicd.open_pr", Stake.CODE)
GRANT = contract("access.grant", Stake.ACCESS)
REVOKE = contract("access.revoke", Stake.ACCESS)
UPDATE = contract("crm.update_customer")
DELETE = contract("crm.delete_contacts", Stake.PEOPLE)
READ = contract("tickets.get", mutates=False)

HERE = Occasion(
    action="act_1",
    agent="support-agent",
    owner="owner",
    job="job_1",
    workflow="refunds",
    target=Target("test", "thing", "1"),
    workspace="acme/sample",
    at=MONDAY,
    recent=(),
)


def facts(
    capability: str, known: ToolContract, arguments: dict[str, Json] | None = None, **more: object
) -> Facts:
    occasion = {name: more.pop(name) for name in list(more) if name in Occasion.__slots__}
    given = Facts(
        capability=capability,
        tool=known.tool,
        arguments=arguments or {},
        contract=known,
        workspace_environment="production",
        confidence=Decimal("0.95"),
        idempotency_key=True,
        mode=None,
        occasion=replace(HERE, **occasion),
    )
    return replace(given, **more)


def refund(amount: Json, currency: Json = "USD", **more: object) -> Facts:
    return facts("issue_refund", more.pop("known", REFUND), {"amount": amount, "currency": currency}, **more)


def credit(amount: Json, currency: Json = "USD", **more: object) -> Facts:
    return facts(
        "credit_account", more.pop("known", CREDIT), {"amount": amount, "currency": currency}, **more
    )


def deploy(environment: Json, **more: object) -> Facts:
    return facts("deploy_service", DEPLOY, {"environment": environment}, **more)


TWENTY = tuple(("payments.create_refund", 60.0 * n) for n in range(20))
UPDATES = tuple(("crm.update_customer", 400.0 * n) for n in range(200))
