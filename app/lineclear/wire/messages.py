"""What is said over HTTP, as values. Free of I/O. Times are RFC 3339 UTC; unknown members are refused."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from lineclear.domain.actions import Action
from lineclear.domain.control import ActivePolicy, ConnectorHealth, SafeMode
from lineclear.domain.effects import Preview
from lineclear.domain.events import Budget, Evidence, Span
from lineclear.domain.identities import Agent, Device, Person
from lineclear.domain.jobs import Job


class Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base of all messages."""


class View(StrEnum):
    """Which actions a list shows: those that wait for a decision and those that are open by due time, all by change."""

    WAITING = "waiting"
    OPEN = "open"
    ALL = "all"


# -- asked ------------------------------------------------------------------------------------


class OpenJob(Message, frozen=True):
    """POST /v1/jobs."""

    goal: str
    customer: str = ""
    project: str = ""
    workflow: str = ""
    budget: Budget = Budget()


class RecordSpans(Message, frozen=True):
    """POST /v1/jobs/{job}/spans."""

    spans: tuple[Span, ...]


class EndJob(Message, frozen=True):
    """POST /v1/jobs/{job}/end."""

    outcome: str = "completed"


class Propose(Message, frozen=True):
    """POST /v1/actions. `payload` is kept byte for byte as it stands in the body."""

    job: str
    payload: msgspec.Raw
    note: str = ""
    why: str = ""
    confidence: str = ""
    deadline: str = ""
    evidence: tuple[Evidence, ...] = ()


class Decide(Message, frozen=True):
    """POST /v1/actions/{action}/decisions. `envelope` is the base64 of the DSSE envelope's bytes."""

    envelope: str
    device: str
    reason: str = ""


class Undo(Message, frozen=True):
    """POST /v1/actions/{action}/undo. `version` is the one that the preview showed."""

    version: str
    reason: str


class Stop(Message, frozen=True):
    """POST /v1/jobs/{job}/stop."""

    reason: str


class SwitchSafeMode(Message, frozen=True):
    """POST /v1/safe-mode."""

    on: bool
    reason: str


class EnrolDevice(Message, frozen=True):
    """POST /v1/devices. `kept` is `keyring`, `file` or `memory`."""

    public_key: str
    kept: str


# -- answered ---------------------------------------------------------------------------------


class Condition(Message, frozen=True):
    """One requirement of authority, met or missing, in words."""

    says: str
    met: bool


class Me(Message, frozen=True):
    """GET /v1/me: who holds this token, and where."""

    role: str
    subject: str
    workspace: str
    environment: str
    origin: str
    person: Person | None = None


class ActionPage(Message, frozen=True):
    """GET /v1/actions: one page; `next` continues it."""

    items: tuple[Action, ...]
    next: str = ""


class JobPage(Message, frozen=True):
    """GET /v1/jobs: one page, newest first."""

    items: tuple[Job, ...]
    next: str = ""


class Detail(Message, frozen=True):
    """GET /v1/actions/{action}/detail: all that a reviewer needs to see, in one answer.

    `payload`, `before` and `after` are the stored bytes as text; each has the digest that `action.content`
    names once it is sealed again. Where content was erased it is absent and `missing` says so.
    """

    action: Action
    job: Job
    spans: tuple[Span, ...]
    conditions: tuple[Condition, ...]
    payload: str | None = None
    before: str | None = None
    after: str | None = None
    missing: tuple[str, ...] = ()
    health: ConnectorHealth | None = None
    policy: ActivePolicy | None = None
    owner_decides: bool = False


class FeedItem(Message, frozen=True):
    """One ledger entry: its exact text, and its brief's text unless erased."""

    index: int
    entry: str
    brief: str = ""


class Feed(Message, frozen=True):
    """GET /v1/feed: entries from `start` on, and how many there are in all."""

    size: int
    items: tuple[FeedItem, ...]


class Control(Message, frozen=True):
    """GET /v1/control: what Control shows."""

    safe_mode: SafeMode | None
    policy: ActivePolicy | None
    document: str
    connectors: tuple[ConnectorHealth, ...]
    agents: tuple[Agent, ...]
    people: tuple[Person, ...]


class UndoPreview(Message, frozen=True):
    """GET /v1/actions/{action}/undo."""

    preview: Preview


class DeviceAnswer(Message, frozen=True):
    """The device as enrolled; its next decision carries a counter above `device.counter`."""

    device: Device


class Problem(Message, frozen=True):
    """RFC 9457 problem details, with the refusal's code, parameters and remedy."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    remedy: str = ""
    params: dict[str, str] = {}
