"""Roles, deeds, states and verdicts as they are read inside a sentence. Pure: free of Qt and I/O.

On the ledger and on the wire they are the same in every language; here they are words.
"""

from __future__ import annotations

from typing import Final

from lineclear.domain.principals import Deed
from lineclear.domain.vocabulary import ActionStatus, JobStatus, Role
from lineclear.domain.wording import marked, say

_ROLES: Final[dict[str, str]] = {
    Role.AGENT: marked("agent"),
    Role.APPROVER: marked("approver"),
    Role.OPS: marked("ops lead"),
    Role.AUDITOR: marked("auditor"),
    Role.ADMIN: marked("administrator"),
    Role.PROVISIONER: marked("provisioner"),
}
_DEEDS: Final = {
    Deed.PROPOSE: marked("propose actions"),
    Deed.READ: marked("read the workspace"),
    Deed.DECIDE: marked("decide"),
    Deed.STOP: marked("stop a job"),
    Deed.SET_BUDGET: marked("change a job's budget"),
    Deed.UNDO: marked("undo an action"),
    Deed.SAFE_MODE: marked("switch safe mode"),
    Deed.LEAVE_SAFE_MODE: marked("leave safe mode"),
    Deed.RESUME_AGENT: marked("resume an agent"),
    Deed.DELEGATE: marked("delegate authority"),
    Deed.BREAK_GLASS: marked("break the glass"),
    Deed.REVIEW_GLASS: marked("review what was done by break-glass"),
    Deed.ACTIVATE_POLICY: marked("bring a policy into force"),
    Deed.OVERSEE: marked("see how reviewers decide"),
    Deed.ADMINISTER: marked("change people, tokens or policy"),
    Deed.ASK: marked("ask about its own work"),
    Deed.PROVISION: marked("provision instances of agents"),
}
_STATES: Final[dict[str, str]] = {
    ActionStatus.PROPOSED: marked("proposed"),
    ActionStatus.PENDING: marked("waiting"),
    ActionStatus.AGREED: marked("agreed"),
    ActionStatus.CLEARED: marked("cleared"),
    ActionStatus.STARTED: marked("started"),
    ActionStatus.SUCCEEDED: marked("done"),
    ActionStatus.FAILED: marked("failed"),
    ActionStatus.UNKNOWN: marked("outcome unknown"),
    ActionStatus.DENIED: marked("denied"),
    ActionStatus.REJECTED: marked("rejected"),
    ActionStatus.EXPIRED: marked("expired"),
    ActionStatus.SUPERSEDED: marked("superseded"),
    ActionStatus.WITHDRAWN: marked("withdrawn"),
    ActionStatus.STOPPED: marked("stopped"),
    ActionStatus.UNDONE: marked("undone"),
    JobStatus.RUNNING: marked("running"),
    JobStatus.PAUSED: marked("paused"),
    JobStatus.ENDED: marked("ended"),
    "completed": marked("completed"),
    "abandoned": marked("abandoned"),
}
_VERDICTS: Final = {
    "allow": marked("allowed by policy"),
    "ask": marked("asked for a person"),
    "deny": marked("denied by policy"),
    "approve": marked("approved"),
    "reject": marked("rejected"),
}
_SCOPES: Final = {
    "connector": marked("connector {name}"),
    "environment": marked("environment {name}"),
    "capability": marked("capability {name}"),
}


def role_word(role: str) -> str:
    """A role inside a sentence; one that this build does not know stays as it is."""
    return say(_ROLES[role]) if role in _ROLES else role


def deed_words(deed: Deed) -> str:
    """What somebody may or may not do."""
    return say(_DEEDS[deed])


def state_word(state: str) -> str:
    """Where an action or a job stands, or how its agent says that it ended."""
    return say(_STATES[state]) if state in _STATES else state


def verdict_words(verdict: str) -> str:
    """What policy or a person said of an action."""
    return say(_VERDICTS[verdict]) if verdict in _VERDICTS else verdict


def scope_word(kind: str, name: str) -> str:
    """Over what safe mode is on."""
    return say(_SCOPES[kind], name=name) if kind in _SCOPES else f"{kind} {name}"
