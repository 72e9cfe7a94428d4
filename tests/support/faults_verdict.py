"""What a simulation broke, judged by its ledger, its tables and the other side's own account. Free of I/O."""

from __future__ import annotations

from collections import Counter

from lineclear.application.executing.inside import is_inside
from lineclear.application.ports import ActionQuery, Snapshot
from lineclear.domain.actions import Action
from lineclear.domain.records import Recorded
from lineclear.domain.state import KINDS, Aggregate, fold_all, stream_of
from lineclear.domain.vocabulary import ActionStatus, EffectClass
from support.faults_ledger import Broken, Judge
from support.faults_sim import Simulation

SETTLED = frozenset(
    {
        ActionStatus.SUCCEEDED,
        ActionStatus.FAILED,
        ActionStatus.UNKNOWN,
        ActionStatus.DENIED,
        ActionStatus.REJECTED,
        ActionStatus.EXPIRED,
        ActionStatus.WITHDRAWN,
        ActionStatus.STOPPED,
        ActionStatus.UNDONE,
    }
)


def broken(simulation: Simulation) -> list[Broken]:
    """Every invariant that the run broke."""
    ledger = simulation.ledger()
    found = simulation.kernel.store.read(
        lambda snapshot: (
            Judge(snapshot.blob, simulation.tools.contract).read(ledger) + tables_against(snapshot, ledger)
        )
    )
    found += _effects(simulation, ledger) + _lost(simulation, ledger)
    return found + _stuck(simulation) + _overwritten(simulation)


def _effects(simulation: Simulation, ledger: list[Recorded]) -> list[Broken]:
    """I23, by the other side's word."""
    broken = []
    sender = Judge(lambda _: None, simulation.tools.contract)
    for one in ledger:
        if one.type in {"action.proposed", "execution.started"}:
            sender.note(one)
    effects: Counter[str] = Counter()
    for key, name in sender.started().items():
        effects[name] += simulation.tools.calls.count(key)
        contract = simulation.tools.contract(sender.lives[name].proposed.tool)
        if contract is not None and contract.effect is EffectClass.BLIND and simulation.tools.sends[key] > 1:
            broken.append(Broken("I23", f"{name} was sent {simulation.tools.sends[key]} times"))
    unknown = set(simulation.tools.calls) - set(sender.started())
    broken += [Broken("I1", f"an effect under {key}, which no start names") for key in sorted(unknown)]
    broken += [Broken("I23", f"{name} took effect {n} times") for name, n in effects.items() if n > 1]
    for action in simulation.every():
        if is_inside(action):
            continue
        happened = action.status in {ActionStatus.SUCCEEDED, ActionStatus.UNDONE}
        if action.status is not ActionStatus.UNKNOWN and effects[action.id] != happened:
            rule = "I23 failed" if action.status is ActionStatus.FAILED else "I23"
            broken.append(Broken(rule, f"{action.id} is {action.status} with {effects[action.id]} effects"))
    return broken


def _overwritten(simulation: Simulation) -> list[Broken]:
    """I7: an undo changes only what its effect had changed and left, and nothing that came later.

    Of one that a person found to have happened there is no record of what it found.
    """
    broken = []
    for undoing in simulation.having(ActionStatus.SUCCEEDED):
        if undoing.undoes and undoing.run is not None and undoing.run.effect:
            done, undone = (simulation.effect(name) for name in (undoing.undoes, undoing.id))
            assert isinstance(done.receipt, dict)
            was, left = done.receipt["before"], done.receipt["after"]
            found, made = undone.before, undone.after
            assert isinstance(was, dict)
            assert isinstance(left, dict)
            assert isinstance(found, dict)
            assert isinstance(made, dict)
            changed = [name for name in found if found[name] != made[name]]
            if any(found[name] != left[name] or was[name] != made[name] for name in changed):
                broken.append(Broken("I7 undo", f"{undoing.id} overwrote {found}"))
    return broken


def _lost(simulation: Simulation, ledger: list[Recorded]) -> list[Broken]:
    """I22: what was acknowledged is there."""
    proposed = {one.id for one in ledger if one.type == "action.proposed"}
    decided = {one.commits["statement"] for one in ledger if one.type == "decision.recorded"}
    lost = [name for name in simulation.told.actions if name not in proposed]
    lost += [name for name in simulation.told.decisions if name not in decided]
    return [Broken("I22", f"{name} was acknowledged and is gone") for name in lost]


def _stuck(simulation: Simulation) -> list[Broken]:
    """I24: nothing is under way for ever. What still waits for a person may wait."""
    return [
        Broken(
            "I24" if action.status is not ActionStatus.PENDING else "I24 deadline",
            f"{action.id} {action.status}",
        )
        for action in simulation.every()
        if action.status not in SETTLED | {ActionStatus.PENDING}
        or (action.status is ActionStatus.PENDING and action.deadline)
    ]


def tables_against(snapshot: Snapshot, ledger: list[Recorded]) -> list[Broken]:
    """I35: every row is the fold, and listings show the same rows."""
    folded: dict[str, Aggregate] = fold_all(ledger)
    rows: dict[str, Aggregate] = {}
    for kind in KINDS.values():
        states: tuple[Aggregate, ...] = snapshot.every(kind)
        rows |= {stream_of(kind, state.id): state for state in states}
    listed = snapshot.actions(ActionQuery(order="newest"), limit=100_000).items
    different = sorted(name for name in folded.keys() | rows.keys() if folded.get(name) != rows.get(name))
    different += [action.id for action in listed if folded[stream_of(Action, action.id)] != action]
    return [Broken("I35", f"{name} is not what the ledger says") for name in different]
