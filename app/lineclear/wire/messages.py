"""What is said over HTTP, as values. Free of I/O. Times are RFC 3339 UTC; unknown members are refused."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final

import msgspec

from lineclear.application.governing.scopes import WORKSPACE
from lineclear.application.reading.answers import (
    ActionPage,
    BudgetOfDay,
    Condition,
    Control,
    Detail,
    DeviceAnswer,
    EditPreview,
    Erasure,
    Feed,
    FeedItem,
    JobPage,
    Me,
    UndoPreview,
    WitnessAnswer,
)
from lineclear.application.reading.queue_query import Sort
from lineclear.application.record.erasing import Whose
from lineclear.domain.actions import Action
from lineclear.domain.control import SafeMode
from lineclear.domain.events import Budget, Evidence, Span, StepContents
from lineclear.domain.jobs import Job
from lineclear.domain.vocabulary import Tier, Word

__all__ = [
    "LONGEST_WAIT",
    "SAME",
    "ActionPage",
    "Arguments",
    "Ask",
    "BudgetOfDay",
    "Claim",
    "Condition",
    "Consumed",
    "Control",
    "Cosign",
    "Decide",
    "Detail",
    "DeviceAnswer",
    "Edit",
    "EditPreview",
    "EndJob",
    "EnrolDevice",
    "EnrolWitness",
    "Erase",
    "Erasure",
    "Escalate",
    "Feed",
    "FeedItem",
    "JobPage",
    "ListActions",
    "ListJobs",
    "Me",
    "Message",
    "Notes",
    "Nothing",
    "OpenJob",
    "Problem",
    "Propose",
    "ReadAction",
    "ReadFeed",
    "ReadJob",
    "ReadOversight",
    "Reconcile",
    "RecordSpans",
    "Report",
    "Reservation",
    "Reserve",
    "Resume",
    "SafeModes",
    "Stop",
    "StreamFeed",
    "SwitchHold",
    "SwitchSafeMode",
    "Undo",
    "UndoPreview",
    "View",
    "WitnessAnswer",
]


LONGEST_WAIT = 30
"""Seconds after which a long poll is answered with what there is."""

SAME: Final = "same"
"""Parameter `payload` of KEY_REUSED where the earlier proposal has the same job and payload, to the byte."""

type Amount = Annotated[int, msgspec.Meta(ge=0, le=10**12)]
type Base64 = Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9+/]*={0,2}$")]
type Cursor = Annotated[str, msgspec.Meta(max_length=500, pattern="^[ -~]*$")]
type Index = Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]
type Limit = Annotated[int, msgspec.Meta(ge=1, le=1_000)]
type Revision = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
type Wait = Annotated[float, msgspec.Meta(ge=0, le=LONGEST_WAIT)]
type Words = Annotated[str, msgspec.Meta(max_length=200)]
type Sifting = Annotated[str, msgspec.Meta(max_length=500)]


class Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base of all messages."""


class View(StrEnum):
    """Which actions a list shows: `waiting` for a decision and `open` by due time, else by newest change.

    `done` are those to which nothing more can happen by themselves.
    """

    WAITING = "waiting"
    OPEN = "open"
    DONE = "done"
    ALL = "all"


# -- asked in a query ---------------------------------------------------------------------------


class Nothing(Message, frozen=True):
    """Neither a query nor a body says more than the address."""


class ListActions(Message, frozen=True):
    """GET /v1/actions. `tier` is the most that one action may need.

    `filter` is written as in the console, such as `for:me due:1h agent:support`; a `state:` in it goes before
    `view`. A cursor continues the order that it came from.
    """

    view: View = View.WAITING
    tier: Tier | None = None
    text: Words = ""
    job: Words = ""
    after: Cursor = ""
    limit: Limit = 100
    filter: Sifting = ""
    sort: Sort | None = None


class ListJobs(Message, frozen=True):
    """GET /v1/jobs."""

    after: Cursor = ""
    limit: Limit = 100


class ReadJob(Message, frozen=True):
    """GET /v1/jobs/{job}. `wait` seconds at most while it is paused, or the workspace's day is too short."""

    wait: Wait = 0


class ReadAction(Message, frozen=True):
    """GET /v1/actions/{action}. `wait` seconds at most until nothing is left to decide or to run.

    With `asked`, an open question ends the wait as well.
    """

    wait: Wait = 0
    asked: bool = False


class ReadFeed(Message, frozen=True):
    """GET /v1/feed. `wait` seconds at most for an entry at `start`."""

    start: Index = 0
    limit: Limit = 500
    wait: Wait = 0


class StreamFeed(Message, frozen=True):
    """GET /v1/feed/stream."""

    start: Index = 0


# -- asked in a body ------------------------------------------------------------------------------------


class OpenJob(Message, frozen=True):
    """POST /v1/jobs."""

    goal: str
    customer: str = ""
    project: str = ""
    workflow: str = ""
    budget: Budget = Budget()


