"""A backend for pictures: the sample workspace in one process; time, ids and keys from a seed. Free of Qt.

Connectors, policy, signatures and use cases are the real ones; the ledger is in memory. What is done here
in the same order gives the same ledger, byte for byte.
"""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from hashlib import sha256
from itertools import count
from pathlib import Path

from lineclear.adapters.auditpack.cosigned import CosignedNotes
from lineclear.adapters.auditpack.exporting import Plan, export_pack
from lineclear.adapters.auditpack.record import Keeping, LedgerRecord
from lineclear.adapters.auditpack.sources import StoreSource
from lineclear.adapters.auditpack.texts import guide, verifier
from lineclear.adapters.connectors.workspace import open_workspace
from lineclear.adapters.memory.clock import ManualClock
from lineclear.adapters.memory.gateway import MemoryGateway
from lineclear.adapters.memory.ids import SeededIds
from lineclear.adapters.memory.store import MemoryStore
from lineclear.adapters.system.keys import DeviceKey
from lineclear.adapters.system.signatures import Ed25519Signatures, Ed25519Signer
from lineclear.agents.asking import payload_of
from lineclear.agents.spans import SpanLog
from lineclear.application.agents.tool_calls import ToolCall, ask
from lineclear.application.deciding.reviewer import Reviewer
from lineclear.application.deciding.reviewing import Looked
from lineclear.application.executing.consume import consume
from lineclear.application.executing.execute import Worker
from lineclear.application.executing.outcome import report
from lineclear.application.governing.people import Grant, authenticate, issue_token
from lineclear.application.governing.workspaces import activate_policy, ensure_workspace
from lineclear.application.idempotency import Request
from lineclear.application.jobs import end_job, open_job, record_spans
from lineclear.application.propose import Proposal, propose
from lineclear.application.record.findings import EVERYTHING
from lineclear.application.record.log import log_origin
from lineclear.application.services import Services, stamp
from lineclear.demo.agents.story import Story
from lineclear.demo.sample import SampleWorkspace
from lineclear.domain.actions import Action
from lineclear.domain.confirming import confirm_words
from lineclear.domain.events import Budget, Evidence, JobBrief
from lineclear.domain.jobs import Job
from lineclear.domain.money import Money
from lineclear.domain.principals import Principal
from lineclear.domain.vocabulary import Role, SpanKind, Tier, Verdict
from lineclear.server.probing import record_health

START = datetime(2026, 11, 20, 9, 2, 11, tzinfo=UTC)
"""A morning in the sample's own time: `demo.records` ends on this day."""

PROGRAM = "lineclear"
_SEED = 7
_PACE = 4.0
"""Seconds to one unit of a step's length."""
_BUDGET = Budget(cost_micros=2_000_000, steps=12)
_OWNERS = {
    "support-agent": "support-lead",
    "triage-agent": "support-lead",
    "crm-agent": "data-lead",
    "billing-agent": "finance-lead",
}
_OTHERS_OWNER = "platform-lead"


