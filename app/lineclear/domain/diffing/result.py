"""The one result of every comparison: changes with paths and values, exact enough to apply. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

import msgspec

from lineclear.domain.diffing.kinds import Kind
from lineclear.domain.diffing.values import Absent, Json, Path, count_leaves
from lineclear.domain.diffing.words import Spans, changed_spans
from lineclear.domain.text import CHUNK, TextFlag, identifier_flags, looks_like


class Sign(StrEnum):
    """What happened to a value; a view puts a sign beside every colour."""

    ADDED = "added"
    CHANGED = "changed"
    MOVED = "moved"
    REMOVED = "removed"


class Cut(StrEnum):
    """Why a comparison looked less closely than it could. The result is still exact; views say it aloud."""

    DEEP = "deep"
    """Nested beyond `fields.DEEPEST`: what lies below is compared as one value."""
    LARGE = "large"
    """Too much changed at once: compared in windows, so more may show as changed than need be."""


class Change(msgspec.Struct, frozen=True, gc=False):
    """One row. What was added, removed or changed may be a whole record or list; see `values.leaves`.

    Paths are per side, as insertions shift what follows: `before_path` is None for what was added and
    `after_path` for what was removed. A move says nothing of the value; changes inside have rows after it.
    """

    sign: Sign
    before_path: Path | None
    after_path: Path | None
    before: Json | Absent
    after: Json | Absent
    kind: Kind

    @property
    def path(self) -> Path:
        """Where a reader finds it: the place after the change, or the place before for what is gone."""
        return self.after_path if self.after_path is not None else self.before_path or ()

    def spans(self) -> Spans:
        """Return the changed characters of two texts; none where a side is no text. Computed at each call."""
        if isinstance(self.before, str) and isinstance(self.after, str):
            return changed_spans(self.before, self.after)
        return Spans((), ())

    def flags(self) -> frozenset[TextFlag]:
        """Return what is suspicious about the texts as names, hosts or amounts, and about their likeness."""
        texts = [value for value in (self.before, self.after) if isinstance(value, str)]
        found = frozenset[TextFlag]().union(*map(identifier_flags, texts))
        if len(texts) > 1 and max(map(len, texts)) <= CHUNK and looks_like(*texts):
            return found | {TextFlag.CONFUSABLE}
        return found


class Counts(NamedTuple):
    """Rows by sign; `unchanged` counts leaves (lines, for a text)."""

    added: int
    removed: int
    changed: int
    moved: int
    unchanged: int


class Diff(msgspec.Struct, frozen=True):
    """A comparison of two values, or of two texts by line (`Kind.LINES`; the sides are then lists of lines).

    `changes` come in the order in which a reader meets them. Every leaf of either side is in a change or
    counted in `unchanged`. Values are shared with the input, never copied: treat them as frozen.
    """

    kind: Kind
    before: Json | Absent
    after: Json | Absent
    changes: tuple[Change, ...]
    cuts: frozenset[Cut] = frozenset()

    @property
    def complete(self) -> bool:
        """Whether everything was compared as closely as can be; if not, `cuts` holds the reasons."""
        return not self.cuts

    @property
    def unchanged(self) -> int:
        """How many leaves both sides have (lines, for a text). Counted at each call."""
        replaced = sum(
            count_leaves(change.before) for change in self.changes if change.sign is not Sign.MOVED
        )
        return count_leaves(self.before) - replaced

    @property
    def is_empty(self) -> bool:
        return not self.changes

    def counts(self) -> Counts:
        signs = [change.sign for change in self.changes]
        return Counts(
            added=signs.count(Sign.ADDED),
            removed=signs.count(Sign.REMOVED),
            changed=signs.count(Sign.CHANGED),
            moved=signs.count(Sign.MOVED),
            unchanged=self.unchanged,
        )


def inverse(diff: Diff) -> Diff:
    """Return the diff that leads back."""
    return Diff(
        kind=diff.kind,
        before=diff.after,
        after=diff.before,
        changes=tuple(map(_inverted, diff.changes)),
        cuts=diff.cuts,
    )


def _inverted(change: Change) -> Change:
    return Change(
        sign=_OPPOSITE.get(change.sign, change.sign),
        before_path=change.after_path,
        after_path=change.before_path,
        before=change.after,
        after=change.before,
        kind=change.kind,
    )


_OPPOSITE = {Sign.ADDED: Sign.REMOVED, Sign.REMOVED: Sign.ADDED}
