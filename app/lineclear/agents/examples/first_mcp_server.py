"""An MCP server with one tool, to see a first call go through the gateway. On standard input and output.

Put your own server in its place: nothing in it knows of Lineclear.
"""

from __future__ import annotations

import json
from typing import Any

import anyio
from mcp.server import Server, ServerRequestContext
from mcp.server.stdio import stdio_server
from mcp.types import (
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
    Tool,
)

FIRST_CALL = Tool(name="first_call", description="Make the first call.", input_schema={"type": "object"})


async def list_tools(_: ServerRequestContext[Any], __: PaginatedRequestParams | None) -> ListToolsResult:
    return ListToolsResult(tools=[FIRST_CALL])


async def call_tool(_: ServerRequestContext[Any], params: CallToolRequestParams) -> CallToolResult:
    said = f"Done with {json.dumps(params.arguments)}"
    return CallToolResult(content=[TextContent(text=said)])


async def main() -> None:
    server = Server("first", on_list_tools=list_tools, on_call_tool=call_tool)
    async with stdio_server() as (reading, writing):
        await server.run(reading, writing, server.create_initialization_options())


if __name__ == "__main__":
    anyio.run(main)
