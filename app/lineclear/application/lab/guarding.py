"""What became of the jobs of a live trial, half by half, and when its guardrail ends it. Free of frameworks.

Trouble is what people or systems stopped: an action of the job that was rejected, undone, failed or left
unknown. The halves are compared each time both have so many jobs more (a look). Looking again and again would
sooner or later find a difference by chance, so look k uses the level 1 - (1 - level) * 6 / (pi * k)^2: over
all looks that ever come the chance of a false alarm stays below 1 - level (union bound). The counts of a look
are those at its very entry, so that the same ledger gives the same answer whenever it is read. Needs scipy,
from the extra `lab`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import pi
from typing import Final

import msgspec

from lineclear.application.lab.trials import Gap, Share, gap_of, share_of
from lineclear.application.ports import Snapshot, Transaction
from lineclear.application.recording import Recorder, read_stored
from lineclear.application.services import Services
from lineclear.domain import events as e
from lineclear.domain.control import ActivePolicy
from lineclear.domain.records import Recorded
from lineclear.domain.trials import LIVE, LiveTrial, half_of
from lineclear.domain.vocabulary import Verdict

GUARDRAIL: Final = "kernel/guardrail"
_PAGE: Final = 2_000


class Look(msgspec.Struct, frozen=True):
    """The counts of both halves at one look, 1-based."""

    number: int
    jobs: tuple[int, int]
    troubled: tuple[int, int]


class Found(msgspec.Struct, frozen=True):
    """What one look says: trouble in each half, what lies between, and whether the guardrail is broken."""

    look: Look
    first: Share
    second: Share
    gap: Gap
    breaks: bool


@dataclass(slots=True)
class Halves:
    """Follows entries behind the beginning of one trial, in order; where it stands is `at`."""

    trial: LiveTrial
    at: int
    opened: set[str] = field(default_factory=set)
    job_of: dict[str, str] = field(default_factory=dict)
    seen: tuple[set[str], set[str]] = field(default_factory=lambda: (set(), set()))
    trouble: tuple[set[str], set[str]] = field(default_factory=lambda: (set(), set()))
    looks: list[Look] = field(default_factory=list)

    @property
    def jobs(self) -> tuple[int, int]:
        """How many jobs of each half have proposed anything."""
        return len(self.seen[0]), len(self.seen[1])

    @property
    def troubled(self) -> tuple[int, int]:
        """How many of them are in trouble."""
        return len(self.trouble[0]), len(self.trouble[1])

    def take(self, recorded: Recorded) -> None:
        """Go on by one entry."""
        match recorded.event:
            case e.JobOpened():
                self.opened.add(recorded.id)
            case e.ActionProposed(job=job) if job in self.opened:
                self.job_of[recorded.id] = job
                self.seen[half_of(job, self.trial.digest)].add(job)
                self._look()
            case (
                e.DecisionRecorded(verdict=Verdict.REJECT)
                | e.ActionUndone()
                | e.ExecutionFailed()
                | e.ExecutionUnknown()
            ) if recorded.id in self.job_of:
                job = self.job_of[recorded.id]
                self.trouble[half_of(job, self.trial.digest)].add(job)

    def _look(self) -> None:
        if min(self.jobs) >= self.trial.least * (len(self.looks) + 1):
            self.looks.append(Look(len(self.looks) + 1, self.jobs, self.troubled))


def begun(trial: LiveTrial) -> Halves:
    """Nothing read yet."""
    return Halves(trial, trial.index + 1)


def follow(snapshot: Snapshot, halves: Halves) -> None:
    """Read all that was appended since."""
    while entries := snapshot.entries(start=halves.at, limit=_PAGE):
        for recorded in _read(entries):
            halves.take(recorded)
        halves.at = entries[-1].index + 1


def judged(trial: LiveTrial, look: Look) -> Found:
    """One look, at its own level. Raises ModuleNotFoundError without scipy."""
    level = 1 - (1 - trial.level / 1_000) * 6 / (pi * look.number) ** 2
    first, second = (share_of(count, of, level) for count, of in zip(look.troubled, look.jobs, strict=True))
    gap = gap_of(first, second)
    return Found(look, first, second, gap, gap.low > trial.margin / 1_000)


class Guard:
    """Ends a live trial whose guardrail is broken. For one thread; it remembers how far it has read."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._halves: Halves | None = None
        self._judged = 0

    def watch(self) -> None:
        """Look at what came since; end the trial where it must not go on."""
        trial, active = self._services.store.read(
            lambda snapshot: (snapshot.load(LiveTrial, LIVE), snapshot.every(ActivePolicy))
        )
        if trial is None or not trial.on:
            self._halves = None
            return
        if self._halves is None or self._halves.trial.index != trial.index:
            self._halves, self._judged = begun(trial), 0
        halves = self._halves
        self._services.store.read(lambda snapshot: follow(snapshot, halves))
        because = self._because(trial, halves, active[0].version)
        if because is not None:
            self._services.store.transact(
                lambda tx: end_trial(self._services, tx, GUARDRAIL, GUARDRAIL, because, halves)
            )

    def _because(self, trial: LiveTrial, halves: Halves, version: int) -> e.TrialEnd | None:
        if version != trial.version:
            return e.TrialEnd.POLICY_CHANGED
        looks, self._judged = halves.looks[self._judged :], len(halves.looks)
        try:
            broken = any(judged(trial, look).breaks for look in looks)
        except ModuleNotFoundError:
            return e.TrialEnd.UNGUARDED
        return e.TrialEnd.GUARDRAIL if broken else None


def end_trial(  # who, why, and what was found
    services: Services,
    tx: Transaction,
    actor: str,
    by: str,
    because: e.TrialEnd,
    halves: Halves,
    reason: str = "",
) -> LiveTrial | None:
    """Record the end of the trial that is on; None where none is, or another."""
    trial = tx.load(LiveTrial, LIVE)
    if trial is None or not trial.on or trial.index != halves.trial.index:
        return None
    brief = e.DecisionBrief(reason) if reason else None
    event = e.TrialEnded(by, because, halves.jobs, halves.troubled)
    return Recorder(services, tx, actor).record(LiveTrial, LIVE, event, brief=brief)


def _read(entries: Iterable[object]) -> Iterable[Recorded]:
    return (read_stored(one) for one in entries)  # type: ignore[arg-type]  # entries of the store
