"""The conversations of a job, once for both clients. Free of I/O: see `asking`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypedDict, Unpack

import msgspec

from lineclear.agents.asking import Plain, Read, Steps, Write, ask, key_of, payload_of
from lineclear.agents.carrying import Order, consumed
from lineclear.agents.outcomes import Outcome, Waiting, outcome_of
from lineclear.agents.spans import Held, OpenSpan, SpanLog
from lineclear.application.ports import Clock, Ids
from lineclear.application.services import moment, stamp
from lineclear.domain.actions import Action
from lineclear.domain.attention import Question
from lineclear.domain.events import Budget, Evidence
from lineclear.domain.jobs import Job
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.strict_json import Json, parse
from lineclear.domain.vocabulary import ActionStatus, JobStatus, SpanKind
from lineclear.wire.codecs import encode
from lineclear.wire.messages import (
    SAME,
    Arguments,
    Ask,
    EndJob,
    Nothing,
    OpenJob,
    Propose,
    ReadAction,
    ReadJob,
    RecordSpans,
    Reservation,
    Reserve,
)

POLL = 25.0
"""Seconds for which one request waits; below the backend's longest."""

_SPENT = frozenset({Code.JOB_PAUSED, Code.BUDGET_SPENT})
"""A budget of the job, or of the workspace's day: people are asked to raise it."""

type Ending = Literal["completed", "failed", "abandoned"]


class Said(TypedDict, total=False):
    """What an agent may say about a proposal; all of it is shown as unverified.

    `why` is a few words for the queue ("duplicate charge"), `note` the whole story, `confidence` a decimal
    from 0 to 1 such as "0.91", `deadline` an aware time after which the action expires. `sources` says by
    JSON pointer which step a part came from: `/arguments/amount`, or `/after/status` of the state that it
    would make. A place or step that is not there is a Refusal(BODY_INVALID).
    """

    note: str
    why: str
    confidence: str
    deadline: datetime
    evidence: Sequence[Evidence]
    sources: Mapping[str, OpenSpan | str]


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
        if job.status not in {JobStatus.RUNNING, JobStatus.PAUSED}:
            raise Refusal(Code.JOB_CLOSED, job=job.id, status=job.status)
        return job


class JobTalk:
    """One job's side of the conversation. For one thread or one event loop at a time."""

    def __init__(self, job: Job, clock: Clock, ids: Ids) -> None:
        self.id = job.id
        self.opened = moment(job.opened_at)
        self.spans = SpanLog(clock)
        self._clock = clock
        self._ids = ids
        self._waiting: set[str] = set()
        self._is_ended = False
        self.on_question: Callable[[str], str] | None = None
        """Answers what reviewers ask about an action that is waited for."""

    def propose(
        self,
        capability: str,
        tool: str,
        arguments: Mapping[str, Plain],
        key: str,
        timeout: float | None,
        *,
        wait_for_budget: bool = False,
        **said: Unpack[Said],
    ) -> Steps[Outcome]:
        """Propose and wait `timeout` seconds (None: for ever). Steps go first, as evidence names them."""
        self.spans.settle()
        yield from self.flushed()
        payload = payload_of(capability, tool, arguments)
        key = key or key_of("propose", self.id.encode(), payload)
        write = Write("/v1/actions", Action, _proposed(self.id, payload, said), key)
        try:
            action, left = yield from self._within_budget(
                "policy check", write, timeout, waits=wait_for_budget
            )
        except Refusal as refusal:
            action, left = (yield from _reworded(refusal)), timeout
        self._waiting.add(action.id)
        yield from self.flushed_if_possible()
        return (yield from self._watched(action, left))

    def reserve(self, cost_micros: int, steps: int, *, wait_for_budget: bool) -> Steps[Held]:
        """Set part of the budget aside; what was measured before goes first, as it counts as well."""
        yield from self.flushed()
        path, asked = f"/v1/jobs/{self.id}/reservations", Reserve(cost_micros, steps)
        write = Write(path, Reservation, asked, self._ids.new("reserve"))
        answer, _ = yield from self._within_budget("budget check", write, None, waits=wait_for_budget)
        return Held(self.spans, answer.reservation)

    def _within_budget[A](
        self, name: str, write: Write[A], left: float | None, *, waits: bool
    ) -> Steps[tuple[A, float | None]]:
        """The answer, and how much of the time is left; while a budget is spent, wait if that is wanted."""
        while True:
            try:
                with self.spans.measure(name, SpanKind.POLICY):
                    return (yield from ask(write)), left
            except Refusal as refusal:
                if refusal.code not in _SPENT or not waits or (left is not None and left <= 0):
                    raise
            yield from self.flushed_if_possible()
            with self.spans.measure("waiting for budget", SpanKind.WAITING):
                left = yield from self._goes_on(left)

    def _goes_on(self, left: float | None) -> Steps[float | None]:
        """Wait by long poll until the budget may have room; how much of the time is left then."""
        while left is None or left > 0:
            wait, asked_at = POLL if left is None else min(POLL, left), self._clock.now()
            job = yield from ask(Read(f"/v1/jobs/{self.id}", Job, ReadJob(wait), wait))
            is_paused = job.status is JobStatus.PAUSED
            passed = wait if is_paused else min(wait, (self._clock.now() - asked_at).total_seconds())
            left = None if left is None else left - passed
            if not is_paused:
                break
        return left

    def consume(self, action: str) -> Steps[Order]:
        """Use a clearance, under a key of this one attempt."""
        return consumed(action, self._ids.new("consume"))

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
                outcome = yield from settled(action, timeout, self.on_question)
        if not isinstance(outcome, Waiting):
            self._waiting.discard(action.id)
        return outcome

    def flushed(self) -> Steps[None]:
        """Send all steps that have ended; Refusal(JOB_CLOSED) where a person stopped the job."""
        while batch := self.spans.next_batch():
            body = RecordSpans(batch.spans, batch.reservation, dict(batch.contents))
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

    def flushed_if_possible(self) -> Steps[None]:
        """Something else counts more now: steps that do not arrive wait for the next time."""
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
        if isinstance(error, Refusal) and error.code in _SPENT:
            yield from self.flushed_if_possible()  # people are asked whether it goes on: it is theirs to end
            return
        try:
            yield from self.ended("failed" if isinstance(error, Exception) else "abandoned")
        except Refusal as refusal:
            error.add_note(f"The job could not be ended: {refusal}")


