"""Nothing is clipped and nothing overlaps, at every size and in every theme; all of it by keyboard."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from lineclear.desktop.gallery import samples
from lineclear.desktop.gallery.pictures import SCENES, picture, settle
from lineclear.desktop.languages import Language
from lineclear.desktop.theme import Density, ThemeName
from lineclear.desktop.views.controls import Pressable
from lineclear.desktop.views.kit import Text
from support.scenes import faults_by_scene
from support_layout import faults, shown

SIZES = [(1024, 700), (1440, 900), (2560, 1440)]


@pytest.mark.parametrize("scene", SCENES)
def test_every_scene_is_painted_and_nothing_is_clipped_at_any_size(shows, scene):
    """Nor in high contrast with compact rows, to which the window changes while it is open."""
    window = shows(scene, size=SIZES[0])
    found = {(size, "light"): found_at(window, size) for size in SIZES}
    window.look.choose(ThemeName.CONTRAST)
    window.look.set_density(Density.COMPACT)
    found |= {(size, "contrast, compact"): found_at(window, size) for size in reversed(SIZES)}
    assert {key: some for key, some in found.items() if some} == {}
    assert len(colours(picture(window, 1))) > 50, "it is blank"


def colours(image: QImage) -> set[int]:
    """What a grid over the picture meets."""
    return {image.pixel(x, y) for x in range(0, image.width(), 5) for y in range(0, image.height(), 5)}


def found_at(window: QWidget, size: tuple[int, int]) -> dict[str, list]:
    window.resize(*size)
    settle()
    return faults(window)


@pytest.mark.parametrize("theme", [ThemeName.DARK, ThemeName.CONTRAST])
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_nothing_is_clipped_in_any_theme(shows, theme, size):
    assert faults(shows("review-hostile", theme, size)) == {}


def test_nothing_is_clipped_at_twice_the_size():
    assert faults_by_scene(Language.ENGLISH, 2) == {name: {} for name in SCENES}


@pytest.mark.parametrize("scene", ["review", "review-done", "control", "palette"])
def test_a_theme_moves_nothing(shows, scene):
    """So what holds at every size in one theme holds in all."""
    places = [
        [(type(one).__name__, one.geometry().getRect()) for one in shown(shows(scene, theme), QWidget)]
        for theme in ThemeName
    ]
    assert places[0] == places[1] == places[2]


def test_a_clipped_text_is_found(shows):
    window = shows()
    label = next(part for part in shown(window, Text) if part.text().startswith("180.00 USD is over"))
    label.resize(label.width(), 10)
    assert "texts" in faults(window)


def test_the_window_goes_from_wide_to_narrow_and_back_without_loss(shows):
    window = shows()
    for size in (SIZES[0], SIZES[2], SIZES[1], SIZES[0], SIZES[1]):
        window.resize(*size)
        settle()
        assert faults(window) == {}
        texts = {part.text() for part in shown(window, Text)}
        assert {"Why it needs you", "Authority", "Checks before it runs", "Timeline"} <= texts


def test_the_smallest_window_is_within_the_smallest_size(shows):
    window = shows()
    assert (window.minimumSize().width(), window.minimumSize().height()) == SIZES[0]
    assert window.minimumSizeHint().width() <= SIZES[0][0]


FOCUSABLE = Qt.FocusPolicy.TabFocus


@pytest.mark.parametrize(
    "scene",
    [
        "review",
        "review-done",
        "review-large",
        "reject",
        "reconcile",
        "stop",
        "undo-moved",
        "jobs",
        "ledger",
        "control",
        "control-form",
        "control-leave",
    ],
)
def test_everything_that_takes_the_focus_has_a_name(shows, scene):
    window = shows(scene)
    nameless = [
        type(part).__name__
        for part in shown(window, QWidget)
        if part.focusPolicy() & FOCUSABLE and not part.accessibleName()
    ]
    assert nameless == []


def walked(window: QWidget) -> list[QWidget]:
    """What the Tab key reaches, in its order."""
    first = QApplication.focusWidget()
    reached = [first]
    while True:
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        if QApplication.focusWidget() in reached:
            return reached
        reached.append(QApplication.focusWidget())


def test_tab_reaches_every_button_and_reads_from_the_left(shows):
    window = shows()
    reached = walked(window)
    missed = [part.title for part in shown(window, Pressable) if part.isEnabled() and part not in reached]
    assert missed == []
    top = reached.index(window.top.product)
    names = [part.accessibleName() for part in (*reached[top:], *reached[:top])]
    order = [names.index(name) for name in ("For my tier", "22 unchanged fields", "Approve", "Stop job")]
    assert order == sorted(order)


def test_the_focus_can_be_seen(shows):
    window = shows()
    button = window.review.bar.button("review.reject")
    before = button.grab().toImage()
    button.setFocus(Qt.FocusReason.TabFocusReason)
    assert button.grab().toImage() != before


def test_the_queue_has_the_focus_at_first_and_enter_leads_to_the_changes(shows):
    window = shows()
    assert window.review.queue.list.hasFocus()
    QTest.keyClick(window.review.queue.list, Qt.Key.Key_Return)
    assert window.review.action.cards.changes.list.hasFocus()


def test_slash_leads_to_the_search_and_escape_back(shows, heard):
    window = shows()
    searched = heard(window.top.searched)
    QTest.keyClick(window, Qt.Key.Key_Slash)
    assert window.top.search.hasFocus()
    QTest.keyClicks(window.top.search, "ra")
    assert searched.said[-1] == ("ra",)
    QTest.keyClick(window.top.search, Qt.Key.Key_Escape)
    assert searched.said[-1] == ("",)
    assert window.review.queue.list.hasFocus()


def test_arrow_keys_move_within_the_changes_while_they_have_the_focus(shows, heard):
    window = shows()
    chosen = heard(window.review.chosen)
    changes = window.review.action.cards.changes.list
    changes.setFocus()
    QTest.keyClick(changes, Qt.Key.Key_Down)
    assert chosen.said == []
    QTest.keyClick(changes, Qt.Key.Key_J)
    assert chosen.said == [("a2",)]


def test_an_unreachable_backend_does_not_look_like_an_empty_queue(shows):
    words = {}
    for scene in ("queue-empty", "queue-failed", "queue-forbidden", "queue-loading"):
        window = shows(scene)
        words[scene] = {part.text() for part in shown(window.review.queue, Text)}
    assert "Nothing needs you" in words["queue-empty"]
    assert "The queue is not empty" in " ".join(words["queue-failed"])
    assert "0" not in words["queue-failed"] | words["queue-forbidden"] | words["queue-loading"]


def test_a_state_offers_its_next_step(shows, heard):
    window = shows("queue-failed")
    passed = heard(window.commanded)
    button = next(part for part in shown(window.review.queue, QAbstractButton) if part.title == "Try again")
    button.click()
    assert passed.said == [("view.refresh",)]


def test_the_same_sheet_again_rebuilds_nothing(shows):
    window = shows("review-safe-mode")
    before = {id(part) for part in window.findChildren(QWidget)}
    SCENES["review-safe-mode"](window)
    window.review.display_queue(samples.QUEUE)
    settle()
    assert {id(part) for part in window.findChildren(QWidget)} == before


def test_the_reason_for_safe_mode_opens_within_the_window(shows):
    window = shows("safe-mode", size=SIZES[0])
    popover = window.overlays._reason
    placed = QRect(popover.mapTo(window, QPoint()), popover.size())
    assert window.rect().contains(placed)
