"""I35, I40 and what follows from them: the audit's replay takes every honest history, and no careless one.

Honest histories are those of the simulation: random work, crashes, stops, safe mode, changing policies, undo.
"""

from __future__ import annotations

from collections import Counter

import pytest

from lineclear.adapters.system.signatures import verifier_of
from lineclear.application.executing.execute import Worker
from lineclear.application.record.findings import MOST_FOUND, Fault, Findings
from lineclear.application.record.replay import Evidence, Replay
from lineclear.application.record.rules import FROM
from lineclear.application.recording import read_stored
from lineclear.domain import events as e
from lineclear.domain.state import KIND_OF, fold_all
from support.faults_sim import Simulation
from support.faults_workers import Careless
from support.replaying import replayed
from support_audit import executed

STEPS = 120


@pytest.mark.parametrize("seed", range(40))
def test_no_honest_history_is_found_fault_with(seed: int):
    simulation = Simulation(seed)
    simulation.run(STEPS)
    assert replayed(simulation.kernel.store)[1] == Counter()


def test_starts_that_nothing_cleared_are_found():
    found: Counter[Fault] = Counter()
    for seed in range(20):
        simulation = Simulation(seed, Careless)
        simulation.run(STEPS)
        found += replayed(simulation.kernel.store)[1]
    assert found[Fault.START] > 0
    assert issubclass(Careless, Worker)


def test_i35_the_replay_ends_with_the_states_of_the_fold():
    store = executed().store
    ledger = store.read(lambda snapshot: snapshot.entries(start=0, limit=snapshot.size()))
    without_briefs = [read_stored(type(one)(one.index, one.entry, None)) for one in ledger]
    assert replayed(store)[0].states == fold_all(without_briefs)


def test_every_event_of_an_action_has_its_place_in_the_sequence():
    of_actions = {kind for kind in e.EVENT_TYPES.values() if kind.__module__.endswith(".actions")}
    assert set(FROM) == of_actions - {e.ActionProposed} | {e.ContentErased}
    assert KIND_OF


def test_a_broken_ledger_is_as_broken_with_a_thousand_findings():
    findings = Findings()
    replay = Replay(Evidence(lambda _: None, lambda _: True, verifier_of), findings)
    for index in range(MOST_FOUND + 5):
        assert replay.take(index, b"{}") is None
    assert (len(findings.listed), findings.omitted) == (MOST_FOUND, 5)
