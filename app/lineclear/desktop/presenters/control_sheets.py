"""What the control page shows, as plain immutable values. Free of Qt, of rules and of I/O."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from lineclear.desktop.presenters.sheets import Chip, Line, Notice, Words


@dataclass(frozen=True, slots=True)
class HealthRow:
    """A connector, or a budget of today, with its state in words."""

    name: Words
    state: Chip
    text: Words


@dataclass(frozen=True, slots=True)
class AgentRow:
    """An agent; whoever is allowed to stops it or lets it go on, with a reason."""

    id: str
    name: Words
    state: Chip
    text: Words
    is_stopped: bool = False
    why_not: str = ""


class ScopeKind(StrEnum):
    """How wide a safe mode is."""

    WORKSPACE = "workspace"
    ENVIRONMENT = "environment"
    CONNECTOR = "connector"
    CAPABILITY = "capability"


@dataclass(frozen=True, slots=True)
class ScopeRow:
    """One safe mode that is on: requested and confirmed are told apart, in `lines`.

    `leave` is what the button that leaves it says; it is confirmed where a first person asked already.
    """

    id: str
    name: Words
    state: Chip
    text: Words
    lines: tuple[Line, ...]
    leave: str
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class ScopesSheet:
    """Safe mode by scope: what is on, and the names for which it can be switched on."""

    rows: tuple[ScopeRow, ...] = ()
    names: tuple[tuple[ScopeKind, tuple[str, ...]], ...] = ()
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class ControlSheet:
    """The control page; `document` is the capability document as stored, line by line."""

    scopes: ScopesSheet = ScopesSheet()
    document_title: str = ""
    document: tuple[Words, ...] = ()
    budgets: tuple[HealthRow, ...] = ()
    connectors: tuple[HealthRow, ...] = ()
    agents: tuple[AgentRow, ...] = ()
    notice: Notice | None = None
