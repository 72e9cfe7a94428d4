"""What changed inside one text: words first, characters inside a corrected word. Pure: spans, no markup."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from rapidfuzz.distance import Indel

from lineclear.domain.diffing.sequences import Gap, gaps, longest

LONGEST: Final = 20_000
"""Characters on both sides together; above that only the equal head and tail are told apart."""

_TOKEN: Final = re.compile(r"\w+|\s+|.", re.DOTALL)
_ALIKE: Final = 0.6  # below this a word was replaced rather than corrected
_ISLAND: Final = 3  # an equal run of fewer characters inside a changed word only makes it choppy


class Span(NamedTuple):
    """Characters `start` to `end` (exclusive) of one side."""

    start: int
    end: int


class Spans(NamedTuple):
    """Changed characters on each side; not `complete` where the texts were too long to compare inside."""

    before: tuple[Span, ...]
    after: tuple[Span, ...]
    complete: bool = True


def changed_spans(before: str, after: str) -> Spans:
    """Return the changed spans of each side, in rising order and apart from each other."""
    head = _head(before, after)
    tail = _head(before[head:][::-1], after[head:][::-1])
    if len(before) + len(after) > LONGEST:
        middle = Gap(head, len(before) - tail, head, len(after) - tail)
        return _spans([middle], complete=head == len(before) == len(after))
    return _spans(_refined(before, after, _word_gaps(before, after)))


def _head(before: str, after: str) -> int:
    """Return the length of the common head: halving compares slices in C."""
    low, high = 0, min(len(before), len(after))
    while low < high:
        middle = (low + high + 1) // 2
        if before[low:middle] == after[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _word_gaps(before: str, after: str) -> list[Gap]:
    """Return changed stretches in characters, joined where only blanks lie between them."""
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    at_old, at_new = _offsets(old), _offsets(new)
    joined: list[Gap] = []
    for a0, a1, b0, b1 in gaps(longest(old, new), len(old), len(new)):
        gap = Gap(at_old[a0], at_old[a1], at_new[b0], at_new[b1])
        if joined and not before[joined[-1].a1 : gap.a0].strip():
            gap = Gap(joined[-1].a0, gap.a1, joined.pop().b0, gap.b1)
        joined.append(gap)
    return joined


def _offsets(tokens: list[str]) -> list[int]:
    offsets, end = [0], 0
    for token in tokens:
        end += len(token)
        offsets.append(end)
    return offsets


def _refined(before: str, after: str, changed: list[Gap]) -> list[Gap]:
    """Look inside stretches that are one corrected word on both sides."""
    refined: list[Gap] = []
    for gap in changed:
        old, new = before[gap.a0 : gap.a1], after[gap.b0 : gap.b1]
        if _is_word(old) and _is_word(new) and Indel.normalized_similarity(old, new) >= _ALIKE:
            refined += _character_gaps(old, new, gap)
        else:
            refined.append(gap)
    return refined


def _is_word(text: str) -> bool:
    """Whether this is one word; a number reads as a whole, so one with digits is none."""
    return text.replace("_", "").isalpha()


def _character_gaps(old: str, new: str, where: Gap) -> list[Gap]:
    runs = [
        (at, to, size)
        for at, to, size in longest(old, new)
        if size >= _ISLAND or at == to == 0 or (at + size == len(old) and to + size == len(new))
    ]
    return [
        Gap(where.a0 + a0, where.a0 + a1, where.b0 + b0, where.b0 + b1)
        for a0, a1, b0, b1 in gaps(runs, len(old), len(new))
    ]


def _spans(changed: list[Gap], *, complete: bool = True) -> Spans:
    before = tuple(Span(gap.a0, gap.a1) for gap in changed if gap.a1 > gap.a0)
    after = tuple(Span(gap.b0, gap.b1) for gap in changed if gap.b1 > gap.b0)
    return Spans(before, after, complete)
