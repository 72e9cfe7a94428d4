"""Gaps between equal lines, moved and joined so that a reader meets few and whole ones. Pure.

An insertion or removal may often slide along equal lines without changing what it says; and a stray bracket
that two rewritten blocks share says nothing, yet cuts the view in pieces.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from lineclear.domain.diffing.sequences import Block, Gap, gaps

_FARTHEST: Final = 100
_ISLAND: Final = 3  # characters in a line that carries no meaning of its own
_REWRITTEN: Final = 3  # lines on each side that make a block a rewrite


def regroup(before: Sequence[str], after: Sequence[str], blocks: Sequence[Block]) -> list[Gap]:
    """Return what changed, in rising order; rarely with fewer equal lines between than the blocks had."""
    found = list(gaps(blocks, len(before), len(after)))
    grouped: list[Gap] = []
    floor = 0
    for place, gap in enumerate(found):
        a0, a1, b0, b1 = gap
        settled = gap
        if a0 == a1 or b0 == b1:
            ceiling = found[place + 1].a0 if place + 1 < len(found) else len(before)
            lines, start, end = (after, b0, b1) if a0 == a1 else (before, a0, a1)
            settled = _settled(gap, lines, start, end, a0 - floor, ceiling - a1)
        if grouped and settled.a0 - floor <= 1 and _belong_together(before, grouped[-1], settled):
            settled = Gap(grouped[-1].a0, settled.a1, grouped.pop().b0, settled.b1)
        grouped.append(settled)
        floor = settled.a1
    return grouped


def _settled(gap: Gap, lines: Sequence[str], start: int, end: int, up: int, down: int) -> Gap:
    """Slide an insertion or removal of `lines[start:end]` to its best place within the room there is."""
    may_rise = up > 0 and lines[start - 1] == lines[end - 1]
    may_fall = down > 0 and lines[start] == lines[end]
    if not may_rise and not may_fall:
        return gap
    by = _best_shift(lines, start, end, up, down)
    return Gap(gap.a0 + by, gap.a1 + by, gap.b0 + by, gap.b1 + by)


def _best_shift(lines: Sequence[str], start: int, end: int, room_up: int, room_down: int) -> int:
    """Return how far to slide `lines[start:end]`: to another change, else to the outermost beginning."""
    up = 0
    while up > -min(room_up, _FARTHEST) and lines[start + up - 1] == lines[end + up - 1]:
        up -= 1
    down = 0
    while down < min(room_down, _FARTHEST) and lines[start + down] == lines[end + down]:
        down += 1
    if up == -room_up < 0:
        return up
    if down == room_down > 0:
        return down
    return min(range(down, up - 1, -1), key=lambda shift: _indentation(lines[start + shift]))


def _indentation(line: str) -> int:
    """Return how far in a line begins; a blank one makes a poor beginning."""
    bare = line.lstrip()
    return len(line) - len(bare) if bare else 1_000


def _belong_together(before: Sequence[str], last: Gap, gap: Gap) -> bool:
    """Whether two changes touch, or are rewrites that one line without meaning keeps apart."""
    if gap.a0 == last.a1:
        return True
    if len(before[last.a1].strip()) >= _ISLAND:
        return False
    return all(min(each.a1 - each.a0, each.b1 - each.b0) >= _REWRITTEN for each in (last, gap))
