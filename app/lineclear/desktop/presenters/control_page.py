"""The control page as a sheet: safe modes, budgets, connectors, agents. Pure: free of Qt and I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache

from lineclear.application.governing.scopes import check_scope
from lineclear.application.reading.allowances import name_of, today_text
from lineclear.application.reading.answers import BudgetOfDay, Control, Me
from lineclear.application.reading.formats import local_time
from lineclear.desktop.presenters.around import is_open
from lineclear.desktop.presenters.control_sheets import AgentRow, ControlSheet, HealthRow, ScopeKind
from lineclear.desktop.presenters.safe_modes import scopes_sheet, why_not
from lineclear.desktop.presenters.saying import said_chip
from lineclear.desktop.presenters.sheets import Chip, Tone
from lineclear.domain.control import Breaker, ConnectorHealth
from lineclear.domain.effects import HealthState
from lineclear.domain.identities import Agent
from lineclear.domain.policy.document import DocumentError, load
from lineclear.domain.principals import Deed
from lineclear.domain.refusals import Refusal
from lineclear.domain.text import paintable
from lineclear.domain.wording import marked, say, say_n

_HEALTH = {
    HealthState.HEALTHY: Chip(marked("Healthy"), Tone.OK),
    HealthState.SLOW: Chip(marked("Slow"), Tone.CAUTION),
    HealthState.RATE_LIMITED: Chip(marked("Rate limited"), Tone.CAUTION),
    HealthState.PARTIAL: Chip(marked("Partial data"), Tone.CAUTION),
    HealthState.STALE: Chip(marked("Stale"), Tone.CAUTION),
    HealthState.DOWN: Chip(marked("Down"), Tone.STOP),
    HealthState.DENIED: Chip(marked("Denied"), Tone.STOP),
}
_NEARLY = 0.9
_ROOM = Chip(marked("Room left"), Tone.OK)
_NEARLY_SPENT = Chip(marked("Nearly spent"), Tone.CAUTION)
_SPENT = Chip(marked("Spent"), Tone.STOP)
_NOT_PROBED = Chip(marked("Not probed yet"))


def control_sheet(control: Control, running: Mapping[str, int], me: Me | None, now: datetime) -> ControlSheet:
    """Safe modes, policy in force, connectors and agents; `running` counts by scope what has not ended."""
    policy = control.policy
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
    )


def _budget(row: BudgetOfDay) -> HealthRow:
    """A limit of today, with what is left of it."""
    share = row.held / max(row.limit, 1)
    state = _SPENT if row.is_spent else _NEARLY_SPENT if share >= _NEARLY else _ROOM
    name = name_of(row.budget, row.kind)
    return HealthRow(paintable(name), said_chip(state), paintable(today_text(row)))


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
    state = said_chip(_HEALTH[health.state] if health else _NOT_PROBED)
    said = _since(health, now) if health else ""
    if breaker is not None and is_open(breaker, now):
        state = Chip(say("Breaker open"), Tone.STOP)
        failed = say_n("{count:,} failure", "{count:,} failures", breaker.failures)
        said = say(
            "Nothing is sent before {time}, after {failed}: {detail}",
            time=local_time(breaker.until, now),
            failed=failed,
            detail=breaker.detail,
        )
    elif breaker is not None and breaker.until:
        state = Chip(say("On probation"), Tone.CAUTION)
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
    return HealthRow(paintable(name), state, paintable(said))


def _since(health: ConnectorHealth, now: datetime) -> str:
    since = say("since {time}", time=local_time(health.since, now))
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
