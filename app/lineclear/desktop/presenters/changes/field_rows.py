"""A comparison field by field as rows: what changed, what stayed, what it sums up to. Pure: free of Qt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import partial
from itertools import chain
from typing import NamedTuple

from lineclear.desktop.presenters.changes.alike import Alike, find_alike, member_changes, members_rows
from lineclear.desktop.presenters.changes.batches import RECORDS, batch_of, record_of
from lineclear.desktop.presenters.changes.glossing import Glosses
from lineclear.desktop.presenters.changes.origins import NO_ORIGINS, Origins
from lineclear.desktop.presenters.changes.records import Names
from lineclear.desktop.presenters.changes.rows import Item, Rows
from lineclear.desktop.presenters.changes.values import path_text, row, value_of, value_text, written
from lineclear.desktop.presenters.sheets import ChangeRow, Group, Sign, Value, text_of
from lineclear.domain.diffing.applying import Unchanged, walk
from lineclear.domain.diffing.kinds import Kind, kind_of
from lineclear.domain.diffing.result import Change, Diff
from lineclear.domain.diffing.result import Sign as Happened
from lineclear.domain.diffing.spreading import Part, elements, holds_records, spread
from lineclear.domain.diffing.totals import totals
from lineclear.domain.diffing.values import Absent, Path
from lineclear.domain.diffing.values import Json as Comparable
from lineclear.domain.diffing.words import Span
from lineclear.domain.text import paintable
from lineclear.domain.wording import marked, marked_n, say, say_n

_SIGNS = {
    Happened.ADDED: Sign.ADDED,
    Happened.CHANGED: Sign.CHANGED,
    Happened.MOVED: Sign.CHANGED,
    Happened.REMOVED: Sign.REMOVED,
}
_LARGE = 2_000
_ONLY = {
    Sign.CHANGED: marked_n("{count:,} field changed", "{count:,} fields changed"),
    Sign.ADDED: marked_n("{count:,} field added", "{count:,} fields added"),
    Sign.REMOVED: marked_n("{count:,} field removed", "{count:,} fields removed"),
}
"""How a number of fields is said where nothing else happened."""
_RECORDS = {_SIGNS[happened]: words for happened, words in RECORDS.items()}
_AMONG = {
    Sign.CHANGED: marked("{count:,} changed"),
    Sign.ADDED: marked("{count:,} added"),
    Sign.REMOVED: marked("{count:,} removed"),
}


class Found(NamedTuple):
    """Changed and unchanged rows, how much changed in a few words, and how the records of lists fare."""

    changed: list[Item]
    unchanged: list[Item]
    said: str
    batch: str
    groups: tuple[Group, ...]


def field_rows(compared: Diff, origins: Origins = NO_ORIGINS, now: datetime | None = None) -> Found:
    """The rows of a comparison. What is the same in many records is said once, with all their names.

    `now` is when the reader looks, in their zone; without it no time is said in their format.
    """
    made = _Rows(compared, origins, now)
    changed, unchanged = made.rows()
    return Found([*changed, *made.totals()], unchanged, made.summary(), made.batch.words, tuple(made.groups))


class _Rows:
    """One comparison; its places are named by either side's records."""

    def __init__(self, compared: Diff, origins: Origins, now: datetime | None) -> None:
        self._compared = compared
        self._was, self._is = Glosses(compared.before, now), Glosses(compared.after, now)
        self._origins = origins
        self._old, self._new = Names(compared.before), Names(compared.after)
        self._groups = find_alike(compared.changes)
        self.batch = batch_of(compared)
        self.groups: list[Group] = []
        self._opened: set[Path] = set()
        self._grouped = {id(change): group for group in self._groups for change in group.changes}

    def rows(self) -> tuple[list[Item], list[Item]]:
        """Changed and unchanged ones."""
        changed: list[Item] = []
        unchanged: list[Item] = []
        members = dict(members_rows(self._groups, self._new))
        for step in walk(self._compared):
            if isinstance(step, Unchanged):
                unchanged.append(partial(self._same, step))
            elif (group := self._grouped.get(id(step))) is None:
                changed += map(self._item, spread(step))
            elif step is group.changes[0]:
                told = members.pop(group.members, None)
                changed += [self._opening(told, group, len(changed))] if told is not None else []
                changed.append(self._field(step, group.name(self._new)))
        return changed, unchanged

    def _item(self, part: Part) -> Item:
        is_large = not part.is_heading and any(map(_is_large, (part.change.before, part.change.after)))
        return self._part(part) if is_large else partial(self._part, part)

    def _opening(self, told: ChangeRow, group: Alike, at: int) -> ChangeRow:
        """The row of records that change alike; it opens those of them that no row above opens."""
        each = [member for member in group.members if member not in self._opened]
        self._opened.update(each)
        if not each:
            return replace(told, opens="")
        found = member_changes(self._groups, each)
        self.groups.append(Group(told.opens, at, Rows([partial(self._part, Part(one)) for one in found])))
        return told

    def summary(self) -> str:
        """How much changes; by records where all that changes does so alike."""
        changes, groups = self._compared.changes, self._groups
        if groups and sum(len(group.changes) for group in groups) == len(changes):
            records = len({member for group in groups for member in group.members})
            return say(
                "{fields} in each of {records}",
                fields=say_n("{count:,} field", "{count:,} fields", len(groups)),
                records=say_n("{count:,} record", "{count:,} records", records),
            )
        changes = tuple(chain.from_iterable(map(elements, changes)))
        if not self.batch.words or any(record_of(change.path) is None for change in changes):
            return _summary(changes)
        if all(map(_is_record, changes)):
            return self.batch.words
        fields = _said([_SIGNS[change.sign] for change in changes], _ONLY)
        several = say_n("{count:,} record", "{count:,} records", self.batch.records)
        return say("{fields} in {records}", fields=fields, records=several)

    def totals(self) -> Iterator[ChangeRow]:
        """What the columns of changed line items sum up to; derived, and said to be."""
        for total in totals(self._compared):
            if total.before != total.after:
                field = say("{path} · sum of {column}", path=self._new.path(total.path), column=total.column)
                sign = Sign.ADDED if total.before is None else Sign.REMOVED if total.after is None else None
                yield row(sign or Sign.CHANGED, field, _sum(total.before), _sum(total.after))

    def _same(self, step: Unchanged) -> ChangeRow:
        kind = kind_of(step.after_path, step.value, step.value, {})
        gloss = self._is.of(step.after_path, step.value, kind)
        value = value_of(value_text(step.value, kind), (), mono=kind is not Kind.TEXT, gloss=gloss)
        made = row(Sign.SAME, self._new.path(step.after_path), value, value)
        return self._with_origin(made, step.after_path)

    def _with_origin(self, made: ChangeRow, path: Path | None) -> ChangeRow:
        """Where it came from, if its agent said so: also in words, for a screen reader."""
        origin = self._origins.of(path) if path is not None else None
        if origin is None:
            return made
        return replace(
            made, origin=origin, spoken=say("{row}, from {step}", row=made.spoken, step=origin.step)
        )

    def _part(self, part: Part) -> ChangeRow:
        change = part.change
        if change.sign is Happened.MOVED:
            places = (change.before_path, change.after_path)
            old, new = (value_of(path_text(path or ()), ()) for path in places)
            return row(Sign.CHANGED, say("{path} (moved)", path=self._new.path(change.path)), old, new)
        names = self._new if change.after_path is not None else self._old
        made = self._heading(part, names) if part.is_heading else self._field(change, names.path(change.path))
        made = _below(self._with_origin(made, change.after_path), part, names)
        record = record_of(change.path)
        return replace(made, record=names.path(record)) if record is not None else made

    def _heading(self, part: Part, names: Names) -> ChangeRow:
        """Over the leaves of a record or list: how much there is to it."""
        change = part.change
        old, new = (_held(side, change) for side in (change.before, change.after))
        return row(_SIGNS[change.sign], _typed(names.path(change.path), change), old, new)

    def _field(self, change: Change, name: str) -> ChangeRow:
        was = self._was.of(change.before_path or (), change.before, change.kind)
        becomes = self._is.of(change.after_path or (), change.after, change.kind)
        made = _change(change, name)
        if not was and not becomes:
            return made
        return replace(made, before=_glossed(made.before, was), after=_glossed(made.after, becomes))


