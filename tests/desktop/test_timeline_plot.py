"""The timeline that one can move in: keys, wheel, drag, choosing, hostile names."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from lineclear.desktop.plotting.geometry import AXIS
from lineclear.desktop.plotting.track import track_of
from lineclear.desktop.presenters.jobs.span_sheets import span_sheet, span_tip
from lineclear.desktop.presenters.sheets import text_of
from lineclear.desktop.theme import Token
from lineclear.desktop.views.jobs.plot import Plot
from lineclear.domain.vocabulary import SpanKind
from support.spans import many_spans, span

SPANS = (
    span("read ticket", 0, 1.6, kind=SpanKind.READ),
    span("plan", 2, 4, kind=SpanKind.MODEL, cost_micros=12_000, tokens=810, model="large"),
    span("payments.list", 3, 1, "plan", error="Timeout"),
    span("waiting", 6, 20, kind=SpanKind.WAITING),
)


@pytest.fixture
def plot(look, qtbot):
    made = Plot(look)
    qtbot.addWidget(made)
    made.resize(900, 300)
    made.show()
    made.display(track_of(SPANS))
    return made


def turn(plot: Plot, at: QPoint, notches: int, keys=Qt.KeyboardModifier.NoModifier) -> None:
    angle = QPoint(0, 120 * notches)
    here = QPointF(at)
    event = QWheelEvent(
        here,
        here,
        QPoint(),
        angle,
        Qt.MouseButton.NoButton,
        keys,
        Qt.ScrollPhase.NoScrollPhase,
        False,  # noqa: FBT003  # Qt's
    )
    QApplication.sendEvent(plot.viewport(), event)


def row_of(name: str) -> int:
    return [one.id for one in track_of(SPANS).spans].index(name)


def click(plot: Plot, row: int) -> None:
    at = QPoint(400, AXIS + row * 21 + 10)
    QTest.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=at)


def test_a_click_chooses_the_step_of_that_row(plot, heard):
    chosen = heard(plot.chosen)
    click(plot, row_of("payments.list"))
    assert chosen.said == [("payments.list",)]
    assert "Timeout" in plot.accessibleDescription()


def test_a_click_below_all_rows_chooses_nothing(plot, heard):
    chosen = heard(plot.chosen)
    QTest.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(400, 290))
    assert chosen.said == []


def test_the_wheel_zooms_where_the_pointer_is_and_with_shift_moves(plot):
    whole = plot.sight
    turn(plot, QPoint(500, 100), 2)
    closer = plot.sight
    assert closer.length < whole.length
    turn(plot, QPoint(500, 100), -1, Qt.KeyboardModifier.ShiftModifier)
    assert plot.sight.first > closer.first
    assert plot.sight.length == pytest.approx(closer.length)


def test_a_drag_moves_and_chooses_nothing(plot, heard):
    chosen, whole = heard(plot.chosen), plot.sight
    view = plot.viewport()
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(500, 60))
    QTest.mouseMove(view, QPoint(440, 60))
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(440, 60))
    assert plot.sight.first > whole.first
    assert chosen.said == []


@pytest.mark.parametrize(
    ("command", "moves"),
    [
        ("timeline.closer", lambda old, new: new.length < old.length),
        ("timeline.further", lambda old, new: new.length > old.length),
        ("timeline.earlier", lambda old, new: new.first < old.first),
        ("timeline.later", lambda old, new: new.first > old.first),
        ("timeline.start", lambda old, new: new.first < 0 <= new.last),
        ("timeline.end", lambda old, new: new.last > old.whole),
        ("timeline.fit", lambda old, new: new == old.fit()),
    ],
)
def test_each_command_of_moving_does_what_it_says(plot, command, moves):
    plot.set_sight(plot.sight.zoom(0.2, 0.5))
    old = plot.sight
    plot.run_command(command)
    assert moves(old, plot.sight)


def test_steps_are_chosen_one_after_the_other_by_keys(plot, heard):
    chosen = heard(plot.chosen)
    for command in ("next_step", "next_step", "lane_down", "previous_step"):
        plot.run_command(f"timeline.{command}")
    names = [one.id for one in track_of(SPANS).spans]
    assert [said[0] for said in chosen.said] == [names[0], names[1], names[2], names[1]]


def test_who_looks_at_a_running_job_keeps_choice_and_place(plot):
    plot.choose("plan")
    plot.set_sight(plot.sight.zoom(0.3, 0.2))
    before = plot.sight
    plot.display(track_of((*SPANS, span("later", 30, 60))))
    assert (plot.sight.first, plot.sight.length) == (before.first, before.length)
    assert "plan" in plot.accessibleDescription()


def test_a_step_that_is_not_there_is_not_chosen(plot):
    assert not plot.choose("s99")


def colours(plot: Plot) -> set[str]:
    image = plot.grab().toImage()
    return {image.pixelColor(x, y).name() for y in range(0, 300, 2) for x in range(0, 900, 2)}


def test_a_failed_step_is_marked_by_a_colour_and_a_sign(plot, look):
    assert look.colour(Token.REMOVED).name() in colours(plot)
    plot.display(track_of([one for one in SPANS if not one.error]))
    assert look.colour(Token.REMOVED).name() not in colours(plot)


def test_waits_are_hatched_in_bars_and_in_the_picture_of_many(plot, look):
    """The stroke's colour is that of models, so there are none here."""
    waits = [span(f"w{n}", n * 10, 9, kind=SpanKind.WAITING) for n in range(2_000)]
    plot.display(track_of(waits))
    plot.set_sight(plot.sight.zoom(0.15, 0.5))
    assert look.colour(Token.CONTROL).name() in colours(plot)


def test_what_an_agent_calls_a_step_is_shown_with_its_escapes(plot):
    """A name from outside is never interpreted, in no tool tip either."""
    hostile = span("<b>pay</b>\u202egnp", 0, 1, error="\u200bx")
    told = span_tip(hostile)
    assert "\u202e" not in told
    assert "\u200b" not in told
    assert "<b>pay</b>" in told
    sheet = span_sheet(hostile, None)
    assert "\u202e" not in text_of(sheet.title)
    assert any(fact.is_wrong for fact in sheet.facts)


def test_thousands_of_steps_are_one_picture_with_its_number(plot):
    plot.display(track_of(many_spans(20_000)))
    assert "20,000 steps" in plot.accessibleName()
    assert not plot.grab().isNull()
