"""One span in words: what it was, how long it took, what it cost, what failed. Pure: free of Qt and numpy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Final

from lineclear.application.reading.formats import dollars, short_digest
from lineclear.application.reading.steps import Gap
from lineclear.desktop.commands import key_of
from lineclear.desktop.presenters.sheets import Line, Mark, Words, text_of
from lineclear.domain.events import Span
from lineclear.domain.text import paintable
from lineclear.domain.vocabulary import SpanKind
from lineclear.domain.wording import marked, say, say_n

KIND_WORDS: Final = {
    SpanKind.MODEL: marked("Model call"),
    SpanKind.TOOL: marked("Tool call"),
    SpanKind.READ: marked("Reading"),
    SpanKind.POLICY: marked("Policy check"),
    SpanKind.WAITING: marked("Waiting"),
    SpanKind.EXECUTION: marked("Execution"),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a span: what it is about, and what holds."""

    name: str
    text: Words
    is_wrong: bool = False


@dataclass(frozen=True, slots=True)
class SpanSheet:
    """One span, whole. `fields` came from it; `contents` says what is kept of what it read and wrote."""

    id: str
    title: Words
    facts: tuple[Fact, ...]
    fields: tuple[Words, ...] = ()
    quotes: tuple[Words, ...] = ()
    contents: Line | None = None
    is_readable: bool = False
    """Whether what it read and wrote can be shown."""


def span_sheet(
    span: Span,
    zone: tzinfo | None,
    *,
    gap: Gap | None = None,
    fields: tuple[Words, ...] = (),
    quotes: tuple[Words, ...] = (),
) -> SpanSheet:
    """All that is known of a span; times in the reader's zone. `gap` says why nothing of it is kept."""
    contents = _contents(span, gap)
    facts = tuple(_facts(span, zone))
    is_readable = contents.mark is Mark.MET
    return SpanSheet(span.id, paintable(span.name), facts, fields, quotes, contents, is_readable)


def _contents(span: Span, gap: Gap | None) -> Line:
    if not span.contents:
        return Line(Mark.MISSING, say("Not recorded by its agent"))
    if gap is not None:
        return Line(Mark.MISSING, say("Erased; {key} says when and why", key=key_of("jobs.contents")))
    digest = short_digest(span.contents)
    return Line(Mark.MET, say("Kept, sealed beside the ledger as {digest}", digest=digest))


def span_tip(span: Span) -> str:
    """A span in one line, for tool tips and screen readers; outside text in it is made paintable."""
    parts = [text_of(paintable(span.name)), say(KIND_WORDS[span.kind]), took_text(span)]
    parts += [dollars(span.cost_micros)] if span.cost_micros else []
    parts += [say_n("{count:,} token", "{count:,} tokens", span.tokens)] if span.tokens else []
    parts += [say("failed: {error}", error=paintable(span.error).text)] if span.error else []
    return ", ".join(parts)


def took(span: Span) -> timedelta:
    """From its start to its end, as the agent claims."""
    return datetime.fromisoformat(span.end) - datetime.fromisoformat(span.start)


def took_text(span: Span) -> str:
    """How long it took, from microseconds to days."""
    return long_text(took(span))


def long_text(length: timedelta) -> str:
    """A length from microseconds to days, in the unit that fits."""
    seconds = length.total_seconds()
    if seconds and seconds < 0.001:  # noqa: PLR2004  # below a millisecond
        return say("{number} µs", number=round(seconds * 1e6))
    if seconds < 1:
        return say("{seconds} ms", seconds=round(seconds * 1e3))
    if seconds < 60:  # noqa: PLR2004  # seconds to a minute
        return say("{seconds:.1f} s", seconds=seconds)
    days, rest = divmod(round(seconds), 86_400)
    hours, rest = divmod(rest, 3_600)
    if days:
        return say("{days} d {hours} h", days=days, hours=hours)
    minutes, second = divmod(rest, 60)
    return say("{time} h", time=f"{hours}:{minutes:02d}") if hours else f"{minutes}:{second:02d}"


def _facts(span: Span, zone: tzinfo | None) -> Iterator[Fact]:
    yield Fact(say("Kind"), say(KIND_WORDS[span.kind]))
    if span.error:
        yield Fact(say("Failed"), paintable(span.error), is_wrong=True)
    yield Fact(say("Took"), took_text(span))
    yield Fact(say("From"), _time(span.start, zone))
    yield Fact(say("To"), _time(span.end, zone))
    if span.model:
        yield Fact(say("Model"), paintable(span.model))
    yield Fact(say("Cost"), dollars(span.cost_micros))
    yield Fact(say("Tokens"), f"{span.tokens:,}")
    if span.parent:
        yield Fact(say("Within"), paintable(span.parent))
    yield Fact(say("Step id"), paintable(span.id))


def _time(stamp: str, zone: tzinfo | None) -> str:
    at = datetime.fromisoformat(stamp).astimezone(zone)
    return f"{at:%d %b %Y %H:%M:%S}.{at.microsecond:06d}".rstrip("0").rstrip(".")
