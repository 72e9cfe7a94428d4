"""Agents of three frameworks on the SDK: each call an action of its own, decided by people, matched by id."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

from lineclear.agents import AsyncClient
from lineclear.agents.examples import by_langgraph, by_openai_agents, by_pydantic_ai
from lineclear.application.deciding.editing import Edit
from lineclear.demo.reading import read_row
from lineclear.domain.actions import Action
from lineclear.domain.vocabulary import Role, Tier, Verdict
from support.backend import Hand, Running, new_key, new_workspace, refunds, running

# What the frameworks warn of is between them and their authors.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::PendingDeprecationWarning")

FIRST, SECOND = "pay_5063", "pay_5062"
DONE = {
    FIRST: "Refunded 180.00 USD of pay_5063 (duplicate).",
    SECOND: "Refunded 129.00 USD of pay_5062 (duplicate).",
}
type Run = Callable[[AsyncClient], Coroutine[object, object, list[str]]]


async def per_call(client: AsyncClient) -> list[str]:
    return await by_langgraph.refund(client, per_call=True)


RUNS: dict[str, Run] = {
    "langgraph batched": by_langgraph.refund,
    "langgraph per call": per_call,
    "pydantic ai": by_pydantic_ai.refund,
    "openai agents": by_openai_agents.refund,
}
EDITING = ["langgraph batched", "langgraph per call", "pydantic ai"]


@dataclass
class Desk:
    here: Running
    ops: Hand
    token: str

    def decided(self, run: Run, decide: Callable[[dict[str, Action]], None]) -> list[str]:
        """What the model reads, while somebody decides on both of its calls."""

        async def work() -> list[str]:
            async with AsyncClient(self.here.url, self.token) as client:
                return await run(client)

        with ThreadPoolExecutor(1) as pool:
            agent = pool.submit(asyncio.run, work())
            store = self.here.backend.services.store
            size = self.here.size()
            while len(waiting := self.ops.client.actions().items) < 2:
                assert not agent.done(), agent.result()
                size = store.wait(size, 5)
            decide({action.target.id: action for action in waiting})
            return agent.result(60)

    def edit(self, action: Action, **changed: str) -> Action:
        arguments = {"payment_id": action.target.id, "amount": action.amount, "currency": "USD"}
        wanted = json.dumps({**arguments, "reason": "duplicate", **changed}).encode()
        return self.ops.client.edit(action.id, Edit(wanted, action.revision, "Less"), key=new_key())


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with running(new_workspace(tmp_path / "workspace")) as here:
        token = here.token("support-agent", Role.AGENT, owner="automation-lead")
        yield Desk(here, here.hand(tier=Tier.THREE), token)


def money(desk: Desk, payment: str) -> str:
    return read_row(desk.here.folder, "payments", payment)["amount_refunded"]


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_a_rejected_call_does_not_take_its_approved_sibling_along(desk, run):
    def decide(waiting: dict[str, Action]) -> None:
        assert {(action.why, action.note) for action in waiting.values()} == {("duplicate charge", "")}
        desk.ops.decide(waiting[FIRST], Verdict.REJECT, "Not a duplicate")
        desk.ops.decide(waiting[SECOND])

    first, second = desk.decided(run, decide)
    assert "ops-west said no: Not a duplicate" in first
    assert second == DONE[SECOND]
    assert (money(desk, FIRST), money(desk, SECOND)) == ("0.00", "129.00")


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_decisions_in_the_other_order_meet_the_calls_that_they_were_made_on(desk, run):
    def decide(waiting: dict[str, Action]) -> None:
        desk.ops.decide(waiting[SECOND], Verdict.REJECT, "Not this one")
        desk.ops.decide(waiting[FIRST])

    first, second = desk.decided(run, decide)
    assert first == DONE[FIRST]
    assert "Not this one" in second
    assert (refunds(desk.here.folder, FIRST), refunds(desk.here.folder, SECOND)) == (1, 0)


@pytest.mark.parametrize("run", [RUNS[name] for name in EDITING], ids=EDITING)
def test_an_edit_reaches_the_tool_whose_framework_takes_edits(desk, run):
    def decide(waiting: dict[str, Action]) -> None:
        desk.ops.decide(desk.edit(waiting[FIRST], amount="120.00"))
        desk.ops.decide(waiting[SECOND])

    first, second = desk.decided(run, decide)
    assert "Refunded 120.00 USD of pay_5063 (duplicate)." in first
    assert second == DONE[SECOND]
    assert (money(desk, FIRST), refunds(desk.here.folder, FIRST)) == ("120.00", 1)


def test_an_edit_is_told_with_its_arguments_where_the_framework_takes_none(desk):
    def decide(waiting: dict[str, Action]) -> None:
        desk.ops.decide(desk.edit(waiting[FIRST], amount="120.00"))
        desk.ops.decide(waiting[SECOND])

    first, second = desk.decided(by_openai_agents.refund, decide)
    assert first.startswith("A reviewer changed the arguments, and the call was carried out with {")
    assert '"amount":"120.00"' in first
    assert first.endswith("Do not make it again.")
    assert (second, refunds(desk.here.folder, FIRST)) == (DONE[SECOND], 1)


@pytest.mark.parametrize("example", [by_langgraph, by_pydantic_ai, by_openai_agents])
def test_an_example_is_a_whole_program(desk, example: ModuleType, capsys, monkeypatch):
    monkeypatch.setenv("LINECLEAR_URL", desk.here.url)
    monkeypatch.setenv("LINECLEAR_TOKEN", desk.token)

    async def run(_: AsyncClient) -> list[str]:
        await example.main()
        return []

    def decide(waiting: dict[str, Action]) -> None:
        for action in waiting.values():
            desk.ops.decide(action)

    desk.decided(run, decide)
    assert capsys.readouterr().out.splitlines() == list(DONE.values())
