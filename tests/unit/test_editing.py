"""An edit by a reviewer: a new revision, void votes, policy asked again, three records kept."""

from __future__ import annotations

import json

import pytest

from lineclear.adapters.memory.gateway import MemoryGateway
from lineclear.adapters.memory.tools import MemoryTools
from lineclear.adapters.system.signatures import verifier_of
from lineclear.application.deciding.decide import decide
from lineclear.application.deciding.editing import Edit, edit_action, preview_edit
from lineclear.application.governing.workspaces import activate_policy
from lineclear.application.reading.contents import open_contents
from lineclear.application.record.findings import Findings
from lineclear.application.record.replay import Evidence, Replay
from lineclear.application.recording import content_of
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import ActionStatus, Outcome, Role, Stake, Tier, Verdict
from support.kernel import CONTRACTS, DOCUMENT, Kernel, contract


@pytest.fixture
def kernel():
    return Kernel()


@pytest.fixture
def ops(kernel):
    return kernel.reviewer("ops-west")


def arguments(amount="120.00", **more):
    fields = {"id": "pay_1", "fields": {"status": "refunded"}, "amount": amount, "currency": "USD", **more}
    return json.dumps(fields).encode()


def edited(kernel, reviewer, action, sent=None, reason="", revision=None):
    wanted = Edit(sent or arguments(), revision or action.revision, reason)
    return edit_action(kernel.services, reviewer.principal, action.id, wanted, kernel.key())[0]


def code_of(call):
    with pytest.raises(Refusal) as refused:
        call()
    return refused.value.code


def test_an_edit_makes_a_new_revision_with_the_new_amount_that_waits_again(kernel, ops):
    action = kernel.refund("180.00")
    after = edited(kernel, ops, action, reason="Only one capture")
    assert (after.revision, after.status, after.amount) == (2, ActionStatus.PENDING, "120.00")
    assert after.revised_because == "ops-west edited it: Only one capture"
    assert (after.edited_by, after.previous) == ("ops-west", action.content)


def test_three_records_are_kept_what_was_proposed_what_was_sent_and_what_runs(kernel, ops):
    action = kernel.refund("180.00")
    kernel.decide(ops, edited(kernel, ops, action, arguments("120.00", note="a")))
    kernel.run()
    done = kernel.action(action.id)
    blobs = kernel.store.read(
        lambda snapshot: {
            name: json.loads(content_of(snapshot.blob(digest), digest))
            for name, digest in (
                ("proposed", done.proposed),
                ("edited", done.edited),
                ("effective", done.content.payload),
            )
        }
    )
    assert done.status is ActionStatus.SUCCEEDED
    assert blobs["proposed"]["arguments"]["amount"] == "180.00"
    assert blobs["edited"] == json.loads(arguments("120.00", note="a"))
    assert blobs["effective"] == {
        "capability": "issue_refund",
        "tool": "payments.create_refund",
        "arguments": blobs["edited"],
    }


def test_i3_an_edit_voids_the_votes_and_a_signature_on_the_old_revision_no_longer_counts(kernel, ops):
    activate_policy(
        kernel.services,
        DOCUMENT.replace("idempotency_key", "approvals: 2\n        idempotency_key"),
        by="admin",
    )
    action = kernel.refund("180.00")
    other = kernel.reviewer("ops-east")
    voted = kernel.decide(other, action)
    assert len(voted.votes) == 1
    late = kernel.signed(ops, voted, Verdict.APPROVE)
    after = edited(kernel, ops, voted)
    assert after.votes == ()
    assert [vote.person for vote in after.voided] == ["ops-east"]
    stale = code_of(lambda: decide(kernel.services, ops.principal, action.id, late, kernel.key()))
    assert stale is Code.REVISION_STALE
    kernel.decide(other, after)
    assert kernel.decide(ops, kernel.action(action.id)).status is ActionStatus.CLEARED


def test_an_edit_that_reaches_further_raises_the_tier():
    tool = contract("deploy.release", Stake.DATA, environment="environment")
    kernel = Kernel(tools=MemoryTools((*CONTRACTS, tool), {"pay_1": {"status": "captured"}}))
    rules = "  deploy:\n    tools:\n      - name: deploy.release\n        requires_approval: true\n"
    activate_policy(kernel.services, DOCUMENT + rules, by="admin")
    ops = kernel.reviewer("ops-west")
    action = kernel.propose("deploy.release", "deploy", environment="staging")
    wanted = json.dumps({"id": "pay_1", "fields": {"status": "new"}, "environment": "production"}).encode()
    after = edited(kernel, ops, action, wanted)
    assert (action.tier, after.tier) == (Tier.ONE, Tier.THREE)
    assert after.environment == "production"
    assert code_of(lambda: kernel.decide(ops, after)) is Code.TIER_INSUFFICIENT


