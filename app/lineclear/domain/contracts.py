"""Tool contracts: what a tool takes, touches and promises. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from lineclear.domain.vocabulary import EffectClass, Executor, Stake

if TYPE_CHECKING:
    from lineclear.domain.strict_json import Json
else:
    Json = Any  # msgspec resolves annotations when it decodes, and cannot follow a recursive alias


class MoneyFields(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a tool's arguments carry an amount: two names of top-level arguments.

    The amount is a decimal string or an integer in major units, never a float.
    """

    amount: str
    currency: str


class ToolContract(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One version of one tool, as its connector declares it and a connector test proves it.

    `arguments` is a JSON Schema (2020-12). `environment` names the argument that carries
    the environment that the tool touches; absent means that it touches none.
    `undo_window` is in seconds; absent with `reversible` means no limit. `key_window` is for how many
    seconds the other side honours an idempotency key (class B); absent means for ever.

    Where the agent executes, a clearance holds for `clearance_lasts` seconds, and an outcome is unknown
    `outcome_within` seconds after the start.
    """

    tool: str
    connector: str
    effect: EffectClass
    stake: Stake
    version: int = 1
    mutates: bool = True
    reversible: bool = False
    undo_window: int | None = None
    key_window: int | None = None
    money: MoneyFields | None = None
    environment: str | None = None
    arguments: dict[str, Json] = msgspec.field(default_factory=dict)
    executor: Executor = Executor.BACKEND
    clearance_lasts: int = 300
    outcome_within: int = 3_600
