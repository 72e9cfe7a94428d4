"""How long somebody looked: measured while the window is active, asked about when short, always signed."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from lineclear.desktop.presenters.review.dwelling import Dwelling
from lineclear.domain.dwelling import MOST_MS, floor_ms, is_hasty
from lineclear.domain.vocabulary import Tier
from support.kernel import Kernel
from support.replaying import replayed


@given(st.sampled_from(Tier), st.integers(0, 10**6), st.integers(0, 10**3))
def test_a_floor_grows_with_risk_and_size_and_is_a_minute_at_the_most(tier, changes, more):
    assert floor_ms(tier, changes) <= floor_ms(tier, changes + more) <= MOST_MS
    assert floor_ms(Tier.ONE, changes) <= floor_ms(tier, changes) <= floor_ms(Tier.THREE, changes)


def test_what_is_not_known_is_not_hasty():
    assert not is_hasty(Tier.THREE, None, 400)
    assert is_hasty(Tier.TWO, 3_000, 210)
    assert not is_hasty(Tier.TWO, 40_000, 210)
    assert not is_hasty(Tier.TWO, 1_000, 3)
    assert is_hasty(Tier.THREE, 1_000, 3)


def test_only_time_in_an_active_window_counts_and_another_revision_begins_anew():
    now = [100.0]
    dwelling = Dwelling(lambda: now[0])
    dwelling.touch(("a", 1))
    now[0] += 3
    dwelling.attend(is_active=False)
    now[0] += 60
    assert dwelling.seconds() == 3
    dwelling.attend(is_active=True)
    now[0] += 2
    dwelling.touch(("a", 1))
    assert dwelling.seconds() == 5
    dwelling.touch(("a", 2))
    assert dwelling.seconds() == 0
    now[0] += 1
    assert dwelling.seconds() == 1


def test_how_long_and_at_what_is_signed_recorded_and_replayed():
    kernel = Kernel()
    action = kernel.refund("180.00")
    seen = kernel.looked(action, dwell_ms=4_200, changes=7)
    vote = kernel.decide(kernel.reviewer(), action, looked=seen).votes[0]
    assert (vote.dwell_ms, vote.changes_seen) == (4_200, 7)
    assert replayed(kernel.store)[1] == Counter()