class RecordSpans(Message, frozen=True):
    """POST /v1/jobs/{job}/spans. `reservation` is the one that these steps settle; `contents` are by span."""

    spans: tuple[Span, ...]
    reservation: str = ""
    contents: dict[str, StepContents] = {}


class Reserve(Message, frozen=True):
    """POST /v1/jobs/{job}/reservations. Cost in millionths of a US dollar."""

    cost_micros: Amount = 0
    steps: Amount = 0


class EndJob(Message, frozen=True):
    """POST /v1/jobs/{job}/end."""

    outcome: str = "completed"


class Propose(Message, frozen=True):
    """POST /v1/actions. `payload` is kept byte for byte as it stands in the body.

    `sources` names by JSON pointer, below `/arguments` or `/after`, the recorded span that a part came from.
    """

    job: str
    payload: msgspec.Raw
    note: str = ""
    why: str = ""
    confidence: str = ""
    deadline: str = ""
    evidence: tuple[Evidence, ...] = ()
    sources: dict[str, str] = {}


class Decide(Message, frozen=True):
    """POST /v1/actions/{action}/decisions. `envelope` is the base64 of the DSSE envelope's bytes."""

    envelope: Base64
    device: str
    reason: str = ""


class Edit(Message, frozen=True):
    """POST /v1/actions/{action}/edit and …/edit/preview.

    `arguments` is kept byte for byte as it stands in the body; `revision` is the one that was looked at.
    """

    arguments: msgspec.Raw
    revision: Revision
    reason: str = ""


class Arguments(Message, frozen=True):
    """GET /v1/actions/{action}/arguments: what it would be, or was, carried out with, byte for byte."""

    action: str
    revision: Revision
    arguments: msgspec.Raw


class Claim(Message, frozen=True):
    """POST /v1/actions/{action}/claim. `to` hands it over to somebody else, with a `note` for them."""

    to: Words = ""
    note: str = ""


class ReadOversight(Message, frozen=True):
    """GET /v1/oversight."""

    days: Annotated[int, msgspec.Meta(ge=1, le=90)] = 7


class Escalate(Message, frozen=True):
    """POST /v1/actions/{action}/escalate. Without tier and group, the next tier up."""

    reason: str
    tier: Tier | None = None
    group: Words = ""


class Ask(Message, frozen=True):
    """POST /v1/actions/{action}/questions and …/answers."""

    text: str


class Report(Message, frozen=True):
    """POST /v1/actions/{action}/outcome. What an agent says of what it carried out itself."""

    outcome: Word
    note: str = ""


class Undo(Message, frozen=True):
    """POST /v1/actions/{action}/undo. `version` is the one that the preview showed."""

    version: str
    reason: str


class Reconcile(Message, frozen=True):
    """POST /v1/actions/{action}/reconcile. `reason` says how it is known."""

    happened: bool
    reason: str


class Stop(Message, frozen=True):
    """POST /v1/jobs/{job}/stop and /v1/agents/{agent}/stop."""

    reason: str


class Resume(Message, frozen=True):
    """POST /v1/agents/{agent}/resume."""

    reason: str


class SwitchSafeMode(Message, frozen=True):
    """POST /v1/safe-mode. `scope` is `workspace`, or `environment`, `connector`, `capability` and `:name`."""

    on: bool
    reason: str
    scope: str = WORKSPACE


class EnrolDevice(Message, frozen=True):
    """POST /v1/devices. `kept` is `keyring`, `file` or `memory`."""

    public_key: Base64
    kept: str


class EnrolWitness(Message, frozen=True):
    """POST /v1/witnesses. `kept` is `keyring`, `file` or `memory`."""

    public_key: Base64
    kept: str


class Cosign(Message, frozen=True):
    """POST /v1/checkpoint/cosignatures. `line` is a signature line of C2SP tlog-cosignature."""

    size: Index
    line: Annotated[str, msgspec.Meta(max_length=1_000)]


class Erase(Message, frozen=True):
    """POST /v1/erasures. `reason` is kept, sealed, with the tombstone."""

    kind: Whose
    name: Words
    reason: Words


class SwitchHold(Message, frozen=True):
    """POST /v1/legal-hold."""

    on: bool
    reason: Words


# -- answered ---------------------------------------------------------------------------------


class Consumed(Message, frozen=True):
    """The action, started in its agent's hands, and the payload that was cleared, byte for byte.

    After an edit that is not what the agent proposed; it carries out this and nothing else.
    """

    action: Action
    payload: msgspec.Raw


class Reservation(Message, frozen=True):
    """The job with what is set aside in it, and the id under which spans settle that."""

    job: Job
    reservation: str


class SafeModes(Message, frozen=True):
    """GET /v1/safe-mode: of every scope that was ever switched, the newest state."""

    items: tuple[SafeMode, ...]


class Notes(Message, frozen=True):
    """GET /v1/checkpoint/cosigned: signed notes, byte for byte."""

    items: tuple[str, ...]


class Problem(Message, frozen=True):
    """RFC 9457 problem details, with the refusal's code, parameters and remedy."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    remedy: str = ""
    params: dict[str, str] = {}
