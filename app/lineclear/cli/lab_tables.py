"""What the lab found, as tables and sentences for a terminal. Free of rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from lineclear.application.lab.history import SAYS, Lack
from lineclear.application.lab.trials import Finding, Gap, Share, Trial
from lineclear.application.reading.answers import Replayed, ReplayPage, WhatIf
from lineclear.domain.policy.reasons import ReasonEffect
from lineclear.domain.policy.turning import result_words
from lineclear.domain.policy.wording import sentence, where
from lineclear.domain.text import paintable
from lineclear.domain.vocabulary import Outcome

_BAR: Final = 20
_FIRST: Final = (ReasonEffect.DENY, ReasonEffect.ASK, ReasonEffect.ALLOW, ReasonEffect.INFO)
_FINDINGS: Final = {
    Finding.TOO_LITTLE: "Too little is known to say that the second is as safe as the first.",
    Finding.BREAKS: "The second lets more pass that people stopped or took back: do not take it.",
    Finding.HOLDS: "The second keeps the guardrails, and is not shown to ask less.",
    Finding.BETTER: "The second keeps the guardrails, and leaves more jobs without a question.",
}


def show_replay(page: ReplayPage, names: Sequence[str], minutes: float, rate: float) -> None:
    """One column for each document, one row for each question."""
    console = _console()
    table = Table(title=f"{page.next - page.start:,} of {page.size:,} entries")
    table.add_column("")
    for name in names:
        table.add_column(Text(paintable(name).text), justify="right")
    for label, value in _rows(minutes, rate):
        table.add_row(label, *map(value, page.results))
    console.print(table)
    for name, one in list(zip(names, page.results, strict=True))[1:]:
        console.print(Text(_saved(paintable(name).text, page.results[0], one, minutes, rate), "bold"))
    _show_lacks(console, page, names)
    for name, result in zip(names, page.results, strict=True):
        if result.passed_actions:
            shown = ", ".join(result.passed_actions[:5])
            console.print(Text(f"Would have passed under {paintable(name).text}: {shown}"))


def _rows(minutes: float, rate: float) -> Iterator[tuple[str, Callable[[Replayed], str]]]:
    yield "actions judged", lambda one: f"{one.actions:,}"
    yield "allowed", lambda one: _of(one.outcomes.get(Outcome.ALLOW, 0), one.actions)
    yield "asked", lambda one: _of(one.outcomes.get(Outcome.ASK, 0), one.actions)
    for tier in ("1", "2", "3"):
        yield f"  at tier {tier}", lambda one, tier=tier: f"{one.tiers.get(tier, 0):,}"  # type: ignore[misc]  # a default binds the loop's value
    yield "denied", lambda one: _of(one.outcomes.get(Outcome.DENY, 0), one.actions)
    yield "stopped or taken back by people", lambda one: f"{one.wrong:,}"
    yield "  of these it would let pass", lambda one: f"{one.passed:,} ({one.passed_usd} USD)"
    yield "  of these it would newly catch", lambda one: f"{one.caught:,} ({one.caught_usd} USD)"
    yield "ran well and would be denied", lambda one: f"{one.hindered:,}"
    yield "approvals it would ask for", lambda one: f"{one.people:,}"
    yield f"  hours at {minutes:g} minutes each", lambda one: f"{_hours(one, minutes):,.1f}"
    yield f"  USD at {rate:g} an hour", lambda one: f"{_hours(one, minutes) * rate:,.2f}"
    yield "decisions people really made", lambda one: f"{one.reviews:,}"
    yield "hours that what it allows had waited", lambda one: f"{one.waited_seconds / 3600:,.1f}"


def _saved(name: str, first: Replayed, one: Replayed, minutes: float, rate: float) -> str:
    """What a document spares people, or asks more of them, than the one in the first column."""
    fewer = first.people - one.people
    hours = abs(fewer) * minutes / 60
    many, much = ("fewer", "less") if fewer >= 0 else ("more", "more")
    spared = f"{hours:,.1f} hours and {hours * rate:,.2f} USD {much}"
    return f"{name} asks for {abs(fewer):,} {many} approvals: {spared}."


def _hours(one: Replayed, minutes: float) -> float:
    return one.people * minutes / 60


def _of(count: int, whole: int) -> str:
    return f"{count:,} ({count / whole:.1%})" if whole else "0"


def _show_lacks(console: Console, page: ReplayPage, names: Sequence[str]) -> None:
    for name, result in zip(names, page.results, strict=True):
        for lack, count in result.lacks.items():
            said = f"Not known under {paintable(name).text}: {count:,} {SAYS[Lack(lack)]}"
            console.print(Text(said, "dim"))


def show_sweep(thresholds: Sequence[Decimal], page: ReplayPage) -> None:
    """A curve of what is asked, threshold by threshold, with what would pass beside it."""
    table = Table(title=f"{page.next - page.start:,} of {page.size:,} entries")
    for title in ("threshold", "allowed", "asked", "wrong ones that pass"):
        table.add_column(title, justify="right")
    table.add_column("asked of all")
    for threshold, one in zip(thresholds, page.results, strict=True):
        asked = one.outcomes.get(Outcome.ASK, 0)
        length = round(_BAR * asked / one.actions) if one.actions else 0
        allowed = one.outcomes.get(Outcome.ALLOW, 0)
        cells = (f"{threshold:.3f}", f"{allowed:,}", f"{asked:,}", f"{one.passed:,} ({one.passed_usd} USD)")
        table.add_row(*cells, "█" * length)
    _console().print(table)


def show_trial(found: Trial, names: tuple[str, str]) -> None:
    """Both halves, what lies between them, and what follows."""
    console, table = _console(), Table()
    table.add_column("")
    for name in names:
        table.add_column(Text(paintable(name).text), justify="right")
    table.add_column("difference", justify="right")
    first, second = found.arms
    table.add_row("jobs", f"{first.jobs:,}", f"{second.jobs:,}", "")
    table.add_row("actions", f"{first.actions:,}", f"{second.actions:,}", "")
    for label, one, other, gap in (
        ("jobs without a question", first.unattended, second.unattended, found.unattended),
        ("jobs in which a wrong one passes", first.wrong, second.wrong, found.wrong),
    ):
        table.add_row(label, _share(one), _share(other), _gap(gap))
    console.print(table)
    if found.lacks:
        console.print(Text(f"{found.lacks:,} actions could not be judged from history.", "dim"))
    console.print(Text(_FINDINGS[found.finding], "bold"))


def _share(one: Share) -> str:
    return f"{one.share:.1%} ({one.low:.1%} to {one.high:.1%})"


def _gap(gap: Gap) -> str:
    return f"{gap.value:+.1%} ({gap.low:+.1%} to {gap.high:+.1%})"


def told(found: WhatIf) -> str:
    """The result, every rule that was looked at, and what would have changed it."""
    lines = [f"It would be {result_words(found.evaluation)}."]
    reasons = sorted(found.evaluation.reasons, key=lambda one: _FIRST.index(one.effect))
    lines += [f"  {one.effect:<6} {sentence(one)}  [{where(one)}]" for one in reasons]
    lines += ["What would have changed that:"] if found.turns else []
    lines += [f"  {turn.says}: {turn.result}" for turn in found.turns]
    return "\n".join(paintable(line).text for line in lines)


def _console() -> Console:
    return Console(markup=False, emoji=False, highlight=False)
