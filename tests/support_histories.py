"""Workspaces in which authority is had in every way, for auditors of their ledgers to agree upon."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

from lineclear.adapters.memory.tools import MemoryTools
from lineclear.application.deciding.editing import Edit, edit_action
from lineclear.application.governing.break_glass import break_glass, review_glass
from lineclear.application.governing.delegation import Loan, delegate, end_delegation
from lineclear.application.governing.people import Grant, enrol, take_off
from lineclear.application.governing.trials import start_trial, stop_trial
from lineclear.application.governing.workspaces import activate_policy
from lineclear.application.services import Services
from lineclear.domain.money import parse_money
from lineclear.domain.strict_json import canonical
from lineclear.domain.trials import half_of
from lineclear.domain.vocabulary import ActionStatus, Role, Tier, Verdict
from support.kernel import CONTRACTS, DOCUMENT, Kernel

DAY = timedelta(days=1)
STAGED = DOCUMENT.replace(
    "        idempotency_key: required\n",
    """        idempotency_key: required
    stages:
      - {name: finance, tier: 1, group: finance}
      - {name: second-look, tier: 2}
    reviewer_ceilings_usd: {fin: 150, ops: 500}
""",
)
LOOSER = DOCUMENT.replace("requires_approval_over_usd: 50", "requires_approval_over_usd: 150")
OUTSIDE = "http://127.0.0.1:8181/v1/data/lineclear/decision"


class Denies:
    """A judge outside that denies what is above 100, and allows all else."""

    def ask(self, _url: str, question: bytes, *, seconds: float, token_env: str = "") -> bytes:
        del seconds, token_env
        return json.dumps({"result": b'"150.00"' not in question}).encode()


def lent() -> Kernel:
    """Two delegations to one deputy, one of which ends; one to somebody who then leaves; one that ran out."""
    kernel = Kernel()
    admin = kernel.reviewer("root", Tier.THREE, Role.ADMIN)
    lead = kernel.reviewer("lead", ceiling=parse_money("150.00", "USD"))
    deputy, late = kernel.reviewer("deputy", Tier.ONE), kernel.reviewer("late", Tier.ONE)
    for giver, capability in ((lead, "issue_refund"), (admin, "manage_access")):
        wanted = {"tier": Tier.TWO, "capabilities": (capability,), "lasts": DAY, "reason": "holidays"}
        delegate(kernel.services, giver.principal, Loan("deputy", **wanted))
    lead_s = delegate(kernel.services, lead.principal, Loan("late", **wanted | {"lasts": 2 * DAY}))
    kernel.decide(deputy, kernel.refund("60.00"))
    kernel.later(days=1)
    end_delegation(kernel.services, late.principal, lead_s.received[0].id, "back")
    delegate(kernel.services, lead.principal, Loan("late", Tier.TWO, ("issue_refund",), DAY, "again"))
    kernel.decide(late, kernel.refund("70.00"), Verdict.REJECT, "no")
    take_off(kernel.services, admin.principal, "lead", "left the company")
    enrol(kernel.services, admin.principal, Grant("late", Role.APPROVER, Tier.TWO))
    kernel.decide(late, kernel.refund("80.00"))
    kernel.run()
    return kernel


def in_an_emergency() -> Kernel:
    """Break-glass of one who leaves it to another to review, and breaks it again."""
    kernel = Kernel()
    ops, boss = kernel.reviewer("ops", Tier.ONE), kernel.reviewer("boss", Tier.THREE)
    for _ in range(2):
        break_glass(kernel.services, ops.principal, timedelta(minutes=30), "payments are down")
        kernel.decide(ops, kernel.propose("access.grant", "manage_access"))
        review_glass(kernel.services, boss.principal, "ops", justified=True, reason="the outage was real")
    kernel.run()
    return kernel


def staged() -> Kernel:
    """Places of a document, one of them below the action's tier, and ceilings of one capability."""
    kernel = Kernel()
    activate_policy(kernel.services, STAGED, by="admin")
    fin = kernel.reviewer("fin", Tier.ONE, Role.APPROVER, groups=("finance",))
    ops = kernel.reviewer("ops")
    refund = kernel.refund("90.00")
    kernel.decide(ops, refund)
    kernel.decide(fin, kernel.action(refund.id))
    kernel.run()
    assert kernel.action(refund.id).status is ActionStatus.SUCCEEDED
    return kernel


def together() -> Kernel:
    """Two that were approved at one look, in another place each."""
    records = {name: {"status": "new"} for name in ("cus_0", "cus_1")}
    kernel = Kernel(tools=MemoryTools(CONTRACTS, records))
    reviewer = kernel.reviewer()
    merges = [kernel.propose("crm.merge_customers", "manage_customers", id=f"cus_{n}") for n in range(2)]
    for one in merges:
        kernel.decide(reviewer, one, looked=kernel.looked(one, bulk=2))
    kernel.run()
    return kernel


def on_trial() -> Kernel:
    """Jobs of both halves and one that was open before, during a trial and after it, and a second trial."""
    kernel = Kernel()
    chief, reviewer = kernel.token("chief", Role.OPS, tier=Tier.THREE), kernel.reviewer()
    before = kernel.job
    for text in (LOOSER, LOOSER.replace("150", "160")):
        trial = start_trial(kernel.services, chief, text, expected=1, reason="Try")
        kernel.later(seconds=1)
        halves = [
            next(job for job in iter(kernel.open_job, "") if half_of(job, trial.digest) == half)
            for half in range(2)
        ]
        for kernel.job in (before, *halves):
            kernel.refund("80.00")
            kernel.run()
        stop_trial(kernel.services, chief, "Enough")
        kernel.refund("80.00")
    for one in kernel.pending():
        kernel.decide(reviewer, one)
    kernel.run()
    return kernel


def asked_outside() -> Kernel:
    """A judge outside that denied one, which was edited by nobody, and let another pass."""
    kernel = Kernel()
    old = kernel.services
    kernel.services = Services(
        kernel.store, kernel.tools, kernel.clock, old.ids, old.signatures, judge=Denies()
    )
    kernel.worker = type(kernel.worker)(kernel.services, "w1")
    activate_policy(kernel.services, f"{DOCUMENT}opa:\n  url: {OUTSIDE}\n  unreachable: ask\n", by="admin")
    reviewer = kernel.reviewer()
    kernel.refund("20.00")
    kernel.decide(reviewer, kernel.refund("60.00"))
    kernel.refund("150.00")
    kernel.run()
    return kernel


def edited() -> Kernel:
    """One that was edited before it was approved, and one that was looked at again when its target moved."""
    kernel = Kernel()
    reviewer = kernel.reviewer()
    asked = kernel.refund("180.00")
    sent = {"id": "pay_1", "fields": {"status": "refunded"}, "amount": "120.00", "currency": "USD"}
    edit = Edit(canonical(sent), 1, "One capture")
    kernel.decide(reviewer, edit_action(kernel.services, reviewer.principal, asked.id, edit, kernel.key())[0])
    kernel.decide(reviewer, kernel.refund("90.00"))
    kernel.run()
    for one in kernel.pending():
        kernel.decide(reviewer, one)
    kernel.run()
    assert kernel.action(asked.id).status is ActionStatus.SUCCEEDED
    return kernel


HISTORIES: dict[str, Callable[[], Kernel]] = {
    one.__name__: one for one in (lent, in_an_emergency, staged, together, on_trial, asked_outside, edited)
}
