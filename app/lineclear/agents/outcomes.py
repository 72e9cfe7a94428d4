"""What became of a proposal, as one sum type for an agent to match on. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from lineclear.domain.actions import Action
from lineclear.domain.policy.reasons import Reason, ReasonEffect
from lineclear.domain.policy.wording import sentence, where
from lineclear.domain.vocabulary import ActionStatus, Executor, Verdict


@dataclass(frozen=True, slots=True)
class Succeeded:
    """Carried out. `reference` is the other side's name for the effect; a `revision` above 1 was edited.

    With `own` it is the agent's own word that it did so.
    """

    action: str
    reference: str
    revision: int = 1
    own: bool = False


@dataclass(frozen=True, slots=True)
class Denied:
    """Policy said no. `reasons` are sentences, each with the rule's place in the capability document."""

    action: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rejected:
    """A person said no, and why."""

    action: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Expired:
    """Nobody decided before the deadline (RFC 3339 UTC)."""

    action: str
    deadline: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """A person stopped the job before the start."""

    action: str
    by: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The other side refused, and nothing was changed."""

    action: str
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """It was sent and nobody can say whether it took effect. Do not try again: a person reconciles."""

    action: str
    detail: str


@dataclass(frozen=True, slots=True)
class Agreed:
    """A person approved in draft mode: recorded, and never carried out."""

    action: str


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """Taken back before the start, by the agent or in favour of a newer proposal."""

    action: str


@dataclass(frozen=True, slots=True)
class Undone:
    """It took effect, and a later action took that back."""

    action: str
    by_action: str


@dataclass(frozen=True, slots=True)
class Cleared:
    """The agent may carry it out itself, until `until` (RFC 3339 UTC): `consume` it right before."""

    action: str
    until: str
    revision: int = 1


@dataclass(frozen=True, slots=True)
class Begun:
    """The agent began to carry it out and has not said yet what became of it: `report` does, nobody else."""

    action: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """Nothing is settled yet; keep `action` and `resume` it, in this process or another.

    `held` is the code of what keeps a cleared action from starting, such as `safe_mode_on`.
    """

    action: str
    held: str = ""


type Outcome = (
    Succeeded
    | Denied
    | Rejected
    | Expired
    | Stopped
    | Failed
    | Unknown
    | Agreed
    | Withdrawn
    | Undone
    | Cleared
    | Begun
    | Waiting
)


def outcome_of(action: Action) -> Outcome:
    """An action as its agent needs to see it; `Waiting` while something may still happen by itself."""
    return _SETTLED.get(action.status, _waiting)(action)


def _waiting(action: Action) -> Outcome:
    return Waiting(action.id, action.held)


def _cleared(action: Action) -> Outcome:
    if action.executor is Executor.AGENT:
        return Cleared(action.id, action.cleared_until, action.revision)
    return _waiting(action)


def _started(action: Action) -> Outcome:
    return Begun(action.id) if action.executor is Executor.AGENT else _waiting(action)


def _succeeded(action: Action) -> Outcome:
    own = action.executor is Executor.AGENT
    return Succeeded(action.id, action.run.reference if action.run else "", action.revision, own)


def _failed(action: Action) -> Outcome:
    run = action.run
    return Failed(action.id, run.code, run.detail) if run else Failed(action.id, "", "")


def _denials(action: Action) -> tuple[str, ...]:
    reasons = action.judged.reasons if action.judged else ()
    return tuple(_said(reason) for reason in reasons if reason.effect is ReasonEffect.DENY)


def _said(reason: Reason) -> str:
    return f"{sentence(reason).removesuffix('.')} ({where(reason)})."


def _objection(action: Action) -> str:
    return next((vote.reason for vote in reversed(action.votes) if vote.verdict is Verdict.REJECT), "")


_SETTLED: Mapping[ActionStatus, Callable[[Action], Outcome]] = MappingProxyType(
    {
        ActionStatus.CLEARED: _cleared,
        ActionStatus.STARTED: _started,
        ActionStatus.SUCCEEDED: _succeeded,
        ActionStatus.FAILED: _failed,
        ActionStatus.UNKNOWN: lambda action: Unknown(action.id, action.run.detail if action.run else ""),
        ActionStatus.UNDONE: lambda action: Undone(action.id, action.undone_by),
        ActionStatus.DENIED: lambda action: Denied(action.id, _denials(action)),
        ActionStatus.REJECTED: lambda action: Rejected(action.id, action.ended_by, _objection(action)),
        ActionStatus.EXPIRED: lambda action: Expired(action.id, action.deadline),
        ActionStatus.STOPPED: lambda action: Stopped(action.id, action.ended_by),
        ActionStatus.AGREED: lambda action: Agreed(action.id),
        ActionStatus.WITHDRAWN: lambda action: Withdrawn(action.id),
        ActionStatus.SUPERSEDED: lambda action: Withdrawn(action.id),
    }
)
