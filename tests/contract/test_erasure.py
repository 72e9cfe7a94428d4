"""Erasing on every store: what is gone, from where, and what still holds afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from lineclear.adapters.memory.store import MemoryStore
from lineclear.application.executing.undo import preview_undo
from lineclear.application.governing.workspaces import activate_policy
from lineclear.application.jobs import end_job, record_spans
from lineclear.application.ports import ActionQuery, Snapshot, Stored
from lineclear.application.reading.replica import Replica
from lineclear.application.reading.snapshots import read_detail, read_feed
from lineclear.application.record.erasing import Keeper, Whose, erase, erase_as, hold_of, switch_hold
from lineclear.application.recording import read_stored
from lineclear.domain.actions import Action
from lineclear.domain.events import ErasureCause, Span, StepContents
from lineclear.domain.jobs import Job
from lineclear.domain.ledger.sealing import unseal
from lineclear.domain.principals import Principal
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.state import fold_all
from lineclear.domain.vocabulary import ActionStatus, Role, SpanKind, Tier, Verdict
from support.kernel import DOCUMENT, Kernel
from support.stores import Place, place_of

WORDS = ("Wilhelmina Example was charged twice", "her ticket 20418-W", "not a duplicate, says Wilhelmina")


RULES = DOCUMENT.replace(
    "    tools:\n      - name: payments", "    audit:\n      {}\n    tools:\n      - name: payments", 1
)


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    return place_of(request.param, tmp_path, request)


@pytest.fixture
def kernel(place: Place) -> Iterator[Kernel]:
    with place.opened() as store:
        yield Kernel(store=store)


def admin(kernel: Kernel) -> Principal:
    return kernel.token("root", Role.ADMIN, tier=Tier.THREE)


def told(kernel: Kernel, amount: str = "60.00") -> Action:
    """A refund that somebody rejected, with private words everywhere that words can be."""
    action = kernel.refund(amount, note=WORDS[0], why=WORDS[1], reason="duplicate of Wilhelmina")
    return kernel.decide(kernel.reviewer(), action, Verdict.REJECT, WORDS[2])


def folded(snapshot: Snapshot) -> dict[str, object]:
    return dict(fold_all(read_stored(one) for one in snapshot.entries(start=0, limit=snapshot.size())))


def kept(kernel: Kernel) -> dict[str, object]:
    def read(snapshot: Snapshot) -> dict[str, object]:
        actions = snapshot.actions(ActionQuery(order="newest"), limit=99).items
        rows = {f"action/{one.id}": one for one in actions}
        return rows | {f"job/{one.id}": one for one in snapshot.jobs(limit=99).items}

    return kernel.store.read(read)


def erased_all(kernel: Kernel, whose: Whose, name: str) -> None:
    erase(kernel.services, admin(kernel), whose, name, "She asked for it")
    keeper = Keeper(kernel.services)
    while keeper.run_one():
        pass


def test_an_erased_action_has_no_words_no_contents_and_a_tombstone_that_says_who_and_why(kernel: Kernel):
    action = told(kernel)
    before = kernel.store.read(lambda s: s.entries(start=0, limit=99))
    erased_all(kernel, Whose.ACTION, action.id)
    now = kernel.action(action.id)
    assert (now.status, now.title, now.note, now.why, now.target) == (ActionStatus.REJECTED, "", "", "", None)
    assert [vote.reason for vote in now.votes] == [""]
    assert now.erased is not None
    assert (now.erased.by, now.erased.cause) == ("root", ErasureCause.REQUEST)
    assert set(now.erased.parts) == {"payload", "before", "after", "brief"}
    entries = kernel.store.read(lambda s: s.entries(start=0, limit=99))
    assert [one.entry for one in entries[: len(before)]] == [one.entry for one in before]
    assert b"She asked for it" in (entries[-1].brief or b"")
    assert b"She asked" not in entries[-1].entry
    detail = read_detail(kernel.services, kernel.reviewer("ops-east").principal, action.id)
    assert set(detail.missing) == {"payload", "before", "after"}
    found = kernel.store.read(lambda s: s.actions(ActionQuery(text="wilhelmina")))
    assert found.items == ()


def test_i35_tables_equal_the_fold_after_an_erasure(kernel: Kernel):
    west = kernel.reviewer()
    told(kernel)
    done = kernel.refund("70.00", note=WORDS[0])
    kernel.decide(west, done)
    kernel.run()
    end_job(kernel.services, kernel.agent, kernel.job, "completed", kernel.key())
    record = kernel.store.read(folded)
    assert {name: record[name] for name in kept(kernel)} == kept(kernel)
    erased_all(kernel, Whose.JOB, kernel.job)
    record = kernel.store.read(folded)
    assert {name: record[name] for name in kept(kernel)} == kept(kernel)
    job = record[f"job/{kernel.job}"]
    assert isinstance(job, Job)
    assert (job.goal, job.erased is not None) == ("", True)


def test_a_console_that_follows_forgets_what_was_erased(kernel: Kernel):
    action, reader = told(kernel), kernel.reviewer("ops-east").principal
    replica = Replica(MemoryStore())

    def sync() -> None:
        replica.apply(read_feed(kernel.services, reader, replica.size(), 999).items)

    sync()
    erased_all(kernel, Whose.ACTION, action.id)
    sync()
    rows = replica.store._rows
    assert replica.store.read(lambda s: s.load(Action, action.id)) == kernel.action(action.id)
    about = [one.recorded for one in rows.entries if one.recorded.stream == f"action/{action.id}"]
    assert len(about) > 3
    assert all("Wilhelmina" not in repr(one) for one in about)


def test_what_is_open_or_was_erased_or_never_was_is_said(kernel: Kernel):
    root = admin(kernel)
    waiting = kernel.refund("60.00")
    for whose, name, code in (
        (Whose.ACTION, waiting.id, Code.STILL_NEEDED),
        (Whose.JOB, kernel.job, Code.STILL_NEEDED),
        (Whose.AGENT, "support-agent", Code.STILL_NEEDED),
        (Whose.ACTION, "act-none", Code.ACTION_UNKNOWN),
        (Whose.JOB, "job-none", Code.NOT_FOUND),
        (Whose.AGENT, "nobody", Code.NOT_FOUND),
    ):
        with pytest.raises(Refusal) as refused:
            erase(kernel.services, root, whose, name, "She asked")
        assert refused.value.code is code
    with pytest.raises(Refusal) as silent:
        erase(kernel.services, root, Whose.ACTION, waiting.id, " ")
    assert silent.value.code is Code.REASON_MISSING
    with pytest.raises(Refusal) as other:
        erase(kernel.services, kernel.reviewer().principal, Whose.ACTION, waiting.id, "She asked")
    assert other.value.code is Code.ROLE_INSUFFICIENT
    kernel.decide(kernel.reviewer(), waiting, Verdict.REJECT, "No")
    assert erase(kernel.services, root, Whose.ACTION, waiting.id, "She asked").actions == (waiting.id,)
    size = kernel.store.read(lambda s: s.size())
    assert erase(kernel.services, root, Whose.ACTION, waiting.id, "Again").actions == ()
    assert kernel.store.read(lambda s: s.size()) == size


def test_i42_legal_hold_refuses_every_erasure_and_what_was_due_follows_when_it_is_lifted(kernel: Kernel):
    keep_none(kernel)
    switch_hold(kernel.services, "person/root", "root", on=True, reason="A claim is pending")
    action = told(kernel)
    with pytest.raises(Refusal) as refused:
        erase_as(kernel.services, "person/root", "root", Whose.ACTION, action.id, "She asked")
    assert refused.value.code is Code.LEGAL_HOLD
    assert "A claim is pending" in refused.value.sentence
    keeper = Keeper(kernel.services)
    assert keeper.run_one()
    assert not keeper.run_one()
    assert kernel.action(action.id).erased is None
    assert switch_hold(kernel.services, "person/root", "root", on=False, reason="Settled").on is False
    assert not kernel.store.read(hold_of).on
    while keeper.run_one():
        pass
    assert kernel.action(action.id).erased is not None


def keep_none(kernel: Kernel) -> None:
    activate_policy(kernel.services, RULES.replace("{}", "log_payload: false"), by="admin")


def test_a_payload_that_policy_does_not_keep_goes_when_the_action_ends_and_its_words_stay(kernel: Kernel):
    keep_none(kernel)
    action = kernel.refund("60.00", note=WORDS[0])
    keeper = Keeper(kernel.services)
    assert not keeper.run_one()
    kernel.decide(kernel.reviewer(), action)
    kernel.run()
    assert kernel.action(action.id).status is ActionStatus.SUCCEEDED
    while keeper.run_one():
        pass
    ended = kernel.action(action.id)
    assert ended.note == WORDS[0]
    assert ended.erased is not None
    assert (ended.erased.cause, set(ended.erased.parts)) == (
        ErasureCause.NOT_KEPT,
        {"payload", "before", "after", "effect"},
    )
    record = kernel.store.read(folded)
    assert record[f"action/{action.id}"] == ended
    with pytest.raises(Refusal) as gone:
        preview_undo(kernel.services, kernel.reviewer("ops-east").principal, action.id)
    assert gone.value.code is Code.BLOB_UNKNOWN


def recorded(kernel: Kernel) -> Span:
    """A step whose input and output are kept, and its job ended."""
    times = ("2026-01-01T00:00:00.000Z", "2026-01-01T00:00:01.000Z")
    span = Span("s-1", "model: plan", SpanKind.MODEL, *times)
    contents = {"s-1": StepContents("What does Wilhelmina want?", "Her money.")}
    record_spans(kernel.services, kernel.agent, kernel.job, (span,), kernel.key(), contents=contents)
    end_job(kernel.services, kernel.agent, kernel.job, "completed", kernel.key())
    (kept_span,) = kernel.store.read(lambda s: s.spans(kernel.job))
    return kept_span


def contents_of(kernel: Kernel, span: Span) -> dict[str, StepContents] | None:
    sealed = kernel.store.read(lambda s: s.blob(span.contents))
    return None if sealed is None else msgspec.json.decode(unseal(sealed), type=dict[str, StepContents])


def test_what_went_into_a_step_is_kept_by_itself_and_goes_with_its_jobs_actions(kernel: Kernel):
    activate_policy(kernel.services, RULES.replace("{}", "retention_days: 183"), by="admin")
    told(kernel)
    span, keeper = recorded(kernel), Keeper(kernel.services)
    assert contents_of(kernel, span) == {"s-1": StepContents("What does Wilhelmina want?", "Her money.")}
    assert b"Wilhelmina want" not in b"".join(one.entry + (one.brief or b"") for one in entries(kernel))
    kernel.clock.advance(timedelta(days=182))
    while keeper.run_one():
        pass
    assert contents_of(kernel, span) is not None
    kernel.clock.advance(timedelta(days=2))
    while keeper.run_one():
        pass
    assert contents_of(kernel, span) is None
    job = kernel.store.read(lambda s: s.load(Job, kernel.job))
    assert job is not None
    assert job.erased is not None
    assert (job.erased.parts, job.goal != "") == (("contents",), True)
    assert kernel.store.read(folded)[f"job/{kernel.job}"] == job


def test_steps_of_what_policy_does_not_keep_go_when_the_job_is_over_and_its_actions_are(kernel: Kernel):
    keep_none(kernel)
    action = kernel.refund("60.00", note=WORDS[0])
    kernel.decide(kernel.reviewer(), action)
    span, keeper = recorded(kernel), Keeper(kernel.services)
    keeper.run_one()
    assert contents_of(kernel, span) is not None, "an action of the job is still to be carried out"
    kernel.run()
    kernel.clock.advance(timedelta(days=1, seconds=1))
    while keeper.run_one():
        pass
    assert contents_of(kernel, span) is None


@pytest.mark.parametrize(
    ("contents", "problem"),
    [({"s-9": StepContents("x")}, "no such span"), ({"s-1": StepContents("x")}, "beside the spans")],
)
def test_contents_of_no_step_of_the_batch_are_refused(
    kernel: Kernel, contents: dict[str, StepContents], problem: str
):
    times = ("2026-01-01T00:00:00.000Z", "2026-01-01T00:00:01.000Z")
    span = Span("s-1", "x", SpanKind.MODEL, *times, contents="" if "s-9" in contents else "ab" * 32)
    with pytest.raises(Refusal) as refused:
        record_spans(kernel.services, kernel.agent, kernel.job, (span,), kernel.key(), contents=contents)
    assert problem in refused.value.sentence
    assert kernel.store.read(lambda s: s.spans(kernel.job)) == ()


def entries(kernel: Kernel) -> tuple[Stored, ...]:
    return kernel.store.read(lambda s: s.entries(start=0, limit=999))


def test_i42_contents_last_as_long_as_policy_says_when_their_time_is_over_and_never_below_the_floor(
    kernel: Kernel,
):
    with pytest.raises(Refusal) as short:
        activate_policy(kernel.services, RULES.replace("{}", "retention_days: 182"), by="admin")
    assert short.value.code is Code.DOCUMENT_INVALID
    assert "line 4" in short.value.sentence
    assert "183" in short.value.sentence
    activate_policy(kernel.services, RULES.replace("{}", "retention_days: 183"), by="admin")
    action, keeper = told(kernel), Keeper(kernel.services)
    kernel.clock.advance(timedelta(days=182))
    assert not keeper.run_one()
    activate_policy(kernel.services, RULES.replace("{}", "retention_days: 200"), by="admin")
    kernel.clock.advance(timedelta(days=2))
    while keeper.run_one():
        pass
    assert kernel.action(action.id).erased is None
    kernel.clock.advance(timedelta(days=17))
    while keeper.run_one():
        pass
    erased = kernel.action(action.id).erased
    assert erased is not None
    assert (erased.cause, erased.by) == (ErasureCause.RETENTION, "retention")


def found(folder: Path, trace: bytes) -> list[str]:
    return [path.name for path in folder.iterdir() if trace in path.read_bytes()]
