"""The steps of a job in a terminal: what went into one and what came out of it. Free of HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from lineclear.application.reading.formats import dollars, length_text, seconds_between
from lineclear.application.reading.steps import Gap, gap_of, gap_words, read_step
from lineclear.cli.rendering import BLANK, STRONG, Row, heading, rows_of, words
from lineclear.cli.reviewing import Desk
from lineclear.domain.events import Span, StepContents
from lineclear.domain.jobs import Job
from lineclear.domain.refusals import Code, Refusal

_DIGITS: Final = 10
_STANDS: Final = {None: "kept", Gap.NOT_RECORDED: "not recorded", Gap.ERASED: "erased"}


def list_steps(here: Desk, action: str) -> None:
    """Print the steps of an action's job, numbered in the order in which they were recorded."""
    detail, _ = here.read(action)
    rows = list(_listed(detail.spans, detail.job))
    here.screen.answer({"items": detail.spans}, rows or [Row("", words("No step of this job is known."))])


def show_step(here: Desk, action: str, step: str) -> None:
    """Print what went into one step of an action's job and what came out of it, or why that is not there."""
    detail, _ = here.read(action)
    number, span = _chosen(detail.spans, step)
    found, now = read_step(span, detail.job, here.backend.blob), here.clock.now().astimezone()
    because = gap_words(found, detail.job, now) if isinstance(found, Gap) else ""
    contents = StepContents() if isinstance(found, Gap) else found
    said = {"number": number, "step": span, "gap": found if isinstance(found, Gap) else None}
    both = {"input": contents.input, "output": contents.output}
    rows = _head(number, span)
    shown = rows_of("! ", because) if because else _both(contents)
    here.screen.answer({**said, "because": because, **both}, (*rows, *shown))


def _chosen(spans: tuple[Span, ...], step: str) -> tuple[int, Span]:
    """By its number as they are listed, else by its id; Refusal(NOT_FOUND) where there is no such step."""
    numbered = dict(enumerate(spans, 1))
    if len(step) < _DIGITS and step.isascii() and step.isdecimal() and int(step) in numbered:
        return int(step), numbered[int(step)]
    for number, span in numbered.items():
        if span.id == step:
            return number, span
    raise Refusal(Code.NOT_FOUND, what=f"Step {step}")


def _listed(spans: tuple[Span, ...], job: Job) -> Iterator[Row]:
    for number, span in enumerate(spans, 1):
        lead = f"{number:>5}  {span.kind:<10} {_STANDS[gap_of(span, job)]:<13}"
        yield from rows_of(lead, f"{span.name} ({span.id})")


def _head(number: int, span: Span) -> Iterator[Row]:
    yield from rows_of("step     ", f"{number}, {span.name}", STRONG)
    yield from rows_of("id       ", span.id)
    took = length_text(seconds_between(span.start, datetime.fromisoformat(span.end)))
    model = f", {span.model}" if span.model else ""
    spent = (
        f", {span.tokens:,} tokens, {dollars(span.cost_micros)}" if span.tokens or span.cost_micros else ""
    )
    yield from rows_of("kind     ", f"{span.kind}, {took}{model}{spent}")
    if span.error:
        yield from rows_of("! ", f"Failed: {span.error}")
    yield from rows_of("contents ", span.contents) if span.contents else ()


def _both(contents: StepContents) -> Iterator[Row]:
    for title, text in (("Input", contents.input), ("Output", contents.output)):
        yield BLANK
        yield heading(title)
        if text is None:
            yield Row("! ", words("Its agent did not record it."))
        else:
            yield from rows_of("  ", text)
