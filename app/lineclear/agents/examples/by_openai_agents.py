"""Two refunds by an agent of the OpenAI Agents SDK: people answer its interruptions. Needs no network.

`python -m lineclear.agents.examples.by_openai_agents`, with LINECLEAR_URL and an agent's LINECLEAR_TOKEN.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from typing import override

from agents import Agent, Model, ModelResponse, RunConfig, Runner, TResponseInputItem, Usage, function_tool
from openai.types.responses import (
    ResponseFunctionToolCall,
    ResponseOutputMessage,
    ResponseOutputText,
    ResponseStreamEvent,
)

from lineclear.agents import AsyncClient
from lineclear.agents.examples.siblings import REFUNDS, TOOLS, issue_refund
from lineclear.agents.openai_agents import decide


class Scripted(Model):
    """A model that asks for its calls at once, and then says what it read of each."""

    tool = "issue_refund"
    wanted: Mapping[str, dict[str, str]] = REFUNDS

    @override
    async def get_response(
        self, system_instructions: str | None, input: str | list[TResponseInputItem], *_: object, **__: object
    ) -> ModelResponse:
        read = _read(input)
        if read:
            return ModelResponse([_said("\n".join(read[name] for name in self.wanted))], Usage(), None)
        calls = [_asked(self.tool, name, wanted) for name, wanted in self.wanted.items()]
        return ModelResponse([*calls], Usage(), None)

    @override
    def stream_response(self, *_: object, **__: object) -> AsyncIterator[ResponseStreamEvent]:
        raise NotImplementedError("this scripted model answers at once, and streams nothing")


def _read(said: str | list[TResponseInputItem]) -> dict[str, str]:
    items = [] if isinstance(said, str) else said
    outputs = [item for item in items if item.get("type") == "function_call_output"]
    return {str(item.get("call_id")): str(item.get("output")) for item in outputs}


def _asked(tool: str, name: str, wanted: dict[str, str]) -> ResponseFunctionToolCall:
    return ResponseFunctionToolCall(
        call_id=name, name=tool, arguments=json.dumps(wanted), type="function_call"
    )


def _said(text: str) -> ResponseOutputMessage:
    content = ResponseOutputText(text=text, type="output_text", annotations=[])
    return ResponseOutputMessage(
        id="msg_1", content=[content], role="assistant", status="completed", type="message"
    )


async def refund(client: AsyncClient) -> list[str]:
    """What the model reads of each refund, in the order of its calls."""
    tool = function_tool(issue_refund, needs_approval=True)
    agent = Agent(name="refunds", model=Scripted(), tools=[tool])
    quiet = RunConfig(tracing_disabled=True)  # else every run is sent to the framework's authors
    async with client.job("Refund two double charges") as job:
        result = await Runner.run(agent, "Refund them", run_config=quiet)
        while result.interruptions:
            state = result.to_state()
            await decide(job, state, TOOLS, why="duplicate charge")
            result = await Runner.run(agent, state, run_config=quiet)
    return str(result.final_output).splitlines()


async def main() -> None:
    async with AsyncClient() as client:
        print(*await refund(client), sep="\n")  # noqa: T201  # the program's answer


if __name__ == "__main__":
    asyncio.run(main())
