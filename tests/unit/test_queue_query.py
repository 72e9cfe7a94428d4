"""What people type to narrow the queue: read, written back, and refused with a way out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineclear.application.reading.queue_query import (
    FILTERS,
    QueueQuery,
    Sort,
    State,
    parse_queue,
    resolved,
    unfiltered,
    written_queue,
)
from lineclear.domain.identities import Person
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import ActionStatus, Role, Stake, Tier

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
OPS = Person("ops-west", 0, Role.OPS, Tier.TWO)


def test_filters_and_words_are_read_in_any_order():
    query = parse_queue('double due:45m capability:billing.refund "order 8" flagged:yes tier:1 for:me')

    assert query.words == ("double", "order 8")
    assert (query.capability, query.due, query.flagged) == ("billing.refund", timedelta(minutes=45), True)
    assert (query.tier, query.mine, query.state) == (Tier.ONE, True, State.OPEN)


def test_open_work_goes_by_due_time_and_what_ended_by_the_newest():
    assert parse_queue("").order is Sort.DUE
    assert parse_queue("state:expired").order is Sort.NEWEST
    assert parse_queue("state:expired sort:amount").order is Sort.AMOUNT


def test_a_filter_that_is_still_being_typed_leaves_nothing_out():
    assert {parse_queue(f"{name}:") for name in FILTERS} == {QueueQuery()}


def test_a_colon_after_another_name_is_part_of_a_word():
    assert parse_queue("https://example.test refund:twice").words == ("https://example.test", "refund:twice")


@pytest.mark.parametrize(
    "text", ["due:soon", "tier:4", "flagged:maybe", "state:gone", "sort:luck", "for:you"]
)
def test_a_filter_that_cannot_be_read_is_refused_with_an_example(text: str):
    with pytest.raises(Refusal) as refused:
        parse_queue(text)

    assert refused.value.code is Code.FILTER_INVALID
    assert "due:1h" in refused.value.remedy


def test_a_question_knows_its_reader_and_its_moment():
    asked = resolved(parse_queue("for:me claimed:me due:1h state:pending"), OPS, NOW)

    assert (asked.at_most, asked.claim, asked.at) == (Tier.TWO, "ops-west", NOW)
    assert asked.due_by == NOW + timedelta(hours=1)
    assert asked.statuses == {ActionStatus.PENDING}


def test_without_a_filter_the_part_of_the_queue_and_its_order_stay():
    query = parse_queue("state:expired sort:risk agent:support flagged:no word")

    assert unfiltered(query) == QueueQuery(state=State.EXPIRED, sort=Sort.RISK)


NAMES = st.text(
    st.characters(exclude_characters='"', exclude_categories=["Cc", "Cs"]), min_size=1, max_size=9
)
QUERIES = st.builds(
    QueueQuery,
    words=st.lists(NAMES, max_size=3).map(tuple),
    state=st.sampled_from(State),
    mine=st.booleans(),
    capability=st.just("") | NAMES,
    agent=st.just("") | NAMES,
    environment=st.just("") | NAMES,
    kind=st.none() | st.sampled_from(Stake),
    tier=st.none() | st.sampled_from(Tier),
    claimed=st.sampled_from(["", "me", "nobody", "anybody", "ops west"]),
    due=st.none() | st.integers(0, 9_999).map(lambda minutes: timedelta(minutes=minutes)),
    flagged=st.none() | st.booleans(),
    sort=st.none() | st.sampled_from(Sort),
)


@given(QUERIES)
def test_what_is_written_back_is_read_as_the_same(query: QueueQuery):
    assert parse_queue(written_queue(query)) == query
