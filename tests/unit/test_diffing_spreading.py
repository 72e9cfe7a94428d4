"""Whole records that come or go as a reader meets them: a heading for each, and every leaf once."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lineclear.domain.diffing import (
    ABSENT,
    Change,
    Kind,
    Part,
    Sign,
    diff,
    elements,
    holds_records,
    inverse,
    leaves,
    same,
    spread,
)

SCALARS = st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from(["", "1", "a", "12.50", 1.0])
NAMES = st.sampled_from(["id", "name", "amount", "0", "b"])
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=16,
)
REFUND = {"id": "re_1", "amount": "180.00", "at": "2026-11-23"}


def parts(before: Any, after: Any) -> list[Part]:
    old = {"kept": 1} if before is ABSENT else {"kept": 1, "x": before}
    new = {"kept": 1} if after is ABSENT else {"kept": 1, "x": after}
    return [part for change in diff(old, new).changes for part in spread(change)]


def told(before: Any, after: Any) -> list[tuple[Any, ...]]:
    """Each part: its sign, its place in the field, whether it is a heading, how far it stands in."""
    return [
        (part.change.sign, part.change.path[1:], part.is_heading, part.depth) for part in parts(before, after)
    ]


@pytest.mark.parametrize("before", [[], ABSENT, None, 7, "text"])
def test_a_list_that_gets_its_first_record_says_so_and_then_each_field(before: Any) -> None:
    first, *others = told(before, [REFUND])
    assert first[1:] == ((), True, 0)
    assert others == [
        (Sign.ADDED, (0,), True, 0),
        (Sign.ADDED, (0, "id"), False, 1),
        (Sign.ADDED, (0, "amount"), False, 1),
        (Sign.ADDED, (0, "at"), False, 1),
    ]
    assert same(parts(before, [REFUND])[0].change.before, before), "what was there before is not lost"


def test_the_fields_of_a_new_record_have_kinds_of_their_own() -> None:
    kinds = [part.change.kind for part in parts([], [REFUND])]
    assert kinds == [Kind.LIST, Kind.RECORD, Kind.TEXT, Kind.MONEY, Kind.DATE]


def test_a_list_that_loses_its_last_record_says_the_reverse() -> None:
    signs = [(part.change.sign, part.is_heading) for part in parts([REFUND], [])]
    assert signs[:2] == [(Sign.CHANGED, True), (Sign.REMOVED, True)]
    assert {sign for sign, is_heading in signs if not is_heading} == {Sign.REMOVED}


@pytest.mark.parametrize(
    ("before", "after"),
    [([], [1]), ([], [[]]), (ABSENT, []), (None, []), ([], {}), (ABSENT, {}), ([], ["a", ["b"]]), ({}, 1)],
)
def test_what_has_no_record_in_it_stays_one_row(before: Any, after: Any) -> None:
    assert [row[1:] for row in told(before, after)] == [((), False, 0)]
    assert [row[1:] for row in told(after, before)] == [((), False, 0)]


def test_an_empty_record_in_a_list_is_a_record() -> None:
    assert told([], [{}]) == [(Sign.CHANGED, (), True, 0), (Sign.ADDED, (0,), False, 0)]


def test_a_record_that_is_inserted_is_a_heading_with_its_fields_below() -> None:
    other = {"id": "re_0", "amount": "1.00"}
    assert told([other], [REFUND, other])[0] == (Sign.ADDED, (0,), True, 0)
    assert told([REFUND, other], [other])[0] == (Sign.REMOVED, (0,), True, 0)
    assert len(told([other], [REFUND, other])) == 4


def test_records_in_records_stand_in_step_by_step_and_deep_ones_are_named_by_their_path() -> None:
    nested: Any = {"leaf": 1, "tags": ["a", "b"]}
    for _ in range(5):
        nested = {"in": [nested]}
    made = parts([], [nested])
    assert [part.depth for part in made] == [0, 0, 1, 2, 3, 3]
    assert [part.is_heading for part in made] == [True, True, True, True, False, False]
    assert made[-1].above == ("x", 0, "in", 0, "in", 0)
    assert (made[-1].change.path[-1], made[-1].change.after) == ("tags", ["a", "b"])


def test_a_record_where_something_else_was_tells_both_sides() -> None:
    assert [(sign, path) for sign, path, *_ in told([{"a": 1}], {"b": 2})] == [
        (Sign.CHANGED, ()),
        (Sign.REMOVED, (0,)),
        (Sign.REMOVED, (0, "a")),
        (Sign.ADDED, ("b",)),
    ]


def test_a_whole_state_that_comes_is_spread_too() -> None:
    (change,) = diff(None, {"name": "Ember", "address": {"city": "Kiel"}}).changes
    assert [part.change.path for part in spread(change)] == [(), ("name",), ("address", "city")]


def test_what_was_not_compared_inside_stays_whole() -> None:
    def deep(leaf: int) -> Any:
        value: Any = {"leaf": leaf}
        for _ in range(150):
            value = [value]
        return value

    (change,) = diff(deep(1), deep(2)).changes
    assert list(spread(change)) == [Part(change)]
    (change,) = diff({"a": 0}, {"a": 0, "x": [deep(1), {"b": 1}]}).changes
    assert [part.is_heading for part in spread(change)] == [True, False, True, False]


def test_a_change_of_a_list_is_one_of_each_element() -> None:
    (change,) = diff({"x": []}, {"x": [REFUND, {"id": "re_2"}]}).changes
    assert [(one.sign, one.path, one.after) for one in elements(change)] == [
        (Sign.ADDED, ("x", 0), REFUND),
        (Sign.ADDED, ("x", 1), {"id": "re_2"}),
    ]
    (change,) = diff({"x": []}, {"x": [1, 2]}).changes
    assert list(elements(change)) == [change]


def all_parts(before: Any, after: Any) -> list[list[Part]]:
    return [list(spread(change)) for change in diff({"x": before}, {"x": after}).changes]


def said(parts: list[Part], side: str) -> list[tuple[Any, Any]]:
    """Every leaf that these parts tell of one side; a heading tells a side that has no records in it."""
    found: list[tuple[Any, Any]] = []
    for part in parts:
        value, path = getattr(part.change, side), getattr(part.change, f"{side}_path")
        if not part.is_heading or not holds_records(value):
            found += leaves(value, path or ())
    return found


@settings(max_examples=300)
@given(VALUES, VALUES)
def test_every_leaf_of_a_change_is_in_one_part_and_at_its_place(before: Any, after: Any) -> None:
    for one in all_parts(before, after):
        change = one[0].change
        assert repr(sorted(said(one, "before"), key=repr)) == repr(
            sorted(leaves(change.before, change.before_path or ()), key=repr)
        )
        assert repr(sorted(said(one, "after"), key=repr)) == repr(
            sorted(leaves(change.after, change.after_path or ()), key=repr)
        )


@settings(max_examples=200)
@given(VALUES, VALUES)
def test_the_inverse_of_a_change_has_the_inverse_parts(before: Any, after: Any) -> None:
    result = diff({"x": before}, {"x": after})

    def plain(change: Change, *, is_turned: bool) -> list[str]:
        sides = ("after", "before") if is_turned else ("before", "after")
        return sorted(
            repr([getattr(part.change, name) for side in sides for name in (side, f"{side}_path")])
            for part in spread(change)
        )

    for there, back in zip(result.changes, inverse(result).changes, strict=True):
        assert plain(there, is_turned=False) == plain(back, is_turned=True)


@settings(max_examples=200)
@given(VALUES, VALUES)
def test_every_part_below_a_heading_lies_in_the_record_that_it_names(before: Any, after: Any) -> None:
    for one in all_parts(before, after):
        headings = {
            path
            for part in one
            if part.is_heading
            for path in (part.change.before_path, part.change.after_path)
        }
        for part in one:
            assert (part.above is None) == (part.depth == 0)
            if part.above is not None:
                assert part.above in headings
                assert part.change.path[: len(part.above)] == part.above
