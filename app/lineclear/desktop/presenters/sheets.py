"""What every view shows, as plain values; words from outside are `Paintable`, ours `str`. Free of Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from lineclear.desktop.presenters.changes.code_parts import Part, Place
from lineclear.desktop.presenters.changes.origin_sheets import Origin
from lineclear.domain.text import Paintable
from lineclear.domain.wording import marked, say

if TYPE_CHECKING:
    from lineclear.desktop.presenters.changes.code_sheets import CodeSheet
    from lineclear.desktop.presenters.jobs.timeline_sheets import TimelineSheet
    from lineclear.desktop.presenters.queue.narrowing_sheets import Narrowing
    from lineclear.desktop.presenters.review.outcome_sheets import OutcomeSheet
    from lineclear.desktop.presenters.review.passing_sheets import PlaceChoice

type Words = str | Paintable


def text_of(words: Words) -> str:
    """Return the characters to paint."""
    return words if isinstance(words, str) else words.text


class Tone(StrEnum):
    """What a colour says; a word or a sign always says it too."""

    NEUTRAL = "neutral"
    ACCENT = "accent"
    OK = "ok"
    CAUTION = "caution"
    STOP = "stop"


class Mark(StrEnum):
    """The sign in front of a line."""

    MET = "met"
    MISSING = "missing"
    ATTENTION = "attention"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class NoticeKind(StrEnum):
    """A designed state of a page or a part of one."""

    EMPTY = "empty"
    LOADING = "loading"
    STALE = "stale"
    OFFLINE = "offline"
    FAILED = "failed"
    FORBIDDEN = "forbidden"
    SAFE_MODE = "safe_mode"
    HELD = "held"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Chip:
    """A short word or two in a box."""

    text: Words
    tone: Tone = Tone.NEUTRAL


@dataclass(frozen=True, slots=True)
class Step:
    """What the person can do next: a command of the one list."""

    command: str
    title: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A state and its next step. Above content it is a banner; where there is none it fills the place."""

    kind: NoticeKind
    title: str
    text: Words = ""
    step: Step | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One statement with its sign, and below it where the statement comes from."""

    mark: Mark
    text: Words
    source: Words | None = None


class SafeModeState(StrEnum):
    """Requested and confirmed are kept apart; `PARTIAL` is on for narrower scopes than the workspace."""

    OFF = "off"
    PARTIAL = "partial"
    TURNING_ON = "turning_on"
    ON = "on"
    TURNING_OFF = "turning_off"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class SafeModeSheet:
    """The switch and its words; `why_not` is set when this person may not move it now."""

    state: SafeModeState
    text: str
    since: Words = ""
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class TopSheet:
    """What is always in sight."""

    workspace: Words
    environment: Chip
    freshness: Chip
    safe_mode: SafeModeSheet
    person: Words
    tier: Chip


@dataclass(frozen=True, slots=True)
class Filter:
    """One view of the queue; `id` comes back in the view's signal. Pinned ones are always in sight."""

    id: str
    title: str
    is_on: bool = False
    is_pinned: bool = False


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One action in the queue. Rows of one group stand together, in the order given."""

    id: str
    title: Words
    subtitle: Words
    due: str
    badge: Chip
    group: str
    about: str = ""
    """What it is about; where a group is crowded, its rows stand together by this."""
    is_marked: bool = False
    tier: int = 0


@dataclass(frozen=True, slots=True)
class QueueSheet:
    """The queue. `count` is what the backend counts, which may be more than the rows at hand.

    `aside` counts what does not wait for this person but should stay in sight.
    """

    heading: str
    count: int | None = None
    filters: tuple[Filter, ...] = ()
    rows: tuple[QueueRow, ...] = ()
    selected: str | None = None
    notice: Notice | None = None
    aside: str = ""
    narrowing: Narrowing | None = None


FIVE_QUESTIONS: Final = (
    marked("What is it doing?"),
    marked("Why?"),
    marked("What will it change?"),
    marked("Can I stop it?"),
    marked("Can I undo it?"),
)
WHAT_IT_CHANGED: Final = marked("What did it change?")


@dataclass(frozen=True, slots=True)
class Question:
    """One of the five questions and its answer."""

    ask: str
    answer: Words


def five_questions(
    answers: tuple[Words, Words, Words, Words, Words], *, has_run: bool
) -> tuple[Question, ...]:
    """Pair the five questions with their answers, in the product's words and order."""
    asks = [say(WHAT_IT_CHANGED) if has_run and i == 2 else say(ask) for i, ask in enumerate(FIVE_QUESTIONS)]  # noqa: PLR2004 - the third question
    return tuple(Question(ask, answer) for ask, answer in zip(asks, answers, strict=True))


