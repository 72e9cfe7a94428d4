"""Tools with their contracts and their health, in the words of an ops lead. Pure: free of Qt and I/O."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from lineclear.application.reading.answers import Control, ToolState
from lineclear.application.reading.formats import age_text, local_time, seconds_between
from lineclear.desktop.presenters.control.control_sheets import Fact, FactsRow
from lineclear.desktop.presenters.review.around import is_open
from lineclear.desktop.presenters.sheets import Chip, Tone, Words
from lineclear.domain.contracts import ToolContract
from lineclear.domain.effects import HealthState
from lineclear.domain.policy.wording import duration
from lineclear.domain.text import paintable
from lineclear.domain.vocabulary import EffectClass, Executor, Stake
from lineclear.domain.wording import marked, say, say_n

PROBED_WITHIN: Final = 60
"""Seconds after which a probe says nothing of now: four of the prober's rounds."""

HEALTH: Final[Mapping[HealthState, Chip]] = {
    HealthState.HEALTHY: Chip(marked("Healthy"), Tone.OK),
    HealthState.SLOW: Chip(marked("Slow"), Tone.CAUTION),
    HealthState.RATE_LIMITED: Chip(marked("Rate limited"), Tone.CAUTION),
    HealthState.PARTIAL: Chip(marked("Partial data"), Tone.CAUTION),
    HealthState.STALE: Chip(marked("Stale"), Tone.CAUTION),
    HealthState.DOWN: Chip(marked("Down"), Tone.STOP),
    HealthState.DENIED: Chip(marked("Denied"), Tone.STOP),
}
_STAKES: Final = {
    Stake.DATA: marked("Data"),
    Stake.MONEY: marked("Money"),
    Stake.CODE: marked("Code"),
    Stake.DEPLOYMENT: marked("Deployments"),
    Stake.ACCESS: marked("Access rights"),
    Stake.PEOPLE: marked("People"),
    Stake.POLICY: marked("Policy"),
}
_EFFECTS: Final = {
    EffectClass.TRANSACTIONAL: marked("Once, in our own transaction (class A)"),
    EffectClass.KEYED: marked("Once: the other side knows a repetition by its key (class B)"),
    EffectClass.QUERYABLE: marked("Once: the other side is asked before anything is repeated (class C)"),
    EffectClass.BLIND: marked(
        "At most once: it is never repeated, and a person finds out what became of a lost call (class D)"
    ),
}
_MOST_ARGUMENTS: Final = 12


def tool_rows(control: Control, uses: Mapping[str, tuple[str, ...]], now: datetime) -> tuple[FactsRow, ...]:
    """Every tool by name. `uses` are the capabilities that list a tool."""
    return tuple(_row(control, state, uses.get(state.contract.tool, ()), now) for state in control.tools)


def probe_age(control: Control, connector: str) -> float | None:
    """How many seconds old the newest probe of a connector was when the page was read; none without one."""
    probe = control.probes.get(connector)
    if probe is None or not control.at:
        return None
    return seconds_between(probe.at, datetime.fromisoformat(control.at))


def is_stale(control: Control, connector: str) -> bool:
    """Whether the last probe is too old to say much."""
    age = probe_age(control, connector)
    return age is not None and age > PROBED_WITHIN


def health_chip(control: Control, connector: str, now: datetime, tool: str = "") -> Chip:
    """How a system is now, else for one tool. A breaker goes before a probe, and an old probe says little."""
    breaker = next((one for one in control.breakers if one.id == connector), None)
    health = next((one for one in control.connectors if one.id == connector), None)
    if breaker is not None and is_open(breaker, now):
        return Chip(say("Breaker open"), Tone.STOP)
    if breaker is not None and breaker.until:
        return Chip(say("On probation"), Tone.CAUTION)
    if is_stale(control, connector):
        since = local_time(control.probes[connector].at, now)
        return Chip(say("Stale since {time}", time=since), Tone.CAUTION)
    if health is None:
        return Chip(say("Not probed yet"))
    chip = HEALTH[health.state_of(tool) if tool else health.state]
    return Chip(say(str(chip.text)), chip.tone)


