"""I31, judged from a ledger alone: no budget of a job, a day or an agent's day is passed. Free of I/O.

It shares no fold with the kernel: it adds up what entries say, against the limits in force at each position.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from lineclear.application.executing.inside import INSIDE
from lineclear.application.services import moment
from lineclear.domain import events as e
from lineclear.domain.budgets import micros_of
from lineclear.domain.ledger.sealing import unseal
from lineclear.domain.policy.capabilities import CapabilityDocument, DayLimits
from lineclear.domain.policy.document import load
from lineclear.domain.records import Recorded
from support.faults_ledger import Broken

type Blobs = Callable[[str], bytes | None]
type Amounts = Counter[e.BudgetKind]

COST, STEPS = e.BudgetKind.COST, e.BudgetKind.STEPS


def amounts(cost: int, steps: int) -> Amounts:
    return Counter({COST: cost, STEPS: steps})


@dataclass(slots=True)
class Account:
    """What one budget has given away: spent for good, and set aside by name."""

    spent: Amounts = field(default_factory=Counter)
    reserved: dict[str, Amounts] = field(default_factory=dict)

    def held(self, kind: e.BudgetKind) -> int:
        return self.spent[kind] + sum(one[kind] for one in self.reserved.values())


@dataclass(slots=True)
class JobAccount(Account):
    """A job's: its limits as raised, and what it proposed how often."""

    agent: str = ""
    limits: e.Budget = field(default_factory=e.Budget)
    opened: str = ""
    is_held: bool = False
    proposed: Counter[tuple[str, bytes]] = field(default_factory=Counter)


@dataclass(slots=True)
class DayAccount(Account):
    """A day's: by how much people raised each kind."""

    raised: Amounts = field(default_factory=Counter)


