"""Replays a ledger entry by entry, by the fold that the backend uses, and judges each step. Free of I/O.

Whether the entries are those that a checkpoint commits to is not asked here but by `domain.ledger`.
"""

from __future__ import annotations

from base64 import b64decode
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import msgspec

from lineclear.application.governing.workspaces import ONLY
from lineclear.application.judging.in_force import ACTIVE, document_of
from lineclear.application.ports import Stored
from lineclear.application.record import lending, rules, spending, ties
from lineclear.application.record.findings import Counts, Fault, Findings
from lineclear.application.recording import read_stored
from lineclear.domain import events as e
from lineclear.domain.actions import Action
from lineclear.domain.budgets import DayBudget
from lineclear.domain.control import ActivePolicy, Workspace
from lineclear.domain.identities import Device, Person, Witness
from lineclear.domain.jobs import Job
from lineclear.domain.ledger.signing import VerifierOf
from lineclear.domain.ledger.statements import DecisionStatement, StatementError, open_decision
from lineclear.domain.policy.document import CapabilityDocument, DocumentError
from lineclear.domain.records import Recorded
from lineclear.domain.state import Aggregate, fold

_UNREADABLE: Final = (ValueError, KeyError, TypeError, msgspec.MsgspecError)


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of the action or job that is watched, with its state after it and what its device signed."""

    recorded: Recorded
    after: Action | Job
    statement: DecisionStatement | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What there is beside the entries.

    `envelope` gives stored bytes by their digest, above all a signed decision; `covers` says whose decisions
    have to be there. `reads_contents` says whether contents are worth their reading: they are read over a
    network where a ledger is live.
    """

    envelope: Callable[[str], bytes | None]
    covers: Callable[[str], bool]
    verifier_of: VerifierOf
    reads_contents: bool = True

    def content(self, digest: str) -> bytes | None:
        """A sealed content, where it is here and read at all."""
        return self.envelope(digest) if self.reads_contents and digest else None


