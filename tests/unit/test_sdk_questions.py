"""Questions from reviewers, answered by an agent that waits: the SDK against a real backend over HTTP."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from lineclear.agents import Client, Succeeded
from lineclear.application.deciding.claiming import ask
from lineclear.domain.actions import Action
from support.sdk import Backend


@pytest.fixture
def backend() -> Iterator[Backend]:
    backend = Backend()
    yield backend
    backend.stop()


def test_an_agent_that_waits_answers_what_it_is_asked_and_goes_on_waiting(backend):
    kernel, reviewer = backend.kernel, backend.kernel.reviewer()
    seen: list[Action] = []

    def review() -> None:
        action = backend.until(lambda _: True)
        ask(kernel.services, reviewer.principal, action.id, "Which capture?", kernel.key())
        seen.append(backend.until(lambda one: one.attention.questions and not one.attention.open_question))
        kernel.decide(reviewer, seen[0])
        kernel.run()

    thread = threading.Thread(target=review)
    thread.start()
    with Client(backend.url, backend.token, clock=kernel.clock) as client, client.job("Resolve") as job:
        job.answer_with(lambda question: f"You asked {question!r}: the second.")
        arguments = {"id": "pay_1", "fields": {"status": "x"}, "amount": "180.00", "currency": "USD"}
        outcome = job.propose("issue_refund", "payments.create_refund", arguments)
    thread.join()
    assert isinstance(outcome, Succeeded)
    assert seen[0].attention.questions[0].answer == "You asked 'Which capture?': the second."
