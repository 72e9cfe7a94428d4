"""Reasons in plain words, for people. Pure and total: the ledger keeps codes, sentences are made here."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lineclear.domain.policy.reasons import Reason, ReasonCode
from lineclear.domain.policy.trust import Basis
from lineclear.domain.wording import marked, marked_n, say, say_n

_UNKNOWN = marked("(not recorded)")

SENTENCES: Mapping[ReasonCode, str] = {
    ReasonCode.AMOUNT_CURRENCY_FOREIGN: (
        marked("The currency is {currency}, so the {limit} USD {kind} cannot be checked.")
    ),
    ReasonCode.AMOUNT_MALFORMED: (
        marked("The amount cannot be read ({amount}), so the {limit} USD {kind} cannot be checked.")
    ),
    ReasonCode.AMOUNT_MISSING: marked("There is no amount, so the {limit} USD {kind} cannot be checked."),
    ReasonCode.AMOUNT_NEGATIVE: marked(
        "{amount} USD is below zero, so the {limit} USD {kind} cannot be checked."
    ),
    ReasonCode.AMOUNT_OVER_CEILING: marked("{amount} USD is over the {ceiling} ceiling."),
    ReasonCode.AMOUNT_OVER_DAY: marked("{amount} USD is over the {budget} that one agent may move in a day."),
    ReasonCode.AMOUNT_OVER_LINE: marked("{amount} USD is over the {line} approval line."),
    ReasonCode.AMOUNT_WITHIN_CEILING: marked("{amount} USD is within the {ceiling} ceiling."),
    ReasonCode.AMOUNT_WITHIN_DAY: marked(
        "{amount} USD is within the {budget} that one agent may move in a day."
    ),
    ReasonCode.AMOUNT_WITHIN_LINE: marked("{amount} USD is not over the {line} approval line."),
    ReasonCode.AMOUNT_ZERO: marked("The amount is zero, so the {limit} USD {kind} cannot be checked."),
    ReasonCode.APPROVAL_NOT_REQUIRED: marked("{tool} needs no approval of its own."),
    ReasonCode.APPROVAL_REQUIRED: marked("{tool} always needs approval."),
    ReasonCode.APPROVALS_NAMED: marked("{people} must approve."),
    ReasonCode.BUDGET_ASKED: marked(
        "{who} asks for a larger budget; raising it takes tier {tier} and another person."
    ),
    ReasonCode.BUDGET_SPENT: marked(
        "A budget is spent; raising it takes tier {tier}, and rejecting ends the job."
    ),
    ReasonCode.CAPABILITY_UNKNOWN: marked("Capability {capability} is not in the document."),
    ReasonCode.CEILINGS_NAMED: marked("What a reviewer may approve here is limited ({ceilings})."),
    ReasonCode.CONDITION_FALSE: marked("Not so: {condition}"),
    ReasonCode.CONDITION_TRUE: marked("{why}"),
    ReasonCode.CONDITION_UNKNOWN: marked("{why}"),
    ReasonCode.CONFIDENCE_LOW: marked("Confidence {confidence}, threshold {threshold}"),
    ReasonCode.CONFIDENCE_MALFORMED: marked("Confidence is no number from 0 to 1, threshold {threshold}"),
    ReasonCode.CONFIDENCE_MISSING: marked("Confidence not given, threshold {threshold}"),
    ReasonCode.CONFIDENCE_SUFFICIENT: marked("Confidence {confidence}, threshold {threshold}"),
    ReasonCode.CONTRACT_UNKNOWN: marked("No connector declares what {tool} does."),
    ReasonCode.CONTRACT_VERSION_HOLDS: marked("{tool} is at version {version}, for which this was written."),
    ReasonCode.CONTRACT_VERSION_OTHER: (
        marked("{tool} is at version {version}; this was written for version {written}.")
    ),
    ReasonCode.DAY_BUDGET_SPENT: (
        marked(
            "A budget of the day is spent; raising it takes tier {tier}, "
            "and rejecting keeps it until it renews."
        )
    ),
    ReasonCode.ENVIRONMENT_ALLOWED: marked("Environment {environment} is allowed."),
    ReasonCode.ENVIRONMENT_ASKS: marked("In environment {environment} a person must always approve."),
    ReasonCode.ENVIRONMENT_MISSING: marked("Argument {argument} names no environment; allowed: {allowed}."),
    ReasonCode.ENVIRONMENT_NOT_ALLOWED: marked(
        "Environment {environment} is not allowed; allowed: {allowed}."
    ),
    ReasonCode.ENVIRONMENT_NOT_TOUCHED: (
        marked("{tool} names no environment, so the list does not apply; the workspace is {workspace}.")
    ),
    ReasonCode.JUDGE_ALLOWS: marked("The judge outside has nothing against it{because}."),
    ReasonCode.JUDGE_ASKS: marked("The judge outside asks for a person{because}."),
    ReasonCode.JUDGE_DENIES: marked("The judge outside denies it{because}."),
    ReasonCode.JUDGE_UNREACHABLE: marked("Policy judge unreachable: {problem}."),
    ReasonCode.ESCALATION_NAMED: (
        marked("After {duration} without enough decisions, somebody at {asked} must approve as well.")
    ),
    ReasonCode.KEY_ABSENT: marked("An idempotency key is required, and there is none."),
    ReasonCode.KEY_OPTIONAL: marked("An idempotency key is optional."),
    ReasonCode.KEY_PRESENT: marked("The required idempotency key is there."),
    ReasonCode.MODE_ASSISTED_ASKS: (
        marked("Mode assisted: only reads and reversible low-risk changes run without a person.")
    ),
    ReasonCode.MODE_ASSISTED_RUNS: marked("Mode assisted: reads and reversible low-risk changes may run."),
    ReasonCode.MODE_DELEGATED_ASKS: marked(
        "Mode delegated: no amount ceiling or environment list limits this tool."
    ),
    ReasonCode.MODE_DELEGATED_RUNS: marked("Mode delegated: this runs inside {limit}."),
    ReasonCode.MODE_DRAFT: marked("Mode draft: an approval records agreement and executes nothing."),
    ReasonCode.MODE_MANAGED: marked("Mode managed: the workspace's policy and budgets alone decide."),
    ReasonCode.MODE_NONE: marked("No mode is set, so the document alone decides."),
    ReasonCode.RATE_EXCEEDED: marked("{proposals} came before this one within {duration}; {most} are taken."),
    ReasonCode.RATE_UNKNOWN: (
        marked("How many proposals came before this one is not known; {most} in {duration} are taken.")
    ),
    ReasonCode.RATE_WITHIN: marked(
        "{proposals} came before this one within {duration}, and {most} are taken."
    ),
    ReasonCode.REVERSIBLE: marked("{tool} can be undone."),
    ReasonCode.REVERSIBLE_NOT: marked("{tool} cannot be undone."),
    ReasonCode.SECOND_REVIEW_CHANCE: marked("A share of {share} of what is approved gets a second look."),
    ReasonCode.SECOND_REVIEW_DRAWN: marked("Drawn for a second look: one person more (share {share})."),
    ReasonCode.SECOND_REVIEW_NOT_DRAWN: marked("Not drawn for a second look (share {share})."),
    ReasonCode.STAGES_NAMED: marked("All of these must approve: {stages}."),
    ReasonCode.TIER_BY_DEFAULT: marked("Tier {tier}, because {basis}."),
    ReasonCode.TIER_BY_DOCUMENT: marked("Tier {tier}, as the document says."),
    ReasonCode.TIER_RAISED: marked("Raised from tier {from} to tier {tier}."),
    ReasonCode.TOOL_LISTED: marked("{tool} is listed under {capability}."),
    ReasonCode.TOOL_NOT_LISTED: marked("{tool} is not listed under {capability}."),
    ReasonCode.UNDO_ABOVE_CEILING: marked(
        "Taking this back moves {amount}, and the limit of who asked is {ceiling}."
    ),
    ReasonCode.UNDO_ABOVE_TIER: marked("Taking this back needs tier {tier}; who asked is at tier {held}."),
    ReasonCode.UNDO_SECOND_PERSON: marked(
        "Taking back access, people or policy always needs a second person."
    ),
    ReasonCode.UNDO_UNAVAILABLE: marked("{tool} cannot be undone, so the undo window does not apply."),
    ReasonCode.UNDO_WINDOW: marked("An undo is offered for {duration}."),
    ReasonCode.UNDO_WITHIN_TIER: marked("Asked for at tier {held}; what it takes back needed tier {tier}."),
    ReasonCode.UNINSPECTABLE: marked("{parts} of the payload could not be read."),
}

_BASES: Mapping[str, str] = {
    Basis.ACCESS: marked("it changes access rights"),
    Basis.PEOPLE: marked("it concerns people"),
    Basis.POLICY: marked("it changes policy"),
    Basis.PRODUCTION: marked("it touches production"),
    Basis.ENVIRONMENT_UNKNOWN: marked("the environment that it touches is unknown"),
    Basis.MONEY: marked("it concerns money"),
    Basis.IRREVERSIBLE: marked("it cannot be undone"),
    Basis.REVERSIBLE: marked("it can be undone"),
    Basis.READ: marked("it changes nothing"),
}
_LIMITS: Mapping[str, str] = {
    "max_amount_usd": marked("its amount ceiling"),
    "environment": marked("its environment list"),
    "low_risk": marked("what assisted mode lets run"),
}
_UNITS = (
    (86_400, marked_n("{count} day", "{count} days")),
    (3_600, marked_n("{count} hour", "{count} hours")),
    (60, marked_n("{count} minute", "{count} minutes")),
    (1, marked_n("{count} second", "{count} seconds")),
)
_PROPOSALS = marked_n("{count} proposal", "{count} proposals")
_LINES = marked_n("{count} line", "{count} lines")
_PEOPLE = marked_n("{count} person", "{count} different people")
_PARTS = marked_n("{count} part", "{count} parts")
_AT_CEILING = marked("{amount} USD is over the {line} approval line and at the {ceiling} ceiling.")
_UNDER_CEILING = marked("{amount} USD is over the {line} approval line and under the {ceiling} ceiling.")
_SO = (marked("This is so: {condition}"), marked("{says} (this is so: {condition})"))
_OPEN = (
    marked("This cannot be answered: {condition}"),
    marked("{says} (this cannot be answered: {condition})"),
)
"""How a condition stands, without and with its writer's own words."""
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
        return say(_UNKNOWN)


