"""Answers the interrupts of LangGraph and LangChain agents that ask about tool calls. Imports neither.

Three forms are read: `HITLRequest` of HumanInTheLoopMiddleware, one answer for all its calls in their order;
`tool_approval`, one interrupt for each call; and the older list of `HumanInterrupt`.

```python
state = await agent.ainvoke(asked, config)
while waiting := state.get("__interrupt__"):
    state = await agent.ainvoke(Command(resume=await answers(job, waiting, TOOLS)), config)
```
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol, cast

import msgspec

from lineclear.agents.asking import Plain
from lineclear.agents.async_client import AsyncJob
from lineclear.agents.calls import (
    Answer,
    Call,
    CarriedOut,
    Handed,
    Holder,
    Parked,
    Tools,
    answered,
    instead,
    wanted,
)
from lineclear.domain.refusals import Code, Refusal

type Reply = Mapping[str, object]

_UNSAID: Final = "Tool execution requires approval"
"""What the middleware says where nobody gave a description; it repeats the call below that."""


class Interrupt(Protocol):
    """What is read of an interrupt; `id` is also its place in the answer."""

    @property
    def id(self) -> str: ...
    @property
    def value(self) -> object: ...


class _Wanted(msgspec.Struct, frozen=True):
    name: str
    args: dict[str, object]
    description: str = ""


class _Config(msgspec.Struct, frozen=True):
    action_name: str
    allowed_decisions: frozenset[str]


class _Batch(msgspec.Struct, frozen=True):
    action_requests: tuple[_Wanted, ...]
    review_configs: tuple[_Config, ...]


class _Single(msgspec.Struct, frozen=True):
    type: Literal["tool_approval"]
    tool_call_id: str
    name: str
    args: dict[str, object]
    description: str = ""


class _LegacyAction(msgspec.Struct, frozen=True):
    action: str
    args: dict[str, object]


class _LegacyConfig(msgspec.Struct, frozen=True):
    allow_ignore: bool
    allow_respond: bool
    allow_edit: bool
    allow_accept: bool


class _Legacy(msgspec.Struct, frozen=True):
    action_request: _LegacyAction
    config: _LegacyConfig
    description: str | None = None


@dataclass(frozen=True, slots=True)
class _Asked:
    """One call of an interrupt, and what may be answered to it."""

    call: Call
    allowed: frozenset[str]

    def decided(self, answer: Answer) -> Reply:
        """The answer as a decision of the middleware; an edit that it cannot take is a rejection."""
        match answer:
            case CarriedOut(edited=None) | Handed(edited=None):
                return {"type": "approve"}
            case CarriedOut(edited=edited) | Handed(edited=edited) if "edit" in self.allowed:
                return {"type": "edit", "edited_action": {"name": self.call.name, "args": edited}}
            case CarriedOut():
                return {"type": "reject", "message": instead(answer)}
            case Handed(edited=edited):
                return {"type": "reject", "message": wanted(edited or {})}
            case _:
                return {"type": "reject", "message": answer.message}

    def responded(self, answer: Answer) -> Reply:
        """The same as a `HumanResponse`."""
        match self.decided(answer):
            case {"type": "approve"}:
                return {"type": "accept", "args": None}
            case {"type": "edit", "edited_action": {"name": name, "args": arguments}}:
                return {"type": "edit", "args": {"action": name, "args": arguments}}
            case {"message": message} if "response" in self.allowed:
                return {"type": "response", "args": message}
            case _:
                return {"type": "ignore", "args": None}


@dataclass(frozen=True, slots=True)
class _Form:
    """An interrupt that was read."""

    kind: Literal["batch", "single", "legacy"]
    asked: tuple[_Asked, ...]

    def reply(self, answers: Mapping[str, Answer]) -> object:
        match self.kind:
            case "batch":
                return {"decisions": [one.decided(answers[one.call.id]) for one in self.asked]}
            case "single":
                (one,) = self.asked
                return one.decided(answers[one.call.id])
            case "legacy":
                return [one.responded(answers[one.call.id]) for one in self.asked]


async def answers(
    job: AsyncJob,
    interrupts: Sequence[Interrupt],
    tools: Tools,
    *,
    timeout: float | None = None,  # noqa: ASYNC109  # `Parked`, not a cancelled task
    why: str = "",
    hands: Holder | None = None,
) -> dict[str, object] | Parked:
    """What `Command(resume=…)` takes: each interrupt's answer under its id, once all calls are settled.

    Refusal(BODY_INVALID) for an interrupt that asks something else, or that cannot be told yes and no; then
    nothing was proposed. For the rest see `calls.answered`.
    """
    forms = {one.id: _read(one) for one in interrupts}
    calls = [asked.call for form in forms.values() for asked in form.asked]
    found = await answered(job, tools, calls, timeout=timeout, why=why, hands=hands)
    if isinstance(found, Parked):
        return found
    return {name: form.reply(found) for name, form in forms.items()}


def _read(interrupt: Interrupt) -> _Form:
    value = interrupt.value
    try:
        match value:
            case {"action_requests": _}:
                form = _batch(interrupt.id, msgspec.convert(value, _Batch))
            case {"type": "tool_approval"}:
                form = _single(interrupt, msgspec.convert(value, _Single))
            case [_, *_]:
                form = _legacy(interrupt.id, msgspec.convert(value, tuple[_Legacy, ...]))
            case _:
                raise _unread(interrupt, "it does not ask about a tool call")
    except msgspec.ValidationError as error:
        raise _unread(interrupt, str(error)) from None
    for asked in form.asked:
        if not _can_be_told(asked.allowed):
            raise _unread(interrupt, f"{asked.call.name} must allow to approve and to reject")
    return form


def _can_be_told(allowed: frozenset[str]) -> bool:
    return {"approve", "reject"} <= allowed


def _unread(interrupt: Interrupt, problem: str) -> Refusal:
    return Refusal(Code.BODY_INVALID, problem=f"interrupt {interrupt.id}: {problem}")


def _batch(name: str, batch: _Batch) -> _Form:
    """Its calls have no ids on the wire: the interrupt's own and the place in it, which never changes."""
    allowed = {config.action_name: config.allowed_decisions for config in batch.review_configs}
    return _Form(
        "batch",
        tuple(
            _Asked(
                _call(f"{name}/{place}", wanted.name, wanted.args, wanted.description),
                allowed.get(wanted.name, frozenset()),
            )
            for place, wanted in enumerate(batch.action_requests)
        ),
    )


