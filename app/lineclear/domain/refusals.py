"""Every refusal that a person or an agent can meet: a code, parameters, a sentence, a remedy. Pure.

Sentences are made here and nowhere else. Anything that is not a Refusal is a bug.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from lineclear.domain.refusal_codes import Code, Kind

__all__ = ["FORMS", "Code", "Form", "Kind", "Refusal"]


@dataclass(frozen=True, slots=True)
class Form:
    """How one refusal is answered and worded; `{name}` stands for a parameter."""

    kind: Kind
    says: str
    remedy: str


FORMS: Mapping[Code, Form] = {
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
    Code.AGENT_CANNOT_DECIDE: Form(
        Kind.FORBIDDEN,
        "An agent's token can never {deed}.",
        "Ask a person with an approver's or ops lead's token.",
    ),
    Code.ARGUMENTS_INVALID: Form(
        Kind.UNPROCESSABLE,
        "The arguments of {tool} do not fit its contract: {problem}.",
        "Correct the arguments and propose again with a new key.",
    ),
    Code.AUTHORITY_MISSING: Form(
        Kind.FORBIDDEN,
        "{person} may not decide on this: {problem}",
        "Ask a reviewer for whom every requirement is met.",
    ),
    Code.AGENT_STOPPED: Form(
        Kind.FORBIDDEN, "Agent {agent} was stopped by {by}.", "An ops lead can let it go on in Control."
    ),
    Code.BREAKER_OPEN: Form(
        Kind.UNAVAILABLE,
        "Connector {connector} failed {failures} times in a row; nothing is sent to it before {until}.",
        "It is tried again by itself. Check the system behind it.",
    ),
    Code.BROKEN: Form(
        Kind.BROKEN,
        "Something is broken in the backend. It was written to its log as incident {incident}.",
        "Give the incident to whoever runs this backend.",
    ),
    Code.BODY_INVALID: Form(
        Kind.MALFORMED, "The body cannot be read: {problem}.", "Correct the body and send it again."
    ),
    Code.BODY_TOO_LARGE: Form(
        Kind.TOO_LARGE,
        "The body has {size} bytes; {limit} is the most.",
        "Send a reference to the content instead of the content.",
    ),
    Code.BLOB_UNKNOWN: Form(
        Kind.MISSING,
        "No content with digest {digest} is kept here.",
        "It may have been erased; its tombstone is in the ledger.",
    ),
    Code.BUDGET_SPENT: Form(
        Kind.CONFLICT,
        "{budget} does not allow this today: {used} of {limit} is used or set aside, {left} is left. "
        "It renews at {renews}.",
        "Wait until it renews. A reviewer can raise it for the day, unless they chose to keep it.",
    ),
    Code.CAPABILITY_UNKNOWN: Form(
        Kind.UNPROCESSABLE,
        "Capability {capability} is not in the active policy.",
        "Use one of: {known}; or add it to the capability document.",
    ),
    Code.CLAIM_HELD: Form(
        Kind.CONFLICT,
        "{person} has claimed this action until {until}.",
        "Wait for the claim to end, or ask for a hand-over.",
    ),
    Code.CLEARANCE_CONSUMED: Form(
        Kind.CONFLICT,
        "The clearance of action {action} was consumed before; it is good for one execution.",
        "Do not execute again. Propose anew if it still needs to happen.",
    ),
    Code.CLEARANCE_OVER: Form(
        Kind.CONFLICT,
        "The clearance of action {action} ended at {until}.",
        "Do not execute. Propose anew if it still needs to happen.",
    ),
    Code.CREDENTIAL_GONE: Form(
        Kind.CONFLICT,
        "The credential of instance {instance} cannot be given again.",
        "Use the provisioner's token that made the instance, or delete it and provision another.",
    ),
    Code.INSTANCE_DELETED: Form(
        Kind.CONFLICT, "Instance {instance} was deleted.", "Provision another, with a new key."
    ),
    Code.NOT_CLEARED: Form(
        Kind.CONFLICT,
        "Action {action} is {status}, not cleared.",
        "Do not execute. Wait until it is cleared, or propose anew.",
    ),
    Code.NOT_CONSUMED: Form(
        Kind.CONFLICT,
        "Nothing was executed yet: the clearance of action {action} was not consumed.",
        "Consume the clearance, execute, then report the outcome.",
    ),
    Code.OUTCOME_KNOWN: Form(
        Kind.CONFLICT, "Action {action} has another outcome: {status}.", "Tell a reviewer what happened."
    ),
    Code.RATE_LIMITED: Form(
        Kind.TOO_MANY, "Too many requests: {limit} is the most for {what}.", "Wait a moment, then try again."
    ),
    Code.RECEIVER_UNSAFE: Form(
        Kind.MALFORMED,
        "The receiver's address is refused: {problem}.",
        "Use a public HTTPS address; an administrator can allow a private host in the workspace document.",
    ),
    Code.RECEIVER_UNVERIFIED: Form(
        Kind.UNPROCESSABLE,
        "The receiver could not be verified: {problem}.",
        "See that it answers with the challenge, then send the same request again.",
    ),
    Code.SOURCE_CLOSED: Form(
        Kind.FORBIDDEN,
        "This workspace takes no actions that agents execute themselves.",
        "An administrator can declare a system of kind agent in the workspace document.",
    ),
    Code.START_REFUSED: Form(
        Kind.CONFLICT,
        "Action {action} may not start now: {problem}.",
        "Do not execute. While the clearance holds you may try again.",
    ),
    Code.CONNECTOR_DOWN: Form(
        Kind.UNAVAILABLE,
        "Connector {connector} cannot be reached: {problem}.",
        "Nothing was changed. Check the system behind it and try again.",
    ),
    Code.CONFIRMATION_MISSING: Form(
        Kind.UNPROCESSABLE,
        "{deed} needs a second person.",
        "Ask another ops lead or administrator to confirm.",
    ),
    Code.DATABASE_BUSY: Form(
        Kind.UNAVAILABLE,
        "The database is locked by another program.",
        "Nothing was changed. Close the other program, then try again.",
    ),
    Code.DATABASE_UNUSABLE: Form(Kind.UNAVAILABLE, "The database cannot be used: {problem}.", "{advice}"),
    Code.DEADLINE_PASSED: Form(
        Kind.CONFLICT,
        "The deadline of this action passed at {deadline}.",
        "Propose again with a later deadline.",
    ),
    Code.DELEGATION_REFUSED: Form(
        Kind.UNPROCESSABLE,
        "This cannot be delegated: {problem}.",
        "Lend a tier of your own to another reviewer, for named capabilities and 30 days at most.",
    ),
    Code.DELIVERY_UNSUPPORTED: Form(
        Kind.MALFORMED, "Delivery by {type} is not supported.", "Use a delivery of type webhook."
    ),
    Code.DEVICE_UNKNOWN: Form(
        Kind.FORBIDDEN,
        "Device key {device} is not enrolled for {person}.",
        "Enrol this device, then decide again.",
    ),
    Code.DOCUMENT_INVALID: Form(
        Kind.UNPROCESSABLE, "{document}: {problem}", "Correct the document; the active one stays in force."
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
    Code.GLASS_UNREVIEWED: Form(
        Kind.CONFLICT,
        "{person} broke the glass at {since}, and nobody has reviewed that yet.",
        "Ask somebody else of tier 3 to review it: `lineclear people review-glass`.",
    ),
    Code.HOST_REFUSED: Form(
        Kind.FORBIDDEN,
        "This server does not answer to that host name.",
        "Use the address that `lineclear serve` printed, or allow the name with --allow-host.",
    ),
    Code.JOB_CLOSED: Form(Kind.CONFLICT, "Job {job} is {status}.", "Open a new job."),
    Code.JOB_PAUSED: Form(
        Kind.CONFLICT,
        "Job {job} is paused: its {budget} budget is spent ({used} of {limit}).",
        "A reviewer can raise the budget or end the job; the request is in the queue.",
    ),
    Code.JOB_UNKNOWN: Form(
        Kind.MISSING, "There is no job {job} for this agent.", "Open a job first with POST /v1/jobs."
    ),
    Code.KEY_IN_FLIGHT: Form(
        Kind.CONFLICT,
        "A request with this Idempotency-Key is still being handled.",
        "Wait a moment and send the same request again.",
    ),
    Code.KEY_MISSING: Form(
        Kind.MALFORMED,
        "This request needs an Idempotency-Key header.",
        "Send one unique key per intended write, and the same key when you repeat it.",
    ),
    Code.KEY_REUSED: Form(
        Kind.UNPROCESSABLE,
        "This Idempotency-Key was used before with another body.",
        "Use a new key for a new write.",
    ),
    Code.KEYRING_UNUSABLE: Form(
        Kind.UNAVAILABLE,
        "No usable system keyring was found ({problem}), so your signing key cannot be kept safely.",
        "Start the system keyring; or set LINECLEAR_KEY_PASSPHRASE to keep an encrypted key file; "
        "or use --ephemeral-key for this run only.",
    ),
    Code.LEGAL_HOLD: Form(
        Kind.CONFLICT,
        "Nothing may be erased: {by} placed legal hold ({reason}).",
        "An administrator can lift it with `lineclear legal-hold off`, once nobody needs what is kept.",
    ),
    Code.LEDGER_ALARM: Form(
        Kind.FORBIDDEN,
        "Approving is off, because the ledger is not the one that was known here: {problem}",
        "Ask whoever runs the backend and show them {evidence}. Once it is explained, "
        "`lineclear review trust-log` begins anew with the ledger as it is.",
    ),
    Code.MEDIA_TYPE_REFUSED: Form(
        Kind.WRONG_MEDIA_TYPE,
        "The body has to be declared as application/json.",
        "Send the header Content-Type: application/json.",
    ),
    Code.METHOD_REFUSED: Form(
        Kind.WRONG_METHOD,
        "{method} is not possible at {path}.",
        "Use one of: {allowed}; /openapi.json says which does what.",
    ),
    Code.MODE_DRAFT: Form(
        Kind.CONFLICT,
        "Agent {agent} is in draft mode for {capability}: approvals record agreement and execute nothing.",
        "Raise the mode in Control.",
    ),
    Code.NOTEBOOK_UNUSABLE: Form(
        Kind.UNAVAILABLE,
        "What this device knows of the ledger cannot be read or kept: {path}: {problem}.",
        "Nothing is approved without it. Make the folder writable, or bring it back from a backup.",
    ),
    Code.NOT_UNKNOWN: Form(
        Kind.CONFLICT,
        "Action {action} is {status}; only an unknown outcome can be reconciled.",
        "Refresh to see what happened.",
    ),
    Code.NOT_EDITABLE: Form(
        Kind.CONFLICT,
        "Action {action} cannot be edited: {problem}.",
        "Reject it with a reason, or propose a new action.",
    ),
    Code.CANARY_NEVER_RUNS: Form(
        Kind.CONFLICT,
        "Action {action} is a canary; policy would let it run, and a canary never runs.",
        "Plant one that policy asks a person about.",
    ),
    Code.CANARY_UNSEEN: Form(
        Kind.CONFLICT,
        "Nobody will be asked about this canary: it is {status}.",
        "Plant one that policy asks a person about.",
    ),
    Code.NOT_FOUND: Form(Kind.MISSING, "{what} does not exist.", "Check the address."),
    Code.NOT_REVERSIBLE: Form(
        Kind.CONFLICT, "{title} cannot be undone: {problem}.", "Propose a new action that sets things right."
    ),
    Code.NOT_UNDOABLE_NOW: Form(
        Kind.CONFLICT,
        "Action {action} is {status}; only an action that succeeded can be undone.",
        "Wait for its outcome, or stop the job.",
    ),
    Code.ORIGIN_REFUSED: Form(
        Kind.FORBIDDEN,
        "Requests from web pages are refused.",
        "Use a program of your own, not a page in a browser.",
    ),
    Code.OWN_AUTHORITY: Form(
        Kind.FORBIDDEN,
        "Nobody may {deed} for themselves.",
        "Ask another administrator, or a reviewer of tier 3.",
    ),
    Code.OWNER_CANNOT_DECIDE: Form(
        Kind.FORBIDDEN,
        "{person} owns agent {agent} and never counts for its actions.",
        "Ask another reviewer.",
    ),
    Code.PERSON_UNKNOWN: Form(
        Kind.FORBIDDEN, "{person} is not enrolled in this workspace.", "An administrator can enrol them."
    ),
    Code.POLICY_STRICTER: Form(
        Kind.CONFLICT,
        "The policy became stricter after the decision: {problem}.",
        "Review the action again under the policy now in force.",
    ),
    Code.PORT_TAKEN: Form(
        Kind.UNAVAILABLE,
        "Port {port} on {host} is taken by another program.",
        "Choose another port with --port, or --port 0 for any free one.",
    ),
    Code.QUERY_INVALID: Form(
        Kind.MALFORMED,
        "The query cannot be read: {problem}.",
        "Correct the query; /openapi.json lists its members.",
    ),
    Code.REASON_MISSING: Form(
        Kind.UNPROCESSABLE, "{deed} needs a reason.", "Say why in a sentence; it is kept in the ledger."
    ),
    Code.REVISION_STALE: Form(
        Kind.CONFLICT,
        "You decided on revision {seen}; the action is now at revision {current}.",
        "Look at what changed, then decide again.",
    ),
    Code.ROLE_INSUFFICIENT: Form(Kind.FORBIDDEN, "{role} may not {deed}.", "This needs: {needed}."),
    Code.SAFE_MODE_ON: Form(
        Kind.CONFLICT,
        "Safe mode is on: {reason}.",
        "Nothing that mutates may start until an ops lead leaves safe mode.",
    ),
    Code.SECRET_SHOWN: Form(
        Kind.CONFLICT,
        "The token of {name} was made by this request already, and is shown only once.",
        "Make another one with a new Idempotency-Key, and revoke the first.",
    ),
    Code.SESSION_LOCKED: Form(
        Kind.FORBIDDEN, "This session is locked; it signs and sends nothing.", "Unlock it, then try again."
    ),
    Code.SIGNATURE_INVALID: Form(
        Kind.FORBIDDEN,
        "The decision's signature does not hold: {problem}.",
        "Sign again on an enrolled device. If you did not sign, tell an administrator.",
    ),
    Code.STILL_NEEDED: Form(
        Kind.CONFLICT,
        "{what} is {status}: what would be erased is still needed.",
        "Decide on it, or stop its job; then erase.",
    ),
    Code.STATE_CHANGED: Form(
        Kind.CONFLICT,
        "This changed while you were looking: {what}.",
        "Look at what changed, then decide again.",
    ),
    Code.TARGET_MOVED: Form(
        Kind.CONFLICT,
        "{target} changed since it was shown.",
        "Nothing was changed. Look at its present state and decide again.",
    ),
    Code.TIER_INSUFFICIENT: Form(
        Kind.FORBIDDEN,
        "{person} is at tier {tier}; this needs tier {needed}.",
        "Ask a reviewer at tier {needed} or above.",
    ),
    Code.TOKEN_INVALID: Form(
        Kind.UNAUTHENTICATED,
        "The token is missing, unknown, revoked or expired.",
        "Create one with `lineclear token create` and send it as `Authorization: Bearer …`.",
    ),
    Code.TOO_MANY_PENDING: Form(
        Kind.TOO_MANY,
        "Agent {agent} has {pending} actions waiting; {limit} is the most.",
        "Wait until some are decided.",
    ),
    Code.TOOL_UNKNOWN: Form(
        Kind.UNPROCESSABLE, "No connector knows tool {tool}.", "Declare it in the workspace document."
    ),
    Code.UNREACHABLE: Form(
        Kind.UNAVAILABLE,
        "The backend at {url} cannot be reached: {problem}.",
        "Nothing was lost. Check that it runs, then try again.",
    ),
}


_PLACE = re.compile(r"\{(\w+)\}(\.?)")


class Refusal(Exception):  # noqa: N818  # the product's own word for an expected no
    """An expected no. `str()` gives the sentence; `remedy` what to do next."""

    def __init__(self, code: Code, /, **params: object) -> None:
        self.code = code
        self.params = {name: str(value) for name, value in params.items()}
        super().__init__(self.sentence)

    @property
    def kind(self) -> Kind:
        return FORMS[self.code].kind

    @property
    def sentence(self) -> str:
        return _filled(FORMS[self.code].says, self.params)

    @property
    def remedy(self) -> str:
        return _filled(FORMS[self.code].remedy, self.params)


def _filled(form: str, params: Mapping[str, str]) -> str:
    """The form with its parameters. One that ends in a full stop gives it up where the form has its own."""

    def value(place: re.Match[str]) -> str:
        name, stop = place.groups()
        return params[name].removesuffix(stop) + stop if stop else params[name]

    return _PLACE.sub(value, form)
