"""What would change as rows for a terminal: fields, lines of text and code, access in words. Pure.

Every leaf of both sides is in a row: changed, or unchanged and counted; nothing is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, cast

from lineclear.cli.rendering import ADDED, QUIET, REMOVED, Row, flag_words, literal, rows_of, words
from lineclear.domain.diffing import (
    ABSENT,
    Absent,
    AccessChange,
    Change,
    Counts,
    Cut,
    Diff,
    FoldedLines,
    Kind,
    Path,
    Sign,
    Span,
    Standing,
    Unchanged,
    diff,
    diff_access,
    diff_texts,
    leaves,
    sections,
    unified,
    walk,
)
from lineclear.domain.diffing import Json as Comparable
from lineclear.domain.effects import Shape
from lineclear.domain.strict_json import Json

_SIGNS: Final = {Sign.ADDED: "+", Sign.CHANGED: "~", Sign.MOVED: "~", Sign.REMOVED: "-"}
_INDENT: Final = "    "
_NAME: Final = re.compile(r"[\w-]+")
_CUTS: Final = {
    Cut.DEEP: "Nested deeper than is compared field by field: what lies below is shown as one value.",
    Cut.LARGE: "Too much changed to compare closely: more may show as changed than need be.",
}
_STANDINGS: Final = {
    Standing.EFFECTIVE: "",
    Standing.COVERED: " (another statement does the same, so nothing changes in effect)",
    Standing.DENIED: " (a denial stands against it)",
}


@dataclass(frozen=True, slots=True)
class Changes:
    """A comparison for people: `said` in a few words, then what changes, then what stays."""

    said: str
    rows: tuple[Row, ...]
    unchanged: tuple[Row, ...]


def compare(before: Json, after: Json, shape: str) -> Changes:
    """Compare two stored states in the way that suits their shape."""
    if shape == Shape.CODE and isinstance(before, dict) and isinstance(after, dict):
        return _code(before, after)
    rows = _access(before, after) if shape == Shape.ACCESS else []
    compared = diff(cast("Comparable", before), cast("Comparable", after))
    return Changes(_said(compared.counts()), (*rows, *_changed(compared)), tuple(_unchanged(compared)))


def payload_rows(payload: Json) -> Iterator[Row]:
    """Every leaf of a payload, in reading order."""
    for path, value in leaves(cast("Comparable", payload)):
        yield from rows_of(_INDENT, f"{path_text(path)}: {literal(value)}")


def path_text(path: Path) -> str:
    """A path as people write it, `refunds[0].amount`; unusual names in quotes, so that no two read alike."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            name = step if _NAME.fullmatch(step) else literal(step)
            text += f".{name}" if text else name
    return text or "(all)"


def _said(counts: Counts) -> str:
    named = (
        (counts.changed, "changed"),
        (counts.added, "added"),
        (counts.removed, "removed"),
        (counts.moved, "moved"),
    )
    return ", ".join(f"{number:,} {name}" for number, name in named if number) or "Nothing"


def _changed(compared: Diff) -> Iterator[Row]:
    yield from (Row("! ", words(_CUTS[cut])) for cut in Cut if cut in compared.cuts)
    if compared.kind is Kind.LINES and isinstance(compared.before, list):
        yield from _hunks(compared)
        return
    for change in compared.changes:
        yield from _change(change)


def _unchanged(compared: Diff) -> Iterator[Row]:
    for step in walk(compared):
        if isinstance(step, Unchanged):
            yield from rows_of("= ", f"{path_text(step.after_path)}: {literal(step.value)}", QUIET)


def _change(change: Change) -> Iterator[Row]:
    where = path_text(change.path)
    if change.sign is Sign.MOVED:
        yield Row("~ ", words(f"{where} (moved from {path_text(change.before_path or ())})"))
        return
    type_changes = " (its type changes)" if change.kind is Kind.TYPE else ""
    yield Row(f"{_SIGNS[change.sign]} ", words(where + type_changes))
    flags = flag_words(change.flags())
    if flags:
        yield Row(f"{_INDENT}! ", words(f"Look twice: {flags}"))
    if change.kind is Kind.LINES and isinstance(change.before, str) and isinstance(change.after, str):
        yield from _hunks(diff_texts(change.before, change.after))
    else:
        yield from _sides(change)


