"""Reasons in plain English, for people. Pure and total: the ledger keeps codes, sentences are made here."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lineclear.domain.policy.reasons import Reason, ReasonCode
from lineclear.domain.policy.trust import Basis

_UNKNOWN = "(not recorded)"

SENTENCES: Mapping[ReasonCode, str] = {
    ReasonCode.AMOUNT_CURRENCY_FOREIGN: (
        "The currency is {currency}, so the {limit} USD {kind} cannot be checked."
    ),
    ReasonCode.AMOUNT_MALFORMED: (
        "The amount cannot be read ({amount}), so the {limit} USD {kind} cannot be checked."
    ),
    ReasonCode.AMOUNT_MISSING: "There is no amount, so the {limit} USD {kind} cannot be checked.",
    ReasonCode.AMOUNT_NEGATIVE: "{amount} USD is below zero, so the {limit} USD {kind} cannot be checked.",
    ReasonCode.AMOUNT_OVER_CEILING: "{amount} USD is over the {ceiling} ceiling.",
    ReasonCode.AMOUNT_OVER_DAY: "{amount} USD is over the {budget} that one agent may move in a day.",
    ReasonCode.AMOUNT_OVER_LINE: "{amount} USD is over the {line} approval line.",
    ReasonCode.AMOUNT_WITHIN_CEILING: "{amount} USD is within the {ceiling} ceiling.",
    ReasonCode.AMOUNT_WITHIN_DAY: "{amount} USD is within the {budget} that one agent may move in a day.",
    ReasonCode.AMOUNT_WITHIN_LINE: "{amount} USD is not over the {line} approval line.",
    ReasonCode.AMOUNT_ZERO: "The amount is zero, so the {limit} USD {kind} cannot be checked.",
    ReasonCode.APPROVAL_NOT_REQUIRED: "{tool} needs no approval of its own.",
    ReasonCode.APPROVAL_REQUIRED: "{tool} always needs approval.",
    ReasonCode.APPROVALS_NAMED: "{people} must approve.",
    ReasonCode.BUDGET_SPENT: "A budget is spent; raising it takes tier {tier}, and rejecting ends the job.",
    ReasonCode.CAPABILITY_UNKNOWN: "Capability {capability} is not in the document.",
    ReasonCode.CEILINGS_NAMED: "What a reviewer may approve here is limited ({ceilings}).",
    ReasonCode.CONDITION_FALSE: "Not so: {condition}",
    ReasonCode.CONDITION_TRUE: "{why}",
    ReasonCode.CONDITION_UNKNOWN: "{why}",
    ReasonCode.CONFIDENCE_LOW: "Confidence {confidence}, threshold {threshold}",
    ReasonCode.CONFIDENCE_MALFORMED: "Confidence is no number from 0 to 1, threshold {threshold}",
    ReasonCode.CONFIDENCE_MISSING: "Confidence not given, threshold {threshold}",
    ReasonCode.CONFIDENCE_SUFFICIENT: "Confidence {confidence}, threshold {threshold}",
    ReasonCode.CONTRACT_UNKNOWN: "No connector declares what {tool} does.",
    ReasonCode.CONTRACT_VERSION_HOLDS: "{tool} is at version {version}, for which this was written.",
    ReasonCode.CONTRACT_VERSION_OTHER: (
        "{tool} is at version {version}; this was written for version {written}."
    ),
    ReasonCode.DAY_BUDGET_SPENT: (
        "A budget of the day is spent; raising it takes tier {tier}, and rejecting keeps it until it renews."
    ),
    ReasonCode.ENVIRONMENT_ALLOWED: "Environment {environment} is allowed.",
    ReasonCode.ENVIRONMENT_ASKS: "In environment {environment} a person must always approve.",
    ReasonCode.ENVIRONMENT_MISSING: "Argument {argument} names no environment; allowed: {allowed}.",
    ReasonCode.ENVIRONMENT_NOT_ALLOWED: "Environment {environment} is not allowed; allowed: {allowed}.",
    ReasonCode.ENVIRONMENT_NOT_TOUCHED: (
        "{tool} names no environment, so the list does not apply; the workspace is {workspace}."
    ),
    ReasonCode.ESCALATION_NAMED: (
        "After {duration} without enough decisions, somebody at {asked} must approve as well."
    ),
    ReasonCode.KEY_ABSENT: "An idempotency key is required, and there is none.",
    ReasonCode.KEY_OPTIONAL: "An idempotency key is optional.",
    ReasonCode.KEY_PRESENT: "The required idempotency key is there.",
    ReasonCode.MODE_ASSISTED_ASKS: (
        "Mode assisted: only reads and reversible low-risk changes run without a person."
    ),
    ReasonCode.MODE_ASSISTED_RUNS: "Mode assisted: reads and reversible low-risk changes may run.",
    ReasonCode.MODE_DELEGATED_ASKS: "Mode delegated: no amount ceiling or environment list limits this tool.",
    ReasonCode.MODE_DELEGATED_RUNS: "Mode delegated: this runs inside {limit}.",
    ReasonCode.MODE_DRAFT: "Mode draft: an approval records agreement and executes nothing.",
    ReasonCode.MODE_MANAGED: "Mode managed: the workspace's policy and budgets alone decide.",
    ReasonCode.MODE_NONE: "No mode is set, so the document alone decides.",
    ReasonCode.RATE_EXCEEDED: "{proposals} came before this one within {duration}; {most} are taken.",
    ReasonCode.RATE_UNKNOWN: (
        "How many proposals came before this one is not known; {most} in {duration} are taken."
    ),
    ReasonCode.RATE_WITHIN: "{proposals} came before this one within {duration}, and {most} are taken.",
    ReasonCode.REVERSIBLE: "{tool} can be undone.",
    ReasonCode.REVERSIBLE_NOT: "{tool} cannot be undone.",
    ReasonCode.SECOND_REVIEW_CHANCE: "A share of {share} of what is approved gets a second look.",
    ReasonCode.SECOND_REVIEW_DRAWN: "Drawn for a second look: one person more (share {share}).",
    ReasonCode.SECOND_REVIEW_NOT_DRAWN: "Not drawn for a second look (share {share}).",
    ReasonCode.STAGES_NAMED: "All of these must approve: {stages}.",
    ReasonCode.TIER_BY_DEFAULT: "Tier {tier}, because {basis}.",
    ReasonCode.TIER_BY_DOCUMENT: "Tier {tier}, as the document says.",
    ReasonCode.TIER_RAISED: "Raised from tier {from} to tier {tier}.",
    ReasonCode.TOOL_LISTED: "{tool} is listed under {capability}.",
    ReasonCode.TOOL_NOT_LISTED: "{tool} is not listed under {capability}.",
    ReasonCode.UNDO_ABOVE_TIER: "Taking this back needs tier {tier}; who asked is at tier {held}.",
    ReasonCode.UNDO_SECOND_PERSON: "Taking back access, people or policy always needs a second person.",
    ReasonCode.UNDO_UNAVAILABLE: "{tool} cannot be undone, so the undo window does not apply.",
    ReasonCode.UNDO_WINDOW: "An undo is offered for {duration}.",
    ReasonCode.UNDO_WITHIN_TIER: "Asked for at tier {held}; what it takes back needed tier {tier}.",
    ReasonCode.UNINSPECTABLE: "{parts} of the payload could not be read.",
}

_BASES: Mapping[str, str] = {
    Basis.ACCESS: "it changes access rights",
    Basis.PEOPLE: "it concerns people",
    Basis.POLICY: "it changes policy",
    Basis.PRODUCTION: "it touches production",
    Basis.ENVIRONMENT_UNKNOWN: "the environment that it touches is unknown",
    Basis.MONEY: "it concerns money",
    Basis.IRREVERSIBLE: "it cannot be undone",
    Basis.REVERSIBLE: "it can be undone",
    Basis.READ: "it changes nothing",
}
_LIMITS: Mapping[str, str] = {
    "max_amount_usd": "its amount ceiling",
    "environment": "its environment list",
    "low_risk": "what assisted mode lets run",
}
_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))
_DEFAULTED = frozenset(
    {
        ReasonCode.CONFIDENCE_LOW,
        ReasonCode.CONFIDENCE_MALFORMED,
        ReasonCode.CONFIDENCE_MISSING,
        ReasonCode.CONFIDENCE_SUFFICIENT,
    }
)


class _Words(dict[str, str]):
    """What a record of an older version lacks is said, not raised."""

    def __missing__(self, key: str) -> str:
        return _UNKNOWN


def sentence(reason: Reason) -> str:
    """One English sentence; total, also for reasons that an older version recorded."""
    words = _Words(reason.params)
    words.update(_made(reason))
    said = SENTENCES[reason.code].format_map(words)
    if reason.code is ReasonCode.AMOUNT_OVER_LINE and "ceiling" in reason.params:
        place = "at" if reason.params["ceiling"] == reason.params.get("amount") else "under"
        return f"{said.removesuffix('.')} and {place} the {reason.params['ceiling']} ceiling."
    if reason.code in _DEFAULTED and reason.line is None:
        return f"{said} (the document names none)"
    return said


def where(reason: Reason) -> str:
    """Which rule it was, such as "issue_refund, line 6"; a default has no line."""
    outermost = reason.path.partition(".")[0]
    if outermost == "capabilities" and reason.code is ReasonCode.CAPABILITY_UNKNOWN:
        return "the capability document"
    return outermost if reason.line is None else f"{outermost}, line {reason.line}"


def _made(reason: Reason) -> dict[str, str]:
    """The words that are made of a parameter rather than taken from it."""
    make = _MADE.get(reason.code)
    return make(_Words(reason.params)) if make else {}


def duration(seconds: str) -> str:
    """Seconds in the largest unit that divides them: 86400 is "1 day"."""
    if not (seconds.isascii() and seconds.isdigit()):
        return _UNKNOWN
    for size, unit in _UNITS:
        if int(seconds) >= size and int(seconds) % size == 0:
            return _counted(str(int(seconds) // size), unit)
    return _counted(seconds, "second")


def _counted(number: str, noun: str) -> str:
    return f"{number} {noun}" if number == "1" else f"{number or _UNKNOWN} {noun}s"


def _so(given: Mapping[str, str], found: str) -> dict[str, str]:
    """The writer's own words where there are some, and the condition itself."""
    condition, said = given["condition"], given.get("says")
    return {
        "why": f"{said} ({found[0].lower()}{found[1:]}: {condition})" if said else f"{found}: {condition}"
    }


