"""A second document on half of all new jobs: a stable split, denials that stay, a guardrail that ends it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lineclear.adapters.system.signatures import verifier_of
from lineclear.application.governing.policies import bring_into_force
from lineclear.application.governing.trials import read_trial, start_trial, stop_trial
from lineclear.application.jobs import record_spans
from lineclear.application.lab.guarding import Guard, Look, judged
from lineclear.application.record.findings import Findings
from lineclear.application.record.replay import Evidence, Replay
from lineclear.domain.actions import Action
from lineclear.domain.events import Span, TrialEnd
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.trials import LIVE, LiveTrial, half_of
from lineclear.domain.vocabulary import ActionStatus, Outcome, Role, SpanKind, Tier, Verdict
from support.kernel import DOCUMENT, Kernel

LOOSER = DOCUMENT.replace("requires_approval_over_usd: 50", "requires_approval_over_usd: 150")


class Bench:
    """A kernel with a trial, and jobs of either half."""

    def __init__(self, text: str = LOOSER, **more) -> None:
        self.kernel = Kernel()
        self.chief = self.kernel.token("chief", Role.OPS, tier=Tier.THREE)
        self.before = self.kernel.job
        self.trial = self.start(text, **more)
        self.guard = Guard(self.kernel.services)

    def start(
        self, text: str = LOOSER, *, who=None, expected: int = 1, reason: str = "Try", **more
    ) -> LiveTrial:
        who = who or self.chief
        trial = start_trial(self.kernel.services, who, text, expected=expected, reason=reason, **more)
        self.kernel.clock.advance(timedelta(seconds=1))
        return trial

    def job(self, half: int) -> str:
        """A new job of that half."""
        return next(job for job in iter(self.kernel.open_job, "") if half_of(job, self.trial.digest) == half)

    def refund(self, half: int, amount: str = "80.00") -> Action:
        self.kernel.job = self.job(half)
        return self.kernel.refund(amount)

    def outcome(self, action: Action) -> Outcome:
        return self.kernel.action(action.id).judged.outcome

    def state(self) -> LiveTrial:
        return self.kernel.store.read(lambda snapshot: snapshot.load(LiveTrial, LIVE))


@pytest.fixture
def bench():
    return Bench(least=5)


def test_new_jobs_are_judged_by_the_document_of_their_half(bench):
    assert bench.outcome(bench.refund(0)) is Outcome.ASK
    tried = bench.refund(1)
    assert bench.outcome(tried) is Outcome.ALLOW
    assert bench.kernel.action(tried.id).judged.policy == bench.trial.digest


def test_jobs_that_were_open_before_take_no_part(bench):
    """Nor do they begin to when more happens in them."""
    stop_trial(bench.kernel.services, bench.chief, "Once more")
    jobs = [bench.kernel.open_job() for _ in range(30)]
    digest = bench.start(least=5).digest
    bench.kernel.job = next(job for job in jobs if half_of(job, digest) == 1)
    span = Span("s1", "read", SpanKind.READ, "2026-01-01T00:00:00.000Z", "2026-01-01T00:00:01.000Z")
    record_spans(bench.kernel.services, bench.kernel.agent, bench.kernel.job, (span,), bench.kernel.key())
    assert bench.outcome(bench.kernel.refund("80.00")) is Outcome.ASK


def test_what_the_document_in_force_denies_stays_denied_in_both_halves():
    bench = Bench(DOCUMENT.replace("max_amount_usd: 200", "max_amount_usd: 900"))
    assert bench.outcome(bench.refund(1, "300.00")) is Outcome.DENY


def test_what_was_cleared_on_trial_is_asked_about_once_the_trial_is_over(bench):
    """The stricter of two: the start is judged by the document that judges the job then."""
    action = bench.refund(1)
    stop_trial(bench.kernel.services, bench.chief, "Enough")
    bench.kernel.run()
    assert bench.kernel.action(action.id).status is ActionStatus.PENDING
    assert bench.kernel.tools.calls == []


def test_trouble_in_the_second_half_ends_it_by_itself(bench):
    for number in range(12):
        bench.refund(0, f"20.{number:02d}")
        bench.kernel.run()
    bench.kernel.tools.apply = _refusing
    for number in range(12):
        bench.refund(1, f"21.{number:02d}")
        bench.kernel.run()
        bench.guard.watch()
    found = bench.state()
    assert (found.on, found.because, found.ended_by) == (False, TrialEnd.GUARDRAIL, "kernel/guardrail")
    assert found.troubled[0] == 0
    assert found.troubled[1] >= 4
    del bench.kernel.tools.apply
    assert bench.outcome(bench.refund(1)) is Outcome.ASK


def _refusing(*_args, **_more):
    from lineclear.application.ports import ToolFailed  # noqa: PLC0415  # for this alone

    raise ToolFailed("refused", "the account is closed")


def test_equal_trouble_ends_nothing(bench):
    reviewer = bench.kernel.reviewer()
    for number in range(12):
        for half in (0, 1):
            action = bench.refund(half, f"160.{number:02d}")
            verdict = Verdict.REJECT if number % 2 else Verdict.APPROVE
            bench.kernel.decide(reviewer, action, verdict, "No" if number % 2 else "")
        bench.guard.watch()
    assert bench.state().on
    found = read_trial(bench.kernel.services, bench.chief)
    assert (found.jobs, found.troubled) == ((12, 12), (6, 6))
    assert [look.number for look in found.looks] == [1, 2]


def test_another_version_in_force_ends_it(bench):
    text = DOCUMENT.replace("max_amount_usd: 200", "max_amount_usd: 180")
    bring_into_force(bench.kernel.services, bench.chief, text, expected=1, reason="Less")
    assert bench.outcome(bench.refund(1)) is Outcome.ASK, "it counts no more even before the guard has looked"
    bench.guard.watch()
    assert bench.state().because == TrialEnd.POLICY_CHANGED


def test_later_looks_are_harder_to_alarm():
    """The same counts break the guardrail at the first look, and not at the fifth: levels are spent."""
    trial = LiveTrial("live", 0, 0, True, 1, "d", "b", "chief", "", 0, 30, 950)  # noqa: FBT003  # as stored
    counts = (60, 60), (2, 10)
    assert judged(trial, Look(1, *counts)).breaks
    assert not judged(trial, Look(5, *counts)).breaks


def test_the_audit_replay_knows_which_document_judged_which_half(bench):
    bench.refund(0)
    bench.refund(1)
    bench.kernel.run()
    findings = Findings()
    store = bench.kernel.store
    evidence = Evidence(lambda digest: store.read(lambda s: s.blob(digest)), lambda _: True, verifier_of)
    replay = Replay(evidence, findings)
    for one in store.read(lambda snapshot: snapshot.entries(start=0, limit=snapshot.size())):
        replay.take(one.index, one.entry)
    replay.finish()
    assert [found.says for found in findings.listed] == []


@pytest.mark.parametrize(
    ("who", "more", "code"),
    [
        ({"tier": Tier.TWO}, {}, Code.TIER_INSUFFICIENT),
        ({}, {"reason": " "}, Code.REASON_MISSING),
        ({}, {"expected": 3}, Code.STATE_CHANGED),
        ({}, {"text": DOCUMENT}, Code.TRIAL_REFUSED),
        ({}, {"text": LOOSER + "opa:\n  url: http://127.0.0.1:1/v1/data/x\n"}, Code.TRIAL_REFUSED),
        ({}, {"text": LOOSER + "# another\n"}, Code.TRIAL_REFUSED),
        ({}, {"text": "capabilities: {}\n"}, Code.DOCUMENT_INVALID),
    ],
)
def test_who_may_begin_one_and_with_what(bench, who, more, code):
    principal = bench.kernel.token("other", Role.OPS, **({"tier": Tier.THREE} | who))
    with pytest.raises(Refusal) as refused:
        bench.start(**({"who": principal} | more))
    assert refused.value.code is code


def test_it_is_ended_by_hand_with_a_reason_once(bench):
    with pytest.raises(Refusal) as refused:
        stop_trial(bench.kernel.services, bench.chief, "")
    assert refused.value.code is Code.REASON_MISSING
    ended = stop_trial(bench.kernel.services, bench.chief, "Seen enough")
    assert (ended.on, ended.because, ended.ended_by) == (False, TrialEnd.HAND, "chief")
    assert stop_trial(bench.kernel.services, bench.chief, "Again").seq == ended.seq
