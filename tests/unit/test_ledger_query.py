"""What people type into the ledger's search: read, written back, and refused with a way out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineclear.application.record.query import Facet, LedgerQuery, Order, parse_query, written_query
from lineclear.domain.refusals import Code, Refusal

DAY = 86_400_000
NOVEMBER = 1_793_491_200_000  # 2026-11-01T00:00:00Z


def test_plain_words_are_words_and_quotes_keep_them_together():
    assert parse_query('refund  "charged twice" pay*').words == ("refund", "charged twice", "pay*")


def test_filters_narrow_by_their_names():
    query = parse_query('agent:support-agent type:decision by:"person/ops west"')
    assert query.words == ()
    assert query.chosen(Facet.AGENT) == "support-agent"
    assert query.chosen(Facet.TYPE) == "decision"
    assert query.chosen(Facet.BY) == "person/ops west"


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("amount>100", 100_000_001, None),
        ("amount>=100.50", 100_500_000, None),
        ("amount<100", None, 99_999_999),
        ("amount<=0.000001", None, 1),
        ("amount=180.00", 180_000_000, 180_000_000),
        ("amount>10 amount<20", 10_000_001, 19_999_999),
    ],
)
def test_amounts_are_bounds_in_millionths(text, least, most):
    query = parse_query(text)
    assert (query.least, query.most) == (least, most)


def test_days_are_utc_and_the_last_one_is_not_included():
    query = parse_query("after:2026-11-01 before:2026-11-03")
    assert (query.after, query.before) == (NOVEMBER, NOVEMBER + 2 * DAY)
    assert parse_query("on:2026-11-01").before == NOVEMBER + DAY
    assert parse_query("after:2026-11-01T02:00:00+02:00").after == NOVEMBER


def test_what_looks_like_a_filter_of_another_name_is_a_word():
    assert parse_query("https://example.test refund:twice").words == ("https://example.test", "refund:twice")


@pytest.mark.parametrize("text", ["amount>lots", "amount>1e5", "after:yesterday", "before:2026-13-01"])
def test_a_filter_that_cannot_be_read_is_refused_with_an_example(text):
    with pytest.raises(Refusal) as refused:
        parse_query(text)
    assert refused.value.code is Code.SEARCH_INVALID
    assert "amount>100" in refused.value.remedy


WORDS = st.text(
    st.characters(blacklist_characters='"', blacklist_categories=("Cs",)), min_size=1, max_size=12
).filter(lambda text: bool(text.strip()))
QUERIES = st.builds(
    LedgerQuery,
    words=st.lists(WORDS, max_size=3).map(tuple),
    only=st.dictionaries(st.sampled_from(Facet), WORDS).map(
        lambda chosen: tuple((facet, chosen[facet]) for facet in Facet if facet in chosen)
    ),
    least=st.none() | st.integers(-(10**15), 10**15),
    most=st.none() | st.integers(-(10**15), 10**15),
    after=st.none() | st.integers(0, 10**13),
    before=st.none() | st.integers(0, 10**13),
)


@given(QUERIES)
def test_what_is_written_back_reads_as_the_same_query(query: LedgerQuery):
    assert parse_query(written_query(query)) == query


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text: str):
    try:
        query = parse_query(text, Order.OLDEST)
    except Refusal:
        return
    assert parse_query(written_query(query), Order.OLDEST) == query
