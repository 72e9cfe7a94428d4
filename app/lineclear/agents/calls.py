"""Tool calls of a framework's agent, each an action of its own under the call's own id. Free of frameworks.

Mostly the backend carries the calls out: what a framework then runs under the tool's name in the agent's
process must change nothing, and says what its model should read. A tool that is the agent's own is handed to
`Hands`, which lets it run under its clearance.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Protocol

from lineclear.agents.asking import Plain, key_of, text_of
from lineclear.agents.async_client import AsyncJob
from lineclear.agents.jobs import Said
from lineclear.agents.outcomes import (
    Agreed,
    Begun,
    Cleared,
    Denied,
    Expired,
    Failed,
    Outcome,
    Rejected,
    Stopped,
    Succeeded,
    Undone,
    Unknown,
    Waiting,
    Withdrawn,
)
from lineclear.domain.refusals import Code, Refusal


@dataclass(frozen=True, slots=True)
class Tool:
    """What stands behind a tool of an agent: a tool of the workspace, and the capability that lists it.

    It is the agent's `own` where the workspace declares it in a system of kind agent: then the function of
    that name makes the change, inside of `Hands.carry` and nowhere else. Else the backend has made it.
    """

    capability: str
    tool: str
    own: bool = False


type Tools = Mapping[str, Tool]


@dataclass(frozen=True, slots=True)
class Call:
    """One call as the model wants it. `id` is the framework's own and names the call within the job.

    `run` is the id under which the framework will run the tool, where it says so beforehand.
    """

    id: str
    name: str
    arguments: Mapping[str, Plain]
    note: str = ""
    run: str = ""


@dataclass(frozen=True, slots=True)
class CarriedOut:
    """It took effect, under the other side's name `reference`; `edited` holds what a reviewer made of it."""

    action: str
    reference: str
    edited: Mapping[str, Plain] | None = None


@dataclass(frozen=True, slots=True)
class Handed:
    """It is the agent's own to carry out, and `Hands` hold its clearance: its tool may run, by them."""

    action: str
    edited: Mapping[str, Plain] | None = None


@dataclass(frozen=True, slots=True)
class TurnedDown:
    """Nothing is to be done; `message` is what the model should read."""

    message: str


@dataclass(frozen=True, slots=True)
class Parked:
    """Not all is settled: the `actions` that still wait, by call id. Ask again with the same calls."""

    actions: Mapping[str, str]


class Holder(Protocol):
    """Who holds clearances until their tools run: see `hands`."""

    def take(self, action: str, name: str, call: str, arguments: Mapping[str, Plain]) -> None: ...


type Answer = CarriedOut | Handed | TurnedDown


async def answered(
    job: AsyncJob,
    tools: Tools,
    calls: Iterable[Call],
    *,
    timeout: float | None,  # noqa: ASYNC109  # an answer, not a cancelled task
    why: str = "",
    hands: Holder | None = None,
) -> dict[str, Answer] | Parked:
    """Propose all calls at once and wait until all are settled; the answers by call id.

    The same call again, after a restart as well, is the same action. Arguments that the tool's contract does
    not take are an answer for the model. Any other Refusal is raised: TOOL_UNKNOWN for a name that `tools`
    lacks, and BODY_INVALID for an id that comes twice, before anything is proposed. Without `hands` nothing
    is carried out here: what was cleared for the agent itself is then turned down.
    """
    asked = _Asked(job, timeout, why, hands)
    wanted = _checked(tools, calls)
    try:
        async with asyncio.TaskGroup() as group:
            tasks = {call.id: group.create_task(asked.answer(tools[call.name], call)) for call in wanted}
    except* Refusal as refused:
        raise _first(refused) from None
    found = {name: task.result() for name, task in tasks.items()}
    parked = {name: one.action for name, one in found.items() if isinstance(one, Waiting)}
    if parked:
        return Parked(parked)
    return {name: one for name, one in found.items() if not isinstance(one, Waiting)}


