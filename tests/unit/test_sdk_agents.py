"""The SDK against a real backend over HTTP: memory behind it, the same use cases and the same server."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest

from lineclear.agents import (
    AsyncClient,
    Client,
    Denied,
    Expired,
    Failed,
    Refusal,
    Rejected,
    Stopped,
    Succeeded,
    Undone,
    Waiting,
    Withdrawn,
)
from lineclear.agents.connecting import is_passing
from lineclear.application.deciding.editing import Edit, edit_action
from lineclear.application.executing.undo import UndoRequest, preview_undo, undo
from lineclear.application.governing.people import Grant, issue_token
from lineclear.application.jobs import stop_job
from lineclear.domain.actions import Action
from lineclear.domain.money import MoneyError
from lineclear.domain.refusals import Code
from lineclear.domain.vocabulary import ActionStatus, JobStatus, Role, Tier, Verdict
from support.sdk import REFUND, RETRIES, Backend, after_all, arguments

CUSTOMER = ("manage_customers", "crm.update_customer")


@pytest.fixture
def backend() -> Iterator[Backend]:
    backend = Backend()
    yield backend
    backend.stop()


def test_an_approved_proposal_succeeds_with_the_effects_own_name(backend):
    reviewer = backend.kernel.reviewer()
    deed = backend.when_waiting(lambda action: backend.kernel.decide(reviewer, action))
    with backend.client() as client, client.job("Resolve ticket 20418") as job, after_all(deed):
        outcome = job.propose(*REFUND, arguments(), why="duplicate charge", confidence="0.91")
    assert isinstance(outcome, Succeeded)
    assert outcome.reference == "effect 1"
    assert backend.kernel.tools.records["pay_1"]["status"] == "refunded"
    assert backend.job(job.id).outcome == "completed"


def test_a_rejection_says_who_and_why(backend):
    reviewer = backend.kernel.reviewer()
    deed = backend.when_waiting(
        lambda action: backend.kernel.decide(reviewer, action, Verdict.REJECT, "Not a duplicate")
    )
    with backend.client() as client, client.job("Resolve ticket 20418") as job, after_all(deed):
        outcome = job.propose(*REFUND, arguments())
    assert outcome == Rejected(outcome.action, by="ops-west", reason="Not a duplicate")


def test_a_denial_carries_the_line_of_the_capability_document(backend):
    with backend.client() as client, client.job("Resolve ticket 20440") as job:
        outcome = job.propose(*REFUND, arguments("249.00"))
    assert outcome == Denied(
        outcome.action, ("249.00 USD is over the 200.00 ceiling (issue_refund, line 5).",)
    )


def test_a_stop_by_a_person_reaches_the_agent_that_waits(backend):
    reviewer = backend.kernel.reviewer()
    deed = backend.when_waiting(
        lambda action: stop_job(backend.kernel.services, reviewer.principal, action.job, "wrong customer")
    )
    with backend.client() as client, client.job("Resolve ticket 20418") as job, after_all(deed):
        outcome = job.propose(*REFUND, arguments())
    assert outcome == Stopped(outcome.action, by="ops-west")
    assert backend.job(job.id).status is JobStatus.STOPPED


def test_a_stopped_job_takes_no_further_step(backend):
    reviewer = backend.kernel.reviewer()

    def work(client: Client) -> None:
        with client.job("Resolve ticket 20418") as job:
            stop_job(backend.kernel.services, reviewer.principal, job.id, "wrong customer")
            with job.span("read ticket", kind="read"):
                pass
            job.propose(*REFUND, arguments())

    with backend.client() as client, pytest.raises(Refusal) as refused:
        work(client)
    assert refused.value.code is Code.JOB_CLOSED
    assert backend.waiting() == ()


def test_nobody_decides_and_the_action_expires(backend):
    def pass_the_deadline(action: Action) -> None:
        backend.kernel.later(minutes=11)

    deed = backend.when_waiting(pass_the_deadline)
    with backend.client() as client, client.job("Resolve ticket 20418") as job, after_all(deed):
        outcome = job.propose(*REFUND, arguments(), deadline=job.opened + timedelta(minutes=10))
    assert outcome == Expired(outcome.action, "2026-01-01T00:10:00.000Z")


def test_a_system_that_stays_away_is_a_failure_in_its_own_words(backend):
    kernel = backend.kernel
    with backend.client() as client, client.job("Correct a record") as job:
        waiting = job.submit(*CUSTOMER, arguments(), confidence="0.99")
        kernel.tools.down = True
        while kernel.action(waiting.action).status.is_open:
            kernel.run()
            kernel.later(minutes=10)
        outcome = job.resume(waiting.action)
    assert outcome == Failed(waiting.action, "unreachable", "the system does not answer")
    assert kernel.tools.calls == []


def test_an_agent_parks_and_another_process_resumes_after_a_restart_of_both(backend):
    with backend.client() as client, client.job("Resolve ticket 20418", key="ticket-20418") as job:
        parked = job.propose(*REFUND, arguments(), timeout=0)
    assert isinstance(parked, Waiting)
    assert backend.job(job.id).status is JobStatus.RUNNING
    backend.stop()
    backend.start()
    reviewer = backend.kernel.reviewer()
    backend.kernel.decide(reviewer, backend.kernel.action(parked.action))
    backend.kernel.run()
    with backend.client() as client:
        outcome = client.resume(parked.action)
    assert outcome == Succeeded(parked.action, "effect 1")


@RETRIES
def test_a_restart_of_the_backend_does_not_disturb_who_waits(backend):
    reviewer = backend.kernel.reviewer()

    def restart_and_approve(action: Action) -> None:
        backend.stop()
        backend.start()
        backend.kernel.decide(reviewer, action)

    deed = backend.when_waiting(restart_and_approve)
    with backend.client() as client, client.job("Resolve ticket 20418") as job, after_all(deed):
        outcome = job.propose(*REFUND, arguments())
    assert isinstance(outcome, Succeeded)


def test_an_agent_that_crashed_and_runs_again_acts_once(backend):
    for _ in range(2):
        with backend.client() as client, client.job("Resolve ticket 20431", key="ticket-20431") as job:
            small = job.propose(*REFUND, arguments("36.00"), timeout=0, why="duplicate charge")
        backend.kernel.run()
    with backend.client() as client:
        assert isinstance(client.resume(small.action), Succeeded)
    assert len(backend.kernel.tools.calls) == 1


def test_another_key_means_it_twice_and_other_words_under_one_key_mean_the_same(backend):
    with backend.client() as client, client.job("Resolve ticket 20431") as job:
        first = job.submit(*REFUND, arguments(), why="duplicate charge")
        second = job.submit(*REFUND, arguments(), why="duplicate charge", key="the other one")
        assert job.submit(*REFUND, arguments(), why="goodwill") == first
        assert job.submit(*REFUND, arguments(), why="goodwill", key="the other one") == second
    assert first.action != second.action
    assert {action.why for action in backend.waiting()} == {"duplicate charge"}
    assert len(backend.waiting()) == 2


@pytest.mark.parametrize("other", [(*REFUND, "61.00"), (*CUSTOMER, "60.00")])
def test_a_key_of_ones_own_that_comes_back_for_something_else_is_refused(backend, other):
    with backend.client() as client, client.job("Resolve ticket 20431") as job:
        job.submit(*REFUND, arguments("60.00"), key="one")
        with pytest.raises(Refusal) as refused:
            job.submit(*other[:2], arguments(other[2]), key="one")
    assert refused.value.code is Code.KEY_REUSED
    assert len(backend.waiting()) == 1


def test_a_key_of_another_job_is_not_come_back_to(backend):
    with backend.client() as client:
        with client.job("First") as job:
            job.submit(*REFUND, arguments(), key="one")
        with pytest.raises(Refusal) as refused, client.job("Second") as job:
            job.submit(*REFUND, arguments(), key="one")
    assert refused.value.code is Code.KEY_REUSED


def test_a_job_that_is_over_is_not_come_back_to(backend):
    with backend.client() as client:
        with client.job("Nightly", key="night-1"):
            pass
        with pytest.raises(Refusal) as refused, client.job("Nightly", key="night-1"):
            raise AssertionError
        with client.job("Nightly"), client.job("Nightly"):
            pass
    assert refused.value.code is Code.JOB_CLOSED


@RETRIES
def test_a_backend_that_is_down_is_said_clearly_and_nothing_takes_effect(backend):
    backend.stop()
    with pytest.raises(Refusal) as refused, backend.client(patience=0.3) as client, client.job("Anything"):
        raise AssertionError
    assert refused.value.code is Code.UNREACHABLE
    assert str(refused.value).startswith(f"The backend at {backend.url} cannot be reached: ")
    backend.start()
    assert backend.kernel.tools.calls == []
    assert backend.waiting() == ()


@RETRIES
def test_a_backend_that_comes_back_in_time_hears_the_proposal_once(backend):
    with backend.client(patience=10) as client, client.job("Resolve ticket 20418") as job:
        backend.stop()
        back = threading.Timer(0.3, backend.start)
        back.start()
        with after_all(back):
            job.submit(*REFUND, arguments())
    assert len(backend.waiting()) == 1


def test_an_exception_ends_the_job_as_failed_and_withdraws_what_waits(backend):
    def work(client: Client) -> None:
        with client.job("Divide") as job:
            job.submit(*REFUND, arguments())
            raise ZeroDivisionError

    with backend.client() as client, pytest.raises(ZeroDivisionError):
        work(client)
    (action,) = backend.actions()
    assert action.status is ActionStatus.WITHDRAWN
    assert backend.job(action.job).outcome == "failed"


def test_an_interrupt_abandons_the_job(backend):
    with backend.client() as client, pytest.raises(KeyboardInterrupt), client.job("Long work") as job:
        raise KeyboardInterrupt
    assert backend.job(job.id).outcome == "abandoned"


@RETRIES
def test_the_agents_own_error_is_not_hidden_by_a_backend_that_went_away(backend):
    def work(client: Client) -> None:
        with client.job("Divide"):
            backend.stop()
            raise ZeroDivisionError

    with backend.client(patience=0.1) as client, pytest.raises(ZeroDivisionError) as raised:
        work(client)
    assert raised.value.__notes__[0].startswith("The job could not be ended: The backend at ")
    backend.start()


def test_a_job_that_is_ended_early_takes_its_proposals_back(backend):
    with backend.client() as client, client.job("Resolve ticket 20418") as job:
        waiting = job.submit(*REFUND, arguments())
        job.end("abandoned")
    assert backend.job(job.id).outcome == "abandoned"
    assert backend.kernel.action(waiting.action).status is ActionStatus.WITHDRAWN


def test_a_proposal_is_withdrawn_by_its_agent(backend):
    with backend.client() as client, client.job("Resolve ticket 20418") as job:
        waiting = job.submit(*REFUND, arguments())
        assert client.withdraw(waiting.action) == Withdrawn(waiting.action)


def test_what_was_undone_is_told_apart_from_what_stands(backend):
    kernel, reviewer = backend.kernel, backend.kernel.reviewer(tier=Tier.THREE)
    with backend.client() as client, client.job("Correct a record") as job:
        done = job.submit(*CUSTOMER, arguments(), confidence="0.99")
        kernel.run()
        assert isinstance(job.resume(done.action), Succeeded)
        seen = preview_undo(kernel.services, reviewer.principal, done.action)
        wanted = UndoRequest(seen.version, "It was right before")
        undo(kernel.services, reviewer.principal, done.action, wanted, kernel.key())
        kernel.run()
        outcome = client.resume(done.action)
    assert isinstance(outcome, Undone)


def test_a_cost_that_is_no_amount_is_refused_at_once(backend):
    with backend.client() as client, client.job("Costly") as job, job.span("model", kind="model") as span:
        with pytest.raises(MoneyError):
            span.cost("1e-3")
        with pytest.raises(MoneyError):
            span.cost("0.0000001")


def test_arguments_that_json_cannot_carry_are_refused_before_anything_is_sent(backend):
    with backend.client() as client, client.job("Odd") as job, pytest.raises(Refusal) as refused:
        job.submit(*REFUND, {"amount": float("nan")})
    assert refused.value.code is Code.BODY_INVALID
    assert backend.waiting() == ()


def test_an_unknown_token_is_told_so_at_once(backend):
    with Client(backend.url, "lc_agent_nobody") as client, pytest.raises(Refusal) as refused:
        client.resume("act-1")
    assert refused.value.code is Code.TOKEN_INVALID


def test_address_and_token_come_from_the_environment(backend, monkeypatch):
    monkeypatch.setenv("LINECLEAR_URL", backend.url)
    monkeypatch.setenv("LINECLEAR_TOKEN", backend.token)
    with Client() as client, client.job("Anything") as job:
        assert backend.job(job.id).agent == "support-agent"


def test_without_an_address_or_a_token_it_is_said_which(monkeypatch):
    monkeypatch.delenv("LINECLEAR_URL", raising=False)
    monkeypatch.delenv("LINECLEAR_TOKEN", raising=False)
    with pytest.raises(Refusal, match="LINECLEAR_URL is not set"):
        Client(token="secret")
    with pytest.raises(Refusal, match="token is missing"):
        Client("http://127.0.0.1:1")


@pytest.mark.parametrize(
    ("path", "says"), [("/healthz?", "its answer cannot be read"), ("/elsewhere", "does not exist")]
)
def test_what_is_no_backend_is_told_at_once(backend, path, says):
    async def awaited() -> None:
        async with AsyncClient(backend.url + path, backend.token) as client:
            await client.resume("act-1")

    with Client(backend.url + path, backend.token) as client, pytest.raises(Refusal, match=says):
        client.resume("act-1")
    with pytest.raises(Refusal, match=says):
        asyncio.run(awaited())


@pytest.mark.parametrize("address", ["http://127.0.0.1:port", "localhost:8480"])
def test_an_address_that_is_none_is_told_at_once(address):
    async def awaited() -> None:
        async with AsyncClient(address, "secret") as client:
            await client.resume("act-1")

    with Client(address, "secret") as client, pytest.raises(Refusal) as refused:
        client.resume("act-1")
    assert refused.value.code is Code.UNREACHABLE
    with pytest.raises(Refusal) as refused:
        asyncio.run(awaited())
    assert refused.value.code is Code.UNREACHABLE


def test_only_what_passes_by_itself_is_tried_again():
    assert is_passing(Refusal(Code.KEY_IN_FLIGHT))
    assert is_passing(Refusal(Code.DATABASE_BUSY))
    assert not is_passing(Refusal(Code.KEY_REUSED))
    assert not is_passing(Refusal(Code.UNREACHABLE, url="", problem="it answered 502 Bad Gateway"))


def test_an_agent_reads_what_a_reviewer_made_of_its_arguments(backend):
    kernel, reviewer = backend.kernel, backend.kernel.reviewer()
    wanted = Edit(json.dumps(arguments("120.00")).encode(), revision=1)
    with backend.client() as client, client.job("Resolve ticket 20418") as job:
        waiting = job.submit(*REFUND, arguments("180.00"))
        assert job.arguments(waiting.action) == arguments("180.00")
        edit_action(kernel.services, reviewer.principal, waiting.action, wanted, kernel.key())
        assert job.arguments(waiting.action) == arguments("120.00")


def test_nobody_elses_arguments_are_read_by_an_agent(backend):
    with backend.client() as client, client.job("Resolve ticket 20418") as job:
        waiting = job.submit(*REFUND, arguments())
    other = issue_token(backend.kernel.services, Grant("other-agent", Role.AGENT, owner="owner")).secret
    with Client(backend.url, other) as client, pytest.raises(Refusal) as refused, client.job("Look") as job:
        job.arguments(waiting.action)
    assert refused.value.code is Code.ACTION_UNKNOWN
