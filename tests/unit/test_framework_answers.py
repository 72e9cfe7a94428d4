"""What a framework is answered, by the SDK's modules against a real backend over HTTP."""

from __future__ import annotations

import asyncio
import json
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest

from lineclear.adapters.memory.tools import MemoryTools
from lineclear.agents import AsyncClient, Code, Refusal
from lineclear.agents.calls import Parked, Tool
from lineclear.agents.langgraph import answers
from lineclear.agents.openai_agents import decide
from lineclear.agents.pydantic_ai import results
from lineclear.application.governing.workspaces import activate_policy
from lineclear.domain.vocabulary import EffectClass, Executor, Verdict
from support.kernel import CONTRACTS, DOCUMENT, Kernel, contract
from support.sdk import Backend

REPLY = """\
  send_reply:
    tools:
      - name: desk.reply
"""
TOOLS = {
    "reply": Tool("send_reply", "desk.reply"),
    "issue_refund": Tool("issue_refund", "payments.create_refund"),
    "look_up": Tool("issue_refund", "payments.no_such_tool"),
}


def wanted(amount="180.00", payment="pay_1"):
    return {"id": payment, "fields": {"status": "refunded"}, "amount": amount, "currency": "USD"}


@dataclass
class Interrupt:
    id: str
    value: object
    response_schema: object = None


@dataclass
class Item:
    call_id: str | None
    arguments: str | None
    name: str | None = "issue_refund"


@dataclass
class State:
    """What a run state of the OpenAI Agents SDK is to its caller."""

    items: list[Item]
    said: dict[str, str] = field(default_factory=dict)

    def get_interruptions(self) -> list[Item]:
        return self.items

    def approve(self, item: Item) -> None:
        self.said[item.call_id] = "approved"

    def reject(self, item: Item, *, rejection_message: str) -> None:
        self.said[item.call_id] = rejection_message


class Here(Backend):
    def __init__(self) -> None:
        own = contract("desk.reply", connector="agents", effect=EffectClass.BLIND, executor=Executor.AGENT)
        kernel = Kernel(tools=MemoryTools((*CONTRACTS, own), {"pay_1": {"status": "captured"}}))
        activate_policy(kernel.services, f"{DOCUMENT}{REPLY}", by="admin")
        super().__init__(kernel)

    def ask(self, deed, *args, key="ticket-1", **more):
        """What a module's function answers, in a job of that key."""

        async def work():
            async with (
                AsyncClient(self.url, self.token, clock=self.kernel.clock) as client,
                client.job("Work", key=key) as job,
            ):
                return await deed(job, *args, TOOLS, **more)

        return asyncio.run(work())

    def decided(self, verdicts: dict[str, Verdict], deed, *args, **more):
        """The same, while people decide by the amount."""

        def watch() -> None:
            size = 0
            while len(waiting := self.waiting()) < len(verdicts):
                size = self.kernel.store.wait(size, 1.0)
            reviewer = self.kernel.reviewer()
            for action in waiting:
                self.kernel.decide(reviewer, action, verdicts[action.amount], "Too much")
                self.kernel.run()

        people = threading.Thread(target=watch)
        people.start()
        try:
            return self.ask(deed, *args, **more)
        finally:
            people.join()


@pytest.fixture
def here() -> Iterator[Here]:
    here = Here()
    yield here
    here.stop()


def batch(*amounts, name="i1", allowed=("approve", "edit", "reject")):
    return Interrupt(
        name,
        {
            "action_requests": [{"name": "issue_refund", "args": wanted(amount)} for amount in amounts],
            "review_configs": [{"action_name": "issue_refund", "allowed_decisions": list(allowed)}],
        },
    )


def legacy(*amounts, **config):
    allowed = {
        "allow_ignore": True,
        "allow_respond": True,
        "allow_edit": True,
        "allow_accept": True,
        **config,
    }
    return Interrupt(
        "i1",
        [
            {"action_request": {"action": "issue_refund", "args": wanted(amount)}, "config": allowed}
            for amount in amounts
        ],
    )


NO_AND_YES = {"180.00": Verdict.REJECT, "129.00": Verdict.APPROVE}


def test_the_older_list_is_answered_in_its_own_words(here):
    said = here.decided(NO_AND_YES, answers, [legacy("180.00", "129.00")])
    assert said == {
        "i1": [
            {"type": "response", "args": "ops-west said no: Too much"},
            {"type": "accept", "args": None},
        ]
    }