@dataclass(frozen=True, slots=True)
class Person:
    """A reviewer of the sample workspace. `limit` is in US dollars; 0 is none."""

    name: str
    tier: Tier = Tier.TWO
    role: Role = Role.OPS
    limit: int = 0


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A reviewer with the way to the backend that their window has."""

    principal: Principal
    gateway: MemoryGateway
    reviewer: Reviewer


class Backend:
    """Everything that happens behind a window, step by step. For one thread."""

    def __init__(self, sample: SampleWorkspace, folder: Path) -> None:
        self.held = ExitStack()
        shutil.copytree(sample.folder, folder)
        self.workspace = SampleWorkspace(folder)
        self.clock = ManualClock(START)
        opened = open_workspace(self.workspace.document, now=lambda: int(self.clock.now().timestamp()))
        self.services = Services(
            MemoryStore(), opened.tools, self.clock, SeededIds(_SEED), Ed25519Signatures()
        )
        self._numbers = count(1)
        self._principals: dict[str, Principal] = {}
        self._worker = Worker(self.services, "worker-1")
        self._name = opened.name
        ensure_workspace(self.services, opened.name, opened.environment)
        policy = self.workspace.policy.read_text(encoding="utf-8")
        activate_policy(self.services, policy, by="administrator")
        record_health(self.services)

    @cached_property
    def record(self) -> LedgerRecord:
        """The ledger as a signed log, under a key from the seed."""
        signer = Ed25519Signer(sha256(b"the sample's log").digest())
        notes = CosignedNotes(self.workspace.folder, self.services.ids)
        keeping = Keeping(lambda: signer, lambda: None, lambda _note: None, notes)
        return LedgerRecord(self.services.store, log_origin(self._name), keeping)

    def export(self, file: Path) -> Path:
        """An audit pack of everything so far, signed by the log."""
        log, signer = self.record.key, self.record.signer
        guided = guide(log, PROGRAM, is_signed_by_log=True)
        at = stamp(self.clock.now())
        plan = Plan(EVERYTHING, log, signer, at, PROGRAM, guided, verifier())
        export_pack(StoreSource(self.services.store, self.record), plan, file)
        return file

    def later(self, **lengths: float) -> None:
        """Let time go by: `timedelta`'s own words."""
        self.clock.advance(timedelta(**lengths))

    def steady(self) -> float:
        """Seconds since the beginning."""
        return (self.clock.now() - START).total_seconds()

    def tell(self, agent: str, story: Story) -> Action:
        """An agent opens a job, takes the story's steps, and proposes what it came to."""
        principal = self._agent(agent)
        brief = JobBrief(story.goal, story.customer, workflow=story.workflow)
        job = open_job(self.services, principal, brief, _BUDGET, self._request())[0]
        due = stamp(self.clock.now() + story.due)
        evidence = self._steps(principal, job, story)
        proposal = Proposal(
            job=job.id,
            payload=payload_of(story.capability, story.tool, story.arguments),
            note=story.note,
            why=story.why,
            confidence=story.confidence,
            deadline=due,
            evidence=evidence,
        )
        return propose(self.services, principal, proposal, self._request())[0]

    def spend(self, agent: str, story: Story, budget: Budget) -> Job:
        """An agent takes the story's steps under another budget; nothing is proposed."""
        principal = self._agent(agent)
        brief = JobBrief(story.goal, story.customer, workflow=story.workflow)
        job = open_job(self.services, principal, brief, budget, self._request())[0]
        self._steps(principal, job, story)
        return job

    def ask(self, agent: str, call: ToolCall) -> Action:
        """An agent asks whether it may make a call itself."""
        return ask(self.services, self._agent(agent), call, self._request())[0]

    def begin_call(self, action: Action) -> None:
        """The agent begins what was cleared."""
        consume(self.services, self._agent(action.agent), action.id, self._request())

    def make_call(self, action: Action, note: str) -> None:
        """The agent begins what was cleared, and says that it went well."""
        self.begin_call(action)
        self.later(seconds=4)
        principal = self._agent(action.agent)
        report(self.services, principal, action.id, succeeded=True, note=note)

    def end(self, agent: str, job: str) -> None:
        """An agent says that its job is done."""
        end_job(self.services, self._agent(agent), job, "completed", self._request())

    def work(self) -> None:
        """Carry out everything that is due by now."""
        for _attempt in range(100):  # held work is postponed, not finished, so there is an end in any case
            if not self._worker.run_one():
                return

    def enrol(self, person: Person) -> Enrolled:
        """A person with a token and a device key of their own."""
        limit = Money(Decimal(person.limit), "USD") if person.limit else None
        principal = self._principal(Grant(person.name, person.role, tier=person.tier, ceiling=limit))
        gateway = MemoryGateway(self.services, principal)
        key = DeviceKey(sha256(person.name.encode()).digest(), "keyring")
        ids = SeededIds(int.from_bytes(sha256(person.name.encode()).digest()[:4]))
        reviewer = Reviewer(gateway, key, gateway.me().origin, self.clock, ids)
        return Enrolled(principal, gateway, reviewer)

    def approve(self, person: Person, action: Action) -> Action:
        """Somebody else clears it at another desk."""
        seat = self.enrol(person)
        payload = seat.gateway.detail(action.id).payload or ""
        looked = Looked(payload, confirm_words(action).text if action.tier is Tier.THREE else "")
        return seat.reviewer.decide(action, Verdict.APPROVE, looked=looked)

    def _steps(self, principal: Principal, job: Job, story: Story) -> tuple[Evidence, ...]:
        log, found = SpanLog(self.clock), list[Evidence]()
        for step in story.steps:
            with log.measure(step.name, SpanKind(step.kind)) as span:
                self.later(seconds=step.length * _PACE)
                found += step.record(span, story)
        batch = log.take()
        record_spans(self.services, principal, job.id, batch.spans, self._request(), contents=batch.contents)
        return tuple(found)

    def _agent(self, name: str) -> Principal:
        return self._principal(Grant(name, Role.AGENT, owner=_OWNERS.get(name, _OTHERS_OWNER)))

    def _principal(self, grant: Grant) -> Principal:
        """Who they are; enrolled with their first token, which they keep."""
        if grant.name not in self._principals:
            secret = issue_token(self.services, grant).secret
            self._principals[grant.name] = authenticate(self.services, secret)
        return self._principals[grant.name]

    def _request(self) -> Request:
        number = next(self._numbers)
        return Request(f"request-{number}", f"{number:064x}")
