"""Tools of an OpenAI Agents SDK agent's own, run under their clearances. Imports that SDK; see `hands`.

```python
hands = Hands(job, TOOLS, keeps=True)
agent = Agent(name="desk", model=model, tools=[carried(send_reply, hands)])
await decide(job, state, TOOLS, hands=hands)
```

The SDK turns what a tool raises into words for its model before anybody outside sees it, so the function is
wrapped and not a finished tool. What is seen is what it returns or raises, and what it raises ends the run; a
time limit of the SDK leaves it unknown. What a tool goes on with in the background after it returned is not
seen.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from inspect import getdoc, isawaitable
from typing import Any

from agents import FunctionTool, function_tool
from agents.tool_context import ToolContext

from lineclear.agents.calls import written
from lineclear.agents.hands import Hands, NotCarried, NotDone
from lineclear.domain.strict_json import Json, StrictJsonError, parse


def carried(
    function: Callable[..., Any],
    hands: Hands,
    *,
    name: str = "",
    schema: Mapping[str, object] | None = None,
) -> FunctionTool:
    """The function as a tool that needs approval, and runs by `hands` with what was cleared.

    That may be what a reviewer made of it; the model then reads so before the tool's own answer. A JSON
    `schema` stands in for parameters that the function does not name. A tool that is not the agent's own runs
    as it is: see `calls`.
    """
    plain = _by_schema(function, name, schema) if schema is not None else _by_name(function, name)

    async def invoke(context: ToolContext[Any], text: str) -> object:
        if not hands.owns(plain.name):
            return await plain.on_invoke_tool(context, text)
        return await _invoked(plain, hands, context, text)

    return replace(plain, on_invoke_tool=invoke)


def _by_name(function: Callable[..., Any], name: str) -> FunctionTool:
    return function_tool(
        function, name_override=name or None, needs_approval=True, failure_error_function=None
    )


def _by_schema(function: Callable[..., Any], name: str, schema: Mapping[str, object]) -> FunctionTool:
    async def invoke(_: ToolContext[Any], text: str) -> object:
        result: object = function(**json.loads(text))
        return await result if isawaitable(result) else result

    return FunctionTool(
        name=name or function.__name__,
        description=getdoc(function) or "",
        params_json_schema=dict(schema),
        on_invoke_tool=invoke,
        strict_json_schema=False,
        needs_approval=True,
    )


async def _invoked(tool: FunctionTool, hands: Hands, context: ToolContext[Any], text: str) -> object:
    edited = ""

    async def run(arguments: Mapping[str, Json]) -> object:
        nonlocal edited
        if written(arguments) != _canonical(text):
            edited = f"A reviewer changed the arguments to {written(arguments)}, and so it was called. "
        result: object = await tool.on_invoke_tool(context, json.dumps(arguments))
        return result

    try:
        result = await hands.carry(tool.name, {}, run, call=context.tool_call_id)
    except NotCarried as refused:
        return str(refused)
    except NotDone as error:
        return f"{edited}Nothing was done: {error}"
    return f"{edited}{result}" if edited else result


def _canonical(text: str) -> str:
    try:
        arguments = parse((text or "{}").encode())
    except StrictJsonError:
        return ""
    return written(arguments) if isinstance(arguments, dict) else ""
