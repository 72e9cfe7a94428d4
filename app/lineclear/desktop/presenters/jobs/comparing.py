"""Two runs side by side: which steps belong together, what differs, is missing or new. Pure: free of Qt.

Steps belong together by name, in order; of two that changed places one counts as missing and one as new.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from rapidfuzz.distance import LCSseq

from lineclear.application.reading.formats import dollars
from lineclear.desktop.presenters.closed_words import state_word
from lineclear.desktop.presenters.jobs.span_sheets import long_text, took
from lineclear.desktop.presenters.sheets import Chip, Sign, Tone, Words
from lineclear.domain.events import Span
from lineclear.domain.jobs import Job
from lineclear.domain.text import paintable
from lineclear.domain.wording import say, say_n

if TYPE_CHECKING:
    from lineclear.desktop.plotting.track import Track

MOST_COMPARED: Final = 5_000
"""Steps of a run that are held against the other's, in the order of their start."""
_MARKED: Final = 1.2
"""Times as long, or as many tokens or as dear, from which a difference stands out."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A step of each run that belong together; None where a run has none."""

    left: Span | None
    right: Span | None

    @property
    def sign(self) -> Sign:
        """Whether it is new, missing, went otherwise, or the same."""
        if self.left is None:
            return Sign.ADDED
        if self.right is None:
            return Sign.REMOVED
        return Sign.CHANGED if bool(self.left.error) is not bool(self.right.error) else Sign.SAME


@dataclass(frozen=True, slots=True)
class PairRow:
    """One step in both runs, in words."""

    key: str
    sign: Sign
    name: Words
    left: str
    right: str
    difference: Words | Chip
    left_id: str = ""
    right_id: str = ""


@dataclass(frozen=True, slots=True)
class RunsCompared:
    """A second run beside the open one. `totals` are name, this run, the other one, and the difference."""

    id: str
    title: Words
    totals: tuple[PairRow, ...]
    rows: tuple[PairRow, ...]
    said: str
    track: Track | None = None


def pairs_of(left: Sequence[Span], right: Sequence[Span]) -> tuple[Pair, ...]:
    """The steps of both, aligned by name; each once, in an order that keeps both runs'."""
    numbers: dict[str, int] = {}
    ours, theirs = ([numbers.setdefault(one.name, len(numbers)) for one in side] for side in (left, right))
    return tuple(_aligned(left, right, ours, theirs))


def compare_runs(
    job: Job, spans: Sequence[Span], other: Job, other_spans: Sequence[Span], title: Words
) -> RunsCompared:
    """This run on the left, the other one on the right."""
    left, right = (sorted(side, key=lambda one: one.start)[:MOST_COMPARED] for side in (spans, other_spans))
    pairs = pairs_of(left, right)
    rows = tuple(_row(number, pair) for number, pair in enumerate(pairs))
    new, missing = (sum(pair.sign is sign for pair in pairs) for sign in (Sign.ADDED, Sign.REMOVED))
    same = len(pairs) - new - missing
    said = say(
        "{same}, {missing} only in this run, {new} only in the other",
        same=say_n("{count:,} step in both", "{count:,} steps in both", same),
        missing=missing,
        new=new,
    )
    if max(len(spans), len(other_spans)) > MOST_COMPARED:
        said = say("{said}; of each run the first {most}", said=said, most=f"{MOST_COMPARED:,}")
    return RunsCompared(other.id, title, tuple(_totals(job, spans, other, other_spans)), rows, said)


def _aligned(
    left: Sequence[Span], right: Sequence[Span], ours: Sequence[int], theirs: Sequence[int]
) -> Iterator[Pair]:
    for part in LCSseq.opcodes(ours, theirs):
        if part.tag == "equal":
            yield from map(Pair, left[part.src_start : part.src_end], right[part.dest_start : part.dest_end])
            continue
        yield from (Pair(one, None) for one in left[part.src_start : part.src_end])
        yield from (Pair(None, one) for one in right[part.dest_start : part.dest_end])


def _row(number: int, pair: Pair) -> PairRow:
    some = pair.left or pair.right
    assert some is not None
    return PairRow(
        str(number),
        pair.sign,
        paintable(some.name),
        _told(pair.left),
        _told(pair.right),
        _difference(pair),
        pair.left.id if pair.left else "",
        pair.right.id if pair.right else "",
    )


def _told(span: Span | None) -> str:
    if span is None:
        return say("none")
    tokens = f" · {span.tokens:,}" if span.tokens else ""
    cost = f" · {dollars(span.cost_micros)}" if span.cost_micros else ""
    return f"{long_text(took(span))}{tokens}{cost}"


def _difference(pair: Pair) -> Words | Chip:
    """What is most worth looking at: a step that is not there, one that failed, how much longer it took."""
    left, right = pair.left, pair.right
    if left is None:
        return Chip(say("Only in the other"), Tone.CAUTION)
    if right is None:
        return Chip(say("Only in this run"), Tone.CAUTION)
    if left.error and not right.error:
        return Chip(say("Failed in this run"), Tone.STOP)
    if right.error and not left.error:
        return Chip(say("Failed in the other"), Tone.STOP)
    return _length_difference(took(left), took(right))


def _length_difference(left: timedelta, right: timedelta) -> Words | Chip:
    sign, length = ("+", right - left) if right >= left else ("−", left - right)  # noqa: RUF001  # the minus sign
    text = f"{sign}{long_text(length)}"
    longer, shorter = max(left, right), min(left, right)
    if longer > shorter * _MARKED and longer > timedelta(milliseconds=1):
        return Chip(text, Tone.CAUTION if right > left else Tone.OK)
    return text if length else ""


def _totals(job: Job, spans: Sequence[Span], other: Job, other_spans: Sequence[Span]) -> Iterator[PairRow]:
    ours, theirs = (state_word(one.outcome or one.status) for one in (job, other))
    differs: Words | Chip = Chip(say("Differs"), Tone.CAUTION) if ours != theirs else ""
    yield PairRow("outcome", Sign.SAME, say("Outcome"), ours, theirs, differs)
    yield _counts("steps", say("Steps"), len(spans), len(other_spans))
    was, is_now = (timedelta(milliseconds=one.millis) for one in (job, other))
    length = _length_difference(was, is_now)
    yield PairRow("time", Sign.SAME, say("Time in steps"), long_text(was), long_text(is_now), length)
    more = other.cost_micros - job.cost_micros
    differs = f"{'+' if more > 0 else '−'}{dollars(abs(more))}" if more else ""  # noqa: RUF001  # the minus sign
    costs = dollars(job.cost_micros), dollars(other.cost_micros)
    yield PairRow("cost", Sign.SAME, say("Cost"), costs[0], costs[1], differs)
    tokens = (sum(one.tokens for one in side) for side in (spans, other_spans))
    yield _counts("tokens", say("Tokens"), *tokens)


def _counts(key: str, name: str, left: int, right: int) -> PairRow:
    differs = f"{right - left:+,}" if left != right else ""
    return PairRow(key, Sign.SAME, name, f"{left:,}", f"{right:,}", differs)