def _single(interrupt: Interrupt, single: _Single) -> _Form:
    call = _call(
        f"{interrupt.id}/{single.tool_call_id}",
        single.name,
        single.args,
        single.description,
        single.tool_call_id,
    )
    return _Form("single", (_Asked(call, _taken(getattr(interrupt, "response_schema", None))),))


def _taken(schema: object) -> frozenset[str]:
    """Which decisions the JSON Schema of an answer takes; approve and reject where there is none."""
    if not isinstance(schema, dict):
        return frozenset({"approve", "reject"})
    branches: Iterable[object] = schema.get("oneOf") or schema.get("anyOf") or [schema]
    return frozenset(name for branch in branches for name in _names(branch, schema.get("$defs", {})))


def _names(branch: object, definitions: Mapping[str, object]) -> Iterable[str]:
    match branch:
        case {"$ref": str(place)}:
            return _names(definitions.get(place.rpartition("/")[2]), {})
        case {"properties": {"type": {"const": str(name)}}}:
            return [name]
        case {"properties": {"type": {"enum": [*names]}}}:
            return [name for name in names if isinstance(name, str)]
        case _:
            return []


def _legacy(name: str, waiting: tuple[_Legacy, ...]) -> _Form:
    return _Form(
        "legacy",
        tuple(
            _Asked(
                _call(
                    f"{name}/{place}",
                    one.action_request.action,
                    one.action_request.args,
                    one.description or "",
                ),
                _allowed(one.config),
            )
            for place, one in enumerate(waiting)
        ),
    )


def _allowed(config: _LegacyConfig) -> frozenset[str]:
    taken = {
        "approve": config.allow_accept,
        "edit": config.allow_edit,
        "reject": config.allow_ignore or config.allow_respond,
        "response": config.allow_respond,
    }
    return frozenset(name for name, is_taken in taken.items() if is_taken)


def _call(identifier: str, name: str, arguments: dict[str, object], description: str, run: str = "") -> Call:
    note = description.removesuffix(f"\n\nTool: {name}\nArgs: {arguments}")
    said = "" if note == _UNSAID else note
    return Call(identifier, name, cast("Mapping[str, Plain]", arguments), said, run)
