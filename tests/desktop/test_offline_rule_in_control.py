"""What may be decided without the backend, in Control: said to everybody, changed by a person of tier 3."""

from __future__ import annotations

import pytest

from lineclear.application.deciding.arriving import offline_rule
from lineclear.desktop.gallery.pictures import settle
from lineclear.desktop.presenters.control.offline_page import offline_sheet
from lineclear.desktop.presenters.control.offline_ruling import OfflineRuling
from lineclear.desktop.presenters.sheets import text_of
from lineclear.domain.offline import OfflineRule
from lineclear.domain.vocabulary import Role, Tier
from support.console import Console
from support.kernel import Kernel
from support.seat import Seat

SAID = {"tier": "2", "fresh_minutes": "30", "within_minutes": "60", "reason": "Bad reception in the hall"}


class Office:
    """One person before the rule in Control, and what they see."""

    def __init__(self, kernel: Kernel, **who) -> None:
        self.console = Console(kernel, **who)
        self.ruling = OfflineRuling(self.console.with_, self.console.me)
        self.ruling.changed.connect(lambda sheet: setattr(self, "sheet", sheet))
        self.ruling.start()

    def read(self) -> None:
        feed = self.console.gateway.feed(self.console.replica.size())
        self.ruling.on_changed(self.console.replica.apply(feed.items))

    @property
    def lines(self) -> list[str]:
        return [text_of(line) for line in self.sheet.lines]


@pytest.fixture
def kernel():
    return Kernel()


def in_force(kernel: Kernel) -> OfflineRule:
    return kernel.store.read(offline_rule)


def test_the_rule_is_said_to_everybody_in_words(kernel):
    office = Office(kernel, name="auditor", role=Role.AUDITOR)
    assert office.lines == [
        "Actions up to tier 1 may be approved while the backend is away.",
        "Only what the backend confirmed at most 15 minutes before.",
        "An approval counts if it arrives within 240 minutes of that.",
        "Rejecting and stopping always go on; they are sent once it answers again.",
    ]
    assert office.sheet.deed.why_not.startswith("Your role (auditor) may not")


def test_who_is_not_of_tier_three_reads_why_they_may_not_change_it(kernel):
    why_not = Office(kernel, tier=Tier.TWO).sheet.deed.why_not
    assert why_not == "Changing policy takes a person of tier 3; you are at tier 2."


def test_a_person_of_tier_three_changes_it_for_everybody(kernel):
    other, office = Office(kernel, tier=Tier.TWO), Office(kernel, name="sec-one", tier=Tier.THREE)
    assert office.sheet.deed.why_not == ""
    office.ruling.do("rule", SAID)
    assert in_force(kernel) == OfflineRule(2, 30, 60)
    other.read()
    assert "up to tier 2" in other.lines[0]
    office.read()
    office.ruling.do("rule", SAID | {"tier": "0"})
    assert office.lines[0] == "Nothing is approved while the backend is away."


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"fresh_minutes": "a while"}, "fresh_minutes is from 1 to 240"),
        ({"within_minutes": "20"}, "within_minutes is not below fresh_minutes"),
        ({"fresh_minutes": "0"}, "fresh_minutes is from 1 to 240"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_in_place_and_nothing_changes(kernel, said, problem):
    before, office = in_force(kernel), Office(kernel, name="sec-one", tier=Tier.THREE)
    office.ruling.do("rule", SAID | said)
    assert problem in office.sheet.notice.title
    assert in_force(kernel) == before


def test_a_locked_session_changes_no_rule(kernel):
    before, office = in_force(kernel), Office(kernel, name="sec-one", tier=Tier.THREE)
    office.console.reviewer.lock()
    office.ruling.do("rule", SAID)
    assert office.sheet.notice is not None
    assert in_force(kernel) == before


def test_the_form_in_the_window_asks_for_a_reason_and_sends_what_is_typed(shows, kernel):
    seat = Seat(window := shows(), kernel, "sec-one", Tier.THREE)
    seat.session.control_desk.start()
    window.open_page("control")
    settle()
    card = window.control.offline
    card.deeds.buttons["rule"].click()
    form = card.deeds.form
    assert not form.yes.isEnabled()
    form.pills["tier"]["2"].click()
    form.fields["reason"].setText("Bad reception in the hall")
    form.yes.click()
    assert in_force(kernel) == OfflineRule(tier=2)
    assert card.deeds.form is None
    seat.close()


def test_the_button_says_why_it_cannot_be_pressed(shows):
    seat = Seat(window := shows(), Kernel(), tier=Tier.TWO)
    window.open_page("control")
    card = window.control.offline
    card.display(offline_sheet(OfflineRule(), seat.gateway.me()))
    assert not card.deeds.buttons["rule"].isEnabled()
    seat.close()
