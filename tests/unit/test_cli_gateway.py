"""The backend in one process: what the gateway answers is what the use cases and the ledger say."""

from __future__ import annotations

import threading

import pytest

from lineclear.adapters.memory.gateway import MemoryGateway
from lineclear.adapters.memory.store import MemoryStore
from lineclear.adapters.system.keys import MemoryKeys
from lineclear.application.deciding.decide import Decision
from lineclear.application.deciding.reviewer import Reviewer
from lineclear.application.reading.contents import open_contents
from lineclear.application.reading.replica import Replica
from lineclear.domain.actions import Action
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import ActionStatus, Role, Tier, Verdict
from lineclear.wire.messages import View
from support.kernel import DOCUMENT, Kernel


@pytest.fixture
def kernel() -> Kernel:
    return Kernel()


@pytest.fixture
def gateway(kernel: Kernel) -> MemoryGateway:
    return MemoryGateway(kernel.services, kernel.token("ops-west", Role.OPS, tier=Tier.TWO))


def test_a_reviewer_decides_through_it_as_over_http(kernel: Kernel, gateway: MemoryGateway):
    me = gateway.me()
    assert (me.subject, me.workspace, me.person and me.person.tier) == ("ops-west", "acme/test", Tier.TWO)
    key = MemoryKeys().key(me.origin, me.subject)
    reviewer = Reviewer(gateway, key, me.origin, kernel.clock, kernel.services.ids)
    action = reviewer.decide(gateway.detail(kernel.refund("80.00").id).action, Verdict.APPROVE)
    assert action.status is ActionStatus.CLEARED
    kernel.run()
    done = gateway.detail(action.id)
    effect = open_contents(done).effect
    assert effect is not None
    assert effect.after == {"status": "refunded", "refunded": "0.00"}


def test_the_same_key_again_does_nothing_more_and_another_body_is_refused(
    kernel: Kernel, gateway: MemoryGateway
):
    reviewer, action = kernel.reviewer(), kernel.refund("80.00")
    signed = kernel.signed(reviewer, action, Verdict.APPROVE)
    first = gateway.decide(action.id, signed, key="k")
    assert gateway.decide(action.id, signed, key="k") == first
    assert len(first.votes) == 1
    with pytest.raises(Refusal) as refused:
        gateway.decide(action.id, Decision(signed.envelope, signed.device, "another"), key="k")
    assert refused.value.code is Code.KEY_REUSED


def test_lists_follow_the_view_the_tier_and_the_text(kernel: Kernel, gateway: MemoryGateway):
    refund, grant = kernel.refund("80.00"), kernel.propose("access.grant", "manage_access")
    allowed = kernel.refund("10.00")
    kernel.run()
    assert {one.id for one in gateway.actions().items} == {refund.id, grant.id}
    assert {one.id for one in gateway.actions(View.OPEN, tier=Tier.TWO).items} == {refund.id}
    assert {one.id for one in gateway.actions(View.ALL).items} == {refund.id, grant.id, allowed.id}
    assert gateway.actions(View.ALL, text=refund.id).items == (refund,)
    assert {one.id for one in gateway.actions(View.DONE).items} == {allowed.id}
    page = gateway.actions(limit=1)
    assert gateway.actions(limit=1, after=page.next).items != page.items


def test_scopes_agents_and_unknown_outcomes_are_answered_as_over_http(kernel: Kernel, gateway: MemoryGateway):
    gateway.switch_safe_mode(on=True, reason="Odd", key="k1", scope="capability:issue_refund")
    assert [(one.id, one.on) for one in gateway.safe_modes()] == [("capability:issue_refund", True)]
    assert gateway.control().safe_modes == gateway.safe_modes()
    assert gateway.stop_agent("support-agent", "Odd", key="k2").stopped_by == "ops-west"
    assert gateway.resume_agent("support-agent", "Fixed", key="k3").stopped_by == ""
    kernel.job, kernel.tools.silent = kernel.open_job(), True
    action = kernel.propose("mail.send", "send_mail")
    if action.status is ActionStatus.PENDING:
        kernel.decide(kernel.reviewer("sender"), action)
    kernel.run()
    known = gateway.reconcile(action.id, happened=False, reason="Looked", key="k4")
    assert known.status is ActionStatus.FAILED
    assert gateway.reconcile(action.id, happened=False, reason="Looked", key="k4") == known
    with pytest.raises(Refusal) as reused:
        gateway.reconcile(action.id, happened=True, reason="Looked", key="k4")
    assert reused.value.code is Code.KEY_REUSED


@pytest.mark.parametrize("public_key", ["schl\u00fcssel", "", "A", "AAAA", "=" * 44, "A" * 43])
def test_a_device_key_that_is_none_is_refused_in_words(gateway: MemoryGateway, public_key: str):
    with pytest.raises(Refusal) as refused:
        gateway.enrol_device(public_key, "memory", key="k")
    assert refused.value.code is Code.BODY_INVALID
    assert "32 Ed25519 bytes" in refused.value.sentence


def test_control_holds_the_document_in_force(gateway: MemoryGateway):
    control = gateway.control()
    assert control.document == DOCUMENT
    assert control.policy is not None
    assert [agent.id for agent in control.agents] == ["support-agent"]


def test_the_feed_rebuilds_every_action_and_waits_for_the_next(kernel: Kernel, gateway: MemoryGateway):
    action = kernel.refund("80.00")
    replica = Replica(MemoryStore())
    replica.apply(gateway.feed(0).items)
    assert replica.store.read(lambda snapshot: snapshot.load(Action, action.id)) == action
    size = replica.size()
    assert gateway.feed(size, wait=0.01).items == ()
    proposer = threading.Thread(target=kernel.refund, args=["81.00"])
    proposer.start()
    assert gateway.feed(size, wait=20).items[0].index == size
    proposer.join()


def test_while_it_is_down_every_call_says_so(gateway: MemoryGateway):
    gateway.down = True
    for call in (
        gateway.me,
        gateway.control,
        lambda: gateway.feed(0),
        lambda: gateway.stop("job-1", "x", key="k"),
    ):
        with pytest.raises(Refusal) as refused:
            call()
        assert refused.value.code is Code.UNREACHABLE


def test_an_agent_reads_and_decides_nothing(kernel: Kernel):
    gateway = MemoryGateway(kernel.services, kernel.agent)
    action = kernel.refund("80.00")
    signed = kernel.signed(kernel.reviewer(), action, Verdict.APPROVE)
    for call in (
        lambda: gateway.detail(action.id),
        gateway.control,
        gateway.actions,
        lambda: gateway.feed(0),
        lambda: gateway.decide(action.id, signed, key="k"),
        lambda: gateway.switch_safe_mode(on=True, reason="x", key="k"),
        lambda: gateway.stop(kernel.job, "x", key="k"),
        lambda: gateway.reconcile(action.id, happened=True, reason="x", key="k"),
        lambda: gateway.stop_agent("support-agent", "x", key="k"),
        lambda: gateway.resume_agent("support-agent", "x", key="k"),
        gateway.safe_modes,
    ):
        with pytest.raises(Refusal) as refused:
            call()
        assert refused.value.code is Code.AGENT_CANNOT_DECIDE
    assert gateway.me().role == Role.AGENT
