"""Authority that is lent, or taken by breaking the glass, is there in the window as it is in the kernel."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lineclear.application.governing.break_glass import break_glass
from lineclear.application.governing.delegation import Loan, delegate
from lineclear.application.governing.people import Grant, enrol
from lineclear.desktop.presenters.console_presenter import ConsolePresenter
from lineclear.desktop.presenters.queue.queue_sheet import NEEDS_ME
from lineclear.desktop.presenters.sheets import text_of
from lineclear.desktop.sync import Contact
from lineclear.domain.actions import Action
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import ActionStatus, Role, Tier
from support.console import Console

TOO_LOW = "This takes tier 2; you are at tier 1."


@pytest.fixture
def desk() -> Console:
    return Console(name="ops-night", tier=Tier.ONE)


def looks_at(desk: Console) -> Action:
    """A refund of tier 2, on the screen of a person of tier 1."""
    action = desk.kernel.refund("60.00")
    desk.sync()
    desk.queue.filter("all")
    desk.look_at(action.id)
    return action


def why_not(desk: Console, command: str) -> str:
    assert desk.action_sheet is not None
    return next(one.why_not for one in desk.action_sheet.decision.buttons if one.command == command)


def group_of(desk: Console, action: Action) -> str:
    return next(row.group for row in desk.queue_sheet.rows if row.id == action.id)


def take_glass(desk: Console) -> None:
    services, principal = desk.gateway._caller()
    break_glass(services, principal, timedelta(minutes=30), "payments are down")


def test_who_broke_the_glass_can_approve_in_the_window_until_it_is_over(desk: Console):
    action = looks_at(desk)
    assert why_not(desk, "review.approve") == TOO_LOW
    assert group_of(desk, action) not in NEEDS_ME

    take_glass(desk)
    desk.sync()
    assert why_not(desk, "review.approve") == ""
    assert why_not(desk, "review.edit") == TOO_LOW, "a glass is for decisions alone"
    assert group_of(desk, action) in NEEDS_ME
    desk.queue.filter("for_me")
    assert action.id in desk.queue.row_ids

    desk.kernel.later(minutes=31)
    desk.action.refresh()
    assert why_not(desk, "review.approve") == TOO_LOW


def test_what_was_lent_is_there_for_its_capabilities_and_decides(desk: Console):
    action = looks_at(desk)
    lead = desk.kernel.reviewer("lead")
    loan = Loan("ops-night", Tier.TWO, ("issue_refund",), timedelta(days=1), "holidays")
    delegate(desk.kernel.services, lead.principal, loan)
    desk.sync()
    assert why_not(desk, "review.approve") == ""

    desk.look_at(action.id)
    desk.decide(action.id, "approve", "")
    desk.sync()
    assert desk.kernel.action(action.id).status is not ActionStatus.PENDING


def test_who_could_not_decide_claims_nothing_and_sees_why(desk: Console):
    action = looks_at(desk)
    assert why_not(desk, "review.claim") == TOO_LOW
    with pytest.raises(Refusal) as caught:
        desk.reviewer.claim(action.id)
    assert caught.value.code is Code.TIER_INSUFFICIENT

    west = Console(desk.kernel, name="ops-west", role=Role.OPS)
    assert west.reviewer.claim(action.id).attention.claimed_by == "ops-west"


def test_the_top_bar_says_the_tier_that_an_administrator_has_just_given(desk: Console):
    presenter, seen = ConsolePresenter(desk.with_, desk.me), []
    presenter.top_changed.connect(lambda sheet: seen.append(text_of(sheet.tier.text)))
    presenter.start()
    presenter.on_contact(Contact())
    assert seen[-1] == "Tier 1"

    admin = desk.kernel.reviewer("boss", role=Role.ADMIN)
    enrol(desk.kernel.services, admin.principal, Grant("ops-night", Role.OPS, Tier.THREE))
    presenter.on_changed(desk.replica.apply(desk.gateway.feed(desk.replica.size()).items))
    assert seen[-1] == "Tier 3"
