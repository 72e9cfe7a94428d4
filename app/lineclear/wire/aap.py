"""Agent Approval Protocol 1.0: what is said over its HTTP API, as values. Free of I/O.

Unknown members and nulls are refused. Arguments and context are kept as the exact text that was sent.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Final, Literal

import msgspec
from msgspec import UNSET, Raw, UnsetType

BASE: Final = "/aap"
LONGEST_WAIT: Final = 30
_DURATION = re.compile(r"([1-9][0-9]*)([smh])")
_UNITS = {"s": 1, "m": 60, "h": 3_600}
_MOST_DIGITS = 9

type Duration = Annotated[str, msgspec.Meta(pattern=r"^[1-9][0-9]*(s|m|h)$")]
type Text = Annotated[str, msgspec.Meta(min_length=1)]


class Said(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base of all objects of the protocol."""


class Create(Said, frozen=True):
    """A proposed tool call, before it is made."""

    tool: Text
    arguments: Raw
    timeout: Duration
    server: Text | UnsetType = UNSET
    agent_reasoning: str | UnsetType = UNSET
    context: Raw | UnsetType = UNSET


class Verdict(Said, frozen=True):
    """How a request was decided; only an approval ends by itself."""

    status: str
    decided_at: str
    note: str | UnsetType = UNSET
    expires_at: str | UnsetType = UNSET


class Reported(Said, frozen=True):
    """How the agent says that the call went."""

    status: Literal["succeeded", "failed"]
    reported_at: str
    note: str | UnsetType = UNSET


class Consumption(Said, frozen=True):
    """The approval was used, for one call."""

    consumed_at: str
    outcome: Reported | UnsetType = UNSET


class ApprovalRequest(Said, frozen=True):
    """A request and how it stands."""

    id: str
    tool: str
    arguments: Raw
    timeout: str
    status: str
    created_at: str
    deadline_at: str
    server: str | UnsetType = UNSET
    agent_reasoning: str | UnsetType = UNSET
    context: Raw | UnsetType = UNSET
    decision: Verdict | UnsetType = UNSET
    consumption: Consumption | UnsetType = UNSET


class ReportOutcome(Said, frozen=True):
    """What became of a call whose approval was consumed."""

    status: Literal["succeeded", "failed"]
    note: Text | UnsetType = UNSET


class DeliveryInput(Said, frozen=True):
    """A receiver as a provisioner proposes it; `type` is checked apart, because it has a code of its own."""

    type: str
    url: str
    registration_id: str
    signing_secret: str


class ProvisionInstance(Said, frozen=True):
    """An instance to be made."""

    instance_name: Text | UnsetType = UNSET
    delivery: DeliveryInput | UnsetType = UNSET


class UpdateInstance(Said, frozen=True):
    """What is to be changed; a delivery of null removes the receiver."""

    instance_name: Text | UnsetType = UNSET
    delivery: DeliveryInput | UnsetType | None = UNSET


class WebhookDelivery(Said, frozen=True):
    """The receiver in use, without its secret."""

    type: str
    url: str
    registration_id: str


class InstanceSaid(Said, frozen=True):
    """An instance."""

    id: str
    name: str
    delivery: WebhookDelivery | UnsetType = UNSET


class Credential(Said, frozen=True):
    """The bearer token of one instance."""

    token: str


class Provisioned(Said, frozen=True):
    """A new instance with its credential."""

    instance: InstanceSaid
    credential: Credential


class ErrorSaid(Said, frozen=True):
    """Why nothing was done. `request_id` names the exchange, as the X-Request-ID header does."""

    type: str
    code: str
    message: str
    request_id: str


class ErrorResponse(Said, frozen=True):
    """The envelope of every error."""

    error: ErrorSaid


def length_of(duration: str, most: timedelta) -> timedelta:
    """A duration such as `30m`, shortened to `most`; ValueError for any other text."""
    match = _DURATION.fullmatch(duration)
    if match is None:
        raise ValueError("a duration is a positive whole number with s, m or h, such as 30m")
    number, unit = match.groups()
    if len(number) > _MOST_DIGITS:
        return most
    return min(most, timedelta(seconds=int(number) * _UNITS[unit]))
