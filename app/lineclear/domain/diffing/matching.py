"""Which elements of two lists are the same thing: by key, else by equality, else by likeness. Pure.

The caller compares what is paired, so a poor pairing costs readability, never truth.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Final, NamedTuple

from lineclear.domain.diffing.sequences import Gap, align, gaps, rising
from lineclear.domain.diffing.values import Json

KEYS: Final = (
    "id", "uuid", "key", "name", "line", "line_no", "line_number", "number", "position", "sku", "code", "ref",
    "reference", "email", "slug", "path", "sid", "Sid", "Id", "ID", "Name", "Key",
)  # fmt: skip
"""Field names that tell records apart where they are unique on both sides, most telling first."""

_KEY_TYPES: Final[frozenset[type]] = frozenset({str, int})
_ALIKE: Final = 0.5
_MOST_COMPARISONS: Final = 2_500


class Matching(NamedTuple):
    """`partner` maps a place after to the place before; `moved` are places after that changed their order."""

    partner: Mapping[int, int]
    moved: Collection[int]
    cut: bool = False


POSITIONAL: Final = Matching({}, ())
"""Every element has the same place on both sides."""


def match(before: Sequence[Json], after: Sequence[Json], keys: Sequence[str]) -> Matching:
    """Pair the elements of two lists; `keys` are tried before the usual names."""
    if set(map(type, before)) == {dict} == set(map(type, after)):
        keyed = _by_key(before, after, keys)  # type: ignore[arg-type]  # both hold records only, as just seen
        if keyed is not None:
            return keyed
    return _by_likeness(before, after)


def reading_order(matching: Matching, before: int, after: int) -> Iterator[tuple[int | None, int | None]]:
    """Yield (place before, place after) as a reader meets them: what is gone, what came, what stayed."""
    partner, moved = matching.partner, matching.moved
    taken = set(partner.values())
    stayed = [(i, j) for j, i in sorted(partner.items()) if j not in moved]
    a = b = 0
    for i, j in (*stayed, (before, after)):
        yield from ((gone, None) for gone in range(a, i) if gone not in taken)
        yield from ((partner.get(came), came) for came in range(b, j))
        if i < before:
            yield i, j
        a, b = i + 1, j + 1


def _by_key(
    before: Sequence[dict[str, Json]], after: Sequence[dict[str, Json]], keys: Sequence[str]
) -> Matching | None:
    for key in (*keys, *KEYS):
        if key not in before[0]:
            continue
        old, new = _keys(before, key), _keys(after, key)
        if len(set(old)) < len(before):
            continue
        if old == new:
            return POSITIONAL
        if len(set(new)) == len(after):
            found = {value: place for place, value in enumerate(old)}
            partner = {place: found[value] for place, value in enumerate(new) if value in found}
            if partner:
                return Matching(partner, _moved(partner))
    return None


def record_key(records: Sequence[Json]) -> str | None:
    """The field that tells the records of a list apart; None where there is none or not all are records."""
    found = [record for record in records if isinstance(record, dict)]
    if not found or len(found) < len(records):
        return None
    return next((key for key in KEYS if len(set(_keys(found, key))) == len(found)), None)


def _keys(records: Sequence[dict[str, Json]], key: str) -> list[Hashable]:
    """Return what each record has under a key; nothing where that tells no record from another."""
    try:
        found = list(map(itemgetter(key), records))
    except KeyError:
        return []
    kinds = set(map(type, found))
    if len(kinds) > 1:  # the type belongs to the key: "1" and 1 are different records
        return [*zip(map(type, found), found, strict=True)] if kinds <= _KEY_TYPES else []
    return found if kinds <= _KEY_TYPES else []


def _by_likeness(before: Sequence[Json], after: Sequence[Json]) -> Matching:
    old, new = [_token(value) for value in before], [_token(value) for value in after]
    alignment = align(old, new)
    partner = {block.after + k: block.before + k for block in alignment.blocks for k in range(block.size)}
    open_gaps = list(gaps(alignment.blocks, len(old), len(new)))
    partner |= _elsewhere(old, new, open_gaps)
    taken = set(partner.values())
    for gap in open_gaps:
        left = [place for place in range(gap.a0, gap.a1) if place not in taken]
        right = [place for place in range(gap.b0, gap.b1) if place not in partner]
        partner |= _alike(before, after, left, right)
    return Matching(partner, _moved(partner), alignment.cut)


def _moved(partner: Mapping[int, int]) -> set[int]:
    """Return the fewest places that explain the new order."""
    places = sorted(partner)
    stayed = {places[k] for k in rising([partner[place] for place in places])}
    return set(places) - stayed


def _elsewhere(old: Sequence[Hashable], new: Sequence[Hashable], open_gaps: Sequence[Gap]) -> dict[int, int]:
    """Pair equal elements that left one gap and turned up in another."""
    left: dict[Hashable, list[int]] = defaultdict(list)
    for gap in reversed(open_gaps):
        for place in range(gap.a1 - 1, gap.a0 - 1, -1):
            left[old[place]].append(place)
    return {
        place: left[new[place]].pop()
        for gap in open_gaps
        for place in range(gap.b0, gap.b1)
        if left.get(new[place])
    }


def _alike(
    before: Sequence[Json], after: Sequence[Json], left: Sequence[int], right: Sequence[int]
) -> dict[int, int]:
    """Pair what was probably edited in place, within one gap."""
    if len(left) == len(right) and (
        len(left) == 1 or not any(_is_container(before[place]) for place in left)
    ):
        return dict(zip(right, left, strict=True))
    if len(left) * len(right) > _MOST_COMPARISONS:
        return dict(zip(right, left, strict=True)) if len(left) == len(right) else {}
    old, new = (
        {place: _parts(before[place]) for place in left},
        {place: _parts(after[place]) for place in right},
    )
    scored = sorted(
        (-score, i, j)
        for i, parts in old.items()
        for j, others in new.items()
        if (score := _likeness(parts, others)) >= _ALIKE
    )
    partner: dict[int, int] = {}
    taken: set[int] = set()
    for _, i, j in scored:
        if i not in taken and j not in partner:
            partner[j] = i
            taken.add(i)
    return partner


def _likeness(parts: frozenset[Hashable], others: frozenset[Hashable]) -> float:
    return len(parts & others) / max(len(parts), len(others), 1)


def _parts(value: Json) -> frozenset[Hashable]:
    if isinstance(value, dict):
        return frozenset((name, _token(inner)) for name, inner in value.items())
    if isinstance(value, list):
        return frozenset(map(_token, value))
    return frozenset()


def _is_container(value: Json) -> bool:
    return isinstance(value, dict | list)


def _token(value: Json) -> Hashable:
    """Return what stands for a value in an alignment: the same for the same, else nearly always another."""
    if not _is_container(value):
        return type(value), repr(value) if isinstance(value, float) else value
    try:
        return type(value), repr(value)
    except RecursionError:  # deeper than any reader goes; such elements all count as alike
        return type(value), "…"
