"""A change of policy tried in the console: typed, checked, held against queue and history, activated."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from lineclear.adapters.memory.tools import MemoryTools
from lineclear.desktop.background import HeldBackground
from lineclear.desktop.gallery import lab as samples
from lineclear.desktop.presenters.lab.lab_page import diff_lines
from lineclear.desktop.presenters.lab.lab_sheets import DiffKind
from lineclear.desktop.presenters.lab.trying import Trying
from lineclear.desktop.presenters.sheets import Mark, text_of
from lineclear.domain.vocabulary import Role, Tier, Verdict
from support.console import Console
from support.kernel import CONTRACTS, DOCUMENT, Kernel
from support.seat import Seat

LOOSER = DOCUMENT.replace("requires_approval_over_usd: 50", "requires_approval_over_usd: 150")


class Bench:
    """One person trying a change, and what they see of it."""

    def __init__(self, kernel=None, background=None, **who) -> None:
        self.console = Console(kernel or Kernel(), **({"tier": Tier.THREE} | who))
        with_ = self.console.read_by(background) if background else self.console.with_
        self.sheet, self.closed = None, 0
        self.trying = Trying(with_, self.console.me)
        self.trying.changed.connect(lambda sheet: setattr(self, "sheet", sheet))
        self.trying.closed.connect(self._close)
        self.trying.paused.connect(self.trying.evaluate)
        self.trying.open()

    def _close(self) -> None:
        self.closed += 1

    def lines(self, findings):
        return [(line.mark, text_of(line.text)) for line in findings.lines]

    def figure(self, label):
        return next((row.before, row.after) for row in self.sheet.history.rows if row.label == label)


def versions(bench):
    return bench.console.gateway.policies.versions()


def test_it_begins_with_a_copy_of_what_is_in_force():
    bench = Bench()
    assert bench.sheet.text == DOCUMENT
    assert bench.sheet.title == "Trying a change of version 1"
    assert text_of(bench.sheet.state.text) == "As in force"
    assert bench.sheet.why_not == "Nothing is changed yet."


def test_what_cannot_be_taken_is_told_with_its_line_and_a_remedy():
    bench = Bench()
    wrong = DOCUMENT.replace("max_amount_usd: 200", "max_amount_used: 200")
    bench.trying.typed(wrong)
    line = wrong.split("\n").index("        max_amount_used: 200") + 1
    assert [problem.line for problem in bench.sheet.problems] == [line]
    assert "max_amount_usd" in text_of(bench.sheet.problems[0].remedy)
    assert bench.sheet.why_not == "Correct the text first."
    bench.trying.look_at_diff()
    assert not bench.sheet.is_activating
    bench.trying.replay()
    assert bench.sheet.history.rows == ()


def test_a_change_is_said_in_words_the_looser_first():
    bench = Bench()
    bench.trying.typed(LOOSER.replace("max_amount_usd: 200", "max_amount_usd: 180"))
    said = bench.lines(bench.sheet.changes)
    assert bench.sheet.changes.remark == "1 looser, 1 stricter than version 1"
    assert said[0][0] is Mark.ATTENTION
    assert "requires_approval_over_usd: 50 → 150" in said[0][1]
    assert "max_amount_usd: 200 → 180" in said[1][1]


def test_all_that_waits_is_judged_under_the_text_at_once():
    kernel = Kernel()
    kernel.refund("80.00")
    kernel.refund("180.00")
    bench = Bench(kernel)
    bench.trying.typed(LOOSER)
    assert "1 allowed, 1 asked at tier 2; 1 result would change" in bench.sheet.queue.remark
    (mark, said), *others = bench.lines(bench.sheet.queue)
    assert mark is Mark.ATTENTION
    assert said.endswith("support-agent: asked at tier 2 → allowed")
    assert others == []
    assert len(kernel.pending()) == 2


def test_what_comes_to_wait_later_is_judged_too():
    bench = Bench()
    bench.trying.typed(LOOSER)
    assert bench.sheet.queue.remark == "Nothing waits for people now"
    action = bench.console.kernel.refund("80.00")
    bench.trying.on_changed(frozenset({f"action/{action.id}"}))
    bench.trying.on_tick()
    assert "1 allowed" in bench.sheet.queue.remark


def test_history_says_which_errors_would_have_passed_and_what_is_saved():
    kernel = Kernel()
    reviewer = kernel.reviewer("desk")
    kernel.decide(reviewer, kernel.refund("80.00"), Verdict.REJECT, "Not theirs")
    kernel.decide(reviewer, kernel.refund("90.00"))
    bench = Bench(kernel)
    bench.trying.typed(LOOSER)
    bench.trying.replay()
    assert not bench.sheet.history.is_running
    assert bench.figure("Allowed") == ("0 (0%)", "2 (100%)")
    assert bench.figure("would have passed") == ("0 ($0)", "1 ($80.00)")
    said = bench.lines(bench.sheet.history)
    assert (
        Mark.MET,
        "2 fewer approvals: 0.1 hours and $4.00 less, at 2 minutes a review and $60 an hour",
    ) in said
    assert any(mark is Mark.REFUSED and "Errors that would have passed: 1" in text for mark, text in said)


def test_what_history_cannot_give_is_counted_and_named():
    kernel = Kernel()
    kernel.refund("80.00")
    kernel.propose("crm.merge_customers", "manage_customers")
    without_merging = MemoryTools([one for one in CONTRACTS if one.tool != "crm.merge_customers"], {})
    kernel.services = replace(kernel.services, tools=without_merging)
    bench = Bench(kernel)
    bench.trying.typed(LOOSER)
    bench.trying.replay()
    assert bench.figure("Actions judged") == ("1", "1")
    missing = (Mark.MISSING, "Not known (1): actions of tools that no connector declares any more")
    assert missing in bench.lines(bench.sheet.history)
    assert missing in bench.lines(bench.sheet.queue)


def test_a_replay_that_is_cancelled_takes_in_nothing_more():
    kernel, held = Kernel(), HeldBackground()
    kernel.refund("80.00")
    bench = Bench(kernel, held)
    held.held.pop()()
    held.held.pop()()
    bench.trying.replay()
    assert bench.sheet.history.is_running
    bench.trying.cancel()
    held.held.pop()()
    assert not bench.sheet.history.is_running
    assert bench.sheet.history.rows == ()


def test_an_answer_about_an_earlier_text_is_dropped():
    held = HeldBackground()
    bench = Bench(background=held)
    held.held.pop()()
    about_first = held.held.pop()
    bench.trying.typed("capabilities: [")
    about_first()
    assert text_of(bench.sheet.state.text) == "Checking"
    held.held.pop()()
    assert bench.sheet.problems


def test_activating_shows_the_diff_takes_a_reason_and_the_version_looked_at():
    bench = Bench()
    bench.trying.typed(LOOSER)
    bench.trying.activate("Unseen")
    assert len(versions(bench).versions) == 1
    bench.trying.look_at_diff()
    changed = [
        (line.kind, line.text) for line in bench.sheet.diff if line.kind in (DiffKind.ADDED, DiffKind.REMOVED)
    ]
    assert changed == [
        (DiffKind.REMOVED, "-        requires_approval_over_usd: 50"),
        (DiffKind.ADDED, "+        requires_approval_over_usd: 150"),
    ]
    bench.trying.activate("  ")
    assert len(versions(bench).versions) == 1
    bench.trying.activate("Small refunds are fine")
    newest = versions(bench).versions[0]
    assert (newest.version, newest.by, newest.reason) == (2, "ops-west", "Small refunds are fine")
    assert (bench.closed, bench.trying.has_draft) == (1, False)


def test_who_looked_at_an_older_version_activates_nothing():
    bench, other = Bench(), None
    bench.trying.typed(LOOSER)
    bench.trying.look_at_diff()
    other = Bench(bench.console.kernel, name="ops-east")
    other.trying.typed(DOCUMENT.replace("max_amount_usd: 200", "max_amount_usd: 100"))
    other.trying.look_at_diff()
    other.trying.activate("Careful")
    bench.trying.activate("Small refunds are fine")
    assert [one.by for one in versions(bench).versions] == ["ops-east", "admin"]
    assert bench.sheet.notice is not None
    bench.trying.on_changed(frozenset({"policy/active"}))
    assert bench.sheet.title == "Trying a change of version 2"
    assert (bench.sheet.text, bench.sheet.is_activating) == (LOOSER, False)


@pytest.mark.parametrize(
    ("who", "why"),
    [
        ({"tier": Tier.TWO}, "Changing policy takes a person of tier 3; you are at tier 2."),
        ({"role": Role.APPROVER}, "Your role (approver) may not bring a policy into force."),
    ],
)
def test_who_may_not_activate_may_try_and_is_told_why(who, why):
    bench = Bench(**who)
    bench.trying.typed(LOOSER)
    assert bench.lines(bench.sheet.changes)
    assert bench.sheet.why_not == why
    bench.trying.look_at_diff()
    assert not bench.sheet.is_activating


def test_leaving_keeps_the_draft_for_the_session_and_discarding_nothing():
    bench = Bench()
    bench.trying.typed(LOOSER)
    bench.trying.leave()
    bench.trying.open()
    assert bench.sheet.text == LOOSER
    bench.trying.discard()
    bench.trying.open()
    assert bench.sheet.text == DOCUMENT
    assert bench.closed == 2


def test_without_a_backend_it_says_so_and_keeps_what_was_typed():
    bench = Bench()
    bench.console.gateway.down = True
    bench.trying.typed(LOOSER)
    assert bench.sheet.notice is not None
    assert bench.sheet.text == LOOSER
    bench.console.gateway.down = False
    bench.trying.evaluate()
    assert bench.sheet.notice is None
    assert bench.sheet.changes.lines


def test_what_a_diff_shows_cannot_hide_behind_invisible_characters():
    (*_, added) = diff_lines("a: 1", "a: \u202e1", 1)
    assert "\u202e" not in added.text


def test_i21_a_locked_session_activates_nothing():
    bench = Bench()
    bench.trying.typed(LOOSER)
    bench.trying.look_at_diff()
    bench.console.reviewer.lock()
    bench.trying.activate("Small refunds are fine")
    assert len(versions(bench).versions) == 1
    assert bench.sheet.notice is not None


# -- the whole window -------------------------------------------------------------------------------


@pytest.fixture
def seat(shows):
    kernel = Kernel()
    kernel.refund("80.00")
    seat = Seat(shows(), kernel, tier=Tier.THREE)
    seat.session.control_desk.start()
    yield seat
    seat.close()


def type_over(seat, old, new):
    """Select a text in the editor and type another, then pause."""
    editor = seat.window.control.lab.editor
    assert editor.find(old)
    QTest.keyClicks(editor, new)
    seat.session.control_desk.trying.evaluate()


def test_a_change_is_tried_and_activated_in_the_window(seat):
    seat.window.open_page("control")
    page = seat.window.control
    page.document.change.click()
    assert page.lab.isVisible()
    type_over(seat, "requires_approval_over_usd: 50", "requires_approval_over_usd: 150")
    assert "1 allowed" in page.lab.queue.said.text()
    page.lab.history.start.click()
    assert page.lab.history.lines.isVisible()
    page.lab.foot.diff.click()
    assert "+        requires_approval_over_usd: 150" in page.lab.diff.toPlainText()
    QTest.keyClicks(page.lab.foot.reason, "Small refunds are fine")
    page.lab.foot.yes.click()
    seat.read()
    assert not page.lab.isVisible()
    assert page.document.remark.text().startswith("Capability document v2")


def test_a_draft_is_gone_on_with_where_it_was_left(seat):
    seat.window.open_page("control")
    page = seat.window.control
    page.document.change.click()
    type_over(seat, "requires_approval_over_usd: 50", "requires_approval_over_usd: 150")
    QTest.keyClick(page.lab.editor, Qt.Key.Key_Escape)
    assert not page.lab.isVisible()
    assert page.document.change.title == "Go on with the change"
    page.document.change.click()
    assert "requires_approval_over_usd: 150" in page.lab.editor.toPlainText()
    page.lab.foot.discard.click()
    assert page.document.change.title == "Try a change"


def test_i21_neither_a_draft_nor_an_open_glass_is_read_while_it_is_locked(seat):
    seat.window.open_page("control")
    seat.window.control.document.change.click()
    seat.session.control_desk.staffing.do("break", {"minutes": "5", "reason": "Payments are down"})
    seat.read()
    assert seat.window.glass.isVisible()
    seat.session.lock()
    assert not seat.window.glass.isVisible()
    assert not seat.window.control.lab.editor.isVisible()
    seat.session.unlock()
    assert seat.window.glass.isVisible()
    seat.kernel.later(minutes=6)
    seat.session.control_desk.on_tick()
    assert not seat.window.glass.isVisible()


# -- the page ---------------------------------------------------------------------------------------


def test_typing_is_told_and_escape_leaves(shows, heard):
    lab = shows("lab").control.lab
    typed, left = heard(lab.typed), heard(lab.left)
    lab.editor.go_to(1)
    QTest.keyClicks(lab.editor, "# a")
    assert typed.said[-1] == ("# a" + samples.LAB.text,)
    QTest.keyClick(lab.editor, Qt.Key.Key_Escape)
    assert left.said == [()]


def test_the_cursor_stays_while_answers_come(shows):
    window = shows("lab")
    editor = window.control.lab.editor
    editor.go_to(3)
    window.control.display_lab(samples.LAB_RUNNING)
    assert editor.textCursor().blockNumber() == 2


def test_a_problem_leads_to_its_line(shows):
    lab = shows("lab-problems").control.lab
    lab.problems.buttons[1].click()
    assert lab.editor.textCursor().blockNumber() == 6
    assert lab.foot.diff.why_not == "Correct the text first."
    assert lab.history.start.why_not == "The text has to be taken first."


def test_no_reason_activates_nothing(shows, heard):
    lab = shows("lab-activating").control.lab
    activated = heard(lab.activated)
    lab.foot.yes.click()
    assert lab.foot.yes.why_not == "It needs a reason."
    QTest.keyClicks(lab.foot.reason, "Small refunds are fine")
    lab.foot.yes.click()
    assert activated.said == [("Small refunds are fine",)]
    assert lab.diff.isVisible()
    assert not lab.editor.isVisible()


def test_a_running_replay_can_be_cancelled(shows, heard):
    card = shows("lab-running").control.lab.history
    cancelled = heard(card.cancelled)
    assert not card.start.isVisible()
    card.stop.click()
    assert cancelled.said == [()]


def test_control_comes_back_when_the_lab_is_left(shows):
    page = shows("lab").control
    assert not page.document.isVisible()
    page.leave_lab()
    assert page.document.isVisible()
    assert page.document.change.hasFocus()
