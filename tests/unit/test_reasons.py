"""What a person says of a deed: said at all, and no longer than is read."""

import pytest

from lineclear.application.governing.safe_mode import switch_safe_mode
from lineclear.application.jobs import stop_job
from lineclear.application.reasons import REASON_LIMIT, require_reason, require_short
from lineclear.domain.jobs import Job
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import JobStatus
from support.kernel import Kernel


@pytest.mark.parametrize("silence", ["", " ", "\n\t", "\u2003"])
def test_what_says_nothing_is_no_reason_and_the_deed_is_named(silence: str):
    with pytest.raises(Refusal) as caught:
        require_reason(silence, "Undoing")
    assert caught.value.code is Code.REASON_MISSING
    assert "Undoing" in str(caught.value)


def test_a_reason_may_be_as_long_as_is_read_and_no_longer():
    require_reason("x" * REASON_LIMIT, "Undoing")
    require_short("")
    with pytest.raises(Refusal, match="a reason may have 4,000 characters at most") as caught:
        require_reason("x" * (REASON_LIMIT + 1), "Undoing")
    assert caught.value.code is Code.BODY_INVALID
    with pytest.raises(Refusal, match="a note may have 2 characters at most"):
        require_short("xyz", "a note", 2)


def test_a_deed_with_too_long_a_reason_is_refused_and_changes_nothing():
    kernel = Kernel()
    lead, before = kernel.reviewer("lead"), kernel.store.read(lambda snapshot: snapshot.size())
    long = "x" * (REASON_LIMIT + 1)
    with pytest.raises(Refusal, match="at most"):
        stop_job(kernel.services, lead.principal, kernel.job, long)
    with pytest.raises(Refusal, match="at most"):
        switch_safe_mode(kernel.services, lead.principal, on=True, reason=long, scope="workspace")

    after = kernel.store.read(lambda snapshot: (snapshot.size(), snapshot.load(Job, kernel.job)))
    assert after[1] is not None
    assert (after[0], after[1].status) == (before, JobStatus.RUNNING)
