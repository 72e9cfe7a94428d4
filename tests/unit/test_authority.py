"""Who may decide, and when votes suffice: the same judge for everyone."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineclear.domain.authority import (
    AllOf,
    AnyOf,
    ConditionCode,
    Judgement,
    MissingCode,
    Quorum,
    Requirement,
    Reviewer,
    Subject,
    Vote,
    eligibility,
    judge,
    may_decide,
    sentence,
)
from lineclear.domain.money import Money
from lineclear.domain.vocabulary import Role, Tier, Verdict

NOBODY: frozenset[str] = frozenset()
ONE_AT_TWO = Quorum(1, Tier.TWO)


def approve(person: str, tier: Tier = Tier.TWO, device: str = "laptop") -> Vote:
    return Vote(person, tier, Verdict.APPROVE, device)


def reject(person: str) -> Vote:
    return Vote(person, Tier.ONE, Verdict.REJECT, "laptop")


def lines(found: Judgement) -> list[str]:
    return [sentence(missing) for missing in found.missing]


def test_one_approver_at_the_tier_is_enough():
    assert judge(ONE_AT_TWO, [approve("ana")], excluded=NOBODY) == Judgement(met=True)


def test_a_higher_tier_includes_the_lower():
    assert judge(ONE_AT_TWO, [approve("ana", Tier.THREE)], excluded=NOBODY).met


def test_a_lower_tier_does_not_count():
    found = judge(ONE_AT_TWO, [approve("ana", Tier.ONE)], excluded=NOBODY)
    assert not found.met
    assert lines(found) == ["One more approver at tier 2 or above"]


def test_people_count_and_devices_do_not():
    votes = [approve("ana", device="laptop"), approve("ana", device="phone")]
    assert lines(judge(Quorum(2, Tier.TWO), votes, excluded=NOBODY)) == [
        "One more approver at tier 2 or above"
    ]


def test_the_agents_owner_never_counts():
    found = judge(ONE_AT_TWO, [approve("owner", Tier.THREE)], excluded=frozenset({"owner"}))
    assert not found.met


def test_a_rejection_stands_against_every_approval():
    votes = [approve("ana"), approve("bo"), reject("cy")]
    found = judge(ONE_AT_TWO, votes, excluded=NOBODY)
    assert not found.met
    assert lines(found) == ["Rejected by cy"]


def test_an_excluded_person_does_not_reject_either():
    assert judge(ONE_AT_TWO, [approve("ana"), reject("owner")], excluded=frozenset({"owner"})).met


def test_nobody_fills_two_places():
    both = AllOf((Quorum(1, Tier.TWO), Quorum(1, Tier.THREE)))
    one = judge(both, [approve("ana", Tier.THREE)], excluded=NOBODY)
    assert lines(one) == ["One more approver at tier 2 or above"]
    assert judge(both, [approve("ana", Tier.THREE), approve("bo")], excluded=NOBODY).met


def test_two_of_the_higher_tier_fill_the_lower_place_too():
    both = AllOf((Quorum(1, Tier.ONE), Quorum(1, Tier.THREE)))
    assert judge(both, [approve("ana", Tier.THREE), approve("bo", Tier.THREE)], excluded=NOBODY).met


def test_what_is_missing_is_told_for_each_tier_from_the_highest():
    both = AllOf((Quorum(3, Tier.ONE), Quorum(1, Tier.THREE)))
    found = judge(both, [approve("ana", Tier.ONE)], excluded=NOBODY)
    assert lines(found) == ["One more approver at tier 3 or above", "Two more approvers at tier 1 or above"]


def test_any_alternative_is_enough_and_the_nearest_is_named():
    either = AnyOf((Quorum(1, Tier.THREE), Quorum(2, Tier.ONE)))
    assert judge(either, [approve("ana", Tier.THREE)], excluded=NOBODY).met
    assert judge(either, [approve("ana", Tier.ONE), approve("bo", Tier.ONE)], excluded=NOBODY).met
    found = judge(either, [approve("ana", Tier.ONE)], excluded=NOBODY)
    assert lines(found) == ["One more approver at tier 1 or above"]


@pytest.mark.parametrize("empty", [lambda: AllOf(()), lambda: AnyOf(()), lambda: Quorum(0, Tier.ONE)])
def test_a_requirement_that_requires_nothing_cannot_be_built(empty):
    with pytest.raises(ValueError, match=r"would allow everything|could never be met"):
        empty()


people = st.sampled_from(["ana", "bo", "cy", "dee", "owner"])
votes = st.lists(
    st.builds(
        Vote, people, st.sampled_from(Tier), st.sampled_from(Verdict), st.sampled_from(["laptop", "phone"])
    ),
    max_size=8,
)
approvals = st.lists(
    st.builds(Vote, people, st.sampled_from(Tier), st.just(Verdict.APPROVE), st.just("laptop")), max_size=8
)
requirements: st.SearchStrategy[Requirement] = st.recursive(
    st.builds(Quorum, st.integers(1, 3), st.sampled_from(Tier)),
    lambda parts: st.builds(
        lambda kind, inner: kind(tuple(inner)),
        st.sampled_from([AllOf, AnyOf]),
        st.lists(parts, min_size=1, max_size=3),
    ),
    max_leaves=5,
)
excluded = st.frozensets(people, max_size=2)


@given(requirements, votes, approvals, excluded)
def test_more_approvals_never_turn_yes_into_no(required, cast, more, excluded):
    if judge(required, cast, excluded=excluded).met:
        assert judge(required, [*cast, *more], excluded=excluded).met


@given(requirements, votes, excluded, st.randoms(use_true_random=False))
def test_the_order_of_votes_never_matters(required, cast, excluded, random):
    turned = list(cast)
    random.shuffle(turned)
    assert judge(required, turned, excluded=excluded) == judge(required, cast, excluded=excluded)


@given(requirements, votes, excluded)
def test_nobody_counts_twice(required, cast, excluded):
    again = [*cast, *(Vote(vote.person, vote.tier, vote.verdict, "another device") for vote in cast)]
    assert judge(required, again, excluded=excluded) == judge(required, cast, excluded=excluded)


@given(requirements, votes, excluded)
def test_excluded_people_never_count(required, cast, excluded):
    others = [vote for vote in cast if vote.person not in excluded]
    assert judge(required, cast, excluded=excluded) == judge(required, others, excluded=NOBODY)


@given(requirements, approvals, excluded)
def test_whoever_supplies_what_is_missing_meets_the_requirement(required, cast, excluded):
    found = judge(required, cast, excluded=excluded)
    newcomers = [
        approve(f"new {missing.params['tier']} {n}", Tier(int(missing.params["tier"])))
        for missing in found.missing
        for n in range(int(missing.params["count"]))
    ]
    assert judge(required, [*cast, *newcomers], excluded=excluded).met
    if newcomers:
        assert not judge(required, [*cast, *newcomers[1:]], excluded=excluded).met


@given(requirements, votes)
def test_met_means_that_nothing_is_missing(required, cast):
    found = judge(required, cast, excluded=NOBODY)
    assert found.met is not bool(found.missing)
    rejecting = {vote.person for vote in cast if vote.verdict is Verdict.REJECT}
    told = {missing.params["person"] for missing in found.missing if missing.code is MissingCode.REJECTED}
    assert told == rejecting


def usd(amount: str) -> Money:
    return Money(Decimal(amount), "USD")


ANA = Reviewer("ana", Role.APPROVER, Tier.TWO, usd("500"))
REFUND = Subject("owner", Tier.TWO, amount=usd("180.00"))


def unmet(person: Reviewer, subject: Subject = REFUND) -> list[ConditionCode]:
    return [condition.code for condition in eligibility(person, subject) if not condition.met]


def test_authority_reads_as_lines():
    assert [sentence(condition) for condition in eligibility(ANA, REFUND)] == [
        "Your role may decide",
        "You are an active reviewer",
        "One approver at tier 2 or above",
        "You are not the agent's owner",
        "Within your 500.00 USD limit",
    ]
    assert may_decide(ANA, REFUND)


def test_a_quorum_of_several_is_worded_so():
    two = Subject("owner", Tier.THREE, approvals=2)
    assert "Two approvers at tier 3 or above" in [sentence(condition) for condition in eligibility(ANA, two)]


@pytest.mark.parametrize("role", Role)
def test_approvers_ops_leads_and_administrators_decide_and_nobody_else(role: Role):
    person = Reviewer("ana", role, Tier.THREE)
    assert may_decide(person, REFUND) == (role in {Role.APPROVER, Role.OPS, Role.ADMIN})


def test_each_condition_fails_by_itself():
    assert unmet(Reviewer("ana", Role.AUDITOR, Tier.TWO)) == [ConditionCode.ROLE]
    assert unmet(Reviewer("ana", Role.APPROVER, Tier.TWO, is_active=False)) == [ConditionCode.ACTIVE]
    assert unmet(Reviewer("ana", Role.APPROVER, Tier.ONE)) == [ConditionCode.TIER]
    assert unmet(Reviewer("owner", Role.ADMIN, Tier.THREE)) == [ConditionCode.NOT_OWNER]
    assert unmet(Reviewer("ana", Role.APPROVER, Tier.TWO, usd("179.99"))) == [ConditionCode.CEILING]


def test_a_ceiling_includes_its_own_amount_and_no_other_currency():
    assert not unmet(Reviewer("ana", Role.APPROVER, Tier.TWO, usd("180")))
    euros = Subject("owner", Tier.TWO, amount=Money(Decimal(1), "EUR"))
    assert unmet(ANA, euros) == [ConditionCode.CEILING]
    assert unmet(ANA, Subject("owner", Tier.TWO, amount=usd("-501"))) == [ConditionCode.CEILING]


def test_a_ceiling_is_no_matter_where_there_is_no_amount():
    assert ConditionCode.CEILING not in {c.code for c in eligibility(ANA, Subject("owner", Tier.TWO))}
