"""The steps of a job while they run and until they are sent. Free of I/O; the clock is handed in."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

import msgspec

from lineclear.agents.asking import Plain
from lineclear.application.ports import Clock
from lineclear.application.services import stamp
from lineclear.domain.events import Evidence, Span, StepContents
from lineclear.domain.money import parse_amount
from lineclear.domain.vocabulary import SpanKind

BATCH = 100
"""As many spans are sent at once; fewer when the oldest is `LATENCY` old or something is proposed."""

LATENCY = timedelta(seconds=5)
ROOM = 524_288
"""Bytes of contents that one batch carries, as JSON; below what the backend takes."""

LONGEST = 32_768
"""Characters that are kept of what went into a step, and of what came out."""

_MICROS = 1_000_000

type Kind = SpanKind | Literal["model", "tool", "read", "policy", "waiting", "execution"]


class Held:
    """A reservation while its block runs: the steps inside settle it, once."""

    def __init__(self, log: SpanLog, name: str) -> None:
        self.log = log
        self.name = name
        self.spans: list[Span] = []
        self.is_settled = False


@dataclass(frozen=True, slots=True)
class Batch:
    """Steps to send together, and the reservation that they settle."""

    spans: tuple[Span, ...]
    reservation: str = ""
    contents: Mapping[str, StepContents] = field(default_factory=dict)


class OpenSpan:
    """A step that is being measured. What is added after its end is not recorded."""

    def __init__(self, log: SpanLog, identifier: str, parent: str) -> None:
        self.log = log
        self.id = identifier
        self.parent = parent
        self._cost_micros = 0
        self._tokens = 0
        self._model = ""
        self._error = ""
        self.contents = StepContents()

    def took(self, value: Plain) -> None:
        """Keep what went into the step: text, or what becomes JSON. Of long text the beginning is kept."""
        self.contents = StepContents(_kept(value), self.contents.output)

    def gave(self, value: Plain) -> None:
        """Keep what came out of the step, such as the model's words."""
        self.contents = StepContents(self.contents.input, _kept(value))

    def cost(self, dollars: str | Decimal) -> None:
        """Add to the cost: a decimal such as "0.012", exact to a millionth; MoneyError otherwise."""
        self._cost_micros += micros(dollars)

    def tokens(self, count: int) -> None:
        """Add to the tokens that the step read and wrote."""
        self._tokens += count

    def model(self, name: str) -> None:
        """Name the model that was called."""
        self._model = name

    def fail(self, error: str) -> None:
        """Say in a few words what went wrong; an exception that leaves the step is named by itself."""
        self._error = error

    def quote(self, source: str, excerpt: str) -> Evidence:
        """What was read in this step, as evidence that leads back to it."""
        return Evidence(source, excerpt, self.id)

    def ended(self, name: str, kind: SpanKind, start: datetime, end: datetime) -> Span:
        """The step as it is recorded."""
        return Span(
            id=self.id,
            name=name,
            kind=kind,
            start=stamp(start),
            end=stamp(end),
            parent=self.parent,
            cost_micros=self._cost_micros,
            tokens=self._tokens,
            model=self._model,
            error=self._error,
        )


_INNERMOST: ContextVar[OpenSpan | None] = ContextVar("lineclear_innermost_span", default=None)
_HELD: ContextVar[Held | None] = ContextVar("lineclear_reservation", default=None)


