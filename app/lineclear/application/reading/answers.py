"""What the backend answers to those who review, as values. Free of I/O; `wire` carries them as they are."""

from __future__ import annotations

import msgspec

from lineclear.application.executing.pulse import Probe
from lineclear.domain.actions import Action
from lineclear.domain.contracts import ToolContract
from lineclear.domain.control import ActivePolicy, Breaker, ConnectorHealth, SafeMode
from lineclear.domain.effects import Preview
from lineclear.domain.events import BudgetKind, Span
from lineclear.domain.identities import Agent, Device, Person, Witness
from lineclear.domain.jobs import Job
from lineclear.domain.policy.differences import Difference
from lineclear.domain.policy.reasons import Evaluation
from lineclear.domain.policy.turning import Turn
from lineclear.domain.trials import LiveTrial


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base of all answers."""


class BudgetAnswer(Answer, frozen=True):
    """POST /v1/jobs/{job}/budget: the job as it is now, and the action that asks to raise it, if one does."""

    job: Job
    action: str = ""


class Condition(Answer, frozen=True):
    """One requirement of authority, met or missing, in words; `params` fill the words of its code."""

    says: str
    met: bool
    code: str = ""
    params: dict[str, str] = {}


class Me(Answer, frozen=True):
    """GET /v1/me: who holds this token, and where."""

    role: str
    subject: str
    workspace: str
    environment: str
    origin: str
    person: Person | None = None


class ActionPage(Answer, frozen=True):
    """GET /v1/actions: one page; `next` continues it."""

    items: tuple[Action, ...]
    next: str = ""


class JobPage(Answer, frozen=True):
    """GET /v1/jobs: one page, newest first."""

    items: tuple[Job, ...]
    next: str = ""


class BudgetOfDay(Answer, frozen=True):
    """One limit of today: `budget` as `domain.budgets` names it, `held` used and set aside together.

    Money in millionths of a US dollar. `asked` is the open action that asks to raise it; `kept` says that a
    person chose not to, so that nobody is asked again today.
    """

    budget: str
    kind: BudgetKind
    used: int
    held: int
    limit: int
    renews_at: str
    asked: str = ""
    kept: bool = False

    @property
    def is_spent(self) -> bool:
        """Whether nothing is left."""
        return self.held >= self.limit


class Detail(Answer, frozen=True):
    """GET /v1/actions/{action}/detail: all that a reviewer needs to see, in one answer.

    `payload`, `before` and `after` are the sealed blobs as text (salt, line feed, content): the SHA-256 of
    each is the digest that `action.content` names, which the console checks before it shows anything.
    `effect` is likewise the sealed effect of an action that ran, `proposed` the agent's own payload where
    people edited it since. Erased blobs are absent and in `missing`.
    `budgets` are the limits of today that it counts against.
    """

    action: Action
    job: Job
    spans: tuple[Span, ...]
    conditions: tuple[Condition, ...]
    payload: str | None = None
    before: str | None = None
    after: str | None = None
    effect: str | None = None
    proposed: str | None = None
    missing: tuple[str, ...] = ()
    health: ConnectorHealth | None = None
    policy: ActivePolicy | None = None
    owner_decides: bool = False
    keeps_payload: bool = True
    budgets: tuple[BudgetOfDay, ...] = ()


class FeedItem(Answer, frozen=True):
    """One ledger entry: its exact text, and its brief's text unless erased."""

    index: int
    entry: str
    brief: str = ""


class Feed(Answer, frozen=True):
    """GET /v1/feed: entries from `start` on, and how many there are in all.

    `at` is the backend's time: what a console signs without it later is judged by that, never by its own.
    """

    size: int
    items: tuple[FeedItem, ...]
    at: str = ""


class ToolState(Answer, frozen=True):
    """A tool as its connector declares it, and what became of it lately.

    `definition` is the SHA-256 of the contract's canonical JSON. Times are of the newest executions that
    ended, "" where there is none among those that were looked at.
    """

    contract: ToolContract
    definition: str
    succeeded_at: str = ""
    failed_at: str = ""
    failure: str = ""


class Control(Answer, frozen=True):
    """GET /v1/control: what Control shows. `probes` are the newest ones by connector, of this process.

    `at` is the backend's time, by which their age is told: a console's clock may be another.
    """

    safe_modes: tuple[SafeMode, ...]
    breakers: tuple[Breaker, ...]
    policy: ActivePolicy | None
    document: str
    connectors: tuple[ConnectorHealth, ...]
    agents: tuple[Agent, ...]
    people: tuple[Person, ...]
    budgets: tuple[BudgetOfDay, ...] = ()
    tools: tuple[ToolState, ...] = ()
    probes: dict[str, Probe] = {}
    at: str = ""
    trial: LiveTrial | None = None


class PolicyVersion(Answer, frozen=True):
    """One activation of a capability document; `document` is the digest of its text's blob."""

    version: int
    digest: str
    document: str
    by: str
    at: str
    reason: str = ""


class Policies(Answer, frozen=True):
    """GET /v1/policy: every version, newest first, and the text of the one in force."""

    versions: tuple[PolicyVersion, ...]
    document: str = ""


class PolicyText(Answer, frozen=True):
    """GET /v1/policy/{version}: one version's text, and how it differs from the version before."""

    version: PolicyVersion
    document: str
    changes: tuple[Difference, ...] = ()


