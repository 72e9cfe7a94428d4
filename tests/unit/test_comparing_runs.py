"""Two runs of an agent side by side: what belongs together, and what differs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lineclear.desktop.presenters.jobs.comparing import MOST_COMPARED, compare_runs, pairs_of
from lineclear.desktop.presenters.sheets import Chip, Sign, Tone, text_of
from lineclear.domain.events import Budget
from lineclear.domain.jobs import Job
from lineclear.domain.vocabulary import JobStatus
from support.spans import span

NAMES = st.lists(st.sampled_from(["read", "plan", "call", "check"]), max_size=12)
AT = "2026-11-22T14:00:00.000Z"


def run(*names: str, **lengths: float):
    return tuple(span(name, number, lengths.get(name, 1.0)) for number, name in enumerate(names))


def job(name: str, **more: object) -> Job:
    known = {"status": JobStatus.ENDED, "outcome": "completed", "cost_micros": 10_000, "millis": 4_000}
    known |= {"goal": "Resolve", "budget": Budget(), "opened_at": AT, "updated_at": AT}
    return Job(name, 1, 1, "support-agent", **known | more)


def compared(left, right, **more):
    return compare_runs(job("a"), left, job("b", **more), right, "Job b")


def said(difference) -> str:
    return text_of(difference.text if isinstance(difference, Chip) else difference)


@given(NAMES, NAMES)
def test_each_step_of_both_runs_is_there_once_and_in_its_order(left, right):
    pairs = pairs_of(run(*left), run(*right))
    assert [pair.left.name for pair in pairs if pair.left] == left
    assert [pair.right.name for pair in pairs if pair.right] == right
    assert all(pair.left.name == pair.right.name for pair in pairs if pair.left and pair.right)


@given(NAMES)
def test_a_run_compared_with_itself_differs_in_nothing(names):
    found = compared(run(*names), run(*names))
    assert all(row.sign is Sign.SAME and not row.difference for row in (*found.rows, *found.totals))


def test_a_step_that_one_run_lacks_is_said_to_be_missing_there():
    rows = compared(run("read", "plan", "check"), run("read", "check", "call")).rows
    assert [(text_of(row.name), row.sign) for row in rows] == [
        ("read", Sign.SAME),
        ("plan", Sign.REMOVED),
        ("check", Sign.SAME),
        ("call", Sign.ADDED),
    ]
    assert said(rows[1].difference) == "Only in this run"
    assert said(rows[3].difference) == "Only in the other"


def test_a_step_that_took_much_longer_stands_out_and_a_little_longer_does_not():
    much, little = compared(run("plan", "read"), run("plan", "read", plan=3, read=1.1)).rows
    assert much.difference == Chip("+2.0 s", Tone.CAUTION)
    assert little.difference == "+100 ms"


def test_a_step_that_failed_in_one_run_only_says_in_which():
    failed = (span("call", 0, 1, error="Timeout"),)
    row = compared(run("call"), failed).rows[0]
    assert (row.sign, said(row.difference)) == (Sign.CHANGED, "Failed in the other")


def test_outcome_cost_and_time_are_held_against_each_other():
    found = compared(run("read"), run("read"), outcome="failed", cost_micros=25_000, millis=6_000)
    totals = {row.key: (row.left, row.right, said(row.difference)) for row in found.totals}
    assert totals["outcome"] == ("completed", "failed", "Differs")
    assert totals["cost"] == ("$0.01", "$0.025", "+$0.015")
    assert totals["time"] == ("4.0 s", "6.0 s", "+2.0 s")


def test_of_a_very_long_run_it_says_how_much_was_compared():
    long = tuple(span(f"s{number}", number, 0.5) for number in range(MOST_COMPARED + 10))
    found = compared(long, run("s0"))
    assert len(found.rows) == MOST_COMPARED
    assert f"of each run the first {MOST_COMPARED:,}" in found.said
