"""What went into a step and what came out of it, as a sheet. Pure: free of Qt, of I/O and of the clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from lineclear.application.reading.steps import Gap, gap_words, laid_out
from lineclear.desktop.presenters.cautions import caution_of
from lineclear.desktop.presenters.jobs.span_sheets import KIND_WORDS, took_text
from lineclear.desktop.presenters.refused import remedy_of, sentence_of
from lineclear.desktop.presenters.sheets import Notice, NoticeKind, Step, Words
from lineclear.domain.events import Span, StepContents
from lineclear.domain.jobs import Job
from lineclear.domain.refusals import Refusal
from lineclear.domain.text import CONTINUES, Paintable, TextFlag, paintable, paintable_lines
from lineclear.domain.wording import marked, say, say_n

AGAIN: Final = "view.refresh"
_GAPS: Final = {
    Gap.NOT_RECORDED: marked("Not recorded"),
    Gap.ERASED: marked("Erased"),
    Gap.MISSING: marked("Not there"),
}


@dataclass(frozen=True, slots=True)
class Side:
    """Input or output: lines that are safe to paint. `laid_out` is there for JSON alone.

    `said` stands in its place where nothing was recorded; `remark` says how long it is and what is unusual.
    """

    text: str = ""
    laid_out: str | None = None
    said: str = ""
    remark: str = ""
    is_unusual: bool = False


@dataclass(frozen=True, slots=True)
class StepSheet:
    """One step; either both sides, or a state that stands in their place."""

    title: Words
    about: str
    input: Side | None = None
    output: Side | None = None
    state: Notice | None = None


def loading_sheet(span: Span) -> StepSheet:
    """While it is being read."""
    text = say("They lie sealed beside the ledger and are checked against their digest.")
    return _stated(span, Notice(NoticeKind.LOADING, say("Reading what was recorded"), text))


def read_sheet(span: Span, found: StepContents | Gap, job: Job, now: datetime) -> StepSheet:
    """What was found; long texts take a while, so not for the GUI thread."""
    if isinstance(found, Gap):
        text = paintable(gap_words(found, job, now))
        return _stated(span, Notice(NoticeKind.INFO, say(_GAPS[found]), text))
    return StepSheet(paintable(span.name), _about(span), side_of(found.input), side_of(found.output))


def refused_sheet(span: Span, refusal: Refusal) -> StepSheet:
    """It cannot be read now."""
    text = f"{sentence_of(refusal)} {remedy_of(refusal)}".strip()
    return _failed(span, say("Cannot be read now"), text)


def altered_sheet(span: Span) -> StepSheet:
    """What is kept is not what the ledger names, so that none of it is shown."""
    text = say("It is not shown, because it may not be what the agent recorded. Tell an administrator.")
    return _failed(span, say("What is kept was altered"), text)


def side_of(text: str | None) -> Side:
    """One text, made safe to paint line by line; nothing in it is interpreted."""
    if text is None:
        return Side(said=say("Its agent did not record it."))
    if not text:
        return Side(said=say("Recorded, and empty."))
    shown, flags = _painted(text)
    spread = laid_out(text)
    caution = caution_of(Paintable("", flags))
    length = say_n("{count:,} character", "{count:,} characters", len(text))
    continues = say("a line that ends with {sign} goes on in the next", sign=CONTINUES)
    parts = (length, caution, continues if TextFlag.LONG in flags else "")
    return Side(
        shown,
        _painted(spread)[0] if spread is not None else None,
        remark=" · ".join(part for part in parts if part),
        is_unusual=bool(caution),
    )


def _painted(text: str) -> tuple[str, frozenset[TextFlag]]:
    lines = tuple(paintable_lines(text))
    flags = frozenset[TextFlag]().union(*(line.flags for line in lines))
    return "\n".join(line.text for line in lines), flags


def _about(span: Span) -> str:
    return ", ".join((say(KIND_WORDS[span.kind]), took_text(span)))


def _stated(span: Span, notice: Notice) -> StepSheet:
    return StepSheet(paintable(span.name), _about(span), state=notice)


def _failed(span: Span, title: str, text: str) -> StepSheet:
    step = Step(AGAIN, say("Try again"))
    return _stated(span, Notice(NoticeKind.FAILED, title, paintable(text), step))
