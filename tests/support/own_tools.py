"""Agents of three frameworks with a tool of their own, each on its framework's test model."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from agents import Agent as OpenAiAgent
from agents import RunConfig, Runner
from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware, InterruptOnConfig
from langchain_core.messages import AIMessage, ToolCall, ToolMessage
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command
from pydantic_ai import Agent as PydanticAgent
from pydantic_ai import DeferredToolRequests, ModelRetry
from pydantic_ai import Tool as PydanticTool
from pydantic_ai.messages import (
    ModelMessage,
    ModelResponse,
    RetryPromptPart,
    TextPart,
    ToolCallPart,
    ToolReturnPart,
)
from pydantic_ai.models.function import AgentInfo, FunctionModel
from pydantic_ai.toolsets import FunctionToolset

from lineclear.agents import AsyncClient
from lineclear.agents.calls import Parked, Tool
from lineclear.agents.examples.by_langgraph import Scripted
from lineclear.agents.examples.by_openai_agents import Scripted as OpenAiScripted
from lineclear.agents.hands import Hands, NotDone
from lineclear.agents.langgraph import answers
from lineclear.agents.langgraph_tools import Carrying
from lineclear.agents.openai_agents import decide
from lineclear.agents.openai_agents_tools import carried
from lineclear.agents.pydantic_ai import results
from lineclear.agents.pydantic_ai_tools import Carried

TOOLS = {"send": Tool("agents_write", "desk.send", own=True)}
WANTED = {
    "call_1": {"to": "anna@example.com", "body": "On its way."},
    "call_2": {"to": "bea@example.com", "body": "On its way."},
}


class MailboxFullError(Exception):
    """What the other side says."""


async def nothing() -> None:
    """Between the decisions and the tools nothing happens."""


@dataclass
class Outbox:
    """What the tool did, and what happens between the decisions and the tool."""

    sent: list[tuple[str, str]] = field(default_factory=list)
    between: Callable[[], Awaitable[None]] = nothing
    fails: type[Exception] | None = None
    keeps: bool = False

    def send(self, to: str, body: str) -> str:
        """Send a mail."""
        if self.fails is not None:
            raise self.fails("mailbox full")
        self.sent.append((to, body))
        return f"Sent to {to}: {body}"


async def batched(client: AsyncClient, box: Outbox, *, per_call: bool = False) -> list[str]:
    calls = [ToolCall(name="send", args=wanted, id=name) for name, wanted in WANTED.items()]
    review = InterruptOnConfig(allowed_decisions=["approve", "edit", "reject"])
    mode = "per_call" if per_call else "batched"
    gate = HumanInTheLoopMiddleware(interrupt_on={"send": review}, interrupt_mode=mode)
    config = RunnableConfig(configurable={"thread_id": "mails"})
    async with client.job("Send two mails", key="mails") as job:
        hands = Hands(job, TOOLS, keeps=box.keeps)
        agent = create_agent(
            Scripted(messages=iter([AIMessage("Now", tool_calls=calls), AIMessage("Done")])),
            [box.send],
            middleware=[gate, Carrying(hands)],
            checkpointer=InMemorySaver(),
        )
        state = await agent.ainvoke({"messages": [{"role": "user", "content": "Send"}]}, config)
        while waiting := state.get("__interrupt__"):
            found = await answers(job, waiting, TOOLS, hands=hands)
            assert not isinstance(found, Parked)
            await box.between()
            state = await agent.ainvoke(Command(resume=found), config)
    said = {one.tool_call_id: str(one.content) for one in state["messages"] if isinstance(one, ToolMessage)}
    return [said[name] for name in WANTED]


async def per_call(client: AsyncClient, box: Outbox) -> list[str]:
    return await batched(client, box, per_call=True)


def _script(messages: list[ModelMessage], _: AgentInfo) -> ModelResponse:
    parts = [part for message in messages for part in message.parts]
    read = {
        part.tool_call_id: str(part.content)
        for part in parts
        if isinstance(part, ToolReturnPart | RetryPromptPart)
    }
    if read:
        return ModelResponse([TextPart(json.dumps([read[name] for name in WANTED]))])
    return ModelResponse([ToolCallPart("send", wanted, name) for name, wanted in WANTED.items()])


async def pydantic(client: AsyncClient, box: Outbox) -> list[str]:
    async with client.job("Send two mails", key="mails") as job:
        hands = Hands(job, TOOLS, keeps=box.keeps)
        tools = Carried(FunctionToolset([PydanticTool(box.send, requires_approval=True)]), hands)
        agent = PydanticAgent(
            FunctionModel(_script), output_type=[str, DeferredToolRequests], toolsets=[tools]
        )
        result = await agent.run("Send")
        while isinstance(result.output, DeferredToolRequests):
            found = await results(job, result.output, TOOLS, hands=hands)
            assert not isinstance(found, Parked)
            await box.between()
            result = await agent.run(message_history=result.all_messages(), deferred_tool_results=found)
    return json.loads(result.output)


class _Model(OpenAiScripted):
    """Asks for both mails, and says what it read."""

    tool = "send"
    wanted = WANTED


async def openai(client: AsyncClient, box: Outbox) -> list[str]:
    quiet = RunConfig(tracing_disabled=True)
    async with client.job("Send two mails", key="mails") as job:
        hands = Hands(job, TOOLS, keeps=box.keeps)
        agent = OpenAiAgent(name="desk", model=_Model(), tools=[carried(box.send, hands, name="send")])
        result = await Runner.run(agent, "Send", run_config=quiet)
        while result.interruptions:
            state = result.to_state()
            await decide(job, state, TOOLS, hands=hands)
            await box.between()
            result = await Runner.run(agent, state, run_config=quiet)
    return str(result.final_output).splitlines()


type Run = Callable[[AsyncClient, Outbox], Awaitable[list[str]]]
RUNS: dict[str, Run] = {
    "langgraph batched": batched,
    "langgraph per call": per_call,
    "pydantic ai": pydantic,
    "openai agents": openai,
}
__all__ = ["RUNS", "WANTED", "MailboxFullError", "ModelRetry", "NotDone", "Outbox", "Run"]
