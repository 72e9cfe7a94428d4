"""What pages look like together: one grid, one height of titles, no line longer than is good to read."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QWidget

from lineclear.desktop.assets import find_assets
from lineclear.desktop.gallery import samples
from lineclear.desktop.gallery.pictures import settle
from lineclear.desktop.languages import MIRRORED, Language, speak
from lineclear.desktop.presenters.control.control_sheets import Part
from lineclear.desktop.presenters.sheets import Chip, SafeModeSheet, SafeModeState, Tone
from lineclear.desktop.views.controls import Pill
from lineclear.desktop.views.kit import Icon, Text
from lineclear.desktop.views.states import StateView
from support_layout import shown

WIDE = (2560, 1440)
READABLE = 980
"""Pixels: no card of words is wider."""


def place(part: QWidget) -> QPoint:
    return part.mapTo(part.window(), QPoint(0, 0))


def text(window: QWidget, words: str) -> Text:
    return next(one for one in shown(window, Text) if one.text() == words)


@pytest.fixture
def from_right(fusion: QApplication):
    speak(MIRRORED, find_assets(), fusion)
    yield
    speak(Language.ENGLISH, find_assets(), fusion)


def test_titles_stand_at_one_height_and_one_edge_on_every_page(shows):
    titles = {"jobs": "Jobs", "control": "Control", "insights-week": "Insights"}
    found = set()
    for scene, title in titles.items():
        part = text(shows(scene), title)
        found.add((place(part).x(), place(part).y() + part.height() / 2))
    assert len(found) == 1


def test_the_first_question_begins_where_the_title_and_the_buttons_begin(shows):
    window = shows("review")
    title = window.review.action.head.findChildren(Text)[0]
    first = text(window, samples.ACTION.questions[0].ask)
    approve = window.review.bar.button("review.approve")
    assert place(first).x() == place(title).x() == place(approve).x()


def test_two_states_side_by_side_begin_in_one_line(shows):
    window = shows("queue-empty")
    icons = [icon for state in shown(window, StateView) for icon in shown(state, Icon)]
    assert len(icons) == 2
    assert place(icons[0]).y() == place(icons[1]).y()


def test_a_reason_is_no_line_from_edge_to_edge_of_a_wide_window(shows):
    window = shows("reject", size=WIDE)
    field = window.review.bar.panel.field
    assert field.width() <= READABLE < window.review.bar.width()
    assert place(field).x() == place(window.review.bar.panel.yes).x()


def test_the_document_and_people_are_no_wider_than_is_good_to_read(shows):
    window = shows("control", size=WIDE)
    for part, card in ((Part.DOCUMENT, window.control.document), (Part.PEOPLE, window.control.people)):
        window.control.show_part(part)
        settle()
        assert card.width() <= READABLE


def test_the_card_of_modes_is_as_high_as_what_it_holds_and_scrolls_in_a_low_window(shows):
    window = shows("control-modes", size=WIDE)
    card = window.control.modes
    assert card.height() == card.column.totalHeightForWidth(card.width())
    assert card.height() < window.height() / 2
    window.resize(1024, 700)
    settle()
    assert place(card).y() + card.height() <= window.height()


def test_a_timeline_of_few_steps_does_not_fill_a_high_window(shows):
    window = shows("job-running", size=WIDE)
    assert window.jobs.detail.steps.height() < window.height() / 2


def test_a_scroll_bar_takes_the_margin_and_not_the_width_of_what_is_shown(shows):
    window = shows("insights-week", size=(1440, 1440))
    wide = window.insights.headlines.width()
    window.resize(1440, 700)
    settle()
    assert window.insights.headlines.width() == wide


def test_what_is_not_known_before_there_is_a_backend_is_no_alarm(shows):
    window = shows("review")
    unknown = SafeModeSheet(SafeModeState.UNKNOWN, "Safe mode not known")
    tones = []
    for freshness in (Chip("Connecting"), Chip("Offline since 14:02", Tone.STOP)):
        window.top.display(replace(samples.TOP, safe_mode=unknown, freshness=freshness))
        tones.append(window.top.safe_mode.tone)
    assert tones == [Tone.NEUTRAL, Tone.CAUTION]


def test_the_digest_goes_without_its_words_before_it_takes_a_line_of_its_own(shows):
    window = shows("review")
    bar = window.review.bar
    decision = replace(
        samples.ACTION.decision, digest="payload 9f3c 51a0 · policy v14", brief="9f3c 51a0 · v14"
    )
    bar.display(replace(samples.ACTION, decision=decision))
    lines = {}
    for width in range(1000, 440, -4):
        bar.setFixedWidth(width)
        settle()
        digest = next(one for one in shown(bar, Text) if "9f3c" in one.text())
        is_below = digest.y() > bar.button("review.approve").geometry().bottom()
        lines.setdefault((digest.text(), is_below), width)
    assert [key for key, _ in sorted(lines.items(), key=lambda one: -one[1])] == [
        (decision.digest, False),
        (decision.brief, False),
        (decision.digest, True),
    ]


def test_the_views_give_up_their_word_before_the_pills_take_a_second_line(shows):
    window = shows("review", size=(1024, 700))
    bar = window.review.queue.narrowing
    more = next(one for one in shown(bar, Pill) if one.title == "Views")
    least = sum(one.width() + 4 for one in shown(bar, Pill)) - 4
    assert not more.is_brief
    bar.setFixedWidth(least - 10)
    settle()
    assert more.is_brief
    assert len({one.y() for one in shown(bar, Pill)}) == 1
    assert more.toolTip()


@pytest.mark.usefixtures("from_right")
def test_rows_are_chosen_also_where_a_language_begins_at_the_right(shows):
    table = shows("jobs").jobs.table
    assert table.currentIndex().row() == 0
    table.selectRow(1)
    assert table.currentIndex().row() == 1
    assert {index.row() for index in table.selectedIndexes()} == {1}
