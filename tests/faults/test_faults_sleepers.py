"""A worker that is stopped (SIGSTOP) sleeps through its lease and goes on: it changes and sends nothing."""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import replace
from itertools import product

import pytest

from lineclear.application.executing.execute import Worker
from support.faults import Row
from support.faults_backend import Launcher
from support.faults_crash import Errand
from support.faults_place import Place

POINTS = ("lease.after", "start.before", "start.after", "call.after", "outcome.before")
TOOLS = ("keyed.large", "asked.large", "blind.large")


def size_of(here: Place) -> int:
    with here.opened() as services:
        return services.store.read(lambda snapshot: snapshot.size())


def slept(starter: Launcher, here: Place, errand: Errand, *, halfway: bool) -> tuple[int, int]:
    """By how much ledger and journal grew by what a worker did after its sleep.

    `halfway`: the worker that took over is between its own start and its outcome when the sleeper wakes.
    """
    sleeper = starter.crash(replace(here.command, errand=errand.encode()))
    assert starter.ended(sleeper) == "stopped"
    here.pass_leases()
    with here.opened() as services:
        other = Worker(services, "other")
        if halfway:
            task = services.store.transact(other._lease)
            assert task is not None
            start = services.store.transact(lambda tx: other._start(tx, task))
        else:
            while other.run_one():
                pass
        before = services.store.read(lambda snapshot: snapshot.size()), len(here.journal())
    starter.signal(sleeper, signal.SIGCONT)
    assert starter.ended(sleeper) == "exit 0"
    grown = size_of(here) - before[0], len(here.journal()) - before[1]
    if halfway:
        assert start is not None or errand.tool.startswith("blind")
    return grown


def errand_at(here: Place, number: int, tool: str, point: str, **more: object) -> Errand:
    errand = Errand(
        str(here.folder / f"acks-{number}"), here.job, here.device, tool, f"t{number}", point, "stop"
    )
    return replace(errand, **more)


def test_i25_a_worker_that_slept_through_its_lease_changes_nothing_and_sends_nothing(
    starter: Launcher, here: Place, report_fault: Callable[[Row], None]
):
    cells = list(product(TOOLS, POINTS))
    for number, ((tool, point), halfway) in enumerate(product(cells, (False, True))):
        errand = errand_at(here, number, tool, point)
        grown, sent = slept(starter, here, errand, halfway=halfway)
        assert (grown, sent) == (0, 0), f"{tool} stopped at {point}, halfway {halfway}"
        here.drain()
    assert [f"{one.rule}: {one.detail}" for one in here.broken()] == []
    report_fault(Row("workers stopped by SIGSTOP past their lease", 2 * len(cells), "0 changes, 0 sends"))


@pytest.mark.parametrize(("tool", "effects"), [("keyed.large", 1), ("asked.large", 1), ("blind.large", 0)])
def test_i23_a_worker_stopped_after_its_last_look_at_the_lease_finds_its_permit_over(
    starter: Launcher, here: Place, tool: str, effects: int
):
    """The connector looks at the permit last of all. What sleeps between that and its send in class C has
    nothing to fence it with: there the other side would have to check the token."""
    slept(starter, here, errand_at(here, 0, tool, "call.before"), halfway=True)
    here.drain()
    assert len(here.journal()) == effects
    assert [one for one in here.broken() if one.rule == "I23"] == []


@pytest.mark.parametrize(
    ("point", "broken", "is_fenced"),
    [
        ("start.after", "sleepless", True),
        ("start.before", "sound", False),
        ("outcome.before", "sleepless", True),
    ],
)
def test_the_sleepers_catch(starter: Launcher, here: Place, point: str, broken: str, is_fenced: bool):
    errand = errand_at(here, 0, "keyed.large", point, worker=broken, is_fenced=is_fenced)
    assert slept(starter, here, errand, halfway=True) != (0, 0)
    here.drain()
    assert any(one.rule in {"I25", "terminal"} for one in here.broken())
