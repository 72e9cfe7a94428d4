"""Clock and ids: what the system gives, and the ones that replay."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import repeat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineclear.adapters.memory.clock import START, ManualClock
from lineclear.adapters.memory.ids import SeededIds
from lineclear.adapters.system.clock import SystemClock
from lineclear.adapters.system.ids import SystemIds, id_text
from lineclear.application.ports import Clock, Ids

ID = re.compile(r"act-[0-9a-hjkmnp-tv-z]{16}")


@pytest.fixture(params=[SystemClock, ManualClock])
def clock(request: pytest.FixtureRequest) -> Clock:
    made: Clock = request.param()
    return made


@pytest.fixture(params=[SystemIds, SeededIds])
def ids(request: pytest.FixtureRequest) -> Ids:
    made: Ids = request.param()
    return made


def test_time_is_utc_and_does_not_go_back(clock: Clock):
    times = [clock.now() for _ in range(100)]

    assert times == sorted(times)
    assert {time.utcoffset() for time in times} == {timedelta()}


def test_the_system_clock_tells_the_time():
    assert abs(SystemClock().now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_manual_clock_moves_only_when_told():
    clock = ManualClock()

    assert clock.now() == START
    assert clock.advance(timedelta(minutes=5)) == START + timedelta(minutes=5)
    assert clock.now() == START + timedelta(minutes=5)
    with pytest.raises(ValueError, match="go back"):
        clock.advance(-timedelta(seconds=1))
    with pytest.raises(ValueError, match="aware"):
        ManualClock(datetime(2026, 1, 1))  # noqa: DTZ001  # the subject


def test_ids_say_what_they_name_and_sort_by_age(ids: Ids):
    made = [ids.new("act") for _ in range(2000)]

    assert all(ID.fullmatch(one) for one in made)
    assert made == sorted(set(made))


def test_ids_are_never_given_twice_whoever_asks(ids: Ids):
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda prefix: [ids.new(prefix) for _ in range(500)], repeat("act", 8)))

    assert len({one for some in made for one in some}) == 8 * 500


def test_secrets_have_32_bytes_and_differ(ids: Ids):
    first, second = ids.secret(), ids.secret()

    assert len(first) == len(second) == 32
    assert first != second


def test_ids_grow_also_while_the_machines_clock_goes_back():
    times = iter([1000, 1000, 400, 1001, 2])
    ids = SystemIds(milliseconds=lambda: next(times))

    made = [ids.new("act") for _ in range(5)]

    assert made == sorted(set(made))
    assert [one[4:14] for one in made] == [
        "00000000z8",
        "00000000z8",
        "00000000z8",
        "00000000z9",
        "00000000z9",
    ]


@given(
    st.tuples(st.integers(0, 2**50 - 1), st.integers(0, 2**30 - 1)),
    st.tuples(st.integers(0, 2**50 - 1), st.integers(0, 2**30 - 1)),
)
def test_ids_sort_as_their_parts_do(one: tuple[int, int], other: tuple[int, int]):
    assert (id_text("x", *one) < id_text("x", *other)) == (one < other)


def test_a_seed_replays_ids_and_secrets():
    def run(seed: int) -> list[object]:
        ids = SeededIds(seed)
        return [ids.new("act"), ids.secret(), ids.new("job")]

    assert run(7) == run(7)
    assert run(7) != run(8)
