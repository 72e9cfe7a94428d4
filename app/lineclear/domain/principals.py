"""Who is asking, and what their role may do. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import Role


class Deed(StrEnum):
    """What can be asked of the backend, as it is said in a refusal."""

    PROPOSE = "propose actions"
    READ = "read the workspace"
    DECIDE = "decide"
    STOP = "stop a job"
    SET_BUDGET = "change a job's budget"
    UNDO = "undo an action"
    SAFE_MODE = "switch safe mode"
    LEAVE_SAFE_MODE = "leave safe mode"
    RESUME_AGENT = "resume an agent"
    DELEGATE = "delegate authority"
    BREAK_GLASS = "break the glass"
    REVIEW_GLASS = "review what was done by break-glass"
    ACTIVATE_POLICY = "bring a policy into force"
    OVERSEE = "see how reviewers decide"
    ADMINISTER = "change people, tokens or policy"
    ASK = "ask about its own work"
    PROVISION = "provision instances of agents"


PEOPLE: Final = (Role.AUDITOR, Role.APPROVER, Role.OPS, Role.ADMIN)
"""Roles of people. Each may do what those before it may, so that of two the earlier is the narrower."""

_REVIEWERS = frozenset({Role.APPROVER, Role.OPS, Role.ADMIN})

MAY: Final = MappingProxyType(
    {
        Deed.PROPOSE: frozenset({Role.AGENT}),
        Deed.READ: _REVIEWERS | {Role.AUDITOR},
        Deed.DECIDE: _REVIEWERS,
        Deed.STOP: _REVIEWERS,
        Deed.SET_BUDGET: frozenset({Role.OPS, Role.ADMIN}),
        Deed.UNDO: _REVIEWERS,
        Deed.SAFE_MODE: _REVIEWERS,
        Deed.LEAVE_SAFE_MODE: frozenset({Role.OPS, Role.ADMIN}),
        Deed.RESUME_AGENT: frozenset({Role.OPS, Role.ADMIN}),
        Deed.DELEGATE: _REVIEWERS,
        Deed.BREAK_GLASS: frozenset({Role.OPS, Role.ADMIN}),
        Deed.REVIEW_GLASS: _REVIEWERS,
        Deed.ACTIVATE_POLICY: frozenset({Role.OPS, Role.ADMIN}),
        Deed.OVERSEE: frozenset({Role.OPS, Role.ADMIN}),
        Deed.ADMINISTER: frozenset({Role.ADMIN}),
        Deed.ASK: _REVIEWERS | {Role.AUDITOR, Role.AGENT},
        Deed.PROVISION: frozenset({Role.PROVISIONER}),
    }
)


def narrower(one: Role, other: Role) -> Role:
    """The one of two people's roles that may do less."""
    return min(one, other, key=PEOPLE.index)


@dataclass(frozen=True, slots=True)
class Principal:
    """An authenticated caller: the holder of a token. Its `capabilities` bound it; none means all."""

    role: Role
    subject: str
    token: str
    capabilities: tuple[str, ...] = ()

    @property
    def actor(self) -> str:
        """The caller as the ledger names it."""
        kind = {Role.AGENT: "agent", Role.PROVISIONER: "provisioner"}.get(self.role, "person")
        return f"{kind}/{self.subject}"

    def require(self, deed: Deed) -> None:
        """Raise Refusal unless this role may do the deed."""
        if self.role in MAY[deed]:
            return
        if self.role is Role.AGENT:
            raise Refusal(Code.AGENT_CANNOT_DECIDE, deed=deed)
        needed = ", ".join(sorted(MAY[deed]))
        raise Refusal(Code.ROLE_INSUFFICIENT, role=self.role, deed=deed, needed=needed)

    def require_capability(self, capability: str) -> None:
        """Raise Refusal unless this token reaches the capability."""
        if self.capabilities and capability not in self.capabilities:
            reached = ", ".join(self.capabilities)
            raise Refusal(Code.CAPABILITY_NOT_IN_TOKEN, capability=capability, reached=reached)
