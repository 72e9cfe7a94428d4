"""Why policy said what it said: values that go into the ledger. Pure; codes are only ever added."""

from enum import StrEnum

import msgspec

from lineclear.domain.policy.stages import Escalation, Stage
from lineclear.domain.vocabulary import Outcome, Tier


class ReasonCode(StrEnum):
    """The closed list of what a rule can find."""

    AMOUNT_CURRENCY_FOREIGN = "amount_currency_foreign"
    AMOUNT_MALFORMED = "amount_malformed"
    AMOUNT_MISSING = "amount_missing"
    AMOUNT_NEGATIVE = "amount_negative"
    AMOUNT_OVER_CEILING = "amount_over_ceiling"
    AMOUNT_OVER_DAY = "amount_over_day"
    AMOUNT_OVER_LINE = "amount_over_line"
    AMOUNT_WITHIN_CEILING = "amount_within_ceiling"
    AMOUNT_WITHIN_DAY = "amount_within_day"
    AMOUNT_WITHIN_LINE = "amount_within_line"
    AMOUNT_ZERO = "amount_zero"
    APPROVAL_NOT_REQUIRED = "approval_not_required"
    APPROVAL_REQUIRED = "approval_required"
    APPROVALS_NAMED = "approvals_named"
    BUDGET_ASKED = "budget_asked"
    BUDGET_SPENT = "budget_spent"
    CAPABILITY_UNKNOWN = "capability_unknown"
    CEILINGS_NAMED = "ceilings_named"
    CONDITION_FALSE = "condition_false"
    CONDITION_TRUE = "condition_true"
    CONDITION_UNKNOWN = "condition_unknown"
    CONFIDENCE_LOW = "confidence_low"
    CONFIDENCE_MALFORMED = "confidence_malformed"
    CONFIDENCE_MISSING = "confidence_missing"
    CONFIDENCE_SUFFICIENT = "confidence_sufficient"
    CONTRACT_UNKNOWN = "contract_unknown"
    CONTRACT_VERSION_HOLDS = "contract_version_holds"
    CONTRACT_VERSION_OTHER = "contract_version_other"
    DAY_BUDGET_SPENT = "day_budget_spent"
    ENVIRONMENT_ALLOWED = "environment_allowed"
    ENVIRONMENT_ASKS = "environment_asks"
    ENVIRONMENT_MISSING = "environment_missing"
    ENVIRONMENT_NOT_ALLOWED = "environment_not_allowed"
    ENVIRONMENT_NOT_TOUCHED = "environment_not_touched"
    JUDGE_ALLOWS = "judge_allows"
    JUDGE_ASKS = "judge_asks"
    JUDGE_DENIES = "judge_denies"
    JUDGE_UNREACHABLE = "judge_unreachable"
    ESCALATION_NAMED = "escalation_named"
    KEY_ABSENT = "key_absent"
    KEY_OPTIONAL = "key_optional"
    KEY_PRESENT = "key_present"
    MODE_ASSISTED_ASKS = "mode_assisted_asks"
    MODE_ASSISTED_RUNS = "mode_assisted_runs"
    MODE_DELEGATED_ASKS = "mode_delegated_asks"
    MODE_DELEGATED_RUNS = "mode_delegated_runs"
    MODE_DRAFT = "mode_draft"
    MODE_MANAGED = "mode_managed"
    MODE_NONE = "mode_none"
    RATE_EXCEEDED = "rate_exceeded"
    RATE_UNKNOWN = "rate_unknown"
    RATE_WITHIN = "rate_within"
    REVERSIBLE = "reversible"
    REVERSIBLE_NOT = "reversible_not"
    SECOND_REVIEW_CHANCE = "second_review_chance"
    SECOND_REVIEW_DRAWN = "second_review_drawn"
    SECOND_REVIEW_NOT_DRAWN = "second_review_not_drawn"
    STAGES_NAMED = "stages_named"
    TIER_BY_DEFAULT = "tier_by_default"
    TIER_BY_DOCUMENT = "tier_by_document"
    TIER_RAISED = "tier_raised"
    TOOL_LISTED = "tool_listed"
    TOOL_NOT_LISTED = "tool_not_listed"
    UNDO_ABOVE_CEILING = "undo_above_ceiling"
    UNDO_ABOVE_TIER = "undo_above_tier"
    UNDO_SECOND_PERSON = "undo_second_person"
    UNDO_UNAVAILABLE = "undo_unavailable"
    UNDO_WINDOW = "undo_window"
    UNDO_WITHIN_TIER = "undo_within_tier"
    UNINSPECTABLE = "uninspectable"


class ReasonEffect(StrEnum):
    """What a finding does to the outcome; `info` explains, and may set or raise the tier."""

    ALLOW = "allow"
    ASK = "ask"
    DENY = "deny"
    INFO = "info"


class Reason(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One rule that was looked at. `path` names it in the capability document, `line` is 1-based.

    A reason without a line comes from a default or from what the document does not say.
    `params` hold text that is safe to show: outside values are shortened and escaped.
    """

    code: ReasonCode
    effect: ReasonEffect
    path: str
    line: int | None = None
    params: dict[str, str] = {}


class Evaluation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What policy says of one revision. `tier` and `approvals` are given when it asks, and only then.

    `executes` is false where no clearance may follow: a denial, and an approval in draft mode.
    `stages` are given where the document names them; then `tier` is their highest, and `approvals` the
    fewest people who meet them. `ceilings` is the most in USD that reviewers may approve, by name.
    `escalations` say who is asked besides, and when; `second_review` is the share of approvals that get a
    second look, as text, empty where there is none.
    """

    outcome: Outcome
    tier: Tier | None = None
    approvals: int = 0
    reasons: tuple[Reason, ...] = ()
    executes: bool = True
    stages: tuple[Stage, ...] = ()
    ceilings: dict[str, str] = msgspec.field(default_factory=dict)
    escalations: tuple[Escalation, ...] = ()
    second_review: str = ""
