"""The control page as a sheet: safe modes, budgets, connectors, agents. Pure: free of Qt and I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache

from lineclear.application.budgeting.days import name_of, today_text
from lineclear.application.governing.scopes import check_scope
from lineclear.application.reading.answers import BudgetOfDay, Control, Me
from lineclear.application.reading.formats import counted, local_time
from lineclear.desktop.presenters.around import is_open
from lineclear.desktop.presenters.control_sheets import AgentRow, ControlSheet, HealthRow, ScopeKind
from lineclear.desktop.presenters.safe_modes import scopes_sheet, why_not
from lineclear.desktop.presenters.sheets import Chip, Tone
from lineclear.domain.control import Breaker, ConnectorHealth
from lineclear.domain.effects import HealthState
from lineclear.domain.identities import Agent
from lineclear.domain.policy.document import DocumentError, load
from lineclear.domain.principals import Deed
from lineclear.domain.refusals import Refusal
from lineclear.domain.text import paintable

_HEALTH = {
    HealthState.HEALTHY: Chip("Healthy", Tone.OK),
    HealthState.SLOW: Chip("Slow", Tone.CAUTION),
    HealthState.RATE_LIMITED: Chip("Rate limited", Tone.CAUTION),
    HealthState.PARTIAL: Chip("Partial data", Tone.CAUTION),
    HealthState.STALE: Chip("Stale", Tone.CAUTION),
    HealthState.DOWN: Chip("Down", Tone.STOP),
    HealthState.DENIED: Chip("Denied", Tone.STOP),
}
_NEARLY = 0.9
_ROOM = Chip("Room left", Tone.OK)
_NEARLY_SPENT = Chip("Nearly spent", Tone.CAUTION)
_SPENT = Chip("Spent", Tone.STOP)
_NOT_PROBED = Chip("Not probed yet")


def control_sheet(control: Control, running: Mapping[str, int], me: Me | None, now: datetime) -> ControlSheet:
    """Safe modes, policy in force, connectors and agents; `running` counts by scope what has not ended."""
    policy = control.policy
    title = (
        f"Capability document v{policy.version}, active since {local_time(policy.activated_at, now)}"
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
    )


def _budget(row: BudgetOfDay) -> HealthRow:
    """A limit of today, with what is left of it."""
    share = row.held / max(row.limit, 1)
    state = _SPENT if row.is_spent else _NEARLY_SPENT if share >= _NEARLY else _ROOM
    name = name_of(row.budget, row.kind)
    return HealthRow(paintable(name[0].upper() + name[1:]), state, paintable(today_text(row)))


def _names(control: Control, me: Me | None) -> tuple[tuple[ScopeKind, tuple[str, ...]], ...]:
    """The names for which safe mode can be switched on; those that make no scope are left out."""
    capabilities, environments = _in_document(control.document)
    found = {
        ScopeKind.ENVIRONMENT: {*environments, *([me.environment] if me else [])},
        ScopeKind.CONNECTOR: {*_ids(control.connectors), *_ids(control.breakers)},
        ScopeKind.CAPABILITY: capabilities,
    }
    return tuple((kind, _scoped(kind, sorted(names))) for kind, names in found.items())


def _ids(many: Sequence[ConnectorHealth] | Sequence[Breaker]) -> set[str]:
    return {one.id for one in many}


@lru_cache(maxsize=4)
def _in_document(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """The capabilities and environments that a capability document names."""
    try:
        capabilities = load(text).capabilities
    except DocumentError:
        return frozenset(), frozenset()
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
        _connector(name, health.get(name), breakers.get(name), now) for name in sorted({*health, *breakers})
    ]


def _connector(
    name: str, health: ConnectorHealth | None, breaker: Breaker | None, now: datetime
) -> HealthRow:
    state = _HEALTH[health.state] if health else _NOT_PROBED
    said = _since(health, now) if health else ""
    if breaker is not None and is_open(breaker, now):
        state = Chip("Breaker open", Tone.STOP)
        failed = counted(breaker.failures, "failure")
        said = f"Nothing is sent before {local_time(breaker.until, now)}, after {failed}: {breaker.detail}"
    elif breaker is not None and breaker.until:
        state = Chip("On probation", Tone.CAUTION)
        said = f"The next call decides, after {counted(breaker.failures, 'failure')}: {breaker.detail}"
    elif breaker is not None and breaker.failures:
        said = f"{said}; {counted(breaker.failures, 'failure')} in a row: {breaker.detail}".lstrip("; ")
    return HealthRow(paintable(name), state, paintable(said))


def _since(health: ConnectorHealth, now: datetime) -> str:
    since = f"since {local_time(health.since, now)}"
    return f"{since}: {health.detail}" if health.detail else since


def _agent(agent: Agent, me: Me | None) -> AgentRow:
    modes = ", ".join(f"{capability}: {mode}" for capability, mode in sorted(agent.modes.items()))
    owner = f"owned by {agent.owner}" if agent.owner else "without an owner"
    stopped = bool(agent.stopped_by)
    state = Chip(paintable(f"Stopped by {agent.stopped_by}"), Tone.STOP) if stopped else Chip("Enrolled")
    may_not = why_not(me, Deed.LEAVE_SAFE_MODE if stopped else Deed.STOP)
    text = paintable(f"{owner}{'; ' + modes if modes else ''}")
    return AgentRow(agent.id, paintable(agent.id), state, text, is_stopped=stopped, why_not=may_not)
