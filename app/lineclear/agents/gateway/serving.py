"""The gateway as an MCP server, over standard input and output or over HTTP on this machine alone.

`opened` puts it together; whoever comes by HTTP brings the token, from a program and not from a web page.
"""

from __future__ import annotations

import hmac
import json
import signal
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, cast

import anyio
import msgspec
import uvicorn
from mcp.server import Server, ServerRequestContext
from mcp.server.stdio import stdio_server
from mcp.server.transport_security import TransportSecuritySettings
from mcp.types import (
    CallToolRequestParams,
    CallToolResult,
    InputRequiredResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
    Tool,
)
from mcp.types.version import MODERN_PROTOCOL_VERSIONS
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from lineclear import __version__
from lineclear.agents.async_client import AsyncClient
from lineclear.agents.connecting import settings
from lineclear.agents.gateway.calls import Gateway, Jobs, NotClearedError, Progress
from lineclear.agents.gateway.config import read_config, unusable
from lineclear.agents.gateway.leaving import Inlet, Leaving
from lineclear.agents.gateway.pinning import Tools, differences, pins_file, read_pins, write_pins
from lineclear.agents.gateway.returning import Asked, ComeBackError, Left
from lineclear.agents.gateway.upstreams import connected
from lineclear.agents.gateway.wording import refused
from lineclear.agents.jobs import POLL
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.strict_json import Json

TOKEN: Final = "LINECLEAR_GATEWAY_TOKEN"  # noqa: S105  # the name of a variable, not a secret
APPROVE: Final = "approve"
_SESSION: Final = "mcp-session-id"
_LEAVING: Final = 1
"""Seconds that calls under way have once the gateway is told to end."""

type Context = ServerRequestContext[dict[str, object], Request]


class _Prompt(msgspec.Struct, frozen=True):
    """What a client's permission prompt asks; further members are its own."""

    tool_name: str
    input: dict[str, object]
    tool_use_id: str = ""


_APPROVE_TOOL: Final = Tool(
    name=APPROVE,
    description="Ask whether a tool call may be made. For the client's permission prompt.",
    input_schema={
        "type": "object",
        "required": ["tool_name", "input"],
        "properties": {
            "tool_name": {"type": "string"},
            "input": {"type": "object"},
            "tool_use_id": {"type": "string"},
        },
    },
)


@asynccontextmanager
async def opened(
    file: Path, *, url: str = "", token: str = "", poll: float = POLL, leaving: Leaving | None = None
) -> AsyncIterator[Gateway]:
    """The gateway of a document. Raises Refusal; ends its jobs and its servers at the end.

    The backend and the agent's token are given, else LINECLEAR_URL and LINECLEAR_TOKEN.
    """
    config = read_config(file)
    link = settings(url, token, patience=config.patience)
    pins = read_pins(pins_file(file))
    client = AsyncClient(link.url, link.token, patience=link.patience, clock=link.clock, ids=link.ids)
    jobs = Jobs(client, config.goal, link.clock, link.ids.new("gateway"))
    async with client, connected(config) as upstreams:
        left, leaving = Left(link.ids), leaving or Leaving()
        try:
            yield Gateway(config, pins, upstreams, client, jobs, link.ids, left, poll, leaving)
        finally:
            with anyio.CancelScope(shield=True):
                await jobs.close()


async def review(file: Path) -> list[str]:
    """Accept what the servers offer now; the lines say what changed. Raises Refusal, then nothing did."""
    config, pins = read_config(file), read_pins(pins_file(file))
    async with connected(config) as upstreams:
        found: Mapping[str, Tools] = {name: await one.tools() for name, one in upstreams.items()}
    lines = list(differences(pins, found))
    write_pins(pins_file(file), found)
    return lines


