"""A first call by a Pydantic AI agent. Its model is scripted: put your own in its place.

LINECLEAR_URL and LINECLEAR_TOKEN say where, and as whom.
"""

from __future__ import annotations

import asyncio

from pydantic_ai import Agent, DeferredToolRequests
from pydantic_ai import Tool as AgentTool
from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart, ToolCallPart, ToolReturnPart
from pydantic_ai.models.function import AgentInfo, FunctionModel
from pydantic_ai.toolsets import FunctionToolset

from lineclear.agents import AsyncClient
from lineclear.agents.calls import Parked, Tool
from lineclear.agents.hands import Hands
from lineclear.agents.pydantic_ai import results
from lineclear.agents.pydantic_ai_tools import Carried

CAPABILITY = "issue_refund"
TOOL = "payments.create_refund"
ARGUMENTS = {"payment_id": "pay_5013", "amount": "60.00", "currency": "USD", "reason": "duplicate"}
OWN = False  # whether the agent makes the call itself: a tool of a system of kind agent

TOOLS = {"first_call": Tool(CAPABILITY, TOOL, own=OWN)}
SCHEMA = {"type": "object", "properties": {name: {} for name in ARGUMENTS}}


async def first_call(**arguments: object) -> str:
    """Make the call where it is the agent's own; else the backend has made it, and this says so."""
    return f"Done with {arguments}"


def scripted(messages: list[ModelMessage], _: AgentInfo) -> ModelResponse:
    """A model that makes one call, says what it read, and needs no network."""
    parts = [part for message in messages for part in message.parts]
    read = [str(part.content) for part in parts if isinstance(part, ToolReturnPart)]
    return ModelResponse([TextPart(read[0]) if read else ToolCallPart("first_call", ARGUMENTS, "call_1")])


async def main() -> None:
    tool = AgentTool.from_schema(first_call, "first_call", "The first call", SCHEMA)
    tool.requires_approval = True
    async with AsyncClient() as client, client.job("First call by Pydantic AI") as job:
        hands = Hands(job, TOOLS, keeps=True)
        agent = Agent(
            FunctionModel(scripted),
            output_type=[str, DeferredToolRequests],
            toolsets=[Carried(FunctionToolset([tool]), hands)],
        )
        result = await agent.run("Call")
        while isinstance(result.output, DeferredToolRequests):
            found = await results(job, result.output, TOOLS, why="first call", hands=hands)
            assert not isinstance(found, Parked), "there is no timeout"
            result = await agent.run(message_history=result.all_messages(), deferred_tool_results=found)
    print(result.output)  # noqa: T201  # the program's answer


if __name__ == "__main__":
    asyncio.run(main())
