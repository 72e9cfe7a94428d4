"""The servers behind the gateway: connected when first needed, and anew after they broke off. One event loop.

Each connection lives in a task of its own, since what its library opens must be closed where it was opened.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import anyio
import anyio.abc
import httpx2
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp.types import (
    CONNECTION_CLOSED,
    INVALID_PARAMS,
    METHOD_NOT_FOUND,
    CallToolResult,
    PaginatedRequestParams,
    Tool,
)

from lineclear.agents.gateway.config import Config, ServerEntry, filled
from lineclear.agents.gateway.pinning import Definition
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.strict_json import Json

ANSWERING = 30.0
"""Seconds in which a server says hello and lists its tools."""

_PAGES = 100
_HTTP_ERROR: Final = 400
_FAILURES = (OSError, MCPError, httpx2.HTTPError, RuntimeError, ValueError, ExceptionGroup)
_REFUSING: Final = frozenset({METHOD_NOT_FOUND, INVALID_PARAMS})


class BrokenOffError(Exception):
    """A call was sent, and nobody can say whether it took effect."""


@dataclass(slots=True)
class _Link:
    client: Client
    calls: int = 0
    over: anyio.Event = field(default_factory=anyio.Event)


class Upstream:
    """One server."""

    def __init__(self, name: str, entry: ServerEntry, tasks: anyio.abc.TaskGroup) -> None:
        """Refusal(GATEWAY_UNUSABLE) where a variable that it needs is not set."""
        self.name = name
        self._timeout = entry.timeout
        self._headers = filled(entry.headers)
        self._url = entry.url
        self._process = StdioServerParameters(
            command=entry.command, args=list(entry.args), env=filled(entry.env)
        )
        self._tasks = tasks
        self._lock = anyio.Lock()
        self._link: _Link | None = None
        self._answered = 0

    async def tools(self) -> dict[str, Definition]:
        """What it offers at this moment; Refusal(UPSTREAM_DOWN)."""
        async with self._lock:
            if self._link is not None and not self._link.over.is_set():
                try:
                    return await _listed(self._link)
                except _FAILURES as error:  # it may have been gone for long: nothing was asked of it yet
                    if self._link.calls and not _is_closed(error):
                        raise self._down(error) from error
                    self._link.over.set()
            self._answered = 0
            try:
                self._link = await self._tasks.start(self._hold)
                assert self._link is not None, "a connection that began is handed over"
                return await _listed(self._link)
            except _FAILURES as error:
                raise self._down(error) from error

    async def call(self, name: str, arguments: Mapping[str, Json]) -> CallToolResult:
        """Call a tool, once. MCPError where the server refused it; BrokenOffError where nobody can say."""
        link = self._link
        if link is None or link.over.is_set():
            raise Refusal(Code.UPSTREAM_DOWN, server=self.name, problem="it is gone")
        link.calls += 1
        try:
            return await link.client.call_tool(name, dict(arguments), self._timeout)
        except _FAILURES as error:
            if isinstance(error, MCPError) and error.code in _REFUSING:
                raise
            raise BrokenOffError(_words(error)) from error
        finally:
            link.calls -= 1

    def _down(self, error: Exception) -> Refusal:
        """In the words of its library, which keeps to itself what HTTP said."""
        said = f" (HTTP {self._answered})" if self._answered >= _HTTP_ERROR else ""
        return Refusal(Code.UPSTREAM_DOWN, server=self.name, problem=f"{_words(error)}{said}")

    async def _note(self, response: httpx2.Response) -> None:
        self._answered = response.status_code

    async def _hold(self, *, task_status: anyio.abc.TaskStatus[_Link]) -> None:
        """Keep one connection until it is over; what fails before it stands goes to who asked for it."""
        link = None
        try:
            async with AsyncExitStack() as stack:
                link = _Link(await stack.enter_async_context(await self._client(stack)))
                task_status.started(link)
                await link.over.wait()
        except _FAILURES:
            if link is None:
                raise
        finally:
            if link is not None:
                link.over.set()

    async def _client(self, stack: AsyncExitStack) -> Client:
        if not self._url:
            return Client(self._process, read_timeout_seconds=ANSWERING, cache=None)
        timeout = httpx2.Timeout(ANSWERING, read=self._timeout)
        http = await stack.enter_async_context(
            httpx2.AsyncClient(headers=self._headers, timeout=timeout, event_hooks={"response": [self._note]})
        )
        transport = streamable_http_client(self._url, http_client=http)
        return Client(transport, read_timeout_seconds=ANSWERING, cache=None)


async def _listed(link: _Link) -> dict[str, Definition]:
    """Every page of the list, from the server itself and no cache."""
    found: dict[str, Definition] = {}
    cursor: str | None = None
    for _ in range(_PAGES):
        page = await link.client.session.list_tools(params=PaginatedRequestParams(cursor=cursor))
        found |= {tool.name: _definition(tool) for tool in page.tools}
        cursor = page.next_cursor
        if cursor is None:
            return found
    raise RuntimeError("its list of tools does not end")


def _definition(tool: Tool) -> Definition:
    return Definition(tool.description or "", tool.input_schema)


def _is_closed(error: Exception) -> bool:
    return isinstance(error, MCPError) and error.code == CONNECTION_CLOSED


def _words(error: BaseException) -> str:
    """The innermost of what went wrong, short."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return f"{str(error).strip() or type(error).__name__:.300}"


@asynccontextmanager
async def connected(config: Config) -> AsyncIterator[dict[str, Upstream]]:
    """The document's servers for the length of a block. A lone error, such as a Refusal, comes out bare."""
    try:
        async with anyio.create_task_group() as tasks:
            yield {name: Upstream(name, entry, tasks) for name, entry in config.servers.items()}
            tasks.cancel_scope.cancel()
    except BaseExceptionGroup as group:
        if len(group.exceptions) == 1:
            raise group.exceptions[0] from None
        raise