def server_of(gateway: Gateway) -> Server[dict[str, object]]:
    """The MCP server that a client talks to."""

    async def list_tools(_: Context, params: PaginatedRequestParams | None) -> ListToolsResult:
        del params
        tools = [
            Tool(name=name, description=one.description, input_schema=one.input_schema)
            for name, one in (await gateway.tools()).items()
        ]
        return ListToolsResult(tools=[*tools, *([_APPROVE_TOOL] if gateway.config.approve else [])])

    async def call_tool(
        context: Context, params: CallToolRequestParams
    ) -> CallToolResult | InputRequiredResult:
        progress = _progress(context)
        asked = Asked(
            params.name,
            params.arguments or {},
            context.request.headers.get(_SESSION, "") if context.request is not None else "",
            params.request_state or "",
            returns=context.protocol_version in MODERN_PROTOCOL_VERSIONS,
        )
        try:
            if params.name == APPROVE and gateway.config.approve:
                answer = await _approved(gateway, asked, progress)
                return CallToolResult(content=[TextContent(type="text", text=json.dumps(answer))])
            return await gateway.call(asked, progress)
        except ComeBackError as later:
            return InputRequiredResult(request_state=later.state)

    return Server("lineclear", version=__version__, on_list_tools=list_tools, on_call_tool=call_tool)


def _progress(context: Context) -> Progress:
    async def tell(count: int, message: str) -> None:
        await context.session.report_progress(count, None, message)

    return tell


async def _approved(gateway: Gateway, asked: Asked, progress: Progress) -> dict[str, object]:
    try:
        prompt = msgspec.convert(dict(asked.arguments), _Prompt)
        wanted = replace(asked, name=prompt.tool_name, arguments=cast("dict[str, Json]", prompt.input))
        order = await gateway.approve(wanted, progress)
    except msgspec.ValidationError as error:
        return _deny(refused(Refusal(Code.BODY_INVALID, problem=error)))
    except NotClearedError as error:
        return _deny(str(error))
    except Refusal as refusal:
        return _deny(refused(refusal))
    return {"behavior": "allow", "updatedInput": dict(order.arguments)}


def _deny(message: str) -> dict[str, object]:
    return {"behavior": "deny", "message": message}


async def serve_stdio(gateway: Gateway) -> None:
    """Serve the one client at standard input until it leaves, or the gateway is told to end."""
    server, inlet = server_of(gateway), Inlet()

    async def end() -> None:
        await gateway.leaving.over()
        inlet.end()

    try:
        async with (
            stdio_server(stdin=anyio.wrap_file(inlet.text)) as (read, write),
            anyio.create_task_group() as tasks,
        ):
            tasks.start_soon(end)
            try:
                await server.run(read, write, server.create_initialization_options())
            finally:
                inlet.end()
                tasks.cancel_scope.cancel()
    except* BrokenPipeError:
        pass  # the client went without a word


def listening(port: int) -> socket.socket:
    """A listener on loopback; Refusal(GATEWAY_UNUSABLE)."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        listener.close()
        raise unusable(f"port {port} cannot be served ({error.strerror})") from None
    return listener


@dataclass(frozen=True, slots=True)
class Door:
    """Lets through what names this host, comes from no web page and brings the token."""

    inside: ASGIApp
    port: int
    token: str = field(repr=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            refused_as = self._refused(Request(scope))
            if refused_as is not None:
                await refused_as(scope, receive, send)
                return
        await self.inside(scope, receive, send)

    def _refused(self, request: Request) -> Response | None:
        if request.headers.get("host", "") not in hosts(self.port):
            return Response("This host is not served here.", 421)
        if "origin" in request.headers:
            return Response("Web pages are not served here.", 403)
        given = request.headers.get("authorization", "").encode()
        if not hmac.compare_digest(given, f"Bearer {self.token}".encode()):
            return Response("A token is needed.", 401, {"WWW-Authenticate": "Bearer"})
        return None


def hosts(port: int) -> list[str]:
    return [f"127.0.0.1:{port}", f"localhost:{port}"]


class _HttpServer(uvicorn.Server):
    """Leaves by signal as by itself, so that the gateway's jobs are ended: the original raises it again."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        numbers = (signal.SIGINT, signal.SIGTERM)
        before = {number: signal.signal(number, self.handle_exit) for number in numbers}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


async def serve_http(
    gateway: Gateway, listener: socket.socket, token: str, *, started: Callable[[], None]
) -> None:
    """Serve clients at `/mcp` until SIGTERM or Ctrl+C."""
    port: int = listener.getsockname()[1]
    security = TransportSecuritySettings(allowed_hosts=hosts(port))
    app = server_of(gateway).streamable_http_app(transport_security=security)
    config = uvicorn.Config(
        Door(app, port, token),
        log_level="critical",
        access_log=False,
        lifespan="on",
        timeout_graceful_shutdown=_LEAVING,
    )
    listener.listen()  # whoever reads the address may come at once
    started()
    await _HttpServer(config).serve(sockets=[listener])