class Replay:
    """Takes entries in order and keeps what does not hold.

    In an `excerpt` only the streams of actions are whole: gaps in others are no fault there, and what stands
    in them is not known.
    """

    def __init__(
        self, evidence: Evidence, findings: Findings, *, excerpt: bool = False, watch: str = ""
    ) -> None:
        self.counts = Counts()
        self.states: dict[str, Aggregate] = {}
        self.steps: list[Step] = []
        self._evidence = evidence
        self._findings = findings
        self._excerpt = excerpt
        self._watch = frozenset({f"action/{watch}", f"job/{watch}"})
        self._latest = ""
        self._due: defaultdict[str, int] = defaultdict(int)
        self._before: dict[str, Device] = {}
        self._signed: dict[str, tuple[int, str]] = {}
        self._statement: DecisionStatement | None = None

    @property
    def devices(self) -> Iterator[Device]:
        """Every device that was ever enrolled."""
        return (state for state in self.states.values() if isinstance(state, Device))

    @property
    def witnesses(self) -> Iterator[Witness]:
        """Every key that was ever enrolled to cosign."""
        return (state for state in self.states.values() if isinstance(state, Witness))

    @property
    def workspace(self) -> Workspace | None:
        found = self.states.get(f"workspace/{ONLY}")
        return found if isinstance(found, Workspace) else None

    def take(
        self, index: int, data: bytes, leaf: bytes | None = None, *, is_known: bool = False
    ) -> Recorded | None:
        """Judge the entry at a place and go on from it; None where it is no entry.

        Its leaf hash may be known already, and that these very bytes are an entry.
        """
        self.counts.entries += 1
        try:
            recorded = read_stored(Stored(index, data, None), leaf, is_known=is_known)
        except _UNREADABLE as error:
            self._findings.add(Fault.ENTRY, f"entry {index}", f"it cannot be read: {error}")
            return None
        self._check_place(recorded)
        before = self.states.get(recorded.stream)
        self._judge(before, recorded)
        try:
            after = fold(before, recorded)
        except _UNREADABLE as error:
            self._add(Fault.SEQUENCE, recorded, [f"it cannot follow: {error}"])
            return recorded
        self.states[recorded.stream] = after
        self._latest = max(self._latest, recorded.at)
        if isinstance(recorded.event, e.ActionProposed | e.ActionRevised) and isinstance(after, Action):
            self._judge_content(recorded, after)
        if recorded.stream in self._watch and isinstance(after, Action | Job):
            self.steps.append(Step(recorded, after, self._statement))
        return recorded

    def finish(self) -> None:
        """Judge what only the end shows: every signature has led to a verdict."""
        for index, action in self._signed.values() if not self._excerpt else ():
            said = f"a device signed a decision on {action}, and no such decision was recorded"
            self._findings.add(Fault.DEVICE, f"entry {index}", said)

    def _check_place(self, recorded: Recorded) -> None:
        due, stream = self._due[recorded.stream], recorded.stream
        gap = recorded.seq > due and (not self._excerpt or stream.startswith("action/"))
        if gap or recorded.seq < due:
            said = f"it is number {recorded.seq} of {stream}, and {due} was due"
            self._add(Fault.STREAM, recorded, [said])
        self._due[stream] = max(due, recorded.seq + 1)
        if (recorded.index == 0) is not (recorded.type == "workspace.created"):
            self._add(
                Fault.SEQUENCE, recorded, ["a ledger begins with its workspace, and no other entry makes one"]
            )

    def _judge(self, before: Aggregate | None, recorded: Recorded) -> None:
        self._statement = None
        match recorded.event:
            case e.DeviceEnrolled() as enrolled:
                self._add(Fault.DEVICE, recorded, ties.key_problems(recorded, enrolled))
            case e.DeviceSigned(action=action):
                self._take_signature(before, recorded, action)
            case e.GlassBroken() | e.GlassReviewed() as glass:
                self._add(Fault.AUTHORITY, recorded, lending.glass_problems(recorded, glass))
            case e.ActionProposed():
                self.counts.actions += 1
            case event if isinstance(before, Action):
                self._add(Fault.SEQUENCE, recorded, rules.sequence_problems(before, recorded))
                self._judge_action(before, recorded, event)
        if not self._excerpt:
            self._judge_among_others(before, recorded)

    def _judge_among_others(self, before: Aggregate | None, recorded: Recorded) -> None:
        """What takes the streams that an excerpt leaves out."""
        match recorded.event:
            case e.ActionProposed() as event:
                self._add(Fault.AUTHORITY, recorded, ties.proposal_problems(recorded, event, self.states))
            case e.PolicyActivated() as event:
                self._add(Fault.POLICY, recorded, ties.document_problems(before, recorded, event))
            case e.DeviceEnrolled() as event:
                self._add(Fault.DEVICE, recorded, ties.device_problems(recorded, event, self.states))
            case e.AuthorityDelegated() as event:
                self._add(Fault.AUTHORITY, recorded, lending.lending_problems(recorded, event, self.states))
            case e.DelegationEnded() as event if isinstance(before, Person):
                self._add(Fault.AUTHORITY, recorded, lending.ending_problems(before, recorded, event))
            case e.GlassBroken() | e.GlassReviewed() as event:
                problems = lending.review_problems(before, recorded, event, self.states)
                self._add(Fault.AUTHORITY, recorded, problems)
            case _:
                self._judge_spending(before, recorded)

    def _judge_spending(self, before: Aggregate | None, recorded: Recorded) -> None:
        match recorded.event:
            case e.BudgetCut() as event if isinstance(before, Job):
                problems = spending.cut_problems(before, recorded, event, self.states)
                self._add(Fault.AUTHORITY, recorded, problems)
            case e.BudgetReserved() as event if isinstance(before, Job):
                self._add(Fault.BUDGET, recorded, spending.reservation_problems(before, event))
            case e.DayReserved() as event:
                day = before if isinstance(before, DayBudget) else DayBudget(recorded.id, -1)
                problems = spending.day_problems(day, recorded, event, self._document())
                self._add(Fault.BUDGET, recorded, problems)
            case e.BudgetRaised() | e.DayRaised() as event:
                self._judge_raise(before, recorded, event)

    def _judge_raise(self, before: Aggregate | None, recorded: Recorded, event: spending.Raised) -> None:
        asked = self.states.get(f"action/{event.by_action}")
        action = asked if isinstance(asked, Action) else None
        self._add(Fault.AUTHORITY, recorded, spending.raise_problems(recorded, event, action))
        sealed = self._evidence.content(action.content.payload) if action else None
        if sealed is not None:
            day = before if isinstance(before, DayBudget) else None
            problems = spending.raised_problems(recorded, event, sealed, day, self._document())
            self._add(Fault.AUTHORITY, recorded, problems)

    def _judge_content(self, recorded: Recorded, action: Action) -> None:
        covered = self._evidence.covers(recorded.stream)
        sealed = self._evidence.content(action.content.payload) if covered else None
        if sealed is not None:
            self._add(Fault.CONTENT, recorded, ties.content_problems(action, sealed, self.states))

    def _document(self) -> CapabilityDocument | None:
        """The document in force at this point, where it is here and can be read."""
        policy = self.states.get(f"policy/{ACTIVE}")
        content = self._evidence.content(policy.document) if isinstance(policy, ActivePolicy) else None
        try:
            return document_of(content) if content is not None else None
        except (DocumentError, UnicodeDecodeError):
            return None

    def _judge_action(self, action: Action, recorded: Recorded, event: e.Event) -> None:
        match event:
            case e.ActionEvaluated():
                policy = self.states.get(f"policy/{ACTIVE}")
                active = policy if isinstance(policy, ActivePolicy) else None
                problems = rules.evaluation_problems(action, event, active, self.states)
                self._add(Fault.POLICY, recorded, problems)
            case e.DecisionRecorded():
                self._judge_decision(action, recorded, event)
            case e.ActionEscalated():
                self._add(Fault.AUTHORITY, recorded, rules.escalation_problems(action, recorded, event))
            case e.SecondLookDrawn():
                self._add(Fault.DECISION, recorded, rules.second_look_problems(action, event))
            case e.ActionCleared():
                self._add(Fault.CLEARANCE, recorded, rules.clearance_problems(action, event))
            case e.ExecutionStarted():
                self.counts.starts += 1
                self._add(Fault.START, recorded, rules.start_problems(action, event, self.states))
            case e.ActionUndone() if not self._excerpt:
                self._add(Fault.OUTCOME, recorded, rules.undone_problems(action, event, self.states))
            case _:
                self._add(Fault.OUTCOME, recorded, rules.outcome_problems(action, event))

    def _take_signature(self, before: Aggregate | None, recorded: Recorded, action: str) -> None:
        if isinstance(before, Device):
            self._before[before.id] = before
            self._add(Fault.DEVICE, recorded, ties.signer_problems(recorded, before))
        if recorded.id in self._signed and not self._excerpt:
            self._add(Fault.DEVICE, recorded, ["the device's signature before led to no decision"])
        self._signed[recorded.id] = (recorded.index, action)

    def _judge_decision(self, action: Action, recorded: Recorded, event: e.DecisionRecorded) -> None:
        self.counts.decisions += 1
        device, person = self.states.get(f"device/{event.device}"), self.states.get(f"person/{event.person}")
        known = device if isinstance(device, Device) else None
        voter, at = person if isinstance(person, Person) else None, ties.time_of(recorded, self._latest)
        if self._signed.pop(event.device, None) != (recorded.index - 1, action.id):
            self._add(Fault.DECISION, recorded, ["its device did not sign for this action just before"])
        self._add(Fault.DECISION, recorded, rules.recorded_problems(action, recorded, event, known))
        self._add(Fault.AUTHORITY, recorded, rules.authority_problems(action, event, voter, at))
        if known is not None and self._evidence.covers(recorded.stream):
            self._add(Fault.DECISION, recorded, self._envelope_problems(action, recorded, known))

    def _envelope_problems(self, action: Action, recorded: Recorded, device: Device) -> Iterator[str]:
        envelope = self._evidence.envelope(recorded.commits.get("statement", ""))
        if envelope is None:
            yield "what was signed is not here"
            return
        try:
            key = self._evidence.verifier_of(b64decode(device.public_key, validate=True))
            statement = open_decision(envelope, {device.id: key})
        except (StatementError, ValueError) as error:
            yield f"the signature does not hold: {error}"
            return
        self.counts.signatures += 1
        self._statement = statement
        before, workspace = self._before.get(device.id), self.workspace
        previous = None if self._excerpt or before is None else before.last
        origin = workspace.origin if workspace else ""
        at = ties.time_of(recorded, self._latest)
        yield from rules.statement_problems(action, recorded, statement, origin, previous, at)
        payload = self._evidence.envelope(action.content.payload)
        yield from rules.confirmation_problems(action, statement, payload)

    def _add(self, fault: Fault, recorded: Recorded, problems: Iterable[str]) -> None:
        for problem in problems:
            where = f"entry {recorded.index} ({recorded.type} of {recorded.stream})"
            self._findings.add(fault, where, problem)
