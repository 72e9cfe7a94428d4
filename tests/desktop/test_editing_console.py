"""Editing before deciding: over a whole kernel, and the form in the real window."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from lineclear.application.deciding.forms import Draft
from lineclear.application.governing.workspaces import activate_policy
from lineclear.desktop.background import HeldBackground
from lineclear.desktop.gallery import deciding as samples
from lineclear.desktop.presenters.changes.gloss_sign import SIGN
from lineclear.desktop.presenters.review.form_glosses import form_glosses
from lineclear.desktop.presenters.sheets import text_of
from lineclear.domain.vocabulary import ActionStatus, Tier
from support.console import Console
from support.kernel import DOCUMENT, contract

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=timezone(timedelta(hours=1)))


@pytest.fixture
def console():
    return Console()


def plain(gloss):
    """With plain spaces."""
    return gloss.replace("\N{NO-BREAK SPACE}", " ")


def opened(console, amount="180.00"):
    action = console.kernel.refund(amount)
    console.sync()
    console.look_at(action.id)
    console.editing.open(action.id)
    return action


def typed(console, amount):
    console.editing.typed("/amount", amount)
    console.editing.evaluate()


def verdict(console):
    return [text_of(line.text) for line in console.edit_sheet.verdict]


def test_the_form_shows_what_the_agent_asked_for(console):
    opened(console)
    texts = {row.path: row.text for row in console.edit_sheet.rows}
    assert texts["/amount"] == "180.00"
    assert console.edit_sheet.why_not == "Nothing is changed yet."


def test_typing_says_what_policy_would_say_and_what_would_change(console):
    opened(console)
    typed(console, "120.00")
    sheet = console.edit_sheet
    assert verdict(console)[0] == "1 approver at tier 2 or above"
    assert "120.00 USD is over the 50.00 approval line" in verdict(console)[1]
    assert [text_of(row.field) for row in sheet.edited.rows] == ["amount"]
    assert text_of(sheet.effect.heading) == "What it would change in record pay_1"
    assert sheet.why_not == ""


@pytest.mark.parametrize(
    ("amount", "state", "why_not"),
    [("900.00", "Denied", "Policy denies it like this."), ("20.00", "Runs", "")],
)
def test_what_policy_denies_cannot_be_saved_and_what_it_allows_is_said_to_run(
    console, amount, state, why_not
):
    opened(console)
    typed(console, amount)
    assert (console.edit_sheet.state.text, console.edit_sheet.why_not) == (state, why_not)


def test_a_saved_edit_is_a_new_revision_whose_approval_is_signed_after_a_look_at_it(console):
    action = opened(console)
    typed(console, "120.00")
    console.editing.save(action.id, "One capture only")
    edited = console.kernel.action(action.id)
    assert (edited.revision, edited.amount, edited.status) == (2, "120.00", ActionStatus.PENDING)
    assert not console.action.is_armed
    console.wait(2)
    assert text_of(console.action_sheet.edited.heading) == "Edited by ops-west"
    console.decide(action.id, "approve", "")
    assert console.kernel.action(action.id).status is ActionStatus.CLEARED
    assert console.kernel.action(action.id).votes[0].person == "ops-west"


def test_i3_the_page_says_whose_votes_an_edit_voided(console):
    document = DOCUMENT.replace("idempotency_key", "approvals: 2\n        idempotency_key")
    activate_policy(console.kernel.services, document, by="admin")
    action = console.kernel.refund("180.00")
    console.kernel.decide(console.kernel.reviewer("ops-east"), action)
    console.sync()
    console.look_at(action.id)
    console.editing.open(action.id)
    typed(console, "120.00")
    assert verdict(console)[-1] == "Saving voids what was decided so far: ops-east"
    console.editing.save(action.id, "One capture only")
    said = text_of(console.action_sheet.banner.text)
    assert said == "The votes of ops-east are void: ops-west edited it: One capture only"


def test_asking_what_an_edit_comes_to_records_nothing(console):
    opened(console)
    size = console.gateway.feed(0).size
    console.editing.typed("/fields/status", "refunded")
    console.editing.typed("/amount", "120.00")
    console.editing.evaluate()
    assert console.edit_sheet.why_not == ""
    assert console.gateway.feed(0).size == size


def test_a_late_answer_about_an_earlier_text_is_dropped():
    held = HeldBackground()
    console = Console()
    action = opened(console)
    console.editing._with = console.read_by(held)
    typed(console, "900.00")
    typed(console, "120.00")
    first, second = held.held
    second()
    first()
    assert console.edit_sheet.why_not == ""
    assert action.id == console.edit_sheet.id


def test_an_edit_that_is_left_is_still_there_and_one_of_an_older_revision_is_not(console):
    action = opened(console)
    console.editing.typed("/amount", "120.00")
    console.editing.leave()
    console.editing.open(action.id)
    assert next(row.text for row in console.edit_sheet.rows if row.path == "/amount") == "120.00"
    other = Console(console.kernel, name="ops-east")
    other.look_at(action.id)
    other.editing.open(action.id)
    typed(other, "110.00")
    other.editing.save(action.id, "")
    console.editing.evaluate()
    console.editing.save(action.id, "")
    assert "action is now at revision 2" in verdict(console)[0]
    console.sync()
    console.editing.leave()
    console.editing.open(action.id)
    assert next(row.text for row in console.edit_sheet.rows if row.path == "/amount") == "110.00"


def test_who_lacks_the_tier_cannot_edit_and_is_told_so():
    console = Console(tier=Tier.ONE)
    action = console.kernel.refund("180.00")
    console.queue.filter("all")
    console.sync()
    console.look_at(action.id)
    edit = next(one for one in console.action_sheet.decision.buttons if one.command == "review.edit")
    assert edit.why_not == "This takes tier 2; you are at tier 1."


# -- in the window --------------------------------------------------------------------------------


def test_the_key_opens_the_form_of_what_is_on_screen(shows, heard):
    window = shows()
    asked = heard(window.review.bar.edit_opened)
    QTest.keyClick(window, Qt.Key.Key_E)
    assert asked.said == [("a1",)]


def test_nothing_is_decided_while_the_form_is_open(shows, heard):
    window = shows("edit")
    decided = heard(window.review.bar.decided)
    window.review.action.edit.leave.setFocus()
    QTest.keyClick(window, Qt.Key.Key_A)
    assert decided.said == []
    window.review.action.leave_edit()
    QTest.keyClick(window, Qt.Key.Key_A)
    assert decided.said == [("a1", "approve", "")]


def test_typing_choosing_adding_and_removing_tell_the_place(shows, heard):
    view = shows("edit").review.action.edit
    typed, grown, shrunk = heard(view.typed), heard(view.grown), heard(view.shrunk)
    view.lines["/amount"].control.selectAll()
    QTest.keyClicks(view.lines["/amount"].control, "9")
    view.lines["/reason"].pills[2].click()
    view.lines["/message"].control.selectAll()
    QTest.keyClicks(view.lines["/message"].control, "a")
    assert typed.said == [("/amount", "9"), ("/reason", "goodwill"), ("/message", "a")]
    buttons = {
        one.accessibleName(): one
        for line in view.lines.values()
        for one in line.findChildren(object)
        if hasattr(one, "accessibleName")
    }
    buttons["Add lines"].click()
    buttons["Remove lines 1"].click()
    assert (grown.said, shrunk.said) == ([("/lines",)], [("/lines/0",)])


def test_what_is_shown_anew_while_typing_leaves_the_cursor_alone(shows):
    view = shows("edit").review.action.edit
    control = view.lines["/amount"].control
    control.setFocus()
    control.setCursorPosition(2)
    view.display(samples.EDIT)
    assert (control.cursorPosition(), control.hasFocus()) == (2, True)


def test_the_form_can_be_filled_in_and_saved_by_keyboard_alone(shows, heard):
    window = shows("edit-raised")
    view = window.review.action.edit
    saved, left = heard(view.saved), heard(view.left)
    assert view.lines["/payment_id"].control.hasFocus()
    for _ in range(40):
        if view.reason.hasFocus():
            break
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
    QTest.keyClicks(view.reason, "one capture")
    QTest.keyClick(view.reason, Qt.Key.Key_Return)
    assert saved.said == [("a1", "one capture")]
    QTest.keyClick(view.reason, Qt.Key.Key_Escape)
    assert left.said == [()]


def test_the_form_says_how_what_stands_in_it_reads(console):
    opened(console)
    assert plain(console.edit_sheet.glosses["/amount"]) == "USD"
    typed(console, "12000.50")
    assert plain(console.edit_sheet.glosses["/amount"]) == "12,000.50 USD"
    assert "/amount" in {row.path for row in console.edit_sheet.rows}
    assert next(row.text for row in console.edit_sheet.rows if row.path == "/amount") == "12000.50"


def test_what_is_no_value_yet_reads_like_nothing():
    arguments = {
        "at": "2026-11-23T09:30:00Z",
        "lines": [{"due": "2026-11-24", "total": "1200.00"}],
        "count": 12_345,
    }
    schema = {"type": "object", "properties": {"count": {"type": "integer"}}}
    draft = Draft(contract("tasks.plan", arguments=schema), arguments)
    glosses = form_glosses(draft, draft.rows(), NOON)
    assert {path: plain(gloss) for path, gloss in glosses.items()} == {
        "/at": "23 Nov 10:30 your time (UTC+1), today",
        "/lines/0/due": "24 Nov 2026, tomorrow",
        "/count": "12,345",
    }
    unread = draft.typed("/count", "12 thousand")
    assert "/count" not in form_glosses(unread, unread.rows(), NOON)


def test_a_gloss_stands_beside_what_is_typed_and_never_in_it(shows):
    window = shows("edit")
    line = window.review.action.edit.lines["/amount"]
    assert line.hint.isVisible()
    assert line.hint.text().startswith(f"{SIGN} USD")
    assert SIGN not in line.control.text()
    assert line.control.accessibleDescription().startswith("USD")
