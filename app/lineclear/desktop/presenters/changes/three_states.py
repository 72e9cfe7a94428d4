"""What an action changed and what became of it since, side by side: why no undo. Pure: free of Qt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from lineclear.desktop.presenters.changes.records import Names
from lineclear.desktop.presenters.changes.values import row_of_three, value_of, value_text
from lineclear.desktop.presenters.sheets import ChangeRow, ChangesSheet, Sign, Value
from lineclear.domain.diffing.entry import diff
from lineclear.domain.diffing.kinds import Kind
from lineclear.domain.diffing.result import Change
from lineclear.domain.diffing.result import Sign as Happened
from lineclear.domain.diffing.texts import diff_texts
from lineclear.domain.diffing.values import ABSENT, Absent, Path, same
from lineclear.domain.diffing.values import Json as Comparable
from lineclear.domain.diffing.words import Span
from lineclear.domain.effects import Effect, Preview, Shape
from lineclear.domain.strict_json import Json
from lineclear.domain.text import paintable
from lineclear.domain.wording import marked, say

type Side = Comparable | Absent

_INSIDE = marked("changed inside, see below")


@dataclass(frozen=True, slots=True)
class _Step:
    """One change between two of the three states; `place` is where it stands in what the action made."""

    place: tuple[bool, Path]
    field: str
    before: Side
    after: Side
    kind: Kind


def three_states(effect: Effect, preview: Preview) -> ChangesSheet:
    """Each place that the action or somebody since has changed: before, made, now."""
    by_action = {one.place: one for one in _steps(effect.before, effect.after, preview.shape, is_first=True)}
    since = {one.place: one for one in _steps(effect.after, preview.before, preview.shape, is_first=False)}
    rows = [_of_action(one, since) for one in by_action.values()]
    rows += [_only_since(one) for place, one in since.items() if place not in by_action]
    rows.sort(key=lambda made: made.sign is not Sign.CONFLICT)
    target = f"{preview.target.kind} {preview.target.id}"
    return ChangesSheet(
        paintable(say("What became of {target}", target=target)),
        tuple(rows),
        before_title=say("Before the action"),
        after_title=say("What it made"),
        now_title=say("Now"),
    )


def _steps(old: Json, new: Json, shape: Shape, *, is_first: bool) -> Iterator[_Step]:
    """The changes between two states; `is_first` where the second of them is what the action made."""
    made_names, other_names = map(_names, (new, old) if is_first else (old, new))
    for prefix, change in _changes(old, new, shape):
        if change.sign is Happened.MOVED:
            continue
        made = change.after_path if is_first else change.before_path
        # What is not in the state that the action made is placed by the other side, among its like.
        place = (made is not None, prefix + (made if made is not None else change.path))
        kind = Kind.LINES if shape is Shape.CODE else change.kind
        names = made_names if made is not None else other_names
        yield _Step(place, _field(prefix, change.path, kind, names), change.before, change.after, kind)


def _names(state: Json) -> Names:
    return Names(cast("Comparable", state))


def _field(prefix: Path, path: Path, kind: Kind, names: Names) -> str:
    """A path with records by what they are called; in code, the file with the line as people count."""
    if kind is Kind.LINES and len(path) == 1:
        return f"{prefix[0]}:{int(path[0]) + 1}" if prefix else str(path[0])
    return names.path(path)


def _changes(old: Json, new: Json, shape: Shape) -> Iterator[tuple[Path, Change]]:
    if shape is not Shape.CODE or not isinstance(old, dict) or not isinstance(new, dict):
        compared = diff(cast("Comparable", old), cast("Comparable", new))
        yield from (((), change) for change in compared.changes)
        return
    for file in sorted(old.keys() | new.keys()):
        was, becomes = old.get(file), new.get(file)
        if isinstance(was, str) and isinstance(becomes, str):
            yield from (((file,), change) for change in diff_texts(was, becomes).changes)
        elif was != becomes:
            yield (), _whole(file, was, becomes)


def _whole(file: str, was: Json, becomes: Json) -> Change:
    """A file that is there on one side only."""
    sign = Happened.ADDED if was is None else Happened.REMOVED
    before = ABSENT if was is None else cast("Comparable", was)
    after = ABSENT if becomes is None else cast("Comparable", becomes)
    return Change(
        sign, None if was is None else (file,), (file,) if becomes else None, before, after, Kind.TEXT
    )


def _of_action(made: _Step, since: Mapping[tuple[bool, Path], _Step]) -> ChangeRow:
    then = since.get(made.place)
    if then is not None:
        is_back = same(then.after, made.before)
        sign = Sign.CHANGED if is_back else Sign.CONFLICT
        return _row(sign, made, _value(then.after, made.kind, is_changed=True))
    if any(_is_within(place, made.place) for place in since):
        return _row(Sign.CONFLICT, made, value_of(say(_INSIDE), (), mono=False))
    around = next((one for place, one in since.items() if _is_within(made.place, place)), None)
    if around is not None:
        left = _inner(around.after, made.place[1][len(around.place[1]) :])
        return _row(Sign.CONFLICT, made, _value(left, made.kind, is_changed=True))
    return _row(Sign.CHANGED, made, _value(made.after, made.kind, is_changed=False))


def _only_since(then: _Step) -> ChangeRow:
    """The action left it alone; an undo would too."""
    stood = _value(then.before, then.kind, is_changed=False)
    now = _value(then.after, then.kind, is_changed=True)
    return row_of_three(Sign.SAME, say("{field} (changed since)", field=then.field), stood, stood, now)


def _row(sign: Sign, made: _Step, now: Value | None) -> ChangeRow:
    before = _value(made.before, made.kind, is_changed=True)
    after = _value(made.after, made.kind, is_changed=True)
    return row_of_three(sign, made.field, before, after, now)


def _value(value: Side, kind: Kind, *, is_changed: bool) -> Value | None:
    if isinstance(value, Absent):
        return None
    text = value if kind is Kind.LINES and isinstance(value, str) else value_text(value, kind)
    return value_of(text, (Span(0, len(text)),) if is_changed else (), mono=kind is not Kind.TEXT)


def _is_within(inner: tuple[bool, Path], outer: tuple[bool, Path]) -> bool:
    longer = len(inner[1]) > len(outer[1])
    return longer and inner[0] == outer[0] and inner[1][: len(outer[1])] == outer[1]


def _inner(value: Side, path: Path) -> Side:
    """What stands at a path inside a value; ABSENT where nothing does."""
    for step in path:
        match value, step:
            case dict(record), str(name) if name in record:
                value = record[name]
            case list(items), int(at) if at < len(items):
                value = items[at]
            case _:
                return ABSENT
    return value