class PolicyChange(Answer, frozen=True):
    """POST /v1/policy/compare: what a text would change about version `expected`, which is in force."""

    expected: int
    changes: tuple[Difference, ...] = ()


class TrialLook(Answer, frozen=True):
    """One look of the guardrail: both halves, and the interval of how much more trouble the second has."""

    number: int
    jobs: tuple[int, int]
    troubled: tuple[int, int]
    low: float
    high: float


class TrialState(Answer, frozen=True):
    """GET /v1/trial: the newest trial, its counts and its looks; no trial where there never was one."""

    trial: LiveTrial | None = None
    jobs: tuple[int, int] = (0, 0)
    troubled: tuple[int, int] = (0, 0)
    looks: tuple[TrialLook, ...] = ()
    in_force: int = 0


class Replayed(Answer, frozen=True):
    """What one document would have done with a stretch of history. Results of two stretches add up.

    `outcomes` counts allow, ask and deny, `tiers` the asked by tier, `turned` by what was and would be
    (`ask:allow`). `people` would have had to approve, `reviews` is how many votes were cast, and
    `waited_seconds` how long what would be allowed had waited for them. Of what people rejected or took
    back (`wrong`), `passed` would have run by itself and `caught` ran by itself then and would not now.
    `hindered` ran well and would be denied. `lacks` counts what history could not give, by `Lack`.
    """

    digest: str
    actions: int
    outcomes: dict[str, int]
    tiers: dict[str, int]
    turned: dict[str, int]
    people: int
    reviews: int
    waited_seconds: int
    wrong: int
    passed: int
    passed_usd: str
    passed_actions: tuple[str, ...]
    caught: int
    caught_usd: str
    hindered: int
    hindered_actions: tuple[str, ...]
    lacks: dict[str, int]


class ReplayPage(Answer, frozen=True):
    """POST /v1/lab/replay: entries from `start` to `next` of `size`, by document; over where they meet."""

    start: int
    next: int
    size: int
    results: tuple[Replayed, ...]


class Foreseen(Answer, frozen=True):
    """One action that waits: its result now and under another text, and the rule that decides there.

    `lack` names why a text cannot judge it; then there is no other result.
    """

    action: str
    title: str
    agent: str
    was: str
    was_tier: int = 0
    would: str = ""
    would_tier: int = 0
    why: str = ""
    lack: str = ""


class QueueTrial(Answer, frozen=True):
    """POST /v1/lab/queue: all that waits for people now, under another text; the first to be due come first.

    `more` says that further ones wait that were not judged.
    """

    items: tuple[Foreseen, ...]
    more: bool = False


class WhatIf(Answer, frozen=True):
    """POST /v1/lab/what-if: what a document says of one action, and what would have changed that."""

    evaluation: Evaluation
    turns: tuple[Turn, ...] = ()


class Spread(Answer, frozen=True):
    """How a measure is spread over `known` decisions of which it is known: a tenth, half, nine tenths."""

    known: int = 0
    p10: int = 0
    median: int = 0
    p90: int = 0


class ReviewFigures(Answer, frozen=True):
    """How one person decided on one capability; an empty name stands for all of them together.

    `decided` is `approved` and `rejected` together; of `edited` actions the newest edit is theirs. `hasty`
    approvals came under the floor of `domain.dwelling`. `undone` and `failed` are what became of what they
    approved. `second_looks` were taken by them, `differed` rejected there what others had approved, and
    `overturned` are approvals of theirs that a second look rejected. `escalated` they did by hand. Queue time
    is from the revision to their decision, in seconds; dwell is in milliseconds, as their devices signed it.
    """

    person: str
    capability: str
    decided: int = 0
    approved: int = 0
    rejected: int = 0
    edited: int = 0
    hasty: int = 0
    undone: int = 0
    failed: int = 0
    canaries_caught: int = 0
    canaries_missed: int = 0
    second_looks: int = 0
    differed: int = 0
    overturned: int = 0
    escalated: int = 0
    queue_seconds: Spread = Spread()
    dwell_ms: Spread = Spread()


class Oversight(Answer, frozen=True):
    """GET /v1/oversight: how people decided from `since` on (RFC 3339 UTC), until `until`.

    `rows` has each person with each capability, each person, each capability, and all together. Of so many
    `actions` that changed since it was made; where there were `more`, those that changed last.
    """

    since: str
    until: str
    actions: int
    rows: tuple[ReviewFigures, ...]
    more: bool = False


class UndoPreview(Answer, frozen=True):
    """GET /v1/actions/{action}/undo."""

    preview: Preview


class EditPreview(Answer, frozen=True):
    """POST /v1/actions/{action}/edit/preview: what an edit would change, and what policy would say of it.

    `problems` are those of the arguments, by JSON pointer; `problem` says why the connector cannot tell.
    """

    action: str
    revision: int
    problems: dict[str, str] = {}
    problem: str = ""
    preview: Preview | None = None
    evaluation: Evaluation | None = None


class DeviceAnswer(Answer, frozen=True):
    """The device as enrolled; its next decision carries a counter above `device.counter`."""

    device: Device


class WitnessAnswer(Answer, frozen=True):
    """POST /v1/witnesses: the witness as enrolled."""

    witness: Witness


class Erasure(Answer, frozen=True):
    """POST /v1/erasures: the ids of what was erased now."""

    actions: tuple[str, ...]
    jobs: tuple[str, ...]
