"""What every store promises about lists: filters, orders, pages that cover once while rows change."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lineclear.application.ports import ActionQuery, Page, Store, Transaction
from lineclear.domain.actions import Action
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import ActionStatus, Stake, Tier
from support.ledgers import ask, open_job, propose, withdraw
from support.stores import KINDS, Place, place_of

PENDING = frozenset({ActionStatus.PENDING})


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    place: Place = place_of(request.param, tmp_path, request)
    with place.opened() as opened:
        yield opened


def pages[T](next_page: Callable[[str | None], Page[T]]) -> Iterator[tuple[T, ...]]:
    after = None
    while True:
        page = next_page(after)
        yield page.items
        if page.next is None:
            return
        after = page.next


def ids(store: Store, query: ActionQuery, *, limit: int = 2) -> list[str]:
    listing = pages(lambda after: store.read(lambda s: s.actions(query, after=after, limit=limit)))
    found = [action.id for page in listing for action in page]
    assert store.read(lambda s: s.count_actions(query)) == len(found)
    return found


def test_open_work_comes_by_deadline_then_by_age(store: Store):
    def work(tx: Transaction) -> None:
        ask(tx, "act-9")
        ask(tx, "act-5", deadline="2026-02-01T00:00:00Z")
        ask(tx, "act-4", deadline="2026-01-31T23:59:59.5-01:00")
        ask(tx, "act-3", deadline="2026-02-01T00:00:00.000Z")
        ask(tx, "act-2", deadline="1969-07-20T20:17:40Z")
        ask(tx, "act-6", deadline="1969-07-20T20:17:41Z")
        ask(tx, "act-1")

    store.transact(work)

    assert ids(store, ActionQuery(statuses=PENDING)) == [
        *("act-2", "act-6", "act-5", "act-3", "act-4", "act-9", "act-1")
    ]


def test_i34_an_agents_next_place_is_behind_its_own_and_not_before_the_first(store: Store):
    def places(tx: Transaction) -> list[tuple[int, int]]:
        found = [tx.waiting(name) for name in ("refunds", "another")]
        return [(one.count, one.place) for one in found]

    def work(tx: Transaction) -> list[list[tuple[int, int]]]:
        seen = [places(tx)]
        ask(tx, "act-1", agent="refunds", place=4)
        ask(tx, "act-2", agent="refunds", place=7)
        ask(tx, "act-3", agent="refunds", deadline="2026-02-01T00:00:00Z")
        seen.append(places(tx))
        withdraw(tx, "act-1")
        return [*seen, places(tx)]

    assert store.transact(work) == [[(0, 0), (0, 0)], [(3, 8), (0, 4)], [(2, 8), (0, 7)]]
    assert ids(store, ActionQuery(statuses=PENDING)) == ["act-3", "act-2"]


def test_history_comes_by_last_change(store: Store):
    def work(tx: Transaction) -> None:
        for number in range(5):
            propose(tx, f"act-{number}")
        withdraw(tx, "act-3")
        withdraw(tx, "act-1")

    store.transact(work)

    assert ids(store, ActionQuery(order="newest")) == ["act-1", "act-3", "act-4", "act-2", "act-0"]
    ended = ActionQuery(order="newest", statuses=frozenset({ActionStatus.WITHDRAWN, ActionStatus.PROPOSED}))
    assert ids(store, ended) == ["act-1", "act-3", "act-4", "act-2", "act-0"]


def test_several_statuses_are_one_list_in_one_order(store: Store):
    def work(tx: Transaction) -> None:
        for number in range(7):
            propose(tx, f"act-{number}", deadline=f"2026-02-0{7 - number}T00:00:00Z")
        for number in (1, 4):
            withdraw(tx, f"act-{number}")

    store.transact(work)

    both = ActionQuery(statuses=frozenset({ActionStatus.PROPOSED, ActionStatus.WITHDRAWN}))
    assert ids(store, both, limit=3) == [f"act-{number}" for number in reversed(range(7))]
    assert ids(store, ActionQuery(), limit=3) == ids(store, both)


def test_filters_are_joined_by_and(store: Store):
    def work(tx: Transaction) -> None:
        propose(tx, "act-1", job="job-1", agent="refunds", stake=Stake.MONEY)
        propose(tx, "act-2", job="job-1", agent="deploys", stake=Stake.CODE)
        ask(tx, "act-3", job="job-2", agent="refunds")

    store.transact(work)

    assert ids(store, ActionQuery(job="job-1")) == ["act-1", "act-2"]
    assert ids(store, ActionQuery(agent="refunds")) == ["act-1", "act-3"]
    assert ids(store, ActionQuery(agent="refunds", job="job-1")) == ["act-1"]
    assert ids(store, ActionQuery(stakes=frozenset({Stake.CODE, Stake.DATA}))) == ["act-2"]
    assert ids(store, ActionQuery(at_most=Tier.ONE)) == ["act-1", "act-2"]
    assert ids(store, ActionQuery(at_most=Tier.TWO, statuses=PENDING)) == ["act-3"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ŁUCJA", ["act-1"]),
        ("straße", ["act-1"]),
        ("STRASSE", ["act-1"]),
        ("100%", ["act-2"]),
        ("a_c", ["act-2"]),
        ("\\", ["act-2"]),
        ("ACT-1", ["act-1"]),
        ("deploys", ["act-2"]),
        ("'; DROP TABLE actions; --", []),
        ("nul\0", ["act-1"]),
    ],
)
def test_text_is_found_in_titles_ids_and_agents_without_regard_to_case(
    store: Store, text: str, found: list[str]
):
    def work(tx: Transaction) -> None:
        propose(tx, "act-1", title="Refund Łucja, Hauptstraße 3 nul\0")
        propose(tx, "act-2", title="Raise to 100% of a_c\\d", agent="deploys")
        propose(tx, "act-3", title="Raise to 1000 of abc")

    store.transact(work)

    assert ids(store, ActionQuery(text=text)) == found


def test_pages_cover_every_row_once_and_in_order_while_rows_change(store: Store):
    def begin(tx: Transaction) -> None:
        for number in range(12):
            ask(tx, f"act-{number:02}")

    store.transact(begin)
    query = ActionQuery(statuses=PENDING)
    seen: list[str] = []

    for page in pages(lambda after: store.read(lambda s: s.actions(query, after=after, limit=3))):
        seen.extend(action.id for action in page)
        place = len(seen)

        def change(tx: Transaction, page: tuple[Action, ...] = page, place: int = place) -> None:
            withdraw(tx, page[-1].id)
            withdraw(tx, page[0].id)
            if place < 12:
                ask(tx, f"act-{place:02}-later")

        store.transact(change)

    assert seen[:12] == [f"act-{number:02}" for number in range(12)]
    assert len(set(seen)) == len(seen)
    assert set(seen[12:]) == {f"act-{place:02}-later" for place in (3, 6, 9)}


def test_jobs_come_newest_first(store: Store):
    def work(tx: Transaction) -> None:
        for number in (3, 1, 2, 5, 4):
            open_job(tx, f"job-{number}")

    store.transact(work)

    listing = list(pages(lambda after: store.read(lambda s: s.jobs(after=after, limit=2))))
    assert [[job.id for job in page] for page in listing] == [
        ["job-4", "job-5"],
        ["job-2", "job-1"],
        ["job-3"],
    ]


def _cursor(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode()


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "ü",
        _cursor(b"{}"),
        _cursor(b'["newest",1,0]'),
        _cursor(b'["due",1]'),
        _cursor(b'["due",1.5,0]'),
        _cursor(b'["due",9223372036854775808,0]'),
        _cursor(b'["due","1","0"]'),
        _cursor(b"\xff"),
    ],
)
def test_a_cursor_that_is_not_ours_is_refused(store: Store, cursor: str):
    with pytest.raises(Refusal) as refused:
        store.read(lambda s: s.actions(ActionQuery(), after=cursor))
    assert refused.value.code is Code.BODY_INVALID


def test_a_page_without_rows_cannot_be_asked_for(store: Store):
    with pytest.raises(ValueError, match="page of 0"):
        store.read(lambda s: s.actions(ActionQuery(), limit=0))
    with pytest.raises(ValueError, match="page of 0"):
        store.read(lambda s: s.jobs(limit=0))
