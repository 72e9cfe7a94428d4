"""Stages, groups and named reviewers: the same people in any order, each in one place (I8, I9)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import permutations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineclear.domain.authority import (
    ConditionCode,
    Judgement,
    Reviewer,
    Subject,
    Vote,
    besides,
    eligibility,
    judge,
    judge_each,
    may_decide,
    required,
    sentence,
    within_ceilings,
)
from lineclear.domain.money import Money
from lineclear.domain.policy.stages import Place, Stage, highest, people
from lineclear.domain.vocabulary import Role, Tier, Verdict

NOBODY: frozenset[str] = frozenset()
FINANCE = Stage("finance", ((Place(1, Tier.TWO, "finance"),),))
SECOND = Stage("second", ((Place(1, Tier.ONE, "risk"),), (Place(1, Tier.THREE),)))
NAMED = Stage("named", ((Place(2, Tier.ONE, "", ("ana", "bo", "cy")),),))


def approve(person: str, tier: Tier = Tier.TWO, *groups: str) -> Vote:
    return Vote(person, tier, Verdict.APPROVE, "laptop", groups=groups)


def judged(stages: tuple[Stage, ...], *votes: Vote, excluded: frozenset[str] = NOBODY) -> Judgement:
    return judge(required(stages, 1, Tier.ONE), votes, excluded=excluded)


def test_each_stage_takes_people_of_its_own():
    both = (FINANCE, SECOND)
    ana, bo = approve("ana", Tier.TWO, "finance", "risk"), approve("bo", Tier.ONE, "risk")
    assert not judged(both, ana).met
    assert judged(both, ana, bo).met
    assert judged(both, bo, ana).met


def test_who_fits_two_places_takes_the_one_that_nobody_else_can_fill():
    ana, bo = approve("ana", Tier.THREE, "finance"), approve("bo", Tier.THREE)
    assert judged((SECOND, FINANCE), ana, bo).met
    assert judged((FINANCE, SECOND), bo, ana).met


def test_what_is_missing_names_group_and_people():
    found = judged((FINANCE, NAMED), approve("ana"))
    assert [sentence(one) for one in found.missing] == [
        "One more approver at tier 2 or above, of group finance",
        "One more approver at tier 1 or above, among ana, bo, cy",
    ]


def test_an_owner_who_is_named_does_not_count():
    votes = [approve("ana"), approve("bo")]
    assert judged((NAMED,), *votes).met
    assert not judged((NAMED,), *votes, excluded=frozenset({"ana"})).met


def test_stages_say_how_many_people_and_which_tier_they_take():
    assert people((FINANCE, SECOND, NAMED)) == 4
    assert highest((FINANCE, SECOND, NAMED)) is Tier.THREE


names = st.sampled_from(["ana", "bo", "cy", "dee", "owner"])
groups = st.lists(st.sampled_from(["finance", "risk"]), max_size=2, unique=True).map(tuple)
verdicts = st.sampled_from(Verdict)
votes = st.lists(
    st.builds(Vote, names, st.sampled_from(Tier), verdicts, st.just("laptop"), st.just(""), groups),
    max_size=5,
)
approvals = st.lists(
    st.builds(
        Vote, names, st.sampled_from(Tier), st.just(Verdict.APPROVE), st.just("phone"), st.just(""), groups
    ),
    max_size=5,
)
places = st.builds(
    Place,
    st.integers(1, 2),
    st.sampled_from(Tier),
    st.sampled_from(["", "finance", "risk"]),
    st.sampled_from([(), ("ana", "bo")]),
)
ways = st.lists(places, min_size=1, max_size=2).map(tuple)
stages = st.lists(
    st.builds(Stage, st.just("s"), st.lists(ways, min_size=1, max_size=2).map(tuple)), min_size=1, max_size=2
).map(tuple)
excluded = st.frozensets(names, max_size=2)


def by_trying(asked: Sequence[Stage], cast: Sequence[Vote], out: frozenset[str]) -> bool:
    """The same by trying every way and every order of people."""
    counted = [vote for vote in cast if vote.person not in out]
    if any(vote.verdict is Verdict.REJECT for vote in counted):
        return False
    held = {
        name: (
            max(vote.tier for vote in counted if vote.person == name),
            {group for vote in counted if vote.person == name for group in vote.groups},
        )
        for name in {vote.person for vote in counted}
    }

    def fits(name: str, place: Place) -> bool:
        tier, own = held[name]
        return (
            tier >= place.tier
            and (not place.group or place.group in own)
            and (not place.of or name in place.of)
        )

    for way in product(*(stage.ways for stage in asked)):
        seats = [place for chosen in way for place in chosen for _ in range(place.approvals)]
        for order in permutations(sorted(held), len(seats)):
            if all(map(fits, order, seats)):
                return True
    return False


@given(stages, votes, excluded)
def test_i9_the_judge_finds_what_trying_everything_finds(asked, cast, out):
    assert judge(required(asked, 1, Tier.ONE), cast, excluded=out).met is by_trying(asked, cast, out)


@given(stages, votes, approvals, excluded)
def test_i9_more_approvals_never_turn_yes_into_no(asked, cast, more, out):
    requirement = required(asked, 1, Tier.ONE)
    if judge(requirement, cast, excluded=out).met:
        assert judge(requirement, [*cast, *more], excluded=out).met


@given(stages, votes, excluded, st.randoms(use_true_random=False))
def test_i9_the_order_of_votes_never_matters(asked, cast, out, random):
    turned = list(cast)
    random.shuffle(turned)
    requirement = required(asked, 1, Tier.ONE)
    assert judge(requirement, turned, excluded=out) == judge(requirement, cast, excluded=out)


@given(stages, votes, excluded)
def test_i8_and_i9_nobody_counts_twice_and_excluded_people_never(asked, cast, out):
    requirement = required(asked, 1, Tier.ONE)
    found = judge(requirement, cast, excluded=out)
    assert judge(requirement, [*cast, *cast], excluded=out) == found
    assert judge(requirement, [vote for vote in cast if vote.person not in out], excluded=NOBODY) == found


# Who is asked besides, by an escalation.

places = st.builds(Place, st.just(1), st.sampled_from(Tier), st.sampled_from(["", "finance", "risk"]))
later = st.lists(places, max_size=3)


def with_more(asked, more, cast, out):
    return judge_each([required(asked, 1, Tier.ONE), *map(besides, more)], cast, excluded=out)


@given(stages, later, votes, excluded)
def test_i9_who_is_asked_besides_never_turns_no_into_yes(asked, more, cast, out):
    if with_more(asked, more, cast, out).met:
        assert judge(required(asked, 1, Tier.ONE), cast, excluded=out).met


@given(stages, later, votes, approvals, excluded)
def test_i9_more_approvals_never_turn_yes_into_no_whoever_is_asked_besides(asked, more, cast, others, out):
    if with_more(asked, more, cast, out).met:
        assert with_more(asked, more, [*cast, *others], out).met


@given(stages, later, votes, excluded, st.randoms(use_true_random=False))
def test_i8_and_i9_order_and_repetition_never_matter_whoever_is_asked_besides(asked, more, cast, out, random):
    turned = [*cast, *cast]
    random.shuffle(turned)
    assert with_more(asked, more, turned, out) == with_more(asked, more, cast, out)
    counted = [vote for vote in cast if vote.person not in out]
    assert with_more(asked, more, counted, NOBODY) == with_more(asked, more, cast, out)


def test_one_of_those_needed_anyway_may_be_the_one_who_was_asked_besides():
    asked = Place(1, Tier.THREE)
    assert with_more((FINANCE,), [asked], [approve("ana", Tier.THREE, "finance")], NOBODY).met
    found = with_more((FINANCE,), [asked], [approve("ana", Tier.TWO, "finance")], NOBODY)
    assert [sentence(one) for one in found.missing] == ["One more approver at tier 3 or above"]
    both = [approve("ana", Tier.TWO, "finance"), approve("bo", Tier.THREE)]
    assert with_more((FINANCE,), [asked], both, NOBODY).met


# Who may vote at all.

SUBJECT = Subject(
    "owner",
    Tier.THREE,
    2,
    Money(Decimal(300), "USD"),
    "credit",
    (FINANCE, SECOND),
    {"ana": "250.00", "*": "500.00"},
)


def reviewer(name: str, tier: Tier, *own: str) -> Reviewer:
    return Reviewer(name, Role.APPROVER, tier, groups=own)


@pytest.mark.parametrize(
    ("person", "may"),
    [
        (reviewer("bo", Tier.TWO, "finance"), True),
        (reviewer("bo", Tier.ONE, "finance"), False),
        (reviewer("bo", Tier.ONE, "risk"), True),
        (reviewer("bo", Tier.TWO), False),
        (reviewer("bo", Tier.THREE), True),
        (reviewer("owner", Tier.THREE), False),
        (reviewer("ana", Tier.THREE), False),
    ],
)
def test_who_fits_a_place_within_their_ceiling_may_decide(person: Reviewer, *, may: bool):
    assert may_decide(person, SUBJECT) is may


def test_a_ceiling_of_the_capability_reads_as_a_line():
    lines = {one.code: sentence(one) for one in eligibility(reviewer("ana", Tier.THREE), SUBJECT)}
    assert lines[ConditionCode.CAPABILITY_CEILING] == "Within your 250.00 USD limit for credit"
    assert lines[ConditionCode.PLACE].startswith("You are one of those who may approve: finance: 1 at tier 2")


@given(st.decimals("0.01", "1000", places=2), st.decimals("0.01", "1000", places=2))
def test_a_larger_amount_never_fits_where_a_smaller_does_not(one: Decimal, other: Decimal):
    less, more = sorted([one, other])
    if within_ceilings(("ana",), Money(more, "USD"), SUBJECT.ceilings):
        assert within_ceilings(("ana",), Money(less, "USD"), SUBJECT.ceilings)
    assert not within_ceilings(("ana",), Money(less, "EUR"), SUBJECT.ceilings)
