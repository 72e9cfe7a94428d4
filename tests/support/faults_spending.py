"""A simulation in which agents spend: jobs of two agents, three kinds of budget, days. Free of I/O."""

from __future__ import annotations

from collections import Counter

from lineclear.application.budgeting.budgets import reserve
from lineclear.application.executing.execute import Worker
from lineclear.application.governing.workspaces import activate_policy
from lineclear.application.jobs import end_job, open_job, record_spans
from lineclear.application.ports import Snapshot
from lineclear.application.recording import Recorder
from lineclear.application.services import stamp
from lineclear.domain.events import Budget, BudgetReserved, JobBrief, Span
from lineclear.domain.jobs import Job
from lineclear.domain.principals import Principal
from lineclear.domain.vocabulary import JobStatus, Role, SpanKind
from support import faults_sim
from support.faults_budgets import Accountant
from support.faults_ledger import Broken
from support.kernel import DOCUMENT

SMALL = Budget(cost_micros=900_000, steps=12, wall_seconds=7_200, repeats=3)


def limited(document: str, cost: str, usd: int, actions: int) -> str:
    """A document with budgets of the day."""
    own = f"    budget:\n      per_agent_per_day_usd: {usd}\n      per_agent_per_day_actions: {actions}\n"
    key = "        idempotency_key: required\n"
    return f"budgets:\n  per_day_cost_usd: {cost}\n  per_day_steps: 60\n" + document.replace(key, key + own)


POLICIES = (
    limited(DOCUMENT, "3", 150, 2),
    limited(faults_sim.STRICT, "2", 60, 1),
    limited(faults_sim.LOOSE, "4", 400, 3),
    DOCUMENT,
)


class Spending(faults_sim.Simulation):
    """Random work as ever, and random spending between it."""

    def __init__(self, seed: int, worker: type[Worker] = Worker) -> None:
        super().__init__(seed, worker)
        activate_policy(self.kernel.services, POLICIES[0], by="admin")
        self._agents: list[Principal] = [
            self.kernel.agent,
            self.kernel.token("billing-agent", Role.AGENT, owner="owner"),
        ]
        self._steps += [(14, self._spend), (10, self._reserve), (6, self._settle), (6, self._change_hands)]
        self._steps += [(3, self._turn), (2, self._end)]

    def drain(self) -> None:
        """Let the days turn, as well: what waits for one goes on."""
        super().drain()
        for _ in range(3):
            self.kernel.later(days=1)
            self.kernel.run(steps=500)
            super().drain()

    def accounted(self) -> tuple[list[Broken], Counter[str]]:
        """What the ledger breaks of I31, and how often each kind of budget was met."""
        ledger = self.ledger()

        def work(snapshot: Snapshot) -> tuple[list[Broken], Counter[str]]:
            accountant = Accountant(snapshot.blob)
            return accountant.read(ledger), accountant.breaches

        return self.kernel.store.read(work)

    def _jobs(self) -> list[Job]:
        mine = self.kernel.agent.subject
        jobs = self.kernel.store.read(lambda snapshot: snapshot.every(Job))
        return [job for job in jobs if job.agent == mine and job.status is JobStatus.RUNNING]

    def _change_hands(self) -> None:
        """Another agent, or the same one with another job."""
        self.kernel.agent = self.random.choice(self._agents)
        jobs = self._jobs()
        if jobs and self.random.random() < 0.5:
            self.kernel.job = self.random.choice(jobs).id
            return
        opened = open_job(
            self.kernel.services, self.kernel.agent, JobBrief("Spend"), SMALL, self.kernel.key()
        )
        self.kernel.job = opened[0].id

    def _spend(self) -> None:
        self._report(self.random.randrange(0, 250_000), self.random.randrange(1, 5))

    def _report(self, micros: int, steps: int, reservation: str = "") -> None:
        now = stamp(self.kernel.clock.now())
        spans = tuple(
            Span(f"s{n}", "plan", SpanKind.MODEL, now, now, cost_micros=micros // steps) for n in range(steps)
        )
        request = self.kernel.key()
        record_spans(
            self.kernel.services, self.kernel.agent, self.kernel.job, spans, request, reservation=reservation
        )

    def _reserve(self) -> None:
        reserve(
            self.kernel.services,
            self.kernel.agent,
            self.kernel.job,
            cost_micros=self.random.randrange(0, 700_000),
            steps=self.random.randrange(0, 6),
            request=self.kernel.key(),
        )

    def _settle(self) -> None:
        """What was set aside is used, in part, whole, or more than that."""
        job = next((one for one in self._jobs() if one.id == self.kernel.job), None)
        if job is not None and job.reserved:
            name = self.random.choice(sorted(job.reserved))
            self._report(self.random.randrange(0, 800_000), self.random.randrange(1, 6), name)

    def _end(self) -> None:
        end_job(self.kernel.services, self.kernel.agent, self.kernel.job, "completed", self.kernel.key())

    def _turn(self) -> None:
        """The day goes on, maybe over midnight."""
        self.kernel.later(hours=self.random.choice((1, 5, 9)))

    def _policy(self) -> None:
        activate_policy(self.kernel.services, self.random.choice(POLICIES), by="admin")


class Overdraft(Spending):
    """Sets aside of a job what it is asked for, whatever is left."""

    def _reserve(self) -> None:
        name = self.kernel.services.ids.new("res")
        event = BudgetReserved(name, self.random.randrange(0, 700_000), self.random.randrange(0, 6))
        self._written(event)

    def _written(self, event: BudgetReserved) -> None:
        services, job = self.kernel.services, self.kernel.job
        actor = self.kernel.agent.actor
        services.store.transact(lambda tx: Recorder(services, tx, actor).record(Job, job, event))


class Uncounted(Overdraft):
    """Looks after the job's own budget and forgets the workspace's."""

    def _reserve(self) -> None:
        job = next((one for one in self._jobs() if one.id == self.kernel.job), None)
        cost = self.random.randrange(0, 700_000)
        if job is not None and job.cost_held + cost <= job.budget.cost_micros:
            self._written(BudgetReserved(self.kernel.services.ids.new("res"), cost, 0))
