"""What went into a job's steps and what came out is in its pack, is verified, and can be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from lineclear.adapters.auditpack import names
from lineclear.adapters.auditpack.container import open_pack
from lineclear.adapters.auditpack.head import Trust
from lineclear.adapters.auditpack.story import tell
from lineclear.adapters.auditpack.verifying import verify_pack
from lineclear.application.jobs import end_job, record_spans
from lineclear.application.record.erasing import Whose, erase
from lineclear.application.record.findings import Fault, Scope, ScopeKind
from lineclear.domain.events import StepContents
from lineclear.domain.ledger.signing import key_id
from lineclear.domain.vocabulary import Role
from support.kernel import Kernel
from support.spans import span
from support_audit import LOG, Unpacked, entries_of, write

TRUST = Trust(key=key_id(LOG.public_key))


@pytest.fixture
def kernel() -> Kernel:
    """A job that is over, one of whose two steps was recorded."""
    kernel = Kernel()
    contents = {"plan": StepContents("What does she want?", '{"refund": "80.00"}')}
    spans = span("plan", 0, 4), span("rest", 4, 1, error="TimeoutError")
    record_spans(kernel.services, kernel.agent, kernel.job, spans, kernel.key(), contents=contents)
    end_job(kernel.services, kernel.agent, kernel.job, "completed", kernel.key())
    return kernel


def packed(kernel: Kernel, out: Path) -> Path:
    return write(entries_of(kernel), out, scope=Scope(ScopeKind.JOB, kernel.job))


def digest_of(kernel: Kernel) -> str:
    return next(one.contents for one in kernel.store.read(lambda s: s.spans(kernel.job)) if one.contents)


def said(pack: Path, kernel: Kernel) -> list[str]:
    report = verify_pack(pack, TRUST, watch=kernel.job)
    with open_pack(pack) as opened:
        return [line for one in tell(opened, report.steps) for line in (one.says, *one.details)]


def test_the_pack_of_a_job_tells_its_steps_with_their_input_and_output(kernel: Kernel, tmp_path: Path):
    lines = said(packed(kernel, tmp_path / "pack"), kernel)
    assert "goal: Resolve ticket 20418" in lines
    assert "support-agent recorded 2 steps for $0.00" in lines
    assert "step plan, input: What does she want?" in lines
    assert 'step plan, output: {"refund": "80.00"}' in lines
    assert any(line.endswith("failed: TimeoutError") for line in lines)
    assert not any(line.startswith("step rest, input") for line in lines)


def test_a_pack_without_the_contents_of_a_step_is_not_sound(kernel: Kernel, tmp_path: Path):
    unpacked = Unpacked.of(packed(kernel, tmp_path / "pack"))
    del unpacked.files[names.content_name(digest_of(kernel))]
    report = verify_pack(unpacked.lay_down(tmp_path / "less"), TRUST)
    assert Fault.CONTENT in {found.fault for found in report.conclusion.findings}


def test_contents_of_a_step_that_were_changed_are_found_and_not_told(kernel: Kernel, tmp_path: Path):
    unpacked = Unpacked.of(packed(kernel, tmp_path / "pack"))
    name = names.content_name(digest_of(kernel))
    unpacked.files[name] = unpacked.files[name].replace(b"she want", b"he  want")
    changed = unpacked.lay_down(tmp_path / "changed")
    assert not verify_pack(changed, TRUST).conclusion.is_sound
    assert not any("he  want" in line for line in said(changed, kernel))


def test_a_pack_made_after_an_erasure_is_sound_and_says_what_is_gone(kernel: Kernel, tmp_path: Path):
    digest = digest_of(kernel)
    root = kernel.reviewer("root", role=Role.ADMIN).principal
    erase(kernel.services, root, Whose.JOB, kernel.job, "Asked for")
    pack = packed(kernel, tmp_path / "pack")
    report = verify_pack(pack, TRUST)
    assert report.conclusion.findings == ()
    assert f"contents {digest} (not in this pack)" in said(pack, kernel)
