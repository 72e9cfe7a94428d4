"""Two refunds by a LangChain agent on LangGraph: its interrupts are answered by people. Needs no network.

`python -m lineclear.agents.examples.by_langgraph`, with LINECLEAR_URL and an agent's LINECLEAR_TOKEN.
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
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command

from lineclear.agents import AsyncClient
from lineclear.agents.calls import Parked
from lineclear.agents.examples.siblings import REFUNDS, TOOLS, issue_refund
from lineclear.agents.langgraph import answers


class Scripted(GenericFakeChatModel):
    """A model that says what it was told to say."""

    @override
    def bind_tools(self, tools: Sequence[object], **_: object) -> Runnable[LanguageModelInput, AIMessage]:
        return self


async def refund(client: AsyncClient, *, per_call: bool = False) -> list[str]:
    """What the model reads of each refund, in the order of its calls."""
    calls = [ToolCall(name="issue_refund", args=wanted, id=name) for name, wanted in REFUNDS.items()]
    script = [AIMessage("Charged twice", tool_calls=calls), AIMessage("Done")]
    review = InterruptOnConfig(allowed_decisions=["approve", "edit", "reject"])
    gate = HumanInTheLoopMiddleware(
        interrupt_on={"issue_refund": review}, interrupt_mode="per_call" if per_call else "batched"
    )
    agent = create_agent(
        Scripted(messages=iter(script)), [issue_refund], middleware=[gate], checkpointer=InMemorySaver()
    )
    config = RunnableConfig(configurable={"thread_id": "two double charges"})
    async with client.job("Refund two double charges") as job:
        state = await agent.ainvoke({"messages": [{"role": "user", "content": "Refund them"}]}, config)
        while waiting := state.get("__interrupt__"):
            found = await answers(job, waiting, TOOLS, why="duplicate charge")
            assert not isinstance(found, Parked), "there is no timeout"
            state = await agent.ainvoke(Command(resume=found), config)
    said = {one.tool_call_id: str(one.content) for one in state["messages"] if isinstance(one, ToolMessage)}
    return [said[name] for name in REFUNDS]


async def main() -> None:
    async with AsyncClient() as client:
        print(*await refund(client), sep="\n")  # noqa: T201  # the program's answer


if __name__ == "__main__":
    asyncio.run(main())
