"""One way in: compare any two values by their shape. Pure."""

from __future__ import annotations

from lineclear.domain.diffing.fields import NO_HINTS, Hints, diff_fields
from lineclear.domain.diffing.result import Diff
from lineclear.domain.diffing.texts import diff_texts
from lineclear.domain.diffing.values import Absent, Json


def diff(before: Json | Absent, after: Json | Absent, *, hints: Hints = NO_HINTS) -> Diff:
    """Compare by line where both are texts and one has several lines, else by field."""
    if isinstance(before, str) and isinstance(after, str) and ("\n" in before or "\n" in after):
        return diff_texts(before, after)
    return diff_fields(before, after, hints=hints)
