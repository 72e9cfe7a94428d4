"""One tool call: proposed, waited for, consumed, carried out as cleared, reported. Free of MCP's wire.

The order is what protects: no server is called before the clearance is consumed, and no clearance is
consumed before the server was seen to be there with the definition that was reviewed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field

import anyio
from mcp import MCPError
from mcp.types import CallToolResult, TextContent

from lineclear.agents.async_client import AsyncClient, AsyncJob
from lineclear.agents.carrying import Order, ReportedAs
from lineclear.agents.gateway.config import BETWEEN, Config, Mapped, mapped
from lineclear.agents.gateway.leaving import Leaving
from lineclear.agents.gateway.pinning import Definition, Pins
from lineclear.agents.gateway.returning import Asked, Left
from lineclear.agents.gateway.upstreams import BrokenOffError, Upstream
from lineclear.agents.gateway.wording import ENDED, broken_off, edited, not_cleared, refused
from lineclear.agents.jobs import POLL
from lineclear.agents.outcomes import Cleared, Outcome, Waiting
from lineclear.application.executing.outcome import NOTE_LIMIT
from lineclear.application.ports import Clock, Ids
from lineclear.domain.events import Budget
from lineclear.domain.refusals import Code, Refusal

BUDGET = Budget(repeats=50)
"""As for other agents that carry out their calls themselves."""

_LAST_WORDS = 5.0
"""Seconds for what is still said of a call that its client broke off."""

type Progress = Callable[[int, str], Awaitable[None]]
"""Tells the client, by a number that rises, that its call is still waited for."""


class NotClearedError(Exception):
    """The call may not be made; says why, for the agent."""


@dataclass(slots=True)
class Jobs:
    """The gateway's jobs, one for each session of a client, else one for each day. For one event loop."""

    client: AsyncClient
    goal: str
    clock: Clock
    run: str
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    _open: dict[str, AsyncJob] = field(default_factory=dict)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def of(self, session: str) -> AsyncJob:
        """Raises Refusal."""
        name = session or self.clock.now().date().isoformat()
        async with self._lock:
            if name not in self._open:
                opened = self.client.job(self.goal, budget=BUDGET, key=f"{self.run}-{name}")
                self._open[name] = await self._stack.enter_async_context(opened)
            return self._open[name]

    async def close(self) -> None:
        """End them: what still waits is withdrawn, as nobody is left to carry it out."""
        with suppress(Refusal):
            for job in self._open.values():
                await job.end()
            await self._stack.aclose()