def test_what_policy_denies_as_edited_is_refused_and_not_recorded(kernel, ops):
    action = kernel.refund("180.00")
    assert code_of(lambda: edited(kernel, ops, action, arguments("900.00"))) is Code.EDIT_DENIED
    assert kernel.action(action.id) == action


def test_an_edit_below_the_approval_line_is_cleared_by_policy(kernel, ops):
    action = kernel.refund("180.00")
    after = edited(kernel, ops, action, arguments("20.00"))
    assert (after.status, after.cleared_by) == (ActionStatus.CLEARED, "policy")


def test_an_edit_of_a_revision_that_is_gone_is_refused(kernel, ops):
    action = kernel.refund("180.00")
    edited(kernel, ops, action)
    assert code_of(lambda: edited(kernel, ops, action)) is Code.REVISION_STALE


def test_arguments_that_do_not_fit_are_refused_place_by_place(kernel, ops):
    action = kernel.refund("180.00")
    with pytest.raises(Refusal) as refused:
        edited(kernel, ops, action, b'{"id": "pay_1", "fields": 3}')
    assert refused.value.code is Code.ARGUMENTS_INVALID
    assert refused.value.params["/fields"] == "is not an object"


def test_neither_the_agents_owner_nor_who_lacks_the_tier_may_edit(kernel):
    action = kernel.refund("180.00")
    owner = kernel.reviewer("owner", Tier.THREE)
    assert code_of(lambda: edited(kernel, owner, action)) is Code.OWNER_CANNOT_DECIDE
    junior = kernel.reviewer("junior", Tier.ONE, Role.APPROVER)
    assert code_of(lambda: edited(kernel, junior, action)) is Code.TIER_INSUFFICIENT


def test_i10_no_agent_edits(kernel):
    action = kernel.refund("180.00")
    wanted = Edit(arguments(), 1)
    refused = code_of(lambda: edit_action(kernel.services, kernel.agent, action.id, wanted, kernel.key()))
    assert refused is Code.AGENT_CANNOT_DECIDE


def test_what_is_over_cannot_be_edited(kernel, ops):
    action = kernel.refund("180.00")
    kernel.decide(ops, action, Verdict.REJECT, "No")
    assert code_of(lambda: edited(kernel, ops, action)) is Code.ACTION_DECIDED


def test_the_same_request_again_edits_once(kernel, ops):
    action, request = kernel.refund("180.00"), kernel.key()
    wanted = Edit(arguments(), 1)
    first = edit_action(kernel.services, ops.principal, action.id, wanted, request)
    again = edit_action(kernel.services, ops.principal, action.id, wanted, request)
    assert (first[1], again[1], again[0].revision) == (False, True, 2)


def test_a_preview_says_what_policy_would_say_and_records_nothing(kernel, ops):
    action = kernel.refund("180.00")
    size = kernel.store.read(lambda snapshot: snapshot.size())

    def shown(amount):
        return preview_edit(kernel.services, ops.principal, action.id, Edit(arguments(amount), 1))

    assert shown("120.00").evaluation.outcome is Outcome.ASK
    assert shown("900.00").evaluation.outcome is Outcome.DENY
    assert shown("20.00").evaluation.outcome is Outcome.ALLOW
    assert shown("120.00").preview.after["status"] == "refunded"
    assert kernel.store.read(lambda snapshot: snapshot.size()) == size


def test_a_preview_tells_what_is_wrong_place_by_place_and_why_a_connector_cannot_say(kernel, ops):
    action = kernel.refund("180.00")
    wrong = preview_edit(kernel.services, ops.principal, action.id, Edit(b'{"id": "pay_1"}', 1))
    assert wrong.problems == {"/fields": "is not an object"}
    gone = arguments(id="pay_9")
    assert "no record pay_9" in preview_edit(kernel.services, ops.principal, action.id, Edit(gone, 1)).problem


def test_the_detail_holds_the_agents_own_payload_beside_the_edited_one(kernel, ops):
    action = edited(kernel, ops, kernel.refund("180.00"))
    contents = open_contents(MemoryGateway(kernel.services, ops.principal).detail(action.id))
    assert contents.proposed["arguments"]["amount"] == "180.00"
    assert contents.payload["arguments"]["amount"] == "120.00"


def test_an_edited_action_that_ran_passes_the_audits_replay(kernel, ops):
    action = kernel.refund("180.00")
    kernel.decide(ops, edited(kernel, ops, action))
    kernel.run()
    assert kernel.action(action.id).status is ActionStatus.SUCCEEDED
    assert replayed(kernel.store) == []


def replayed(store):
    findings = Findings()
    replay = Replay(
        Evidence(lambda digest: store.read(lambda s: s.blob(digest)), lambda _: True, verifier_of), findings
    )
    for one in store.read(lambda snapshot: snapshot.entries(start=0, limit=snapshot.size())):
        replay.take(one.index, one.entry)
    replay.finish()
    return findings.listed
