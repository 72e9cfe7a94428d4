"""The control page as a sheet: safe modes, budgets, connectors, agents. Pure: free of Qt and I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache

from lineclear.application.governing.scopes import check_scope
from lineclear.application.reading.allowances import name_of, today_text
from lineclear.application.reading.answers import BudgetOfDay, Control, Me
from lineclear.application.reading.formats import local_time
from lineclear.desktop.presenters.control.control_sheets import (
    AgentRow,
    ControlSheet,
    HealthRow,
    ModesSheet,
    ScopeKind,
)
from lineclear.desktop.presenters.control.modes_page import modes_sheet
from lineclear.desktop.presenters.control.permissions import capability_rows
from lineclear.desktop.presenters.control.safe_modes import scopes_sheet, why_not
from lineclear.desktop.presenters.control.tools_page import HEALTH, health_chip, is_stale, tool_rows
from lineclear.desktop.presenters.control.trial_page import trial_rows
from lineclear.desktop.presenters.review.around import is_open
from lineclear.desktop.presenters.saying import said_chip
from lineclear.desktop.presenters.sheets import Chip, Tone
from lineclear.domain.control import Breaker, ConnectorHealth
from lineclear.domain.identities import Agent
from lineclear.domain.policy.document import CapabilityDocument, DocumentError, load
from lineclear.domain.principals import Deed
from lineclear.domain.refusals import Refusal
from lineclear.domain.text import paintable
from lineclear.domain.wording import marked, say, say_n

_NEARLY = 0.9
_ROOM = Chip(marked("Room left"), Tone.OK)
_NEARLY_SPENT = Chip(marked("Nearly spent"), Tone.CAUTION)
_SPENT = Chip(marked("Spent"), Tone.STOP)


def control_sheet(control: Control, running: Mapping[str, int], me: Me | None, now: datetime) -> ControlSheet:
    """Safe modes, policy in force, connectors and agents; `running` counts by scope what has not ended."""
    policy, loaded = control.policy, _in_document(control.document)
    title = (
        say(
            "Capability document v{version}, active since {time}",
            version=policy.version,
            time=local_time(policy.activated_at, now),
        )
        if policy
        else ""
    )
    return ControlSheet(
        scopes=scopes_sheet(control.safe_modes, running, _names(control, me), me, now),
        document_title=title,
        document=tuple(paintable(line) for line in control.document.splitlines()),
        budgets=tuple(map(_budget, control.budgets)),
        connectors=tuple(_connectors(control, now)),
        agents=tuple(_agent(one, me) for one in control.agents),
        trial=tuple(trial_rows(control.trial, now)),
        capabilities=capability_rows(loaded) if loaded else (),
        tools=tool_rows(control, _uses(loaded), now),
        modes=modes_sheet(loaded, control.agents, me) if loaded else ModesSheet(),
    )


def _uses(document: CapabilityDocument | None) -> dict[str, tuple[str, ...]]:
    """By tool, the capabilities that list it."""
    found: dict[str, tuple[str, ...]] = {}
    for known in document.capabilities.values() if document else ():
        for tool in known.tools:
            found[tool] = (*found.get(tool, ()), known.name)
    return found


def _budget(row: BudgetOfDay) -> HealthRow:
    """A limit of today, with what is left of it."""
    share = row.held / max(row.limit, 1)
    state = _SPENT if row.is_spent else _NEARLY_SPENT if share >= _NEARLY else _ROOM
    name = name_of(row.budget, row.kind)
    return HealthRow(paintable(name), said_chip(state), paintable(today_text(row)))


def _names(control: Control, me: Me | None) -> tuple[tuple[ScopeKind, tuple[str, ...]], ...]:
    """The names for which safe mode can be switched on; those that make no scope are left out."""
    capabilities, environments = _names_in(_in_document(control.document))
    found = {
        ScopeKind.ENVIRONMENT: {*environments, *([me.environment] if me else [])},
        ScopeKind.CONNECTOR: {*_ids(control.connectors), *_ids(control.breakers)},
        ScopeKind.CAPABILITY: capabilities,
    }
    return tuple((kind, _scoped(kind, sorted(names))) for kind, names in found.items())


def _ids(many: Sequence[ConnectorHealth] | Sequence[Breaker]) -> set[str]:
    return {one.id for one in many}


@lru_cache(maxsize=4)
def _in_document(text: str) -> CapabilityDocument | None:
    """The capability document that a text is; none where it is none."""
    try:
        return load(text)
    except DocumentError:
        return None


def _names_in(document: CapabilityDocument | None) -> tuple[frozenset[str], frozenset[str]]:
    """The capabilities and environments that a capability document names."""
    capabilities = document.capabilities if document else {}
    environments = (one.environments.value for one in capabilities.values() if one.environments)
    return frozenset(capabilities), frozenset(name for names in environments for name in names)


def _scoped(kind: ScopeKind, names: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in names if _is_scope(f"{kind}:{name}"))


def _is_scope(scope: str) -> bool:
    try:
        check_scope(scope)
    except Refusal:
        return False
    return True


def _connectors(control: Control, now: datetime) -> list[HealthRow]:
    """Every connector that was probed or failed."""
    breakers = {one.id: one for one in control.breakers}
    health = {one.id: one for one in control.connectors}
    return [
        _connector(control, name, health.get(name), breakers.get(name), now)
        for name in sorted({*health, *breakers})
    ]


def _connector(
    control: Control, name: str, health: ConnectorHealth | None, breaker: Breaker | None, now: datetime
) -> HealthRow:
    state, probe = health_chip(control, name, now), control.probes.get(name)
    said = _since(health, now, is_old=is_stale(control, name)) if health else ""
    if breaker is not None and is_open(breaker, now):
        failed = say_n("{count:,} failure", "{count:,} failures", breaker.failures)
        said = say(
            "Nothing is sent before {time}, after {failed}: {detail}",
            time=local_time(breaker.until, now),
            failed=failed,
            detail=breaker.detail,
        )
    elif breaker is not None and breaker.until:
        said = say(
            "The next call decides, after {number}: {detail}",
            number=say_n("{count:,} failure", "{count:,} failures", breaker.failures),
            detail=breaker.detail,
        )
    elif breaker is not None and breaker.failures:
        said = say(
            "{said}; {number} in a row: {detail}",
            said=said,
            number=say_n("{count:,} failure", "{count:,} failures", breaker.failures),
            detail=breaker.detail,
        ).lstrip("; ")
    elif probe is not None:
        said = say("{said}; last answer in {milliseconds} ms", said=said, milliseconds=probe.milliseconds)
    return HealthRow(paintable(name), state, paintable(said))


def _since(health: ConnectorHealth, now: datetime, *, is_old: bool) -> str:
    """Since when it is as its chip says; where that says since when nobody asked, how it was then."""
    since = say("since {time}", time=local_time(health.since, now))
    if is_old:
        since = say("{state} at the last probe", state=say(str(HEALTH[health.state].text)))
    return f"{since}: {health.detail}" if health.detail else since


def _agent(agent: Agent, me: Me | None) -> AgentRow:
    modes = ", ".join(f"{capability}: {mode}" for capability, mode in sorted(agent.modes.items()))
    owner = say("owned by {owner}", owner=agent.owner) if agent.owner else say("without an owner")
    stopped = bool(agent.stopped_by)
    state = (
        Chip(paintable(say("Stopped by {stopped_by}", stopped_by=agent.stopped_by)), Tone.STOP)
        if stopped
        else Chip(say("Enrolled"))
    )
    may_not = why_not(me, Deed.LEAVE_SAFE_MODE if stopped else Deed.STOP)
    text = paintable(f"{owner}{'; ' + modes if modes else ''}")
    return AgentRow(agent.id, paintable(agent.id), state, text, is_stopped=stopped, why_not=may_not)
