"""A real MCP server, run as a program of its own: it writes down every call.

`python mcp_desk.py FOLDER` serves standard input and output; `python mcp_desk.py FOLDER PORT` serves HTTP on
loopback to who brings `Bearer sesame`, and prints its port (0 takes any). Calls go to FOLDER/calls.jsonl;
FOLDER/description.txt, where it exists, is what the tools say of themselves.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from pathlib import Path
from typing import Any

import anyio
import uvicorn
from mcp import MCPError
from mcp.server import Server
from mcp.server.stdio import stdio_server
from mcp.types import INVALID_PARAMS, CallToolResult, ListToolsResult, TextContent, Tool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

FOLDER = Path(sys.argv[1])
NAMES = ("send", "look_up", "forbidden", "crash", "bounce", "refuse", "hang")


async def list_tools(context: Any, params: Any) -> ListToolsResult:
    changed = FOLDER / "description.txt"
    says = changed.read_text() if changed.exists() else "Send a reply."
    schema = {"type": "object", "properties": {"to": {"type": "string"}}}
    return ListToolsResult(tools=[Tool(name=name, description=says, input_schema=schema) for name in NAMES])


async def call_tool(context: Any, params: Any) -> CallToolResult:
    with (FOLDER / "calls.jsonl").open("a") as calls:
        calls.write(json.dumps({"tool": params.name, "arguments": params.arguments}) + "\n")
    match params.name:
        case "crash":
            os._exit(3)
        case "hang":
            await anyio.sleep_forever()
            raise AssertionError("it never ends")
        case "refuse":
            raise MCPError(INVALID_PARAMS, "no such ticket", {"ticket": 7})
        case "bounce":
            return CallToolResult(content=[TextContent(type="text", text="mailbox full")], is_error=True)
        case _:
            key = os.environ.get("DESK_KEY", "")
            said = {"done": params.name, "key": key}
            return CallToolResult(
                content=[TextContent(type="text", text=f"done: {params.name}")], structured_content=said
            )


def guarded(inside: ASGIApp) -> ASGIApp:
    """Lets in who brings the credential."""

    async def door(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and Request(scope).headers.get("authorization") != "Bearer sesame":
            await Response("Who are you?", 401)(scope, receive, send)
        else:
            await inside(scope, receive, send)

    return door


async def over_http(server: Server[Any], port: int) -> None:
    listener = socket.create_server(("127.0.0.1", port))
    sys.stdout.write(f"{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    config = uvicorn.Config(guarded(server.streamable_http_app()), log_level="critical")
    await uvicorn.Server(config).serve(sockets=[listener])


async def main() -> None:
    server = Server("desk", on_list_tools=list_tools, on_call_tool=call_tool)
    if sys.argv[2:]:
        await over_http(server, int(sys.argv[2]))
        return
    async with stdio_server() as (read, write):
        await server.run(read, write, server.create_initialization_options())


if __name__ == "__main__":
    anyio.run(main)
