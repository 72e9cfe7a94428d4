"""The types of ledger entries as people read them. Free of Qt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lineclear.domain.text import paintable
from lineclear.domain.wording import marked, say

TYPES: Final[Mapping[str, str]] = {
    "action.answered": marked("Action answered"),
    "action.asked": marked("Action asked"),
    "action.claimed": marked("Action claimed"),
    "action.cleared": marked("Action cleared"),
    "action.evaluated": marked("Action evaluated"),
    "action.expired": marked("Action expired"),
    "action.proposed": marked("Action proposed"),
    "action.released": marked("Action released"),
    "action.revised": marked("Action revised"),
    "action.stopped": marked("Action stopped"),
    "action.undone": marked("Action undone"),
    "action.withdrawn": marked("Action withdrawn"),
    "agent.enrolled": marked("Agent enrolled"),
    "agent.resumed": marked("Agent resumed"),
    "agent.stopped": marked("Agent stopped"),
    "authority.delegated": marked("Authority delegated"),
    "breaker.closed": marked("Breaker closed"),
    "breaker.failed": marked("Breaker failed"),
    "breaker.opened": marked("Breaker opened"),
    "budget.cut": marked("Budget cut"),
    "budget.raised": marked("Budget raised"),
    "budget.reserved": marked("Budget reserved"),
    "canary.prepared": marked("Canary prepared"),
    "canary.revealed": marked("Canary revealed"),
    "connector.changed": marked("Connector changed"),
    "content.erased": marked("Content erased"),
    "day.asked": marked("Day asked"),
    "day.kept": marked("Day kept"),
    "day.raised": marked("Day raised"),
    "day.released": marked("Day released"),
    "day.reserved": marked("Day reserved"),
    "day.spent": marked("Day spent"),
    "deadline.moved": marked("Deadline moved"),
    "decision.recorded": marked("Decision recorded"),
    "delegation.ended": marked("Delegation ended"),
    "device.enrolled": marked("Device enrolled"),
    "device.revoked": marked("Device revoked"),
    "device.signed": marked("Device signed"),
    "execution.asked": marked("Execution asked"),
    "execution.cancelled": marked("Execution cancelled"),
    "execution.delayed": marked("Execution delayed"),
    "execution.failed": marked("Execution failed"),
    "execution.held": marked("Execution held"),
    "execution.reconciled": marked("Execution reconciled"),
    "execution.reported": marked("Execution reported"),
    "execution.started": marked("Execution started"),
    "execution.succeeded": marked("Execution succeeded"),
    "execution.unknown": marked("Execution unknown"),
    "glass.broken": marked("Glass broken"),
    "glass.reviewed": marked("Glass reviewed"),
    "hold.lifted": marked("Hold lifted"),
    "hold.placed": marked("Hold placed"),
    "instance.deleted": marked("Instance deleted"),
    "instance.provisioned": marked("Instance provisioned"),
    "instance.updated": marked("Instance updated"),
    "job.ended": marked("Job ended"),
    "job.opened": marked("Job opened"),
    "job.paused": marked("Job paused"),
    "job.resumed": marked("Job resumed"),
    "job.stopped": marked("Job stopped"),
    "notice.ended": marked("Notice ended"),
    "offline.ruled": marked("Offline rule changed"),
    "person.enrolled": marked("Person enrolled"),
    "person.left": marked("Person left"),
    "policy.activated": marked("Policy activated"),
    "safe_mode.confirmed": marked("Safe mode confirmed"),
    "safe_mode.leave_asked": marked("Safe mode leave asked"),
    "safe_mode.switched": marked("Safe mode switched"),
    "spans.recorded": marked("Spans recorded"),
    "token.created": marked("Token created"),
    "token.revoked": marked("Token revoked"),
    "unreadable": marked("Unreadable"),
    "witness.enrolled": marked("Witness enrolled"),
    "workspace.created": marked("Workspace created"),
}
"""Every type of the vocabulary; a ledger of a later version may have more."""


def type_words(kind: str) -> str:
    """`decision.recorded` as people read it; one that is not known here by its own name."""
    known = TYPES.get(kind)
    return say(known) if known else paintable(kind.replace(".", " ").replace("_", " ").capitalize()).text
