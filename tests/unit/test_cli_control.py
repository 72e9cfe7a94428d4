"""Stopping, holding and reconciling at a terminal, over a whole kernel: what is printed and what happens."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from io import StringIO

import pytest
from rich.console import Console

from lineclear.adapters.memory.gateway import MemoryGateway
from lineclear.adapters.system.keys import MemoryKeys
from lineclear.application.budgeting.setting import Limit
from lineclear.application.governing.workspaces import activate_policy
from lineclear.application.jobs import open_job, record_spans
from lineclear.application.services import stamp
from lineclear.cli.leading import set_budget
from lineclear.cli.rendering import Screen
from lineclear.cli.reviewing import Asked, Desk, Filter, show_budgets
from lineclear.domain.actions import Action
from lineclear.domain.events import Budget, BudgetKind, JobBrief, Span
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import ActionStatus, JobStatus, Role, SpanKind, Tier
from support.kernel import DOCUMENT, Kernel


@dataclass
class Terminal:
    """A desk whose screen can be read."""

    kernel: Kernel
    name: str = "ops-west"
    tier: Tier = Tier.TWO
    as_json: bool = False

    def __post_init__(self) -> None:
        self._stream = StringIO()
        console = Console(file=self._stream, width=120, markup=False, emoji=False, highlight=False)
        services = self.kernel.services
        gateway = MemoryGateway(services, self.kernel.token(self.name, Role.OPS, tier=self.tier))
        screen = Screen(console, as_json=self.as_json)
        self.desk = Desk(gateway, screen, services.clock, services.ids, MemoryKeys)

    @property
    def said(self) -> str:
        return self._stream.getvalue()

    @property
    def json(self) -> dict:
        assert self.said.count("\n") == 1
        return json.loads(self.said)


@pytest.fixture
def kernel() -> Kernel:
    return Kernel()


def shown(kernel: Kernel, action: str) -> str:
    terminal = Terminal(kernel)
    terminal.desk.show(action, unchanged=False)
    return terminal.said


def code_of(call: Callable[[], object]) -> Code:
    with pytest.raises(Refusal) as caught:
        call()
    return caught.value.code


def spend(kernel: Kernel, dollars: int) -> None:
    now = stamp(kernel.clock.now())
    span = Span("s1", "plan", SpanKind.MODEL, now, now, cost_micros=dollars * 1_000_000)
    record_spans(kernel.services, kernel.agent, kernel.job, (span,), kernel.key())


def unknown(kernel: Kernel) -> Action:
    kernel.tools.silent = True
    action = kernel.propose("mail.send", "send_mail")
    if action.status is ActionStatus.PENDING:
        kernel.decide(kernel.reviewer("sender"), action)
    kernel.run()
    kernel.tools.silent = False
    return kernel.action(action.id)


# -- outcomes that nobody knows --------------------------------------------------------------------


def test_an_unknown_outcome_is_shown_with_what_to_do_about_it(kernel: Kernel):
    action = unknown(kernel)
    said = shown(kernel, action.id)
    assert "nobody can say whether it took effect, and it is not sent again" in said
    assert action.run is not None
    assert f"Idempotency key {action.run.key}, attempt 1" in said
    for found in ("--happened", "--did-not-happen"):
        assert f"lineclear review reconcile {action.id} {found} --reason" in said


@pytest.mark.parametrize(
    ("happened", "status", "words"),
    [(True, ActionStatus.SUCCEEDED, "Done"), (False, ActionStatus.FAILED, "Failed, nothing changed")],
)
def test_reconciling_says_what_was_found_and_by_whom(
    kernel: Kernel, *, happened: bool, status: ActionStatus, words: str
):
    action, terminal = unknown(kernel), Terminal(kernel, tier=Tier.THREE)
    terminal.desk.reconcile(action.id, "The provider's log", happened=happened)
    assert kernel.action(action.id).status is status
    assert f"{action.id}: {words}" in terminal.said
    found = "happened" if happened else "did not happen"
    assert f"ops-west found that it {found}: The provider's log" in shown(kernel, action.id)
    late = Terminal(kernel, as_json=True).desk
    assert code_of(lambda: late.reconcile(action.id, "Again", happened=True)) is Code.NOT_UNKNOWN


def test_reconciling_needs_a_reason_and_an_id(kernel: Kernel):
    action, desk = unknown(kernel), Terminal(kernel).desk
    assert code_of(lambda: desk.reconcile(action.id, " ", happened=True)) is Code.REASON_MISSING
    assert code_of(lambda: desk.reconcile("../x", "Why", happened=True)) is Code.ACTION_UNKNOWN
    assert kernel.action(action.id) == action


# -- agents ------------------------------------------------------------------------------------------


def test_an_agent_is_stopped_with_its_jobs_and_let_go_on(kernel: Kernel):
    action, stopping, resuming = kernel.refund("80.00"), Terminal(kernel), Terminal(kernel, as_json=True)
    stopping.desk.stop_agent("support-agent", "Wrong customers")
    assert stopping.said.startswith("support-agent is stopped by ops-west: it may propose nothing")
    assert kernel.action(action.id).status is ActionStatus.STOPPED
    assert code_of(kernel.open_job) is Code.AGENT_STOPPED
    resuming.desk.resume_agent("support-agent", "Fixed")
    assert resuming.json["id"] == "support-agent"
    assert "stopped_by" not in resuming.json
    assert kernel.open_job()


@pytest.mark.parametrize("name", ["../me", "nobody", "", "a?b"])
def test_an_agent_that_is_none_is_said_to_be_missing(kernel: Kernel, name: str):
    assert code_of(lambda: Terminal(kernel).desk.stop_agent(name, "Why")) is Code.NOT_FOUND
    assert code_of(lambda: Terminal(kernel).desk.resume_agent(name, "Why")) is Code.NOT_FOUND


def test_stopping_and_resuming_an_agent_need_a_reason(kernel: Kernel):
    desk = Terminal(kernel).desk
    assert code_of(lambda: desk.stop_agent("support-agent", "")) is Code.REASON_MISSING
    assert code_of(lambda: desk.resume_agent("support-agent", "")) is Code.REASON_MISSING


# -- what holds a cleared action -----------------------------------------------------------------------


def test_a_scope_in_safe_mode_is_named_where_it_holds_an_action(kernel: Kernel):
    action = kernel.refund("20.00")
    Terminal(kernel).desk.switch_safe_mode(on=True, reason="Odd refunds", scope="capability:issue_refund")
    Terminal(kernel).desk.switch_safe_mode(on=True, reason="Elsewhere", scope="connector:other")
    kernel.run()
    said = shown(kernel, action.id)
    assert (
        "! Cleared and waiting: safe mode is on\n  Requested for capability:issue_refund by ops-west" in said
    )
    assert "Odd refunds" in said
    assert "Elsewhere" not in said
    terminal = Terminal(kernel)
    terminal.desk.queue(Filter.ALL, "", 10)
    assert "Waiting: safe mode is on" in terminal.said


def test_a_breaker_is_named_where_it_holds_an_action(kernel: Kernel):
    actions = [kernel.refund(f"20.0{number}") for number in range(6)]
    kernel.tools.down = True
    kernel.run()
    held = next(one for one in actions if kernel.action(one.id).held == Code.BREAKER_OPEN)
    said = shown(kernel, held.id)
    assert (
        "! Cleared and waiting: its connector keeps failing\n  memory failed 5 times in a row, tried" in said
    )
    assert "could not reach it" in said
    assert "It runs by itself when the connector answers again." in said


def test_a_paused_job_is_named_with_the_request_to_raise_its_budget(kernel: Kernel):
    action = kernel.refund("20.00")
    spend(kernel, 3)
    kernel.run()
    (raising,) = kernel.pending()
    said = shown(kernel, action.id)
    assert "! Cleared and waiting: its job is paused\n  It runs when the budget is raised." in said
    assert f"{kernel.job} is paused: its cost budget is spent ($3.00 of $2.00)." in said
    assert f"{raising.id}  Raise the cost budget to $5.00" in said


def test_what_holds_an_action_no_longer_is_not_named(kernel: Kernel):
    action = kernel.refund("20.00")
    Terminal(kernel).desk.switch_safe_mode(on=True, reason="Odd refunds")
    kernel.run()
    Terminal(kernel).desk.switch_safe_mode(on=False, reason="Explained")
    said = shown(kernel, action.id)
    assert "Cleared and waiting: safe mode is on" in said
    assert "Requested for" not in said


# -- a budget to raise -----------------------------------------------------------------------------------


def test_a_request_to_raise_a_budget_says_what_either_answer_does(kernel: Kernel):
    kernel.refund("80.00")
    spend(kernel, 3)
    raising = next(one for one in kernel.pending() if one.tool == "budget.raise")
    terminal = Terminal(kernel)
    terminal.desk.approve(raising.id, "", Asked(yes=True))
    for words in (
        "title    Raise the cost budget to $5.00",
        "asked for by Lineclear, for support-agent",
        f"! Approving lets {kernel.job} go on; rejecting ends it, and 1 action of it that waits.",
        '- "$2.00"',
        '+ "$5.00"',
        "A budget is spent; raising it takes tier 2, and rejecting ends the job.",
        "Lineclear itself carries it out",
    ):
        assert words in terminal.said
    kernel.run()
    assert kernel.action(raising.id).status is ActionStatus.SUCCEEDED


def test_rejecting_it_ends_the_job(kernel: Kernel):
    spend(kernel, 3)
    (raising,) = kernel.pending()
    terminal = Terminal(kernel, as_json=True)
    terminal.desk.reject(raising.id, "Enough")
    assert terminal.json["status"] == ActionStatus.REJECTED
    assert f"{kernel.job}, {JobStatus.ENDED}" in shown(kernel, raising.id)


def test_a_cut_says_from_when_it_counts_and_that_the_job_is_paused(kernel: Kernel):
    spend(kernel, 1)
    terminal = Terminal(kernel)
    set_budget(terminal.desk, kernel.job, Limit(BudgetKind.COST, 500_000, "Enough"))
    assert f"{kernel.job} may have $0.50 from now on." in terminal.said
    assert "It is paused; the request to raise its budget or to end it is in the queue." in terminal.said


def test_a_raise_names_the_action_that_asks_others_and_what_its_reviewer_reads(kernel: Kernel):
    asking = Terminal(kernel, "ops-east")
    set_budget(asking.desk, kernel.job, Limit(BudgetKind.COST, 5_000_000, "Month end"))
    (raising,) = kernel.pending()
    assert f"{raising.id} asks others to raise it to $5.00; until then $2.00." in asking.said
    reviewing = Terminal(kernel)
    reviewing.desk.approve(raising.id, "", Asked(yes=True))
    for words in (
        "asked for by ops-east",
        "Approving raises the limit; rejecting keeps it, and the job goes on within it.",
        "ops-east asks for a larger budget; raising it takes tier 2 and another person.",
    ):
        assert words in reviewing.said


def test_json_of_an_action_is_the_same_whether_it_is_held_or_not(kernel: Kernel):
    action = kernel.refund("20.00")
    Terminal(kernel).desk.switch_safe_mode(on=True, reason="Odd refunds")
    kernel.run()
    held, free = Terminal(kernel, as_json=True), Terminal(kernel, as_json=True)
    held.desk.show(action.id, unchanged=False)
    free.desk.show(kernel.refund("80.00").id, unchanged=False)
    assert held.json.keys() == free.json.keys()
    assert held.json["action"]["held"] == Code.SAFE_MODE_ON


# -- safe mode ------------------------------------------------------------------------------------------


def test_status_lists_every_scope_those_that_are_on_first(kernel: Kernel):
    desk = Terminal(kernel).desk
    desk.switch_safe_mode(on=True, reason="First", scope="capability:issue_refund")
    desk.switch_safe_mode(on=False, reason="Explained", scope="capability:issue_refund")
    desk.switch_safe_mode(on=True, reason="Second", scope="connector:memory")
    people, program = Terminal(kernel), Terminal(kernel, as_json=True)
    people.desk.safe_modes()
    program.desk.safe_modes()
    headings = [line for line in people.said.splitlines() if line.startswith("Safe mode")]
    assert headings == ["Safe mode is on: connector:memory", "Safe mode is off: capability:issue_refund"]
    assert "Requested by ops-west at " in people.said
    assert "Confirmed at " in people.said
    assert "  Left by ops-west at " in people.said
    assert {one["id"]: one["on"] for one in program.json["items"]} == {
        "capability:issue_refund": False,
        "connector:memory": True,
    }


def test_where_it_was_never_on_it_is_off_everywhere(kernel: Kernel):
    terminal = Terminal(kernel)
    terminal.desk.safe_modes()
    assert terminal.said == "Safe mode is off everywhere\n"


def test_what_still_runs_is_told_apart_from_what_is_confirmed(kernel: Kernel):
    kernel.tools.silent = True
    action = kernel.refund("20.00")
    kernel.run(steps=1)
    terminal = Terminal(kernel)
    terminal.desk.switch_safe_mode(on=True, reason="Odd refunds")
    assert f"1 execution had started and may still run: {action.id}" in terminal.said
    assert "Confirmed" not in terminal.said


def test_a_safe_mode_of_tier_three_waits_for_a_second_person(kernel: Kernel):
    lead, again, second = (Terminal(kernel, name, Tier.THREE) for name in ("lead", "lead", "second"))
    lead.desk.switch_safe_mode(on=True, reason="Breach")
    assert "It was requested at tier 3: two people leave it together" in lead.said
    again.desk.switch_safe_mode(on=False, reason="Over")
    assert "Safe mode is on: workspace" in again.said
    assert "Waiting for a second person: lead wants to leave it" in again.said
    alone = Terminal(kernel, "lead", Tier.THREE).desk
    assert code_of(lambda: alone.switch_safe_mode(on=False, reason="Really")) is Code.CONFIRMATION_MISSING
    second.desk.switch_safe_mode(on=False, reason="Checked")
    assert second.said.startswith("Safe mode is off: workspace\n  Left by second at ")


def test_what_ended_is_asked_for_as_that_and_not_picked_out_of_everything(kernel: Kernel):
    """A long history of one status does not hide another: the store filters."""
    ended = unknown(kernel)
    Terminal(kernel, tier=Tier.THREE).desk.reconcile(ended.id, "Looked", happened=True)
    job, _ = open_job(kernel.services, kernel.agent, JobBrief("More"), Budget(), kernel.key())
    kernel.job = job.id
    waiting = kernel.refund("80.00")
    terminal = Terminal(kernel, as_json=True)
    terminal.desk.queue(Filter.DONE, "", 1)
    assert ([one["id"] for one in terminal.json["items"]], terminal.json["more"]) == ([ended.id], False)
    assert waiting.id not in terminal.said


# -- budgets of the day ----------------------------------------------------------------------------------

DAY = f"budgets:\n  per_day_cost_usd: 2\n{DOCUMENT}"


def today(kernel: Kernel, *, as_json: bool = False) -> Terminal:
    terminal = Terminal(kernel, as_json=as_json)
    show_budgets(terminal.desk)
    return terminal


def test_what_is_left_of_today_is_listed_with_the_request_to_raise_it(kernel: Kernel):
    activate_policy(kernel.services, DAY, by="admin")
    spend(kernel, 2)
    (raising,) = kernel.pending()
    said = today(kernel).said
    assert "! The workspace's cost budget: $2.00 of $2.00 used or set aside, $0.00 left" in said
    assert f"lineclear review show {raising.id}" in said


def test_json_of_today_has_the_amounts_as_integers(kernel: Kernel):
    activate_policy(kernel.services, DAY, by="admin")
    spend(kernel, 1)
    (row,) = today(kernel, as_json=True).json["items"]
    assert (row["kind"], row["held"], row["limit"]) == ("cost", 1_000_000, 2_000_000)


def test_a_workspace_without_budgets_says_so(kernel: Kernel):
    assert "No budget of the day is limited" in today(kernel).said


def test_a_request_to_raise_a_day_says_what_either_answer_does(kernel: Kernel):
    activate_policy(kernel.services, DAY, by="admin")
    spend(kernel, 2)
    (raising,) = kernel.pending()
    said = shown(kernel, raising.id)
    assert "! Approving raises the limit for today alone; rejecting keeps the limit until 00:00 UTC" in said
    assert "Lineclear itself carries it out, if the limit is still the one shown" in said


def test_what_waits_for_the_day_says_when_it_runs(kernel: Kernel):
    activate_policy(kernel.services, DAY, by="admin")
    action = kernel.refund("20.00")
    spend(kernel, 2)
    kernel.run()
    said = shown(kernel, action.id)
    assert "! Cleared and waiting: a budget of the day is spent" in said
    assert "It runs when the budget renews at 00:00 UTC, or is raised for today." in said
