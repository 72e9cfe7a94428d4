"""The SDK's awaiting client against a real backend: the same shape, and no thread that waits."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from lineclear.agents import (
    AsyncClient,
    Denied,
    Refusal,
    Succeeded,
    Waiting,
    Withdrawn,
)
from lineclear.domain.refusals import Code
from support.sdk import REFUND, RETRIES, Backend, after_all, arguments


@pytest.fixture
def backend() -> Iterator[Backend]:
    backend = Backend()
    yield backend
    backend.stop()


# -- the same on an event loop --------------------------------------------------------------------


def test_the_awaiting_client_has_the_same_shape(backend):
    reviewer = backend.kernel.reviewer()
    deed = backend.when_waiting(lambda action: backend.kernel.decide(reviewer, action))

    async def work():
        async with (
            AsyncClient(backend.url, backend.token) as client,
            client.job("Resolve ticket 20418") as job,
        ):
            async with job.span("read ticket", kind="read") as span:
                span.cost("0.001")
            return job.id, await job.propose(*REFUND, arguments(), evidence=[span.quote("Ticket", "Twice")])

    with after_all(deed):
        job, outcome = asyncio.run(work())
    assert isinstance(outcome, Succeeded)
    assert backend.job(job).outcome == "completed"
    assert backend.job(job).cost_micros == 1_000


def test_many_tasks_wait_on_one_loop_and_each_gets_its_own_answer(backend):
    async def one(client: AsyncClient, number: int):
        async with client.job(f"Refund {number}") as job:
            return await job.propose(*REFUND, arguments("249.00" if number % 2 else "36.00"), timeout=0)

    async def work():
        async with AsyncClient(backend.url, backend.token) as client:
            return await asyncio.gather(*(one(client, number) for number in range(8)))

    kinds = [type(outcome) for outcome in asyncio.run(work())]
    assert kinds == [Waiting, Denied] * 4


def test_a_cancelled_task_abandons_its_job(backend):
    async def work() -> str:
        async with AsyncClient(backend.url, backend.token) as client:
            opened: asyncio.Future[str] = asyncio.get_running_loop().create_future()

            async def wait_for_ever() -> None:
                async with client.job("Resolve ticket 20418") as job:
                    opened.set_result(job.id)
                    await job.propose(*REFUND, arguments())

            task = asyncio.create_task(wait_for_ever())
            job = await opened
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            return job

    assert backend.job(asyncio.run(work())).outcome == "abandoned"


@RETRIES
def test_the_awaiting_client_says_that_the_backend_is_down(backend):
    backend.stop()

    async def work() -> None:
        async with AsyncClient(backend.url, backend.token, patience=0.3) as client, client.job("Anything"):
            raise AssertionError

    with pytest.raises(Refusal) as refused:
        asyncio.run(work())
    assert refused.value.code is Code.UNREACHABLE
    backend.start()


def test_the_awaiting_client_parks_resumes_and_withdraws(backend):
    async def work():
        async with AsyncClient(backend.url, backend.token) as client:
            async with client.job("Resolve ticket 20418", key="ticket-20418") as job:
                parked = await job.submit(*REFUND, arguments())
            assert await client.resume(parked.action, timeout=0) == parked
            return await client.withdraw(parked.action)

    assert isinstance(asyncio.run(work()), Withdrawn)


@RETRIES
def test_an_awaiting_agent_that_parked_goes_on_after_a_restart_of_both_and_acts_once(backend):
    async def work(seconds: float | None):
        async with (
            AsyncClient(backend.url, backend.token) as client,
            client.job("Resolve ticket 20418", key="ticket-20418") as job,
        ):
            return await job.propose(*REFUND, arguments(), timeout=seconds)

    parked = asyncio.run(work(0))
    assert isinstance(parked, Waiting)
    backend.stop()
    backend.start()
    reviewer = backend.kernel.reviewer()
    deed = backend.when_waiting(lambda action: backend.kernel.decide(reviewer, action))
    with after_all(deed):
        outcome = asyncio.run(work(None))
    assert outcome == Succeeded(parked.action, "effect 1")
    assert len(backend.kernel.tools.calls) == 1


@RETRIES
def test_a_backend_that_goes_away_before_the_proposal_is_said_and_nothing_takes_effect(backend):
    async def work() -> None:
        async with (
            AsyncClient(backend.url, backend.token, patience=0.3) as client,
            client.job("Resolve ticket 20418", key="ticket-20418") as job,
        ):
            backend.stop()
            await job.propose(*REFUND, arguments("36.00"))

    with pytest.raises(Refusal) as refused:
        asyncio.run(work())
    assert refused.value.code is Code.UNREACHABLE
    backend.start()
    backend.kernel.run()
    assert (backend.actions(), backend.kernel.tools.calls) == ((), [])
