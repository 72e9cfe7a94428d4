"""Outboxes of two consoles, sent in any order between what the backend does by itself: one final state."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from lineclear.adapters.memory.store import MemoryStore
from lineclear.adapters.memory.tools import MemoryTools
from lineclear.application.governing.offline import set_offline_rule
from lineclear.application.governing.workspaces import activate_policy
from lineclear.application.jobs import withdraw
from lineclear.application.reading.replica import Replica
from lineclear.application.recording import read_stored
from lineclear.domain.actions import Action
from lineclear.domain.events import DecisionRecorded, ExecutionStarted
from lineclear.domain.offline import OfflineRule
from lineclear.domain.vocabulary import ActionStatus, Role, Tier, Verdict
from support.away import Desk
from support.kernel import CONTRACTS, DOCUMENT, Kernel

ORDERS = 500
ACTIONS = 4
NAMES = ("ops-west", "ops-east")
STRICTER = DOCUMENT.replace("max_amount_usd: 200", "max_amount_usd: 181", 1)


@dataclass(frozen=True)
class Choice:
    """What one person decides about one action without the backend."""

    action: int
    verdict: Verdict


@dataclass(frozen=True)
class Scenario:
    """What each of two people decides, and what happens to the workspace while they are away."""

    choices: tuple[tuple[Choice, ...], ...]
    taken_back: tuple[int, ...]
    meanwhile: tuple[str, ...]


def scenario(seed: int) -> Scenario:
    chance = random.Random(seed)
    choices = []
    for _ in NAMES:
        about = chance.sample(range(ACTIONS), chance.randint(1, ACTIONS))
        verdicts = (Verdict.APPROVE, Verdict.APPROVE, Verdict.REJECT)
        choices.append(tuple(Choice(one, chance.choice(verdicts)) for one in about))
    events = ("withdraw", "stricter", "late", "decided", "moved")
    back = tuple(chance.randint(1, len(one)) if chance.random() < 0.3 else 0 for one in choices)
    return Scenario(tuple(choices), back, tuple(chance.sample(events, chance.randint(0, 2))))


class World:
    """One workspace with two consoles that were cut off, decided, and may send again."""

    def __init__(self, told: Scenario) -> None:
        records = {f"pay_{number}": {"status": "captured", "refunded": "0"} for number in range(ACTIONS)}
        self.kernel = kernel = Kernel(tools=MemoryTools(CONTRACTS, records))
        lead = kernel.token("lead", Role.OPS, tier=Tier.THREE)
        set_offline_rule(kernel.services, lead, OfflineRule(tier=2), "Bad reception")
        self.third = kernel.reviewer("ops-third")
        self.actions = [kernel.refund(f"{180 + at}.00", id=f"pay_{at}") for at in range(ACTIONS)]
        self.desks = [
            Desk(kernel, name, ids=20 + at, seed=sha256(name.encode()).digest())
            for at, name in enumerate(NAMES)
        ]
        for desk, choices, back in zip(self.desks, told.choices, told.taken_back, strict=True):
            desk.lose()
            for choice in choices:
                desk.decide(self.actions[choice.action], choice.verdict)
            if back:
                assert desk.reviewer.dispatch.take_back(back) is not None
        for event in told.meanwhile:
            self._happen(event)
        for desk in self.desks:
            desk.hear()

    def _happen(self, event: str) -> None:
        kernel, first = self.kernel, self.actions[0]
        match event:
            case "withdraw":
                withdraw(kernel.services, kernel.agent, self.actions[1].id)
            case "stricter":
                activate_policy(kernel.services, STRICTER, by="admin")
            case "late":
                kernel.later(hours=5)
            case "decided":
                kernel.decide(self.third, self.actions[2])
            case "moved" if kernel.action(first.id).status is ActionStatus.PENDING:
                kernel.decide(self.third, first)
                kernel.tools.records["pay_0"]["refunded"] = "1.00"
                kernel.run(steps=1)

    def send(self, order: Sequence[int]) -> None:
        """Each number is a console that sends one of its decisions, or 2: the executor takes a step."""
        for who in order:
            if who == len(self.desks):
                self.kernel.run(steps=1)
            else:
                self.desks[who].reviewer.send_next()
        for desk in self.desks:
            desk.drain()

    def end(self) -> list[ActionStatus]:
        self.kernel.run()
        return [self.kernel.action(one.id).status for one in self.actions]

    def verdicts(self) -> Iterator[tuple[str, str]]:
        """Of the ledger in its order: each verdict and each start, by action."""
        for stored in self.kernel.store.read(lambda snapshot: snapshot.entries(start=0, limit=1_000)):
            recorded = read_stored(stored)
            match recorded.event:
                case DecisionRecorded(verdict=verdict):
                    yield recorded.id, verdict.value
                case ExecutionStarted():
                    yield recorded.id, "start"


def orders(told: Scenario, seed: int, *, runs: bool) -> list[int]:
    """What is to be sent, shuffled; each console keeps its own order by itself."""
    chance = random.Random(seed)
    steps = [at for at, choices in enumerate(told.choices) for _ in choices]
    steps += [len(NAMES)] * (6 if runs else 0)
    chance.shuffle(steps)
    return steps


def test_i45_outboxes_sent_in_any_order_end_in_one_state():
    """The executor starts when all is there: whatever the order before, the same is rejected and runs."""
    for seed in range(ORDERS):
        told = scenario(seed)
        ends = []
        for order in (2 * seed, 2 * seed + 1):
            world = World(told)
            world.send(orders(told, order, runs=False))
            ends.append(world.end())
        assert ends[0] == ends[1], (seed, told)


def test_i45_i16_no_approval_survives_an_earlier_rejection_while_the_executor_runs():
    """Steps of the executor come in between; a replica that follows has what the backend has."""
    late = 0
    for seed in range(ORDERS):
        world = World(scenario(seed))
        world.send(orders(scenario(seed), seed, runs=True))
        world.end()
        rejected: set[str] = set()
        for action, what in world.verdicts():
            assert action not in rejected, (seed, action, what)
            rejected |= {action} if what == "reject" else set()
        late += len(refused_late(world))
        assert all(not desk.outbox.read().waiting for desk in world.desks)
        assert replica_of(world) == [world.kernel.action(one.id) for one in world.actions]
    assert late, "no rejection ever came after a start, so nothing was tried"


def refused_late(world: World) -> list[str]:
    items = (one for desk in world.desks for one in desk.outbox.read().items)
    return [one.action for one in items if one.code == "rejection_late"]


def replica_of(world: World) -> list[Action]:
    """What a console holds of the actions, from the feed alone, in pieces as they come."""
    replica, gateway = Replica(MemoryStore()), world.desks[0].gateway
    while items := gateway.feed(replica.size(), limit=7).items:
        replica.apply(items)
    found = [
        replica.store.read(lambda snapshot, one=one: snapshot.load(Action, one.id)) for one in world.actions
    ]
    return [one for one in found if one is not None]


def test_the_scenarios_are_such_that_it_matters_who_comes_first_once_something_runs():
    """With the executor between two consoles their order shows: the property above is not an empty one."""
    first, second = [], []
    for seed in range(60):
        told = scenario(seed)
        world = World(told)
        world.desks[0].drain()
        first.append([one.value for one in world.end()])
        world.desks[1].drain()
        other = World(told)
        other.desks[1].drain()
        second.append([one.value for one in other.end()])
    assert first != second