def _row(control: Control, state: ToolState, uses: tuple[str, ...], now: datetime) -> FactsRow:
    contract = state.contract
    facts = (
        Fact(say("Touches"), (_touches(contract),)),
        Fact(say("Takes"), tuple(map(paintable, _takes(contract)))),
        Fact(say("Takes effect"), tuple(_effects(contract))),
        Fact(say("Can be undone"), (_undone(contract),)),
        Fact(say("Used by"), tuple(map(paintable, uses)) or (say("No capability lists it: it is denied."),)),
        Fact(say("Health"), tuple(_health(control, contract, now))),
        Fact(say("Lately"), tuple(_lately(state, now))),
        Fact(
            say("Definition"),
            (say("version {version}, {digest}", version=contract.version, digest=state.definition[:16]),),
        ),
    )
    remark = say("by connector {connector}", connector=contract.connector)
    chip = health_chip(control, contract.connector, now, contract.tool)
    return FactsRow(contract.tool, paintable(contract.tool), chip, paintable(remark), facts)


def _touches(contract: ToolContract) -> Words:
    stake = say(_STAKES[contract.stake])
    if not contract.mutates:
        return say("{stake}; it only reads", stake=stake)
    if contract.environment:
        said = say(
            "{stake}, in the environment that {argument} names", stake=stake, argument=contract.environment
        )
        return paintable(said)
    if contract.money:
        money = contract.money
        said = say(
            "{stake}: {amount} in {currency}", stake=stake, amount=money.amount, currency=money.currency
        )
        return paintable(said)
    return stake


def _takes(contract: ToolContract) -> Iterator[str]:
    """The arguments by name, those first that must be given."""
    properties, required = contract.arguments.get("properties"), contract.arguments.get("required")
    if not isinstance(properties, dict) or not properties:
        yield say("What its connector accepts; the contract has no schema")
        return
    needed = [str(name) for name in required] if isinstance(required, list) else []
    free = [name for name in properties if name not in needed]
    names = [_argument(name, properties.get(name)) for name in needed]
    names += [say("{argument} if given", argument=_argument(name, properties[name])) for name in free]
    yield ", ".join(names[:_MOST_ARGUMENTS])
    left = len(names) - _MOST_ARGUMENTS
    if left > 0:
        yield say_n("and {count} argument more", "and {count} arguments more", left)


def _argument(name: str, schema: object) -> str:
    kind = schema.get("type") if isinstance(schema, dict) else None
    return f"{name} ({kind})" if isinstance(kind, str) else name


def _effects(contract: ToolContract) -> Iterator[Words]:
    if contract.executor is Executor.AGENT:
        within = duration(str(contract.outcome_within))
        yield say("The agent carries it out itself, and reports within {within}", within=within)
        return
    if not contract.mutates:
        yield say("It changes nothing")
        return
    yield say(_EFFECTS[contract.effect])
    if contract.key_window is not None:
        window = duration(str(contract.key_window))
        yield say("A key is honoured for {window}", window=window)


def _undone(contract: ToolContract) -> Words:
    if not contract.mutates:
        return say("There is nothing to undo")
    if not contract.reversible:
        return say("No")
    if contract.undo_window is None:
        return say("Yes, without a limit of time")
    return say("Yes, for {window}", window=duration(str(contract.undo_window)))


def _health(control: Control, contract: ToolContract, now: datetime) -> Iterator[Words]:
    connector = contract.connector
    breaker = next((one for one in control.breakers if one.id == connector), None)
    health = next((one for one in control.connectors if one.id == connector), None)
    age = probe_age(control, connector)
    if breaker is not None and is_open(breaker, now):
        yield paintable(
            say(
                "Nothing is sent before {time}: {detail}",
                time=local_time(breaker.until, now),
                detail=breaker.detail,
            )
        )
    elif breaker is not None and breaker.failures:
        failed = say_n("{count} failure in a row", "{count} failures in a row", breaker.failures)
        yield paintable(f"{failed}: {breaker.detail}")
    if health is not None:
        chip = say(str(HEALTH[health.state_of(contract.tool)].text))
        said = say("{state} since {time}", state=chip, time=local_time(health.since, now))
        why = health.tools.get(contract.tool, "") if health.tools else health.detail
        yield paintable(f"{said}: {why}" if why else said)
    if age is None:
        yield say("Not probed by this backend yet")
    else:
        took = control.probes[connector].milliseconds
        yield say("Probed {age}, answered in {milliseconds} ms", age=age_text(age), milliseconds=took)


def _lately(state: ToolState, now: datetime) -> Iterator[Words]:
    if state.succeeded_at:
        yield say("Last carried out {time}", time=local_time(state.succeeded_at, now))
    if state.failed_at:
        said = say("Last failed {time}", time=local_time(state.failed_at, now))
        yield paintable(f"{said}: {state.failure}" if state.failure else said)
    if not (state.succeeded_at or state.failed_at):
        yield say("Not used lately")
