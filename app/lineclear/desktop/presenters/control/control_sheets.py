"""What the control page shows, as plain immutable values. Free of Qt, of rules and of I/O."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from lineclear.desktop.presenters.control.people_sheets import DeedSheet
from lineclear.desktop.presenters.sheets import Chip, Line, Notice, Tone, Words


class Part(StrEnum):
    """What the page is divided into, in the order of its pills."""

    NOW = "now"
    CAPABILITIES = "capabilities"
    TOOLS = "tools"
    MODES = "modes"
    PEOPLE = "people"
    DOCUMENT = "document"


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


@dataclass(frozen=True, slots=True)
class Fact:
    """A question of an ops lead in a word or two, and its answer; several answers are several lines."""

    label: str
    says: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class FactsRow:
    """A capability, or a tool, with what has to be known of it."""

    id: str
    name: Words
    chip: Chip | None
    remark: Words
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class ModeChoice:
    """A mode that can be given; the one that counts now is `is_chosen`."""

    mode: str
    title: str
    says: str
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class ModeCell:
    """How far one agent is trusted with one capability, and where that comes from."""

    agent: str
    title: str
    says: Words
    tone: Tone
    choices: tuple[ModeChoice, ...] = ()


@dataclass(frozen=True, slots=True)
class ModeRow:
    """One capability: a cell for each agent, in the order of the sheet's."""

    capability: str
    name: Words
    cells: tuple[ModeCell, ...]


@dataclass(frozen=True, slots=True)
class ModesSheet:
    """Modes of agents (across) with capabilities (down). The first column stands for all other agents."""

    agents: tuple[Words, ...] = ()
    rows: tuple[ModeRow, ...] = ()
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
class OfflineSheet:
    """What may be decided without the backend, in words, and the form that changes it."""

    lines: tuple[Words, ...] = ()
    deed: DeedSheet | None = None
    notice: Notice | None = None


@dataclass(frozen=True, slots=True)
class ControlSheet:
    """The control page; `document` is the capability document as stored, line by line."""

    scopes: ScopesSheet = ScopesSheet()
    document_title: str = ""
    document: tuple[Words, ...] = ()
    budgets: tuple[HealthRow, ...] = ()
    connectors: tuple[HealthRow, ...] = ()
    agents: tuple[AgentRow, ...] = ()
    trial: tuple[HealthRow, ...] = ()
    capabilities: tuple[FactsRow, ...] = ()
    tools: tuple[FactsRow, ...] = ()
    modes: ModesSheet = ModesSheet()
    notice: Notice | None = None
