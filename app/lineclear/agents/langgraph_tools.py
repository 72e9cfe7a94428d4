"""Tools of a LangChain agent's own, run under their clearances. Imports LangChain; see `hands`.

```python
hands = Hands(job, TOOLS, keeps=True)
agent = create_agent(model, tools, middleware=[gate, Carrying(hands)], checkpointer=saver)
found = await answers(job, waiting, TOOLS, hands=hands)
```

What is seen is what the tool node returns: an error that it turned into a message (`status="error"`) is
reported as unknown. What a tool goes on with in the background after it returned is not seen. The node runs
again after a crash, and then finds no clearance: nothing runs twice.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import cast, override

from langchain.agents.middleware import AgentMiddleware
from langchain.agents.middleware.types import ToolCallRequest
from langchain_core.messages import ToolMessage
from langgraph.types import Command

from lineclear.agents.asking import Plain
from lineclear.agents.hands import Hands, NotCarried
from lineclear.domain.strict_json import Json

type _Result = ToolMessage | Command[object]


class Carrying(AgentMiddleware):
    """Lets tools of the agent's own run by `hands`; all others as they are. For agents that are awaited."""

    def __init__(self, hands: Hands) -> None:
        super().__init__()
        self._hands = hands

    @override
    async def awrap_tool_call(
        self, request: ToolCallRequest, handler: Callable[[ToolCallRequest], Awaitable[_Result]]
    ) -> _Result:
        call = request.tool_call
        name, identifier = call["name"], call["id"] or ""
        if not self._hands.owns(name):
            return await handler(request)

        async def run(arguments: Mapping[str, Json]) -> _Result:
            result = await handler(request.override(tool_call={**call, "args": dict(arguments)}))
            if isinstance(result, ToolMessage) and result.status == "error":
                raise _SaidError(result)
            return result

        try:
            return await self._hands.carry(
                name, cast("Mapping[str, Plain]", call["args"]), run, call=identifier, shown=_content
            )
        except NotCarried as refused:
            return ToolMessage(str(refused), tool_call_id=identifier, name=name, status="error")
        except _SaidError as error:
            return error.result

    @override
    def wrap_tool_call(
        self, request: ToolCallRequest, handler: Callable[[ToolCallRequest], _Result]
    ) -> _Result:
        """Where nobody awaits, a tool of the agent's own does not run."""
        name = request.tool_call["name"]
        if not self._hands.owns(name):
            return handler(request)
        said = "Nothing was done: this agent has to be awaited (ainvoke) for its tools to be cleared."
        return ToolMessage(said, tool_call_id=request.tool_call["id"] or "", name=name, status="error")


def _content(result: _Result) -> object:
    return result.content if isinstance(result, ToolMessage) else result


class _SaidError(Exception):
    """A tool node's word that its tool failed."""

    def __init__(self, result: ToolMessage) -> None:
        super().__init__(str(result.content))
        self.result = result
