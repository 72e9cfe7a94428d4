"""Filters and orders of the queue say the same in every store, and the same as the one pure rule."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import get_args

import msgspec
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, text

from lineclear.adapters.memory.rules import Order, action_position
from lineclear.adapters.sql.engine import open_engine
from lineclear.adapters.sql.store import SqlStore
from lineclear.adapters.sql.upgrade import MIGRATIONS, upgrade
from lineclear.application.ports import ActionQuery, Snapshot, Store, Transaction
from lineclear.domain import events as e
from lineclear.domain.actions import Action
from lineclear.domain.effects import Target, UndoPlan
from lineclear.domain.listing import ANYBODY, NOBODY, Listed, Sort, fits, listed
from lineclear.domain.policy.stages import Place as Seat
from lineclear.domain.policy.stages import Stage
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import ActionStatus, Outcome, Stake, Tier
from support.ledgers import CONTENT, DIGEST, append, whole, withdraw
from support.stores import KINDS, Place, place_of

NOW = datetime(2026, 1, 31, 9, 30, tzinfo=UTC)
SORTS: tuple[Sort, ...] = get_args(Sort.__value__)
STAGES = (Stage("finance", ((Seat(1, Tier.ONE), Seat(1, Tier.THREE)),)),)
HIDDEN = "Refund \u202eorder"


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    place: Place = place_of(request.param, tmp_path, request)
    with place.opened() as opened:
        yield opened


def stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def propose(tx: Transaction, random: Random, number: int) -> None:
    """One action of any kind; some wait, some are claimed, some were withdrawn."""
    name = f"act-{number:03}"
    minutes = random.choice([0, 20, 50, 90, 4_000])
    event = e.ActionProposed(
        job="job-1",
        agent=random.choice(["refunds", "deploys", "a-b"]),
        owner="olga",
        capability=random.choice(["billing.refund", "crm.note"]),
        tool="crm.refund",
        stake=random.choice([Stake.MONEY, Stake.DATA]),
        connector="crm",
        mutates=True,
        version="7",
        undo=UndoPlan(possible=random.random() < 0.5),
        shape="fields",
        deadline=stamp(NOW + timedelta(minutes=minutes)) if minutes else "",
        place=number,
        environment=random.choice(["", "production"]),
        amount=random.choice(["", "60.00", "9.5", "1200.000001", "-3"]),
        currency="USD",
    )
    brief = e.ActionBrief(random.choice([f"Refund order {number}", HIDDEN]), Target("crm", "order", "8"))
    append(tx, Action, name, event, brief=brief, commits=CONTENT)
    tier = random.choice(list(Tier))
    stages = STAGES if tier is Tier.THREE and random.random() < 0.5 else ()
    evaluated = e.ActionEvaluated(
        1, DIGEST, 1, Outcome.ASK, reasons=(), tier=tier, approvals=1, stages=stages
    )
    append(tx, Action, name, evaluated)
    match random.randrange(5):
        case 0:
            withdraw(tx, name)
        case 1 | 2:
            until = NOW + timedelta(minutes=random.choice([-1, 0, 3]))
            append(tx, Action, name, e.ActionClaimed(random.choice(["ana", "ben"]), stamp(until)))


def fill(store: Store, count: int = 60) -> None:
    random = Random(20_261_122)
    store.transact(lambda tx: [propose(tx, random, number) for number in range(count)])


def asked(random: Random) -> ActionQuery:
    """Any question: most filters are left open, so that something fits."""

    def maybe[V](usual: V, *values: V) -> V:
        return random.choice(values) if random.random() < 0.25 else usual

    return ActionQuery(
        statuses=random.choice(
            [
                frozenset(),
                frozenset({ActionStatus.PENDING}),
                frozenset({ActionStatus.PENDING, ActionStatus.WITHDRAWN}),
            ]
        ),
        stakes=maybe(frozenset(), frozenset({Stake.MONEY})),
        at_most=maybe(None, *Tier),
        agent=maybe("", "refunds", "a-b"),
        order=random.choice(SORTS),
        words=maybe((), ("refund", "1"), ("ORDER",), ("%",)),
        tier=maybe(None, *Tier),
        capability=maybe("", "crm.note"),
        environment=maybe("", "production"),
        claim=maybe("", NOBODY, ANYBODY, "ana"),
        at=NOW,
        due_by=maybe(None, NOW + timedelta(hours=1), NOW + timedelta(days=9)),
        flagged={0: True, 1: False}.get(random.randrange(8)),
    )


def known(snapshot: Snapshot) -> list[Listed]:
    """Every action as lists know it, from the ledger alone."""
    first: dict[str, int] = {}
    for recorded in whole(snapshot):
        first.setdefault(recorded.stream.partition("/")[2], recorded.index)
    actions = (snapshot.load(Action, name) for name in first)
    return [listed(action, first[action.id]) for action in actions if action is not None]


def expected(rows: list[Listed], query: ActionQuery) -> list[str]:
    def place(row: Listed) -> tuple[str, int, int]:
        at = action_position(Order(query.order), row)
        return at.word, at.major, at.minor

    return [row.id for row in sorted((row for row in rows if fits(query, row)), key=place)]


def pages(store: Store, query: ActionQuery, limit: int) -> list[str]:
    found: list[str] = []
    after: str | None = None
    while True:
        page = store.read(lambda s, after=after: s.actions(query, after=after, limit=limit))
        found += [action.id for action in page.items]
        after = page.next
        if after is None:
            return found


def test_every_question_is_answered_as_the_pure_rule_says_page_by_page(store: Store):
    fill(store)
    rows, random = store.read(known), Random(7)
    seen = set()
    for _ in range(120):
        query = asked(random)
        found = pages(store, query, random.choice([1, 7, 100]))
        assert found == expected(rows, query), query
        assert store.read(lambda s, query=query: s.count_actions(query)) == len(found)
        seen.add(bool(found))

    assert seen == {True, False}


def test_a_claim_that_is_over_is_nobodys(store: Store):
    fill(store)
    later = NOW + timedelta(minutes=5)

    assert pages(store, ActionQuery(claim=ANYBODY, at=NOW), 50)
    assert pages(store, ActionQuery(claim=ANYBODY, at=later), 50) == []
    assert len(pages(store, ActionQuery(claim=NOBODY, at=later), 50)) == 60


def test_an_action_with_stages_is_for_everybody_who_can_fill_a_place(store: Store):
    fill(store)
    rows = store.read(known)
    staged = {row.id for row in rows if (row.tier, row.least_tier) == (3, 1)}

    assert staged
    assert staged <= set(pages(store, ActionQuery(at_most=Tier.ONE), 50))


@pytest.mark.parametrize("order", SORTS)
def test_a_cursor_goes_on_in_its_own_order_only(store: Store, order: Sort):
    fill(store, 3)
    page = store.read(lambda s: s.actions(ActionQuery(order=order), limit=1))
    other: Sort = "due" if order != "due" else "risk"

    with pytest.raises(Refusal) as refused:
        store.read(lambda s: s.actions(ActionQuery(order=other), after=page.next, limit=1))

    assert refused.value.code is Code.BODY_INVALID


def test_a_cursor_of_an_older_program_still_counts(store: Store):
    fill(store, 4)
    page = store.read(lambda s: s.actions(ActionQuery(), limit=2))
    assert page.next is not None
    *keys, _word = msgspec.json.decode(base64.urlsafe_b64decode(page.next))
    older = base64.urlsafe_b64encode(msgspec.json.encode(keys)).decode()

    follows = store.read(lambda s: s.actions(ActionQuery(), after=older, limit=9))

    assert follows == store.read(lambda s: s.actions(ActionQuery(), after=page.next, limit=9))


KEPT = "workspace, id, state, status, stake, tier, job, agent, due, proposed, updated, searched"
"""The columns that there were before the queue could be filtered by more."""


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_rows_of_an_older_database_are_found_by_what_they_say(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
):
    url = f"sqlite:///{tmp_path}/ledger.db"
    engine = open_engine(request.getfixturevalue("postgres_database") if kind == "postgres" else url)
    upgrade(engine)
    store = SqlStore(engine, "acme")
    fill(store)
    with engine.begin() as connection:
        rows = connection.execute(text(f"SELECT {KEPT} FROM actions ORDER BY id")).mappings().all()
        whole_rows = connection.execute(text("SELECT * FROM actions ORDER BY id")).all()
        connection.execute(text("DROP TABLE actions"))
    _as_before(engine)
    with engine.begin() as connection:
        places = ", ".join(f":{name}" for name in KEPT.split(", "))
        connection.execute(
            text(f"INSERT INTO actions ({KEPT}) VALUES ({places})"), [dict(row) for row in rows]
        )

    upgrade(engine)

    with engine.begin() as connection:
        assert connection.execute(text("SELECT * FROM actions ORDER BY id")).all() == whole_rows
    store.close()
    engine.dispose()


def _as_before(engine: Engine) -> None:
    """The table of actions as the revision before described it, made by the revisions themselves."""
    others = (
        *("ledgers", "entries", "jobs", "states", "blobs", "keys", "requests", "tasks", "arrivals"),
        "alembic_version",
    )
    with engine.begin() as connection:
        for name in others:
            connection.execute(text(f"DROP TABLE {name}"))
        config = Config()
        config.set_main_option("script_location", MIGRATIONS)
        config.attributes["connection"] = connection
        command.upgrade(config, "0006")
