"""A whole backend without I/O: memory store, memory tools, a manual clock, real signatures."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from lineclear.adapters.memory.arrivals import MemoryArrivals
from lineclear.adapters.memory.clock import ManualClock
from lineclear.adapters.memory.ids import SeededIds
from lineclear.adapters.memory.store import MemoryStore
from lineclear.adapters.memory.tools import MemoryTools
from lineclear.application.deciding.decide import Decision, decide, origin_of
from lineclear.application.deciding.reviewing import Looked, statement_of
from lineclear.application.executing.execute import Worker
from lineclear.application.governing.people import Grant, authenticate, enrol_device, issue_token
from lineclear.application.governing.workspaces import activate_policy, ensure_workspace
from lineclear.application.idempotency import Request
from lineclear.application.jobs import open_job
from lineclear.application.ports import ActionQuery, Store
from lineclear.application.propose import Proposal, propose
from lineclear.application.services import Services
from lineclear.domain.actions import Action
from lineclear.domain.confirming import confirm_words
from lineclear.domain.contracts import MoneyFields, ToolContract
from lineclear.domain.events import Budget, JobBrief
from lineclear.domain.identities import Device
from lineclear.domain.ledger.statements import sign_decision
from lineclear.domain.principals import Principal
from lineclear.domain.vocabulary import ActionStatus, EffectClass, Role, Stake, Tier, Verdict

DOCUMENT = """\
capabilities:
  issue_refund:
    tools:
      - name: payments.create_refund
        max_amount_usd: 200
        requires_approval_over_usd: 50
        idempotency_key: required
  manage_customers:
    tools:
      - name: crm.update_customer
      - name: crm.merge_customers
        requires_approval: true
  manage_access:
    tools:
      - name: access.grant
        requires_approval: true
  send_mail:
    tools:
      - name: mail.send
"""


def contract(tool: str, stake: Stake = Stake.DATA, **more: Any) -> ToolContract:
    values = {"connector": "memory", "effect": EffectClass.KEYED, "reversible": True, **more}
    return ToolContract(tool=tool, stake=stake, **values)


CONTRACTS = (
    contract("payments.create_refund", Stake.MONEY, money=MoneyFields("amount", "currency")),
    contract("crm.update_customer"),
    contract("crm.merge_customers", effect=EffectClass.QUERYABLE),
    contract("access.grant", Stake.ACCESS),
    contract("mail.send", effect=EffectClass.BLIND, reversible=False),
)


class Ed25519:
    """The Signatures port, for real."""

    def holds(self, public_key: str, signature: bytes, message: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(b64decode(public_key)).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


class Signer:
    """A device key held in memory."""

    def __init__(self) -> None:
        self._key = Ed25519PrivateKey.generate()
        self.public_key = self._key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)


@dataclass
class Reviewer:
    principal: Principal
    signer: Signer
    device: str


@dataclass
class Kernel:
    """Everything that a test drives, by the same use cases as the server."""

    store: Store = field(default_factory=MemoryStore)
    clock: ManualClock = field(default_factory=ManualClock)
    tools: MemoryTools = field(
        default_factory=lambda: MemoryTools(CONTRACTS, {"pay_1": {"status": "captured", "refunded": "0.00"}})
    )

    def __post_init__(self) -> None:
        self.services = Services(
            self.store, self.tools, self.clock, SeededIds(7), Ed25519(), MemoryArrivals()
        )
        self._keys = count()
        ensure_workspace(self.services, "acme/test", "production")
        activate_policy(self.services, DOCUMENT, by="admin")
        self.agent = self.token("support-agent", Role.AGENT, owner="owner")
        self.job = self.open_job()
        self.worker = Worker(self.services, "w1")

    def key(self) -> Request:
        number = next(self._keys)
        return Request(f"key-{number}", f"{number:064x}")

    def token(self, name: str, role: Role, **more: Any) -> Principal:
        return authenticate(self.services, issue_token(self.services, Grant(name, role, **more)).secret)

    def open_job(self) -> str:
        return open_job(self.services, self.agent, JobBrief("Resolve ticket 20418"), Budget(), self.key())[
            0
        ].id

    def reviewer(
        self, name: str = "ops-west", tier: Tier = Tier.TWO, role: Role = Role.OPS, **more: Any
    ) -> Reviewer:
        principal, signer = self.token(name, role, tier=tier, **more), Signer()
        device = enrol_device(self.services, principal, b64encode(signer.public_key).decode(), "memory")
        return Reviewer(principal, signer, device.id)

    def payload(self, tool: str, capability: str, **arguments: Any) -> bytes:
        arguments = {"id": "pay_1", "fields": {"status": "refunded"}, **arguments}
        return json.dumps({"capability": capability, "tool": tool, "arguments": arguments}).encode()

    def propose(self, tool: str, capability: str, *, request: Request | None = None, **more: Any) -> Action:
        options = {name: more.pop(name) for name in ("note", "confidence", "deadline", "why") if name in more}
        proposal = Proposal(
            self.job,
            self.payload(tool, capability, **more),
            confidence=options.pop("confidence", "0.95"),
            **options,
        )
        return propose(self.services, self.agent, proposal, request or self.key())[0]

    def refund(self, amount: str, **more: Any) -> Action:
        return self.propose("payments.create_refund", "issue_refund", amount=amount, currency="USD", **more)

    def looked(self, action: Action, **more: Any) -> Looked:
        """How a careful reviewer looks: what has to be typed is typed."""
        sealed = self.store.read(lambda snapshot: snapshot.blob(action.content.payload))
        typed = confirm_words(action).text if action.tier is Tier.THREE else ""
        return replace(Looked((sealed or b"").decode(), typed), **more)

    def signed(
        self,
        reviewer: Reviewer,
        action: Action,
        verdict: Verdict,
        reason: str = "",
        looked: Looked | None = None,
    ) -> Decision:
        device = self.store.read(lambda snapshot: snapshot.load(Device, reviewer.device))
        assert device is not None
        origin, now = self.store.read(origin_of), self.clock.now()
        seen = looked or self.looked(action)
        statement = statement_of(action, device, verdict, origin=origin, now=now, looked=seen)
        return Decision(sign_decision(statement, reviewer.signer), reviewer.device, reason)

    def decide(
        self,
        reviewer: Reviewer,
        action: Action,
        verdict: Verdict = Verdict.APPROVE,
        reason: str = "",
        looked: Looked | None = None,
    ) -> Action:
        signed = self.signed(reviewer, action, verdict, reason, looked)
        return decide(self.services, reviewer.principal, action.id, signed, self.key())[0]

    def action(self, identifier: str) -> Action:
        action = self.store.read(lambda snapshot: snapshot.load(Action, identifier))
        assert action is not None
        return action

    def pending(self) -> tuple[Action, ...]:
        query = ActionQuery(statuses=frozenset({ActionStatus.PENDING}))
        return self.store.read(lambda snapshot: snapshot.actions(query)).items

    def run(self, *, steps: int = 50) -> None:
        """Carry out everything that is due now."""
        for _ in range(steps):
            if not self.worker.run_one():
                return

    def later(self, **time: float) -> None:
        self.clock.advance(timedelta(**time))
