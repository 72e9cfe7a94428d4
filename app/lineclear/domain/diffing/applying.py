"""What a diff says, done to a value; and the diff as a reader meets it. Pure: shares values, changes none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lineclear.domain.diffing.kinds import Kind
from lineclear.domain.diffing.matching import Matching, reading_order
from lineclear.domain.diffing.result import Change, Diff, Sign
from lineclear.domain.diffing.values import ABSENT, Absent, Json, Path, leaves, same


@dataclass(frozen=True, slots=True)
class Unchanged:
    """One leaf that both sides have, with its place on each."""

    before_path: Path
    after_path: Path
    value: Json


@dataclass(frozen=True, slots=True)
class Fold:
    """Unchanged leaves between two changes; a view shows their count, and them on demand."""

    leaves: tuple[Unchanged, ...]


class DoesNotApplyError(ValueError):
    """The value is not the one that this diff starts from."""


@dataclass(slots=True)
class _Node:
    """Changes by place, as a tree. `whole` replaces, adds or removes; `moved` only relocates."""

    inner: dict[str | int, _Node] = field(default_factory=dict)
    whole: Change | None = None
    moved: Change | None = None

    def at(self, path: Path) -> _Node:
        node = self
        for step in path:
            node = node.inner.setdefault(step, _Node())
        return node

    def put(self, path: Path, change: Change) -> None:
        node = self.at(path)
        if change.sign is Sign.MOVED:
            node.moved = change
        else:
            node.whole = change


_NOTHING = _Node()


def apply(diff: Diff, before: Json | Absent) -> Json | Absent:
    """Return `before` with the changes made, from them alone; raises DoesNotApplyError where they do not fit.

    A diff of lines takes and returns the whole text. The order of a record's fields is not part of the value.
    """
    old, new = _trees(diff)
    if diff.kind is Kind.LINES and isinstance(before, str):
        made = _make(list(before.split("\n")), old, new)
        return "\n".join(map(str, made)) if isinstance(made, list) else made
    return _make(before, old, new)


def walk(diff: Diff) -> Iterator[Change | Unchanged]:
    """Yield every change and every unchanged leaf in reading order."""
    old, new = _trees(diff)
    yield from _walk(diff.before, old, new, (), ())


def folded(diff: Diff) -> Iterator[Change | Fold]:
    """Yield every change, and what lies between changes as one fold each. Changes are never folded."""
    run: list[Unchanged] = []
    for step in walk(diff):
        if isinstance(step, Unchanged):
            run.append(step)
            continue
        if run:
            yield Fold(tuple(run))
            run = []
        yield step
    if run:
        yield Fold(tuple(run))


def _trees(diff: Diff) -> tuple[_Node, _Node]:
    old, new = _Node(), _Node()
    for change in diff.changes:
        if change.before_path is not None:
            old.put(change.before_path, change)
        if change.after_path is not None:
            new.put(change.after_path, change)
    return old, new


def _make(value: Json | Absent, old: _Node, new: _Node) -> Json | Absent:
    whole = old.whole or new.whole
    if whole is not None:
        if not same(value, whole.before):
            raise DoesNotApplyError("another value is where the change begins")
        return whole.after
    if isinstance(value, dict):
        return _make_record(value, old, new)
    if isinstance(value, list):
        return _make_list(value, old, new)
    if old.inner or new.inner:
        raise DoesNotApplyError("a record or list is expected where there is none")
    return value


def _make_record(value: dict[str, Json], old: _Node, new: _Node) -> Json:
    if not old.inner and not new.inner:
        return value
    made: dict[str, Json] = {}
    for name in {**value, **_names(old), **_names(new)}:
        inner = value.get(name, ABSENT)
        result = _make(inner, old.inner.get(name, _NOTHING), new.inner.get(name, _NOTHING))
        if not isinstance(result, Absent):
            made[name] = result
    return made


def _names(node: _Node) -> dict[str, None]:
    names = {step: None for step in node.inner if isinstance(step, str)}
    if len(names) < len(node.inner):
        raise DoesNotApplyError("a list is expected where there is a record")
    return names


def _make_list(value: list[Json], old: _Node, new: _Node) -> Json:
    if not old.inner and not new.inner:
        return value
    made: list[Json] = []
    for i, j in _order(len(value), old, new):
        inner = ABSENT if i is None else value[i]
        result = _make(inner, _at(old, i), _at(new, j))
        if not isinstance(result, Absent):
            made.append(result)
    return made


def _at(node: _Node, place: int | None) -> _Node:
    return _NOTHING if place is None else node.inner.get(place, _NOTHING)


def _order(length: int, old: _Node, new: _Node) -> Iterator[tuple[int | None, int | None]]:
    """Yield the places of a list on both sides, from what was removed, added and moved."""
    gone = {i for i, node in old.inner.items() if node.whole is not None and node.whole.sign is Sign.REMOVED}
    came = {j for j, node in new.inner.items() if node.whole is not None and node.whole.sign is Sign.ADDED}
    moved = {
        _place(j): _last(node.moved.before_path) for j, node in new.inner.items() if node.moved is not None
    }
    size = length - len(gone) + len(came)
    sources = set(moved.values())
    if any(_place(i) >= length for i in old.inner):
        raise DoesNotApplyError("a list is too short")
    stay = (i for i in range(length) if i not in gone and i not in sources)
    slots = (j for j in range(size) if j not in came and j not in moved)
    try:
        partner = dict(zip(slots, stay, strict=True))
    except ValueError as error:
        raise DoesNotApplyError("a list has another length") from error
    partner |= moved
    return reading_order(Matching(partner, frozenset(moved)), length, size)


def _last(path: Path | None) -> int:
    return _place(path[-1] if path else "")


def _place(step: str | int) -> int:
    if not isinstance(step, int):
        raise DoesNotApplyError("only elements of lists move")
    return step


def _walk(
    value: Json | Absent, old: _Node, new: _Node, before_path: Path, after_path: Path
) -> Iterator[Change | Unchanged]:
    if new.moved is not None:
        yield new.moved
    whole = old.whole or new.whole
    if whole is not None:
        yield whole
    elif not old.inner and not new.inner:
        skip = len(before_path)
        for path, leaf in leaves(value, before_path):
            yield Unchanged(path, after_path + path[skip:], leaf)
    elif isinstance(value, dict):
        yield from _walk_record(value, old, new, before_path, after_path)
    elif isinstance(value, list):
        yield from _walk_list(value, old, new, before_path, after_path)


def _walk_record(
    value: dict[str, Json], old: _Node, new: _Node, before_path: Path, after_path: Path
) -> Iterator[Change | Unchanged]:
    for name, inner in value.items():
        nodes = old.inner.get(name, _NOTHING), new.inner.get(name, _NOTHING)
        yield from _walk(inner, *nodes, (*before_path, name), (*after_path, name))
    for step, node in new.inner.items():
        if step not in value and node.whole is not None:
            yield node.whole


def _walk_list(
    value: list[Json], old: _Node, new: _Node, before_path: Path, after_path: Path
) -> Iterator[Change | Unchanged]:
    for i, j in _order(len(value), old, new):
        inner = ABSENT if i is None else value[i]
        yield from _walk(inner, _at(old, i), _at(new, j), (*before_path, i or 0), (*after_path, j or 0))
