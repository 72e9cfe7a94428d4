"""An action as it stands. Pure; `action_fold` makes it from its events."""

from __future__ import annotations

import msgspec

from lineclear.domain.attention import Attention
from lineclear.domain.effects import Target, UndoPlan
from lineclear.domain.erasure import Erased
from lineclear.domain.events import Evidence
from lineclear.domain.policy.consulted import Consulted
from lineclear.domain.policy.reasons import Reason
from lineclear.domain.policy.stages import Escalation, Place, Stage
from lineclear.domain.second_looks import SecondLook
from lineclear.domain.vocabulary import (
    ActionStatus,
    Executor,
    Grounds,
    Outcome,
    Source,
    Stake,
    Tier,
    Verdict,
)

UNREACHABLE = "unreachable"
"""The code of an attempt that reached nobody and so changed nothing."""

REPORTED = "reported"
"""The code of an outcome that is the word of the agent that executed."""

ABSENT = "absent"
"""The code of an answer that knew nothing of an attempt."""


class Vote(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One person's verdict on the present revision, with the digest of the signed statement.

    `grounds` is what their tier rested on, and `giver` who lent it to them, if anybody.
    """

    person: str
    tier: Tier
    verdict: Verdict
    device: str
    statement: str
    at: str
    reason: str = ""
    grounds: Grounds = Grounds.OWN
    giver: str = ""
    groups: tuple[str, ...] = ()
    dwell_ms: int | None = None
    changes_seen: int | None = None


class Escalated(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Who must be among those who approve, besides; `by` is who asked for it, empty where it was due."""

    to: Place
    at: str
    by: str = ""
    reason: str = ""
    after: int = 0
    stage: str = ""


class Content(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Digests of the sealed blobs of one revision."""

    payload: str
    before: str
    after: str


class Judged(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What policy said of the present revision."""

    outcome: Outcome
    policy: str
    policy_version: int
    reasons: tuple[Reason, ...]
    executes: bool = True
    tier: Tier | None = None
    approvals: int = 0
    stages: tuple[Stage, ...] = ()
    ceilings: dict[str, str] = msgspec.field(default_factory=dict)
    escalations: tuple[Escalation, ...] = ()
    second_review: str = ""
    confirms: bool = False


class Run(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """An execution: the key and fencing token of its newest attempt, and what came of it.

    `attempt` counts what was sent, `asked` the questions afterwards, `misses` the answers that knew nothing
    since the last attempt. `code` is `unreachable` where it is known that the last attempt reached nobody;
    `doubt` says that of an earlier one under this key nobody knows. `first_at` is when the key was first sent
    ("" in older entries), `again_at` when it goes on; `cancelled_by` stopped the job during the call.
    `budget` is the day's budget of which it was set aside, where there is one.
    """

    key: str
    token: int
    started_at: str
    worker: str
    attempt: int = 1
    asked: int = 0
    misses: int = 0
    doubt: bool = False
    first_at: str = ""
    again_at: str = ""
    cancelled_by: str = ""
    ended_at: str = ""
    reference: str = ""
    effect: str = ""
    code: str = ""
    detail: str = ""
    budget: str = ""


class Action(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One proposed change and all that became of it, as folded from its stream.

    `challenge` is the leaf hash of the entry that opened the present revision: a decision that
    names it serves this action, this revision and this ledger only. `canary` is "" until a decision reveals
    it as one, then `caught` or `missed`; `wrong` says what was wrong with it.

    `consulted` is the newest word of a judge outside on what would run; an edit voids it.

    `previous` is what the revision before held and `voided` the votes on it. Where people edited, `proposed`
    is the digest of the agent's own payload, `edited` of the arguments as the last editor sent them, and
    `content.payload` of what runs.
    """

    id: str
    seq: int
    index: int
    status: ActionStatus
    job: str
    agent: str
    owner: str
    proposer: str
    capability: str
    tool: str
    stake: Stake
    connector: str
    mutates: bool
    title: str
    target: Target | None
    shape: str
    content: Content
    version: str
    undo: UndoPlan
    challenge: str
    proposed_at: str
    revised_at: str
    updated_at: str
    revision: int = 1
    revised_because: str = ""
    previous: Content | None = None
    voided: tuple[Vote, ...] = ()
    edited_by: str = ""
    edited: str = ""
    proposed: str = ""
    note: str = ""
    why: str = ""
    evidence: tuple[Evidence, ...] = ()
    sources: dict[str, str] = msgspec.field(default_factory=dict)
    environment: str = ""
    confidence: str = ""
    amount: str = ""
    currency: str = ""
    deadline: str = ""
    undoes: str = ""
    place: int = 0
    undone_by: str = ""
    judged: Judged | None = None
    votes: tuple[Vote, ...] = ()
    clearance: str = ""
    cleared_by: str = ""
    held: str = ""
    run: Run | None = None
    ended_by: str = ""
    canary: str = ""
    wrong: str = ""
    erased: Erased | None = None
    executor: Executor = Executor.BACKEND
    source: Source = Source.NATIVE
    instance: str = ""
    submission: str = ""
    outcome_within: int = 0
    cleared_at: str = ""
    cleared_until: str = ""
    attention: Attention = Attention()
    consulted: Consulted | None = None
    escalated: tuple[Escalated, ...] = ()
    second_look: SecondLook | None = None
    records: int = 0

    @property
    def tier(self) -> Tier:
        """The tier that a decision on it takes; 1 where policy asked for none."""
        return (self.judged.tier if self.judged else None) or Tier.ONE

    @property
    def besides(self) -> tuple[Place, ...]:
        """Who is asked besides what policy asked for: by escalations, and for a second look."""
        places = tuple(one.to for one in self.escalated)
        return (*places, Place(1, self.tier)) if self.needs_second_look else places

    @property
    def needs_second_look(self) -> bool:
        """Whether it was drawn for another person to look as well."""
        return self.second_look is not None and self.second_look.is_drawn

    @property
    def is_answered(self) -> bool:
        """Whether it was decided, one way or the other, or can be decided no more."""
        return self.status not in {ActionStatus.PROPOSED, ActionStatus.PENDING}

    @property
    def starts_by(self) -> str:
        """When it can start no more; empty where there is no such time."""
        return self.cleared_until or self.deadline
