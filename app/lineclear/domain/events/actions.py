"""What happens to an action, from proposal to undo. Pure."""

from __future__ import annotations

import msgspec

from lineclear.domain.effects import Target, UndoPlan
from lineclear.domain.events.base import Brief, Event
from lineclear.domain.policy.consulted import Consulted
from lineclear.domain.policy.reasons import Reason
from lineclear.domain.policy.stages import Escalation, Place, Stage
from lineclear.domain.vocabulary import Executor, Grounds, Outcome, Source, Stake, Tier, Verdict


class Evidence(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One thing that the agent read: where, what it says, in which span of the job."""

    source: str
    excerpt: str
    span: str = ""


class ActionBrief(Brief, frozen=True):
    """What an action is about, in words: the connector's title, the agent's own note, its evidence.

    `sources` says by JSON pointer which span of the job a part came from: below `/arguments`, or below
    `/after`, the state that it would make. It is the agent's word.
    `because` is why there is a new revision: what moved, or what an editor said.
    """

    title: str
    target: Target
    note: str = ""
    why: str = ""
    evidence: tuple[Evidence, ...] = ()
    because: str = ""
    sources: dict[str, str] = msgspec.field(default_factory=dict)


class DetailBrief(Brief, frozen=True):
    """What the other side, the agent or a check said of an attempt; it may quote what was sent."""

    detail: str


class ActionProposed(Event, frozen=True):
    """Commits to `payload`, `before`, `after` and `brief`. `deadline` is RFC 3339 UTC.

    `place` orders what has no deadline: agents take turns by it.
    `records` is how many records of lists it touches; 0 in older entries, and where there are none.
    What came in another protocol's words is committed to as `submission`; `instance` is who sent it there.
    """

    job: str
    agent: str
    owner: str
    capability: str
    tool: str
    stake: Stake
    connector: str
    mutates: bool
    version: str
    undo: UndoPlan
    shape: str
    environment: str = ""
    confidence: str = ""
    amount: str = ""
    currency: str = ""
    deadline: str = ""
    undoes: str = ""
    place: int = 0
    executor: Executor = Executor.BACKEND
    source: Source = Source.NATIVE
    instance: str = ""
    outcome_within: int = 0
    records: int = 0


class ActionRevised(Event, frozen=True):
    """A new revision: the same change seen anew because the target moved, or an edit. Voids votes.

    An edit names its editor, commits to the new `payload` and, as `edited`, to the arguments as the editor
    sent them. `environment` is absent where it stays. `because` is in the brief; older entries have it here.
    """

    revision: int
    because: str
    version: str
    undo: UndoPlan
    shape: str
    amount: str = ""
    currency: str = ""
    edited_by: str = ""
    environment: str | None = None
    records: int = 0


class ActionEvaluated(Event, frozen=True):
    """What the active policy says of one revision, with every rule that was looked at.

    `undo_window` is for how many seconds an effect may be taken back, where document or contract limit it.
    `confirms` says that an approval of it is signed with what was typed; older entries asked for nothing.
    """

    revision: int
    policy: str
    policy_version: int
    outcome: Outcome
    reasons: tuple[Reason, ...]
    executes: bool = True
    tier: Tier | None = None
    approvals: int = 0
    undo_window: int | None = None
    stages: tuple[Stage, ...] = ()
    ceilings: dict[str, str] = msgspec.field(default_factory=dict)
    escalations: tuple[Escalation, ...] = ()
    second_review: str = ""
    confirms: bool = False


class ActionConsulted(Event, frozen=True):
    """A judge outside was asked of one revision; commits to what was `asked` and to the `answer`, if any."""

    revision: int
    said: Consulted


class ActionCleared(Event, frozen=True):
    """The one-time right to execute one revision. `by` is `policy` or `decisions`.

    `until` is when it ends if the agent has not consumed it; empty where the backend executes.
    """

    revision: int
    clearance: str
    policy: str
    by: str
    until: str = ""


class DecisionBrief(Brief, frozen=True):
    """A reviewer's reason in their own words."""

    reason: str


class DecisionRecorded(Event, frozen=True):
    """A signed verdict; commits to the DSSE envelope as `statement` and to `brief`.

    `tier` is the one that they had for this action, by `grounds`; `giver` lent it where it was delegated.
    `groups` are those of the person at that time. `bulk` is how many were approved at one look, 0 for one
    alone. How long the revision was in sight and how many changed fields were shown is their device's word,
    as it was signed.
    """

    revision: int
    verdict: Verdict
    person: str
    tier: Tier
    device: str
    counter: int
    grounds: Grounds = Grounds.OWN
    giver: str = ""
    groups: tuple[str, ...] = ()
    bulk: int = 0
    dwell_ms: int | None = None
    changes_seen: int | None = None


class SecondLookDrawn(Event, frozen=True):
    """The approvals suffice, and it was drawn whether another person looks as well. See `second_looks`."""

    revision: int
    share: str
    draw: int
    drawn: bool
    after: tuple[str, ...] = ()


class EscalationBrief(Brief, frozen=True):
    """Why somebody escalated it."""

    reason: str


class ActionEscalated(Event, frozen=True):
    """Somebody of `to` must be among those who approve this revision, besides all that it took before.

    `by` is the person who asked for it, with a reason as its brief; empty where it was due, by the document:
    after so many seconds, for one stage where it is named.
    """

    revision: int
    to: Place
    by: str = ""
    after: int = 0
    stage: str = ""


class CanaryRevealed(Event, frozen=True):
    """A decision has ended it: it was wrong on purpose and never ran. Commits to `brief`: what was wrong."""

    caught: bool


class ExecutionStarted(Event, frozen=True):
    """Recorded before the call. `token` fences: only its holder may record an outcome.

    `budget` is the day's budget of which a first attempt was set aside, where there is one.
    """

    revision: int
    clearance: str
    key: str
    token: int
    worker: str
    budget: str = ""


class ExecutionAsked(Event, frozen=True):
    """The other side is asked whether an earlier attempt took effect; nothing is sent. `token` fences."""

    token: int
    worker: str


class ExecutionSucceeded(Event, frozen=True):
    """Commits to `effect`: before, after and the receipt that an undo needs."""

    token: int
    reference: str


class ExecutionFailed(Event, frozen=True):
    """The other side refused and nothing was changed. Commits to `brief`; older ones have `detail` here."""

    token: int
    code: str
    detail: str = ""


class ExecutionUnknown(Event, frozen=True):
    """Sent, and nobody can say whether it took effect; a person reconciles. Commits to `brief`."""

    token: int
    detail: str = ""


class OutcomeBrief(Brief, frozen=True):
    """What the agent says of what it did."""

    note: str


class ExecutionReported(Event, frozen=True):
    """The agent that executed it says how it went; nobody saw it happen. Commits to `brief`."""

    succeeded: bool


class ExecutionHeld(Event, frozen=True):
    """A cleared action cannot start now; it waits and says why. Commits to `brief`."""

    code: str
    detail: str = ""


class ExecutionDelayed(Event, frozen=True):
    """An attempt could not reach the other side and changed nothing; the same key is sent again later.

    `until` is when, RFC 3339 UTC. Commits to `brief`; older entries have `detail` here.
    """

    token: int
    code: str
    detail: str
    attempt: int
    until: str = ""


class ExecutionCancelled(Event, frozen=True):
    """Its job was stopped while the call was under way: it was broken off. What came of it follows."""

    token: int
    by: str


class ExecutionReconciled(Event, frozen=True):
    """A person found out what became of an attempt whose outcome was unknown; commits to `brief`."""

    person: str
    happened: bool


class DeadlineMoved(Event, frozen=True):
    """Safe mode froze the deadline; it goes on by as much as it was frozen."""

    deadline: str
    because: str


class ActionExpired(Event, frozen=True):
    """The deadline passed before the start."""

    deadline: str


class ActionWithdrawn(Event, frozen=True):
    """The agent took its own proposal back before the start."""


class ActionStopped(Event, frozen=True):
    """Stopped before the start, with its job."""

    by: str


class ActionUndone(Event, frozen=True):
    """The effect was taken back by another action."""

    by_action: str


class HandOverBrief(Brief, frozen=True):
    """What whoever hands an action over says to whom they hand it to."""

    note: str


class ActionClaimed(Event, frozen=True):
    """A person looks at it until `until` (RFC 3339 UTC); also renews a claim, or hands it over.

    `handed_by` is who handed it to `person`; what they said is its `brief`.
    """

    person: str
    until: str
    handed_by: str = ""


class ActionReleased(Event, frozen=True):
    """The claim of `person` is over: given up, or run out."""

    person: str


class QuestionBrief(Brief, frozen=True):
    """A question to the agent, or its answer."""

    text: str


class ActionAsked(Event, frozen=True):
    """A person asked the agent something; commits to `brief`."""

    person: str


class ActionAnswered(Event, frozen=True):
    """The agent answered the last question; commits to `brief`."""
