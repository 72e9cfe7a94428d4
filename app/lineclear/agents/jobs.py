"""The conversations of a job, once for both clients. Free of I/O: see `asking`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypedDict, Unpack

import msgspec

from lineclear.agents.asking import Plain, Read, Steps, Write, ask, key_of, payload_of
from lineclear.agents.outcomes import Outcome, Waiting, outcome_of
from lineclear.agents.spans import SpanLog
from lineclear.application.ports import Clock
from lineclear.application.services import moment, stamp
from lineclear.domain.actions import Action
from lineclear.domain.events import Budget, Evidence
from lineclear.domain.jobs import Job
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import ActionStatus, JobStatus, SpanKind
from lineclear.wire.codecs import encode
from lineclear.wire.messages import EndJob, Nothing, OpenJob, Propose, ReadAction, RecordSpans

POLL = 25.0
"""Seconds for which one request waits; below the backend's longest."""

type Ending = Literal["completed", "failed", "abandoned"]


class Said(TypedDict, total=False):
    """What an agent may say about a proposal; all of it is shown as unverified.

    `why` is a few words for the queue ("duplicate charge"), `note` the whole story, `confidence` a decimal
    from 0 to 1 such as "0.91", `deadline` an aware time after which the action expires.
    """

    note: str
    why: str
    confidence: str
    deadline: datetime
    evidence: Sequence[Evidence]


@dataclass(frozen=True, slots=True)
class Goal:
    """What a job is for, whom its cost belongs to, and its limits."""

    goal: str
    customer: str = ""
    project: str = ""
    workflow: str = ""
    budget: Budget = field(default_factory=Budget)

    def opened(self, key: str) -> Steps[Job]:
        """Open the job, or come back to the one of this key; Refusal(JOB_CLOSED) where it is over."""
        body = OpenJob(self.goal, self.customer, self.project, self.workflow, self.budget)
        job = yield from ask(Write("/v1/jobs", Job, body, key))
        if job.status is not JobStatus.RUNNING:
            raise Refusal(Code.JOB_CLOSED, job=job.id, status=job.status)
        return job


class JobTalk:
    """One job's side of the conversation. For one thread or one event loop at a time."""

    def __init__(self, job: Job, clock: Clock) -> None:
        self.id = job.id
        self.opened = moment(job.opened_at)
        self.spans = SpanLog(clock)
        self._waiting: set[str] = set()
        self._is_ended = False

    def propose(
        self,
        capability: str,
        tool: str,
        arguments: Mapping[str, Plain],
        key: str,
        timeout: float | None,
        **said: Unpack[Said],
    ) -> Steps[Outcome]:
        """Propose and wait `timeout` seconds (None: for ever). Steps go first, as evidence names them."""
        yield from self.flushed()
        payload = payload_of(capability, tool, arguments)
        key = key or key_of("propose", self.id.encode(), payload)
        with self.spans.measure("policy check", SpanKind.POLICY):
            action = yield from ask(Write("/v1/actions", Action, _proposed(self.id, payload, said), key))
        self._waiting.add(action.id)
        yield from self._flushed_if_possible()
        return (yield from self._watched(action, timeout))

    def resume(self, action: str, timeout: float | None) -> Steps[Outcome]:
        """Go on waiting for one of this job's actions."""
        self._waiting.add(action)
        found = yield from ask(Read(f"/v1/actions/{action}", Action, ReadAction()))
        return (yield from self._watched(found, timeout))

    def _watched(self, action: Action, timeout: float | None) -> Steps[Outcome]:
        outcome = outcome_of(action)
        if isinstance(outcome, Waiting) and timeout != 0:
            pending = action.status is ActionStatus.PENDING
            name, kind = (
                ("waiting for review", SpanKind.WAITING) if pending else ("execution", SpanKind.EXECUTION)
            )
            with self.spans.measure(name, kind):
                outcome = yield from settled(action, timeout)
        if not isinstance(outcome, Waiting):
            self._waiting.discard(action.id)
        return outcome

    def flushed(self) -> Steps[None]:
        """Send all steps that have ended; Refusal(JOB_CLOSED) where a person stopped the job."""
        while batch := self.spans.take():
            body = RecordSpans(batch)
            write = Write(
                f"/v1/jobs/{self.id}/spans", Job, body, key_of("spans", self.id.encode(), encode(body))
            )
            try:
                yield from ask(write)
            except BaseException:
                self.spans.give_back(batch)
                raise

    def flushed_when_due(self) -> Steps[None]:
        if self.spans.is_due:
            yield from self.flushed()

    def _flushed_if_possible(self) -> Steps[None]:
        """The proposal stands already: steps that do not arrive now wait for the next time."""
        try:
            yield from self.flushed()
        except Refusal:
            return

    def ended(self, outcome: Ending) -> Steps[None]:
        """Send what is left and end the job: whatever still waits is withdrawn. Once ended, stays so."""
        if self._is_ended:
            return
        try:
            yield from self.flushed()
            body, key = EndJob(outcome), key_of("end", self.id.encode(), outcome.encode())
            yield from ask(Write(f"/v1/jobs/{self.id}/end", Job, body, key))
        except Refusal as refusal:
            if refusal.code is not Code.JOB_CLOSED:
                raise
        self._is_ended = True

    def left(self) -> Steps[None]:
        """The block is over: the job is completed, or stays open where something still waits."""
        if self._waiting and not self._is_ended:
            yield from self.flushed()
        else:
            yield from self.ended("completed")

    def broken(self, error: BaseException) -> Steps[None]:
        """The block was left by an error, which nothing that happens here may hide."""
        if isinstance(error, Refusal) and error.code in {Code.UNREACHABLE, Code.JOB_CLOSED}:
            return
        try:
            yield from self.ended("failed" if isinstance(error, Exception) else "abandoned")
        except Refusal as refusal:
            error.add_note(f"The job could not be ended: {refusal}")


def settled(action: Action, timeout: float | None) -> Steps[Outcome]:
    """Wait by long poll until the action is settled; `Waiting` after `timeout` seconds (None: never)."""
    left = timeout
    while isinstance(outcome := outcome_of(action), Waiting) and (left is None or left > 0):
        wait = POLL if left is None else min(POLL, left)
        left = None if left is None else left - wait
        action = yield from ask(Read(f"/v1/actions/{action.id}", Action, ReadAction(wait), wait))
    return outcome


def resumed(action: str, timeout: float | None) -> Steps[Outcome]:
    """Go on waiting for an action, whichever process proposed it."""
    found = yield from ask(Read(f"/v1/actions/{action}", Action, ReadAction()))
    return (yield from settled(found, timeout))


def withdrawn(action: str) -> Steps[Outcome]:
    """Take a proposal back before its start."""
    key = key_of("withdraw", action.encode())
    return outcome_of((yield from ask(Write(f"/v1/actions/{action}/withdraw", Action, Nothing(), key))))


def _proposed(job: str, payload: bytes, said: Said) -> Propose:
    return Propose(
        job=job,
        payload=msgspec.Raw(payload),
        note=said.get("note", ""),
        why=said.get("why", ""),
        confidence=said.get("confidence", ""),
        deadline=stamp(said["deadline"]) if "deadline" in said else "",
        evidence=tuple(said.get("evidence", ())),
    )
