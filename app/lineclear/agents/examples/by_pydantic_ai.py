"""Two refunds by a Pydantic AI agent: its deferred calls are answered by people. Needs no network.

`python -m lineclear.agents.examples.by_pydantic_ai`, with LINECLEAR_URL and an agent's LINECLEAR_TOKEN.
"""

from __future__ import annotations

import asyncio

from pydantic_ai import Agent, DeferredToolRequests, Tool
from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart, ToolCallPart, ToolReturnPart
from pydantic_ai.models.function import AgentInfo, FunctionModel

from lineclear.agents import AsyncClient
from lineclear.agents.calls import Parked
from lineclear.agents.examples.siblings import REFUNDS, TOOLS, issue_refund
from lineclear.agents.pydantic_ai import results


def script(messages: list[ModelMessage], _: AgentInfo) -> ModelResponse:
    """A model that asks for both refunds, and then says what it read of each."""
    parts = [part for message in messages for part in message.parts]
    read = {part.tool_call_id: str(part.content) for part in parts if isinstance(part, ToolReturnPart)}
    if read:
        return ModelResponse([TextPart("\n".join(read[name] for name in REFUNDS))])
    return ModelResponse([ToolCallPart("issue_refund", wanted, name) for name, wanted in REFUNDS.items()])


async def refund(client: AsyncClient) -> list[str]:
    """What the model reads of each refund, in the order of its calls."""
    agent = Agent(
        FunctionModel(script),
        output_type=[str, DeferredToolRequests],
        tools=[Tool(issue_refund, requires_approval=True)],
    )
    async with client.job("Refund two double charges") as job:
        result = await agent.run("Refund them")
        while isinstance(result.output, DeferredToolRequests):
            found = await results(job, result.output, TOOLS, why="duplicate charge")
            assert not isinstance(found, Parked), "there is no timeout"
            result = await agent.run(message_history=result.all_messages(), deferred_tool_results=found)
    return result.output.splitlines()


async def main() -> None:
    async with AsyncClient() as client:
        print(*await refund(client), sep="\n")  # noqa: T201  # the program's answer


if __name__ == "__main__":
    asyncio.run(main())
