"""Answers the deferred tool calls of a Pydantic AI agent that wait for an approval. Free of other frameworks.

```python
result = await agent.run("Refund it")
while isinstance(result.output, DeferredToolRequests):
    found = await results(job, result.output, TOOLS)
    ...  # `Parked` with a timeout only
    result = await agent.run(message_history=result.all_messages(), deferred_tool_results=found)
```
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from lineclear.agents.asking import Plain
from lineclear.agents.async_client import AsyncJob
from lineclear.agents.calls import Answer, Call, CarriedOut, Handed, Holder, Parked, Tools, answered

if TYPE_CHECKING:
    from pydantic_ai import DeferredToolRequests, DeferredToolResults, ToolApproved, ToolDenied
    from pydantic_ai.messages import ToolCallPart

_MISSING = 'This needs Pydantic AI: pip install "lineclear[pydantic-ai]".'


async def results(
    job: AsyncJob,
    requests: DeferredToolRequests,
    tools: Tools,
    *,
    timeout: float | None = None,  # noqa: ASYNC109  # `Parked`, not a cancelled task
    why: str = "",
    hands: Holder | None = None,
) -> DeferredToolResults | Parked:
    """The answer to each call that waits for an approval, by its id, once all of them are settled.

    A call's metadata, which its tool finds in its context, says under `lineclear` which action it was and
    what the other side calls the effect. Calls that wait for something else stay the caller's: see
    `requests.remaining`. Refusals are those of `calls.answered`; ImportError where Pydantic AI is missing.
    """
    try:
        from pydantic_ai import DeferredToolResults  # noqa: PLC0415  # optional, and takes seconds
    except ImportError as error:
        raise ImportError(_MISSING) from error
    calls = [_call(part) for part in requests.approvals]
    found = await answered(job, tools, calls, timeout=timeout, why=why, hands=hands)
    if isinstance(found, Parked):
        return found
    return DeferredToolResults(
        approvals={name: _approval(answer) for name, answer in found.items()},
        metadata={
            name: {"lineclear": _metadata(answer)}
            for name, answer in found.items()
            if isinstance(answer, CarriedOut | Handed)
        },
    )


def _metadata(answer: CarriedOut | Handed) -> dict[str, str]:
    reference = answer.reference if isinstance(answer, CarriedOut) else ""
    return {"action": answer.action, "reference": reference}


def _call(part: ToolCallPart) -> Call:
    arguments = cast("Mapping[str, Plain]", part.args_as_dict())
    return Call(part.tool_call_id, part.tool_name, arguments, run=part.tool_call_id)


def _approval(answer: Answer) -> bool | ToolApproved | ToolDenied:
    from pydantic_ai import ToolApproved, ToolDenied  # noqa: PLC0415  # as above

    match answer:
        case CarriedOut(edited=None) | Handed(edited=None):
            return True
        case CarriedOut(edited=edited) | Handed(edited=edited):
            return ToolApproved(override_args=dict(edited or {}))
        case _:
            return ToolDenied(answer.message)
