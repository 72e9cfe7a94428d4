"""A kernel behind a port, as agents of the SDK meet it: the same use cases, the same server, in memory."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from lineclear.agents import AsyncClient, Client
from lineclear.application.governing.people import Grant, issue_token
from lineclear.application.ports import ActionQuery
from lineclear.domain.actions import Action
from lineclear.domain.events import Span
from lineclear.domain.jobs import Job
from lineclear.domain.vocabulary import ActionStatus, Role
from lineclear.server.serving import HttpServer, listen
from support.kernel import Kernel

REFUND = ("issue_refund", "payments.create_refund")
RETRIES = pytest.mark.allow_log("stamina.retry_scheduled", reason="the backend is away on purpose")


def arguments(amount: str = "180.00") -> dict[str, object]:
    """Of a refund."""
    return {"id": "pay_1", "fields": {"status": "refunded"}, "amount": amount, "currency": "USD"}


@dataclass
class Backend:
    """It keeps its port over restarts."""

    kernel: Kernel = field(default_factory=Kernel)
    port: int = 0

    def __post_init__(self) -> None:
        grant = Grant("support-agent", Role.AGENT, owner="owner")
        self.token = issue_token(self.kernel.services, grant).secret
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        listener = listen("127.0.0.1", self.port)
        self.port = listener.getsockname()[1]
        self.server = HttpServer(self.kernel.services, listener)
        self.server.start()

    def stop(self) -> None:
        self.server.close()

    def client(self, *, patience: float = 5.0) -> Client:
        return Client(self.url, self.token, patience=patience, clock=self.kernel.clock)

    def awaiting(self) -> AsyncClient:
        return AsyncClient(self.url, self.token, clock=self.kernel.clock)

    def waiting(self) -> tuple[Action, ...]:
        return self.actions(ActionStatus.PENDING)

    def actions(self, *statuses: ActionStatus) -> tuple[Action, ...]:
        query = ActionQuery(statuses=frozenset(statuses))
        return self.kernel.store.read(lambda snapshot: snapshot.actions(query)).items

    def job(self, identifier: str) -> Job:
        job = self.kernel.store.read(lambda snapshot: snapshot.load(Job, identifier))
        assert job is not None
        return job

    def spans(self, job: str) -> tuple[Span, ...]:
        return self.kernel.store.read(lambda snapshot: snapshot.spans(job))

    def until(self, holds: Callable[[Action], object]) -> Action:
        """The first action that waits, once this holds for it."""
        size = 0
        while not (waiting := [action for action in self.waiting() if holds(action)]):
            size = self.kernel.store.wait(size, 1.0)
        return waiting[0]

    def when_waiting(
        self, deed: Callable[[Action], object], holds: Callable[[Action], object] = lambda _: True
    ) -> threading.Thread:
        """Do something with the first action that waits and for which this holds, as soon as there is one."""

        def watch() -> None:
            deed(self.until(holds))
            self.kernel.run()

        thread = threading.Thread(target=watch)
        thread.start()
        return thread


@contextmanager
def after_all(thread: threading.Thread) -> Iterator[None]:
    yield
    thread.join()