class Accountant:
    """Reads a ledger once, in order."""

    def __init__(self, blobs: Blobs) -> None:
        self.broken: list[Broken] = []
        self.breaches: Counter[str] = Counter()
        """How often each of the three kinds was met, so that a run that meets none proves nothing."""
        self._blobs = blobs
        self._jobs: dict[str, JobAccount] = {}
        self._days: defaultdict[str, DayAccount] = defaultdict(DayAccount)
        self._actions: dict[str, e.ActionProposed] = {}
        self._cleared: dict[str, str] = {}
        self._begun: set[str] = set()
        self._settled: set[str] = set()
        self._document: CapabilityDocument | None = None
        self._owed: tuple[int, int] | None = None

    def read(self, ledger: Sequence[Recorded]) -> list[Broken]:
        """Everything that the whole ledger breaks."""
        for one in ledger:
            self._is_counted(one)
            match one.stream.partition("/")[0]:
                case "job":
                    self._job(one)
                case "day":
                    self._day(one)
                case "action":
                    self._action(one)
                case "policy":
                    self._read_policy(one)
            self._is_nowhere_negative(one)
        return self.broken

    def _no(self, which: str, one: Recorded, detail: str) -> None:
        self.broken.append(Broken(f"I31 {which}", f"entry {one.index} ({one.type} of {one.id}): {detail}"))

    def _read_policy(self, one: Recorded) -> None:
        document = self._blobs(one.commits["document"])
        assert document is not None
        self._document = load(document.decode())

    def _is_nowhere_negative(self, one: Recorded) -> None:
        match one.event:
            case e.BudgetReserved() | e.DayReserved() | e.SpansRecorded() | e.DaySpent() as event:
                if min(event.cost_micros, event.steps) < 0:
                    self._no("negative", one, f"{event.cost_micros}, {event.steps}")

    def _is_counted(self, one: Recorded) -> None:
        """What a job reports is counted for the workspace's day in the very next entry."""
        owed, self._owed = self._owed, None
        match one.event:
            case e.DaySpent(cost_micros=cost, steps=steps) if owed == (cost, steps):
                return
        if owed is not None:
            self._no("workspace", one, f"what was reported before is not counted: {owed}")

    def _is_set_aside(self, one: Recorded, event: e.BudgetReserved) -> None:
        """What a job sets aside is set aside of the workspace's day as well, where that is limited."""
        budget = f"{one.at.partition('T')[0]}:workspace"
        is_there = event.day == budget and event.reservation in self._days[budget].reserved
        if self._limits(budget) != DayLimits() and not is_there:
            self._no("workspace", one, "it is set aside of the job alone")

    # -- jobs --------------------------------------------------------------------------------------

    def _job(self, one: Recorded) -> None:
        if isinstance(one.event, e.JobOpened):
            self._jobs[one.id] = JobAccount(agent=one.event.agent, limits=one.event.budget, opened=one.at)
            return
        job = self._jobs[one.id]
        match one.event:
            case e.BudgetReserved(reservation=name, cost_micros=cost, steps=steps) as reserved:
                self._is_set_aside(one, reserved)
                job.reserved[name] = amounts(cost, steps)
                self._is_within_job(job, one)
            case e.SpansRecorded(cost_micros=cost, steps=steps, reservation=name):
                job.reserved.pop(name, None)
                job.spent += amounts(cost, steps)
                today = f"{one.at.partition('T')[0]}:workspace"
                if (cost or steps) and self._limits(today) != DayLimits():
                    self._owed = cost, steps
            case e.BudgetRaised(kind=kind, limit=limit) | e.BudgetCut(kind=kind, limit=limit):
                self._raise(job, kind, limit)
            case e.JobPaused():
                job.is_held = True
                self.breaches["job"] += 1
            case e.JobResumed():
                job.is_held = False
            case e.JobEnded() | e.JobStopped():
                job.reserved.clear()

    def _raise(self, job: JobAccount, kind: e.BudgetKind, limit: int) -> None:
        now = job.limits
        job.limits = e.Budget(
            cost_micros=limit if kind is COST else now.cost_micros,
            steps=limit if kind is STEPS else now.steps,
            wall_seconds=limit if kind is e.BudgetKind.WALL else now.wall_seconds,
            repeats=limit if kind is e.BudgetKind.REPEATS else now.repeats,
        )

    def _is_within_job(self, job: JobAccount, one: Recorded) -> None:
        for kind, limit in ((COST, job.limits.cost_micros), (STEPS, job.limits.steps)):
            if job.held(kind) > limit:
                self._no("job", one, f"{kind} {job.held(kind)} of {limit}")

    def _is_overdrawn(self, job: JobAccount, one: Recorded) -> Iterator[str]:
        """Which limits are passed, so that nothing more of the job may begin."""
        limits = job.limits
        used = {
            COST: (job.held(COST), limits.cost_micros),
            STEPS: (job.held(STEPS), limits.steps),
        }
        if isinstance(one.event, e.ActionProposed):
            wall = int((moment(one.at) - moment(job.opened)).total_seconds())
            used[e.BudgetKind.WALL] = (wall, limits.wall_seconds)
        yield from (f"{kind} {spent} of {limit}" for kind, (spent, limit) in used.items() if spent > limit)

    # -- days --------------------------------------------------------------------------------------

    def _limits(self, budget: str) -> DayLimits:
        if self._document is None:
            return DayLimits()
        _, *whose = budget.split(":")
        if len(whose) == 1:
            return self._document.budgets
        known = self._document.capabilities.get(whose[0])
        return known.budget if known else DayLimits()

    def _limit(self, budget: str, kind: e.BudgetKind) -> int | None:
        limits, raised = self._limits(budget), self._days[budget].raised[kind]
        if kind is COST:
            return None if limits.usd is None else micros_of(limits.usd.value) + raised
        return None if limits.count is None else limits.count.value + raised

    def _day(self, one: Recorded) -> None:
        day = self._days[one.id]
        match one.event:
            case e.DayReserved(reservation=name, cost_micros=cost, steps=steps):
                if one.id.partition(":")[0] != one.at.partition("T")[0]:
                    self._no("day", one, f"set aside on another day: {one.at}")
                day.reserved[name] = amounts(cost, steps)
                self._is_within_day(one, amounts(cost, steps))
            case e.DaySpent(cost_micros=cost, steps=steps, reservation=name):
                day.reserved.pop(name, None)
                day.spent += amounts(cost, steps)
            case e.DayReleased(reservation=name):
                del day.reserved[name]
            case e.DayRaised(kind=kind, by=by):
                day.raised[kind] += by
            case e.DayAsked():
                self.breaches["workspace" if one.id.count(":") == 1 else "agent"] += 1

    def _is_within_day(self, one: Recorded, wanted: Amounts) -> None:
        which = "workspace" if one.id.count(":") == 1 else "agent"
        for kind in (COST, STEPS):
            limit = self._limit(one.id, kind)
            if limit is not None and wanted[kind] and self._days[one.id].held(kind) > limit:
                self._no(which, one, f"{kind} {self._days[one.id].held(kind)} of {limit}")

    def _is_workspace_spent(self, one: Recorded) -> None:
        budget = f"{one.at.partition('T')[0]}:workspace"
        for kind in (COST, STEPS):
            limit = self._limit(budget, kind)
            if limit is not None and self._days[budget].held(kind) >= limit:
                self._no("workspace", one, f"nothing of {kind} {limit} is left")

    # -- actions -----------------------------------------------------------------------------------

    def _action(self, one: Recorded) -> None:
        match one.event:
            case e.ActionProposed() as proposed:
                self._actions[one.id] = proposed
                if not _is_exempt(proposed):
                    self._may_propose(one, proposed)
            case e.ActionCleared(clearance=clearance):
                self._cleared[one.id] = clearance
            case e.ExecutionStarted() as start if not _is_exempt(self._actions[one.id]):
                if start.clearance not in self._begun:
                    self._begun.add(start.clearance)
                    self._may_start(one, start)

    def _may_propose(self, one: Recorded, proposed: e.ActionProposed) -> None:
        job = self._jobs[proposed.job]
        payload = self._blobs(one.commits["payload"])
        assert payload is not None
        same = proposed.tool, unseal(payload)
        job.proposed[same] += 1
        if job.proposed[same] > job.limits.repeats:
            self._no("job", one, f"the same for the {job.proposed[same]}th time")
        self._is_free(job, one)
        self._is_workspace_spent(one)

    def _may_start(self, one: Recorded, start: e.ExecutionStarted) -> None:
        proposed = self._actions[one.id]
        self._is_free(self._jobs[proposed.job], one)
        self._is_workspace_spent(one)
        budget = f"{one.at.partition('T')[0]}:{proposed.capability}:{proposed.agent}"
        is_limited = self._limits(budget) != DayLimits()
        if is_limited and start.clearance not in self._days[budget].reserved:
            self._no("agent", one, f"nothing is set aside for it in {budget}")

    def _is_free(self, job: JobAccount, one: Recorded) -> None:
        if job.is_held:
            self._no("job", one, "its job is paused")
        for passed in self._is_overdrawn(job, one):
            self._no("job", one, passed)


def _is_exempt(proposed: e.ActionProposed) -> bool:
    """An undo and what Lineclear does to itself take nothing and wait for no budget."""
    return bool(proposed.undoes) or proposed.connector == INSIDE
