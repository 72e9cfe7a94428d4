"""Workspace, policy in force, safe mode, connector health, and their folds. Pure."""

from __future__ import annotations

import msgspec

from lineclear.domain import events as e
from lineclear.domain.effects import HealthState
from lineclear.domain.offline import OfflineRule
from lineclear.domain.records import Recorded
from lineclear.domain.vocabulary import Tier


class Workspace(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The unit of isolation. `origin` is the leaf hash of its first entry: no two ledgers share one.

    `canaries` commits to the secret that marks them; "" where there are none. `offline` says what may be
    approved without the backend.
    """

    id: str
    seq: int
    name: str
    environment: str
    origin: str
    created_at: str
    canaries: str = ""
    offline: OfflineRule = OfflineRule()


class ActivePolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The capability document in force; `digest` is the SHA-256 of its bytes, `document` the blob."""

    id: str
    seq: int
    version: int
    digest: str
    document: str
    by: str
    activated_at: str


class SafeMode(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Of one scope, its id: `workspace`, or `environment`, `connector`, `capability` with colon and name.

    Requested and confirmed are kept apart: `in_flight` was running at the request. Above tier 2 two people
    leave it together: `leaving_by` is the first of them.
    """

    id: str
    seq: int
    on: bool
    by: str
    reason: str
    requested_at: str
    in_flight: tuple[str, ...] = ()
    confirmed_at: str = ""
    tier: Tier = Tier.ONE
    leaving_by: str = ""


class Breaker(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Of one connector: failures in a row; `until` is set while it is open or on probation."""

    id: str
    seq: int
    failures: int
    until: str = ""
    detail: str = ""


class ConnectorHealth(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The last known state of one connector and since when it has been so; the rest as in its event."""

    id: str
    seq: int
    state: HealthState
    since: str
    detail: str = ""
    until: str = ""
    tools: dict[str, str] = {}

    def state_of(self, tool: str) -> HealthState:
        """How it is for one of its tools: in part is either down or healthy."""
        if self.state is not HealthState.PARTIAL or not self.tools:
            return self.state
        return HealthState.DOWN if tool in self.tools else HealthState.HEALTHY


def evolve_workspace(workspace: Workspace | None, recorded: Recorded) -> Workspace:
    """The workspace is made once, and so is the secret of its canaries; the newest offline rule counts."""
    match recorded.event:
        case e.WorkspaceCreated(name=name, environment=environment) if workspace is None:
            return Workspace(recorded.id, recorded.seq, name, environment, recorded.leaf, recorded.at)
        case e.CanariesPrepared(secret_sha256=digest) if workspace is not None and not workspace.canaries:
            return msgspec.structs.replace(workspace, seq=recorded.seq, canaries=digest)
        case e.OfflineRuled(rule=rule) if workspace is not None:
            return msgspec.structs.replace(workspace, seq=recorded.seq, offline=rule)
        case _:
            raise ValueError(f"{recorded.type} does not fit workspace {recorded.id}")


def evolve_policy(_before: ActivePolicy | None, recorded: Recorded) -> ActivePolicy:
    """The newest activation is in force; versions only grow."""
    match recorded.event:
        case e.PolicyActivated(version=version, digest=digest, by=by):
            return ActivePolicy(
                recorded.id, recorded.seq, version, digest, recorded.commits["document"], by, recorded.at
            )
        case _:
            raise ValueError(f"{recorded.type} does not belong to the policy's stream")


def evolve_safe_mode(safe_mode: SafeMode | None, recorded: Recorded) -> SafeMode:
    """Requested, then confirmed when nothing that was in flight is left."""
    match recorded.event:
        case e.SafeModeSwitched(on=on, by=by, reason=reason, in_flight=in_flight, tier=tier):
            confirmed = "" if in_flight else recorded.at
            return SafeMode(
                recorded.id, recorded.seq, on, by, reason, recorded.at, in_flight, confirmed, tier
            )
        case e.SafeModeConfirmed() if safe_mode is not None:
            return msgspec.structs.replace(safe_mode, seq=recorded.seq, confirmed_at=recorded.at)
        case e.SafeModeLeaveAsked(by=by) if safe_mode is not None:
            return msgspec.structs.replace(safe_mode, seq=recorded.seq, leaving_by=by)
        case _:
            raise ValueError(f"{recorded.type} does not fit safe mode")


def evolve_breaker(breaker: Breaker | None, recorded: Recorded) -> Breaker:
    """Failures in a row, and until when nothing is sent."""
    match recorded.event:
        case e.BreakerFailed(failures=failures, detail=detail):
            until = breaker.until if breaker else ""
            return Breaker(recorded.id, recorded.seq, failures, until, detail)
        case e.BreakerOpened(failures=failures, until=until, detail=detail):
            return Breaker(recorded.id, recorded.seq, failures, until, detail)
        case e.BreakerClosed():
            return Breaker(recorded.id, recorded.seq, 0)
        case _:
            raise ValueError(f"{recorded.type} does not belong to a breaker's stream")


def evolve_connector(_before: ConnectorHealth | None, recorded: Recorded) -> ConnectorHealth:
    """The newest state and since when."""
    match recorded.event:
        case e.ConnectorChanged(state=state, detail=detail, until=until, tools=tools):
            return ConnectorHealth(recorded.id, recorded.seq, state, recorded.at, detail, until, tools)
        case _:
            raise ValueError(f"{recorded.type} does not belong to a connector's stream")