def test_the_older_list_that_takes_no_words_is_told_to_ignore_the_call(here):
    said = here.decided(NO_AND_YES, answers, [legacy("180.00", "129.00", allow_respond=False)])
    assert [one["type"] for one in said["i1"]] == ["ignore", "accept"]


def test_two_equal_calls_of_one_turn_are_two_actions(here):
    parked = here.ask(answers, [batch("180.00", "180.00")], timeout=0)
    assert set(parked.actions.values()) == {action.id for action in here.waiting()}
    assert len(here.waiting()) == 2


def test_what_the_agent_says_of_a_call_is_its_note(here):
    (asked,) = batch("180.00").value["action_requests"]
    asked["description"] = f"Charged twice\n\nTool: issue_refund\nArgs: {asked['args']}"
    interrupt = batch("180.00")
    here.ask(answers, [Interrupt("i1", {**interrupt.value, "action_requests": [asked]})], timeout=0)
    assert [action.note for action in here.waiting()] == ["Charged twice"]


def test_what_is_not_settled_in_time_is_parked_and_the_same_calls_go_on_later(here):
    parked = here.ask(answers, [batch("180.00")], timeout=0)
    (action,) = here.waiting()
    assert parked == Parked({"i1/0": action.id})
    assert here.ask(answers, [batch("180.00")], timeout=0) == parked
    here.kernel.decide(here.kernel.reviewer(), action)
    here.kernel.run()
    assert here.ask(answers, [batch("180.00")]) == {"i1": {"decisions": [{"type": "approve"}]}}
    assert len(here.kernel.tools.calls) == 1


@pytest.mark.parametrize(
    ("interrupt", "problem"),
    [
        (Interrupt("i1", "How are you?"), "it does not ask about a tool call"),
        (Interrupt("i1", []), "it does not ask about a tool call"),
        (batch("180.00", allowed=("approve", "edit")), "issue_refund must allow to approve and to reject"),
        (legacy("180.00", allow_accept=False), "issue_refund must allow to approve and to reject"),
        (Interrupt("i1", {"type": "tool_approval", "name": "x"}), "missing required field"),
    ],
)
def test_an_interrupt_that_cannot_be_answered_is_refused_before_anything_is_proposed(
    here, interrupt, problem
):
    with pytest.raises(Refusal, match=problem) as refused:
        here.ask(answers, [batch("129.00", name="i0"), interrupt])
    assert refused.value.code is Code.BODY_INVALID
    assert here.waiting() == ()


def test_a_tool_that_nothing_stands_behind_is_refused_before_anything_is_proposed(here):
    state = State([Item("c1", "{}"), Item("c2", "{}", name="wipe")])
    with pytest.raises(Refusal) as refused:
        here.ask(decide, state)
    assert (refused.value.code, refused.value.params["tool"]) == (Code.TOOL_UNKNOWN, "wipe")
    assert (here.waiting(), state.said) == ((), {})


def test_two_calls_under_one_id_are_refused(here):
    with pytest.raises(Refusal) as refused:
        here.ask(decide, State([Item("c1", "{}"), Item("c1", "{}")]))
    assert refused.value.code is Code.BODY_INVALID


def test_arguments_that_nobody_can_read_are_told_to_the_model_alone(here):
    state = State([Item("c1", '{"a":1,"a":2}'), Item("c2", "[1]")])
    assert here.ask(decide, state) is None
    assert state.said["c1"].startswith("The arguments cannot be read: ")
    assert state.said["c2"] == "The arguments are not an object."


def test_a_refusal_of_one_call_is_raised_as_itself(here):
    with pytest.raises(Refusal) as refused:
        here.ask(decide, State([Item("c1", "{}", name="look_up")]))
    assert refused.value.code is Code.TOOL_UNKNOWN


def test_what_policy_denies_is_told_with_its_rule(here):
    state = State([Item("c1", json.dumps(wanted("249.00")))])
    here.ask(decide, state)
    assert state.said["c1"] == (
        "Denied by policy. 249.00 USD is over the 200.00 ceiling (issue_refund, line 5)."
    )


def test_a_call_that_the_agent_would_carry_out_itself_is_not_run_by_its_framework(here):
    state = State([Item("c1", json.dumps({"id": "pay_1", "fields": {"n": 1}}), name="reply")])
    here.ask(decide, state)
    assert state.said["c1"].endswith("which is not done here: nothing was done.")


def test_a_framework_that_is_missing_is_named(here, monkeypatch):
    monkeypatch.setitem(sys.modules, "pydantic_ai", None)
    with pytest.raises(ImportError, match=r"This needs Pydantic AI: pip install"):
        here.ask(results, SimpleNamespace(approvals=[]))
