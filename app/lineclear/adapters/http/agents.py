"""What an agent's program asks of the backend. Free of waiting beyond one request."""

from __future__ import annotations

from msgspec import Raw

from lineclear.adapters.http.connection import Connection
from lineclear.application.propose import Proposal
from lineclear.domain.actions import Action
from lineclear.domain.events import Budget, JobBrief, Span
from lineclear.domain.jobs import Job
from lineclear.wire.messages import (
    Ask,
    EndJob,
    Message,
    Nothing,
    OpenJob,
    Propose,
    ReadAction,
    ReadJob,
    RecordSpans,
    Reservation,
    Reserve,
)


class AgentCalls:
    """Calls that take an agent's token. Each raises Refusal; `key` makes a write idempotent."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def open_job(self, brief: JobBrief, budget: Budget | None = None, *, key: str) -> Job:
        asked = OpenJob(brief.goal, brief.customer, brief.project, brief.workflow, budget or Budget())
        return self._write("/v1/jobs", asked, Job, key)

    def job(self, job: str, *, wait: float = 0) -> Job:
        """The job; with `wait` (30 s at most) as soon as it is not paused."""
        return self._connection.get(f"/v1/jobs/{job}", Job, ReadJob(wait), wait=wait)

    def reserve(self, job: str, *, cost_micros: int = 0, steps: int = 0, key: str) -> Reservation:
        """Set part of the budget aside; Refusal(JOB_PAUSED) where it would not fit."""
        return self._write(f"/v1/jobs/{job}/reservations", Reserve(cost_micros, steps), Reservation, key)

    def record_spans(self, job: str, spans: tuple[Span, ...], *, key: str, reservation: str = "") -> Job:
        """Record steps; those that name a reservation settle it."""
        return self._write(f"/v1/jobs/{job}/spans", RecordSpans(spans, reservation), Job, key)

    def answer(self, action: str, text: str, *, key: str) -> Action:
        """Answer what a reviewer asked about an action."""
        return self._write(f"/v1/actions/{action}/answers", Ask(text), Action, key)

    def end_job(self, job: str, outcome: str = "completed", *, key: str) -> Job:
        return self._write(f"/v1/jobs/{job}/end", EndJob(outcome), Job, key)

    def propose(self, proposal: Proposal, *, key: str) -> Action:
        """`proposal.payload` goes out, and is kept, byte for byte."""
        asked = Propose(
            job=proposal.job,
            payload=Raw(proposal.payload),
            note=proposal.note,
            why=proposal.why,
            confidence=proposal.confidence,
            deadline=proposal.deadline,
            evidence=proposal.evidence,
        )
        return self._write("/v1/actions", asked, Action, key)

    def action(self, action: str, *, wait: float = 0) -> Action:
        """The action; with `wait` (30 s at most) as soon as nothing is left to decide or to run."""
        return self._connection.get(f"/v1/actions/{action}", Action, ReadAction(wait), wait=wait)

    def withdraw(self, action: str, *, key: str) -> Action:
        return self._write(f"/v1/actions/{action}/withdraw", Nothing(), Action, key)

    def _write[A](self, path: str, body: Message, kind: type[A], key: str) -> A:
        return self._connection.post(path, body, kind, key=key)
