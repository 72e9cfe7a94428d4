"""Plays stories through the SDK as jobs, some open at once. Free of what the stories are about."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import islice

from lineclear.agents import Budget, Client, Code, Job, Outcome, Refusal, Waiting
from lineclear.demo.agents.memory import Memory, Parked
from lineclear.demo.agents.story import Stories, Story
from lineclear.domain.events import Evidence

_LOG = logging.getLogger(__name__)
_BUDGET = Budget(cost_micros=2_000_000, steps=12)


@dataclass(frozen=True, slots=True)
class Pace:
    """`seconds` between two proposals, `actions` in all (over restarts), `open_at_once` waiting at most."""

    seconds: float = 4.0
    actions: int = 12
    open_at_once: int = 2


class Runner:
    """One agent. `run` returns when all is settled, or raises the Refusal that made going on pointless."""

    def __init__(self, client: Client, memory: Memory, pace: Pace, *, namespace: str) -> None:
        self._client = client
        self._memory = memory
        self._pace = pace
        self._namespace = namespace
        self._open = threading.Semaphore(pace.open_at_once)
        self._ending = threading.Event()
        self._fatal: Refusal | None = None
        self._threads: list[threading.Thread] = []

    def run(self, stories: Stories) -> None:
        """Go on with what waits since an earlier run, then tell the stories that are new."""
        for name, parked in self._memory.parked.items():
            self._begin(partial(self._go_on, name, parked))
        fresh = (story for story in stories if not self._memory.knows(story.name))
        for story in islice(fresh, max(0, self._pace.actions - self._memory.count)):
            self._begin(partial(self._tell, story))
            if self._ending.wait(self._pace.seconds):
                break
        for thread in self._threads:
            thread.join()
        if self._fatal is not None:
            raise self._fatal

    def _begin(self, work: Callable[[], None]) -> None:
        """Run it on a thread of its own as soon as there is room; daemons keep nothing alive."""
        self._open.acquire()
        if self._ending.is_set():
            self._open.release()
            return
        thread = threading.Thread(target=self._worked, args=[work], daemon=True)
        self._threads.append(thread)
        thread.start()

    def _worked(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Refusal as refusal:
            _LOG.warning("%s", refusal)
            if refusal.code in {Code.UNREACHABLE, Code.TOKEN_EXPIRED, Code.TOKEN_INVALID}:
                self._fatal = refusal
                self._ending.set()
        finally:
            self._open.release()

    def _tell(self, story: Story) -> None:
        try:
            with self._client.job(
                story.goal,
                customer=story.customer,
                workflow=story.workflow,
                budget=_BUDGET,
                key=self._key(story.name),
            ) as job:
                proposed = self._propose(job, story, self._evidence(job, story))
                parked = Parked(story.goal, story.customer, story.workflow, proposed.action)
                self._memory.park(story.name, parked)
                self._told(story.name, job.resume(proposed.action))
        except Refusal as refusal:
            self._over(story.name, refusal)

    def _go_on(self, name: str, parked: Parked) -> None:
        try:
            with self._client.job(
                parked.goal,
                customer=parked.customer,
                workflow=parked.workflow,
                budget=_BUDGET,
                key=self._key(name),
            ) as job:
                self._told(name, job.resume(parked.action))
        except Refusal as refusal:
            self._over(name, refusal)

    def _key(self, name: str) -> str:
        return f"{self._namespace}/{name}"

    def _evidence(self, job: Job, story: Story) -> list[Evidence]:
        """Take the steps, which lasts as long as they say, and collect what they read."""
        found: list[Evidence] = []
        for step in story.steps:
            with job.span(step.name, kind=step.kind) as span:
                self._ending.wait(step.length * self._pace.seconds / 8)
                found += step.record(span, story)
        return found

    def _propose(self, job: Job, story: Story, evidence: list[Evidence]) -> Outcome:
        return job.submit(
            story.capability,
            story.tool,
            story.arguments,
            why=story.why,
            note=story.note,
            confidence=story.confidence,
            deadline=job.opened + story.due,
            evidence=evidence,
        )

    def _told(self, name: str, outcome: Outcome) -> None:
        if not isinstance(outcome, Waiting):
            _LOG.info("%s: %s", name, outcome)
            self._memory.close(name)

    def _over(self, name: str, refusal: Refusal) -> None:
        """What the backend will not hear is over; what it could not hear is tried again by the next run."""
        if refusal.code not in {Code.UNREACHABLE, Code.TOKEN_EXPIRED, Code.TOKEN_INVALID}:
            self._memory.close(name)
        raise refusal