def _rate(given: Mapping[str, str]) -> dict[str, str]:
    return {
        "duration": duration(given["seconds"]),
        "proposals": _counted(given.get("count", ""), "proposal"),
    }


def _approving(given: Mapping[str, str]) -> dict[str, str]:
    number = given["approvals"]
    return {"people": "1 person" if number == "1" else f"{number} different people"}


_MADE: Mapping[ReasonCode, Callable[[Mapping[str, str]], dict[str, str]]] = {
    ReasonCode.APPROVALS_NAMED: _approving,
    ReasonCode.CEILINGS_NAMED: lambda given: {"ceilings": _counted(given["reviewers"], "line")},
    ReasonCode.CONDITION_TRUE: lambda given: _so(given, "This is so"),
    ReasonCode.CONDITION_UNKNOWN: lambda given: _so(given, "This cannot be answered"),
    ReasonCode.ESCALATION_NAMED: lambda given: {"duration": duration(given["seconds"])},
    ReasonCode.MODE_DELEGATED_RUNS: lambda given: {"limit": _LIMITS.get(given["limit"], _UNKNOWN)},
    ReasonCode.RATE_EXCEEDED: _rate,
    ReasonCode.RATE_UNKNOWN: _rate,
    ReasonCode.RATE_WITHIN: _rate,
    ReasonCode.TIER_BY_DEFAULT: lambda given: {"basis": _BASES.get(given["basis"], _UNKNOWN)},
    ReasonCode.UNDO_WINDOW: lambda given: {"duration": duration(given["seconds"])},
    ReasonCode.UNINSPECTABLE: lambda given: {"parts": _counted(given.get("parts", ""), "part")},
}
