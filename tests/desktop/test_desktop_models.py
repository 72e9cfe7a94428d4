"""Lists that change under the reader's eyes without losing their place."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QAbstractItemModel, Qt

from lineclear.desktop.gallery import jobs, samples
from lineclear.desktop.models.changes_model import ChangesModel
from lineclear.desktop.models.queue_model import QueueModel, key_of_row
from lineclear.desktop.models.reconcile import Inserted, Removed, Replaced, edits
from lineclear.desktop.models.table_model import Column, TableModel
from lineclear.desktop.presenters.sheets import ChangeRow, Segment, Sign, Value

ROWS = samples.QUEUE.rows


@dataclass(frozen=True, slots=True)
class Item:
    key: str
    text: int


ITEMS = st.lists(
    st.builds(Item, st.text("abcdefghij", min_size=1, max_size=1), st.integers(0, 2)),
    unique_by=lambda item: item.key,
)


def carried_out(old, new):
    now, touched = list(old), set()
    for edit in edits(old, new, lambda item: item.key):
        match edit:
            case Removed(first, last):
                touched.update(item.key for item in now[first : last + 1])
                del now[first : last + 1]
            case Inserted(at, items):
                touched.update(item.key for item in items)
                now[at:at] = items
            case Replaced(at, item):
                now[at] = item
    return now, touched


@given(ITEMS, ITEMS)
def test_the_edits_lead_from_one_list_to_the_other(old, new):
    assert carried_out(old, new)[0] == new


@given(ITEMS, st.integers(0, 10))
def test_one_row_that_moves_touches_no_other(old, to):
    if not old:
        return
    new = [*old[1:]]
    new.insert(to, old[0])
    now, touched = carried_out(old, new)
    assert now == new
    assert len(touched) <= 1


def never_reset(model: QAbstractItemModel) -> list[str]:
    resets: list[str] = []
    model.modelReset.connect(lambda: resets.append("reset"))
    model.layoutChanged.connect(lambda *_: resets.append("layout"))
    return resets


def test_the_queue_model_is_sound_while_it_changes(qtmodeltester):
    model = QueueModel()
    resets = never_reset(model)
    for rows in (ROWS, ROWS[3:], (ROWS[8], *ROWS[:4]), ()):
        model.update_rows(rows)
        qtmodeltester.check(model)
    assert resets == []
    assert model.rowCount() == 0


def test_headings_stand_over_their_groups_and_cannot_be_chosen():
    model = QueueModel()
    model.update_rows(ROWS)
    texts = [model.index(row).data() for row in range(model.rowCount())]
    assert [texts[0], texts[3], texts[9]] == ["Due within 10 minutes, 2", "Today, 5", "Waiting on others, 2"]
    assert not model.index(0).flags() & Qt.ItemFlag.ItemIsSelectable


def test_a_screen_reader_hears_the_whole_row():
    model = QueueModel()
    model.update_rows(ROWS)
    said = model.index(1).data(Qt.ItemDataRole.AccessibleTextRole)
    assert said == "Refund $180.00 to customer 4411, support-agent · duplicate charge, due in 4:12, Tier 2"


def test_the_changes_model_is_sound_while_it_changes(qtmodeltester):
    model = ChangesModel()
    resets = never_reset(model)
    for rows in (samples.CHANGES.rows, samples.CHANGES.rows + samples.CHANGES.unchanged, ()):
        model.update_changes(rows)
        qtmodeltester.check(model)
    assert resets == []


def test_the_table_model_is_sound_while_it_changes(qtmodeltester):
    columns = (Column("Job", 2, lambda job: job.title), Column("State", 1, lambda job: job.state))
    model = TableModel(columns, lambda job: job.id)
    for rows in (jobs.JOBS.rows, jobs.JOBS.rows[1:], tuple(reversed(jobs.JOBS.rows))):
        model.update_rows(rows)
        qtmodeltester.check(model)
    assert model.index(0, 1).data() == "Ended"
    assert model.headerData(1, Qt.Orientation.Horizontal) == "State"


def long_row(parts: int) -> ChangeRow:
    value = Value(tuple(Segment("x" * 4096) for _ in range(parts)))
    return ChangeRow(Sign.ADDED, "blob", None, value, "blob is added")


def test_a_long_value_is_laid_out_in_parts_and_reaches_its_end():
    model = ChangesModel()
    model.update_changes([long_row(20)])
    hidden = [model.item(0).hidden]
    while hidden[-1]:
        model.show_more(0)
        hidden.append(model.item(0).hidden)
    assert hidden[0] == 19 * 4096
    assert hidden == sorted(hidden, reverse=True)
    assert len(hidden) <= 4


def test_what_was_unfolded_stays_unfolded_when_the_row_is_shown_anew():
    model = ChangesModel()
    model.update_changes([long_row(20)])
    model.show_more(0)
    before = model.item(0).hidden
    model.update_changes([replace(long_row(20), spoken="blob was added")])
    assert model.item(0).hidden == before


def chosen_id(window) -> str:
    index = window.review.queue.list.currentIndex()
    return window.review.queue.model.item(index.row()).id


def test_the_choice_follows_the_action_when_rows_come_in_above(shows, heard):
    window = shows()
    said = heard(window.review.chosen)
    window.review.queue.choose_next(1)
    assert said.said == [("a2",)]
    newer = tuple(replace(ROWS[0], id=f"new{number}") for number in range(5))
    window.review.display_queue(replace(samples.QUEUE, rows=newer + ROWS, selected="a2"))
    assert chosen_id(window) == "a2"
    window.review.display_queue(replace(samples.QUEUE, rows=tuple(reversed(ROWS)), selected="a2"))
    assert chosen_id(window) == "a2"
    assert said.said == [("a2",)]


def test_when_the_chosen_action_goes_nothing_is_chosen_in_its_place(shows, heard):
    window = shows()
    said = heard(window.review.chosen)
    window.review.display_queue(replace(samples.QUEUE, rows=ROWS[1:], selected=None))
    assert not window.review.queue.list.currentIndex().isValid()
    assert window.review.queue.list.selectionModel().selectedIndexes() == []
    assert said.said == []


@pytest.mark.parametrize(("start", "step", "found"), [("a2", 1, "a3"), ("a3", -1, "a2"), ("a9", 1, "a9")])
def test_next_and_previous_pass_over_headings_and_stop_at_the_ends(shows, start, step, found):
    window = shows()
    window.review.display_queue(replace(samples.QUEUE, selected=start))
    window.review.queue.choose_next(step)
    assert chosen_id(window) == found


def test_a_row_is_found_by_its_key():
    model = QueueModel()
    model.update_rows(ROWS)
    assert model.row_of(key_of_row("a3")) == 4
    assert model.row_of(key_of_row("nobody")) is None
