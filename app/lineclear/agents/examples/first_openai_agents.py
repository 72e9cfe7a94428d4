"""A first call by an agent of the OpenAI Agents SDK. Its model is scripted: put your own in its place.

LINECLEAR_URL and LINECLEAR_TOKEN say where, and as whom.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import override

from agents import Agent, Model, ModelResponse, RunConfig, Runner, TResponseInputItem, Usage
from openai.types.responses import (
    ResponseFunctionToolCall,
    ResponseOutputMessage,
    ResponseOutputText,
    ResponseStreamEvent,
)

from lineclear.agents import AsyncClient
from lineclear.agents.calls import Tool
from lineclear.agents.hands import Hands
from lineclear.agents.openai_agents import decide
from lineclear.agents.openai_agents_tools import carried

CAPABILITY = "issue_refund"
TOOL = "payments.create_refund"
ARGUMENTS = {"payment_id": "pay_5013", "amount": "60.00", "currency": "USD", "reason": "duplicate"}
OWN = False  # whether the agent makes the call itself: a tool of a system of kind agent

TOOLS = {"first_call": Tool(CAPABILITY, TOOL, own=OWN)}
SCHEMA = {"type": "object", "properties": {name: {} for name in ARGUMENTS}}


async def first_call(**arguments: object) -> str:
    """Make the call where it is the agent's own; else the backend has made it, and this says so."""
    return f"Done with {arguments}"


class Scripted(Model):
    """Makes one call, says what it read, and needs no network."""

    @override
    async def get_response(
        self, system_instructions: str | None, input: str | list[TResponseInputItem], *_: object, **__: object
    ) -> ModelResponse:
        items = [] if isinstance(input, str) else input
        read = [str(item.get("output")) for item in items if item.get("type") == "function_call_output"]
        if not read:
            wanted = json.dumps(ARGUMENTS)
            call = ResponseFunctionToolCall(
                call_id="call_1", name="first_call", arguments=wanted, type="function_call"
            )
            return ModelResponse([call], Usage(), None)
        text = ResponseOutputText(text=read[0], type="output_text", annotations=[])
        said = ResponseOutputMessage(
            id="msg_1", content=[text], role="assistant", status="completed", type="message"
        )
        return ModelResponse([said], Usage(), None)

    @override
    def stream_response(self, *_: object, **__: object) -> AsyncIterator[ResponseStreamEvent]:
        raise NotImplementedError("this scripted model answers at once, and streams nothing")


async def main() -> None:
    quiet = RunConfig(tracing_disabled=True)  # else every run is sent to the framework's authors
    async with AsyncClient() as client, client.job("First call by the OpenAI Agents SDK") as job:
        hands = Hands(job, TOOLS, keeps=True)
        agent = Agent(name="first", model=Scripted(), tools=[carried(first_call, hands, schema=SCHEMA)])
        result = await Runner.run(agent, "Call", run_config=quiet)
        while result.interruptions:
            state = result.to_state()
            await decide(job, state, TOOLS, why="first call", hands=hands)
            result = await Runner.run(agent, state, run_config=quiet)
    print(result.final_output)  # noqa: T201  # the program's answer


if __name__ == "__main__":
    asyncio.run(main())
