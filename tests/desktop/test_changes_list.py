"""Many changed rows in a window of their own: every one of them within reach, none laid out too early."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QScrollArea

from lineclear.desktop.delegates.changes_delegate import USUAL_HEIGHT, ChangesPainter, fit_columns
from lineclear.desktop.gallery.pictures import settle
from lineclear.desktop.gallery.samples import CHANGES, value
from lineclear.desktop.gallery.waits import ACTION_MOVED, many_rows
from lineclear.desktop.models.changes_model import ShownChange
from lineclear.desktop.models.heights import Heights
from lineclear.desktop.painting import Laid, Run
from lineclear.desktop.presenters.sheets import ChangeRow, Segment, Sign, Value
from lineclear.desktop.theme import FontRole
from lineclear.desktop.views.changes.changes import ChangesCard
from lineclear.desktop.views.changes.changes_list import MOST_WHOLE
from lineclear.domain.text import paintable

# -- where rows stand ---------------------------------------------------------------------------------

corrections = st.lists(st.tuples(st.integers(0, 1_499), st.integers(1, 400)), max_size=30)


@given(st.integers(1, 1_500), corrections, st.integers(-50, 60_000))
def test_places_and_rows_agree_whatever_was_measured(count, corrected, place):
    heights, plain = Heights(count, 31), [31] * count
    for row, height in corrected:
        if row < count:
            assert heights.correct(row, height) == height - plain[row]
            plain[row] = height
        assert heights.total == sum(plain)
    row = heights.row_at(place)
    top = sum(plain[:row])
    assert heights.top(row) == top
    if 0 <= place < sum(plain):
        assert top <= place < top + plain[row]
    else:
        assert row == (0 if place < 0 else count - 1)


def test_no_rows_have_no_place():
    assert Heights(0, 31).total == 0
    with pytest.raises(ValueError, match="no rows"):
        Heights(0, 31).row_at(0)


# -- the list -----------------------------------------------------------------------------------------


@pytest.fixture
def card(look, qtbot):
    made = ChangesCard(look)
    qtbot.addWidget(made)
    made.resize(760, 700)
    made.show()

    def show(sheet):
        made.display(sheet)
        settle()
        return made.list

    yield show
    made.close()


def in_sight(changes) -> list[int]:
    """The rows that are at least partly in the window, from the top."""
    bottom = changes.viewport().height() - 1
    first = changes.indexAt(QPoint(4, 0)).row()
    last = changes.indexAt(QPoint(4, bottom)).row()
    return list(range(first, last + 1))


def test_few_rows_are_as_high_as_they_need_to_be(card):
    changes = card(CHANGES)
    assert not changes.is_windowed
    last = changes.visualRect(changes.model().index(len(CHANGES.rows) - 1))
    assert last.bottom() + 1 == changes.height()


def test_many_rows_have_a_window_of_their_own_and_lay_out_only_what_is_in_sight(card):
    changes = card(many_rows(5_000))
    assert changes.is_windowed
    assert changes.height() < 1_000
    laid = changes._painter._laid[changes._columns]
    assert len(laid) <= len(in_sight(changes)) + 2
    assert changes.verticalScrollBar().maximum() > 4_900 * USUAL_HEIGHT


def test_the_end_is_reached_by_the_bar_and_by_the_key(card):
    changes = card(many_rows(5_000))
    bar = changes.verticalScrollBar()
    bar.setValue(bar.maximum())
    assert in_sight(changes)[-1] == 4_999
    assert bar.value() == bar.maximum()
    bar.setValue(0)
    changes.setFocus()
    QTest.keyClick(changes, Qt.Key.Key_End)
    assert changes.currentIndex().row() == 4_999
    assert in_sight(changes)[-1] == 4_999
    QTest.keyClick(changes, Qt.Key.Key_Home)
    assert in_sight(changes)[0] == 0


def test_every_row_is_in_sight_once_on_the_way_down(card):
    changes = card(many_rows(700))
    bar, seen = changes.verticalScrollBar(), set()
    while True:
        seen.update(in_sight(changes))
        if bar.value() == bar.maximum():
            break
        bar.setValue(bar.value() + changes.viewport().height() // 2)
    assert seen == set(range(700))


def test_what_is_read_stays_where_it_is_while_rows_above_it_grow(card):
    changes = card(many_rows(5_000))
    bar = changes.verticalScrollBar()
    bar.setValue(2_501 * USUAL_HEIGHT)
    row = in_sight(changes)[1]
    for _ in range(60):
        before = changes.visualRect(changes.model().index(row)).top()
        bar.setValue(bar.value() - 20)
        assert changes.visualRect(changes.model().index(row)).top() == before + 20
        row = in_sight(changes)[1]


def test_the_row_at_the_top_stays_when_the_window_becomes_narrower(card):
    changes = card(many_rows(5_000))
    bar = changes.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    top = in_sight(changes)[0]
    changes.window().resize(560, 700)
    settle()
    assert in_sight(changes)[0] == top


def test_keys_walk_down_row_by_row_and_the_window_follows(card):
    changes = card(many_rows(1_000))
    changes.setFocus()
    for row in range(40):
        QTest.keyClick(changes, Qt.Key.Key_Down)
        current = changes.currentIndex().row()
        assert abs(current - row) <= 1
        box = changes.visualRect(changes.currentIndex())
        assert box.top() >= 0
        assert box.bottom() < changes.viewport().height()


def long_row(name: str) -> ChangeRow:
    text = Value(tuple(Segment("word " * 800) for _ in range(6)))
    return ChangeRow(Sign.ADDED, paintable(name), None, text, "long")


def test_a_long_value_among_many_is_shown_to_its_end_on_enter(card):
    sheet = many_rows(1_000)
    sheet = replace(sheet, rows=(*sheet.rows[:300], long_row("note"), *sheet.rows[300:]))
    changes = card(sheet)
    model = changes.model()
    changes.setFocus()
    changes.setCurrentIndex(model.index(300))
    before = changes.visualRect(model.index(300)).height()
    while model.item(300).hidden:
        QTest.keyClick(changes, Qt.Key.Key_Return)
    after = changes.visualRect(model.index(300))
    assert after.height() > before
    bar = changes.verticalScrollBar()
    bar.setValue(bar.value() + after.bottom() - 100)
    assert in_sight(changes)[0] == 300
    assert 301 in in_sight(changes)


def test_unfolding_many_unchanged_rows_keeps_the_place(card):
    sheet = many_rows(1_000)
    changes = card(sheet)
    changes.verticalScrollBar().setValue(400 * USUAL_HEIGHT)
    top = in_sight(changes)[0]
    changes.parentWidget()._fold.click()
    settle()
    assert changes.model().rowCount() == 1_000 + len(sheet.unchanged)
    assert in_sight(changes)[0] == top


def test_another_action_begins_at_the_top(card):
    changes = card(many_rows(1_000))
    changes.verticalScrollBar().setValue(9_000)
    card(replace(many_rows(900), heading=paintable("Changes to others")))
    assert in_sight(changes)[0] == 0


def test_the_row_that_has_the_focus_is_scrolled_to_in_the_page_around(shows):
    window = shows("review-hostile", size=(1024, 700))
    cards = window.review.action.cards
    changes = cards.changes.list
    changes.setFocus()
    for _ in range(changes.model().rowCount()):
        QTest.keyClick(changes, Qt.Key.Key_Down)
    settle()
    assert isinstance(cards, QScrollArea)
    assert cards.verticalScrollBar().value() > 0
    assert changes.model().rowCount() > 1
    assert changes.model().rowCount() < MOST_WHOLE


def test_rows_of_one_name_may_come_and_go(card):
    row = CHANGES.rows[0]
    for count in (1, 2, 3, 1, 0, 2):
        changes = card(replace(CHANGES, rows=(row,) * count, unchanged=()))
        assert changes.model().rowCount() == count


# -- columns ------------------------------------------------------------------------------------------


def test_a_long_field_name_breaks_where_its_words_do(look):
    name = "customer.payment_terms_days"
    row = ChangeRow(Sign.CHANGED, paintable(name), value("30"), value("14"), "")
    laid = ChangesPainter(look)._lay(ShownChange(row), fit_columns(look, [row], 420))
    lines = [laid.field._layout.lineAt(n) for n in range(laid.field._layout.lineCount())]
    text = laid.field._layout.text()
    parts = [text[line.textStart() : line.textStart() + line.textLength()] for line in lines]
    assert "".join(parts).replace("\u200b", "") == name
    assert all(part.rstrip("\u200b")[-1] in "._" for part in parts[:-1])


def test_a_place_to_break_takes_no_room(look):
    bare, broken = (Laid(look, [Run(text)], FontRole.BODY).width for text in ("a.b_c", "a.\u200bb_\u200bc"))
    assert bare == broken


@pytest.mark.parametrize("width", [320, 560, 900, 2_000])
@pytest.mark.parametrize("states", [2, 3])
def test_no_column_starves(look, width, states):
    rows = ACTION_MOVED.undo.changes.rows
    columns = fit_columns(look, rows, width, states)
    widths = [columns.field_width, *(columns.state_width(number) for number in range(states))]
    assert len(columns.states) == states
    assert all(each > (width - 60) * 0.1 for each in widths)
