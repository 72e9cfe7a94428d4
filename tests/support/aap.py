"""A backend that takes tool calls from agents, and the published client of their protocol, unmodified."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from agentapprovalprotocol import Client

from lineclear.domain.actions import Action
from lineclear.domain.uuids import Named, id_of
from lineclear.domain.vocabulary import Role, Tier, Verdict
from support.backend import Hand, Running, new_workspace

SYSTEM = '  agents: {{kind: agent, private_receivers: ["127.0.0.1", "localhost"], trust: {trust}}}'
TOOLS = """
  issue_refund:
    system: agents
    stake: money
    money: {{amount: amount, currency: currency}}
    clearance_lasts: {lasts}
    outcome_within: {within}
  look_up: {{system: agents, stake: data, mutates: false}}
  desk.send: {{system: agents, stake: data}}
"""
POLICY = """
  agents_refund:
    tools:
      - name: issue_refund
        requires_approval: true
  agents_read:
    tools:
      - name: look_up
  agents_write:
    tools:
      - name: desk.send
        requires_approval: true
        tier: 1
"""
UNLISTED = """
  agents_anything:
    tools:
      - name: agents.unlisted
        requires_approval: true
"""


def agents_workspace(
    folder: Path, *, lasts: int = 300, within: int = 3_600, trust: str = '""', unlisted: bool = False
) -> Path:
    """A sample workspace of the test's own, in which agents execute tools themselves."""
    workspace = new_workspace(folder)
    document, policy = workspace / "workspace.yaml", workspace / "policy.yaml"
    text = document.read_text()
    (plain,) = [line for line in text.splitlines() if "kind: agent" in line]
    text = text.replace(plain, SYSTEM.format(trust=trust))
    document.write_text(text.replace("\ntools:\n", f"\ntools:{TOOLS.format(lasts=lasts, within=within)}", 1))
    capabilities = f"capabilities:\n{POLICY.strip(chr(10))}\n{UNLISTED if unlisted else ''}"
    policy.write_text(policy.read_text().replace("capabilities:\n", capabilities, 1))
    return workspace


REFUND = {"payment_id": "pay_5002", "amount": "60.00", "currency": "USD"}


def call(tool: str = "issue_refund", timeout: str = "10m", **more: object) -> dict[str, object]:
    """A submission as an adapter makes it."""
    return {"tool": tool, "arguments": REFUND, "timeout": timeout, **more}


def key() -> str:
    return str(uuid4())


@dataclass
class Desk:
    """One backend with an agent that speaks the protocol, and somebody who decides."""

    here: Running
    client: Client
    ops: Hand

    def action(self, request: str) -> Action:
        """The action that a request is the name of."""
        identifier = id_of(Named.REQUEST, request)
        assert identifier is not None
        return self.ops.client.detail(identifier).action

    def decide(self, request: str, verdict: Verdict = Verdict.APPROVE, reason: str = "") -> Action:
        return self.ops.decide(self.action(request), verdict, reason)


def client_of(here: Running, token: str, **more: float) -> Client:
    client = Client(f"{here.url}/aap", token, **more)
    here.closing.callback(client.close)
    return client


def desk(here: Running) -> Desk:
    token = here.token("refund-bot", Role.AGENT, owner="owner")
    return Desk(here, client_of(here, token), here.hand(tier=Tier.THREE))
