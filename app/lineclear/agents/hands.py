"""An agent's own hands: what was cleared for it is begun, made and reported, once. Free of frameworks.

A framework runs a tool when it likes, so the tool itself is wrapped: `Hands.carry` uses the clearance right
before the tool runs, and says afterwards what became of it. Without a clearance of exactly these arguments
the tool does not run. With `keeps=True` what it was given and what it answered is kept as a step of the job.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

from lineclear.agents.asking import Plain, text_of
from lineclear.agents.async_client import AsyncJob
from lineclear.agents.calls import Tools
from lineclear.agents.carrying import Order
from lineclear.domain.refusals import Refusal
from lineclear.domain.strict_json import Json, StrictJsonError

_NOTE_LIMIT: Final = 2_000
_NONE: Final = (
    "Nothing was done: this call was not cleared in this process, or was begun before. "
    "Do not try again: a person can say what became of it."
)
_OTHER: Final = "Nothing was done: what was cleared is not what this call says."


def _itself(value: object) -> object:
    return value


class NotCarried(Exception):  # noqa: N818  # says what happened, as an outcome
    """The tool did not run; the message is what the model should read."""


class NotDone(Exception):  # noqa: N818  # as above
    """Raised by a tool that knows that it changed nothing: reported as failed and not as unknown."""


@dataclass(frozen=True, slots=True)
class _Held:
    """A clearance in hand, for one run of a tool; `call` is empty where the framework names no run."""

    action: str
    name: str
    call: str
    arguments: str


class Hands:
    """The clearances of one job that wait for their tools to run. For one event loop."""

    def __init__(self, job: AsyncJob, tools: Tools, *, keeps: bool = False) -> None:
        """With `keeps` each run of a tool is a step of the job with what went in and what came out.

        Reviewers and auditors read that, sealed beside the ledger and erased with the job's contents.
        """
        self._job = job
        self._tools = tools
        self._keeps = keeps
        self._held: list[_Held] = []

    def take(self, action: str, name: str, call: str, arguments: Mapping[str, Plain]) -> None:
        """Hold a clearance until its tool runs; the same one again is held once."""
        self._held = [one for one in self._held if one.action != action]
        self._held.append(_Held(action, name, call, _written(arguments)))

    async def carry[R](
        self,
        name: str,
        arguments: Mapping[str, Plain],
        run: Callable[[Mapping[str, Json]], Awaitable[R]],
        *,
        call: str = "",
        shown: Callable[[R], object] = _itself,
    ) -> R:
        """Run a tool of one's own under its clearance: begun before it, reported whichever way it ends.

        `run` gets what was cleared, which is the agent's call as a reviewer may have edited it; `shown` is
        what to keep of an answer, where that is kept. Raises NotCarried; what `run` raises, after it was
        reported as unknown (failed for NotDone); and Refusal where the outcome could not be reported.
        """
        order = await self._begun(self._found(name, arguments, call))
        try:
            result = await self._run(name, order, run, shown)
        except NotDone as error:
            await self._job.report(order.action, "failed", _note(error))
            raise
        except BaseException as error:
            await self._job.report(order.action, "unknown", _note(error))
            raise
        await self._job.report(order.action, "succeeded")
        return result

    async def _run[R](
        self,
        name: str,
        order: Order,
        run: Callable[[Mapping[str, Json]], Awaitable[R]],
        shown: Callable[[R], object],
    ) -> R:
        if not self._keeps:
            return await run(order.arguments)
        with self._job.measured(self._tools[name].tool, kind="execution") as span:
            span.took(dict(order.arguments))
            try:
                result = await run(order.arguments)
            except BaseException as error:
                span.gave(_note(error))
                raise
            span.gave(_readable(shown(result)))
            return result

    def owns(self, name: str) -> bool:
        """Whether a tool is the agent's own to carry out."""
        return name in self._tools and self._tools[name].own

    def _found(self, name: str, arguments: Mapping[str, Plain], call: str) -> _Held:
        """The clearance of this run, which nobody else finds afterwards: by its id, else by content."""
        for held in self._held:
            is_named = held.call == call if held.call and call else held.arguments == _written(arguments)
            if held.name == name and is_named:
                self._held.remove(held)
                return held
        raise NotCarried(_NONE)

    async def _begun(self, held: _Held) -> Order:
        try:
            order = await self._job.consume(held.action)
        except Refusal as refusal:
            raise NotCarried(f"Nothing was done. {refusal.sentence} {refusal.remedy}") from refusal
        if _written(order.arguments) != held.arguments:
            await self._job.report(order.action, "failed", _OTHER)
            raise NotCarried(_OTHER)
        return order


def _written(arguments: Mapping[str, Plain]) -> str:
    """Arguments in one form; what JSON cannot carry was never cleared."""
    try:
        return text_of(arguments).decode()
    except StrictJsonError:
        return ""


def _readable(value: object) -> str:
    """A tool's answer as text: JSON where it is that, what Python says of it otherwise."""
    if isinstance(value, str):
        return value
    try:
        return json.dumps(value, ensure_ascii=False, default=str)
    except (TypeError, ValueError, RecursionError):  # keys that are no text, and what holds itself
        return str(value)


def _note(error: BaseException) -> str:
    said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return said[:_NOTE_LIMIT]