def sentence(reason: Reason) -> str:
    """One sentence in the reader's language; total, also for reasons that an older version recorded."""
    words = _Words(reason.params)
    words.update(_made(reason))
    if reason.code is ReasonCode.AMOUNT_OVER_LINE and "ceiling" in reason.params:
        is_at = reason.params["ceiling"] == reason.params.get("amount")
        return say(_AT_CEILING if is_at else _UNDER_CEILING).format_map(words)
    said = say(SENTENCES[reason.code]).format_map(words)
    if reason.code in _DEFAULTED and reason.line is None:
        return say("{said} (the document names none)", said=said)
    return said


def where(reason: Reason) -> str:
    """Which rule it was, such as "issue_refund, line 6"; a default has no line."""
    outermost = reason.path.partition(".")[0]
    if outermost == "capabilities" and reason.code is ReasonCode.CAPABILITY_UNKNOWN:
        return say("the capability document")
    return outermost if reason.line is None else say("{rule}, line {line}", rule=outermost, line=reason.line)


def _made(reason: Reason) -> dict[str, str]:
    """The words that are made of a parameter rather than taken from it."""
    make = _MADE.get(reason.code)
    return make(_Words(reason.params)) if make else {}


def duration(seconds: str) -> str:
    """Seconds in the largest unit that divides them: 86400 is "1 day"."""
    if not (seconds.isascii() and seconds.isdigit()):
        return say(_UNKNOWN)
    for size, unit in _UNITS:
        if int(seconds) >= size and int(seconds) % size == 0:
            return _counted(str(int(seconds) // size), unit)
    return _counted(seconds, _UNITS[-1][1])


def _counted(number: str, noun: tuple[str, str]) -> str:
    """A recorded number with its noun; one that is none is said as it stands."""
    if number.isascii() and number.isdigit():
        return say_n(*noun, int(number))
    return say(noun[1], count=number or say(_UNKNOWN))


def _so(given: Mapping[str, str], found: tuple[str, str]) -> dict[str, str]:
    """The writer's own words where there are some, and the condition itself."""
    says = given.get("says")
    return {"why": say(found[bool(says)], says=says, condition=given["condition"])}


def _rate(given: Mapping[str, str]) -> dict[str, str]:
    return {
        "duration": duration(given["seconds"]),
        "proposals": _counted(given.get("count", ""), _PROPOSALS),
    }


def _approving(given: Mapping[str, str]) -> dict[str, str]:
    return {"people": _counted(given["approvals"], _PEOPLE)}


def _because(given: Mapping[str, str]) -> dict[str, str]:
    said = given.get("says", "").rstrip(".")
    return {"because": f": {said}" if said else ""}


_MADE: Mapping[ReasonCode, Callable[[Mapping[str, str]], dict[str, str]]] = {
    ReasonCode.APPROVALS_NAMED: _approving,
    ReasonCode.CEILINGS_NAMED: lambda given: {"ceilings": _counted(given["reviewers"], _LINES)},
    ReasonCode.CONDITION_TRUE: lambda given: _so(given, _SO),
    ReasonCode.CONDITION_UNKNOWN: lambda given: _so(given, _OPEN),
    ReasonCode.JUDGE_ALLOWS: _because,
    ReasonCode.JUDGE_ASKS: _because,
    ReasonCode.JUDGE_DENIES: _because,
    ReasonCode.ESCALATION_NAMED: lambda given: {"duration": duration(given["seconds"])},
    ReasonCode.MODE_DELEGATED_RUNS: lambda given: {"limit": say(_LIMITS.get(given["limit"], _UNKNOWN))},
    ReasonCode.RATE_EXCEEDED: _rate,
    ReasonCode.RATE_UNKNOWN: _rate,
    ReasonCode.RATE_WITHIN: _rate,
    ReasonCode.TIER_BY_DEFAULT: lambda given: {"basis": say(_BASES.get(given["basis"], _UNKNOWN))},
    ReasonCode.UNDO_WINDOW: lambda given: {"duration": duration(given["seconds"])},
    ReasonCode.UNINSPECTABLE: lambda given: {"parts": _counted(given.get("parts", ""), _PARTS)},
}
