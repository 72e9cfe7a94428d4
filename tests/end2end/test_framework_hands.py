"""Tools that agents of three frameworks carry out themselves: begun under a clearance, once, and reported."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from lineclear.agents import AsyncClient, Client
from lineclear.agents.asking import key_of, payload_of
from lineclear.agents.calls import Call, Tool, TurnedDown, answered
from lineclear.agents.hands import Hands, NotCarried
from lineclear.application.deciding.editing import Edit
from lineclear.application.ports import ActionQuery
from lineclear.application.propose import Proposal
from lineclear.application.reading.steps import read_step
from lineclear.domain.actions import Action
from lineclear.domain.events import JobBrief, StepContents
from lineclear.domain.jobs import Job
from lineclear.domain.vocabulary import ActionStatus, Role, Verdict
from support.aap import agents_workspace
from support.backend import Hand, Running, new_key, running
from support.own_tools import RUNS, MailboxFullError, ModelRetry, NotDone, Outbox, Run, pydantic

# What the frameworks warn of is between them and their authors.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::PendingDeprecationWarning")

ANNA, BEA = "anna@example.com", "bea@example.com"
by_framework = pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)


@dataclass
class Desk:
    here: Running
    ops: Hand
    token: str

    def decided(
        self, run: Run, box: Outbox, decide: Callable[[dict[str, Action]], None], expected: int = 2
    ) -> list[str]:
        """What the model reads, while somebody decides on what waits."""

        async def work() -> list[str]:
            async with AsyncClient(self.here.url, self.token) as client:
                return await run(client, box)

        with ThreadPoolExecutor(1) as pool:
            agent = pool.submit(asyncio.run, work())
            store = self.here.backend.services.store
            size = self.here.size()
            while len(waiting := self.ops.client.actions().items) < expected:
                assert not agent.done(), agent.result()
                size = store.wait(size, 5)
            decide({self.to(action): action for action in waiting})
            return agent.result(60)

    def to(self, action: Action) -> str:
        detail = self.ops.client.detail(action.id)
        return ANNA if ANNA in str(detail) else BEA

    def approve_all(self, waiting: dict[str, Action]) -> None:
        for action in waiting.values():
            self.ops.decide(action)

    def statuses(self) -> dict[str, ActionStatus]:
        query = ActionQuery(order="newest")
        found = self.here.backend.services.store.read(lambda snapshot: snapshot.actions(query)).items
        return {self.to(one): one.status for one in found if one.tool == "desk.send"}

    def executions(self) -> list[StepContents]:
        """What is kept of each run of a tool, as a reviewer opens it."""
        query = ActionQuery(order="newest")
        store, client = self.here.backend.services.store, self.ops.client
        action = store.read(lambda snapshot: snapshot.actions(query)).items[0]
        job = store.read(lambda snapshot: snapshot.load(Job, action.job))
        assert job is not None
        spans = [one for one in client.detail(action.id).spans if one.name == "desk.send"]
        found = [read_step(one, job, client.blob) for one in spans]
        return [one for one in found if isinstance(one, StepContents)]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with running(agents_workspace(tmp_path / "workspace"), workers=0) as here:
        yield Desk(here, here.hand(), here.token("reply-bot", Role.AGENT, owner="owner"))


@by_framework
def test_an_edit_reaches_the_tool_and_the_outcome_is_reported(desk, run):
    """I1, I23."""
    box = Outbox()

    def decide(waiting: dict[str, Action]) -> None:
        edit = Edit(b'{"to":"anna@example.com","body":"Sorry."}', 1)
        desk.ops.decide(desk.ops.client.edit(waiting[ANNA].id, edit, key=new_key()))
        desk.ops.decide(waiting[BEA])

    first, second = desk.decided(run, box, decide)
    assert sorted(box.sent) == [(ANNA, "Sorry."), (BEA, "On its way.")]
    assert "Sent to anna@example.com: Sorry." in first
    assert second == "Sent to bea@example.com: On its way."
    assert desk.statuses() == {ANNA: ActionStatus.SUCCEEDED, BEA: ActionStatus.SUCCEEDED}


@by_framework
def test_what_a_tool_was_given_and_what_it_answered_is_kept_where_its_agent_wants_it(desk, run):
    box = Outbox(keeps=True)

    def decide(waiting: dict[str, Action]) -> None:
        edit = Edit(b'{"to":"anna@example.com","body":"Sorry."}', 1)
        desk.ops.decide(desk.ops.client.edit(waiting[ANNA].id, edit, key=new_key()))
        desk.ops.decide(waiting[BEA])

    desk.decided(run, box, decide)
    kept = desk.executions()
    assert {json.loads(one.input)["body"]: one.output for one in kept} == {
        "Sorry.": "Sent to anna@example.com: Sorry.",
        "On its way.": "Sent to bea@example.com: On its way.",
    }


def test_what_a_tool_said_as_it_failed_is_kept_too(desk):
    with pytest.raises(MailboxFullError):
        desk.decided(pydantic, Outbox(keeps=True, fails=MailboxFullError), desk.approve_all)
    assert "MailboxFullError: mailbox full" in {one.output for one in desk.executions()}


def test_nothing_of_a_tool_is_kept_where_nobody_asked_for_it(desk):
    desk.decided(pydantic, Outbox(), desk.approve_all)
    assert desk.executions() == []


@by_framework
def test_decisions_in_the_other_order_meet_their_calls_and_take_no_sibling_along(desk, run):
    box = Outbox()

    def decide(waiting: dict[str, Action]) -> None:
        desk.ops.decide(waiting[BEA], Verdict.REJECT, "Not her")
        desk.ops.decide(waiting[ANNA])

    first, second = desk.decided(run, box, decide)
    assert box.sent == [(ANNA, "On its way.")]
    assert first == "Sent to anna@example.com: On its way."
    assert "Not her" in second
    assert desk.statuses() == {ANNA: ActionStatus.SUCCEEDED, BEA: ActionStatus.REJECTED}


@by_framework
def test_a_clearance_that_is_refused_at_the_last_moment_keeps_the_tool_from_running(desk, run):
    """I16, I23: safe mode after the approval, before the tool."""

    async def safe_mode() -> None:
        await asyncio.to_thread(
            lambda: desk.ops.client.switch_safe_mode(on=True, reason="Odd mails", key=new_key())
        )

    box = Outbox(between=safe_mode)
    said = desk.decided(run, box, desk.approve_all)
    assert box.sent == []
    assert all("Nothing was done." in one for one in said)
    assert set(desk.statuses().values()) == {ActionStatus.CLEARED}


@by_framework
def test_a_clearance_that_another_process_used_is_used_by_nobody_else(desk, run):
    """I23: it began one call before the tools ran here; the other call runs, and that one does not."""
    begun: dict[str, str] = {}

    async def elsewhere() -> None:
        def consume() -> None:
            with Client(desk.here.url, desk.token) as other:
                other.consume(begun[ANNA])

        await asyncio.to_thread(consume)

    def decide(waiting: dict[str, Action]) -> None:
        begun.update({to: action.id for to, action in waiting.items()})
        desk.approve_all(waiting)

    box = Outbox(between=elsewhere)
    first, second = desk.decided(run, box, decide)
    assert box.sent == [(BEA, "On its way.")]
    assert "was consumed before" in first
    assert second == "Sent to bea@example.com: On its way."
    assert desk.statuses() == {ANNA: ActionStatus.STARTED, BEA: ActionStatus.SUCCEEDED}


def test_a_crash_between_the_start_and_the_tool_lets_nothing_run_twice(desk):
    """I23: the same agent started again reports that nobody knows, and a person finds out."""
    calls = [Call("c1", "look", {"id": 7}, run="c1")]
    tools = {"look": Tool("agents_read", "look_up", own=True)}

    async def again() -> tuple[object, str]:
        async with AsyncClient(desk.here.url, desk.token) as client, client.job("Look", key="look") as job:
            hands = Hands(job, tools)
            found = await answered(job, tools, calls, timeout=None, hands=hands)
            with pytest.raises(NotCarried) as refused:
                await hands.carry("look", {"id": 7}, never, call="c1")
        assert isinstance(found, dict)
        return found["c1"], str(refused.value)

    async def never(_: object) -> None:
        raise AssertionError("it ran")

    before = desk.here.client(desk.token)  # it leaves its job open, as a process does that is gone
    job = before.open_job(JobBrief("Look"), key=key_of("job", b"look")).id
    proposal = Proposal(job, payload_of("agents_read", "look_up", {"id": 7}))
    cleared = before.propose(proposal, key=key_of("call", job.encode(), b"c1"))
    wire = desk.here.http(desk.token, **{"Idempotency-Key": new_key()})
    assert wire.post(f"/v1/actions/{cleared.id}/consume", json={}).status_code == 200
    said, refused = asyncio.run(again())
    assert isinstance(said, TurnedDown)
    assert said.message.startswith("It was begun, and nobody can say how it ended.")
    assert refused.startswith("Nothing was done")
    query = ActionQuery(order="newest")
    (action,) = desk.here.backend.services.store.read(lambda snapshot: snapshot.actions(query)).items
    assert action.status is ActionStatus.UNKNOWN


@by_framework
def test_a_tool_that_fails_is_unknown_until_a_person_finds_out(desk, run):
    box = Outbox(fails=MailboxFullError)
    with pytest.raises(Exception, match="mailbox full"):  # each framework wraps it in one of its own
        desk.decided(run, box, desk.approve_all)
    assert ActionStatus.UNKNOWN in desk.statuses().values()
    assert ActionStatus.SUCCEEDED not in desk.statuses().values()


def test_a_tool_that_knows_that_it_did_nothing_says_so(desk):
    said = desk.decided(RUNS["openai agents"], Outbox(fails=NotDone), desk.approve_all)
    assert all("mailbox full" in one for one in said)
    assert set(desk.statuses().values()) == {ActionStatus.FAILED}


def test_a_retry_that_the_tool_itself_asks_for_is_no_unknown_outcome(desk):
    said = desk.decided(pydantic, Outbox(fails=ModelRetry), desk.approve_all)
    assert all("mailbox full" in one for one in said)
    assert set(desk.statuses().values()) == {ActionStatus.FAILED}
