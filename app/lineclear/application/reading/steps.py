"""What went into a step and what came out of it, checked before it is shown, or why it is not there. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

from lineclear.application.reading.contents import AlteredError
from lineclear.application.reading.formats import erased_words
from lineclear.application.recording import content_of
from lineclear.domain.erasure import STEPS
from lineclear.domain.events import Span, StepContents
from lineclear.domain.jobs import Job
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.wording import say

_DEEPEST: Final = 32
_LONGEST: Final = 65_536
"""Characters above which JSON is not laid out, so that indentation cannot make a small text enormous."""

_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+')
_OPENING: Final = frozenset("{[")
_CLOSING: Final = frozenset("}]")


class Gap(StrEnum):
    """Why nothing of a step is there."""

    NOT_RECORDED = "not_recorded"
    ERASED = "erased"
    MISSING = "missing"
    """Neither kept nor erased by any tombstone that is known."""


def read_step(span: Span, job: Job, blob: Callable[[str], bytes]) -> StepContents | Gap:
    """What is kept of a step; `blob` gives what is kept under a digest, and raises Refusal.

    Raises AlteredError where that is not what the ledger names, and every refusal but BLOB_UNKNOWN.
    """
    gap = gap_of(span, job)
    if gap is not None:
        return gap
    try:
        return open_step(blob(span.contents), span)
    except Refusal as refusal:
        if refusal.code is not Code.BLOB_UNKNOWN:
            raise
        return Gap.MISSING


def gap_of(span: Span, job: Job) -> Gap | None:
    """Why there is nothing to read, as far as the ledger tells; None where there should be something."""
    if not span.contents:
        return Gap.NOT_RECORDED
    is_erased = job.erased is not None and set(job.erased.parts) >= STEPS
    return Gap.ERASED if is_erased else None


def open_step(sealed: bytes, span: Span) -> StepContents:
    """One step of the batch that is kept under its digest; raises AlteredError."""
    try:
        batch = msgspec.json.decode(content_of(sealed, span.contents), type=dict[str, StepContents])
    except (ValueError, msgspec.MsgspecError) as error:
        said = "The stored inputs and outputs are not what the ledger says they are."
        raise AlteredError(said) from error
    return batch.get(span.id, StepContents())


def gap_words(gap: Gap, job: Job, now: datetime) -> str:
    """Why nothing is there, in a sentence; holds outside text."""
    match gap:
        case Gap.NOT_RECORDED:
            return say("Its agent did not record what went into this step or what came out of it.")
        case Gap.ERASED:
            return erased_words(job.erased, (say("inputs and outputs of steps"),), now)
        case Gap.MISSING:
            return say("It is not kept any more, and no tombstone that is known here says why.")


def laid_out(text: str) -> str | None:
    """JSON with a line for each member, every token as it was recorded; None for what is no object or list.

    Nothing is read anew: numbers, escapes, and members that stand twice stay as they are.
    """
    if len(text) > _LONGEST or not text.lstrip().startswith(("{", "[")):
        return None
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return None
    found: list[str] = _TOKEN.findall(text)
    return None if _depth(found) > _DEEPEST else "".join(_spaced(found))


def _depth(marks: list[str]) -> int:
    deepest = depth = 0
    for mark in marks:
        depth += (mark in _OPENING) - (mark in _CLOSING)
        deepest = max(deepest, depth)
    return deepest


def _spaced(marks: list[str]) -> Iterator[str]:
    depth, before = 0, ""
    for mark in marks:
        if mark in _CLOSING:
            depth -= 1
        breaks = before not in _OPENING if mark in _CLOSING else before == "," or before in _OPENING
        if breaks and before:
            yield "\n" + "  " * depth
        yield ": " if mark == ":" else mark
        depth += mark in _OPENING
        before = mark
