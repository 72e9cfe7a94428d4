"""The closed lists of refusals and of their kinds. Pure; a code is never renamed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What sort of answer a refusal is; the HTTP border maps each to one status."""

    MALFORMED = "malformed"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    MISSING = "missing"
    CONFLICT = "conflict"
    TOO_LARGE = "too_large"
    UNPROCESSABLE = "unprocessable"
    TOO_MANY = "too_many"
    UNAVAILABLE = "unavailable"
    WRONG_METHOD = "wrong_method"
    WRONG_MEDIA_TYPE = "wrong_media_type"
    BROKEN = "broken"


class Code(StrEnum):
    """The closed list of refusals."""

    ACTION_DECIDED = "action_decided"
    ACTION_UNKNOWN = "action_unknown"
    AGENT_CANNOT_DECIDE = "agent_cannot_decide"
    ARGUMENTS_INVALID = "arguments_invalid"
    AUTHORITY_MISSING = "authority_missing"
    BODY_INVALID = "body_invalid"
    BODY_TOO_LARGE = "body_too_large"
    AGENT_STOPPED = "agent_stopped"
    BREAKER_OPEN = "breaker_open"
    BROKEN = "broken"
    BLOB_UNKNOWN = "blob_unknown"
    BUDGET_SPENT = "budget_spent"
    CANARY_NEVER_RUNS = "canary_never_runs"
    CANARY_UNSEEN = "canary_unseen"
    CAPABILITY_NOT_IN_TOKEN = "capability_not_in_token"  # noqa: S105  # a code, not a secret
    CAPABILITY_UNKNOWN = "capability_unknown"
    CLAIM_HELD = "claim_held"
    CONNECTOR_DOWN = "connector_down"
    CLEARANCE_CONSUMED = "clearance_consumed"
    CLEARANCE_OVER = "clearance_over"
    CREDENTIAL_GONE = "credential_gone"
    CONFIRMATION_MISSING = "confirmation_missing"
    DATABASE_BUSY = "database_busy"
    DATABASE_UNUSABLE = "database_unusable"
    DEADLINE_PASSED = "deadline_passed"
    DELEGATION_REFUSED = "delegation_refused"
    DEVICE_UNKNOWN = "device_unknown"
    DOCUMENT_INVALID = "document_invalid"
    DUPLICATE_VOTE = "duplicate_vote"
    EDIT_DENIED = "edit_denied"
    GATEWAY_UNUSABLE = "gateway_unusable"
    GLASS_UNREVIEWED = "glass_unreviewed"
    HOST_REFUSED = "host_refused"
    DEFINITION_UNREVIEWED = "definition_unreviewed"
    DELIVERY_UNSUPPORTED = "unsupported_delivery_type"
    INSTANCE_DELETED = "instance_deleted"
    JOB_CLOSED = "job_closed"
    JOB_PAUSED = "job_paused"
    JOB_UNKNOWN = "job_unknown"
    JUDGE_UNREACHABLE = "judge_unreachable"
    KEY_IN_FLIGHT = "key_in_flight"
    KEY_MISSING = "key_missing"
    KEY_REUSED = "key_reused"
    KEYRING_UNUSABLE = "keyring_unusable"
    LEGAL_HOLD = "legal_hold"
    LEDGER_ALARM = "ledger_alarm"
    LOG_UNTRUSTED = "log_untrusted"
    MEDIA_TYPE_REFUSED = "media_type_refused"
    METHOD_REFUSED = "method_refused"
    MODE_DRAFT = "mode_draft"
    NOTEBOOK_UNUSABLE = "notebook_unusable"
    NOT_CLEARED = "not_cleared"
    NOT_CONSUMED = "not_consumed"
    NOT_EDITABLE = "not_editable"
    NOT_UNKNOWN = "not_unknown"
    NOT_FOUND = "not_found"
    NOT_REVERSIBLE = "not_reversible"
    NOT_UNDOABLE_NOW = "not_undoable_now"
    ORIGIN_REFUSED = "origin_refused"
    OWN_AUTHORITY = "own_authority"
    OUTCOME_KNOWN = "outcome_known"
    OWNER_CANNOT_DECIDE = "owner_cannot_decide"
    PACK_UNUSABLE = "pack_unusable"
    PERSON_UNKNOWN = "person_unknown"
    POLICY_STRICTER = "policy_stricter"
    PORT_TAKEN = "port_taken"
    QUERY_INVALID = "query_invalid"
    REASON_MISSING = "reason_missing"
    REVISION_STALE = "revision_stale"
    ROLE_INSUFFICIENT = "role_insufficient"
    SAFE_MODE_ON = "safe_mode_on"
    SECRET_SHOWN = "secret_shown"  # noqa: S105  # a code, not a secret
    SESSION_LOCKED = "session_locked"
    SEARCH_INVALID = "search_invalid"
    SIGNATURE_INVALID = "signature_invalid"
    STILL_NEEDED = "still_needed"
    RATE_LIMITED = "rate_limited"
    RECEIVER_UNSAFE = "receiver_unsafe"
    RECEIVER_UNVERIFIED = "receiver_unverified"
    SOURCE_CLOSED = "source_closed"
    START_REFUSED = "start_refused"
    STATE_CHANGED = "state_changed"
    TARGET_MOVED = "target_moved"
    TIER_INSUFFICIENT = "tier_insufficient"
    TOKEN_EXPIRED = "token_expired"  # noqa: S105  # a code, not a secret
    TOKEN_INVALID = "token_invalid"  # noqa: S105  # a code, not a secret
    TOO_MANY_PENDING = "too_many_pending"
    TOOL_UNMAPPED = "tool_unmapped"
    TOOL_UNKNOWN = "tool_unknown"
    UPSTREAM_DOWN = "upstream_down"
    TRIAL_REFUSED = "trial_refused"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Form:
    """How one refusal is answered and worded; `{name}` stands for a parameter."""

    kind: Kind
    says: str
    remedy: str
