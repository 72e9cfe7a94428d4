"""What may be approved together: each by itself, whatever else is asked for, and by the backend as well."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineclear.adapters.memory.gateway import MemoryGateway
from lineclear.adapters.memory.ids import SeededIds
from lineclear.adapters.memory.tools import MemoryTools
from lineclear.application.deciding.reviewer import Reviewer
from lineclear.application.deciding.reviewing import Looked
from lineclear.application.recording import read_stored
from lineclear.domain.actions import Action
from lineclear.domain.attention import Attention
from lineclear.domain.bulk import MOST, SENTENCES, Hindrance, hindrances, together, totals
from lineclear.domain.effects import Shape, UndoPlan
from lineclear.domain.events import DecisionRecorded
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import ActionStatus, Role, Tier, Verdict
from support.console import MemoryKey
from support.kernel import CONTRACTS, Kernel

NOW = datetime(2026, 1, 1, 0, 0, 5, tzinfo=UTC)
ME = "ops-west"


@dataclass
class Desk:
    """A kernel in which merges wait: tier 1, and each can be undone."""

    kernel: Kernel
    reviewer: Reviewer

    def merge(self, number: int, **more: object) -> Action:
        return self.kernel.propose("crm.merge_customers", "manage_customers", id=f"rec_{number}", **more)


@pytest.fixture
def desk() -> Desk:
    records = {f"rec_{number}": {"status": "captured", "city": "Bern"} for number in range(9)}
    kernel = Kernel(tools=MemoryTools(CONTRACTS, records))
    gateway = MemoryGateway(kernel.services, kernel.token(ME, Role.OPS, tier=Tier.TWO))
    return Desk(kernel, Reviewer(gateway, MemoryKey(), gateway.me().origin, kernel.clock, SeededIds(3)))


@pytest.fixture(scope="module")
def plain() -> Action:
    records = {"rec_1": {"status": "captured", "city": "Bern"}}
    kernel = Kernel(tools=MemoryTools(CONTRACTS, records))
    return kernel.propose("crm.merge_customers", "manage_customers", id="rec_1")


def test_a_plain_reversible_action_of_tier_1_may_be_approved_with_others(plain: Action):
    assert hindrances(plain, ME, NOW) == ()


@pytest.mark.parametrize(
    ("change", "because"),
    [
        ({"status": ActionStatus.CLEARED}, Hindrance.DECIDED),
        ({"judged": None}, Hindrance.DECIDED),
        ({"deadline": "2026-01-01T00:00:05Z"}, Hindrance.OVERDUE),
        ({"undo": UndoPlan(possible=False)}, Hindrance.IRREVERSIBLE),
        ({"title": "Merge \u202erec_1"}, Hindrance.FLAGGED),
        ({"why": "zero\u200bwidth"}, Hindrance.FLAGGED),
        ({"revision": 2}, Hindrance.FLAGGED),
        ({"attention": Attention("ops-east", "2026-01-01T00:05:00Z")}, Hindrance.CLAIMED),
        ({"shape": Shape.CODE}, Hindrance.UNREAD),
        ({"shape": Shape.ACCESS}, Hindrance.UNREAD),
        ({"owner": ME}, Hindrance.OWN),
        ({"proposer": f"person/{ME}"}, Hindrance.OWN),
    ],
)
def test_each_hindrance_leaves_an_action_out(plain: Action, change: dict[str, object], because: Hindrance):
    assert because in hindrances(msgspec.structs.replace(plain, **change), ME, NOW)


def test_a_higher_tier_is_left_out(plain: Action):
    assert plain.judged is not None
    higher = msgspec.structs.replace(plain, judged=msgspec.structs.replace(plain.judged, tier=Tier.TWO))
    assert hindrances(higher, ME, NOW) == (Hindrance.TIER,)


def test_my_own_claim_and_one_that_is_over_stand_against_nothing(plain: Action):
    for claim in (Attention(ME, "2026-01-01T00:05:00Z"), Attention("ops-east", "2026-01-01T00:00:05Z")):
        assert hindrances(msgspec.structs.replace(plain, attention=claim), ME, NOW) == ()


def test_every_hindrance_has_a_sentence():
    assert set(SENTENCES) == set(Hindrance)


def test_amounts_add_up_in_each_currency(plain: Action):
    amounts = [("9.50", "USD"), ("0.50", "USD"), ("7", "EUR"), ("", "")]
    actions = [
        msgspec.structs.replace(plain, amount=amount, currency=currency) for amount, currency in amounts
    ]
    assert [(name, str(total)) for name, total in totals(actions)] == [("EUR", "7"), ("USD", "10.00")]


MADE = st.lists(
    st.tuples(
        st.integers(0, 40),
        st.sampled_from(["manage_customers", "close_tickets"]),
        st.booleans(),
        st.sampled_from(["", "ops-east"]),
        st.sampled_from([1, 1, 2]),
    ),
    max_size=14,
    unique_by=lambda each: each[0],
)


def actions_of(plain: Action, made: list[tuple[int, str, bool, str, int]]) -> list[Action]:
    return [
        msgspec.structs.replace(
            plain,
            id=f"act-{number:03}",
            capability=capability,
            undo=UndoPlan(possible=is_reversible),
            attention=Attention(claimer, "2026-01-01T00:05:00Z" if claimer else ""),
            revision=revision,
        )
        for number, capability, is_reversible, claimer, revision in made
    ]


@given(MADE, st.randoms(use_true_random=False), st.sampled_from(["", "close_tickets"]))
def test_the_order_never_matters(plain: Action, made, random, capability):
    actions = actions_of(plain, made)
    shuffled = [*actions, *actions[:2]]
    random.shuffle(shuffled)
    asked = {"capability": capability}
    assert together(shuffled, ME, NOW, **asked) == together(actions, ME, NOW, **asked)


@given(MADE, st.sampled_from(["", "close_tickets"]))
def test_one_more_never_lets_in_what_was_left_out(plain: Action, made, capability):
    actions = actions_of(plain, made)
    found = [together(actions[:count], ME, NOW, capability=capability) for count in range(len(actions) + 1)]
    for fewer, more in pairwise(found):
        left = {one.action.id for one in fewer.left_out}
        assert left.isdisjoint(one.id for one in more.included)


@given(MADE)
def test_everything_is_in_or_left_out_with_a_reason_and_nothing_twice(plain: Action, made):
    actions = actions_of(plain, made)
    bulk = together(actions, ME, NOW)
    assert sorted([*(one.id for one in bulk.included), *(one.action.id for one in bulk.left_out)]) == sorted(
        one.id for one in actions
    )
    assert all(one.because for one in bulk.left_out)
    assert len({one.capability for one in bulk.included}) <= 1


def test_more_than_a_hundred_are_not_approved_at_once(plain: Action):
    actions = [msgspec.structs.replace(plain, id=f"act-{number:03}") for number in range(MOST + 3)]
    bulk = together(actions, ME, NOW)
    assert len(bulk.included) == MOST
    assert {one.because for one in bulk.left_out} == {(Hindrance.TOO_MANY,)}


def test_each_decision_is_signed_by_itself_and_says_how_many_there_were(desk: Desk):
    first, second = desk.merge(1), desk.merge(2)
    for one in (first, second):
        desk.reviewer.decide(one, Verdict.APPROVE, looked=Looked(bulk=2))
    entries = desk.kernel.store.read(lambda s: s.entries(start=0, limit=s.size()))
    decisions = [one.event for one in map(read_stored, entries) if isinstance(one.event, DecisionRecorded)]
    assert [(one.bulk, one.verdict) for one in decisions] == [(2, Verdict.APPROVE)] * 2
    assert [desk.kernel.action(one.id).status for one in (first, second)] == [ActionStatus.CLEARED] * 2
    assert len({desk.kernel.action(one.id).votes[0].statement for one in (first, second)}) == 2


def test_the_backend_refuses_among_others_what_has_to_be_decided_alone(desk: Desk):
    refund = desk.kernel.refund("60.00", id="rec_1")
    with pytest.raises(Refusal) as refused:
        desk.reviewer.decide(refund, Verdict.APPROVE, looked=Looked(bulk=2))
    assert refused.value.code is Code.BULK_EXCLUDED
    assert desk.kernel.action(refund.id).votes == ()
    assert desk.reviewer.decide(refund, Verdict.APPROVE).status is ActionStatus.CLEARED


def test_nothing_is_rejected_among_others_nor_more_than_a_hundred_approved(desk: Desk):
    merge = desk.merge(1)
    for verdict, count in ((Verdict.REJECT, 2), (Verdict.APPROVE, MOST + 1)):
        with pytest.raises(Refusal) as refused:
            desk.reviewer.decide(merge, verdict, "Not now", looked=Looked(bulk=count))
        assert refused.value.code is Code.BULK_EXCLUDED
