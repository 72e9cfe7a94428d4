"""The workspace's rule on deciding without the backend as a sheet, and as typed. Pure: free of Qt and I/O."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from lineclear.application.reading.answers import Me
from lineclear.desktop.presenters.control.control_sheets import OfflineSheet
from lineclear.desktop.presenters.control.modes_page import may_not_change
from lineclear.desktop.presenters.control.people_sheets import AnswerKind, Asked, DeedSheet
from lineclear.desktop.presenters.sheets import Notice, Words
from lineclear.domain.offline import HIGHEST_TIER, RANGES, OfflineRule
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.wording import say, say_n

RULE: Final = "rule"
"""The one deed of the sheet."""
_TIERS: Final = tuple(str(tier) for tier in range(HIGHEST_TIER + 1))


def offline_sheet(rule: OfflineRule, me: Me, notice: Notice | None = None) -> OfflineSheet:
    """What holds now, and the form that changes it, or why this person may not."""
    fresh, within = RANGES["fresh_minutes"], RANGES["within_minutes"]
    deed = DeedSheet(
        RULE,
        say("Change the rule"),
        say("It holds for everybody in this workspace from now on. Tier 3 is never approved offline."),
        (
            Asked("tier", say("Approve up to tier; 0 is none"), AnswerKind.ONE, _TIERS, str(rule.tier)),
            Asked("fresh_minutes", _minutes_of_freshness(fresh), value=str(rule.fresh_minutes)),
            Asked("within_minutes", _minutes_to_arrive(within), value=str(rule.within_minutes)),
            Asked("reason", say("Reason, for the ledger")),
        ),
        why_not=may_not_change(me),
    )
    return OfflineSheet(tuple(_words(rule)), deed, notice)


def _minutes_of_freshness(span: tuple[int, int]) -> str:
    return say("Confirmed by the backend at most so many minutes before, {least} to {most:,}", **_named(span))


def _minutes_to_arrive(span: tuple[int, int]) -> str:
    return say("Arriving at most so many minutes after that, {least} to {most:,}", **_named(span))


def _named(span: tuple[int, int]) -> dict[str, int]:
    return {"least": span[0], "most": span[1]}


def _words(rule: OfflineRule) -> Iterator[Words]:
    if not rule.tier:
        yield say("Nothing is approved while the backend is away.")
    else:
        yield say("Actions up to tier {tier} may be approved while the backend is away.", tier=rule.tier)
        yield say_n(
            "Only what the backend confirmed at most {count:,} minute before.",
            "Only what the backend confirmed at most {count:,} minutes before.",
            rule.fresh_minutes,
        )
        yield say_n(
            "An approval counts if it arrives within {count:,} minute of that.",
            "An approval counts if it arrives within {count:,} minutes of that.",
            rule.within_minutes,
        )
    yield say("Rejecting and stopping always go on; they are sent once it answers again.")


def rule_of(said: Mapping[str, str]) -> OfflineRule:
    """The rule that a form's answers are. Refusal(OFFLINE_RULE_INVALID) where a value is no whole number."""
    return OfflineRule(_whole(said, "tier"), _whole(said, "fresh_minutes"), _whole(said, "within_minutes"))


def _whole(said: Mapping[str, str], name: str) -> int:
    text = said[name].strip()
    least, most = RANGES[name]
    if text.isascii() and text.isdigit() and len(text) <= len(str(most)):
        return int(text)
    raise Refusal(Code.OFFLINE_RULE_INVALID, problem=f"{name} is from {least} to {most}")