class Sign(StrEnum):
    """What happened to a field, as the sign beside its colour."""

    CHANGED = "~"
    ADDED = "+"
    REMOVED = "−"  # noqa: RUF001 - the minus sign, as wide as the plus
    SAME = "="
    CONFLICT = "!"


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of a value on one line; `is_changed` runs get a soft ground, `ends_line` ones a line break."""

    text: Words
    is_changed: bool = False
    ends_line: bool = False
    part: Part = Part.PLAIN


@dataclass(frozen=True, slots=True)
class Value:
    """A field's value on one side, as segments of at most `CHUNK` characters each.

    A `gloss` says beside them how the value reads to this person; it is not searched, copied or spoken.
    """

    segments: tuple[Segment, ...]
    is_mono: bool = True
    gloss: str = ""


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One field before and after; None is a field that is absent. `spoken` says it all in words.

    `now` counts in a sheet of three states only; with `code` it is a row of code instead of a field. What
    stands `across` is said over the room of all states, as for many records at once.
    """

    sign: Sign
    field: Words
    before: Value | None
    after: Value | None
    spoken: str
    now: Value | None = None
    code: Place | None = None
    across: Value | None = None
    origin: Origin | None = None
    record: str = ""
    """The record of a list that it is about, as it is named."""
    opens: str = ""
    """What it opens: the key of a `Group`."""
    depth: int = 0
    told: int = 0
    """How many headings of records stand over it, and how many characters of its name they have said."""


@dataclass(frozen=True, slots=True)
class Group:
    """Records that change alike: said once in the row at `at`, which opens a row for each of them."""

    key: str
    at: int
    members: Sequence[ChangeRow] = field(compare=False)


@dataclass(frozen=True, slots=True)
class ChangesSheet:
    """Every leaf of the payload: changed, unchanged, or listed as not shown with the reason.

    With a `now_title` it shows three states: before, after, and what has become of it since. Rows of
    `code` come behind `rows`. `groups` are in the order of their rows.
    """

    heading: Words
    rows: Sequence[ChangeRow]
    unchanged: Sequence[ChangeRow] = ()
    not_shown: tuple[Line, ...] = ()
    freshness: Chip | None = None
    before_title: str = field(default_factory=lambda: say("Now"))
    after_title: str = field(default_factory=lambda: say("After"))
    now_title: str = ""
    code: CodeSheet | None = None
    batch: str = ""
    """How many records it touches and how; empty where that is one at most."""
    groups: tuple[Group, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """Something that the agent read, in the source's own words."""

    name: Words
    quote: Words
    step: str
    span: str = ""


@dataclass(frozen=True, slots=True)
class EvidenceSheet:
    """What the agent read before it proposed, and which of its `arguments` came from which step."""

    sources: tuple[Source, ...]
    arguments: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Meter:
    """How much of a limit is used; `used` is a fraction and may exceed 1."""

    label: str
    text: str
    used: float
    tone: Tone = Tone.ACCENT


@dataclass(frozen=True, slots=True)
class JobBrief:
    """The job that an action belongs to."""

    id: str
    title: Words
    goal: Words
    meters: tuple[Meter, ...]
    mode: str


@dataclass(frozen=True, slots=True)
class ButtonSheet:
    """One button of the decision bar; a disabled one has `why_not`."""

    command: str
    title: str
    tone: Tone = Tone.NEUTRAL
    why_not: str = ""

    @property
    def is_enabled(self) -> bool:
        return not self.why_not


@dataclass(frozen=True, slots=True)
class DecisionSheet:
    """The foot of the page: what can be done, and the exact thing that it would be done to.

    A `hint` says for a moment why a press did nothing. `reject_text` says what rejecting does besides.
    `confirm` is to be typed before an approval is taken, `receivers` may be handed it, `places` asked too.
    """

    buttons: tuple[ButtonSheet, ...]
    digest: str
    reject_reasons: tuple[str, ...] = ()
    reject_text: str = ""
    reconcile_text: Words = ""
    stop_text: str = ""
    hint: str = ""
    confirm: Words = ""
    receivers: tuple[str, ...] = ()
    places: tuple[PlaceChoice, ...] = ()
    brief: str = ""  # the digest where its words have no room


@dataclass(frozen=True, slots=True)
class UndoSheet:
    """What the undo of an action would do; `why_not` is set when it cannot be undone."""

    title: Words
    text: Words
    changes: ChangesSheet | None = None
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class ActionSheet:
    """One action, whole. `byline` runs may be mono through `Value`. Headings follow whether it `is_over`.

    `since` is what is other than in the revision that this person looked at before.
    """

    id: str
    title: Words
    byline: tuple[Value, ...]
    questions: tuple[Question, ...]
    decision: DecisionSheet
    banner: Notice | None = None
    outcome: OutcomeSheet | None = None
    changes: ChangesSheet | None = None
    evidence: EvidenceSheet | None = None
    timeline: TimelineSheet | None = None
    reasons: tuple[Line, ...] = ()
    authority: tuple[Line, ...] = ()
    job: JobBrief | None = None
    checks: tuple[Line, ...] = ()
    note: Paintable | None = None
    answers: tuple[Line, ...] = ()
    undo: UndoSheet | None = None
    is_over: bool = False
    edited: ChangesSheet | None = None
    since: ChangesSheet | None = None
