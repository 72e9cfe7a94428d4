"""Sentences of refusals about what reviewers decide, and by whose authority. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lineclear.domain.refusal_codes import Code, Form, Kind

FORMS: Final[Mapping[Code, Form]] = {
    Code.ACTION_DECIDED: Form(
        Kind.CONFLICT,
        "Action {action} is already {status}.",
        "Nothing is left to decide; refresh to see what happened.",
    ),
    Code.ACTION_UNKNOWN: Form(
        Kind.MISSING,
        "There is no action {action} in this workspace.",
        "Check the id, or list actions with `lineclear review list`.",
    ),
    Code.APPROVAL_UNCONFIRMED: Form(
        Kind.UNPROCESSABLE,
        "The approval of {action} is not confirmed: {problem}.",
        "Look at what is approved and type it: the console asks for it, a terminal takes it as --confirm.",
    ),
    Code.AUTHORITY_MISSING: Form(
        Kind.FORBIDDEN,
        "{person} may not decide on this: {problem}",
        "Ask a reviewer for whom every requirement is met.",
    ),
    Code.CANARY_NEVER_RUNS: Form(
        Kind.CONFLICT,
        "Action {action} is a canary; policy would let it run, and a canary never runs.",
        "Plant one that policy asks a person about.",
    ),
    Code.CLAIM_HELD: Form(
        Kind.CONFLICT,
        "{person} has claimed this action until {until}.",
        "Wait for the claim to end, or ask for a hand-over.",
    ),
    Code.CONFIRMATION_MISSING: Form(
        Kind.UNPROCESSABLE,
        "{deed} needs a second person.",
        "Ask another ops lead or administrator to confirm.",
    ),
    Code.BULK_EXCLUDED: Form(
        Kind.CONFLICT,
        "Action {action} cannot be approved together with others: {problem}.",
        "Look at it by itself, then decide.",
    ),
    Code.DEADLINE_PASSED: Form(
        Kind.CONFLICT,
        "The deadline of this action passed at {deadline}.",
        "Propose again with a later deadline.",
    ),
    Code.DECISION_EXPIRED: Form(
        Kind.CONFLICT,
        "The decision arrived too late: it was valid until {until}.",
        "Look at the action as it is now, then decide again.",
    ),
    Code.DECISION_KEPT: Form(
        Kind.UNAVAILABLE,
        "The backend cannot be reached; what you decided waits on this device until it can be.",
        "It is sent as soon as the backend answers. Until then it can be taken back.",
    ),
    Code.DECISION_UNDER_WAY: Form(
        Kind.CONFLICT,
        "It may have reached the backend already, so it cannot be taken back.",
        "Wait until the backend answers; the ledger then says what became of it.",
    ),
    Code.DELEGATION_REFUSED: Form(
        Kind.UNPROCESSABLE,
        "This cannot be delegated: {problem}.",
        "Lend a tier of your own to another reviewer, for named capabilities and 30 days at most.",
    ),
    Code.DEVICE_UNKNOWN: Form(
        Kind.FORBIDDEN,
        "Device key {device} is not enrolled for {person}.",
        "Enrol this device, then decide again.",
    ),
    Code.DUPLICATE_VOTE: Form(
        Kind.CONFLICT,
        "{person} has already decided on this revision.",
        "Another person must decide; one human counts once.",
    ),
    Code.EDIT_DENIED: Form(
        Kind.UNPROCESSABLE,
        "Policy denies the action as edited: {problem}.",
        "Nothing was changed. Edit it within the policy, or reject it.",
    ),
    Code.ESCALATION_REFUSED: Form(
        Kind.UNPROCESSABLE,
        "Action {action} cannot be escalated: {problem}.",
        "Name a tier or a group in which somebody could approve it, or hand it over.",
    ),
    Code.GLASS_UNREVIEWED: Form(
        Kind.CONFLICT,
        "{person} broke the glass at {since}, and nobody has reviewed that yet.",
        "Ask somebody else of tier 3 to review it: `lineclear people review-glass`.",
    ),
    Code.HAND_OVER_REFUSED: Form(
        Kind.UNPROCESSABLE,
        "This cannot be handed to {person}: {problem}.",
        "Hand it to somebody who may decide on it, or give your claim up.",
    ),
    Code.NOT_EDITABLE: Form(
        Kind.CONFLICT,
        "Action {action} cannot be edited: {problem}.",
        "Reject it with a reason, or propose a new action.",
    ),
    Code.NOT_REVERSIBLE: Form(
        Kind.CONFLICT, "{title} cannot be undone: {problem}.", "Propose a new action that sets things right."
    ),
    Code.NOT_UNDOABLE_NOW: Form(
        Kind.CONFLICT,
        "Action {action} is {status}; only an action that succeeded can be undone.",
        "Wait for its outcome, or stop the job.",
    ),
    Code.NOT_UNKNOWN: Form(
        Kind.CONFLICT,
        "Action {action} is {status}; only an unknown outcome can be reconciled.",
        "Refresh to see what happened.",
    ),
    Code.OFFLINE_APPROVAL: Form(
        Kind.FORBIDDEN,
        "It cannot be approved while the backend is away: {problem}.",
        "Reject it, or wait until the backend answers.",
    ),
    Code.OFFLINE_RULE_INVALID: Form(
        Kind.UNPROCESSABLE,
        "This cannot be the rule for deciding offline: {problem}.",
        "Name tier 0 to 2, 1 to 240 minutes of freshness, and 5 to 1,440 minutes to arrive.",
    ),
    Code.OWNER_CANNOT_DECIDE: Form(
        Kind.FORBIDDEN,
        "{person} owns agent {agent} and never counts for its actions.",
        "Ask another reviewer.",
    ),
    Code.OWN_AUTHORITY: Form(
        Kind.FORBIDDEN,
        "Nobody may {deed} for themselves.",
        "Ask another administrator, or a reviewer of tier 3.",
    ),
    Code.PERSON_UNKNOWN: Form(
        Kind.FORBIDDEN, "{person} is not enrolled in this workspace.", "An administrator can enrol them."
    ),
    Code.POLICY_STRICTER: Form(
        Kind.CONFLICT,
        "The policy became stricter after the decision: {problem}.",
        "Review the action again under the policy now in force.",
    ),
    Code.REASON_MISSING: Form(
        Kind.UNPROCESSABLE, "{deed} needs a reason.", "Say why in a sentence; it is kept in the ledger."
    ),
    Code.REJECTION_LATE: Form(
        Kind.CONFLICT,
        "The rejection came after the start: action {action} is {status}.",
        "Stop its job, or undo what it did.",
    ),
    Code.REVISION_STALE: Form(
        Kind.CONFLICT,
        "You decided on revision {seen}; the action is now at revision {current}.",
        "Look at what changed, then decide again.",
    ),
    Code.SESSION_LOCKED: Form(
        Kind.FORBIDDEN, "This session is locked; it signs and sends nothing.", "Unlock it, then try again."
    ),
    Code.SIGNATURE_INVALID: Form(
        Kind.FORBIDDEN,
        "The decision's signature does not hold: {problem}.",
        "Sign again on an enrolled device. If you did not sign, tell an administrator.",
    ),
    Code.STATE_CHANGED: Form(
        Kind.CONFLICT,
        "This changed while you were looking: {what}.",
        "Look at what changed, then decide again.",
    ),
    Code.TIER_INSUFFICIENT: Form(
        Kind.FORBIDDEN,
        "{person} is at tier {tier}; this needs tier {needed}.",
        "Ask a reviewer at tier {needed} or above.",
    ),
}
