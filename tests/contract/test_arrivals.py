"""What the border saw, kept alike in memory, on SQLite and on PostgreSQL: bounded, and lost by no race."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lineclear.adapters.memory.arrivals import MemoryArrivals
from lineclear.adapters.sql.arrivals import SqlArrivals
from lineclear.application.agents.arrivals import Arrivals
from lineclear.domain.arrivals import MOST, Arrival, Refused, shown_path
from lineclear.domain.samples import sample_of
from lineclear.domain.strict_json import Json
from support.ledgers import open_job
from support.stores import DURABLE, KINDS, Place, place_of


def refused(code: str = "not_found", path: str = "/v1/jobs") -> Callable[[Arrival], Arrival]:
    return lambda one: one.turned_away(Refused("2026-11-22T14:02:00.000Z", code, "POST", path))


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    return place_of(request.param, tmp_path, request)


@pytest.fixture
def arrivals(place: Place) -> Iterator[Arrivals]:
    with place.opened() as store:
        yield SqlArrivals(store, "acme") if place.url else MemoryArrivals()


def test_uses_and_refusals_are_kept_by_token(arrivals):
    arrivals.change("b", lambda one: one.used("1"))
    arrivals.change("a", refused())
    arrivals.change("b", lambda one: one.used("2"))
    first, second = arrivals.every()
    assert (first.token, [one.code for one in first.refused]) == ("a", ["not_found"])
    assert (second.first, second.last) == ("1", "2")


def test_two_who_write_at_once_lose_nothing(arrivals):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: arrivals.change("a", refused()), range(64)))
    ((counted,),) = [one.refused for one in arrivals.every()]
    assert counted.times == 64


def test_what_is_kept_of_one_token_never_grows_without_end(arrivals):
    for number in range(MOST * 3):
        arrivals.change("a", refused(f"code_{number}"))
    (kept,) = arrivals.every()
    assert [one.code for one in kept.refused] == [f"code_{number}" for number in range(MOST * 2, MOST * 3)]


@pytest.mark.parametrize("place", DURABLE, indirect=True)
def test_the_ledger_knows_nothing_of_it_and_it_outlives_the_process(place):
    with place.opened() as store:
        store.transact(lambda tx: open_job(tx, "job-1"))
        SqlArrivals(store, "acme").change("a", refused())
        assert store.read(lambda snapshot: snapshot.size()) == 1
    with place.opened() as store:
        assert [one.token for one in SqlArrivals(store, "acme").every()] == ["a"]


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/v1/jobs", "/v1/jobs"),
        ("/v1/jobs/job-01/spans", "/v1/jobs/…/spans"),
        ("/p.lindqvist@example.com", "/…"),
        ("/", "/…"),
        ("", "/"),
        ("/v1" * 50, "/" + "/".join(["v1"] * 8)),
    ],
)
def test_an_address_shows_no_part_that_is_not_ours(path: str, shown: str):
    assert shown_path(path, {"v1", "jobs", "spans"}) == shown


@pytest.mark.parametrize(
    ("schema", "sample"),
    [
        ({"const": 7}, 7),
        ({"type": "string", "examples": ["pay_1", "pay_2"], "default": "x"}, "pay_1"),
        ({"enum": ["duplicate", "other"]}, "duplicate"),
        ({"type": "integer", "minimum": 5}, 5),
        ({"type": ["null", "boolean"]}, True),
        ({"type": "array", "items": {"type": "number"}}, [1]),
        ({"required": ["a"], "properties": {"a": {"type": "string"}, "b": {}}}, {"a": "…"}),
        ({"type": "object", "minProperties": 1, "properties": {"a": {"enum": [1]}, "b": {}}}, {"a": 1}),
        ({"type": "object"}, {}),
        (True, "…"),
        ({"type": 7}, "…"),
        ({"required": "a", "properties": []}, {}),
    ],
)
def test_a_sample_is_what_the_schema_offers_else_a_value_of_its_type(schema: Json, sample: Json):
    assert sample_of(schema) == sample


def test_a_schema_that_contains_itself_ends():
    endless: dict[str, Json] = {"type": "array"}
    endless["items"] = endless
    assert sample_of(endless)
