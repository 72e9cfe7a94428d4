"""A request through the gateway need not last as long as a person takes: its client comes back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, MCPError
from mcp.types import (
    METHOD_NOT_FOUND,
    CallToolResult,
    GetTaskRequest,
    GetTaskRequestParams,
    GetTaskResult,
    InputRequiredResult,
    TextContent,
)

from lineclear.agents.gateway.serving import opened, review, server_of
from lineclear.domain.vocabulary import ActionStatus
from support.aap import agents_workspace
from support.backend import running
from support.mcp_gateway import KEY, Place, place

MAIL = {"to": "p.lindqvist@example.com", "n": 7}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    with running(agents_workspace(tmp_path / "workspace"), workers=0) as here:
        made = place(here, tmp_path / "gateway")
        made.config.write_text(f"hold: 0.05\n{made.config.read_text()}")
        monkeypatch.setenv(KEY, "sesame")
        asyncio.run(review(made.config))
        yield made


def with_client[R](desk: Place, work: Callable[[Client], Awaitable[R]], **more: Any) -> R:
    async def run() -> R:
        gateway = opened(desk.config, url=desk.here.url, token=desk.token, poll=0.05)
        async with asyncio.timeout(60), gateway as one, Client(server_of(one), **more) as client:
            return await work(client)

    return asyncio.run(run())


def text(result: CallToolResult) -> str:
    return "\n".join(block.text for block in result.content if isinstance(block, TextContent))


async def left(client: Client, **more: Any) -> InputRequiredResult:
    """One request that was answered before anybody decided."""
    found = await client.session.call_tool("desk__send", MAIL, allow_input_required=True, **more)
    assert isinstance(found, InputRequiredResult)
    return found


def test_a_client_that_comes_back_waits_for_the_same_action_and_gets_its_result(desk):
    async def work(client: Client) -> CallToolResult | InputRequiredResult:
        first = await left(client)
        second = await left(client, request_state=first.request_state)
        assert second.request_state != first.request_state
        (waiting,) = (await asyncio.to_thread(desk.ops.client.actions)).items
        await asyncio.to_thread(desk.ops.decide, waiting)
        return await client.session.call_tool(
            "desk__send", MAIL, request_state=second.request_state, allow_input_required=True
        )

    result = with_client(desk, work)
    assert isinstance(result, CallToolResult)
    assert text(result) == "done: send"
    assert desk.calls() == [{"tool": "send", "arguments": MAIL}]


def test_the_official_client_does_so_by_itself(desk):
    with desk.deciding(desk.ops.decide):
        result = with_client(
            desk, lambda client: client.call_tool("desk__send", MAIL), input_required_max_rounds=10_000
        )
    assert text(result) == "done: send"
    assert len(desk.calls()) == 1


@pytest.mark.parametrize("arguments", [{"to": "eve@example.com", "n": 7}, MAIL])
def test_a_state_is_good_for_its_own_call_and_once(desk, arguments):
    """I1, I23: it leads to no other arguments, and to no second call."""

    async def work(client: Client) -> CallToolResult | InputRequiredResult:
        first = await left(client)
        if arguments == MAIL:
            await left(client, request_state=first.request_state)
        return await client.session.call_tool(
            "desk__send", arguments, request_state=first.request_state, allow_input_required=True
        )

    result = with_client(desk, work)
    assert isinstance(result, CallToolResult)
    assert result.is_error
    assert "A call that waits under this state" in text(result)
    assert desk.calls() == []
    assert desk.newest().status is ActionStatus.WITHDRAWN, "nobody came back before the gateway ended"


def test_a_client_of_an_earlier_revision_waits_in_one_request(desk):
    with desk.deciding(desk.ops.decide):
        result = with_client(desk, lambda client: client.call_tool("desk__send", MAIL), mode="legacy")
    assert text(result) == "done: send"


def test_tasks_are_not_offered_and_asking_for_one_is_refused(desk):
    async def work(client: Client) -> int:
        request = GetTaskRequest(params=GetTaskRequestParams(task_id="task_1"))
        with pytest.raises(MCPError) as refused:
            await client.session.send_request(request, GetTaskResult)
        return refused.value.code

    assert with_client(desk, work, mode="legacy") == METHOD_NOT_FOUND
