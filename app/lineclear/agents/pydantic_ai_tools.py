"""Tools of a Pydantic AI agent's own, run under their clearances. Imports Pydantic AI; see `hands`.

```python
hands = Hands(job, TOOLS, keeps=True)
tools = Carried(FunctionToolset([Tool(send_reply, requires_approval=True)]), hands)
result = await agent.run("Reply", toolsets=[tools])
found = await results(job, result.output, TOOLS, hands=hands)
```

What is seen is what the tool function returns or raises. `ModelRetry` is the tool's own word that nothing was
done and is reported as failed; a time limit of the framework as unknown. What a tool goes on with in the
background after it returned is not seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, override

from pydantic_ai import ModelRetry, RunContext
from pydantic_ai.messages import ToolReturn
from pydantic_ai.toolsets import AbstractToolset, ToolsetTool, WrapperToolset

from lineclear.agents.hands import Hands, NotCarried, NotDone
from lineclear.domain.strict_json import Json


def _returned(result: object) -> object:
    return result.return_value if isinstance(result, ToolReturn) else result


@dataclass(init=False)
class Carried[D](WrapperToolset[D]):
    """Lets tools of the agent's own run by `hands`; all others as they are."""

    hands: Hands

    def __init__(self, wrapped: AbstractToolset[D], hands: Hands) -> None:
        super().__init__(wrapped)
        self.hands = hands

    @override
    async def call_tool(
        self,
        name: str,
        tool_args: dict[str, Any],  # what the framework made of the arguments
        ctx: RunContext[D],
        tool: ToolsetTool[D],
    ) -> Any:
        if not self.hands.owns(name):
            return await super().call_tool(name, tool_args, ctx, tool)
        wrapped = super().call_tool

        async def run(_: Mapping[str, Json]) -> object:
            # The framework was given what was cleared, under this very id, and made values of it.
            try:
                return await wrapped(name, tool_args, ctx, tool)
            except ModelRetry as retry:
                raise NotDone(retry.message) from retry

        try:
            return await self.hands.carry(name, {}, run, call=ctx.tool_call_id or "-", shown=_returned)
        except NotCarried as refused:
            return str(refused)
        except NotDone as error:
            if isinstance(error.__cause__, ModelRetry):
                raise error.__cause__ from None
            raise
