"""What entries say twice has to agree: whose agent it is, who recorded it, what its content says. Pure."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from lineclear.application.executing.inside import INSIDE
from lineclear.application.record.rules import States
from lineclear.application.services import moment
from lineclear.domain import events as e
from lineclear.domain.actions import Action
from lineclear.domain.control import ActivePolicy
from lineclear.domain.identities import Agent, Device, Person
from lineclear.domain.jobs import Job
from lineclear.domain.ledger.sealing import SealError, unseal
from lineclear.domain.ledger.signing import PUBLIC_KEY_SIZE, key_id
from lineclear.domain.money import MoneyError, parse_amount
from lineclear.domain.payloads import Change, Undoing, read_payload
from lineclear.domain.records import Recorded
from lineclear.domain.refusals import Refusal
from lineclear.domain.state import Aggregate
from lineclear.domain.vocabulary import ActionStatus

CLOCKS_DIFFER: Final = timedelta(minutes=1)
"""By how much the clocks of those who write one ledger may differ, twice over."""

_SAME: Final = (
    "job", "agent", "owner", "capability", "tool", "connector", "environment", "amount", "currency",
)  # fmt: skip
"""What an undo has of the action that it takes back."""


def time_of(recorded: Recorded, latest: str) -> datetime:
    """When it was recorded at the earliest: no authority comes back because an entry is dated back.

    `latest` is the newest time of any entry before, empty where there is none.
    """
    said = moment(recorded.at)
    return max(said, moment(latest) - CLOCKS_DIFFER) if latest > recorded.at else said


def proposal_problems(recorded: Recorded, event: e.ActionProposed, states: States) -> Iterator[str]:
    """Whether it is by the agent of its job, and its owner, who may not decide, is that agent's (I9)."""
    if event.undoes:
        yield from _undo_problems(recorded, event, states)
        return
    agent, job = states.get(f"agent/{event.agent}"), states.get(f"job/{event.job}")
    owner = agent.owner if isinstance(agent, Agent) else ""
    if event.owner != owner:
        yield f"{event.agent} belonged to {owner or 'nobody'}, and {event.owner} is named as its owner"
    if not isinstance(job, Job) or job.agent != event.agent:
        yield f"it is of {event.job}, which {event.agent} had not opened"
    if event.connector != INSIDE and recorded.actor != f"agent/{event.agent}":
        yield f"it is said to be by {event.agent}, and was recorded by {recorded.actor}"


def _undo_problems(recorded: Recorded, event: e.ActionProposed, states: States) -> Iterator[str]:
    original = states.get(f"action/{event.undoes}")
    if not isinstance(original, Action) or original.status is not ActionStatus.SUCCEEDED:
        yield f"{event.undoes}, which it takes back, had not succeeded"
        return
    for name in _SAME:
        if getattr(event, name) != getattr(original, name):
            yield f"it takes {original.id} back, which is of another {name}"
    if not recorded.actor.startswith("person/"):
        yield f"a person asks to take something back, and {recorded.actor} is none"


def content_problems(action: Action, sealed: bytes, states: States) -> Iterator[str]:
    """Whether the content that people saw and signed is of the tool and the amount that its entry states.

    Which argument is the amount is in the tool's contract, which is not in the ledger: it has to be one.
    """
    try:
        payload = read_payload(unseal(sealed))
    except (Refusal, SealError) as error:
        yield f"its content cannot be read: {error}"
        return
    if (payload.capability, payload.tool) != (action.capability, action.tool):
        yield f"its content is for {payload.tool[:80]} ({payload.capability[:80]})"
    match payload:
        case Undoing(undoes=undoes, effect=effect):
            original = states.get(f"action/{action.undoes}")
            run = original.run if isinstance(original, Action) else None
            if undoes != action.undoes or (run is not None and run.effect != effect):
                yield f"its content takes back another effect than that of {action.undoes or 'nothing'}"
        case Change() if action.undoes:
            yield f"it takes back {action.undoes}, and its content says otherwise"
        case Change() if action.amount and not _has_amount(payload, action):
            yield f"its content does not say {action.amount} {action.currency}"


def _has_amount(payload: Change, action: Action) -> bool:
    stated, values = parse_amount(action.amount), list(payload.arguments.values())
    return action.currency in values and any(_amount(value) == stated for value in values)


def _amount(value: object) -> object:
    try:
        return parse_amount(value)
    except MoneyError:
        return None


def document_problems(
    before: Aggregate | None, recorded: Recorded, event: e.PolicyActivated
) -> Iterator[str]:
    """Whether the document by which actions are judged is the one that the entry commits to, and the next."""
    version = before.version if isinstance(before, ActivePolicy) else 0
    if recorded.commits.get("document") != event.digest:
        yield "the document that it commits to is not the one that it names"
    if event.version != version + 1:
        yield f"version {event.version} follows version {version}"
    if recorded.actor != f"person/{event.by}":
        yield f"it is said to be by {event.by}, and was recorded by {recorded.actor}"


def device_problems(recorded: Recorded, event: e.DeviceEnrolled, states: States) -> Iterator[str]:
    """Whether somebody who was enrolled put this key in their own name."""
    person = states.get(f"person/{event.person}")
    if not isinstance(person, Person) or person.left:
        yield f"{event.person} was not enrolled at this point of the ledger"
    if recorded.actor != f"person/{event.person}":
        yield f"it is said to be {event.person}'s, and was recorded by {recorded.actor}"


def signer_problems(recorded: Recorded, device: Device) -> Iterator[str]:
    """Whether a device that still counts signed, in the name of its person."""
    if device.revoked:
        yield "the device was revoked before it signed this"
    if recorded.actor != f"person/{device.person}":
        yield f"the device is {device.person}'s, and it was recorded by {recorded.actor}"


def key_problems(recorded: Recorded, event: e.DeviceEnrolled) -> Iterator[str]:
    """Whether a device bears the digest of its key as its name."""
    try:
        raw = b64decode(event.public_key, validate=True)
    except ValueError:
        raw = b""
    if len(raw) != PUBLIC_KEY_SIZE or key_id(raw) != recorded.id:
        yield "the device's name is not the digest of its key"
