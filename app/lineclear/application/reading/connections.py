"""The agents that are connected, as administrators are told: tokens, their use, and what is offered to them.

Free of HTTP. What was refused is told by code and place; see `domain.arrivals`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from lineclear.application.governing.people import Grant, Issued
from lineclear.application.judging.in_force import policy_in_force
from lineclear.application.ports import Snapshot
from lineclear.application.reading.answers import Answer
from lineclear.application.services import Services
from lineclear.domain.arrivals import NO_TOKEN, UNKNOWN_TOKEN, Arrival
from lineclear.domain.contracts import ToolContract
from lineclear.domain.identities import Agent, Token
from lineclear.domain.principals import Deed, Principal
from lineclear.domain.samples import sample_of
from lineclear.domain.strict_json import canonical
from lineclear.domain.vocabulary import Executor, Role


class Connection(Answer, frozen=True):
    """One token of an agent, and what the border saw of it."""

    token: Token
    owner: str
    arrival: Arrival


class Offer(Answer, frozen=True):
    """A tool that a capability of the policy in force lists, with arguments to begin from, as JSON."""

    capability: str
    tool: str
    executor: Executor
    mutates: bool
    arguments: str


class Connections(Answer, frozen=True):
    """GET /v1/connections. `strangers` are calls without a token, or with one that was never given."""

    items: tuple[Connection, ...]
    strangers: tuple[Arrival, ...]
    offers: tuple[Offer, ...]


class TokenOffice(Protocol):
    """What a console asks about agents' tokens. Blocking; safe from several threads; raises Refusal."""

    def connections(self) -> Connections: ...

    def issue(self, grant: Grant, *, key: str) -> Issued: ...

    def revoke_token(self, token: str, *, key: str) -> Token: ...


def connections(services: Services, principal: Principal) -> Connections:
    """Every agent's tokens, newest first. Raises Refusal."""
    principal.require(Deed.ADMINISTER)
    seen = {one.token: one for one in services.arrivals.every()}
    contracts = {one.tool: one for one in services.tools.contracts()}

    def read(snapshot: Snapshot) -> Connections:
        owners = {agent.id: agent.owner for agent in snapshot.every(Agent)}
        tokens = [one for one in snapshot.every(Token) if one.role is Role.AGENT]
        strangers = tuple(seen[name] for name in (NO_TOKEN, UNKNOWN_TOKEN) if name in seen)
        items = tuple(
            Connection(one, owners.get(one.subject, ""), seen.get(one.id, Arrival(one.id))) for one in tokens
        )
        return Connections(items, strangers, _offers(snapshot, contracts))

    return services.store.read(read)


def _offers(snapshot: Snapshot, contracts: Mapping[str, ToolContract]) -> tuple[Offer, ...]:
    """What the workspace has a contract for: other tools of a capability cannot be called by anybody."""
    _, document = policy_in_force(snapshot)
    return tuple(
        _offer(capability.name, contracts[tool])
        for capability in document.capabilities.values()
        for tool in capability.tools
        if tool in contracts
    )


def _offer(capability: str, contract: ToolContract) -> Offer:
    sample = sample_of(contract.arguments)
    arguments = canonical(sample if isinstance(sample, dict) else {}).decode()
    return Offer(capability, contract.tool, contract.executor, contract.mutates, arguments)
