"""A process that dies, or whose disk fails, at every named point between a proposal and its effect."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from itertools import count, product

import pytest

from lineclear.application.services import Services
from lineclear.domain.actions import Action
from lineclear.domain.vocabulary import ActionStatus
from support.faults import Row, program, surroundings
from support.faults_backend import Launcher
from support.faults_crash import POINTS, STEPS, Errand, acknowledged
from support.faults_place import Place

TOOLS = ("keyed.large", "asked.large", "blind.large", "keyed.small")
ERRORS = ("SQLITE_IOERR_WRITE", "SQLITE_IOERR_FSYNC", "SQLITE_FULL")


def errand_at(here: Place, number: int, **more: str) -> Errand:
    acks = str(here.folder / f"acks-{number}")
    plain = Errand(acks, here.job, here.device, "keyed.large", f"t{number}")
    return replace(plain, **more)


def ran(starter: Launcher, here: Place, errand: Errand) -> str:
    """How the process ended."""
    return starter.ended(starter.crash(replace(here.command, errand=errand.encode())))


def faults_of(here: Place, errands: list[Errand]) -> list[str]:
    """What is wrong once everything was brought to its end: lost, double, stuck, or a broken invariant."""
    here.drain()
    found = [f"{one.rule}: {one.detail}" for one in here.broken()]
    with here.opened() as services:
        for errand in errands:
            for said, identifier, *statement in acknowledged(errand):
                action = action_of(services, identifier)
                if said == "refused":
                    continue
                if action is None or (statement and statement[0] not in {v.statement for v in action.votes}):
                    found.append(f"I22: {said} {identifier} at {errand.point} was acknowledged and is gone")
                elif action.status is not ActionStatus.SUCCEEDED and not errand.tool.startswith("blind"):
                    found.append(f"I24: {identifier} ended as {action.status} after {errand.point}")
    return found


def action_of(services: Services, identifier: str) -> Action | None:
    return services.store.read(lambda snapshot: snapshot.load(Action, identifier))


def test_i22_i23_i24_a_process_killed_at_any_point_loses_and_repeats_nothing(
    starter: Launcher, here: Place, report_fault: Callable[[Row], None]
):
    errands = []
    for number, (tool, point) in enumerate(product(TOOLS, POINTS)):
        errand = errand_at(here, number, tool=tool, point=point)
        small = tool.endswith("small") and point.startswith("decide")
        assert ran(starter, here, errand) == ("exit 0" if small else "signal 9")
        errands.append(errand)
    assert faults_of(here, errands) == []
    report_fault(Row("crash points: kill", len(errands), "0 lost, 0 double, 0 stuck"))


def test_i47_an_error_of_the_disk_inside_any_transaction_loses_and_repeats_nothing(
    starter: Launcher, here: Place, report_fault: Callable[[Row], None]
):
    numbers, errands = count(), []
    for tool, step, error in product(TOOLS[:3], STEPS, ERRORS):
        errand = errand_at(here, next(numbers), tool=tool, point=f"{step}.inside", how=error)
        assert ran(starter, here, errand) == "exit 0"
        assert any(said[0] == "refused" for said in acknowledged(errand))
        errands.append(errand)
    assert faults_of(here, errands) == []
    report_fault(Row("crash points: EIO, ENOSPC raised by SQLite (modelled)", len(errands), "the same zeros"))


@pytest.mark.parametrize(
    ("broken", "points"),
    [
        ("hasty", ("start.inside",)),
        ("forgetful", ("call.after",)),
    ],
)
def test_the_crash_points_catch_a_worker_that_is(
    starter: Launcher, here: Place, broken: str, points: tuple[str, ...]
):
    errands = [errand_at(here, number, point=point, worker=broken) for number, point in enumerate(points)]
    for errand in errands:
        assert ran(starter, here, errand) == "signal 9"
    with_worker = replace(here, command=replace(here.command, worker=broken))
    assert any(found.startswith("I23") for found in faults_of(with_worker, errands))


def strace() -> str:
    """The program, where it is and may trace; else the tests that need it are skipped, as the run shows."""
    found = shutil.which("strace")
    if found is None:
        pytest.skip("strace is not here: real EIO and ENOSPC at system calls were NOT tried")
    tried = subprocess.run([found, "-o", "/dev/null", "true"], capture_output=True, check=False)
    if tried.returncode:
        pytest.skip("strace may not trace here: real EIO and ENOSPC at system calls were NOT tried")
    return found


def injected(here: Place, errand: Errand, call: str, fault: str, nth: int) -> int:
    """Run the errand in a process whose nth call fails; its exit code, negative for a signal."""
    command = json.dumps(
        {"url": here.command.url, "clock": here.command.clock, "provider": here.command.provider}
    )
    return subprocess.run(
        [
            *(strace(), "--quiet=all", "-f", "--seccomp-bpf", "-o", str(here.folder / "strace.log")),
            *("-e", f"trace={call}", "-e", f"inject={call}:{fault}:when={nth}"),
            *program("faults_alone", command, errand.encode()),
        ],
        env=surroundings() | {"LC_ALL": "C"},
        check=False,
        timeout=60,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ).returncode


def swept(here: Place, cells: list[tuple[str, str, int]]) -> list[str]:
    errands = []
    for number, (call, fault, nth) in enumerate(cells):
        errand = errand_at(here, number, tool=TOOLS[number % 3], point=f"{call} {nth} {fault}")
        injected(here, errand, call, fault, nth)
        errands.append(errand)
    return faults_of(here, errands)


FAULTS = ("error=EIO", "error=ENOSPC", "signal=SIGKILL")


def test_i22_i47_system_calls_that_fail_lose_and_repeat_nothing(
    here: Place, report_fault: Callable[[Row], None]
):
    cells = [("fdatasync", fault, nth) for fault in FAULTS for nth in (2, 4, 5)]
    cells += [("pwrite64", fault, nth) for fault in FAULTS for nth in (30, 62, 90)]
    assert swept(here, cells) == []
    report_fault(
        Row("system calls × {EIO, ENOSPC, kill}, by strace", len(cells), "0 lost, 0 double, 0 stuck")
    )


@pytest.mark.long
@pytest.mark.timeout(900)
def test_i22_i47_every_system_call_that_fails_loses_and_repeats_nothing(
    here: Place, report_fault: Callable[[Row], None]
):
    cells = [("fdatasync", fault, nth) for fault in FAULTS for nth in range(1, 9)]
    cells += [("pwrite64", fault, nth) for fault in FAULTS for nth in range(1, 160, 8)]
    assert swept(here, cells) == []
    report_fault(
        Row("system calls × {EIO, ENOSPC, kill}, by strace", len(cells), "0 lost, 0 double, 0 stuck")
    )
