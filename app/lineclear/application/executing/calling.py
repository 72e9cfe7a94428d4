"""The call to the other side, between two transactions: what was sent, what came of it."""

from __future__ import annotations

from dataclasses import dataclass

from lineclear.application.judging.returning import LAST_REVISION, Returned
from lineclear.application.ports import Permit, Task, ToolFailed, ToolOutcomeUnknown
from lineclear.application.services import Services
from lineclear.domain.actions import Action, Run
from lineclear.domain.effects import Effect, Preview
from lineclear.domain.payloads import Change, Undoing
from lineclear.domain.strict_json import Json
from lineclear.domain.vocabulary import EffectClass


@dataclass(frozen=True, slots=True)
class Start:
    """A committed start: all that the call needs. With `asks` nothing is sent, only asked."""

    task: Task
    action: Action
    run: Run
    payload: Change | Undoing
    receipt: Json
    effect: EffectClass
    asks: bool


@dataclass(frozen=True, slots=True)
class Done:
    """It took effect."""

    effect: Effect


@dataclass(frozen=True, slots=True)
class Moved:
    """Nothing was changed, because the target is no longer as it was reviewed."""

    returned: Returned


@dataclass(frozen=True, slots=True)
class Failed:
    """Nothing was changed, for a reason that the other side gave. `retry_after` is in seconds."""

    code: str
    detail: str
    retry_after: int | None = None


@dataclass(frozen=True, slots=True)
class Lost:
    """It was sent, and nobody can say what became of it. `retry_after` is in seconds."""

    detail: str
    retry_after: int | None = None


@dataclass(frozen=True, slots=True)
class Absent:
    """Asked, and the other side knows nothing of the attempt, as far as it can tell now."""


type Outcome = Done | Moved | Failed | Lost | Absent


def call(services: Services, start: Start, permit: Permit) -> Outcome:
    """Send it once, or ask what an earlier attempt did. Blocking; outside of transactions.

    An undo whose target moved has failed: whoever asked for it looks again. A change comes back to review.
    """
    try:
        return _asked(services, start, permit) if start.asks else Done(_effect(services, start, permit))
    except ToolFailed as error:
        if start.asks:
            return Lost(str(error), error.retry_after)
        is_change = isinstance(start.payload, Change)
        if is_change and error.code == "target_moved" and start.action.revision < LAST_REVISION:
            return Moved(Returned(str(error), _seen_again(services, start)))
        return Failed(error.code, str(error), error.retry_after)
    except ToolOutcomeUnknown as error:
        return Lost(str(error))


def _asked(services: Services, start: Start, permit: Permit) -> Done | Absent:
    connector = services.tools.connector(start.action.tool)
    arguments = start.payload.arguments if isinstance(start.payload, Change) else {}
    found = connector.find(start.action.tool, arguments, key=start.run.key, permit=permit)
    return Absent() if found is None else Done(found)


def _effect(services: Services, start: Start, permit: Permit) -> Effect:
    connector = services.tools.connector(start.action.tool)
    key, tool, expected = start.run.key, start.action.tool, start.action.version
    match start.payload:
        case Undoing():
            return connector.undo(tool, start.receipt, expected=expected, key=key, permit=permit)
        case Change(arguments=arguments):
            return connector.apply(tool, arguments, expected=expected, key=key, permit=permit)


def _seen_again(services: Services, start: Start) -> Preview | None:
    """The target as it is now; None where even that cannot be read, and the old view stands."""
    if not isinstance(start.payload, Change):
        return None
    connector = services.tools.connector(start.action.tool)
    try:
        return connector.preview(start.action.tool, start.payload.arguments)
    except ToolFailed:
        return None
