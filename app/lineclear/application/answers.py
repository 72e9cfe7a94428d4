"""What the backend answers to those who review, as values. Free of I/O; `wire` carries them as they are."""

from __future__ import annotations

import msgspec

from lineclear.domain.actions import Action
from lineclear.domain.control import ActivePolicy, Breaker, ConnectorHealth, SafeMode
from lineclear.domain.effects import Preview
from lineclear.domain.events import BudgetKind, Span
from lineclear.domain.identities import Agent, Device, Person
from lineclear.domain.jobs import Job


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base of all answers."""


class Condition(Answer, frozen=True):
    """One requirement of authority, met or missing, in words."""

    says: str
    met: bool
    code: str = ""


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
    `effect` is likewise the sealed effect of an action that ran. Erased blobs are absent and in `missing`.
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
    missing: tuple[str, ...] = ()
    health: ConnectorHealth | None = None
    policy: ActivePolicy | None = None
    owner_decides: bool = False
    budgets: tuple[BudgetOfDay, ...] = ()


class FeedItem(Answer, frozen=True):
    """One ledger entry: its exact text, and its brief's text unless erased."""

    index: int
    entry: str
    brief: str = ""


class Feed(Answer, frozen=True):
    """GET /v1/feed: entries from `start` on, and how many there are in all."""

    size: int
    items: tuple[FeedItem, ...]


class Control(Answer, frozen=True):
    """GET /v1/control: what Control shows."""

    safe_modes: tuple[SafeMode, ...]
    breakers: tuple[Breaker, ...]
    policy: ActivePolicy | None
    document: str
    connectors: tuple[ConnectorHealth, ...]
    agents: tuple[Agent, ...]
    people: tuple[Person, ...]
    budgets: tuple[BudgetOfDay, ...] = ()


class UndoPreview(Answer, frozen=True):
    """GET /v1/actions/{action}/undo."""

    preview: Preview


class DeviceAnswer(Answer, frozen=True):
    """The device as enrolled; its next decision carries a counter above `device.counter`."""

    device: Device
