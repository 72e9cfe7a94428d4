"""An agent may say which step a part of its proposal came from; what leads nowhere is refused."""

from __future__ import annotations

import pytest

from lineclear.agents import Refusal
from lineclear.application.agents.sources import MOST_SOURCES
from lineclear.application.jobs import record_spans
from lineclear.application.propose import Proposal, propose
from lineclear.domain.pointers import found_in, steps_of
from lineclear.domain.refusals import Code
from support.kernel import Kernel
from support.spans import span


@pytest.fixture
def kernel() -> Kernel:
    made = Kernel()
    record_spans(made.services, made.agent, made.job, (span("s1", 0, 1), span("s2", 1, 1)), made.key())
    return made


def proposed(kernel: Kernel, **sources: str):
    payload = kernel.payload("payments.create_refund", "issue_refund", amount="180.00", currency="USD")
    proposal = Proposal(kernel.job, payload, confidence="0.95", sources=sources)
    return propose(kernel.services, kernel.agent, proposal, kernel.key())[0]


def test_what_an_agent_says_of_its_sources_is_kept_with_the_action(kernel):
    sources = {"/arguments/amount": "s1", "/after/status": "s2"}
    action = proposed(kernel, **sources)
    assert kernel.action(action.id).sources == sources


def test_who_says_nothing_of_sources_has_none(kernel):
    assert proposed(kernel).sources == {}


@pytest.mark.parametrize(
    "pointer",
    [
        "/arguments/amout",
        "/after/status/deep",
        "/before/status",
        "amount",
        "",
        "/",
        "/arguments/a~2",
        "/arguments/00",
    ],
)
def test_a_pointer_that_leads_nowhere_is_refused_by_name(kernel, pointer):
    with pytest.raises(Refusal) as refused:
        proposed(kernel, **{pointer: "s1"})
    assert refused.value.code is Code.BODY_INVALID
    assert pointer in refused.value.sentence
    assert kernel.pending() == ()


def test_a_step_that_the_job_has_not_recorded_is_refused_by_name(kernel):
    with pytest.raises(Refusal, match="s9"):
        proposed(kernel, **{"/arguments/amount": "s9"})


def test_a_step_of_another_job_is_no_source(kernel):
    kernel.job = kernel.open_job()
    with pytest.raises(Refusal, match="s1"):
        proposed(kernel, **{"/arguments/amount": "s1"})


def test_too_many_sources_are_refused(kernel):
    with pytest.raises(Refusal, match="500"):
        proposed(kernel, **{f"/arguments/{number}": "s1" for number in range(MOST_SOURCES + 1)})


@pytest.mark.parametrize(
    ("pointer", "found"),
    [("/a/0/b~1c", (7,)), ("/a/1", ()), ("/a/-", ()), ("/a/0/~0", ()), ("/a/00", ()), ("/a/0/b", ())],
)
def test_pointers_are_read_by_the_letter(pointer, found):
    steps = steps_of(pointer)
    assert steps is not None
    assert found_in({"a": [{"b/c": 7}]}, steps) == found
