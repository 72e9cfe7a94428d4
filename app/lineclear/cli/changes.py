"""What would change as rows for a terminal: fields, lines of text and code, access in words. Pure.

Every leaf of both sides is in a row: changed, or unchanged and counted; nothing is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
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
    Direction,
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
    holds_records,
    leaves,
    sections,
    spread,
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
    for part in chain.from_iterable(map(spread, compared.changes)):
        yield from _heading(part.change) if part.is_heading else _change(part.change)


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


def _heading(change: Change) -> Iterator[Row]:
    """Over the leaves of a record or list that came or went; they have rows of their own."""
    type_changes = " (its type changes)" if change.kind is Kind.TYPE else ""
    yield Row(f"{_SIGNS[change.sign]} ", words(path_text(change.path) + type_changes))
    if change.sign is not Sign.ADDED:
        yield from rows_of(f"{_INDENT}- ", _held(change.before), REMOVED)
    if change.sign is not Sign.REMOVED:
        yield from rows_of(f"{_INDENT}+ ", _held(change.after), ADDED)


def _held(value: Comparable | Absent) -> str:
    """What stands in for a value; in brackets of its kind, and no JSON, so that no value reads like it."""
    if not holds_records(value) or not isinstance(value, dict | list):
        return literal(value)
    count, what = len(value), "field" if isinstance(value, dict) else "element"
    said = f"{count:,} {what}{'' if count == 1 else 's'}"
    return f"{{{said}}}" if isinstance(value, dict) else f"[{said}]"


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
        old, new = before.get(path, ABSENT), after.get(path, ABSENT)
        compared = _file(old, new)
        counts.append(compared.counts())
        if compared.is_empty:
            unchanged.append(Row("= ", words(path, QUIET)))
        elif isinstance(old, Absent) and isinstance(new, str):
            rows += [Row("+ ", words(path)), *_lines(f"{_INDENT}+ ", new, ADDED)]
        elif isinstance(new, Absent) and isinstance(old, str):
            rows += [Row("- ", words(path)), *_lines(f"{_INDENT}- ", old, REMOVED)]
        else:
            rows += [Row("~ ", words(path)), *_changed(compared)]
    return Changes(_said(Counts(*map(sum, zip(*counts, strict=True)))), tuple(rows), tuple(unchanged))


def _lines(lead: str, text: str, style: str) -> Iterator[Row]:
    for line in text.split("\n"):
        yield from rows_of(lead, line, style)


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
    """Who gains and who loses what, for each list of statements; the raw ones follow."""
    rows: list[Row] = []
    old, new = _statements(before), _statements(after)
    for name in sorted(old.keys() | new.keys()):
        compared = diff_access(old.get(name, []), new.get(name, []))
        rows += [Row("> ", words(_access_text(change))) for change in compared.changes]
        if not compared.complete:
            rows.append(Row("! ", words("Not all statements could be read: judge by the raw ones below.")))
    return rows


def _statements(state: Json) -> dict[str, list[Comparable]]:
    """The lists of statements in a state, by name; a state may be such a list itself."""
    named = state if isinstance(state, dict) else {"": state}
    return {name: cast("list[Comparable]", value) for name, value in named.items() if isinstance(value, list)}


def _access_text(change: AccessChange) -> str:
    everyone = " (everyone)" if change.concerns_everyone else ""
    verb = "keeps" if change.direction is Direction.REBINDS else change.direction.value
    text = f"{change.principal}{everyone} {verb} {', '.join(change.actions)} on {change.resource}"
    came = change.direction is Direction.LOSES
    by_denial = f", by a denial that {'came' if came else 'went'}" if change.denial else ""
    return text + _conditions(change) + by_denial + _STANDINGS[change.standing]


def _conditions(change: AccessChange) -> str:
    before, after = change.condition_before, change.condition_after
    was = f", until now on condition {before}" if before else ""
    if change.direction is Direction.LOSES:
        return was + (f", but on condition {after}" if after else "")
    return (f", on condition {after}" if after else "") + was
