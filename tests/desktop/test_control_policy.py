"""Control for whoever answers for policy: capabilities in words, tools with their health, modes changed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtTest import QTest

from lineclear.application.executing.pulse import Probe
from lineclear.application.governing.policies import bring_into_force
from lineclear.application.governing.trials import start_trial, stop_trial
from lineclear.application.recording import Recorder
from lineclear.desktop.gallery import policy as samples
from lineclear.desktop.gallery.pictures import settle
from lineclear.desktop.presenters.console_presenter import ConsolePresenter
from lineclear.desktop.presenters.control.control_sheets import Part
from lineclear.desktop.presenters.control.permissions import capability_rows
from lineclear.desktop.presenters.sheets import NoticeKind, Tone, text_of
from lineclear.desktop.sync import Contact
from lineclear.desktop.views.control.facts import dealt
from lineclear.domain.events import AgentEnrolled
from lineclear.domain.identities import Agent
from lineclear.domain.policy.document import load
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import Mode, Role, Tier
from lineclear.server.probing import record_health
from support.console import Console
from support.kernel import DOCUMENT, Kernel
from support.seat import Seat


def facts(row):
    return {fact.label: [text_of(one) for one in fact.says] for fact in row.facts}


def capability(text: str, name: str = "work"):
    return next(facts(row) for row in capability_rows(load(text)) if row.id == name)


def head(*lines: str) -> str:
    return "\n".join(("capabilities:", "  work:", *(f"    {line}" for line in lines))) + "\n"


class Desk:
    """One person before Control, and what it last showed."""

    def __init__(self, kernel: Kernel, **who) -> None:
        self.console = Console(kernel, **({"tier": Tier.THREE} | who))
        self.presenter = ConsolePresenter(self.console.with_, self.console.me)
        self.presenter.control_changed.connect(lambda sheet: setattr(self, "sheet", sheet))
        self.presenter.on_contact(Contact())
        self.presenter.open_page("control")

    def tool(self, name: str = "payments.create_refund"):
        return next(row for row in self.sheet.tools if row.id == name)

    def mode(self, capability: str, agent: str):
        row = next(row for row in self.sheet.modes.rows if row.capability == capability)
        return next(cell for cell in row.cells if cell.agent == agent)


@pytest.fixture
def kernel():
    return Kernel()


# -- capabilities in words --------------------------------------------------------------------------


def test_a_capability_says_what_it_may_do_and_who_is_asked_when():
    said = facts(samples.CONTROL.capabilities[0])
    assert said["May do"] == ["payments.create_refund, up to 200.00 USD"]
    assert said["Never"] == ["payments.create_refund: without an idempotency key"]
    assert said["A person is asked"] == [
        "under confidence 0.85, or without one",
        "payments.create_refund: over 50.00 USD",
        "payments.create_refund: after 20 proposals of one agent in 1 hour",
    ]
    assert said["In one day"] == ["1000.00 USD", "50 actions"]
    assert said["Kept and undone"] == [
        "An undo is offered for 1 day, where the tool can",
        "Payloads are kept for 365 days",
    ]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["tools: [{name: a.b, tier: 2}]"], ["a.b: 1 person of tier 2"]),
        (["tier: 3", "approvals: 2", "tools: [{name: a.b}]"], ["2 different people of tier 3"]),
        (
            ["approvals: 2", "tier: 1", "tools: [{name: a.b, tier: 2}]"],
            ["2 different people of tier 1", "a.b: 1 person of tier 2"],
        ),
        (
            ["reviewer_ceilings_usd: 500", "tier: 1", "tools: [{name: a.b}]"],
            ["1 person of tier 1", "Nobody approves more than 500.00 USD"],
        ),
    ],
)
def test_who_is_asked_is_said_for_each_rule_that_names_people(lines, expected):
    assert capability(head(*lines))["Who is asked"] == expected


def test_where_no_tier_is_named_the_defaults_are_said():
    (said,) = capability(head("tools: [{name: a.b}]"))["Who is asked"]
    assert said.startswith("Where no tier is named: reversible changes tier 1")


# -- tools ------------------------------------------------------------------------------------------


def test_a_tool_says_what_it_promises_and_how_it_is(kernel):
    record_health(kernel.services)
    desk = Desk(kernel)
    row, said = desk.tool(), facts(desk.tool())
    assert (row.chip.text, row.chip.tone) == ("Healthy", Tone.OK)
    assert said["Touches"] == ["Money: amount in currency"]
    assert said["Takes effect"] == ["Once: the other side knows a repetition by its key (class B)"]
    assert said["Used by"] == ["issue_refund"]
    assert said["Health"] == ["Healthy since 00:00:00", "Probed 0 s ago, answered in 0 ms"]
    assert said["Lately"] == ["Not used lately"]
    assert said["Definition"][0].startswith("version 1, ")


def test_a_tool_that_cannot_be_repeated_or_undone_says_so(kernel):
    said = facts(Desk(kernel).tool("mail.send"))
    assert said["Can be undone"] == ["No"]
    assert said["Takes effect"][0].startswith("At most once: it is never repeated")


def test_a_probe_that_nobody_repeated_is_stale_not_healthy(kernel):
    record_health(kernel.services)
    kernel.clock.advance(timedelta(seconds=61))
    chip = Desk(kernel).tool().chip
    assert (chip.text, chip.tone) == ("Stale since 00:00:00", Tone.CAUTION)


def test_an_open_page_is_read_again_because_probes_are_no_entries(kernel):
    record_health(kernel.services)
    desk = Desk(kernel)
    kernel.clock.advance(timedelta(seconds=61))
    record_health(kernel.services)
    for _second in range(15):
        desk.presenter.on_tick()
    assert facts(desk.tool())["Health"][1] == "Probed 0 s ago, answered in 0 ms"
    assert desk.tool().chip.text == "Healthy"


def test_an_open_breaker_goes_before_a_probe_that_is_answered(kernel):
    for number in range(6):
        kernel.refund(f"20.0{number}")
    kernel.tools.down = True
    kernel.run()
    kernel.tools.down = False
    kernel.services.pulse.note("memory", Probe("2026-01-01T00:00:00.000Z", 3))
    row = Desk(kernel).tool()
    assert row.chip.text == "Breaker open"
    assert facts(row)["Health"][0].startswith("Nothing is sent before")


# -- modes ------------------------------------------------------------------------------------------


def enrol_agent(kernel: Kernel, name: str, modes: dict[str, Mode]) -> None:
    """With modes of its own, as whoever provisions agents gives them."""

    def work(tx) -> None:
        event = AgentEnrolled(owner="owner", modes=modes)
        Recorder(kernel.services, tx, "system/administrator").record(Agent, name, event)

    kernel.store.transact(work)


def with_modes(kernel: Kernel, modes: str) -> None:
    text = DOCUMENT.replace("  manage_customers:\n", f"    modes: {modes}\n  manage_customers:\n")
    desk = kernel.token("chief", Role.OPS, tier=Tier.THREE)

    bring_into_force(kernel.services, desk, text, expected=1, reason="Modes")


def test_the_matrix_says_for_each_agent_which_mode_counts_and_whence(kernel):
    enrol_agent(kernel, "careful", {"issue_refund": Mode.DRAFT})
    with_modes(kernel, "{everyone: delegated, support-agent: assisted}")
    desk = Desk(kernel)
    assert [text_of(one) for one in desk.sheet.modes.agents] == [
        "Every other agent",
        "careful",
        "support-agent",
    ]
    assert desk.mode("issue_refund", "support-agent").title == "Assisted"
    assert desk.mode("issue_refund", "everyone").title == "Delegated"
    careful = desk.mode("issue_refund", "careful")
    assert careful.title == "Draft"
    assert text_of(careful.says).endswith("Enrolled with this mode, which the document cannot widen.")
    assert desk.mode("send_mail", "support-agent").title == "By policy"


@pytest.mark.parametrize(
    ("who", "why"),
    [
        ({"tier": Tier.TWO}, "Changing policy takes a person of tier 3; you are at tier 2."),
        ({"role": Role.APPROVER}, "Your role (approver) may not bring a policy into force."),
        ({}, ""),
    ],
)
def test_who_may_not_change_policy_is_told_so(kernel, who, why):
    assert Desk(kernel, **who).sheet.modes.why_not == why


def test_without_the_backend_the_page_stays_and_offers_no_change(kernel):
    desk = Desk(kernel)
    tools = desk.sheet.tools
    desk.console.gateway.down = True
    desk.presenter.on_contact(Contact(Refusal(Code.UNREACHABLE, url="http://127.0.0.1", problem="refused")))
    assert desk.sheet.notice.kind is NoticeKind.OFFLINE
    assert len(desk.sheet.tools) == len(tools)
    assert desk.sheet.modes.why_not.startswith("Offline since")
    desk.console.gateway.down = False
    desk.presenter.on_contact(Contact())
    assert desk.sheet.notice is None
    assert desk.sheet.modes.why_not == ""


@pytest.fixture
def seat(shows):
    seat = Seat(shows(), Kernel(), tier=Tier.THREE)
    seat.session.control_desk.start()
    yield seat
    seat.close()


def test_a_mode_is_changed_by_a_new_version_with_its_diff_and_a_reason(seat):
    seat.window.open_page("control")
    page = seat.window.control
    page.pills[Part.MODES].click()
    page.modes.cells["manage_customers", "support-agent"].click()
    page.modes.question.choices["draft"].click()
    assert page.lab.diff.isVisible()
    assert "+      support-agent: draft" in page.lab.diff.toPlainText()
    QTest.keyClicks(page.lab.foot.reason, "Wrong customers were merged")
    page.lab.foot.yes.click()
    seat.read()
    assert page.modes.isVisible()
    assert page.modes.cells["manage_customers", "support-agent"].title == "Draft"
    found = seat.session.control_desk.trying._with.gateway.policies.versions()
    assert (found.versions[0].version, found.versions[0].reason) == (2, "Wrong customers were merged")


def test_a_mode_that_is_not_activated_is_a_draft_that_can_be_gone_on_with(seat):
    seat.window.open_page("control")
    page = seat.window.control
    page.modes.cells["send_mail", "everyone"].click()
    page.modes.question.choices["assisted"].click()
    page.lab.foot.back.click()
    assert "      everyone: assisted" in page.lab.editor.toPlainText()
    page.lab.foot.leave.click()
    assert page.document.change.title == "Go on with the change"


# -- the page ---------------------------------------------------------------------------------------


def test_a_question_stays_open_while_the_page_is_read_anew(shows):
    window = shows("control-modes-asking")
    card = window.control.modes
    window.control.display(samples.DEGRADED)
    settle()
    assert card.cells["deploy_service", "release-agent"].isChecked()
    assert list(card.question.choices) == ["draft", "assisted", "delegated", "managed"]
    card.question.leave.click()
    assert not card.cells["deploy_service", "release-agent"].isChecked()
    assert card.cells["deploy_service", "release-agent"].hasFocus()
    assert card.question.choices == {}


def test_modes_are_explained_to_who_may_not_change_them(shows, heard):
    card = shows("control-modes-forbidden").control.modes
    asked = heard(card.asked)
    card.question.choices["managed"].click()
    assert asked.said == []
    assert "you are at tier 2" in card.question.choices["managed"].toolTip()


def test_one_part_is_in_front_at_a_time(shows):
    page = shows("control").control
    for part, pill in page.pills.items():
        pill.click()
        settle()
        assert page.part is part
        assert [each for each, other in page.pills.items() if other.isChecked()] == [part]


def test_cards_are_dealt_out_in_order_by_how_much_they_say():
    assert dealt([("a", 10), ("b", 2), ("c", 2), ("d", 6)], 2) == [["a"], ["b", "c", "d"]]
    assert dealt([("a", 1)], 3) == [[], ["a"], []]


# -- a document on trial ----------------------------------------------------------------------------


def test_a_document_on_trial_is_said_and_so_is_why_it_ended(kernel):
    chief = kernel.token("chief", Role.OPS, tier=Tier.THREE)
    text = DOCUMENT.replace("requires_approval_over_usd: 50", "requires_approval_over_usd: 90")
    start_trial(kernel.services, chief, text, expected=1, reason="Try")
    (row,) = Desk(kernel).sheet.trial
    assert (row.state.text, text_of(row.name)) == ("On", "Against version 1")
    assert "ends by itself when 2 % more" in text_of(row.text)
    stop_trial(kernel.services, chief, "Enough")
    (row,) = Desk(kernel, name="other").sheet.trial
    assert (row.state.text, text_of(row.text)) == ("Ended by hand", "chief ended it 00:00:00.")
