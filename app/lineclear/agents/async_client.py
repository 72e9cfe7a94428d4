"""The SDK for agents on an event loop: the same shape as `client`, awaited. Free of HTTP: see `connecting`.

```python
async with AsyncClient() as client, client.job("Resolve ticket 20418") as job:
    async with job.span("read ticket", kind="read") as span:
        ...
    outcome = await job.propose("issue_refund", "payments.create_refund", arguments, why="duplicate charge")
```

Waiting for a person holds no thread. Cancelling a task abandons its job.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager
from datetime import datetime
from decimal import Decimal
from types import TracebackType
from typing import Self, Unpack

from lineclear.agents.asking import Plain
from lineclear.agents.carrying import Order, ReportedAs, consumed, reported
from lineclear.agents.connecting import PATIENCE, Awaiting, settings
from lineclear.agents.jobs import Ending, Goal, JobTalk, Said, in_force, resumed, withdrawn
from lineclear.agents.outcomes import Outcome
from lineclear.agents.spans import Kind, OpenSpan, micros
from lineclear.application.ports import Clock, Ids
from lineclear.domain.events import Budget
from lineclear.domain.strict_json import Json
from lineclear.domain.vocabulary import SpanKind, Word


class AsyncJob:
    """An open job. For one event loop."""

    def __init__(self, driver: Awaiting, talk: JobTalk) -> None:
        self._driver = driver
        self._talk = talk

    @property
    def id(self) -> str:
        return self._talk.id

    @property
    def opened(self) -> datetime:
        """When the backend opened it; deadlines counted from here are the same when the job is run again."""
        return self._talk.opened

    def answer_with(self, on_question: Callable[[str], str]) -> None:
        """Let this answer what reviewers ask while an action is waited for; they see it as unverified."""
        self._talk.on_question = on_question

    @asynccontextmanager
    async def span(self, name: str, *, kind: Kind = "tool") -> AsyncIterator[OpenSpan]:
        """Measure a step. Sent in batches, and before anything is proposed."""
        with self._talk.spans.measure(name, SpanKind(kind)) as span:
            yield span
        await self._driver.run(self._talk.flushed_when_due())

    def measured(self, name: str, *, kind: Kind = "tool") -> AbstractContextManager[OpenSpan]:
        """Measure a step whose end sends nothing, and so cannot fail: it goes with what is sent next."""
        return self._talk.spans.measure(name, SpanKind(kind))

    @asynccontextmanager
    async def reserve(
        self, *, cost: str | Decimal = "0", steps: int = 0, wait_for_budget: bool = False
    ) -> AsyncIterator[None]:
        """Set dollars and steps of the budget aside before they are spent; the steps inside settle that.

        It is settled at the end of the block, or when something is proposed inside. Refusal(JOB_PAUSED)
        where it would not fit: people are asked to raise the budget. With `wait_for_budget` that is waited
        for, and Refusal(JOB_CLOSED) says that they ended the job.
        """
        asked = self._talk.reserve(micros(cost), steps, wait_for_budget=wait_for_budget)
        held = await self._driver.run(asked)
        try:
            with self._talk.spans.within(held):
                yield
        except BaseException:
            await self._driver.run(self._talk.flushed_if_possible())
            raise
        await self._driver.run(self._talk.flushed())

    async def propose(
        self,
        capability: str,
        tool: str,
        arguments: Mapping[str, Plain],
        *,
        timeout: float | None = None,  # noqa: ASYNC109  # an outcome, not a cancelled task
        wait_for_budget: bool = False,
        key: str = "",
        **said: Unpack[Said],
    ) -> Outcome:
        """Propose a change and wait until it is settled: for ever, or `timeout` seconds and then `Waiting`.

        The same proposal of the same job is one action, however often it is made and in whichever words, so
        that an agent that crashed may simply run again; `key` tells apart what is meant to happen twice, and
        is a Refusal(KEY_REUSED) for other arguments than before.

        Where a budget of the job is spent it is a Refusal(JOB_PAUSED), where one of the workspace's day is, a
        Refusal(BUDGET_SPENT), which renews at midnight UTC; people are asked to raise it. With
        `wait_for_budget` that is waited for; Refusal(JOB_CLOSED) says that they ended the job.
        """
        steps = self._talk.propose(
            capability, tool, arguments, key, timeout, wait_for_budget=wait_for_budget, **said
        )
        return await self._driver.run(steps)

    async def submit(
        self,
        capability: str,
        tool: str,
        arguments: Mapping[str, Plain],
        *,
        key: str = "",
        **said: Unpack[Said],
    ) -> Outcome:
        """Propose and do not wait: `Waiting` unless policy has decided already."""
        return await self._driver.run(self._talk.propose(capability, tool, arguments, key, 0, **said))

    async def resume(self, action: str, *, timeout: float | None = None) -> Outcome:  # noqa: ASYNC109  # ditto
        """Go on waiting for one of this job's actions."""
        return await self._driver.run(self._talk.resume(action, timeout))

    async def arguments(self, action: str) -> Mapping[str, Json]:
        """An action's arguments as they stand: a `revision` above 1 may have others than were proposed."""
        return await self._driver.run(in_force(action))

    async def consume(self, action: str) -> Order:
        """Begin to carry out what was `Cleared`, as with the client."""
        return await self._driver.run(self._talk.consume(action))

    async def report(self, action: str, word: ReportedAs, note: str = "") -> Outcome:
        """Say what became of it, as with the client."""
        return await self._driver.run(reported(action, Word(word), note))

    async def end(self, outcome: Ending = "completed") -> None:
        """End the job now: what still waits is withdrawn. Leaving the block then does nothing more."""
        await self._driver.run(self._talk.ended(outcome))


