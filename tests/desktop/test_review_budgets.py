"""A job whose budget is spent, in review and on the jobs page: what is asked, and what is said afterwards."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineclear.application.jobs import record_spans
from lineclear.application.services import stamp
from lineclear.desktop.presenters.jobs.job_page import jobs_sheet
from lineclear.desktop.presenters.sheets import Mark, NoticeKind, Tone, text_of
from lineclear.domain.events import Span
from lineclear.domain.jobs import Job
from lineclear.domain.vocabulary import JobStatus, SpanKind
from support.console import Console, answers, banner, button, checks


@pytest.fixture
def console():
    return Console()


# -- a budget that is spent -----------------------------------------------------------------------


SPENT = "Its cost budget is spent: $2.50 of $2.00."


def spend(console, micros, steps=1):
    kernel = console.kernel
    now = stamp(kernel.clock.now())
    cost = micros // steps
    spans = tuple(Span(f"s{n}", "plan", SpanKind.MODEL, now, now, cost_micros=cost) for n in range(steps))
    record_spans(kernel.services, kernel.agent, kernel.job, spans, kernel.key())
    console.sync()
    return next((one for one in kernel.pending() if one.tool == "budget.raise"), None)


def test_a_spent_budget_asks_to_be_raised_in_fitting_words(console):
    raising = spend(console, 2_500_000)
    console.look_at(raising.id)
    sheet = console.action_sheet
    assert text_of(sheet.title) == "Raise the cost budget to $4.50"
    assert answers(console) == {
        "What is it doing?": "Its job waits for you",
        "Why?": "Paused at $2.00; rejecting ends the job",
        "What will it change?": "The job goes on with $4.50",
        "Can I stop it?": "Yes, rejecting ends the job",
        "Can I undo it?": "No, what was raised may be spent at once",
    }
    assert [text_of(row.field) for row in sheet.changes.rows] == ["cost limit", "status"]
    assert button(console, "review.reject").title == "Reject and end the job"
    assert "ends the job" in sheet.decision.reject_text
    byline = "".join(text_of(run.text) for value in sheet.byline for run in value.segments)
    words, age = byline.rsplit(" ", 1)
    assert words == f"budget.raise on job {console.kernel.job}, asked by Lineclear for support-agent"
    assert age == "0\N{NO-BREAK SPACE}s\N{NO-BREAK SPACE}ago", "a figure never stands apart from its unit"
    assert (Mark.MET, "Carried out inside Lineclear, in one transaction with its record") in checks(console)


def test_the_meter_of_the_spent_budget_is_in_the_tone_that_stops(console):
    raising = spend(console, 2_500_000)
    console.look_at(raising.id)
    job = console.action_sheet.job
    assert text_of(job.title).endswith("support-agent · paused")
    assert [(one.label, one.text, one.tone) for one in job.meters] == [
        ("Cost", "$2.50 / $2.00", Tone.STOP),
        ("Steps", "1 / 50", Tone.ACCENT),
    ]


def test_a_raised_budget_is_told_as_what_happened(console):
    raising = spend(console, 2_500_000)
    console.look_at(raising.id)
    console.decide(raising.id, "approve", "")
    console.kernel.run()
    console.queue.filter("done")
    console.sync()
    console.look_at(raising.id)
    assert answers(console)["What did it change?"] == "The job went on with $4.50"
    lines = [text_of(line.text) for line in console.action_sheet.outcome.lines]
    assert "Carried out inside Lineclear, in one transaction with its record" in lines


def test_a_budget_that_is_not_raised_says_that_the_job_ended(console):
    raising = spend(console, 2_500_000)
    console.look_at(raising.id)
    console.decide(raising.id, "reject", "Enough was spent")
    console.queue.filter("done")
    console.sync()
    console.look_at(raising.id)
    outcome = console.action_sheet.outcome
    assert (outcome.title, text_of(outcome.text)) == (
        "Rejected by ops-west; the job ended",
        "Enough was spent",
    )


def test_an_action_of_a_paused_job_can_be_decided_and_says_that_it_waits(console):
    action = console.kernel.refund("180.00")
    spend(console, 2_500_000)
    console.look_at(action.id)
    assert answers(console)["What is it doing?"] == "Waiting for you; its job is paused"
    assert answers(console)["Can I stop it?"] == "Yes, it is paused now"
    assert banner(console) == (
        NoticeKind.HELD,
        "Its job is paused",
        f"{SPENT} You can decide now. It starts when the budget is raised.",
    )
    assert button(console, "review.approve").is_enabled
    assert button(console, "review.stop_job").is_enabled


def jobs_of(console):
    jobs = console.kernel.store.read(lambda snapshot: snapshot.jobs().items)
    return jobs_sheet(jobs, console.me, console.kernel.clock.now()).rows


def test_the_jobs_page_says_which_budget_is_spent(console):
    spend(console, 2_500_000)
    job = jobs_of(console)[0]
    assert (job.state.text, job.state.tone) == ("Paused: cost", Tone.STOP)
    assert (job.cost.text, job.cost.tone) == ("$2.50 / $2.00", Tone.STOP)
    assert job.steps == "1 / 50"
    assert text_of(job.questions[0].answer) == "Its cost budget is spent: $2.50 of $2.00."
    assert job.stop_why_not == ""


def test_a_job_that_took_too_long_shows_the_time_that_is_spent(console):
    action = console.kernel.refund("180.00")
    console.kernel.later(days=2)
    spend(console, 0)
    console.look_at(action.id)
    meters = {one.label: (one.text, one.tone) for one in console.action_sheet.job.meters}
    assert meters["Time"] == ("48:00 h / 24:00 h", Tone.STOP)
    assert jobs_of(console)[0].state.text == "Paused: time"


@given(st.sampled_from(["cost", "steps", "wall", "repeats", ""]), st.sampled_from(list(JobStatus)))
def test_every_way_in_which_a_job_can_stand_has_its_words(kind, status):
    console = Console()
    job = console.kernel.store.read(lambda snapshot: snapshot.load(Job, console.kernel.job))
    if (status is JobStatus.PAUSED) != bool(kind):
        return
    stands = msgspec.structs.replace(job, status=status, paused_by=kind)
    row = jobs_sheet((stands,), console.me, console.kernel.clock.now()).rows[0]
    assert row.state.text
    assert all(text_of(one.answer) for one in row.questions)
