"""What the decision bar lets through, and what it never does."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QPushButton

from lineclear.desktop.gallery import deciding, samples, states, waits
from lineclear.desktop.gallery.pictures import settle
from lineclear.desktop.views.controls import Button
from lineclear.desktop.views.kit import Text
from lineclear.desktop.views.review.panels import ReconcilePanel, RejectPanel, StopPanel, UndoPanel

KEY = Qt.Key


def press(widget, key, modifier=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(widget, key, modifier)


def test_a_key_approves_the_action_that_is_on_screen(shows, heard):
    window = shows()
    decided = heard(window.review.bar.decided)
    press(window, KEY.Key_A)
    assert decided.said == [("a1", "approve", "")]


def test_a_key_that_is_held_down_decides_once(shows, heard):
    window = shows()
    decided = heard(window.review.bar.decided)
    button = window.review.bar.button("review.approve")
    button.setFocus()
    for is_repeat in (False, True, True):
        again = QKeyEvent(QEvent.Type.KeyPress, KEY.Key_Return, Qt.KeyboardModifier.NoModifier, "", is_repeat)
        QApplication.sendEvent(button, again)
    assert len(decided.said) == 1
    assert not window.actions_of_window._made["review.approve"].autoRepeat()


def test_a_press_that_began_on_one_action_decides_nothing_on_the_next(shows, heard):
    window = shows()
    decided = heard(window.review.bar.decided)
    button = window.review.bar.button("review.approve")
    QTest.mousePress(button, Qt.MouseButton.LeftButton)
    window.review.display_action(replace(samples.ACTION, id="a2"))
    QTest.mouseRelease(button, Qt.MouseButton.LeftButton)
    assert decided.said == []


def test_enter_in_the_reject_panel_without_a_reason_does_nothing(shows, heard):
    window = shows()
    decided = heard(window.review.bar.decided)
    press(window, KEY.Key_R)
    panel = window.review.bar.panel
    assert isinstance(panel, RejectPanel)
    press(panel.field, KEY.Key_Return)
    QTest.keyClicks(panel.field, "   ")
    press(panel.field, KEY.Key_Return)
    panel.yes.click()
    assert decided.said == []
    assert window.review.bar.panel is panel
    assert panel.yes.why_not


def test_a_rejection_carries_its_reason(shows, heard):
    window = shows()
    decided = heard(window.review.bar.decided)
    press(window, KEY.Key_R)
    QTest.keyClicks(window.review.bar.panel.field, "wrong account")
    press(window.review.bar.panel.field, KEY.Key_Return)
    assert decided.said == [("a1", "reject", "wrong account")]
    assert window.review.bar.panel is None


def test_a_preset_is_a_reason_but_no_decision(shows, heard):
    window = shows()
    decided = heard(window.review.bar.decided)
    press(window, KEY.Key_R)
    panel = window.review.bar.panel
    panel.presets[1].click()
    assert panel.field.text() == samples.REJECT_REASONS[1]
    assert decided.said == []
    panel.yes.click()
    assert decided.said == [("a1", "reject", samples.REJECT_REASONS[1])]


def test_the_arrow_keys_go_through_the_usual_reasons(shows, heard):
    window = shows()
    decided = heard(window.review.bar.decided)
    press(window, KEY.Key_R)
    field = window.review.bar.panel.field
    seen = []
    for key in (KEY.Key_Down, KEY.Key_Down, KEY.Key_Up, KEY.Key_Up):
        press(field, key)
        seen.append(field.text())
    first, second, *_, last = samples.REJECT_REASONS
    assert seen == [first, second, first, last]
    press(field, KEY.Key_Return)
    assert decided.said == [("a1", "reject", last)]


def test_letters_that_are_typed_as_a_reason_are_no_commands(shows, heard):
    window = shows()
    decided = heard(window.review.bar.decided)
    press(window, KEY.Key_R)
    QTest.keyClicks(window.review.bar.panel.field, "as ra")
    assert decided.said == []
    assert window.review.bar.panel.field.text() == "as ra"


@pytest.mark.parametrize("key", [KEY.Key_R, KEY.Key_S])
def test_nothing_is_approved_while_a_question_is_open(shows, heard, key):
    window = shows()
    decided = heard(window.review.bar.decided)
    press(window, key)
    window.run_command("review.approve")
    assert decided.said == []


def test_escape_closes_a_question_and_gives_the_focus_back(shows):
    window = shows()
    press(window, KEY.Key_S)
    assert isinstance(window.review.bar.panel, StopPanel)
    press(window.review.bar.panel.no, KEY.Key_Escape)
    assert window.review.bar.panel is None
    assert window.review.bar.button("review.stop_job").hasFocus()


def test_a_job_is_stopped_only_with_a_reason(shows, heard):
    window = shows()
    stopped = heard(window.review.bar.stop_confirmed)
    press(window, KEY.Key_S)
    panel = window.review.bar.panel
    assert panel.field.hasFocus()
    panel.yes.click()
    press(panel.field, KEY.Key_Return)
    assert stopped.said == []
    QTest.keyClicks(panel.field, "it loops")
    press(panel.field, KEY.Key_Return)
    assert stopped.said == [("a1", "it loops")]


def test_an_undo_can_be_asked_for_only_when_its_changes_are_shown(shows, heard):
    window = shows("review-done")
    opened, confirmed = heard(window.review.bar.undo_opened), heard(window.review.bar.undo_confirmed)
    window.review.display_action(replace(states.ACTION_DONE, undo=None))
    press(window, KEY.Key_U)
    panel = window.review.bar.panel
    assert isinstance(panel, UndoPanel)
    assert opened.said == [("a3",)]
    panel.yes.click()
    assert confirmed.said == []
    window.review.display_action(states.ACTION_DONE)
    panel.yes.click()
    assert confirmed.said == []
    panel.presets[0].click()
    panel.yes.click()
    assert confirmed.said == [("a3", "Wrong target")]


def test_a_question_about_one_action_goes_when_another_comes(shows):
    window = shows()
    press(window, KEY.Key_R)
    window.review.display_action(replace(samples.ACTION, id="a2"))
    assert window.review.bar.panel is None


def test_the_same_action_shown_anew_keeps_the_reason_that_was_typed(shows):
    window = shows()
    press(window, KEY.Key_R)
    QTest.keyClicks(window.review.bar.panel.field, "wrong")
    window.review.display_action(replace(samples.ACTION, note=None))
    assert window.review.bar.panel.field.text() == "wrong"


def test_a_disabled_button_says_why_and_stays_silent(shows, heard):
    window = shows("review-safe-mode")
    decided = heard(window.review.bar.decided)
    button = window.review.bar.button("review.approve")
    press(window, KEY.Key_A)
    assert decided.said == []
    assert "Tier 3 is needed" in button.toolTip()
    assert "Tier 3 is needed" in window.review.bar._why.text()


def test_no_key_decides_behind_the_help(shows, heard):
    window = shows("help")
    decided = heard(window.review.bar.decided)
    press(window, KEY.Key_A)
    assert decided.said == []
    press(window.overlays._help, KEY.Key_Escape)
    press(window, KEY.Key_A)
    assert len(decided.said) == 1


def test_no_key_decides_from_another_page(shows, heard):
    window = shows("jobs")
    decided = heard(window.review.bar.decided)
    press(window, KEY.Key_A)
    assert decided.said == []


@pytest.mark.parametrize(
    "scene", ["review", "reject", "reconcile", "undo", "safe-mode", "jobs", "control-form"]
)
def test_no_button_is_a_default_button(shows, scene):
    window = shows(scene)
    assert window.findChildren(QPushButton) == []
    assert all(not button.autoRepeat() for button in window.findChildren(QAbstractButton))


def test_safe_mode_needs_a_reason(shows, heard):
    window = shows("safe-mode")
    asked = heard(window.safe_mode_asked)
    popover = window.overlays._reason
    press(popover.field, KEY.Key_Return)
    popover.yes.click()
    assert asked.said == []
    QTest.keyClicks(popover.field, "refund incident")
    press(popover.field, KEY.Key_Return)
    assert asked.said == [(True, "refund incident")]
    assert popover.isHidden()


def test_leaving_safe_mode_needs_a_reason_too(shows, heard):
    window = shows("review-safe-mode")
    asked = heard(window.safe_mode_asked)
    window.run_command("safe_mode.toggle")
    popover = window.overlays._reason
    QTest.keyClicks(popover.field, "fixed")
    popover.yes.click()
    assert asked.said == [(False, "fixed")]


def test_whether_it_happened_is_asked_with_nothing_chosen_beforehand(shows, heard):
    window = shows("review-unknown")
    answered = heard(window.review.bar.reconciled)
    press(window, KEY.Key_O)
    panel = window.review.bar.panel
    assert isinstance(panel, ReconcilePanel)
    assert panel.happened is None
    assert not any(pill.isChecked() for pill in panel.choices.values())
    QTest.keyClicks(panel.field, "asked the provider")
    press(panel.field, KEY.Key_Return)
    panel.yes.click()
    assert answered.said == []
    assert panel.yes.why_not == "Say first whether it happened."


@pytest.mark.parametrize("happened", [True, False])
def test_an_answer_carries_what_happened_and_how_that_is_known(shows, heard, happened):
    window = shows("review-unknown")
    answered = heard(window.review.bar.reconciled)
    press(window, KEY.Key_O)
    panel = window.review.bar.panel
    panel.choices[happened].click()
    assert panel.yes.why_not == "It needs a reason."
    panel.presets[0].click()
    assert answered.said == []
    panel.yes.click()
    assert answered.said == [("a0", happened, "Looked it up there")]
    assert window.review.bar.panel is None


def test_a_choice_that_is_pressed_again_stays_chosen(shows):
    panel = reconcile_panel(shows)
    panel.choices[True].click()
    panel.choices[True].click()
    assert [pill.isChecked() for pill in panel.choices.values()] == [True, False]
    panel.choices[False].click()
    assert [pill.isChecked() for pill in panel.choices.values()] == [False, True]


def reconcile_panel(shows):
    window = shows("review-unknown")
    window.run_command("review.reconcile")
    return window.review.bar.panel


def test_a_rejection_that_ends_the_job_says_so_on_the_button_that_does_it(shows):
    window = shows("reject-budget")
    panel = window.review.bar.panel
    assert panel.yes.title == "Reject and end the job"
    texts = {label.text() for label in panel.findChildren(Text)}
    assert "Rejecting ends the job; what still waits of it is stopped." in texts


@pytest.mark.parametrize("width", [1_024, 1_440])
@pytest.mark.parametrize("action", [samples.ACTION, deciding.ACTION_CLAIMABLE])
def test_a_press_that_came_too_soon_is_answered_without_moving_anything(shows, action, width):
    window = shows("review")
    window.review.display_action(action)
    bar = window.review.bar
    window.resize(width, 700)
    settle()

    def places():
        return [bar.geometry(), *(one.geometry() for one in bar.findChildren(Button) if one.isVisible())]

    before = places()
    too_soon = replace(action.decision, hint=waits.ACTION_TOO_SOON.decision.hint)
    window.review.display_action(replace(action, decision=too_soon))
    settle()
    assert bar._hint.isVisible()
    assert bar._hint.text() == "Look first: this changed just now."
    assert places() == before
    window.review.display_action(action)
    assert bar._digest.isVisible()
    assert not bar._hint.isVisible()


def test_a_reason_that_was_sent_too_soon_is_still_there(shows):
    window = shows("review")
    bar = window.review.bar
    bar.decided.connect(lambda *_: window.review.display_action(waits.ACTION_TOO_SOON))
    press(window, KEY.Key_R)
    QTest.keyClicks(bar.panel.field, "wrong account")
    press(bar.panel.field, KEY.Key_Return)
    assert bar.panel is not None
    assert bar.panel.field.text() == "wrong account"


def test_an_undo_that_is_not_possible_cannot_be_asked_for(shows, heard):
    window = shows("undo-moved")
    confirmed = heard(window.review.bar.undo_confirmed)
    window.review.bar.panel.yes.click()
    assert confirmed.said == []
    assert "Changed since: city" in window.review.bar.panel.yes.toolTip()


def test_a_job_is_stopped_by_the_id_that_was_on_screen(shows, heard):
    window = shows("jobs")
    stopped = heard(window.jobs.stop_confirmed)
    window.jobs.table.selectRow(1)
    window.jobs.stop.click()
    window.jobs.foot.panel.presets[0].click()
    window.jobs.foot.panel.yes.click()
    assert stopped.said == [("7119", "It goes in circles")]
    window.jobs.stop.click()
    window.jobs.table.selectRow(2)
    assert window.jobs.foot.panel is None
