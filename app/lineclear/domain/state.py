"""fold: from events to the tables that everybody reads. Pure; the heart.

An append loads, folds and stores only the aggregate that it touches. Backend and console use
this one function, so that a table row is the same wherever it was made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Final, cast

from lineclear.domain import control, erasure, identities, trials
from lineclear.domain.action_fold import evolve_action, open_action
from lineclear.domain.actions import Action
from lineclear.domain.budgets import DayBudget, evolve_day_budget
from lineclear.domain.instances import Instance, evolve_instance
from lineclear.domain.jobs import Job, evolve_job, open_job
from lineclear.domain.records import Recorded

type Aggregate = (
    Action
    | Job
    | identities.Person
    | identities.Agent
    | identities.Device
    | identities.Token
    | identities.Witness
    | control.Workspace
    | control.ActivePolicy
    | control.SafeMode
    | control.ConnectorHealth
    | control.Breaker
    | erasure.LegalHold
    | trials.LiveTrial
    | DayBudget
    | Instance
)


def _action(state: Action | None, recorded: Recorded) -> Action:
    return open_action(recorded) if state is None else evolve_action(state, recorded)


def _job(state: Job | None, recorded: Recorded) -> Job:
    return open_job(recorded) if state is None else evolve_job(state, recorded)


KINDS: Final[Mapping[str, type]] = MappingProxyType(
    {
        "action": Action,
        "agent": identities.Agent,
        "breaker": control.Breaker,
        "connector": control.ConnectorHealth,
        "day": DayBudget,
        "device": identities.Device,
        "hold": erasure.LegalHold,
        "instance": Instance,
        "job": Job,
        "person": identities.Person,
        "policy": control.ActivePolicy,
        "safe_mode": control.SafeMode,
        "token": identities.Token,
        "trial": trials.LiveTrial,
        "witness": identities.Witness,
        "workspace": control.Workspace,
    }
)

KIND_OF: Final[Mapping[type, str]] = MappingProxyType({cls: kind for kind, cls in KINDS.items()})

_EVOLVE: Final[Mapping[str, Callable[[object, Recorded], object]]] = MappingProxyType(
    cast(
        "dict[str, Callable[[object, Recorded], object]]",
        {
            "action": _action,
            "agent": identities.evolve_agent,
            "breaker": control.evolve_breaker,
            "connector": control.evolve_connector,
            "day": evolve_day_budget,
            "device": identities.evolve_device,
            "hold": erasure.evolve_hold,
            "instance": evolve_instance,
            "job": _job,
            "person": identities.evolve_person,
            "policy": control.evolve_policy,
            "safe_mode": control.evolve_safe_mode,
            "token": identities.evolve_token,
            "trial": trials.evolve_trial,
            "witness": identities.evolve_witness,
            "workspace": control.evolve_workspace,
        },
    )
)


def stream_of(kind: type, identifier: str) -> str:
    """The stream that holds one aggregate's events."""
    return f"{KIND_OF[kind]}/{identifier}"


def fold(state: Aggregate | None, recorded: Recorded) -> Aggregate:
    """The aggregate after one more event; raises ValueError where the event cannot follow."""
    kind = recorded.stream.partition("/")[0]
    try:
        evolve = _EVOLVE[kind]
    except KeyError:
        raise ValueError(f"unknown stream {recorded.stream!r}") from None
    return cast("Aggregate", evolve(state, recorded))


def fold_all(recorded: Iterable[Recorded]) -> dict[str, Aggregate]:
    """Every aggregate by stream, from a whole ledger in order."""
    states: dict[str, Aggregate] = {}
    for one in recorded:
        states[one.stream] = fold(states.get(one.stream), one)
    return states
