"""How far each agent is trusted with each capability, as a matrix. Pure: free of Qt and I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from lineclear.application.reading.answers import Me
from lineclear.desktop.presenters.control.control_sheets import ModeCell, ModeChoice, ModeRow, ModesSheet
from lineclear.desktop.presenters.control.safe_modes import why_not
from lineclear.desktop.presenters.sheets import Tone, Words
from lineclear.domain.identities import Agent
from lineclear.domain.policy.capabilities import OTHERS, CapabilityDocument
from lineclear.domain.principals import Deed
from lineclear.domain.text import paintable
from lineclear.domain.vocabulary import Mode, Tier
from lineclear.domain.wording import marked, say


@dataclass(frozen=True, slots=True)
class Told:
    """A mode: its title, what it means, and its tone: the less is left to the agent, the quieter."""

    title: str
    says: str
    tone: Tone


MODES: Final[Mapping[Mode, Told]] = {
    Mode.DRAFT: Told(
        marked("Draft"),
        marked("It proposes; an approval records agreement and executes nothing."),
        Tone.NEUTRAL,
    ),
    Mode.ASSISTED: Told(
        marked("Assisted"),
        marked("Reads and reversible low-risk changes run; everything else needs a person."),
        Tone.OK,
    ),
    Mode.DELEGATED: Told(
        marked("Delegated"),
        marked("It runs inside an amount ceiling or a list of environments, where the tool has one."),
        Tone.ACCENT,
    ),
    Mode.MANAGED: Told(
        marked("Managed"), marked("The document's rules and budgets alone decide."), Tone.CAUTION
    ),
}
_BY_TRUST: Final = tuple(MODES)


def modes_sheet(document: CapabilityDocument, agents: Sequence[Agent], me: Me | None) -> ModesSheet:
    """Every capability with every enrolled agent, and with all others."""
    rows = tuple(
        ModeRow(
            name,
            paintable(name),
            (
                _cell(document, name, None),
                *(_cell(document, name, agent) for agent in agents),
            ),
        )
        for name in document.capabilities
    )
    heads: tuple[Words, ...] = (say("Every other agent"), *(paintable(agent.id) for agent in agents))
    return ModesSheet(heads, rows, may_not_change(me))


def may_not_change(me: Me | None) -> str:
    """Why this person may not change policy; empty where they may."""
    may_not = why_not(me, Deed.ACTIVATE_POLICY)
    if may_not or me is None:
        return may_not
    if me.person is None:
        return say("Changing policy takes a person of tier 3; you are not enrolled.")
    if me.person.tier < Tier.THREE:
        return say(
            "Changing policy takes a person of tier 3; you are at tier {tier}.", tier=int(me.person.tier)
        )
    return ""


def _cell(document: CapabilityDocument, capability: str, agent: Agent | None) -> ModeCell:
    modes = document.capabilities[capability].modes
    own = agent.modes.get(capability) if agent else None
    stated = (modes.of(agent.id) if agent else modes.everyone) if modes else None
    mode = min((one for one in (own, stated) if one), key=_BY_TRUST.index, default=None)
    name = agent.id if agent else OTHERS
    is_named = modes is not None and agent is not None and agent.id in modes.by_agent
    if mode is None:
        title, says, tone = (
            say("By policy"),
            say("No mode is set: the document's rules alone decide."),
            Tone.NEUTRAL,
        )
    else:
        told = MODES[mode]
        title, tone = say(told.title), told.tone
        says = f"{say(told.says)} {_source(own, stated, mode, is_named=is_named)}".strip()
    return ModeCell(name, title, paintable(says), tone, _choices(stated))


def _source(own: Mode | None, stated: Mode | None, mode: Mode, *, is_named: bool) -> str:
    """Where the mode that counts comes from, if that is not plain."""
    if own is not None and own is mode and stated is not mode:
        return say("Enrolled with this mode, which the document cannot widen.")
    return "" if is_named else say("As for every agent that is not named.")


def _choices(stated: Mode | None) -> tuple[ModeChoice, ...]:
    return tuple(
        ModeChoice(mode, say(told.title), say(told.says), is_chosen=mode is stated)
        for mode, told in MODES.items()
    )
