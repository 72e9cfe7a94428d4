"""A first call by a LangChain agent on LangGraph. Its model is scripted: put your own in its place.

LINECLEAR_URL and LINECLEAR_TOKEN say where, and as whom.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import override

from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware, InterruptOnConfig
from langchain_core.language_models import LanguageModelInput
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage, ToolCall, ToolMessage
from langchain_core.runnables import Runnable, RunnableConfig
from langchain_core.tools import StructuredTool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command

from lineclear.agents import AsyncClient
from lineclear.agents.calls import Parked, Tool
from lineclear.agents.hands import Hands
from lineclear.agents.langgraph import answers
from lineclear.agents.langgraph_tools import Carrying

CAPABILITY = "issue_refund"
TOOL = "payments.create_refund"
ARGUMENTS = {"payment_id": "pay_5013", "amount": "60.00", "currency": "USD", "reason": "duplicate"}
OWN = False  # whether the agent makes the call itself: a tool of a system of kind agent

TOOLS = {"first_call": Tool(CAPABILITY, TOOL, own=OWN)}
SCHEMA = {"type": "object", "properties": {name: {} for name in ARGUMENTS}}


class Scripted(GenericFakeChatModel):
    """Says what it was told to say, and needs no network."""

    @override
    def bind_tools(self, tools: Sequence[object], **_: object) -> Runnable[LanguageModelInput, AIMessage]:
        return self


async def first_call(**arguments: object) -> str:
    """Make the call where it is the agent's own; else the backend has made it, and this says so."""
    return f"Done with {arguments}"


async def main() -> None:
    call = ToolCall(name="first_call", args=ARGUMENTS, id="call_1")
    model = Scripted(messages=iter([AIMessage("Calling", tool_calls=[call]), AIMessage("Done")]))
    tool = StructuredTool.from_function(
        coroutine=first_call, name="first_call", description="The first call", args_schema=SCHEMA
    )
    review = InterruptOnConfig(allowed_decisions=["approve", "edit", "reject"])
    gate = HumanInTheLoopMiddleware(interrupt_on={"first_call": review})
    config = RunnableConfig(configurable={"thread_id": "first call"})
    async with AsyncClient() as client, client.job("First call by LangGraph") as job:
        hands = Hands(job, TOOLS, keeps=True)
        agent = create_agent(model, [tool], middleware=[gate, Carrying(hands)], checkpointer=InMemorySaver())
        state = await agent.ainvoke({"messages": [{"role": "user", "content": "Call"}]}, config)
        while waiting := state.get("__interrupt__"):
            found = await answers(job, waiting, TOOLS, why="first call", hands=hands)
            assert not isinstance(found, Parked), "there is no timeout"
            state = await agent.ainvoke(Command(resume=found), config)
    print(*(one.content for one in state["messages"] if isinstance(one, ToolMessage)))  # noqa: T201  # its answer


if __name__ == "__main__":
    asyncio.run(main())
