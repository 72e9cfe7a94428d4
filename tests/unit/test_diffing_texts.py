"""Two texts line by line and word by word: the smallest change, in time, whatever they are."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lineclear.domain.diffing import (
    Cut,
    Diff,
    FoldedLines,
    Hunk,
    Kind,
    Sign,
    apply,
    changed_spans,
    diff,
    diff_texts,
    fold_rows,
    inverse,
    sections,
    side_by_side,
    unified,
)
from lineclear.domain.diffing.grouping import regroup
from lineclear.domain.diffing.sequences import Block, align, rising

LINES = st.lists(
    st.sampled_from(["", "}", "    return x", "def f():", "a", "b", "c\r", "e\u2028f"]), max_size=30
)
TEXTS = LINES.map("\n".join)


def numbered(count: int) -> list[str]:
    return [f"line {number}" for number in range(count)]


def signs(result: Diff) -> list[tuple[Sign, tuple[str | int, ...]]]:
    return [(change.sign, change.path) for change in result.changes]


def test_two_texts_of_several_lines_are_compared_by_line() -> None:
    result = diff("a\nb\nc", "a\nx\nc")
    assert result.kind is Kind.LINES
    assert signs(result) == [(Sign.CHANGED, (1,))]
    assert diff("one", "line").kind is Kind.TEXT


def test_lines_put_at_the_head_are_insertions_and_nothing_else_changed() -> None:
    lines = numbered(5_000)
    result = diff_texts("\n".join(lines), "\n".join(["new 1", "new 2", *lines]))
    assert signs(result) == [(Sign.ADDED, (0,)), (Sign.ADDED, (1,))]
    assert result.unchanged == 5_000


def test_a_line_end_at_the_end_of_a_text_is_seen() -> None:
    assert signs(diff("a\nb", "a\nb\n")) == [(Sign.ADDED, (2,))]


def test_an_inserted_function_is_shown_from_its_first_line() -> None:
    before = "def a():\n    x\n\ndef c():\n    z\n"
    after = "def a():\n    x\n\ndef b():\n    y\n\ndef c():\n    z\n"
    assert [change.after for change in diff_texts(before, after).changes] == ["def b():", "    y", ""]


def test_rewrites_that_share_only_a_bracket_are_one_change() -> None:
    before = ["start", "a1", "a2", "a3", "}", "a4", "a5", "a6", "end"]
    after = ["start", "b1", "b2", "b3", "}", "b4", "b5", "b6", "end"]
    result = diff_texts("\n".join(before), "\n".join(after))
    assert [change.path for change in result.changes] == [(place,) for place in range(1, 8)]


def test_insertions_that_can_meet_become_one() -> None:
    before, after = ["a", "b"], ["n", "a", "m", "a", "b"]
    assert regroup(before, after, [Block(0, 1, 1), Block(1, 4, 1)]) == [(0, 0, 0, 3)]


def test_an_edited_line_is_paired_with_what_it_became() -> None:
    before = "head\nthe quick brown fox\ntail"
    after = "head\nentirely new words\nthe quick red fox\ntail"
    assert signs(diff_texts(before, after)) == [(Sign.ADDED, (1,)), (Sign.CHANGED, (2,))]


@settings(max_examples=300)
@given(TEXTS, TEXTS)
def test_the_changes_applied_to_the_text_before_give_the_text_after(before: str, after: str) -> None:
    result = diff_texts(before, after)
    bare = Diff(result.kind, None, None, result.changes)
    assert apply(bare, before) == after
    assert apply(inverse(bare), after) == before
    assert result.is_empty == (before == after)
    gone = sum(change.sign is not Sign.ADDED for change in result.changes)
    assert result.unchanged == len(before.split("\n")) - gone


def long_texts(seed: int, edits: int) -> tuple[str, str]:
    before = [f"{number * seed % 997} {number % 7}" for number in range(6_000)]
    after = list(before)
    for edit in range(edits):
        place = edit * 7919 * seed % len(after)
        if edit % 3:
            after[place : place + edit % 4] = [f"edit {edit}"]
        else:
            del after[place : place + edit % 4]
    return "\n".join(before), "\n".join(after)


@pytest.mark.parametrize("seed", [3, 11, 101])
@pytest.mark.parametrize("edits", [1, 60, 600, 3_000])
def test_long_texts_come_back_exactly_however_much_was_edited(seed: int, edits: int) -> None:
    before, after = long_texts(seed, edits)
    result = diff_texts(before, after)
    bare = Diff(result.kind, None, None, result.changes)
    assert apply(bare, before) == after
    assert apply(inverse(bare), after) == before


def test_a_large_block_that_was_put_in_is_found_as_a_block() -> None:
    lines = numbered(20_000)
    block = [f"block {number}" for number in range(5_000)]
    result = diff_texts("\n".join(lines), "\n".join([*lines[:9_000], *block, *lines[9_000:]]))
    assert [change.sign for change in result.changes] == [Sign.ADDED] * 5_000
    assert result.complete


def test_texts_too_unlike_to_compare_at_once_are_cut_aloud_and_still_exact() -> None:
    before = "\n".join("abcd"[number * number * 31 % 101 % 4] for number in range(20_000))
    after = "\n".join("abcd"[number * number * 17 % 103 % 4] for number in range(20_000))
    result = diff_texts(before, after)
    assert not result.complete
    assert result.cuts == {Cut.LARGE}
    assert apply(Diff(result.kind, None, None, result.changes), before) == after


@given(st.lists(st.integers(0, 9), max_size=60), st.lists(st.integers(0, 9), max_size=60))
def test_aligned_blocks_are_equal_rising_and_maximal(before: list[int], after: list[int]) -> None:
    end = (0, 0)
    for at, to, size in align(before, after).blocks:
        assert size > 0
        assert before[at : at + size] == after[to : to + size]
        assert at >= end[0]
        assert to >= end[1]
        assert (at, to) == (0, 0) or (at, to) != end
        end = (at + size, to + size)


@given(st.lists(st.integers(0, 30), unique=True, max_size=12))
def test_the_rising_subsequence_is_a_longest_one(numbers: list[int]) -> None:
    chain = rising(numbers)
    values = [numbers[place] for place in chain]
    assert values == sorted(values)
    best = [0] * len(numbers)
    for place, number in enumerate(numbers):
        best[place] = 1 + max((best[k] for k in range(place) if numbers[k] < number), default=0)
    assert len(chain) == max(best, default=0)


def parts(text: str, spans: tuple[tuple[int, int], ...]) -> list[str]:
    return [text[start:end] for start, end in spans]


@pytest.mark.parametrize(
    ("before", "after", "gone", "came"),
    [
        ("pay 100.00 now", "pay 1000.00 now", ["100"], ["1000"]),
        ("to Anna Smith", "to Anne Smith", ["a"], ["e"]),
        ("red house", "blue house", ["red"], ["blue"]),
        ("one two three", "three", ["one two "], []),
        ("alpha beta gamma", "delta epsilon gamma", ["alpha beta"], ["delta epsilon"]),
        ("same", "same", [], []),
        ("", "new", [], ["new"]),
    ],
)
def test_words_are_marked_first_and_characters_inside_a_corrected_word(
    before: str, after: str, gone: list[str], came: list[str]
) -> None:
    spans = changed_spans(before, after)
    assert parts(before, spans.before) == gone
    assert parts(after, spans.after) == came
    assert spans.complete


@settings(max_examples=300)
@given(
    st.text(alphabet="ab_1 .\n\u0301é", max_size=40),
    st.text(alphabet="ab_1 .\n\u0301é", max_size=40),
    st.sampled_from([0, 9_999]),
)
def test_what_is_not_marked_is_the_same_text_on_both_sides(before: str, after: str, padding: int) -> None:
    before, after = "x" * padding + before, "x" * padding + after
    spans = changed_spans(before, after)

    def unmarked(text: str, marked: tuple[tuple[int, int], ...]) -> str:
        edges = [0, *(edge for span in marked for edge in span), len(text)]
        assert edges == sorted(edges)
        return "".join(text[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True))

    assert unmarked(before, spans.before) == unmarked(after, spans.after)
    assert bool(spans.before or spans.after) == (before != after)


def test_texts_too_long_to_compare_inside_say_so() -> None:
    spans = changed_spans("x" * 15_000 + "a", "x" * 15_000 + "b")
    assert not spans.complete
    assert (spans.before, spans.after) == (((15_000, 15_001),), ((15_000, 15_001),))


def rebuilt(result: Diff, context: int) -> tuple[list[str], list[str]]:
    """Both sides, read off the rows of all sections."""
    old: list[str] = []
    new: list[str] = []
    for section in sections(result, context=context):
        rows = side_by_side(result, section) if isinstance(section, Hunk) else fold_rows(result, section)
        for row in rows:
            if row.before_line is not None:
                assert row.before_line == len(old)
                old.append(row.before)
            if row.after_line is not None:
                assert row.after_line == len(new)
                new.append(row.after)
    return old, new


@settings(max_examples=200)
@given(TEXTS, TEXTS, st.integers(0, 4))
def test_hunks_and_folds_show_every_line_of_both_sides_once(before: str, after: str, context: int) -> None:
    result = diff_texts(before, after)
    assert rebuilt(result, context) == (before.split("\n"), after.split("\n"))


@settings(max_examples=200)
@given(TEXTS, TEXTS)
def test_one_column_shows_what_two_columns_show(before: str, after: str) -> None:
    result = diff_texts(before, after)
    for section in sections(result):
        if isinstance(section, FoldedLines):
            assert section.count > 0
            continue
        two, one = list(side_by_side(result, section)), list(unified(result, section))
        assert [row.before for row in one if row.before_line is not None] == [
            row.before for row in two if row.before_line is not None
        ]
        assert [row.after for row in one if row.after_line is not None] == [
            row.after for row in two if row.after_line is not None
        ]
        assert not any(row.change and None not in (row.before_line, row.after_line) for row in one)


def test_a_hunk_has_three_lines_around_it_and_the_rest_folds_with_a_count() -> None:
    lines = numbered(40)
    result = diff_texts("\n".join(lines), "\n".join([*lines[:20], "changed", *lines[21:]]))
    first, hunk, last = sections(result)
    assert isinstance(first, FoldedLines)
    assert isinstance(hunk, Hunk)
    assert isinstance(last, FoldedLines)
    assert (first.count, last.count, hunk.heading) == (17, 16, "@@ -18,7 +18,7 @@")
    assert [row.before for row in unified(result, hunk)][3:5] == ["line 20", ""]


def test_changes_near_each_other_share_a_hunk() -> None:
    lines = numbered(40)
    near, far = list(lines), list(lines)
    near[10] = near[17] = far[10] = far[18] = "changed"
    count = [
        sum(isinstance(section, Hunk) for section in sections(diff_texts("\n".join(lines), "\n".join(other))))
        for other in (near, far)
    ]
    assert count == [1, 2]


def test_only_a_comparison_by_line_has_hunks() -> None:
    with pytest.raises(TypeError):
        sections(diff({"a": 1}, {"a": 2}))