def _summary(changes: Iterable[Change]) -> str:
    """How many fields and how many records of lists."""
    signs: dict[bool, list[Sign]] = {False: [], True: []}
    for change in changes:
        is_record = any(isinstance(side, dict) for side in (change.before, change.after))
        signs[is_record and _is_record(change)].append(_SIGNS[change.sign])
    parts = (_said(found, _RECORDS if is_record else _ONLY) for is_record, found in signs.items() if found)
    return ", ".join(parts) or say("Nothing")


def _said(signs: Sequence[Sign], only: Mapping[Sign, tuple[str, str]]) -> str:
    counts = {sign: signs.count(sign) for sign in only if sign in signs}
    if len(counts) == 1 or only is _RECORDS:
        return ", ".join(say_n(*only[sign], number) for sign, number in counts.items())
    return ", ".join(say(_AMONG[sign], count=number) for sign, number in counts.items())


def _below(made: ChangeRow, part: Part, names: Names) -> ChangeRow:
    """A row as it stands under its heading: one step in, without what that has said of its name."""
    if part.above is None:
        return made
    above, name = paintable(names.path(part.above)).text if part.above else "", text_of(made.field)
    told = len(above) if name.startswith(above) else 0
    told += bool(told and name.startswith(".", told))
    return replace(made, depth=part.depth, told=told)


