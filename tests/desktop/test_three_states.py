"""An undo that would write over what others did since: three states, and what stands in the way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineclear.desktop.presenters.changes.three_states import three_states
from lineclear.desktop.presenters.sheets import Sign, text_of
from lineclear.domain.effects import Effect, Preview, Shape, Target, UndoPlan
from support.console import Console


def pictured(before, made, now, shape=Shape.FIELDS):
    effect = Effect("e1", before, made, "v1")
    preview = Preview(
        Target("crm", "contact", "7"), "Undo", shape, now, before, "v2", UndoPlan(possible=False)
    )
    return three_states(effect, preview)


def shown(value):
    return None if value is None else "".join(text_of(one.text) for one in value.segments)


def table(sheet):
    return [
        (row.sign, text_of(row.field), shown(row.before), shown(row.after), shown(row.now))
        for row in sheet.rows
    ]


def test_what_was_changed_again_is_in_the_way_and_stands_first():
    sheet = pictured(
        {"name": "A", "city": "Cologne", "terms": 30},
        {"name": "B", "city": "Köln", "terms": 30},
        {"name": "B", "city": "Hamburg", "terms": 14},
    )
    assert table(sheet) == [
        (Sign.CONFLICT, "city", "Cologne", "Köln", "Hamburg"),
        (Sign.CHANGED, "name", "A", "B", "B"),
        (Sign.SAME, "terms (changed since)", "30", "30", "14"),
    ]
    assert (sheet.before_title, sheet.after_title, sheet.now_title) == (
        "Before the action",
        "What it made",
        "Now",
    )
    assert sheet.rows[0].spoken == "city, in the way: Cologne, then Köln, now Hamburg"


def test_what_somebody_put_back_already_is_not_in_the_way():
    assert table(pictured({"city": "A"}, {"city": "B"}, {"city": "A"})) == [
        (Sign.CHANGED, "city", "A", "B", "A")
    ]


def test_what_was_removed_since_is_absent_now():
    made = {"lines": [{"id": 1, "amount": "9.00"}]}
    sheet = pictured({"lines": [{"id": 1, "amount": "8.00"}]}, made, {"lines": []})
    assert (Sign.CONFLICT, "lines[id=1].amount", "8.00", "9.00", None) in table(sheet)


def test_a_change_inside_what_the_action_added_is_in_the_way():
    sheet = pictured({"id": 7}, {"id": 7, "address": {"city": "A"}}, {"id": 7, "address": {"city": "B"}})
    assert table(sheet) == [
        (Sign.CONFLICT, "address", None, '{city: "A"}', "changed inside, see below"),
        (Sign.SAME, "address.city (changed since)", "A", "A", "B"),
    ]


def test_a_record_that_went_after_the_action_changed_it_is_in_the_way():
    sheet = pictured({"id": 7, "to": {"city": "A"}}, {"id": 7, "to": {"city": "B"}}, {"id": 7})
    assert table(sheet)[0] == (Sign.CONFLICT, "to.city", "A", "B", None)


def test_files_are_compared_line_by_line():
    before = {"retry.py": "a = 1\nb = 2\nc = 3\n"}
    made = {"retry.py": "a = 1\nb = 20\nc = 3\n"}
    now = {"retry.py": "a = 1\nb = 200\nc = 3\n", "new.py": "came\n"}
    assert table(pictured(before, made, now, Shape.CODE)) == [
        (Sign.CONFLICT, "retry.py:2", "b = 2", "b = 20", "b = 200"),
        (Sign.SAME, "new.py (changed since)", None, None, "came"),
    ]


values = st.dictionaries(st.sampled_from("abc"), st.integers(0, 3) | st.sampled_from(["x", "y"]), max_size=3)


@given(values, values, values)
def test_every_leaf_that_differs_in_any_state_is_in_the_picture(before, made, now):
    states = [{"id": 7} | state for state in (before, made, now)]
    said = {text_of(row.field).partition(" (")[0] for row in pictured(*states).rows}
    for one, other in ((before, made), (made, now)):
        for name in one.keys() | other.keys():
            if name not in one or name not in other or one[name] != other[name]:
                assert name in said


@pytest.fixture
def console():
    return Console()


def test_the_undo_panel_shows_three_states_says_why_not_and_what_to_do(console):
    action = console.kernel.refund("20.00")
    console.kernel.run()
    console.queue.filter("done")
    console.sync()
    console.look_at(action.id)
    console.kernel.tools.records["pay_1"]["status"] = "disputed"
    console.deciding.open_undo(action.id)
    undo = console.action_sheet.undo
    assert undo.why_not == "Changed since and in the way: status"
    assert text_of(undo.text) == (
        "It cannot be undone: record pay_1 changed after this action, and an undo could overwrite that. "
        "Propose a new action that sets it right; fields marked ! stand in the way."
    )
    assert table(undo.changes) == [(Sign.CONFLICT, "status", "captured", "refunded", "disputed")]
