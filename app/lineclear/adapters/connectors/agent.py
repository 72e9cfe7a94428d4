"""Tools that agents execute themselves, after they consumed a clearance. Touches nothing and knows no target.

```yaml
systems:
  agents:
    kind: agent
    private_receivers: [hooks.internal]   # webhook hosts that may be private; others must be public
    trust: hooks-ca.pem                   # a further authority for the receivers' certificates
tools:
  issue_refund:
    system: agents
    stake: money
    money: {amount: amount, currency: currency}
    clearance_lasts: 300                  # seconds in which an approved call must start
    outcome_within: 3600                  # seconds after which a started call without an outcome is unknown
    arguments: {type: object, ...}        # optional JSON Schema
```

A tool that is not declared is judged as `<system>.unlisted`; policy says whether that may be asked for. It
has stake access unless it is declared by that name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, cast

from pydantic import BeforeValidator, Field

from lineclear.adapters.connectors.definitions import Model, MoneyOf, Name, Schema
from lineclear.application.agents.tool_calls import UNLISTED
from lineclear.application.executing.permits import UNLIMITED
from lineclear.application.ports import Arguments, Permit, ToolFailed
from lineclear.domain.contracts import MoneyFields, ToolContract
from lineclear.domain.effects import Effect, Health, HealthState, Preview, Shape, Target, UndoPlan
from lineclear.domain.strict_json import Json
from lineclear.domain.vocabulary import EffectClass, Executor, Stake

_SHOWN = 80
_ANY: dict[str, object] = {"type": "object"}
_CALL: dict[str, object] = {
    "type": "object",
    "required": ["tool", "arguments"],
    "properties": {"tool": {"type": "string"}, "server": {"type": "string"}, "arguments": {"type": "object"}},
    "additionalProperties": False,
}

type Hosts = Annotated[tuple[str, ...], BeforeValidator(lambda v: tuple(v) if isinstance(v, list) else v)]


class AgentSystem(Model):
    """The agents themselves. At most one such system is in a workspace."""

    kind: Literal["agent"]
    private_receivers: Hosts = ()
    trust: str = ""


class AgentTool(Model):
    """One tool that agents have; what it does to its target is theirs to know."""

    system: str
    stake: Annotated[Stake, Field(strict=False)]
    version: Annotated[int, Field(ge=1)] = 1
    mutates: bool = True
    money: MoneyOf | None = None
    environment: Name | None = None
    clearance_lasts: Annotated[int, Field(ge=1, le=86_400)] = 300
    outcome_within: Annotated[int, Field(ge=1, le=604_800)] = 3_600
    arguments: Schema = Field(default_factory=lambda: dict(_ANY))

    def contract(self, tool: str) -> ToolContract:
        return ToolContract(
            tool=tool,
            connector=self.system,
            effect=EffectClass.BLIND,
            stake=self.stake,
            version=self.version,
            mutates=self.mutates,
            money=MoneyFields(self.money.amount, self.money.currency) if self.money else None,
            environment=self.environment,
            arguments=cast("dict[str, Json]", self.arguments),
            executor=Executor.AGENT,
            clearance_lasts=self.clearance_lasts,
            outcome_within=self.outcome_within,
        )


class AgentConnector:
    """Shows what an agent would call; carries out nothing."""

    def __init__(self, name: str, tools: Mapping[str, AgentTool]) -> None:
        self._name = name
        self._unlisted = f"{name}.{UNLISTED}"
        stand_in = tools.get(self._unlisted, AgentTool(system=name, stake=Stake.ACCESS))
        known = {**tools, self._unlisted: stand_in.model_copy(update={"arguments": dict(_CALL)})}
        self._contracts = [tool.contract(key) for key, tool in known.items()]

    def contracts(self) -> Sequence[ToolContract]:
        return list(self._contracts)

    def preview(self, tool: str, arguments: Arguments) -> Preview:
        """The arguments as they are; before is null, because nobody here can know it."""
        called, after = tool, dict(arguments)
        if tool == self._unlisted:
            named = [after.get("server"), after.get("tool")]
            called = ".".join(part for part in named if isinstance(part, str) and part)
            inner = after.get("arguments")
            after = inner if isinstance(inner, dict) else {}
        shown = (
            called if len(called) <= _SHOWN else f"{called[:_SHOWN]}… (+{len(called) - _SHOWN} characters)"
        )
        return Preview(
            target=Target(self._name, "tool", shown),
            title=f"Call {shown}",
            shape=Shape.FIELDS,
            before=None,
            after=after,
            version="",
            undo=UndoPlan(possible=False),
        )

    def apply(
        self, tool: str, arguments: Arguments, *, expected: str, key: str, permit: Permit = UNLIMITED
    ) -> Effect:
        """The kernel never asks for it: the agent executes."""
        del arguments, expected, key, permit
        raise ToolFailed("refused", f"{tool} is carried out by the agent itself.")

    def find(self, tool: str, arguments: Arguments, *, key: str, permit: Permit = UNLIMITED) -> Effect | None:
        """Nobody here knows what an agent did."""
        del tool, arguments, key, permit
        return None

    def preview_undo(self, tool: str, receipt: Json) -> Preview:
        del receipt
        raise ToolFailed("refused", f"What an agent did with {tool} cannot be taken back from here.")

    def undo(
        self, tool: str, receipt: Json, *, expected: str, key: str, permit: Permit = UNLIMITED
    ) -> Effect:
        del receipt, expected, key, permit
        raise ToolFailed("refused", f"What an agent did with {tool} cannot be taken back from here.")

    def probe(self) -> Health:
        return Health(HealthState.HEALTHY, "agents call in; nothing is called here")
