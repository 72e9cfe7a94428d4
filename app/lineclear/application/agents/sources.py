"""Where the parts of a proposal came from, as its agent says: checked, never guessed. Free of frameworks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lineclear.application.ports import Arguments, Snapshot
from lineclear.domain.pointers import found_in, steps_of
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.strict_json import Json

ROOTS: Final = ("arguments", "after")
"""What a pointer may begin with: the arguments as proposed, or the state that they would make."""

MOST_SOURCES: Final = 500


def check_sources(
    snapshot: Snapshot, job: str, sources: Mapping[str, str], arguments: Arguments, after: Json
) -> None:
    """Refusal(BODY_INVALID) for a pointer that leads nowhere and for a span that the job has not recorded."""
    if not sources:
        return
    if len(sources) > MOST_SOURCES:
        raise Refusal(Code.BODY_INVALID, problem=f"sources names {MOST_SOURCES:,} places at most")
    whole: Json = {"arguments": dict(arguments), "after": after}
    for pointer in sources:
        steps = steps_of(pointer)
        if steps is None or steps[0] not in ROOTS or not found_in(whole, steps):
            where = "it takes JSON pointers below /arguments or /after"
            raise Refusal(
                Code.BODY_INVALID, problem=f"sources names {pointer}, and nothing is there; {where}"
            )
    unknown = set(sources.values()) - {span.id for span in snapshot.spans(job)}
    if unknown:
        problem = f"sources names the span {min(unknown)}, which the job has not recorded; record it first"
        raise Refusal(Code.BODY_INVALID, problem=problem)
