"""Stages, groups, ceilings, rates and conditions from a proposal to its start, through the use cases."""

from __future__ import annotations

import pytest

from lineclear.application.governing.people import Grant, issue_token
from lineclear.application.governing.workspaces import activate_policy
from lineclear.application.recording import read_stored
from lineclear.domain.identities import Person
from lineclear.domain.policy.reasons import ReasonCode
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import ActionStatus, Outcome, Role, Tier
from support.kernel import DOCUMENT, Kernel

STAGED = DOCUMENT.replace(
    """        idempotency_key: required
""",
    """        idempotency_key: required
    stages:
      - name: finance
        tier: 1
        group: finance
      - name: second-look
        tier: 2
    reviewer_ceilings_usd:
      fin: 150
      ops: 500
""",
)


@pytest.fixture
def kernel():
    return Kernel()


def in_force(kernel: Kernel, text: str) -> None:
    activate_policy(kernel.services, text, by="admin")


def test_each_stage_is_met_by_its_own_people_in_any_order(kernel):
    in_force(kernel, STAGED)
    fin = kernel.reviewer("fin", Tier.ONE, Role.APPROVER, groups=("finance",))
    ops = kernel.reviewer("ops", Tier.TWO)
    action = kernel.refund("90.00")
    assert action.judged is not None
    assert (action.tier, action.judged.approvals) == (Tier.TWO, 2)
    waiting = kernel.decide(ops, action)
    assert waiting.status is ActionStatus.PENDING
    assert kernel.decide(fin, waiting).status is ActionStatus.CLEARED
    kernel.run()
    done = kernel.action(action.id)
    assert done.status is ActionStatus.SUCCEEDED
    assert [vote.groups for vote in done.votes] == [(), ("finance",)]


def test_who_fits_no_place_or_is_over_the_ceiling_is_refused(kernel):
    in_force(kernel, STAGED)
    other = kernel.reviewer("other", Tier.ONE, Role.APPROVER, groups=("risk",))
    fin = kernel.reviewer("fin", Tier.ONE, Role.APPROVER, groups=("finance",))
    action = kernel.refund("180.00")
    with pytest.raises(Refusal, match="one of those who may approve") as caught:
        kernel.decide(other, action)
    assert caught.value.code is Code.AUTHORITY_MISSING
    with pytest.raises(Refusal, match=r"Within your 150\.00 USD limit for issue_refund"):
        kernel.decide(fin, action)


def test_i11_stages_that_come_after_an_approval_stop_the_start(kernel):
    reviewer, action = kernel.reviewer(), kernel.refund("90.00")
    kernel.decide(reviewer, action)
    in_force(kernel, STAGED)
    kernel.run()
    assert kernel.tools.calls == []
    assert kernel.action(action.id).status is not ActionStatus.SUCCEEDED


def test_i11_a_reviewers_ceiling_that_falls_after_an_approval_stops_the_start(kernel):
    reviewer, action = kernel.reviewer(), kernel.refund("180.00")
    kernel.decide(reviewer, action)
    lower = DOCUMENT.replace("  manage_customers:", "    reviewer_ceilings_usd: 100\n  manage_customers:")
    in_force(kernel, lower)
    kernel.run()
    assert kernel.tools.calls == []


def test_i11_looser_stages_do_not_clear_what_waits(kernel):
    in_force(kernel, STAGED)
    fin = kernel.reviewer("fin", Tier.ONE, Role.APPROVER, groups=("finance",))
    action = kernel.decide(fin, kernel.refund("90.00"))
    in_force(kernel, DOCUMENT)
    kernel.run()
    assert kernel.action(action.id).status is ActionStatus.PENDING


def test_groups_stay_until_others_are_given(kernel):
    def groups() -> tuple[str, ...]:
        person = kernel.store.read(lambda snapshot: snapshot.load(Person, "fin"))
        assert person is not None
        return person.groups

    kernel.token("fin", Role.APPROVER, groups=("risk", "finance"))
    assert groups() == ("finance", "risk")
    issue_token(kernel.services, Grant("fin", Role.APPROVER, tier=Tier.TWO))
    assert groups() == ("finance", "risk")
    kernel.token("fin", Role.APPROVER, groups=())
    assert groups() == ()
    with pytest.raises(Refusal, match="is not a name"):
        kernel.token("fin", Role.APPROVER, groups=("a group",))


def test_a_rate_counts_the_agents_proposals_and_forgets_the_old_ones(kernel):
    in_force(
        kernel, DOCUMENT.replace("  manage_customers:", "    rate: {most: 2, per: 1h}\n  manage_customers:")
    )
    outcomes = [kernel.refund("20.00").judged.outcome for _ in range(3)]
    assert outcomes == [Outcome.ALLOW, Outcome.ALLOW, Outcome.ASK]
    kernel.later(hours=1)
    assert kernel.refund("20.00").judged.outcome is Outcome.ALLOW


def test_judging_again_at_the_start_counts_what_came_before_and_not_after(kernel):
    in_force(
        kernel, DOCUMENT.replace("  manage_customers:", "    rate: {most: 2, per: 1h}\n  manage_customers:")
    )
    actions = [kernel.refund("20.00") for _ in range(3)]
    kernel.run()
    assert [kernel.action(one.id).status for one in actions] == [
        ActionStatus.SUCCEEDED,
        ActionStatus.SUCCEEDED,
        ActionStatus.PENDING,
    ]


def test_a_condition_sees_the_job_the_agent_and_the_target(kernel):
    when = 'agent.id == "support-agent" && job.id != "" && target.id == "pay_1" && time.hour >= 0'
    rule = f"    conditions: [{{when: '{when}', then: deny, says: Not this one}}]\n  manage_customers:"
    in_force(kernel, DOCUMENT.replace("  manage_customers:", rule))
    judged = kernel.refund("20.00").judged
    assert judged.outcome is Outcome.DENY
    (reason,) = [one for one in judged.reasons if one.code is ReasonCode.CONDITION_TRUE]
    assert reason.params["says"] == "Not this one"


def test_what_was_recorded_reads_back_as_it_was(kernel):
    in_force(kernel, STAGED)
    action = kernel.refund("90.00")
    stored = kernel.store.read(lambda snapshot: snapshot.entries(start=0, limit=10_000))
    events = [read_stored(one).event for one in stored]
    (evaluated,) = [event for event in events if getattr(event, "stages", ())]
    assert evaluated.stages == action.judged.stages
    assert evaluated.ceilings == {"fin": "150.00", "ops": "500.00"}