@dataclass(frozen=True, slots=True)
class Gateway:
    """Everything that a call needs. `poll` is for how many seconds one request to the backend waits."""

    config: Config
    pins: Pins
    upstreams: Mapping[str, Upstream]
    client: AsyncClient
    jobs: Jobs
    ids: Ids
    left: Left
    poll: float = POLL
    leaving: Leaving = field(default_factory=Leaving)

    async def tools(self) -> dict[str, Definition]:
        """The reviewed tools of every server that answers, by the name that clients call them by."""
        found: dict[str, Definition] = {}
        for server, upstream in self.upstreams.items():
            with suppress(Refusal):
                tools = self.pins.reviewed(server, await upstream.tools())
                found |= {f"{server}{BETWEEN}{name}": definition for name, definition in tools.items()}
        return found

    async def call(self, asked: Asked, progress: Progress) -> CallToolResult:
        """Carry out one call if it is cleared; MCPError where its server refused it. Raises ComeBackError."""
        sent_to = ""
        with self.leaving.call():
            try:
                tool = self._mapped(asked.name)
                await self._reviewed(tool)
                cleared = await self._cleared(tool, asked, progress)
                order = await self._consumed(cleared, tool)
            except NotClearedError as error:
                return failed(str(error))
            except Refusal as refusal:
                return failed(refused(refusal))
            sent_to = tool.server
            result = await self._carried_out(tool, order)
            if order.arguments != asked.arguments:
                result.content.append(TextContent(type="text", text=edited(order)))
            return result
        return failed(broken_off(sent_to, "the gateway was told to end") if sent_to else ENDED)

    async def approve(self, asked: Asked, progress: Progress) -> Order:
        """Clear a call that the client makes itself. Raises Refusal, NotClearedError and ComeBackError.

        Nobody reports what becomes of it: after the tool's `outcome_within` it is unknown.
        """
        entry = self.config.approve.get(asked.name)
        if entry is None:
            raise Refusal(Code.TOOL_UNMAPPED, tool=asked.name)
        tool = Mapped("", asked.name, entry.tool, entry.capability)
        with self.leaving.call():
            return await self._consumed(await self._cleared(tool, asked, progress), tool)
        raise NotClearedError(ENDED)

    def _mapped(self, shown: str) -> Mapped:
        server, _, name = shown.partition(BETWEEN)
        if server not in self.upstreams:
            raise Refusal(Code.TOOL_UNMAPPED, tool=shown)
        return mapped(self.config, server, name)

    async def _reviewed(self, tool: Mapped) -> None:
        if tool.server:
            offered = await self.upstreams[tool.server].tools()
            self.pins.check(tool.server, tool.name, offered.get(tool.name))

    async def _cleared(self, tool: Mapped, asked: Asked, progress: Progress) -> str:
        """The cleared action. Every call is one of its own, also where the same was asked before."""
        outcome = await self._proposed(tool, asked)
        job, beats, hold = await self.jobs.of(asked.session), 0, self.config.hold if asked.returns else 0.0
        poll = min(self.poll, hold or self.poll)
        try:
            while isinstance(outcome, Waiting):
                if hold and beats * poll >= hold:
                    raise self.left.leave(asked, outcome.action)
                beats += 1
                await progress(beats, f"Waiting for a person to decide on {tool.tool} ({outcome.action}).")
                outcome = await job.resume(outcome.action, timeout=poll)
        except (Refusal, asyncio.CancelledError):  # nobody waits for it any more
            await self._withdrawn(outcome.action)
            raise
        if isinstance(outcome, Cleared):
            return outcome.action
        raise NotClearedError(not_cleared(outcome))

    async def _proposed(self, tool: Mapped, asked: Asked) -> Outcome:
        """What became of it so far: of a new action, or of the one that the client comes back for."""
        job = await self.jobs.of(asked.session)
        if asked.state:
            action = self.left.take(asked)
            try:
                return await job.resume(action, timeout=0)
            except (Refusal, asyncio.CancelledError):
                await self._withdrawn(action)
                raise
        key = self.ids.new("call")
        return await job.propose(tool.capability, tool.tool, asked.arguments, timeout=0, key=key)

    async def _consumed(self, action: str, tool: Mapped) -> Order:
        """The order to carry out, once the server was seen again: much may have changed during the wait."""
        try:
            await self._reviewed(tool)
            return await self.client.consume(action)
        except (Refusal, asyncio.CancelledError):
            await self._withdrawn(action)
            raise

    async def _withdrawn(self, action: str) -> None:
        with anyio.move_on_after(_LAST_WORDS, shield=True), suppress(Refusal):
            await self.client.withdraw(action)

    async def _carried_out(self, tool: Mapped, order: Order) -> CallToolResult:
        try:
            result = await self.upstreams[tool.server].call(tool.name, order.arguments)
        except MCPError as error:
            await self._reported(order, "failed", f"the server refused it: {error.message}")
            raise
        except Refusal as refusal:
            await self._reported(order, "failed", refusal.sentence)
            return failed(refused(refusal))
        except BrokenOffError as error:
            await self._reported(order, "unknown", f"the server broke off: {error}")
            return failed(broken_off(tool.server, str(error)))
        except asyncio.CancelledError:
            with anyio.move_on_after(_LAST_WORDS, shield=True):
                await self._reported(order, "unknown", "the call was broken off")
            raise
        if result.is_error:
            await self._reported(order, "failed", _text(result))
        else:
            await self._reported(order, "succeeded", "")
        return result

    async def _reported(self, order: Order, word: ReportedAs, note: str) -> None:
        """Where the backend is away this is left out: it says unknown once the time for it is over."""
        with suppress(Refusal):
            await self.client.report(order.action, word, note[:NOTE_LIMIT])


def _text(result: CallToolResult) -> str:
    return "\n".join(block.text for block in result.content if isinstance(block, TextContent))


def failed(text: str) -> CallToolResult:
    return CallToolResult(content=[TextContent(type="text", text=text)], is_error=True)