def _checked(tools: Tools, calls: Iterable[Call]) -> list[Call]:
    seen: dict[str, Call] = {}
    for call in calls:
        if call.name not in tools:
            raise Refusal(Code.TOOL_UNKNOWN, tool=call.name)
        if call.id in seen:
            raise Refusal(Code.BODY_INVALID, problem=f"two tool calls have the id {call.id}")
        seen[call.id] = call
    return list(seen.values())


def _first(group: BaseExceptionGroup[Refusal]) -> Refusal:
    one: BaseException = group
    while isinstance(one, BaseExceptionGroup):
        one = one.exceptions[0]
    assert isinstance(one, Refusal), "the group was split by this type"
    return one


@dataclass(frozen=True, slots=True)
class _Asked:
    """What all calls of one turn share."""

    job: AsyncJob
    timeout: float | None
    why: str
    hands: Holder | None

    async def answer(self, tool: Tool, call: Call) -> Answer | Waiting:
        key = key_of("call", self.job.id.encode(), call.id.encode())
        said = Said(note=call.note, why=self.why)
        try:
            outcome = await self.job.propose(
                tool.capability, tool.tool, call.arguments, key=key, timeout=self.timeout, **said
            )
        except Refusal as refusal:
            if refusal.code is not Code.ARGUMENTS_INVALID:
                raise
            return TurnedDown(refusal.sentence)
        match outcome:
            case Waiting():
                return outcome
            case Succeeded(action, reference, revision, own=False) if not tool.own:
                return CarriedOut(action, reference, await self._edited(call, action, revision))
            case Cleared(action, _, revision) if tool.own and self.hands is not None:
                edited = await self._edited(call, action, revision)
                self.hands.take(action, call.name, call.run, call.arguments if edited is None else edited)
                return Handed(action, edited)
            case Begun(action) if self.hands is not None:
                await self.job.report(action, "unknown", _BROKEN_OFF)
        return TurnedDown(told(outcome))

    async def _edited(self, call: Call, action: str, revision: int) -> Mapping[str, Plain] | None:
        """What stands in place of what was proposed; a new revision may also be of the target alone."""
        if revision == 1:
            return None
        arguments = await self.job.arguments(action)
        return None if written(arguments) == written(call.arguments) else arguments


_BROKEN_OFF: Final = "the agent began, and ended before it could say what became of it"


def written(arguments: Mapping[str, Plain]) -> str:
    """Arguments as a model reads them, in one form."""
    return text_of(arguments).decode()


def instead(carried: CarriedOut) -> str:
    """For a framework that cannot take an edit: what happened in place of the call, as its rejection."""
    return (
        "A reviewer changed the arguments, and the call was carried out with "
        f"{written(carried.edited or {})} ({carried.reference}). Do not make it again."
    )


def wanted(arguments: Mapping[str, Plain]) -> str:
    """For a framework that cannot take an edit of a call of the agent's own: what to call instead."""
    return f"Not like this. A reviewer allows it with {written(arguments)}: call it so."


def told(outcome: Outcome) -> str:
    """Why a call was not carried out, as a model should read it. For outcomes that are such."""
    match outcome:
        case Denied(reasons=reasons):
            return "Denied by policy. " + " ".join(reasons)
        case Rejected(by=by, reason=reason):
            return f"{by} said no: {reason}" if reason else f"{by} said no."
        case Stopped(by=by):
            return f"{by} stopped the job. Take no further step."
        case Failed(detail=detail):
            return f"The other side refused, and nothing was changed: {detail}"
        case Succeeded(reference=reference):
            return f"It was carried out before{f' ({reference})' if reference else ''}. Do not make it again."
        case _:
            return _PLAIN[type(outcome)]


_PLAIN: Final[Mapping[type[Outcome], str]] = MappingProxyType(
    {
        Unknown: "Nobody can say yet whether it took effect. Do not try again: a person will find out.",
        Expired: "Nobody decided in time, and nothing was done.",
        Agreed: "A person agreed, but this is a draft: nothing was done.",
        Cleared: "It was cleared for the agent to carry out, which is not done here: nothing was done.",
        Begun: "It was begun, and nobody can say how it ended. Do not try again: a person will find out.",
        Undone: "It took effect, and was then taken back.",
        Withdrawn: "It was withdrawn, and nothing was done.",
    }
)
