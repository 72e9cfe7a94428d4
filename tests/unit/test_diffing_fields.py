"""Two values field by field: what changed, how it is told, and the types between which nothing is lost."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lineclear.domain.diffing import (
    ABSENT,
    Absent,
    Change,
    Cut,
    Diff,
    Fold,
    Hints,
    Kind,
    Sign,
    Unchanged,
    apply,
    diff,
    diff_fields,
    folded,
    inverse,
    leaves,
    same,
    totals,
    walk,
)
from lineclear.domain.diffing.applying import DoesNotApplyError

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-2, 2)
    | st.sampled_from([2**70, 0.0, -0.0, 1.0, float("nan"), Decimal(1), Decimal("1.0"), Decimal("1.00")])
    | st.sampled_from(["", "1", "a", "b", "true", "null", "\ud800", "12.50"])
)
NAMES = st.sampled_from(["id", "name", "amount", "a", "b"])
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=20,
)
RECORDS = st.lists(
    st.fixed_dictionaries(
        {"id": st.integers(0, 6), "amount": SCALARS, "tags": st.lists(SCALARS, max_size=3)}
    ),
    max_size=7,
)


def signs(result: Diff) -> list[tuple[Sign, tuple[str | int, ...]]]:
    return [(change.sign, change.path) for change in result.changes]


def the_only_change(result: Diff) -> Change:
    assert len(result.changes) == 1, result.changes
    return result.changes[0]


TRAPS = [
    1,
    1.0,
    True,
    "1",
    None,
    ABSENT,
    Decimal(1),
    Decimal("1.0"),
    "true",
    "null",
    [1],
    {"1": 1},
    1.5,
    0,
    -0.0,
]
TRAP_PAIRS = [(old, new) for place, old in enumerate(TRAPS) for new in TRAPS[place + 1 :]]


def held(value: Any) -> dict[str, Any]:
    return {"kept": "x"} if value is ABSENT else {"kept": "x", "field": value}


@pytest.mark.parametrize(("old", "new"), TRAP_PAIRS)
def test_values_of_different_types_are_never_taken_for_each_other(old: Any, new: Any) -> None:
    for before, after in ((held(old), held(new)), (held(new), held(old))):
        change = the_only_change(diff(before, after))
        assert change.path == ("field",)
        assert not same(change.before, change.after)


@pytest.mark.parametrize(("old", "new"), [pair for pair in TRAP_PAIRS if ABSENT not in pair])
def test_types_are_told_apart_inside_lists_and_long_tables_too(old: Any, new: Any) -> None:
    assert not diff([old, "x"], [new, "x"]).is_empty
    table = [{"id": row, "value": old, "more": [old]} for row in range(30)]
    other = [{"id": row, "value": new if row == 17 else old, "more": [old]} for row in range(30)]
    assert diff({"rows": table}, {"rows": other}).changes[0].path[:3] == ("rows", 17, "value")


def test_true_where_one_was_reads_as_a_change_of_type() -> None:
    change = the_only_change(diff({"admin": 1}, {"admin": True}))
    assert (change.sign, change.kind, change.before is True, change.after) == (
        Sign.CHANGED,
        Kind.TYPE,
        False,
        True,
    )


def test_null_is_a_value_and_absence_is_not() -> None:
    change = the_only_change(diff({"a": None}, {}))
    assert change.sign is Sign.CHANGED, "a record that became empty changes as a whole"
    change = the_only_change(diff({"a": None, "b": 1}, {"b": 1}))
    assert (change.sign, change.before, change.after) == (Sign.REMOVED, None, ABSENT)


def test_negative_zero_and_trailing_zeros_are_other_requests() -> None:
    assert not diff({"n": 0.0}, {"n": -0.0}).is_empty
    assert not diff({"n": Decimal("1.0")}, {"n": Decimal("1.00")}).is_empty
    assert diff({"n": float("nan")}, {"n": float("nan")}).is_empty
    assert diff([{"id": 1, "n": Decimal("sNaN")}], [{"id": 1, "n": Decimal("sNaN")}]).is_empty


def test_the_order_of_fields_is_no_difference() -> None:
    assert diff({"a": 1, "b": [{"id": 1, "x": 2}]}, {"b": [{"x": 2, "id": 1}], "a": 1}).is_empty


def test_changes_come_in_the_order_of_the_document() -> None:
    before = {"a": 1, "b": {"c": 1, "d": 2}, "e": [1, 2]}
    after = {"a": 2, "b": {"c": 1, "d": 3, "new": 0}, "e": [1, 5], "f": 1}
    assert signs(diff(before, after)) == [
        (Sign.CHANGED, ("a",)),
        (Sign.CHANGED, ("b", "d")),
        (Sign.ADDED, ("b", "new")),
        (Sign.CHANGED, ("e", 1)),
        (Sign.ADDED, ("f",)),
    ]


@pytest.mark.parametrize("place", [0, 499, 500, 999])
def test_one_changed_field_among_a_thousand_is_the_one_row_and_the_rest_is_folded_with_a_count(
    place: int,
) -> None:
    before = {f"field_{number:04}": number for number in range(1_000)}
    after = before | {f"field_{place:04}": "other"}
    result = diff(before, after)
    assert the_only_change(result).path == (f"field_{place:04}",)
    assert result.unchanged == 999
    assert sum(len(step.leaves) for step in folded(result) if isinstance(step, Fold)) == 999


@pytest.mark.parametrize("element", [{"id": "new", "amount": 5}, {"text": "without a key"}, "word", 7])
def test_insertion_at_the_head_of_a_list_is_one_insertion(element: Any) -> None:
    if isinstance(element, dict) and "id" in element:
        before: list[Any] = [{"id": str(number), "amount": number} for number in range(100)]
    elif isinstance(element, dict):
        before = [{"text": f"line {number}", "n": number} for number in range(100)]
    else:
        before = [f"{element} {number}" for number in range(100)]
    change = the_only_change(diff({"rows": before}, {"rows": [element, *before]}))
    assert (change.sign, change.path, change.after) == (Sign.ADDED, ("rows", 0), element)


def test_a_change_behind_an_insertion_knows_its_place_on_both_sides() -> None:
    before = [{"id": "a", "n": 1}, {"id": "b", "n": 1}]
    after = [{"id": "new", "n": 0}, {"id": "a", "n": 1}, {"id": "b", "n": 2}]
    changed = diff(before, after).changes[-1]
    assert (changed.before_path, changed.after_path) == ((1, "n"), (2, "n"))


def test_a_record_that_changed_its_place_is_moved_not_removed_and_added() -> None:
    before = [{"sku": sku, "n": 1} for sku in "abcde"]
    after = [before[4], *before[:4]]
    change = the_only_change(diff(before, after))
    assert (change.sign, change.before_path, change.after_path) == (Sign.MOVED, (4,), (0,))


def test_a_record_that_moved_and_changed_shows_both() -> None:
    before = [{"id": name, "n": 1} for name in "abcd"]
    after = [{"id": "d", "n": 2}, *before[:3]]
    assert signs(diff(before, after)) == [(Sign.MOVED, (0,)), (Sign.CHANGED, (0, "n"))]


def test_records_without_a_key_are_matched_by_likeness() -> None:
    before = [{"who": "ann", "role": "reader", "since": 2020}, {"who": "bob", "role": "owner", "since": 2021}]
    after = [{"who": "cyd", "role": "guest", "since": 1999}, {**before[0], "role": "writer"}, before[1]]
    assert signs(diff(before, after)) == [(Sign.ADDED, (0,)), (Sign.CHANGED, (1, "role"))]


def test_a_declared_key_goes_before_the_usual_names() -> None:
    before = [{"id": 1, "account": "x", "n": 1}, {"id": 2, "account": "y", "n": 2}]
    after = [{"id": 1, "account": "y", "n": 2}, {"id": 2, "account": "x", "n": 1}]
    usual = diff(before, after)
    declared = diff(before, after, hints=Hints(keys=("account",)))
    assert {change.path[-1] for change in usual.changes} == {"account", "n"}
    assert [change.sign for change in declared.changes].count(Sign.MOVED) == 1


def test_a_key_that_is_not_unique_is_no_key() -> None:
    before = [{"name": "fee", "amount": 1}, {"name": "fee", "amount": 2}]
    change = the_only_change(diff(before, [*before, {"name": "fee", "amount": 3}]))
    assert (change.sign, change.path) == (Sign.ADDED, (2,))


def test_kinds_follow_shape_and_name_and_a_declaration_wins() -> None:
    before = {
        "total_amount": "10.00",
        "due": "2026-01-01",
        "count": 1,
        "on": True,
        "note": "a\nb",
        "limit": 1,
    }
    after = {
        "total_amount": "12.00",
        "due": "2026-02-01",
        "count": 2,
        "on": False,
        "note": "a\nc",
        "limit": 2,
    }
    result = diff(before, after, hints=Hints(kinds={"limit": Kind.MONEY}))
    assert [change.kind for change in result.changes] == [
        Kind.MONEY,
        Kind.DATE,
        Kind.NUMBER,
        Kind.FLAG,
        Kind.LINES,
        Kind.MONEY,
    ]


def test_line_items_carry_their_totals_before_and_after_to_the_cent() -> None:
    before = {"lines": [{"id": 1, "amount": "0.10", "qty": 1}, {"id": 2, "amount": "0.20", "qty": 2}]}
    after = {"lines": [{"id": 1, "amount": "0.10", "qty": 1}, {"id": 2, "amount": "1000.20", "qty": 2}]}
    (amount,) = totals(diff(before, after))
    assert (amount.path, amount.column) == (("lines",), "amount")
    assert (amount.before, amount.after, amount.difference) == (
        Decimal("0.30"),
        Decimal("1000.30"),
        Decimal("1000.00"),
    )


def test_what_cannot_be_added_has_no_total() -> None:
    """Units of one line are not those of the next, and amounts in two currencies are no amount."""
    rows = [{"id": 1, "qty": 1, "amount": "1.00", "currency": "EUR"}, {"id": 2, "qty": 9, "amount": "2.00"}]
    assert [one.column for one in totals(diff({"rows": rows}, {"rows": rows}))] == ["amount"]
    mixed = [*rows, {"id": 3, "amount": "3.00", "currency": "USD"}]
    assert totals(diff({"rows": mixed}, {"rows": rows})) == ()


def test_a_column_that_holds_something_else_or_a_unit_price_has_no_total() -> None:
    rows = [{"id": 1, "amount": "many", "unit_price": 3, "paid": True}]
    assert totals(diff({"rows": rows}, {"rows": rows})) == ()


def test_a_look_alike_account_name_is_flagged() -> None:
    change = the_only_change(diff({"account": "paypal"}, {"account": "p\u0430ypal"}))
    assert "confusable" in change.flags()
    assert "confusable" in the_only_change(diff({"account": "rnicro"}, {"account": "micro"})).flags()
    assert not the_only_change(diff({"account": "paypal"}, {"account": "stripe"})).flags()


def test_a_hidden_override_in_a_changed_field_is_flagged() -> None:
    change = the_only_change(diff({"file": "invoice.pdf"}, {"file": "invoice\u202efdp.exe"}))
    assert "bidi" in change.flags()


def test_changed_words_are_spans_of_each_side() -> None:
    change = the_only_change(diff({"note": "pay 100 to Ann"}, {"note": "pay 900 to Ann"}))
    spans = change.spans()
    assert [change.before[span.start : span.end] for span in spans.before] == ["100"]
    assert [change.after[span.start : span.end] for span in spans.after] == ["900"]


def test_values_nested_too_deep_are_compared_whole_and_the_result_says_so() -> None:
    def nested(leaf: int, depth: int) -> Any:
        value: Any = leaf
        for _ in range(depth):
            value = {"in": value}
        return value

    result = diff(nested(1, 10_000), nested(2, 10_000))
    assert not result.complete
    assert result.cuts == {Cut.DEEP}
    assert len(result.changes) == 1
    assert diff(nested(1, 10_000), nested(1, 10_000)).is_empty
    assert diff([[nested(1, 10_000)]], [[nested(1, 10_000)]]).is_empty
    assert diff(nested(1, 90), nested(2, 90)).complete


def test_a_new_resource_is_one_addition_and_a_deleted_one_is_one_removal() -> None:
    value = {"a": 1, "b": [2, 3]}
    assert signs(diff(ABSENT, value)) == [(Sign.ADDED, ())]
    assert signs(diff(value, ABSENT)) == [(Sign.REMOVED, ())]
    assert diff(ABSENT, ABSENT).is_empty


def test_a_diff_refuses_a_value_that_it_does_not_start_from() -> None:
    result = diff({"rows": [{"id": 1, "n": 1}, {"id": 2, "n": 1}]}, {"rows": [{"id": 2, "n": 2}]})
    kept = {"id": 2, "n": 1}
    others: list[Any] = [
        5,
        {},
        {"rows": 5},
        {"rows": []},
        {"rows": {"0": 1}},
        {"rows": [{"id": 1, "n": True}, kept]},
    ]
    for other in [*others, {"rows": [{"id": 1, "n": 1}]}, {"rows": [{"id": 1, "n": 1}, {"id": 2, "n": 7}]}]:
        with pytest.raises(DoesNotApplyError):
            apply(result, other)


def without_after(result: Diff) -> Diff:
    """The result as someone holds it who knows the changes and the value before, nothing else."""
    return Diff(result.kind, None, None, result.changes, result.cuts)


@settings(max_examples=300)
@given(VALUES, VALUES)
def test_the_changes_applied_to_the_value_before_give_the_value_after(before: Any, after: Any) -> None:
    assert same(apply(without_after(diff_fields(before, after)), before), after)


@settings(max_examples=300)
@given(RECORDS, RECORDS)
def test_the_changes_of_record_lists_give_the_list_after_and_the_inverse_leads_back(
    before: Any, after: Any
) -> None:
    result = diff_fields(before, after)
    assert same(apply(without_after(result), before), after)
    assert same(apply(without_after(inverse(result)), after), before)
    assert inverse(inverse(result)).changes == result.changes or "nan" in repr(result)


@settings(max_examples=200)
@given(VALUES, VALUES)
def test_the_swapped_comparison_leads_back_too(before: Any, after: Any) -> None:
    result = diff_fields(after, before)
    assert same(apply(without_after(result), after), before)
    assert same(apply(without_after(inverse(result)), before), after)
    assert diff_fields(before, after).is_empty == result.is_empty == same(before, after)


@given(VALUES)
def test_a_value_compared_with_itself_has_no_changes_and_all_its_leaves_unchanged(value: Any) -> None:
    result = diff_fields(value, value)
    assert result.is_empty
    assert result.unchanged == len(list(leaves(value)))


@settings(max_examples=300)
@given(VALUES | RECORDS, VALUES | RECORDS)
def test_every_leaf_of_both_sides_is_in_a_change_or_counted_unchanged(before: Any, after: Any) -> None:
    result = diff_fields(before, after)
    steps = list(walk(result))
    assert [id(step) for step in steps if isinstance(step, Change)] == [
        id(change) for change in result.changes
    ]
    unchanged = [step for step in steps if isinstance(step, Unchanged)]
    assert len(unchanged) == result.unchanged
    seen_before = [step.before_path for step in unchanged]
    seen_after = [step.after_path for step in unchanged]
    for change in result.changes:
        if change.sign is not Sign.MOVED:
            seen_before += [path for path, _ in leaves(change.before, change.before_path or ())]
            seen_after += [path for path, _ in leaves(change.after, change.after_path or ())]
    assert sorted(map(repr, seen_before)) == sorted(repr(path) for path, _ in leaves(before))
    assert sorted(map(repr, seen_after)) == sorted(repr(path) for path, _ in leaves(after))
    at_before, at_after = dict(leaves(before)), dict(leaves(after))
    for step in unchanged:
        assert same(at_before[step.before_path], at_after[step.after_path])
        assert same(step.value, at_before[step.before_path])


def test_absence_is_one_value() -> None:
    assert Absent("absent") is ABSENT
