"""A row that was painted before is shown as it would be painted now, whatever has changed since."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace

import pytest
from PySide6.QtCore import QEvent, QPointF, QSize, Qt
from PySide6.QtGui import QHoverEvent, QImage, QPainter, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from lineclear.desktop.gallery.pictures import picture, settle
from lineclear.desktop.gallery.samples import value
from lineclear.desktop.gallery.waits import many_rows
from lineclear.desktop.mirrored import Mirrored
from lineclear.desktop.pictures import Pictures, Setting, setting_of
from lineclear.desktop.presenters.sheets import Chip, QueueRow, QueueSheet, Tone
from lineclear.desktop.theme import Density, Look, ThemeName
from lineclear.desktop.views.changes.changes import ChangesCard
from lineclear.desktop.views.queue.queue import QueueView
from lineclear.domain import wording

ROWS = tuple(
    QueueRow(
        f"action-{at}", f"Refund ${at}.00", "support-agent", "4 min", Chip("Tier 2", Tone.CAUTION), "Today"
    )
    for at in range(40)
)
SHEET = QueueSheet("Needs you", 40, (), ROWS)
CHANGES = many_rows(600)


@dataclass
class Turn:
    """What may have changed since a row was painted."""

    look: Look
    application: QApplication
    room: QWidget
    scale: float = 1.0


@pytest.fixture
def turn(look: Look, fusion: QApplication) -> Iterator[Turn]:
    room = QWidget()
    QVBoxLayout(room)
    room.resize(720, 560)
    room.show()
    yield Turn(look, fusion, room)
    room.close()
    fusion.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def taken(turn: Turn, part: QWidget) -> QImage:
    """A part of the window as it is painted now."""
    settle()
    return picture(part, turn.scale)


def from_right(turn: Turn) -> None:
    turn.application.setLayoutDirection(Qt.LayoutDirection.RightToLeft)


def dark(turn: Turn) -> None:
    turn.look.choose(ThemeName.DARK)


def contrast(turn: Turn) -> None:
    turn.look.choose(ThemeName.CONTRAST)


def compact(turn: Turn) -> None:
    turn.look.set_density(Density.COMPACT)


def larger(turn: Turn) -> None:
    turn.look.set_size(1.25)
    turn.room.setStyleSheet(turn.look.stylesheet())  # as the window does: words take their room anew


def narrower(turn: Turn) -> None:
    turn.room.resize(560, 560)


def sharper(turn: Turn) -> None:
    turn.scale = 2.0


CIRCUMSTANCES = [dark, contrast, larger, narrower, sharper, from_right]

# -- the queue ----------------------------------------------------------------------------------------


def other_words(rows: QueueView) -> None:
    rows.display(replace(SHEET, rows=tuple(replace(row, title=f"{row.title}, or more") for row in ROWS)))


def other_badge(rows: QueueView) -> None:
    rows.display(replace(SHEET, rows=tuple(replace(row, badge=Chip("Tier 3", Tone.STOP)) for row in ROWS)))


def marked(rows: QueueView) -> None:
    rows.display(replace(SHEET, rows=tuple(replace(row, is_marked=True) for row in ROWS)))


def selected(rows: QueueView) -> None:
    rows.display(replace(SHEET, selected="action-3"))


def under_pointer(rows: QueueView) -> None:
    at = QPointF(rows.list.visualRect(rows.model.index(4)).center())
    pointed = QHoverEvent(QEvent.Type.HoverMove, at, at, QPointF(-1, -1))
    QApplication.sendEvent(rows.list.viewport(), pointed)


def focused(rows: QueueView) -> None:
    rows.display(replace(SHEET, selected="action-3"))
    rows.activateWindow()
    rows.list.setFocus(Qt.FocusReason.TabFocusReason)
    rows.window().setAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)


def queue_in(turn: Turn) -> QueueView:
    made = QueueView(turn.look)
    turn.room.layout().addWidget(made)
    made.display(SHEET)
    settle()
    return made


def let_go(part: QWidget) -> None:
    part.hide()
    part.setParent(None)
    part.deleteLater()


@pytest.mark.parametrize("change", [*CIRCUMSTANCES, compact])
def test_the_queue_follows_whatever_its_look_hangs_on(turn: Turn, change: Callable[[Turn], None]):
    kept = queue_in(turn)
    before = taken(turn, kept.list)
    change(turn)
    after = taken(turn, kept.list)
    let_go(kept)
    anew = taken(turn, queue_in(turn).list)
    assert after == anew
    assert after != before


@pytest.mark.parametrize("change", [other_words, other_badge, marked, selected, under_pointer])
def test_the_queue_follows_what_its_rows_hold_and_what_they_stand_on(
    turn: Turn, change: Callable[[QueueView], None]
):
    kept = queue_in(turn)
    before = taken(turn, kept.list)
    change(kept)
    after = taken(turn, kept.list)
    let_go(kept)
    other = queue_in(turn)
    change(other)
    assert after == taken(turn, other.list)
    assert after != before


def test_the_queues_rows_stand_again_on_the_ground_that_they_had(turn: Turn):
    kept = queue_in(turn)
    before = taken(turn, kept.list)
    selected(kept)
    taken(turn, kept.list)
    kept.display(SHEET)
    assert taken(turn, kept.list) == before


def test_the_ring_of_the_keyboard_comes_and_goes_over_a_row_that_was_painted_before(turn: Turn):
    kept = queue_in(turn)
    selected(kept)
    without = taken(turn, kept.list)
    focused(kept)
    assert QTest.qWaitForWindowActive(turn.room)
    ringed = taken(turn, kept.list)
    assert ringed != without
    turn.room.setAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange, on=False)
    assert taken(turn, kept.list) == without


def test_queued_rows_that_were_prepared_are_those_that_would_be_painted(turn: Turn):
    kept = queue_in(turn)
    taken(turn, kept.list)
    assert kept.list.prepare_ahead()
    while kept.list.prepare_ahead():
        pass
    bar = kept.list.verticalScrollBar()
    bar.setValue(bar.pageStep())
    after = taken(turn, kept.list)
    let_go(kept)
    other = queue_in(turn).list
    other.verticalScrollBar().setValue(bar.pageStep())
    assert after == taken(turn, other)


def test_the_queue_prepares_nothing_before_its_first_frame_and_nothing_twice(
    look: Look, fusion: QApplication
):
    unseen = QueueView(look)
    unseen.display(SHEET)
    assert not unseen.list.prepare_ahead()


# -- a diff -------------------------------------------------------------------------------------------


def card_in(turn: Turn, sheet=CHANGES) -> ChangesCard:
    made = ChangesCard(turn.look)
    made.set_room(560)
    turn.room.layout().addWidget(made)
    made.display(sheet)
    settle()
    return made


@pytest.mark.parametrize("change", CIRCUMSTANCES)
def test_a_diff_follows_whatever_its_look_hangs_on(turn: Turn, change: Callable[[Turn], None]):
    kept = card_in(turn)
    before = taken(turn, kept.list.viewport())
    change(turn)
    after = taken(turn, kept.list.viewport())
    let_go(kept)
    anew = taken(turn, card_in(turn).list.viewport())
    assert after == anew
    assert after != before


def test_a_diff_follows_other_values_in_fields_of_the_same_names(turn: Turn):
    rows = tuple(replace(row, after=value("21", "21")) for row in CHANGES.rows)
    kept = card_in(turn)
    before = taken(turn, kept.list.viewport())
    kept.display(replace(CHANGES, rows=rows))
    after = taken(turn, kept.list.viewport())
    let_go(kept)
    assert after == taken(turn, card_in(turn, replace(CHANGES, rows=rows)).list.viewport())
    assert after != before


def test_a_diff_shows_what_is_searched_for_where_it_was_painted_before_and_no_longer_after(turn: Turn):
    kept = card_in(turn)
    before = taken(turn, kept.list.viewport())
    kept.list.mark("payment")
    assert taken(turn, kept.list.viewport()) != before
    kept.list.mark("")
    assert taken(turn, kept.list.viewport()) == before


def test_rows_that_were_prepared_are_those_that_would_be_painted(turn: Turn):
    kept = card_in(turn)
    taken(turn, kept.list.viewport())
    assert kept.list.prepare_ahead()
    turns = 1
    while kept.list.prepare_ahead():
        turns += 1
    assert turns < 2 * 560 / 31
    bar = kept.list.verticalScrollBar()
    bar.setValue(bar.pageStep())
    after = taken(turn, kept.list.viewport())
    let_go(kept)
    other = card_in(turn).list
    other.verticalScrollBar().setValue(bar.pageStep())
    assert after == taken(turn, other.viewport())


def test_rows_are_prepared_while_nothing_else_happens(turn: Turn, qtbot):
    kept = card_in(turn)
    taken(turn, kept.list.viewport())
    laid = len(kept.list._painter._laid[kept.list._columns])
    qtbot.waitUntil(lambda: not kept.list._idle.isActive(), timeout=60_000)
    assert len(kept.list._painter._laid[kept.list._columns]) > laid
    assert not kept.list.prepare_ahead()


def test_few_rows_prepare_nothing(turn: Turn):
    kept = card_in(turn, many_rows(20))
    taken(turn, kept.list.viewport())
    assert not kept.list.prepare_ahead()


# -- what keeps them ----------------------------------------------------------------------------------

HERE = Setting(look=1, width=100, ratio=1.0, is_from_right=False, language=wording.English())
ELSEWHERE = {"look": 2, "width": 101, "ratio": 2.0, "is_from_right": True, "language": Mirrored()}


def kept_in(setting: Setting, most: int = 1 << 20) -> Pictures:
    pictures = Pictures(most)
    pictures.enter(setting)
    return pictures


@pytest.mark.parametrize("name", [field.name for field in fields(Setting)])
def test_a_picture_holds_in_its_own_setting_alone(fusion: QApplication, name: str):
    pictures, shown = kept_in(HERE), object()
    pictures.keep("row", shown, pictures.blank(20))
    assert not pictures.enter(replace(HERE))
    assert pictures.find("row", shown) is not None
    assert pictures.enter(replace(HERE, **{name: ELSEWHERE[name]}))
    assert pictures.find("row", shown) is None


def test_a_picture_holds_for_the_very_thing_that_it_shows(fusion: QApplication):
    pictures, shown = kept_in(HERE), ROWS[0]
    pictures.keep("row", shown, pictures.blank(20))
    assert pictures.find("row", shown) is not None
    assert pictures.find("row", replace(shown)) is None
    assert pictures.find("another", shown) is None


def test_pictures_take_no_more_room_than_they_may_and_those_not_shown_go_first(fusion: QApplication):
    one = 100 * 20 * 4
    pictures, rows = kept_in(HERE, most=3 * one), [object() for _ in range(5)]
    for at, row in enumerate(rows):
        pictures.keep(at, row, pictures.blank(20))
        assert pictures.find(0, rows[0]) is not None
        assert pictures.bytes <= 3 * one
    assert [at for at, row in enumerate(rows) if pictures.find(at, row)] == [0, 3, 4]
    pictures.keep(4, rows[4], pictures.blank(10))
    pictures.drop(0)
    assert pictures.bytes == one + one // 2
    pictures.forget()
    assert pictures.bytes == 0


def test_a_setting_is_what_is_seen_now(turn: Turn):
    def now(scale: float = 1.0, width: int = 80) -> Setting:
        canvas = QPixmap(QSize(10, 10) * scale)
        canvas.setDevicePixelRatio(scale)
        painter = QPainter(canvas)
        found = setting_of(turn.look, painter, width)
        painter.end()
        return found

    first = now()
    assert now() == first
    assert now(2.0).ratio == 2.0
    assert now(width=81).width == 81
    dark(turn)
    assert now().look != first.look
    dense = now().look
    compact(turn)
    assert now().look != dense
    from_right(turn)
    assert now().is_from_right
    spoken = Mirrored()
    wording.use(spoken)
    try:
        assert now().language is spoken
    finally:
        wording.use(first.language)
