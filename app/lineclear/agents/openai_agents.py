"""Answers the interruptions of a run of the OpenAI Agents SDK. Imports nothing of it.

```python
result = await Runner.run(agent, "Refund it")
while result.interruptions:
    state = result.to_state()
    await decide(job, state, TOOLS)
    result = await Runner.run(agent, state)
```

This framework takes no edits: a call that the backend carried out as a reviewer edited it is told to its
model as a rejection that names the arguments. A tool of the agent's own gets them: `openai_agents_tools`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, cast

from lineclear.agents.asking import Plain
from lineclear.agents.async_client import AsyncJob
from lineclear.agents.calls import Call, CarriedOut, Handed, Holder, Parked, Tools, answered, instead
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.strict_json import StrictJsonError, parse


class Item(Protocol):
    """What is read of a `ToolApprovalItem`."""

    @property
    def name(self) -> str | None: ...
    @property
    def call_id(self) -> str | None: ...
    @property
    def arguments(self) -> str | None: ...


class Interrupted[I: Item](Protocol):
    """What is used of a `RunState`."""

    def get_interruptions(self) -> Sequence[I]: ...
    def approve(self, approval_item: I) -> None: ...
    def reject(self, approval_item: I, *, rejection_message: str | None = None) -> None: ...


async def decide[I: Item](
    job: AsyncJob,
    state: Interrupted[I],
    tools: Tools,
    *,
    timeout: float | None = None,  # noqa: ASYNC109  # `Parked`, not a cancelled task
    why: str = "",
    hands: Holder | None = None,
) -> Parked | None:
    """Approve or reject each interruption of the state by its call's id, once all of them are settled.

    A call whose arguments are no JSON object is rejected without asking anybody. Refusal(BODY_INVALID) for
    an interruption without a name or an id; for the rest see `calls.answered`.
    """
    items = _items(state.get_interruptions())
    calls = {name: _call(name, item) for name, item in items.items()}
    wanted = [call for call in calls.values() if isinstance(call, Call)]
    found = await answered(job, tools, wanted, timeout=timeout, why=why, hands=hands)
    if isinstance(found, Parked):
        return found
    for name, item in items.items():
        match calls[name], found.get(name):
            case str(problem), _:
                state.reject(item, rejection_message=problem)
            case _, CarriedOut(edited=None) | Handed():  # an edit of one's own reaches the tool by `Hands`
                state.approve(item)
            case _, CarriedOut() as carried:
                state.reject(item, rejection_message=instead(carried))
            case _, turned_down if turned_down is not None:
                state.reject(item, rejection_message=turned_down.message)
    return None


def _items[I: Item](interruptions: Sequence[I]) -> dict[str, I]:
    items: dict[str, I] = {}
    for item in interruptions:
        if not item.call_id or not item.name:
            raise Refusal(Code.BODY_INVALID, problem="an interruption has no call id or no tool name")
        if item.call_id in items:
            raise Refusal(Code.BODY_INVALID, problem=f"two tool calls have the id {item.call_id}")
        items[item.call_id] = item
    return items


def _call(identifier: str, item: Item) -> Call | str:
    """The call, or what is wrong with its arguments."""
    try:
        arguments = parse((item.arguments or "{}").encode())
    except StrictJsonError as error:
        return f"The arguments cannot be read: {error}."
    if not isinstance(arguments, dict):
        return "The arguments are not an object."
    return Call(identifier, item.name or "", cast("dict[str, Plain]", arguments), run=identifier)
