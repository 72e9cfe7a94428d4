"""What would change, as one exact result for every kind of value. Pure: spans and rows, no markup, no Qt."""

from __future__ import annotations

from lineclear.domain.diffing.access import AccessChange, AccessDiff, Direction, Standing, diff_access
from lineclear.domain.diffing.applying import DoesNotApplyError, Fold, Unchanged, apply, folded, walk
from lineclear.domain.diffing.code import FoldedLines, Hunk, Row, fold_rows, sections, side_by_side, unified
from lineclear.domain.diffing.entry import diff
from lineclear.domain.diffing.fields import Hints, diff_fields
from lineclear.domain.diffing.kinds import Kind
from lineclear.domain.diffing.result import Change, Counts, Cut, Diff, Sign, inverse
from lineclear.domain.diffing.spreading import Part, elements, holds_records, spread
from lineclear.domain.diffing.texts import diff_texts
from lineclear.domain.diffing.totals import Total, totals
from lineclear.domain.diffing.values import ABSENT, Absent, Json, Path, leaves, same
from lineclear.domain.diffing.words import Span, Spans, changed_spans

__all__ = [
    "ABSENT",
    "Absent",
    "AccessChange",
    "AccessDiff",
    "Change",
    "Counts",
    "Cut",
    "Diff",
    "Direction",
    "DoesNotApplyError",
    "Fold",
    "FoldedLines",
    "Hints",
    "Hunk",
    "Json",
    "Kind",
    "Part",
    "Path",
    "Row",
    "Sign",
    "Span",
    "Spans",
    "Standing",
    "Total",
    "Unchanged",
    "apply",
    "changed_spans",
    "diff",
    "diff_access",
    "diff_fields",
    "diff_texts",
    "elements",
    "fold_rows",
    "folded",
    "holds_records",
    "inverse",
    "leaves",
    "same",
    "sections",
    "side_by_side",
    "spread",
    "totals",
    "unified",
    "walk",
]