class SpanLog:
    """Spans of one job, in order of their end. Ids count up, so that a repeated run gives the same ones."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._count = 0
        self._ended: list[Span] = []
        self._contents: dict[str, StepContents] = {}
        self._settling: list[Batch] = []
        self._oldest: datetime | None = None

    @contextmanager
    def measure(self, name: str, kind: SpanKind) -> Iterator[OpenSpan]:
        """Measure what runs inside; a failure is measured too. The innermost span around it is its parent.

        Of an exception only the type is said: its message may hold what was read.
        """
        outer = _INNERMOST.get()
        self._count += 1
        parent = outer.id if outer is not None and outer.log is self else ""
        span = OpenSpan(self, f"s{self._count}", parent)
        token = _INNERMOST.set(span)
        start = self._clock.now()
        try:
            yield span
        except Exception as error:
            span.fail(type(error).__name__)
            raise
        finally:
            _INNERMOST.reset(token)
            if span.contents != StepContents():
                self._contents[span.id] = span.contents
            self._add(span.ended(name, kind, start, self._clock.now()))

    @contextmanager
    def within(self, held: Held) -> Iterator[None]:
        """Keep what ends inside for `held`, of this task or thread alone; at the end it is settled."""
        token = _HELD.set(held)
        try:
            yield
        finally:
            _HELD.reset(token)
            self.settle(held)

    def settle(self, held: Held | None = None) -> None:
        """Make what was measured under a reservation (else the innermost here) the batch that settles it."""
        held = held or self._innermost()
        if held is None or held.is_settled:
            return
        held.is_settled = True
        spans = held.spans or [self._unused()]
        batch = self._batch(spans, held.name)
        self._settling.append(batch)
        for span in spans[len(batch.spans) :]:
            self._keep(span)

    def _innermost(self) -> Held | None:
        held = _HELD.get()
        return held if held is not None and held.log is self and not held.is_settled else None

    def _unused(self) -> Span:
        """A reservation is settled by some step, also where none was taken."""
        self._count += 1
        now = self._clock.now()
        return OpenSpan(self, f"s{self._count}", "").ended("reservation unused", SpanKind.POLICY, now, now)

    def _add(self, span: Span) -> None:
        held = self._innermost()
        if held is not None:
            held.spans.append(span)
        else:
            self._keep(span)

    def _keep(self, span: Span) -> None:
        self._oldest = self._oldest or self._clock.now()
        self._ended.append(span)

    @property
    def is_due(self) -> bool:
        """Whether a reservation is to be settled, or a batch is full or has waited long enough."""
        if self._settling:
            return True
        if self._oldest is None:
            return False
        return len(self._ended) >= BATCH or self._clock.now() - self._oldest >= LATENCY

    def next_batch(self) -> Batch | None:
        """What to send next, taken out; `give_back` it where that fails. None where nothing is left."""
        if self._settling:
            return self._settling.pop(0)
        return self.take() if self._ended else None

    def take(self) -> Batch:
        """The oldest spans outside of reservations, taken out."""
        batch = self._batch(self._ended)
        self._ended = self._ended[len(batch.spans) :]
        if not self._ended:
            self._oldest = None
        return batch

    def _batch(self, spans: list[Span], reservation: str = "") -> Batch:
        """As many of the first spans as one message carries, at least one, with their contents."""
        contents: dict[str, StepContents] = {}
        taken, room = 0, ROOM
        for span in spans[:BATCH]:
            own = self._contents.get(span.id)
            room -= len(msgspec.json.encode(own)) if own is not None else 0
            if taken and room < 0:
                break
            taken += 1
            if own is not None:
                contents[span.id] = self._contents.pop(span.id)
        return Batch(tuple(spans[:taken]), reservation, contents)

    def give_back(self, batch: Batch) -> None:
        """Keep a batch that could not be sent for the next time."""
        if batch.reservation:
            self._settling.insert(0, batch)
            return
        self._ended = [*batch.spans, *self._ended]
        self._contents |= batch.contents
        self._oldest = self._oldest or self._clock.now()


def _kept(value: Plain) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    whole = text.encode(errors="replace").decode()
    left = len(whole) - LONGEST
    return f"{whole[:LONGEST]}\n[{left:,} more characters were not recorded]" if left > 0 else whole


def micros(dollars: str | Decimal) -> int:
    """Dollars as whole millionths; MoneyError for what is no decimal amount of at most six places."""
    return int(parse_amount(str(dollars)) * _MICROS)
