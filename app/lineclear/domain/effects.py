"""What a connector shows before it acts and reports afterwards. Pure values."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from lineclear.domain.strict_json import Json
else:
    Json = Any  # msgspec resolves annotations when it decodes, and cannot follow a recursive alias


class Shape(StrEnum):
    """How before and after are best compared."""

    FIELDS = "fields"
    RECORDS = "records"
    TEXT = "text"
    CODE = "code"
    ACCESS = "access"


class Target(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The thing in the outside world that an action would change."""

    connector: str
    kind: str
    id: str


class UndoPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Whether a change can be taken back: said before approval, kept afterwards.

    `window` is seconds from the effect; absent means no limit. `loses` names what an undo
    would not bring back, in the connector's own words.
    """

    possible: bool
    window: int | None = None
    loses: str = ""


class Preview(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The target as it is and as it would be. `version` names the state that was read.

    `title` is made by the connector from arguments and rows, never by the agent.
    `moved` lists, in an undo's preview only, the paths that changed since the effect.
    """

    target: Target
    title: str
    shape: Shape
    before: Json
    after: Json
    version: str
    undo: UndoPlan
    moved: tuple[str, ...] = ()


class Effect(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What an execution did. `receipt` is all that the connector needs to undo it.

    `reference` is the other side's own name for the effect (a receipt row, a commit).
    """

    reference: str
    before: Json
    after: Json
    version: str
    receipt: Json = None


class HealthState(StrEnum):
    """How a dependency is."""

    HEALTHY = "healthy"
    SLOW = "slow"
    RATE_LIMITED = "rate_limited"
    PARTIAL = "partial"
    STALE = "stale"
    DOWN = "down"
    DENIED = "denied"


class Health(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A dependency's state with the reason that a person can act on.

    `tools` are those that cannot be used while it is in part, each with why.
    """

    state: HealthState
    detail: str = ""
    tools: dict[str, str] = {}


_MOST_SAID = 200


def of_tools(tools: Collection[str], failing: Mapping[str, str]) -> Health:
    """How a system is that answers, by those of its tools that do not: one is partial, all are down."""
    if not failing:
        return Health(HealthState.HEALTHY)
    name, why = min(failing.items())
    if len(failing) == len(tools):
        return Health(HealthState.DOWN, why[:_MOST_SAID])
    others = f" and {len(failing) - 1} more" if len(failing) > 1 else ""
    said = {tool: words[:_MOST_SAID] for tool, words in sorted(failing.items())}
    return Health(HealthState.PARTIAL, f"{name}{others}: {why}"[:_MOST_SAID], said)
