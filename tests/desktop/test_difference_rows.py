"""What a diff shows: everything, typed, and never two things alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineclear.desktop.presenters.changes.differences import Heading, changes_sheet, compare
from lineclear.desktop.presenters.changes.values import path_text, value_text, written
from lineclear.desktop.presenters.sheets import ChangeRow, Sign, text_of
from lineclear.domain.diffing.values import leaves
from lineclear.domain.effects import Shape
from lineclear.domain.text import paintable

scalars = st.none() | st.booleans() | st.integers(-99, 99) | st.floats(-9, 9) | st.text(max_size=6)
names = st.text(max_size=4)
values = st.recursive(
    scalars, lambda one: st.lists(one, max_size=3) | st.dictionaries(names, one, max_size=3), max_leaves=8
)
records = st.dictionaries(names, values, max_size=4)
paths = st.lists(names | st.integers(0, 9), max_size=3).map(tuple)


def sheet(before, after, shape=Shape.FIELDS):
    return changes_sheet(before, after, shape, Heading("Changes"))


def shown(value):
    parts = () if value is None else value.segments
    return "".join(text_of(one.text) + ("↵" if one.ends_line else "") for one in parts)


def table(made):
    return [(row.sign, text_of(row.field), shown(row.before), shown(row.after)) for row in made.rows]


@given(values, values)
def test_i5_two_different_values_never_look_the_same(one, other):
    alike = value_text(one) == value_text(other)
    assert alike == (written(one) == written(other))
    if type(one) is not type(other) or one != other:
        assert not alike or repr(one) == repr(other)


@given(paths, paths)
def test_i5_two_different_paths_never_look_the_same(one, other):
    assert (path_text(one) == path_text(other)) == (one == other)


@given(records, records)
def test_i4_every_leaf_is_in_a_row(before, after):
    made = sheet(before, after)
    said = " ".join(f"{shown(row.before)} {shown(row.after)}" for row in (*made.rows, *made.unchanged))
    for state in (before, after):
        for _path, leaf in leaves(state):
            assert paintable(written(leaf)).text in said or paintable(value_text(leaf)).text in said


def test_a_changed_amount_marks_only_what_changed():
    made = sheet({"amount": "180.00", "currency": "USD"}, {"amount": "185.00", "currency": "USD"})
    assert table(made) == [(Sign.CHANGED, "amount", "180.00", "185.00")]
    assert [text_of(row.field) for row in made.unchanged] == ["currency"]
    assert compare({"amount": "1.00"}, {"amount": "2.00"}, Shape.FIELDS, Heading(""))[1] == "1 field changed"


def test_one_for_true_is_a_change_of_type():
    assert table(sheet({"active": True}, {"active": 1})) == [
        (Sign.CHANGED, "active (type changes)", "true", "1")
    ]


def test_a_text_that_reads_as_a_number_is_quoted():
    assert (
        table(sheet({}, {"postal_code": "20457"}))[0][3] == '{postal_code: "20457"}'
        or table(sheet({"a": 1}, {"a": 1, "postal_code": "20457"}))[0][3] == '"20457"'
    )


def test_line_items_show_what_their_columns_sum_up_to():
    before = {"lines": [{"id": 1, "amount": "10.00"}, {"id": 2, "amount": "30.00"}]}
    after = {"lines": [{"id": 1, "amount": "10.00"}, {"id": 2, "amount": "20.00"}]}
    assert table(sheet(before, after))[-1] == (Sign.CHANGED, "lines · sum of amount", "40.00", "30.00")


def tickets(count, **changed):
    return {"tickets": [{"id": f"T-{n}", "status": "waiting", "by": n} | changed for n in range(count)]}


def test_a_record_is_named_by_its_key_not_by_where_it_stands():
    before, after = tickets(3), tickets(3)
    after["tickets"].insert(0, {"id": "T-9", "status": "new", "by": 9})
    after["tickets"][2] = after["tickets"][2] | {"status": "closed"}
    assert [(sign, field) for sign, field, *_ in table(sheet(before, after))] == [
        (Sign.ADDED, "tickets[id=T-9]"),
        (Sign.ADDED, "tickets[id=T-9].id"),
        (Sign.ADDED, "tickets[id=T-9].status"),
        (Sign.ADDED, "tickets[id=T-9].by"),
        (Sign.CHANGED, "tickets[id=T-1].status"),
    ]


def test_i5_names_of_records_tell_types_and_brackets_apart():
    names = {
        text_of(sheet({"a": [{"id": one, "n": 1}]}, {"a": [{"id": one, "n": 2}]}).rows[0].field)
        for one in (1, "1", "x", "x]", "=", "")
    }
    assert len(names) == 6


def test_what_changes_alike_in_many_records_is_said_once_with_all_their_names():
    made, said = compare(tickets(38), tickets(38, status="closed"), Shape.FIELDS, Heading(""))
    first, second = made.rows
    assert text_of(first.field) == "tickets, 38 records alike"
    assert shown(first.across) == "id=" + ", ".join(f"T-{n}" for n in range(38))
    assert text_of(second.field) == "tickets[each of 38].status"
    assert (shown(second.before), shown(second.after)) == ("waiting", "closed")
    assert said == "1 field in each of 38 records"


def test_the_one_that_differs_stands_by_itself():
    after = tickets(1_000, status="closed")
    after["tickets"][500] = after["tickets"][500] | {"status": "paid out"}
    made = sheet(tickets(1_000), after)
    assert [text_of(one.field) for one in made.rows] == [
        "tickets, 999 records alike",
        "tickets[each of 999].status",
        "tickets[id=T-500].status",
    ]
    assert "T-500" not in shown(made.rows[0].across)


def test_a_total_that_comes_is_an_addition():
    made = sheet({"a": 1, "lines": []}, {"a": 1, "lines": [{"id": 1, "amount": "5.00"}]})
    assert table(made)[-1] == (Sign.ADDED, "lines · sum of amount", "", "5.00")


def test_access_is_said_in_words_with_the_statements_below():
    grant = {"principal": "service:deploy-bot", "role": "storage.admin", "resource": "artifacts"}
    made = sheet({"grants": []}, {"grants": [grant]}, Shape.ACCESS)
    first = table(made)[0]
    assert first == (Sign.ADDED, "service:deploy-bot gains", "", "storage.admin on artifacts")
    assert len(made.rows) > 1


READ = {"principal": "bob", "role": "reader", "resource": "vault"}
AT_NOON = READ | {"condition": "noon"}
AT_NIGHT = READ | {"condition": "night"}


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ([], [READ], (Sign.ADDED, "bob gains", "", "reader on vault")),
        ([READ], [], (Sign.REMOVED, "bob loses", "reader on vault", "")),
        ([], [AT_NOON], (Sign.ADDED, "bob gains", "", 'reader on vault, if "noon"')),
        (
            [READ],
            [AT_NOON],
            (
                Sign.CHANGED,
                "bob keeps, now only on a condition,",
                "reader on vault",
                'reader on vault, if "noon"',
            ),
        ),
        (
            [AT_NOON],
            [READ],
            (
                Sign.CHANGED,
                "bob keeps, no longer on a condition,",
                'reader on vault, if "noon"',
                "reader on vault",
            ),
        ),
        (
            [AT_NOON, AT_NIGHT],
            [AT_NOON],
            (
                Sign.CHANGED,
                "bob keeps, less widely,",
                'reader on vault, if "night" or "noon"',
                'reader on vault, if "noon"',
            ),
        ),
        (
            [AT_NOON],
            [AT_NIGHT],
            (
                Sign.CHANGED,
                "bob keeps, on other conditions,",
                'reader on vault, if "noon"',
                'reader on vault, if "night"',
            ),
        ),
        (
            [],
            [READ | {"effect": "Deny"}],
            (Sign.REMOVED, "bob loses", "", "denied: reader on vault"),
        ),
        (
            [READ | {"effect": "Deny"}],
            [AT_NOON | {"effect": "Deny"}],
            (
                Sign.CHANGED,
                "bob stays denied, now only on a condition,",
                "denied: reader on vault",
                'denied: reader on vault, if "noon"',
            ),
        ),
    ],
)
def test_a_grant_that_stays_in_part_reads_as_neither_gained_nor_lost(before, after, said):
    assert table(sheet({"grants": before}, {"grants": after}, Shape.ACCESS))[0] == said


def test_many_rows_are_made_only_when_somebody_looks():
    before = {f"field_{number}": number for number in range(3_000)}
    after = {name: number + 1 for name, number in before.items()} | {"note": "long " * 1_000}
    made = sheet(before, after)
    assert len(made.rows) == 3_001
    assert sum(isinstance(item, ChangeRow) for item in made.rows._items) == 1, "the long one, beforehand"
    assert made.rows[7] is made.rows[7]
    assert text_of(made.rows[-1].field) == "note"
    assert [text_of(row.field) for row in made.rows[1:3]] == ["field_1", "field_2"]


def test_a_name_of_several_words_stands_bare():
    assert path_text(("cost limit",)) == "cost limit"
    assert path_text(("cost  limit",)) == '["cost  limit"]'
    assert path_text((" cost",)) == '[" cost"]'


def test_a_cut_inside_a_literal_escape_does_not_make_it_look_real():
    made = sheet({"note": "<U+202Ex"}, {"note": "<U+202E>"})
    assert shown(made.rows[0].after) != "<U+202E>"
