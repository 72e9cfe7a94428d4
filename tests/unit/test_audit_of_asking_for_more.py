"""I39: the verifier that shares no line with ours knows hand-overs, escalations, second looks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lineclear.application.deciding.claiming import claim, release
from lineclear.application.deciding.escalating import escalate
from lineclear.application.deciding.handing import hand_over
from lineclear.application.governing.workspaces import activate_policy
from lineclear.domain.policy.stages import Place
from lineclear.domain.strict_json import canonical
from lineclear.domain.vocabulary import ActionStatus, Tier
from support.kernel import DOCUMENT, Kernel
from support_audit import entries_of, examiner, write

PACK = "ledger.lcpack"


@pytest.fixture
def kernel() -> Kernel:
    """Escalated by hand and by policy, handed over, drawn for a second look, and confirmed at tier 3."""
    kernel = Kernel()
    text = DOCUMENT.replace(
        "  issue_refund:\n",
        "  issue_refund:\n    second_review: 1\n    escalate: {after: 30m, to: {tier: 3, group: finance}}\n",
    )
    activate_policy(kernel.services, text, by="admin")
    west, east = kernel.reviewer("ops-west"), kernel.reviewer("ops-east")
    lead = kernel.reviewer("lead", Tier.THREE, groups=("finance",))
    refund = kernel.refund("180.00")
    claim(kernel.services, west.principal, refund.id)
    hand_over(kernel.services, west.principal, refund.id, "ops-east", note="Yours")
    release(kernel.services, east.principal, refund.id)
    escalate(kernel.services, west.principal, refund.id, Place(1, Tier.THREE), "Odd", kernel.key())
    kernel.later(minutes=30)
    kernel.run()
    for reviewer in (west, lead):
        kernel.decide(reviewer, kernel.action(refund.id), looked=kernel.looked(refund, dwell_ms=1, changes=2))
    kernel.decide(east, kernel.action(refund.id))
    kernel.decide(lead, kernel.propose("access.grant", "manage_access"))
    kernel.run()
    assert kernel.action(refund.id).status is ActionStatus.SUCCEEDED
    assert len(kernel.action(refund.id).escalated) == 2
    return kernel


def test_what_was_asked_besides_is_sound(kernel: Kernel, tmp_path: Path):
    problems, check = examiner().verify(write(entries_of(kernel), tmp_path / PACK))
    assert (problems, check.signatures) == ([], 4)


def altered(kernel: Kernel, kind: str, **body: object):
    entries = entries_of(kernel)
    for at, entry in enumerate(entries.all):
        read = json.loads(entry)
        if read["type"] == kind:
            entries.all[at] = canonical({**read, "body": {**read["body"], **body}})
    return entries


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("action.second_look", {"draw": 7}),
        ("action.second_look", {"drawn": False}),
        ("action.escalated", {"to": {"tier": 3, "group": "nobody"}}),
        ("decision.recorded", {"dwell_ms": 9_000}),
    ],
)
def test_what_was_altered_of_it_is_not(kernel: Kernel, tmp_path: Path, kind: str, body: dict[str, object]):
    pack = write(altered(kernel, kind, **body), tmp_path / PACK)
    assert examiner().verify(pack)[0]