class AsyncClient:
    """The backend, for one agent. For one event loop, and any number of its tasks."""

    def __init__(
        self,
        url: str = "",
        token: str = "",
        *,
        patience: float = PATIENCE,
        clock: Clock | None = None,
        ids: Ids | None = None,
    ) -> None:
        """Else LINECLEAR_URL and LINECLEAR_TOKEN. `patience` in seconds; 0 tries once."""
        self._settings = settings(url, token, patience=patience, clock=clock, ids=ids)
        self._driver = Awaiting(self._settings)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Give the connections back."""
        await self._driver.close()

    def job(
        self,
        goal: str,
        *,
        customer: str = "",
        project: str = "",
        workflow: str = "",
        budget: Budget | None = None,
        key: str = "",
    ) -> AbstractAsyncContextManager[AsyncJob]:
        """A job for the length of a block: completed at its end, failed by an exception.

        Where something still waits at the end, the job stays open, as ending it would withdraw that. With
        a `key` (one for each piece of work, such as "ticket-20418") the same job is come back to, by a
        later run or after a crash; Refusal(JOB_CLOSED) once it is over.
        """
        wanted = Goal(goal, customer, project, workflow, budget or Budget())
        return self._job(wanted, self._settings.job_key(key))

    @asynccontextmanager
    async def _job(self, wanted: Goal, key: str) -> AsyncIterator[AsyncJob]:
        talk = JobTalk(await self._driver.run(wanted.opened(key)), self._settings.clock, self._settings.ids)
        try:
            yield AsyncJob(self._driver, talk)
        except BaseException as error:
            await self._driver.run(talk.broken(error))
            raise
        await self._driver.run(talk.left())

    async def resume(self, action: str, *, timeout: float | None = None) -> Outcome:  # noqa: ASYNC109  # ditto
        """Go on waiting for an action that was proposed earlier, in whichever process."""
        return await self._driver.run(resumed(action, timeout))

    async def withdraw(self, action: str) -> Outcome:
        """Take a proposal back before its start; Refusal(ACTION_DECIDED) where that is too late."""
        return await self._driver.run(withdrawn(action))

    async def consume(self, action: str) -> Order:
        """Begin to carry out what was `Cleared`, right before doing so; a Refusal forbids it.

        The order is what was cleared, which is not what was proposed where a reviewer edited it.
        """
        return await self._driver.run(consumed(action, self._settings.ids.new("consume")))

    async def report(self, action: str, word: ReportedAs, note: str = "") -> Outcome:
        """Say what became of an order; `unknown` where it may or may not have taken effect."""
        return await self._driver.run(reported(action, Word(word), note))