def _held(value: Comparable | Absent, change: Change) -> Value | None:
    """One side of a heading; no stored value reads like what is said of it, in brackets of its own kind."""
    if isinstance(value, Absent) or not holds_records(value):
        return _side(value, None, change)
    if isinstance(value, dict):
        said = say_n("{count:,} field", "{count:,} fields", len(value))
        return value_of(f"{{{said}}}", (), mono=False)
    records = isinstance(value, list) and all(isinstance(one, dict) for one in value)
    count = len(value) if isinstance(value, list) else 0
    said = (
        say_n("{count:,} record", "{count:,} records", count)
        if records
        else say_n("{count:,} element", "{count:,} elements", count)
    )
    return value_of(f"[{said}]", (), mono=False)


def _is_large(value: Comparable | Absent) -> bool:
    """Whether a row of it takes long to make: longer than a frame may."""
    return isinstance(value, (dict, list)) or (isinstance(value, str) and len(value) > _LARGE)


def _sum(amount: Decimal | None) -> Value | None:
    if amount is None:
        return None
    text = f"{amount:,f}"
    return value_of(text, (Span(0, len(text)),))


def _is_record(change: Change) -> bool:
    """Whether it is about a record of a list as a whole."""
    return record_of(change.path) == change.path


def _glossed(value: Value | None, gloss: str) -> Value | None:
    return replace(value, gloss=gloss) if value is not None and gloss else value


def _change(change: Change, name: str) -> ChangeRow:
    """Inside a text, what differs is marked; an amount is another as a whole, whatever it shares."""
    spans = change.spans()
    inside = change.kind is not Kind.MONEY and bool(spans.before or spans.after)
    old = _side(change.before, spans.before if inside else None, change)
    new = _side(change.after, spans.after if inside else None, change)
    return row(_SIGNS[change.sign], _typed(name, change), old, new, change.flags())


def _typed(name: str, change: Change) -> str:
    return name + (say(" (type changes)") if change.kind is Kind.TYPE else "")


def _side(value: Comparable | Absent, spans: Iterable[Span] | None, change: Change) -> Value | None:
    """One side of a change; marked as a whole where no spans tell what changed inside."""
    if isinstance(value, Absent):
        return None
    text = written(value) if change.kind is Kind.TYPE else value_text(value, change.kind)
    marked = spans if spans is not None and text == value else (Span(0, len(text)),)
    return value_of(text, marked, mono=change.kind is not Kind.TEXT)
