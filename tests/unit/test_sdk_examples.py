"""The SDK's examples do what they say, against the sample workspace."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from lineclear.adapters.http.client import BackendClient
from lineclear.adapters.system.clock import SystemClock
from lineclear.adapters.system.ids import SystemIds
from lineclear.adapters.system.keys import MemoryKeys
from lineclear.agents import AsyncClient, Client, Code, Denied, Refusal, Succeeded, Waiting
from lineclear.agents.examples import fan_out, park, refund
from lineclear.application.deciding.reviewer import Reviewer
from lineclear.demo.reading import read_row
from lineclear.domain.vocabulary import JobStatus, Role, Tier, Verdict
from support.backend import Running, new_workspace, refunds, running


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Running]:
    with running(new_workspace(tmp_path / "workspace")) as backend:
        yield backend


def reviewer(backend: BackendClient) -> Reviewer:
    me = backend.me()
    key = MemoryKeys().key(me.origin, me.subject)
    return Reviewer(backend, key, me.origin, SystemClock(), SystemIds())


@pytest.fixture
def token(here: Running) -> str:
    return here.token("support-agent", Role.AGENT, owner="automation-lead")


@pytest.fixture
def client(here: Running, token: str) -> Iterator[Client]:
    with Client(here.url, token) as client:
        yield client


def test_a_small_refund_needs_nobody_and_a_second_run_does_not_pay_twice(here, client):
    first = refund.refund(client, 20431, "pay_8851", "36.00")
    assert isinstance(first, Succeeded)
    assert refund.told(first).startswith("Refunded: ")
    with pytest.raises(Refusal) as over:
        refund.refund(client, 20431, "pay_8851", "36.00")
    assert over.value.code is Code.JOB_CLOSED
    assert read_row(here.folder, "payments", "pay_8851")["status"] == "refunded"
    assert refunds(here.folder, "pay_8851") == 1


def test_a_refund_over_the_ceiling_is_told_with_the_rule(here, client):
    outcome = refund.refund(client, 20440, "pay_8863", "249.00")
    assert isinstance(outcome, Denied)
    assert refund.told(outcome) == "249.00 USD is over the 200.00 ceiling (issue_refund, line 5)."
    assert read_row(here.folder, "payments", "pay_8863")["amount_refunded"] == "0.00"


def test_the_parked_example_goes_on_after_a_person_approved(here, client):
    backend = here.client(here.token("ops-west", Role.OPS, tier=Tier.TWO))
    waiting = park.propose(client, "cus_4103", "Hamburg", seconds=0)
    assert isinstance(waiting, Waiting)
    (action,) = backend.actions().items
    reviewer(backend).decide(action, Verdict.APPROVE)
    assert isinstance(client.resume(waiting.action), Succeeded)
    assert read_row(here.folder, "customers", "cus_4103")["city"] == "Hamburg"
    jobs = {job.goal: job.status for job in backend.jobs().items}
    assert jobs["Move cus_4103 to Hamburg"] is JobStatus.RUNNING


def test_each_of_many_gets_an_answer_of_its_own(here, token):
    backend = here.client(here.token("ops-west", Role.OPS, tier=Tier.TWO))
    size = here.settled_size()

    async def work():
        async with AsyncClient(here.url, token) as client:
            return await fan_out.close_all(client, [20010, 20015, 20020])

    def decide_all() -> None:
        """One is rejected, and that does not concern the others."""
        seen = size
        while len(backend.actions().items) < 3:
            seen = backend.feed(seen, limit=1, wait=10).size
        hand = reviewer(backend)
        for action, verdict in zip(
            backend.actions().items, (Verdict.REJECT, *[Verdict.APPROVE] * 2), strict=True
        ):
            hand.decide(action, verdict, "Still open")

    async def decided():
        asked = asyncio.create_task(work())
        await asyncio.to_thread(decide_all)
        return await asked

    outcomes = asyncio.run(decided())
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Rejected", "Succeeded", "Succeeded"]
    statuses = [read_row(here.folder, "tickets", ticket)["status"] for ticket in (20010, 20015, 20020)]
    assert sorted(statuses) == ["closed", "closed", "waiting"]
