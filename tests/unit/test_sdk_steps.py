"""Steps that an agent records by the SDK: what they cost, what went in and out, and when they are sent."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest

from lineclear.agents import (
    Budget,
)
from lineclear.agents.spans import BATCH, LONGEST
from lineclear.domain.ledger.sealing import unseal
from lineclear.domain.vocabulary import SpanKind
from support.sdk import REFUND, Backend, after_all, arguments


@pytest.fixture
def backend() -> Iterator[Backend]:
    backend = Backend()
    yield backend
    backend.stop()


def test_spans_are_recorded_with_cost_tokens_and_nesting(backend):
    with backend.client() as client, client.job("Resolve ticket 20418", customer="4411") as job:  # noqa: SIM117  # spans lie within the job
        with job.span("work", kind="tool") as outer:
            backend.kernel.later(seconds=1)
            with job.span("model: plan", kind=SpanKind.MODEL) as inner:
                inner.cost("0.012")
                inner.cost("0.0005")
                inner.tokens(1_200)
                inner.model("sample-large")
                backend.kernel.later(milliseconds=250)
    nested, whole = backend.spans(job.id)
    assert (nested.cost_micros, nested.tokens, nested.model) == (12_500, 1_200, "sample-large")
    assert (nested.id, nested.parent, whole.id, whole.parent) == ("s2", outer.id, "s1", "")
    assert (whole.start, whole.end) == ("2026-01-01T00:00:00.000Z", "2026-01-01T00:00:01.250Z")
    recorded = backend.job(job.id)
    assert (recorded.steps, recorded.cost_micros, recorded.customer) == (2, 12_500, "4411")


def test_evidence_leads_to_steps_that_the_reviewer_has_already(backend):
    with backend.client() as client, client.job("Resolve ticket 20418") as job:
        with job.span("read ticket", kind="read") as span:
            seen = span.quote("Ticket 20418", "I was charged twice.")
        waiting = job.submit(*REFUND, arguments(), evidence=[seen])
        recorded = backend.spans(job.id)
    assert backend.kernel.action(waiting.action).evidence == (seen,)
    assert [span.id for span in recorded if span.id == seen.span] == [seen.span]
    assert [span.name for span in recorded] == ["read ticket", "policy check"]


def contents_of(backend, span):
    sealed = backend.kernel.store.read(lambda snapshot: snapshot.blob(span.contents))
    return msgspec.json.decode(unseal(sealed))[span.id]


def test_what_went_into_a_step_and_came_out_is_kept_by_itself(backend):
    with backend.client() as client, client.job("Resolve ticket 20418") as job:
        with job.span("model: plan", kind="model") as span:
            span.took({"prompt": "What does \ud800 want?"})
            span.gave("Her money.")
        with job.span("nothing said"):
            pass
    told, silent = backend.spans(job.id)
    assert contents_of(backend, told) == {"input": '{"prompt":"What does ? want?"}', "output": "Her money."}
    assert silent.contents == ""


def test_long_contents_lose_their_end_loudly_and_many_are_sent_in_parts(backend):
    with backend.client() as client, client.job("Read much") as job:
        for _ in range(40):
            with job.span("model: read", kind="model") as span:
                span.took("é" * (LONGEST + 7))
    recorded = backend.spans(job.id)
    assert len(recorded) == 40
    assert len({span.contents for span in recorded}) == 6, "each part within what one message carries"
    kept = contents_of(backend, recorded[-1])["input"]
    assert kept == "é" * LONGEST + "\n[7 more characters were not recorded]"


def test_an_agent_names_the_step_of_a_field_by_itself_or_by_its_id(backend):
    with backend.client() as client, client.job("Resolve ticket 20418") as job:
        with job.span("read ticket", kind="read") as seen:
            pass
        sources = {"/arguments/amount": seen, "/after/status": seen.id}
        outcome = job.propose(*REFUND, arguments(), timeout=0, sources=sources)
    action = backend.kernel.action(outcome.action)
    assert action.sources == {"/arguments/amount": "s1", "/after/status": "s1"}


def test_a_step_that_an_exception_left_says_its_type_and_not_its_message(backend):
    with backend.client() as client, client.job("Resolve ticket 20418") as job:
        with pytest.raises(KeyError), job.span("read ticket", kind="read"):
            raise KeyError("what was read")
        with job.span("ask again") as span:
            span.fail("answered with 429")
    steps = backend.kernel.store.read(lambda snapshot: snapshot.spans(job.id))
    assert [step.error for step in steps] == ["KeyError", "answered with 429"]


def test_waiting_for_a_person_is_a_span_of_its_own(backend):
    reviewer = backend.kernel.reviewer()
    deed = backend.when_waiting(lambda action: backend.kernel.decide(reviewer, action))
    with backend.client() as client, client.job("Resolve ticket 20418") as job, after_all(deed):
        job.propose(*REFUND, arguments())
    kinds = [(span.name, span.kind) for span in backend.spans(job.id)]
    assert kinds == [("policy check", SpanKind.POLICY), ("waiting for review", SpanKind.WAITING)]


def test_steps_are_sent_in_batches_and_all_of_them(backend):
    entries = backend.kernel.store.read(lambda snapshot: snapshot.size())
    with backend.client() as client, client.job("Many steps", budget=Budget(steps=1_000)) as job:
        for number in range(2 * BATCH + 1):
            with job.span(f"step {number}"):
                pass
    assert len(backend.spans(job.id)) == 2 * BATCH + 1
    batches = backend.kernel.store.read(lambda snapshot: snapshot.size()) - entries - 2
    assert batches == 3


def test_old_steps_are_sent_before_the_batch_is_full(backend):
    with backend.client() as client, client.job("Slow steps") as job:
        with job.span("first"):
            pass
        backend.kernel.later(seconds=6)
        with job.span("second"):
            pass
        assert len(backend.spans(job.id)) == 2
