"""People in Control: who may decide, by whose authority, and changing that; from a kernel to the buttons."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from lineclear.desktop.background import HeldBackground
from lineclear.desktop.gallery import people as samples
from lineclear.desktop.gallery.pictures import settle
from lineclear.desktop.presenters.control.people_page import JUSTIFIED
from lineclear.desktop.presenters.control.staffing import Staffing
from lineclear.desktop.presenters.sheets import Mark, Tone, text_of
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import Role, Tier
from support.console import Console
from support.kernel import Kernel

DEPUTY = {"receiver": "deputy", "tier": "2", "capabilities": "issue_refund,send_mail", "days": "7"}
AUTHORITY = {
    "role": "approver",
    "tier": "2",
    "ceiling": "500.00",
    "currency": "USD",
    "groups": "finance, night",
}


class Office:
    """One person before the people of Control, and what they see."""

    def __init__(self, kernel=None, background=None, **who) -> None:
        self.console = Console(kernel or Kernel(), **who)
        self.glass = None
        with_ = self.console.read_by(background) if background else self.console.with_
        self.staffing = Staffing(with_, self.console.me)
        self.staffing.changed.connect(lambda sheet: setattr(self, "sheet", sheet))
        self.staffing.glass_changed.connect(lambda sheet: setattr(self, "glass", sheet))
        self.staffing.start()
        self.staffing.open()

    def read(self) -> None:
        feed = self.console.gateway.feed(self.console.replica.size())
        self.staffing.on_changed(self.console.replica.apply(feed.items))

    def do(self, deed, **said) -> None:
        self.staffing.do(deed, said)
        self.read()

    def row(self, name):
        return next(row for row in self.sheet.rows if row.id == name)

    def lines(self, name):
        return [(line.mark, text_of(line.text)) for line in self.row(name).lines]

    def deed(self, deed, name=""):
        deeds = self.row(name).deeds if name else self.sheet.deeds
        return next(one for one in deeds if one.id == deed)


@pytest.fixture
def kernel():
    kernel = Kernel()
    kernel.reviewer("deputy", Tier.ONE, Role.APPROVER)
    return kernel


def test_everybody_is_shown_with_authority_and_devices(kernel):
    office = Office(kernel)
    assert text_of(office.row("deputy").text) == "approver, tier 1, no limit"
    ((mark, said),) = office.lines("deputy")
    assert mark is Mark.MET
    assert said.endswith(": key in memory")
    assert office.lines("ops-west") == [(Mark.MISSING, "No device: nothing can be signed")]


def test_broken_glass_is_loud_on_every_page_until_it_is_reviewed(kernel):
    office = Office(kernel)
    assert office.glass is None
    office.do("break", minutes="30", reason="Payments are down")
    assert office.row("ops-west").state.tone is Tone.STOP
    assert office.sheet.rows[0].id == "ops-west"
    assert office.glass.title == "Break-glass is open: ops-west"
    assert text_of(office.glass.seen) == "Tier 3 until 00:30:00. Reason: Payments are down"
    assert office.deed("break").why_not == "Your last break-glass is not reviewed yet."
    assert office.deed("review:ops-west", "ops-west").why_not == "Nobody reviews their own break-glass."
    reviewer = Office(kernel, name="sec-one", tier=Tier.THREE)
    assert reviewer.glass == office.glass
    reviewer.do("review:ops-west", found=JUSTIFIED, reason="The provider was down")
    assert reviewer.glass is None
    assert (
        Mark.MET,
        "Break-glass at 00:00:00, found justified by sec-one: The provider was down",
    ) in reviewer.lines("ops-west")


def test_a_glass_that_is_over_leaves_the_pages_and_stays_to_be_reviewed(kernel):
    office = Office(kernel)
    office.do("break", minutes="30", reason="Payments are down")
    kernel.later(minutes=31)
    office.staffing.on_tick()
    assert office.glass is None
    assert office.row("ops-west").state.text == "Break-glass not reviewed"
    assert office.row("ops-west").state.tone is Tone.STOP


def test_what_was_found_unjustified_says_so(kernel):
    Office(kernel).do("break", minutes="5", reason="Curious")
    reviewer = Office(kernel, name="sec-one", tier=Tier.THREE)
    reviewer.do("review:ops-west", found="Not justified", reason="Nothing was down")
    assert reviewer.lines("ops-west")[0] == (
        Mark.REFUSED,
        "Break-glass at 00:00:00, found not justified by sec-one: Nothing was down",
    )


def test_authority_is_lent_and_taken_back(kernel):
    office = Office(kernel)
    assert office.deed("delegate").asked[0].choices == ("deputy",)
    assert office.deed("delegate").asked[1].choices == ("1", "2")
    assert "issue_refund" in office.deed("delegate").asked[2].choices
    office.do("delegate", reason="Holidays", **DEPUTY)
    assert office.sheet.notice is None
    mark, said = office.lines("deputy")[0]
    assert mark is Mark.MET
    assert said.startswith("Tier 2 lent by ops-west for issue_refund, send_mail, until 08 Jan")
    end = next(one for one in office.row("deputy").deeds if one.id.startswith("end:"))
    assert end.why_not == ""
    other = Office(kernel, name="ops-east")
    told = next(one for one in other.row("deputy").deeds if one.id == end.id)
    assert told.why_not == "Only who lent it, who has it, or an administrator ends it."
    office.do(end.id, reason="Back again")
    assert all("lent by" not in said for _, said in office.lines("deputy"))


def test_a_device_is_revoked_by_its_owner_or_an_administrator(kernel):
    office = Office(kernel)
    device = next(one.id for one in office.row("deputy").deeds if one.id.startswith("revoke:"))
    why = "Only whose device it is, or an administrator, revokes it."
    assert office.deed(device, "deputy").why_not == why
    admin = Office(kernel, name="root", role=Role.ADMIN, tier=Tier.THREE)
    admin.do(device)
    ((mark, said),) = admin.lines("deputy")
    assert mark is Mark.REFUSED
    assert said.endswith(": revoked")


def test_an_administrator_enrols_changes_and_takes_off(kernel):
    admin = Office(kernel, name="root", role=Role.ADMIN, tier=Tier.THREE)
    admin.do("enrol", name="night-lead", **AUTHORITY)
    assert text_of(admin.row("night-lead").text) == "approver, tier 2, up to 500.00 USD; in finance, night"
    admin.do("change:night-lead", **(AUTHORITY | {"tier": "3", "ceiling": "", "groups": ""}))
    assert text_of(admin.row("night-lead").text) == "approver, tier 3, no limit"
    admin.do("leave:night-lead", reason="Left the company")
    assert text_of(admin.row("night-lead").state.text) == "Taken off by root"
    assert admin.sheet.rows[-1].id == "night-lead"
    assert admin.deed("change:root", "root").why_not == "Nobody changes their own authority."


def test_who_may_not_is_told_why_before_pressing(kernel):
    office = Office(kernel, name="desk", tier=Tier.TWO, role=Role.APPROVER)
    assert office.deed("break").why_not == "Your role (approver) may not break the glass."
    assert office.deed("enrol").why_not == "Your role (approver) may not change people, tokens or policy."
    Office(kernel).do("break", minutes="5", reason="Payments are down")
    office.read()
    why = "Reviewing a break-glass takes a person of tier 3."
    assert office.deed("review:ops-west", "ops-west").why_not == why


@pytest.mark.parametrize("minutes", ["0", "61", "ten", "9" * 5_000])
def test_what_cannot_be_meant_is_refused_and_said(kernel, minutes):
    office = Office(kernel)
    office.do("break", minutes=minutes, reason="Payments are down")
    assert office.glass is None
    assert "minutes is a whole number from 1 to 60" in office.sheet.notice.title


def test_a_refusal_of_the_backend_is_shown_until_the_next_deed(kernel):
    office = Office(kernel)
    office.console.gateway.down = True
    office.staffing.do("break", {"minutes": "5", "reason": "Payments are down"})
    assert office.sheet.notice is not None
    office.console.gateway.down = False
    office.do("break", minutes="5", reason="Payments are down")
    assert office.sheet.notice is None


def test_i21_a_locked_session_changes_nothing_about_people(kernel):
    office = Office(kernel, name="root", role=Role.ADMIN, tier=Tier.THREE)
    office.console.reviewer.lock()
    for deed, said in (("break", {"minutes": "5", "reason": "Now"}), ("leave:deputy", {"reason": "Now"})):
        office.do(deed, **said)
        assert office.sheet.notice.title == "This session is locked; it signs and sends nothing."
    assert office.glass is None
    assert office.row("deputy").state.text == "Tier 1"


def test_while_the_ledger_is_in_doubt_authority_is_taken_and_none_given(kernel):
    office = Office(kernel, name="root", role=Role.ADMIN, tier=Tier.THREE)

    def doubt() -> None:
        raise Refusal(Code.SESSION_LOCKED)

    office.console.reviewer._require_calm = doubt
    office.do("change:deputy", **AUTHORITY)
    assert text_of(office.row("deputy").text) == "approver, tier 1, no limit"
    assert office.sheet.notice is not None
    office.do("leave:deputy", reason="Left the company")
    assert text_of(office.row("deputy").state.text) == "Taken off by root"


def test_an_earlier_reading_that_comes_late_is_dropped(kernel):
    held = HeldBackground()
    office = Office(kernel, held)
    early, names = held.held.pop(0), held.held.pop(0)
    office.do("break", minutes="5", reason="Payments are down")
    held.held.pop()()
    assert office.glass is not None
    early()
    names()
    assert office.glass is not None


# -- the page ---------------------------------------------------------------------------------------


def test_a_form_sends_nothing_while_an_answer_is_missing(shows, heard):
    card = shows("people").control.people
    asked = heard(card.asked)
    card.deeds.buttons["delegate"].click()
    form = card.deeds.form
    form.yes.click()
    assert form.yes.why_not == "Missing: To whom."
    form.pills["receiver"]["support-lead"].click()
    form.pills["tier"]["1"].click()
    form.pills["tier"]["2"].click()
    form.pills["capabilities"]["issue_refund"].click()
    form.pills["capabilities"]["merge_contacts"].click()
    assert form.yes.why_not == "Missing: Reason, for the ledger."
    QTest.keyClicks(form.fields["reason"], "Holidays")
    QTest.keyClick(form.fields["reason"], Qt.Key.Key_Return)
    said = {
        "receiver": "support-lead",
        "tier": "2",
        "capabilities": "issue_refund,merge_contacts",
        "days": "7",
        "reason": "Holidays",
    }
    assert asked.said == [("delegate", said)]
    assert card.deeds.form is None


def test_what_is_typed_stays_while_people_are_read_anew(shows):
    card = shows("people-review").control.people
    form = card.lines.line("ops-east").deeds.form
    QTest.keyClicks(form.fields["reason"], "The prov")
    card.display(samples.PEOPLE)
    assert card.lines.line("ops-east").deeds.form is form
    assert form.fields["reason"].text() == "The prov"


def test_escape_leaves_a_form_and_a_disabled_deed_opens_none(shows):
    card = shows("people-review").control.people
    deeds = card.lines.line("ops-east").deeds
    QTest.keyClick(deeds.form.fields["reason"], Qt.Key.Key_Escape)
    assert deeds.form is None
    assert deeds.buttons["review:ops-east"].hasFocus()
    deeds.buttons["leave:ops-east"].click()
    assert deeds.form is None
    assert "may not change people" in deeds.buttons["leave:ops-east"].why_not


def test_a_form_that_opens_below_comes_into_sight(shows):
    window = shows("people", size=(1024, 700))
    deeds = window.control.people.lines.line("ops-east").deeds
    deeds.buttons["review:ops-east"].click()
    settle()
    yes = deeds.form.yes
    assert yes.visibleRegion().boundingRect() == yes.rect()


@pytest.mark.parametrize("page", ["review", "jobs", "ledger", "control"])
def test_an_open_glass_is_seen_on_every_page(shows, page):
    window = shows("people")
    window.open_page(page)
    assert window.glass.isVisible()
    assert window.glass.accessibleName() == "Break-glass is open: ops-east"
