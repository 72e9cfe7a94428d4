"""What a change of policy would do, as sheets: words, queue, history, diff. Pure: free of Qt and I/O."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from difflib import unified_diff
from typing import Final

from lineclear.application.lab.history import SAYS, Lack
from lineclear.application.reading.answers import Foreseen, PolicyChange, QueueTrial, Replayed
from lineclear.desktop.presenters.lab.effort import USUAL, Effort
from lineclear.desktop.presenters.lab.lab_sheets import DiffKind, DiffLine, FigureRow, Findings, ProblemRow
from lineclear.desktop.presenters.sheets import Line, Mark
from lineclear.domain.policy.differences import Difference, Direction
from lineclear.domain.policy.problems import Problem
from lineclear.domain.text import paintable
from lineclear.domain.vocabulary import Outcome
from lineclear.domain.wording import figure, marked, say, say_n

_MOST_LINES: Final = 200
_ORDER: Final = (Direction.LOOSER, Direction.OTHER, Direction.STRICTER)
_FEWER: Final = marked(
    "{approvals:,} fewer approvals: {hours:,.1f} hours and ${cost:,.2f} less, "
    "at {minutes} minutes a review and ${hourly} an hour"
)
_MORE: Final = marked(
    "{approvals:,} more approvals: {hours:,.1f} hours and ${cost:,.2f} more, "
    "at {minutes} minutes a review and ${hourly} an hour"
)
_AS_MANY: Final = marked("As many approvals as now, at {minutes} minutes a review and ${hourly} an hour")
_WAYS: Final = {
    Direction.LOOSER: marked("looser"),
    Direction.OTHER: marked("other"),
    Direction.STRICTER: marked("stricter"),
}
_SIGNS: Final = {
    Direction.LOOSER: (Mark.ATTENTION, marked("Looser")),
    Direction.OTHER: (Mark.ATTENTION, marked("Other")),
    Direction.STRICTER: (Mark.MET, marked("Stricter")),
}
_MARKS: Final = {
    Outcome.ALLOW: Mark.ATTENTION,
    Outcome.ASK: Mark.MET,
    Outcome.DENY: Mark.REFUSED,
}


def problem_rows(problems: Sequence[Problem]) -> tuple[ProblemRow, ...]:
    """What has to be corrected, in the order of the text."""
    return tuple(ProblemRow(one.line, paintable(one.says), paintable(one.remedy)) for one in problems)


def change_findings(change: PolicyChange) -> Findings:
    """What differs in words, the looser first, because that is what has to be looked at."""
    if not change.changes:
        return Findings(say("No rule differs from version {expected}", expected=change.expected))
    counts = Counter(one.direction for one in change.changes)
    said = ", ".join(f"{counts[way]} {say(_WAYS[way])}" for way in _ORDER if counts[way])
    ordered = sorted(change.changes, key=lambda one: (_ORDER.index(one.direction), one.path))
    return Findings(
        say("{said} than version {expected}", said=said, expected=change.expected),
        tuple(map(_change, ordered[:_MOST_LINES])),
    )


def _change(one: Difference) -> Line:
    mark, word = _SIGNS[one.direction]
    if not one.before:
        said = say("{after} (new)", after=one.after)
    elif not one.after:
        said = say("{before} (gone)", before=one.before)
    else:
        said = f"{one.before} → {one.after}"
    return Line(mark, paintable(f"{say(word)}: {one.path}: {said}"))


def queue_findings(trial: QueueTrial, at_most: int = 0) -> Findings:
    """What would become of all that waits, or of what waits at a tier at most; what turns first."""
    items = [one for one in trial.items if not at_most or one.was_tier <= at_most]
    if not items:
        return Findings(
            say("Nothing waits at your tier now") if trial.items else say("Nothing waits for people now")
        )
    judged = [one for one in items if not one.lack]
    lacks = Counter(one.lack for one in items if one.lack)
    turned = [one for one in judged if _was(one) != _would(one)]
    lines = [*map(_turned, turned[:_MOST_LINES]), *_lack_lines(lacks)]
    if trial.more:
        lines.append(
            Line(
                Mark.MISSING,
                say("More wait than the first {items:,}, which are judged here", items=len(trial.items)),
            )
        )
    if not turned and judged:
        lines.insert(0, Line(Mark.MET, say("Nothing that waits would be judged otherwise")))
    return Findings(
        say(
            "{judged}; {number} would change",
            judged=_results(judged),
            number=say_n("{count:,} result", "{count:,} results", len(turned)),
        )
        if turned
        else _results(judged),
        tuple(lines),
    )


def _results(judged: Sequence[Foreseen]) -> str:
    """How many would be allowed, asked at which tier, and denied."""
    counts = Counter(_would(one) for one in judged)
    return ", ".join(f"{figure(counts[result])} {result}" for result in sorted(counts)) or say(
        "None can be judged"
    )


def _turned(one: Foreseen) -> Line:
    said = f"{one.title}, {one.agent}: {_was(one)} → {_would(one)}"
    return Line(_MARKS[Outcome(one.would)], paintable(said), paintable(one.why) if one.why else None)


def _was(one: Foreseen) -> str:
    return _result(one.was, one.was_tier)


def _would(one: Foreseen) -> str:
    return _result(one.would, one.would_tier)


def _result(outcome: str, tier: int) -> str:
    match outcome:
        case Outcome.ALLOW:
            return say("allowed")
        case Outcome.DENY:
            return say("denied")
        case _:
            return say("asked at tier {tier}", tier=tier) if tier else say("asked")


def history_rows(before: Replayed, after: Replayed, effort: Effort = USUAL) -> tuple[FigureRow, ...]:
    """One row for each question."""
    asked = (
        *_QUESTIONS,
        (marked("hours"), lambda one: figure(effort.hours(one.people), ",.1f"), True),
        (marked("cost"), lambda one: say("${amount:,.2f}", amount=effort.usd(one.people)), True),
    )
    return tuple(
        FigureRow(say(label), of(before), of(after), is_part=is_part) for label, of, is_part in asked
    )


def history_lines(before: Replayed, after: Replayed, effort: Effort = USUAL) -> Iterator[Line]:
    """What is spared or asked, what would have passed, and what history cannot say."""
    fewer = before.people - after.people
    hours, usd = effort.hours(abs(fewer)), effort.usd(abs(fewer))
    yield Line(
        Mark.MET if fewer >= 0 else Mark.ATTENTION,
        say(
            _FEWER if fewer > 0 else _MORE if fewer else _AS_MANY,
            approvals=abs(fewer),
            hours=hours,
            cost=usd,
            minutes=f"{effort.minutes:g}",
            hourly=f"{effort.usd_an_hour:g}",
        ),
    )
    if after.passed:
        named = ", ".join(after.passed_actions[:5])
        yield Line(
            Mark.REFUSED,
            paintable(
                say(
                    "Errors that would have passed: {passed:,} (${passed_usd}), such as {named}",
                    passed=after.passed,
                    passed_usd=after.passed_usd,
                    named=named,
                )
            ),
        )
    if after.hindered:
        named = ", ".join(after.hindered_actions[:5])
        yield Line(
            Mark.ATTENTION,
            paintable(
                say(
                    "Ran well and would be denied: {hindered:,}, such as {named}",
                    hindered=after.hindered,
                    named=named,
                )
            ),
        )
    yield from _lack_lines(after.lacks)


def _lack_lines(lacks: Counter[str] | dict[str, int]) -> Iterator[Line]:
    for lack, count in sorted(lacks.items()):
        yield Line(
            Mark.MISSING, say("Not known ({count:,}): {says}", count=count, says=say(SAYS[Lack(lack)]))
        )


def _share(outcome: Outcome) -> Callable[[Replayed], str]:
    def share(one: Replayed) -> str:
        count = one.outcomes.get(outcome, 0)
        return f"{figure(count)} ({figure(count / one.actions, '.0%')})" if one.actions else "0"

    return share


def _tier(tier: str) -> Callable[[Replayed], str]:
    return lambda one: figure(one.tiers.get(tier, 0))


_QUESTIONS: Final[tuple[tuple[str, Callable[[Replayed], str], bool], ...]] = (
    (marked("Actions judged"), lambda one: figure(one.actions), False),
    (marked("Allowed"), _share(Outcome.ALLOW), False),
    (marked("Asked"), _share(Outcome.ASK), False),
    (marked("at tier 1"), _tier("1"), True),
    (marked("at tier 2"), _tier("2"), True),
    (marked("at tier 3"), _tier("3"), True),
    (marked("Denied"), _share(Outcome.DENY), False),
    (marked("People stopped or took back"), lambda one: figure(one.wrong), False),
    (
        marked("would have passed"),
        lambda one: say("{number:,} (${amount})", number=one.passed, amount=one.passed_usd),
        True,
    ),
    (
        marked("newly caught"),
        lambda one: say("{number:,} (${amount})", number=one.caught, amount=one.caught_usd),
        True,
    ),
    (marked("Ran well, would be denied"), lambda one: figure(one.hindered), False),
    (marked("Approvals needed"), lambda one: figure(one.people), False),
)


def diff_lines(before: str, after: str, version: int) -> tuple[DiffLine, ...]:
    """The plain diff between the text in force and the one that is tried."""
    found = unified_diff(
        before.splitlines(),
        after.splitlines(),
        say("version {version}", version=version),
        say("this text"),
        lineterm="",
        n=3,
    )
    return tuple(map(_diff_line, found))


def _diff_line(text: str) -> DiffLine:
    shown = paintable(text).text
    if text.startswith(("@@", "--- ", "+++ ")):
        return DiffLine(DiffKind.PLACE, shown)
    kinds = {"+": DiffKind.ADDED, "-": DiffKind.REMOVED}
    return DiffLine(kinds.get(text[:1], DiffKind.SAME), shown)
