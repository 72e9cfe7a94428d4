"""Lending authority, breaking the glass, coming and leaving: who can decide at each position."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineclear.adapters.system.signatures import verifier_of
from lineclear.application.governing.break_glass import break_glass, review_glass
from lineclear.application.governing.delegation import Loan, delegate, end_delegation
from lineclear.application.governing.people import (
    Grant,
    authenticate,
    enrol,
    issue_for,
    revoke_device,
    take_off,
)
from lineclear.application.reading.snapshots import read_detail
from lineclear.application.record.findings import Findings
from lineclear.application.record.replay import Evidence, Replay
from lineclear.domain.actions import Action
from lineclear.domain.authority import AllOf, Quorum, Vote, judge
from lineclear.domain.identities import Person, Token
from lineclear.domain.money import parse_money
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import ActionStatus, Grounds, Role, Tier, Verdict
from support.kernel import Kernel, Reviewer

DAY = timedelta(days=1)


@pytest.fixture
def kernel() -> Kernel:
    return Kernel()


def code_of(call: Callable[[], object]) -> Code:
    with pytest.raises(Refusal) as caught:
        call()
    return caught.value.code


def lend(kernel: Kernel, giver: Reviewer, receiver: str, **more: object) -> Person:
    wanted = {"tier": Tier.TWO, "capabilities": ("issue_refund",), "lasts": DAY, "reason": "holidays", **more}
    return delegate(kernel.services, giver.principal, Loan(receiver, **wanted))


def open_glass(kernel: Kernel, who: Reviewer, minutes: int = 30) -> Person:
    return break_glass(kernel.services, who.principal, timedelta(minutes=minutes), "payments are down")


def grant_access(kernel: Kernel) -> Action:
    return kernel.propose("access.grant", "manage_access", fields={"role": "storage.admin"})


def problems(kernel: Kernel) -> list[str]:
    store, findings = kernel.store, Findings()
    evidence = Evidence(lambda digest: store.read(lambda s: s.blob(digest)), lambda _: True, verifier_of)
    replay = Replay(evidence, findings)
    for one in store.read(lambda snapshot: snapshot.entries(start=0, limit=snapshot.size())):
        replay.take(one.index, one.entry)
    replay.finish()
    return [found.says for found in findings.listed]


def test_what_was_lent_decides_and_the_vote_says_whose_it_was(kernel: Kernel):
    lead, deputy = kernel.reviewer("lead"), kernel.reviewer("deputy", Tier.ONE)
    refund = kernel.refund("60.00")
    assert code_of(lambda: kernel.decide(deputy, refund)) is Code.TIER_INSUFFICIENT
    lend(kernel, lead, "deputy")
    says = [one.says for one in read_detail(kernel.services, deputy.principal, refund.id).conditions]
    assert any("lent you until" in line for line in says)
    cleared = kernel.decide(deputy, refund)
    assert cleared.status is ActionStatus.CLEARED
    assert (cleared.votes[0].grounds, cleared.votes[0].giver) == (Grounds.DELEGATED, "lead")
    kernel.run()
    assert kernel.action(refund.id).status is ActionStatus.SUCCEEDED
    assert problems(kernel) == []


def test_i12_a_delegation_narrows_ends_and_never_chains(kernel: Kernel):
    lead = kernel.reviewer("lead")
    deputy, third = kernel.reviewer("deputy", Tier.ONE), kernel.reviewer("third", Tier.ONE)
    lend(kernel, lead, "deputy")
    assert code_of(lambda: kernel.decide(deputy, grant_access(kernel))) is Code.TIER_INSUFFICIENT
    assert code_of(lambda: lend(kernel, deputy, "third")) is Code.DELEGATION_REFUSED
    assert code_of(lambda: lend(kernel, lead, "deputy", tier=Tier.THREE)) is Code.DELEGATION_REFUSED
    assert code_of(lambda: lend(kernel, lead, "deputy", lasts=31 * DAY)) is Code.DELEGATION_REFUSED
    assert code_of(lambda: lend(kernel, lead, "deputy", capabilities=())) is Code.DELEGATION_REFUSED
    assert code_of(lambda: lend(kernel, lead, "lead")) is Code.DELEGATION_REFUSED
    assert code_of(lambda: lend(kernel, lead, "nobody")) is Code.DELEGATION_REFUSED
    assert code_of(lambda: lend(kernel, lead, "deputy", capabilities=("x",))) is Code.CAPABILITY_UNKNOWN
    assert code_of(lambda: lend(kernel, lead, "deputy", reason=" ")) is Code.REASON_MISSING
    kernel.later(days=1)
    assert code_of(lambda: kernel.decide(deputy, kernel.refund("60.00"))) is Code.TIER_INSUFFICIENT
    assert third.principal.subject == "third"


def test_i8_who_owns_the_agent_lends_nothing_for_its_actions(kernel: Kernel):
    owner = kernel.reviewer("owner")
    deputy = kernel.reviewer("deputy", Tier.ONE)
    lend(kernel, owner, "deputy")
    assert code_of(lambda: kernel.decide(deputy, kernel.refund("60.00"))) is Code.TIER_INSUFFICIENT


def test_i9_giver_and_receiver_are_one_place(kernel: Kernel):
    lead = kernel.reviewer("lead", Tier.THREE)
    deputy, other = kernel.reviewer("deputy", Tier.ONE), kernel.reviewer("other", Tier.ONE)
    for name in ("deputy", "other"):
        lend(kernel, lead, name)
    refund = kernel.refund("60.00")
    voted = kernel.decide(deputy, refund, Verdict.REJECT, "no")
    assert voted.votes[0].giver == "lead"
    votes = [Vote(name, Tier.TWO, Verdict.APPROVE, name, giver="lead") for name in ("deputy", "other")]
    two = Quorum(2, Tier.TWO)
    assert not judge(two, [*votes, Vote("lead", Tier.THREE, Verdict.APPROVE, "d")], excluded=frozenset()).met
    assert judge(two, [*votes, Vote("west", Tier.TWO, Verdict.APPROVE, "d")], excluded=frozenset()).met
    assert other.principal.subject == "other"


@given(
    st.lists(
        st.builds(
            Vote,
            person=st.sampled_from("abcdef"),
            tier=st.sampled_from(Tier),
            verdict=st.just(Verdict.APPROVE),
            device=st.just("d"),
            giver=st.sampled_from(["", "", "a", "b", "owner"]),
        ),
        max_size=8,
    ),
    st.randoms(),
)
def test_lent_votes_keep_the_judge_blind_to_order_and_growing(votes: list[Vote], random: object):
    need = AllOf((Quorum(2, Tier.TWO), Quorum(1, Tier.THREE)))
    owner = frozenset({"owner"})
    met = judge(need, votes, excluded=owner).met
    shuffled = list(votes)
    random.shuffle(shuffled)
    assert judge(need, shuffled, excluded=owner).met is met
    more = [*votes, Vote("z", Tier.THREE, Verdict.APPROVE, "d")]
    assert judge(need, more, excluded=owner).met or not met


def test_lent_authority_ends_with_the_givers_own(kernel: Kernel):
    admin = kernel.reviewer("root", Tier.THREE, Role.ADMIN)
    lead, deputy = kernel.reviewer("lead"), kernel.reviewer("deputy", Tier.ONE)
    lend(kernel, lead, "deputy")
    enrol(kernel.services, admin.principal, Grant("lead", Role.APPROVER, Tier.ONE))
    assert code_of(lambda: kernel.decide(deputy, kernel.refund("60.00"))) is Code.TIER_INSUFFICIENT


def test_giver_receiver_and_administrator_end_a_delegation_and_nobody_else(kernel: Kernel):
    lead, deputy = kernel.reviewer("lead"), kernel.reviewer("deputy", Tier.ONE)
    stranger = kernel.reviewer("stranger", Tier.THREE)
    given = lend(kernel, lead, "deputy").received[0].id
    assert code_of(lambda: end_delegation(kernel.services, stranger.principal, given, "")) is Code.NOT_FOUND
    ended = end_delegation(kernel.services, deputy.principal, given, "back at work")
    assert ended.received == ()
    assert code_of(lambda: end_delegation(kernel.services, lead.principal, given, "")) is Code.NOT_FOUND


def test_a_lent_ceiling_is_the_givers(kernel: Kernel):
    lead = kernel.reviewer("lead", ceiling=parse_money("100.00", "USD"))
    deputy = kernel.reviewer("deputy", Tier.ONE)
    lend(kernel, lead, "deputy")
    assert code_of(lambda: kernel.decide(deputy, kernel.refund("150.00"))) is Code.TIER_INSUFFICIENT
    assert kernel.decide(deputy, kernel.refund("90.00")).status is ActionStatus.CLEARED


def test_i13_break_glass_is_on_the_ledger_ends_and_is_reviewed_by_another(kernel: Kernel):
    ops = kernel.reviewer("ops", Tier.ONE)
    boss, second = kernel.reviewer("boss", Tier.THREE), kernel.reviewer("second", Tier.TWO)
    grant = grant_access(kernel)
    assert code_of(lambda: kernel.decide(ops, grant)) is Code.TIER_INSUFFICIENT
    open_glass(kernel, ops)
    voted = kernel.decide(ops, grant)
    assert (voted.votes[0].grounds, voted.votes[0].tier) == (Grounds.BREAK_GLASS, Tier.THREE)
    assert code_of(lambda: open_glass(kernel, ops)) is Code.GLASS_UNREVIEWED

    def reviewed(by: Reviewer, reason: str = "the outage was real") -> Person:
        return review_glass(kernel.services, by.principal, "ops", justified=True, reason=reason)

    assert code_of(lambda: reviewed(ops)) is Code.OWN_AUTHORITY
    assert code_of(lambda: reviewed(second)) is Code.TIER_INSUFFICIENT
    assert code_of(lambda: reviewed(boss, " ")) is Code.REASON_MISSING
    assert reviewed(boss).glass.reviewed_by == "boss"
    assert code_of(lambda: reviewed(boss)) is Code.NOT_FOUND
    assert code_of(lambda: kernel.decide(ops, grant_access(kernel))) is Code.TIER_INSUFFICIENT
    assert problems(kernel) == []


def test_i13_break_glass_lifts_nothing_but_tier_and_ceiling(kernel: Kernel):
    owner, boss = kernel.reviewer("owner", Tier.ONE), kernel.reviewer("boss", Tier.THREE)
    approver = kernel.reviewer("approver", Tier.ONE, Role.APPROVER)
    assert code_of(lambda: open_glass(kernel, approver)) is Code.ROLE_INSUFFICIENT
    assert code_of(lambda: open_glass(kernel, owner, 61)) is Code.BODY_INVALID
    open_glass(kernel, owner)
    assert code_of(lambda: kernel.decide(owner, kernel.refund("60.00"))) is Code.OWNER_CANNOT_DECIDE
    assert code_of(lambda: lend(kernel, owner, "boss")) is Code.DELEGATION_REFUSED
    taking = Grant("approver", Role.ADMIN, Tier.THREE)
    assert code_of(lambda: enrol(kernel.services, owner.principal, taking)) is Code.ROLE_INSUFFICIENT
    kernel.later(minutes=30)
    ops = kernel.reviewer("ops", Tier.ONE)
    open_glass(kernel, ops)
    kernel.later(minutes=30)
    assert code_of(lambda: kernel.decide(ops, grant_access(kernel))) is Code.TIER_INSUFFICIENT
    assert boss.principal.subject == "boss"


def test_who_leaves_decides_nothing_and_comes_back_as_new(kernel: Kernel):
    admin = kernel.reviewer("root", Tier.THREE, Role.ADMIN)
    lead, deputy = kernel.reviewer("lead"), kernel.reviewer("deputy", Tier.ONE)
    lend(kernel, lead, "deputy")
    assert code_of(lambda: take_off(kernel.services, admin.principal, "lead", "")) is Code.REASON_MISSING
    assert code_of(lambda: take_off(kernel.services, admin.principal, "root", "x")) is Code.OWN_AUTHORITY
    assert take_off(kernel.services, admin.principal, "lead", "left the company").left == "root"
    assert code_of(lambda: kernel.decide(lead, kernel.refund("60.00"))) is Code.PERSON_UNKNOWN
    assert code_of(lambda: kernel.decide(deputy, kernel.refund("60.00"))) is Code.TIER_INSUFFICIENT
    issued = kernel.services.store.read(lambda s: [t for t in s.every(Token) if t.subject == "lead"])
    assert all(token.revoked for token in issued)
    back = enrol(kernel.services, admin.principal, Grant("lead", Role.APPROVER, Tier.TWO))
    assert (back.left, back.received) == ("", ())
    assert code_of(lambda: kernel.decide(lead, kernel.refund("60.00"))) is Code.DEVICE_UNKNOWN


def test_i8_nobody_raises_their_own_tier(kernel: Kernel):
    admin = kernel.reviewer("root", Tier.ONE, Role.ADMIN)
    mine = Grant("root", Role.ADMIN, Tier.THREE)
    assert code_of(lambda: enrol(kernel.services, admin.principal, mine)) is Code.OWN_AUTHORITY


def test_a_token_for_somebody_enrolled_cannot_change_what_they_are(kernel: Kernel):
    admin = kernel.reviewer("root", Tier.THREE, Role.ADMIN)
    kernel.reviewer("deputy", Tier.ONE, Role.APPROVER)
    asked = Grant("deputy", Role.ADMIN, Tier.THREE, lasts=DAY)
    issued = issue_for(kernel.services, admin.principal, asked)
    assert issued.token.role is Role.APPROVER
    assert authenticate(kernel.services, issued.secret).subject == "deputy"
    person = kernel.store.read(lambda s: s.load(Person, "deputy"))
    assert (person.role, person.tier) == (Role.APPROVER, Tier.ONE)
    unknown = Grant("nobody", Role.APPROVER, lasts=DAY)
    assert code_of(lambda: issue_for(kernel.services, admin.principal, unknown)) is Code.PERSON_UNKNOWN
    orphan = Grant("new-agent", Role.AGENT, lasts=DAY)
    assert code_of(lambda: issue_for(kernel.services, admin.principal, orphan)) is Code.BODY_INVALID


def test_a_device_is_revoked_by_its_person_or_an_administrator(kernel: Kernel):
    admin = kernel.reviewer("root", Tier.THREE, Role.ADMIN)
    lead, deputy = kernel.reviewer("lead"), kernel.reviewer("deputy")
    services = kernel.services
    assert code_of(lambda: revoke_device(services, deputy.principal, lead.device)) is Code.NOT_FOUND
    assert revoke_device(services, lead.principal, lead.device).revoked
    assert revoke_device(services, admin.principal, deputy.device).revoked
    assert code_of(lambda: kernel.decide(lead, kernel.refund("60.00"))) is Code.DEVICE_UNKNOWN
