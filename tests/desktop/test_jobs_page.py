"""The jobs page: found, opened, understood, stopped; and from a field to the step that it came from."""

from __future__ import annotations

import pytest

from lineclear.application.jobs import open_job, record_spans, stop_job
from lineclear.application.propose import Proposal, propose
from lineclear.application.reading.jobs import Tally
from lineclear.desktop.gallery import jobs as samples
from lineclear.desktop.presenters.jobs.job_page import job_row
from lineclear.desktop.presenters.jobs.jobs_presenter import JobsPresenter
from lineclear.desktop.presenters.sheets import text_of
from lineclear.domain.events import Budget, JobBrief
from lineclear.domain.vocabulary import JobStatus
from support.console import Console
from support.spans import span


@pytest.fixture
def console() -> Console:
    return Console()


class Page:
    """What the jobs presenter showed last."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.jobs = JobsPresenter(console.with_, console.me)
        self.list = self.job = self.span = None
        self.jobs.listed.connect(lambda sheet: setattr(self, "list", sheet))
        self.jobs.opened.connect(lambda sheet: setattr(self, "job", sheet))
        self.jobs.span_changed.connect(lambda sheet: setattr(self, "span", sheet))

    def show(self) -> Page:
        self.console.sync()
        self.jobs.show(is_shown=True)
        return self

    @property
    def titles(self) -> list[str]:
        return [text_of(row.title) for row in self.list.rows]


def spans_of(console: Console, *spans) -> None:
    kernel = console.kernel
    record_spans(kernel.services, kernel.agent, kernel.job, spans, kernel.key())


def opened(console: Console, goal: str, **more: str) -> str:
    kernel = console.kernel
    return open_job(kernel.services, kernel.agent, JobBrief(goal, **more), Budget(), kernel.key())[0].id


def answers(row) -> dict[str, str]:
    return {one.ask: text_of(one.answer) for one in row.questions}


def test_the_list_says_how_many_actions_of_each_job_wait(console):
    console.kernel.refund("180.00")
    opened(console, "Tidy the CRM", customer="Northwind")
    page = Page(console).show()
    assert [(text_of(row.title), row.waiting) for row in page.list.rows] == [
        ("Tidy the CRM", ""),
        ("Resolve ticket 20418", "1"),
    ]
    assert text_of(page.list.rows[0].belongs) == "Northwind"


def test_jobs_are_narrowed_by_how_they_stand_and_by_words(console):
    kernel = console.kernel
    kernel.refund("180.00")
    stopped = opened(console, "Refund everybody")
    stop_job(kernel.services, kernel.reviewer("ops-lead").principal, stopped, "In circles")
    page = Page(console).show()
    for standing, titles in (
        ("all", ["Refund everybody", "Resolve ticket 20418"]),
        ("running", ["Resolve ticket 20418"]),
        ("waiting", ["Resolve ticket 20418"]),
        ("stopped", ["Refund everybody"]),
    ):
        page.jobs.filter(standing)
        assert page.titles == titles
    page.jobs.filter("ended")
    assert page.list.notice.step.command == "jobs.show_all"
    page.jobs.filter("all")
    page.jobs.search("REFUND e")
    assert page.titles == ["Refund everybody"]


def test_older_jobs_are_listed_when_they_are_asked_for(console):
    for number in range(120):
        opened(console, f"Ticket {number}")
    page = Page(console).show()
    assert len(page.list.rows) == 100
    assert page.list.has_more
    page.jobs.more()
    assert len(page.list.rows) == 121
    assert not page.list.has_more


def test_the_five_questions_of_a_job_are_answered_from_its_actions(console):
    kernel = console.kernel
    kernel.refund("20.00")
    kernel.run()
    kernel.refund("180.00")
    row = Page(console).show().list.rows[0]
    assert answers(row) == {
        "What is it doing?": "Step 0, 1 action waits for a person",
        "Why?": "Resolve ticket 20418",
        "What will it change?": "1 effect so far, 1 more after a decision",
        "Can I stop it?": "Yes, before the next step starts",
        "Can I undo it?": "Yes, 1 of 1 effects, each by itself",
    }


def test_a_job_that_was_stopped_says_by_whom_and_what_it_did(console):
    kernel = console.kernel
    stop_job(kernel.services, kernel.reviewer("ops-lead").principal, kernel.job, "In circles")
    row = Page(console).show().list.rows[0]
    assert answers(row)["What is it doing?"] == "Stopped by ops-lead: In circles"
    assert answers(row)["What did it change?"] == "Nothing"
    assert row.stop_why_not == "It is over."


def test_who_only_reads_is_told_why_they_cannot_stop(console):
    row = job_row(samples.RUNNING, Tally(), None, console.kernel.clock.now())
    assert row.stop_why_not == "Your role may not stop jobs."
    assert samples.RUNNING.status is JobStatus.RUNNING


def test_a_job_opens_with_its_steps_its_actions_and_whom_it_is_for(console):
    action = console.kernel.refund("180.00")
    spans_of(console, span("plan", 0, 4, cost_micros=1_000, tokens=810), span("read", 1, 1, "plan"))
    page = Page(console).show()
    page.jobs.open(console.kernel.job)
    assert [one.id for one in page.job.actions] == [action.id]
    assert [one.id for one in page.job.track.spans] == ["plan", "read"]
    assert page.job.summary == "2 steps, $0.001, 810 tokens"


def test_news_of_an_open_job_are_read_once_a_second_and_only_while_it_is_shown(console):
    page = Page(console).show()
    page.jobs.open(console.kernel.job)
    spans_of(console, span("plan", 0, 4))
    console.sync()
    page.jobs.on_changed(frozenset({f"job/{console.kernel.job}"}))
    assert page.job.track is None
    page.jobs.show(is_shown=False)
    page.jobs.on_tick()
    assert page.job.track is None
    page.jobs.show(is_shown=True)
    assert len(page.job.track.spans) == 1


def test_a_run_is_held_against_another_job_of_the_same_agent(console):
    first = console.kernel.job
    spans_of(console, span("plan", 0, 4))
    second = console.kernel.job = console.kernel.open_job()
    spans_of(console, span("plan", 0, 2), span("call", 2, 1))
    page = Page(console).show()
    page.jobs.open(first)
    assert [one.id for one in page.job.others] == [second]
    page.jobs.compare(second)
    assert page.job.compared.said == "1 step in both, 0 only in this run, 1 only in the other"
    assert page.job.compared.track.extent == 3_000_000


# -- from a field to its step and back ------------------------------------------------------------


def sourced(console: Console):
    kernel = console.kernel
    spans_of(console, span("read ticket", 0, 1), span("plan", 1, 2))
    payload = kernel.payload("payments.create_refund", "issue_refund", amount="180.00", currency="USD")
    sources = {"/after/status": "plan", "/arguments/amount": "read ticket"}
    proposal = Proposal(kernel.job, payload, confidence="0.95", sources=sources)
    action = propose(kernel.services, kernel.agent, proposal, kernel.key())[0]
    console.sync()
    console.look_at(action.id)
    return action


def test_a_field_says_which_step_it_came_from_and_others_say_nothing(console):
    sourced(console)
    rows = {text_of(row.field): row for row in console.action_sheet.changes.rows}
    assert rows["status"].origin.span == "plan"
    assert rows["status"].spoken.endswith("from step 2, plan")
    assert all(row.origin is None for name, row in rows.items() if name != "status")


def test_an_argument_says_which_step_it_came_from(console):
    sourced(console)
    (amount,) = console.action_sheet.evidence.arguments
    assert (text_of(amount.name), text_of(amount.quote), amount.span) == ("amount", "180.00", "read ticket")


def test_a_step_names_the_fields_that_came_from_it(console):
    action = sourced(console)
    page = Page(console).show()
    page.jobs.open(console.kernel.job, "plan")
    assert [text_of(field) for field in page.span.fields] == [f"status · {action.title}"]
    assert page.job.marked == {"plan", "read ticket"}


# -- the page itself ------------------------------------------------------------------------------


def test_the_keys_of_the_page_open_a_job_move_between_jobs_and_lead_back(shows, heard):
    window = shows("jobs")
    opened = heard(window.jobs.opened)
    window.run_command("jobs.next")
    window.run_command("jobs.open")
    assert opened.said == [("7119",)]
    window.jobs.display_job(samples.sheet_of(samples.TIDYING))
    assert window.jobs.is_detailed
    window.run_command("jobs.next")
    assert opened.said[-1] == ("7117",)
    window.run_command("jobs.back")
    assert not window.jobs.is_detailed


def test_the_keys_of_the_timeline_reach_only_while_it_has_the_focus(shows):
    window = shows("job-running")
    later = window.actions_of_window._made["timeline.later"]
    window.jobs.detail.steps.plot.setFocus()
    assert later.isEnabled()
    window.jobs.detail.proposals.table.setFocus()
    assert not later.isEnabled()
    assert window.actions_of_window._made["jobs.stop"].isEnabled()
    assert not window.actions_of_window._made["review.approve"].isEnabled()


def test_an_agent_is_stopped_with_a_reason_from_its_job(shows, heard):
    window = shows("job-running")
    asked = heard(window.agent_asked)
    window.run_command("jobs.stop_agent")
    window.jobs.foot.panel.presets[0].click()
    window.jobs.foot.panel.yes.click()
    assert asked.said[0][:2] == ("support-agent", True)


def test_the_list_of_steps_says_the_same_as_the_timeline(shows, heard):
    window = shows("job-steps")
    steps = window.jobs.detail.steps
    model = steps._list.steps
    assert model.rowCount() == len(samples.SPANS)
    chosen = heard(steps.chosen)
    steps._list.selectRow(4)
    assert chosen.said == [("first attempt",)]
    texts = [model.data(model.index(4, column)) for column in range(model.columnCount())]
    assert texts == ["first attempt", "Tool call", "6.200 s", "5.0 s", "", "", "TimeoutError"]


def test_two_runs_share_the_zoom(shows):
    window = shows("job-compare")
    detail = window.jobs.detail
    detail.steps.plot.run_command("timeline.closer")
    assert detail.compare.plot.sight == detail.steps.plot.sight
    detail.compare.plot.run_command("timeline.later")
    assert detail.compare.plot.sight == detail.steps.plot.sight


def test_a_key_leads_from_a_field_to_the_timeline(shows, heard):
    window = shows("review")
    asked = heard(window.review.span_asked)
    window.run_command("review.source")
    assert asked.said == [("",)]


def test_sixty_thousand_steps_are_listed_without_being_copied(shows):
    window = shows("job-huge")
    steps = window.jobs.detail.steps
    steps.turn()
    assert steps._list.steps.rowCount() == 60_000


def test_jobs_that_were_read_before_stay_in_sight_while_the_backend_is_away(shows):
    page = shows("jobs-offline").jobs
    assert page.table.rows.rowCount() == 5
    assert page._banner.isVisible()
    page.display_job(samples.sheet_of(samples.RUNNING))
    assert page._banner.isVisible()
