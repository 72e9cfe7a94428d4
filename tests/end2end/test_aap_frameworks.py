"""Agents of three frameworks through the published adapters: asked, decided, run once, reported."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, override

import pytest
from agentapprovalprotocol import AsyncClient, AsyncGate, Gate

from lineclear.domain.actions import Action
from lineclear.domain.vocabulary import ActionStatus, Role, Tier, Verdict
from support.aap import REFUND, Desk, agents_workspace, client_of
from support.backend import running

# What the frameworks warn of is between them and their authors.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::PendingDeprecationWarning")


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Desk]:
    with running(agents_workspace(tmp_path / "workspace")) as backend:
        token = backend.token("refund-bot", Role.AGENT, owner="owner")
        desk = Desk(backend, client_of(backend, token), backend.hand(tier=Tier.THREE))
        yield desk


def decided[R](here: Desk, run: Callable[[], R], verdict: Verdict, reason: str = "") -> tuple[R, Action]:
    """What the run gives while somebody decides on the one call that it asks for."""
    with ThreadPoolExecutor(1) as pool:
        running_on = pool.submit(run)
        waiting = here.here.until(lambda: here.ops.client.actions().items or running_on.done())
        assert not running_on.done(), running_on.result()
        here.ops.decide(waiting[0], verdict, reason)
        result = running_on.result(60)
    return result, here.ops.client.detail(waiting[0].id).action


def by_langgraph(here: Desk, ran: list[str]) -> str:
    from agentapprovalprotocol.langgraph import ApprovalMiddleware
    from langchain.agents import create_agent
    from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
    from langchain_core.messages import AIMessage

    class Scripted(GenericFakeChatModel):
        @override
        def bind_tools(self, tools: Any, **_: Any) -> Any:
            return self

    def issue_refund(payment_id: str, amount: str, currency: str) -> str:
        """Pay money back."""
        ran.append(f"{payment_id} {amount} {currency}")
        return "refunded"

    asks = AIMessage("Charged twice", tool_calls=[{"name": "issue_refund", "args": REFUND, "id": "call_1"}])
    model = Scripted(messages=iter([asks, AIMessage("Done")]))
    agent = create_agent(model, [issue_refund], middleware=[ApprovalMiddleware(gate=Gate(here.client))])
    said = agent.invoke({"messages": [{"role": "user", "content": "Refund it"}]})
    return str(said["messages"][-2].content)


def by_pydantic_ai(here: Desk, ran: list[str]) -> str:
    from agentapprovalprotocol.pydantic_ai import ApprovalCapability
    from pydantic_ai import Agent
    from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart, ToolCallPart, ToolReturnPart
    from pydantic_ai.models.function import AgentInfo, FunctionModel

    def script(messages: list[ModelMessage], _: AgentInfo) -> ModelResponse:
        answers = [part for message in messages for part in message.parts if part.part_kind == "tool-return"]
        if answers:
            assert isinstance(answers[0], ToolReturnPart)
            return ModelResponse([TextPart(str(answers[0].content))])
        return ModelResponse([TextPart("Charged twice"), ToolCallPart("issue_refund", REFUND, "call_1")])

    def issue_refund(payment_id: str, amount: str, currency: str) -> str:
        """Pay money back."""
        ran.append(f"{payment_id} {amount} {currency}")
        return "refunded"

    async def run() -> str:
        client = AsyncClient(here.client.base_url, _token(here))
        capability = ApprovalCapability(gate=AsyncGate(client))
        agent = Agent(FunctionModel(script), tools=[issue_refund], capabilities=[capability])
        said = (await agent.run("Refund it")).output
        await client.aclose()
        return str(said)

    return asyncio.run(run())


def by_openai_agents(here: Desk, ran: list[str]) -> str:
    from agentapprovalprotocol.openai_agents import Approvals
    from agents import Agent, Model, ModelResponse, Runner, Usage, function_tool, set_tracing_disabled
    from openai.types.responses import ResponseFunctionToolCall, ResponseOutputMessage, ResponseOutputText

    set_tracing_disabled(disabled=True)

    def said(text: str) -> ResponseOutputMessage:
        content = ResponseOutputText(text=text, type="output_text", annotations=[])
        return ResponseOutputMessage(
            id="msg_1", content=[content], role="assistant", status="completed", type="message"
        )

    class Scripted(Model):
        @override
        async def get_response(self, system_instructions: Any, input: Any, *_: Any, **__: Any) -> Any:
            answers = [
                item
                for item in input
                if isinstance(item, dict) and item.get("type") == "function_call_output"
            ]
            if answers:
                return ModelResponse([said(str(answers[0]["output"]))], Usage(), None)
            asks = ResponseFunctionToolCall(
                call_id="call_1",
                name="issue_refund",
                arguments='{"payment_id":"pay_5002","amount":"60.00","currency":"USD"}',
                type="function_call",
            )
            return ModelResponse([said("Charged twice"), asks], Usage(), None)

        @override
        def stream_response(self, *_: Any, **__: Any) -> Any:
            raise NotImplementedError("this scripted model answers at once, and streams nothing")

    @function_tool
    def issue_refund(payment_id: str, amount: str, currency: str) -> str:
        """Pay money back."""
        ran.append(f"{payment_id} {amount} {currency}")
        return "refunded"

    async def run() -> str:
        client = AsyncClient(here.client.base_url, _token(here))
        agent = Agent(name="refunds", model=Scripted(), tools=[issue_refund])
        Approvals(gate=AsyncGate(client)).protect(agent)
        result = await Runner.run(agent, "Refund it")
        await client.aclose()
        return str(result.final_output)

    return asyncio.run(run())


def _token(here: Desk) -> str:
    return here.here.token("refund-bot", Role.AGENT, owner="owner")


FRAMEWORKS = [by_langgraph, by_pydantic_ai, by_openai_agents]


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_an_approved_call_of_a_framework_runs_once_and_is_reported(here: Desk, framework):
    ran: list[str] = []
    said, action = decided(here, lambda: framework(here, ran), Verdict.APPROVE)
    assert (said, ran) == ("refunded", ["pay_5002 60.00 USD"])
    assert (action.status, action.why) == (ActionStatus.SUCCEEDED, "Charged twice")


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_a_denied_call_of_a_framework_runs_never_and_its_model_learns_why(here: Desk, framework):
    ran: list[str] = []
    said, action = decided(here, lambda: framework(here, ran), Verdict.REJECT, "Use 30.00 instead")
    assert "Use 30.00 instead" in said
    assert (ran, action.status) == ([], ActionStatus.REJECTED)