def _sides(change: Change) -> Iterator[Row]:
    spans = change.spans()
    if change.sign is not Sign.ADDED:
        yield from rows_of(f"{_INDENT}- ", literal(change.before), REMOVED, _quoted(spans.before))
    if change.sign is not Sign.REMOVED:
        yield from rows_of(f"{_INDENT}+ ", literal(change.after), ADDED, _quoted(spans.after))


def _quoted(spans: Iterable[Span]) -> Iterator[Span]:
    """Spans of a text, as places in its literal, which begins with a quote."""
    return (Span(span.start + 1, span.end + 1) for span in spans)


# -- texts and code ----------------------------------------------------------------------------------


def _code(before: Mapping[str, Json], after: Mapping[str, Json]) -> Changes:
    """Files by path; what is no text on both sides is compared as one value."""
    rows: list[Row] = []
    unchanged: list[Row] = []
    counts = [Counts(0, 0, 0, 0, 0)]
    for path in sorted(before.keys() | after.keys()):
        compared = _file(before.get(path, ABSENT), after.get(path, ABSENT))
        counts.append(compared.counts())
        if compared.is_empty:
            unchanged.append(Row("= ", words(path, QUIET)))
        else:
            rows += [Row("~ ", words(path)), *_changed(compared)]
    return Changes(_said(Counts(*map(sum, zip(*counts, strict=True)))), tuple(rows), tuple(unchanged))


def _file(before: Json | Absent, after: Json | Absent) -> Diff:
    if isinstance(before, str) and isinstance(after, str):
        return diff_texts(before, after)
    return diff(cast("Comparable", before), cast("Comparable", after))


def _hunks(compared: Diff) -> Iterator[Row]:
    """Changed lines with three equal ones around them, and how many lie between."""
    for section in sections(compared):
        if isinstance(section, FoldedLines):
            yield Row(_INDENT, words(f"= {section.count:,} equal lines", QUIET))
            continue
        yield Row(_INDENT, words(section.heading, QUIET))
        for row in unified(compared, section):
            spans = row.change.spans() if row.change is not None else None
            if row.after_line is None:
                marked = spans.before if spans else ()
                yield from rows_of(f"{_INDENT}- ", row.before, REMOVED, marked)
            elif row.before_line is None:
                marked = spans.after if spans else ()
                yield from rows_of(f"{_INDENT}+ ", row.after, ADDED, marked)
            else:
                yield from rows_of(f"{_INDENT}  ", row.after)


# -- access ----------------------------------------------------------------------------------------------


def _access(before: Json, after: Json) -> list[Row]:
    """Who gains and who loses what, where both sides are lists of statements; the raw ones follow."""
    if not isinstance(before, list) or not isinstance(after, list):
        return []
    compared = diff_access(cast("list[Comparable]", before), cast("list[Comparable]", after))
    rows = [Row("> ", words(_access_text(change))) for change in compared.changes]
    if not compared.complete:
        rows.append(Row("! ", words("Not all statements could be read: judge by the raw ones below.")))
    return rows


def _access_text(change: AccessChange) -> str:
    text = f"{change.principal} {change.direction} {', '.join(change.actions)} on {change.resource}"
    if change.condition_before != change.condition_after:
        text += f", condition {change.condition_before or 'none'} becomes {change.condition_after or 'none'}"
    elif change.condition_after:
        text += f", on condition {change.condition_after}"
    everyone = " (everyone)" if change.concerns_everyone else ""
    by_denial = " by a denial" if change.denial else ""
    return text + everyone + by_denial + _STANDINGS[change.standing]
