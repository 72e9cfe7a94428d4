"""Words become larger or smaller at once, and nothing is cut off or covered by it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from lineclear.desktop.address import Address
from lineclear.desktop.console import Console
from lineclear.desktop.gallery.pictures import settle
from lineclear.desktop.preferences import Choices, Preferences
from lineclear.desktop.theme import FontRole
from support_layout import faults

SCENES = (
    "review",
    "edit",
    "job-running",
    "job-steps",
    "ledger",
    "control-tools",
    "insights-week",
    "settings",
)


def resized(window, factor):
    window.look.set_size(factor)
    for _round in range(3):
        settle()


@pytest.mark.parametrize("factor", [1.25, 1.5])
@pytest.mark.parametrize("scene", SCENES)
def test_nothing_is_clipped_when_words_grow_in_an_open_window(shows, scene, factor):
    window = shows(scene)
    resized(window, factor)
    assert faults(window) == {}


def test_settings_larger_than_the_window_scroll_to_their_last_line(shows):
    window = shows("settings")
    settings = window.overlays.settings
    resized(window, 2)
    below = settings.sheet.mapTo(window, settings.sheet.rect().bottomLeft()).y()
    assert below < window.height()

    QTest.keyClick(settings, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    settle()
    last = QApplication.focusWidget()
    assert last is not None
    assert last.accessibleName().startswith("Lock when nobody is there for")
    assert not last.visibleRegion().isEmpty()
    assert faults(window) == {}


def test_what_is_typed_into_grows_too(shows):
    window = shows("edit")
    field = window.findChild(QLineEdit)
    before = field.font().pixelSize(), window.look.leading(FontRole.BODY)
    resized(window, 2)
    assert (field.font().pixelSize(), window.look.leading(FontRole.BODY)) == (2 * before[0], 2 * before[1])


def test_the_usual_size_comes_back_as_it_was(shows):
    window = shows()
    rows = window.review.queue.list
    before = rows.sizeHintForRow(1), window.top.height(), window.review.queue.width()
    resized(window, 1.5)
    grown = rows.sizeHintForRow(1), window.top.height(), window.review.queue.width()
    assert all(now > then for now, then in zip(grown, before, strict=True))
    resized(window, 1)
    assert (rows.sizeHintForRow(1), window.top.height(), window.review.queue.width()) == before


def test_a_size_that_is_chosen_holds_at_once_beside_what_the_start_gave(fusion, qtbot, tmp_path):
    file = tmp_path / "console.ini"
    Preferences(file).keep(Choices(scale=125))
    console = Console(Address("http://127.0.0.1:9", "nobody"), preferences=Preferences(file))
    qtbot.addWidget(console.window)
    assert console.look.size == 1
    console.window.overlays.choices_made.emit(Choices(scale=150))
    assert console.look.size == pytest.approx(1.2)
    assert Preferences(file).read().scale == 150
    console.close()