def _reworded(refusal: Refusal) -> Steps[Action]:
    """The earlier action of a key that came back with the same payload in other words; else the refusal."""
    if refusal.code is not Code.KEY_REUSED or refusal.params.get("payload") != SAME:
        raise refusal
    return (yield from ask(Read(f"/v1/actions/{refusal.params['earlier']}", Action, ReadAction())))


def settled(
    action: Action, timeout: float | None, on_question: Callable[[str], str] | None = None
) -> Steps[Outcome]:
    """Wait by long poll until the action is settled; `Waiting` after `timeout` seconds (None: never).

    With `on_question`, what a reviewer asks meanwhile is answered by it.
    """
    left = timeout
    while isinstance(outcome := outcome_of(action), Waiting) and (left is None or left > 0):
        wait = POLL if left is None else min(POLL, left)
        left = None if left is None else left - wait
        query = ReadAction(wait, asked=on_question is not None)
        action = yield from ask(Read(f"/v1/actions/{action.id}", Action, query, wait))
        question = action.attention.open_question
        if on_question is not None and question is not None:
            action = yield from _answered(action, question, on_question(question.text))
    return outcome


def _answered(action: Action, question: Question, text: str) -> Steps[Action]:
    """Send the answer; one that came from elsewhere meanwhile stays."""
    key = key_of("answer", action.id.encode(), question.at.encode(), text.encode())
    try:
        return (yield from ask(Write(f"/v1/actions/{action.id}/answers", Action, Ask(text), key)))
    except Refusal as refusal:
        if refusal.code is not Code.STATE_CHANGED:
            raise
        return (yield from ask(Read(f"/v1/actions/{action.id}", Action, ReadAction())))


def resumed(action: str, timeout: float | None) -> Steps[Outcome]:
    """Go on waiting for an action, whichever process proposed it."""
    found = yield from ask(Read(f"/v1/actions/{action}", Action, ReadAction()))
    return (yield from settled(found, timeout))


def in_force(action: str) -> Steps[Mapping[str, Json]]:
    """The arguments of one's own action as they stand: a reviewer may have edited them."""
    found = yield from ask(Read(f"/v1/actions/{action}/arguments", Arguments, Nothing()))
    arguments = parse(bytes(found.arguments))
    assert isinstance(arguments, dict), "a payload's arguments are an object"
    return arguments


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
        sources={
            pointer: span if isinstance(span, str) else span.id
            for pointer, span in said.get("sources", {}).items()
        },
    )
