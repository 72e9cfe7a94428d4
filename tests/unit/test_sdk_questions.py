"""Questions from reviewers, answered by an agent that waits: the SDK against a real backend over HTTP."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from lineclear.agents import Client, Succeeded
from lineclear.application.deciding.claiming import ask
from lineclear.application.governing.people import Grant, issue_token
from lineclear.application.ports import ActionQuery
from lineclear.domain.actions import Action
from lineclear.domain.vocabulary import ActionStatus, Role
from lineclear.server.serving import HttpServer, listen
from support.kernel import Kernel


@dataclass
class Backend:
    kernel: Kernel = field(default_factory=Kernel)

    def __post_init__(self) -> None:
        grant = Grant("support-agent", Role.AGENT, owner="owner")
        self.token = issue_token(self.kernel.services, grant).secret
        listener = listen("127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        self.server = HttpServer(self.kernel.services, listener)
        self.server.start()

    def waiting(self) -> Action | None:
        query = ActionQuery(statuses=frozenset({ActionStatus.PENDING}))
        return next(iter(self.kernel.store.read(lambda snapshot: snapshot.actions(query)).items), None)

    def until(self, holds) -> Action:
        size = 0
        while (action := self.waiting()) is None or not holds(action):
            size = self.kernel.store.wait(size, 1.0)
        return action


@pytest.fixture
def backend() -> Iterator[Backend]:
    backend = Backend()
    yield backend
    backend.server.close()


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
