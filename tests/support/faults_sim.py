"""A backend driven by a seed: random work, random failures, and an account of what was acknowledged.

Everything is in memory and nothing asks the machine, so that a seed replays the same ledger byte for byte.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from lineclear.application.executing.calling import Start
from lineclear.application.executing.effects import load_effect
from lineclear.application.executing.execute import Worker
from lineclear.application.executing.reconcile import reconcile
from lineclear.application.executing.undo import UndoRequest, preview_undo, undo
from lineclear.application.governing.safe_mode import switch_safe_mode
from lineclear.application.governing.workspaces import activate_policy
from lineclear.application.jobs import resume_agent, stop_agent, stop_job, withdraw
from lineclear.application.ports import Task, Transaction
from lineclear.domain.actions import Action
from lineclear.domain.effects import Effect
from lineclear.domain.jobs import Job
from lineclear.domain.records import Recorded
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import ActionStatus, JobStatus, Tier, Verdict
from support.faults_unreliable import Seeded, Unreliable
from support.kernel import DOCUMENT, Reviewer
from support.ledgers import whole

STRICT = DOCUMENT.replace("max_amount_usd: 200", "max_amount_usd: 90").replace("over_usd: 50", "over_usd: 15")
LOOSE = DOCUMENT.replace("max_amount_usd: 200", "max_amount_usd: 500").replace(
    "over_usd: 50", "over_usd: 150"
)
POLICIES = (DOCUMENT, STRICT, LOOSE)
RECORDS = 6
LEASED = 61
TOOLS = (
    ("payments.create_refund", "issue_refund"),
    ("crm.update_customer", "manage_customers"),
    ("crm.merge_customers", "manage_customers"),
    ("mail.send", "send_mail"),
)


@dataclass
class Acknowledged:
    """What somebody was told: proposals, and the digests of signed statements."""

    actions: list[str] = field(default_factory=list)
    decisions: list[str] = field(default_factory=list)


class Simulation:
    """One workspace under random work. `step` does one thing; `drain` lets everything end."""

    def __init__(self, seed: int, worker: type[Worker] = Worker) -> None:
        self.random = random.Random(seed)  # replayable on purpose
        self.tools = Unreliable({f"rec-{n}": {"status": "new", "n": n} for n in range(RECORDS)})
        self.kernel = Seeded(tools=self.tools)
        self.told = Acknowledged()
        self._worker = worker
        self._workers = 0
        self._asleep: list[Callable[[], object]] = []
        people = (
            ("ops-west", Tier.TWO),
            ("ops-east", Tier.THREE),
            ("novice", Tier.ONE),
            ("owner", Tier.THREE),
        )
        self.reviewers = [self.kernel.reviewer(name, tier) for name, tier in people]
        self._steps: list[tuple[int, Callable[[], object]]] = [
            (30, self._propose),
            (24, self._decide),
            (24, self._work),
            (4, self._crash_after_start),
            (4, self._sleep_before_start),
            (4, self._sleep_before_outcome),
            (4, self._wake),
            (10, self._time),
            (3, self._break_answer),
            (2, self._refuse),
            (3, self._down),
            (4, self._drift),
            (3, self._safe_mode),
            (2, self._policy),
            (2, self._withdraw),
            (1, self._stop),
            (5, self._undo),
            (3, self._abort),
            (2, self._reconcile),
            (1, self._stop_agent),
            (1, self._repeat),
        ]

    def run(self, steps: int) -> None:
        weights = [weight for weight, _ in self._steps]
        for _ in range(steps):
            (step,) = self.random.choices([step for _, step in self._steps], weights)
            with _refusable():
                step()
        self.drain()

    def drain(self) -> None:
        """Bring everything to its end: systems answer, safe mode is off, time passes, everybody decides."""
        self.tools.down = self.tools.silent = self.tools.refusing = False
        with _refusable():
            switch_safe_mode(self.kernel.services, self.reviewers[0].principal, on=False, reason="Checked")
        for _ in range(20):
            while self._asleep:
                self._asleep.pop(0)()
            self.kernel.later(seconds=LEASED)
            self.kernel.run()
            for action in self.having(ActionStatus.PENDING):
                with _refusable():
                    self._vote(self.reviewers[1], action, Verdict.APPROVE)
        self._end_paused_jobs()
        self.kernel.later(hours=2)
        self.kernel.run()

    def _end_paused_jobs(self) -> None:
        """A paused job whose raise was rejected waits for a person, who ends it here."""
        for job in self.kernel.store.read(lambda snapshot: snapshot.every(Job)):
            if job.status is JobStatus.PAUSED:
                stop_job(self.kernel.services, self.reviewers[0].principal, job.id, "Enough")

    def ledger(self) -> list[Recorded]:
        return self.kernel.store.read(whole)

    def bytes(self) -> list[bytes]:
        """The ledger as it is hashed."""
        entries = self.kernel.store.read(lambda snapshot: snapshot.entries(start=0, limit=snapshot.size()))
        return [one.entry for one in entries]

    def effect(self, identifier: str) -> Effect:
        """What an action did, as its connector reported it."""
        run = self.kernel.action(identifier).run
        assert run is not None
        return self.kernel.store.read(lambda snapshot: load_effect(snapshot, run.effect))

    def every(self) -> tuple[Action, ...]:
        return self.kernel.store.read(lambda snapshot: snapshot.every(Action))

    def having(self, *statuses: ActionStatus) -> list[Action]:
        return [action for action in self.every() if action.status in statuses]

    def _any(self, *statuses: ActionStatus) -> Action | None:
        found = self.having(*statuses)
        return self.random.choice(found) if found else None

    def _propose(self) -> None:
        tool, capability = self.random.choice(TOOLS)
        more: dict[str, object] = {
            "id": f"rec-{self.random.randrange(RECORDS)}",
            "fields": {"status": self.random.choice("abcdefgh")},
        }
        if tool == "payments.create_refund":
            more |= {"amount": f"{self.random.randrange(1, 260)}.00", "currency": "USD"}
        if self.random.random() < 0.2:
            due = self.kernel.clock.now().timestamp() + self.random.randrange(5, 600)
            more["deadline"] = _rfc3339(due)
        request = self.kernel.key()
        action = self.kernel.propose(tool, capability, request=request, **more)
        self.told.actions.append(action.id)
        if self.random.random() < 0.2:  # I26: the same request again, as after a lost answer
            assert self.kernel.propose(tool, capability, request=request, **more).id == action.id

    def _decide(self) -> None:
        action = self._any(ActionStatus.PENDING)
        if action is not None:
            verdict = Verdict.REJECT if self.random.random() < 0.2 else Verdict.APPROVE
            self._vote(self.random.choice(self.reviewers), action, verdict)

    def _vote(self, reviewer: Reviewer, action: Action, verdict: Verdict) -> None:
        decided = self.kernel.decide(
            reviewer, action, verdict, "Not right" if verdict is Verdict.REJECT else ""
        )
        self.told.decisions.append(decided.votes[-1].statement)

    def _new_worker(self) -> Worker:
        self._workers += 1
        return self._worker(self.kernel.services, f"w{self._workers}")

    def _work(self) -> None:
        worker = self._new_worker()
        for _ in range(self.random.randrange(1, 6)):
            worker.run_one()

    def _crash_after_start(self) -> None:
        """Its call may have been made; its outcome was never recorded."""
        worker, start = self._begun()
        if start is not None and self.random.random() < 0.7:
            worker._call(start)

    def _sleep_before_start(self) -> None:
        """A worker that holds a lease sleeps, and goes on whenever it wakes."""
        worker = self._new_worker()
        task = self._leased(worker)
        if task is not None:
            self._asleep.append(lambda: self._go_on(worker, task))

    def _go_on(self, worker: Worker, task: Task) -> None:
        start = self.kernel.store.transact(lambda tx: worker._start(tx, task))
        if start is not None:
            worker._finish(start, worker._call(start))

    def _sleep_before_outcome(self) -> None:
        """A worker that has called sleeps before it records what came of it."""
        worker, start = self._begun()
        if start is not None:
            self._asleep.append(partial(worker._finish, start, worker._call(start)))

    def _begun(self) -> tuple[Worker, Start | None]:
        worker = self._new_worker()
        task = self._leased(worker)
        start = None if task is None else self.kernel.store.transact(lambda tx: worker._start(tx, task))
        return worker, start

    def _leased(self, worker: Worker) -> Task | None:
        task = self.kernel.store.transact(worker._lease)
        return task if task is not None and task.kind == "execute" else None

    def _wake(self) -> None:
        if self._asleep:
            self._asleep.pop(self.random.randrange(len(self._asleep)))()

    def _time(self) -> None:
        self.kernel.later(seconds=self.random.choice((1, 5, LEASED, 120)))

    def _break_answer(self) -> None:
        self.tools.silent = True

    def _refuse(self) -> None:
        self.tools.refusing = True

    def _down(self) -> None:
        self.tools.down = not self.tools.down

    def _drift(self) -> None:
        record = self.tools.records[f"rec-{self.random.randrange(RECORDS)}"]
        record["n"] = self.random.randrange(1_000)

    def _safe_mode(self) -> None:
        person = self.reviewers[0].principal
        switch_safe_mode(self.kernel.services, person, on=self.random.random() < 0.5, reason="Looks odd")

    def _policy(self) -> None:
        activate_policy(self.kernel.services, self.random.choice(POLICIES), by="admin")

    def _withdraw(self) -> None:
        action = self._any(ActionStatus.PENDING, ActionStatus.CLEARED)
        if action is not None:
            withdraw(self.kernel.services, self.kernel.agent, action.id)

    def _stop(self) -> None:
        stop_job(self.kernel.services, self.reviewers[0].principal, self.kernel.job, "Wrong customer")
        self.kernel.job = self.kernel.open_job()

    def _undo(self) -> None:
        action = self._any(ActionStatus.SUCCEEDED)
        if action is not None:
            person = self.random.choice(self.reviewers[:3]).principal
            seen = preview_undo(self.kernel.services, person, action.id)
            wanted = UndoRequest(seen.version, "A mistake")
            taken, _ = undo(self.kernel.services, person, action.id, wanted, self.kernel.key())
            self.told.actions.append(taken.id)

    def _reconcile(self) -> None:
        """A person looks the other side's account up and says what it says."""
        action = self._any(ActionStatus.UNKNOWN)
        if action is not None and action.run is not None:
            reconcile(
                self.kernel.services,
                self.reviewers[1].principal,
                action.id,
                self.kernel.key(),
                happened=action.run.key in self.tools.calls,
                reason="Looked it up",
            )

    def _stop_agent(self) -> None:
        services, person = self.kernel.services, self.reviewers[0].principal
        stop_agent(services, person, self.kernel.agent.subject, "Runs wild")
        resume_agent(services, person, self.kernel.agent.subject, "Mended")
        self.kernel.job = self.kernel.open_job()

    def _repeat(self) -> None:
        """More of the same than the job's budget allows: it pauses, and somebody is asked."""
        for _ in range(7):
            self.told.actions.append(self.kernel.refund("20.00", id="rec-0").id)

    def _abort(self) -> None:
        """I36: a transaction that dies after it wrote leaves nothing."""
        before = self.bytes()
        worker = self._new_worker()

        def work(tx: Transaction) -> None:
            task = worker._lease(tx)
            if task is not None and task.kind == "execute":
                worker._start(tx, task)
            raise _DiedError

        try:
            self.kernel.store.transact(work)
        except _DiedError:
            assert self.bytes() == before


class _DiedError(Exception):
    """The process died here."""


@contextmanager
def _refusable() -> Iterator[None]:
    """A refusal is an answer; anything else is a bug."""
    try:
        yield
    except Refusal as refusal:
        if refusal.code in {Code.DATABASE_BUSY, Code.DATABASE_UNUSABLE}:
            raise


def _rfc3339(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()
