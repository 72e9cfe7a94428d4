"""A draft is tried on half of all new jobs from the lab: begun, followed, ended, by whom it may be."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from lineclear.application.governing.policies import bring_into_force
from lineclear.application.lab.guarding import Guard
from lineclear.desktop.presenters.lab.on_trial import OnTrial
from lineclear.desktop.presenters.lab.trying import Trying
from lineclear.desktop.presenters.sheets import text_of
from lineclear.domain.trials import LIVE, Guardrail, LiveTrial, half_of
from lineclear.domain.vocabulary import Role, Tier
from support.console import Console
from support.kernel import DOCUMENT

LOOSER = DOCUMENT.replace("requires_approval_over_usd: 50", "requires_approval_over_usd: 150")


class Lab:
    """One person with a draft, and what they see of its trial."""

    def __init__(self, text: str = LOOSER, **who) -> None:
        self.console = Console(**({"tier": Tier.THREE} | who))
        self.lab = None
        self.trying = Trying(self.console.with_, self.console.me)
        self.trying.changed.connect(lambda sheet: setattr(self, "lab", sheet))
        self.trying.paused.connect(self.trying.evaluate)
        self.trying.open()
        self.trying.typed(text)
        self.live = OnTrial(self.console.with_, self.console.me)
        self.live.open()

    @property
    def sheet(self):
        return self.live.sheet(self.lab.why_not)

    def start(self, guard: Guardrail | None = None) -> None:
        offered = self.lab.offered
        assert offered is not None
        self.live.start(*offered, guard or Guardrail(least=5), "See it work")

    def trial(self) -> LiveTrial | None:
        return self.console.kernel.store.read(lambda snapshot: snapshot.load(LiveTrial, LIVE))

    def job(self, half: int) -> str:
        kernel = self.console.kernel
        return next(job for job in iter(kernel.open_job, "") if half_of(job, self.trial().digest) == half)


def lines(lab: Lab) -> list[str]:
    return [text_of(line.text) for line in lab.sheet.lines]


def test_before_it_begins_it_says_what_it_means():
    lab = Lab()
    assert text_of(lab.sheet.state.text) == "None so far"
    assert text_of(lab.sheet.says).startswith("Half of all new jobs are judged by this text")
    assert (lab.sheet.why_not, lab.sheet.is_on) == ("", False)


def test_a_draft_is_tried_with_the_guardrail_that_was_chosen():
    lab = Lab()
    lab.start(Guardrail(50, 100))
    trial = lab.trial()
    assert (trial.on, trial.margin, trial.least, trial.by) == (True, 50, 100, "ops-west")
    assert lab.sheet.is_on
    assert lines(lab) == ["In force: 0 of 0 jobs in trouble", "On trial: 0 of 0 jobs in trouble"]


def test_what_became_of_both_halves_is_read_while_it_is_on():
    lab = Lab()
    lab.start()
    for half in (0, 1):
        lab.console.kernel.job = lab.job(half)
        lab.console.kernel.refund("20.00")
    lab.live.on_changed(frozenset({"job/x"}))
    for _ in range(15):
        lab.live.on_tick()
    assert all("jobs in trouble" in line and "of 0" not in line for line in lines(lab))


def test_it_is_ended_with_a_reason_and_says_by_whom():
    lab = Lab()
    lab.start()
    lab.live.stop(" ")
    assert lab.trial().on
    lab.live.stop("Seen enough")
    assert not lab.trial().on
    assert text_of(lab.sheet.state.text) == "Ended by hand"
    assert text_of(lab.sheet.says).startswith("ops-west ended it")


def test_another_version_ends_it_and_the_lab_says_so():
    lab = Lab()
    lab.start()
    kernel = lab.console.kernel
    chief = kernel.token("chief", Role.OPS, tier=Tier.THREE)
    stricter = DOCUMENT.replace("requires_approval_over_usd: 50", "requires_approval_over_usd: 40")
    bring_into_force(kernel.services, chief, stricter, expected=1, reason="Now")
    Guard(kernel.services).watch()
    lab.live.on_changed(frozenset({"trial/live", "policy/active"}))
    assert (text_of(lab.sheet.state.text), lab.sheet.is_on) == ("Ended", False)


def test_who_is_below_tier_3_finds_the_reason_in_place_of_the_form():
    lab = Lab(tier=Tier.TWO)
    assert lab.sheet.why_not == "Changing policy takes a person of tier 3; you are at tier 2."
    assert lab.lab.offered is None


def test_a_text_that_changes_nothing_is_not_tried():
    assert Lab(text=DOCUMENT).lab.offered is None


def test_what_the_backend_refuses_is_said_in_place():
    lab = Lab()
    lab.live.start(LOOSER, 7, Guardrail(), "See it work")
    assert "version 1 of the policy is in force" in lab.sheet.refused
    assert lab.trial() is None


@pytest.mark.parametrize("scene", ["lab-trial-new", "lab-trial"])
def test_by_keyboard_it_is_begun_and_ended_with_a_reason(shows, heard, scene):
    card = shows(scene).control.lab.trial
    begun, ended = heard(card.started), heard(card.stopped)
    if scene == "lab-trial-new":
        card.margins[50].click()
    QTest.keyClick(card.reason, Qt.Key.Key_Return)
    assert begun.said + ended.said == []
    QTest.keyClicks(card.reason, "See it work")
    QTest.keyClick(card.reason, Qt.Key.Key_Return)
    wanted = [(Guardrail(50, 30), "See it work")] if scene == "lab-trial-new" else []
    assert begun.said == wanted
    assert ended.said == ([] if wanted else [("See it work",)])


def test_where_it_cannot_be_begun_there_is_no_form(shows):
    window = shows("lab-trial-refused")
    card = window.control.lab.trial
    assert not card.reason.isVisible()
    assert not card.yes.isVisible()
