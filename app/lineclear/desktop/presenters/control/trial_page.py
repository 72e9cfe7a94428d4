"""A document on trial on half of all new jobs, as a row of Control. Pure: free of Qt and I/O."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from lineclear.application.reading.answers import Me, TrialState
from lineclear.application.reading.formats import local_time
from lineclear.desktop.presenters.control.control_sheets import HealthRow
from lineclear.desktop.presenters.control.safe_modes import why_not
from lineclear.desktop.presenters.lab.lab_sheets import TrialSheet
from lineclear.desktop.presenters.sheets import Chip, Line, Mark, Tone, Words, text_of
from lineclear.domain.events import TrialEnd
from lineclear.domain.principals import Deed
from lineclear.domain.text import paintable
from lineclear.domain.trials import LiveTrial
from lineclear.domain.wording import marked, say

_PER_MILLE: Final = 1_000
_ENDS: Final = {
    TrialEnd.HAND: (Chip(marked("Ended by hand")), marked("{by} ended it {time}.")),
    TrialEnd.GUARDRAIL: (
        Chip(marked("Ended by its guardrail"), Tone.STOP),
        marked("More of its jobs were in trouble: {troubled} of {jobs}, against {others} of {rest}. {time}"),
    ),
    TrialEnd.POLICY_CHANGED: (
        Chip(marked("Ended")),
        marked("Another version came into force {time}, so it had nothing to be held against."),
    ),
    TrialEnd.UNGUARDED: (
        Chip(marked("Ended unguarded"), Tone.CAUTION),
        marked("Nothing could guard it: scipy is missing (lineclear[lab]). {time}"),
    ),
}


def trial_sheet(
    state: TrialState | None, me: Me | None, now: datetime, why_not_start: str, refused: str = ""
) -> TrialSheet:
    """The newest trial in the lab, where the next one is begun; `why_not_start` is of the draft."""
    if state is None:
        return TrialSheet(
            say("Reading"), Chip(say("Reading")), why_not=say("Not known yet."), refused=refused
        )
    trial = state.trial
    is_on = trial is not None and trial.on
    row = next(trial_rows(trial, now), None)
    return TrialSheet(
        says=row.text if row is not None and is_on else _meaning(row),
        state=row.state if row is not None else Chip(say("None so far")),
        lines=tuple(_halves(state)) if trial is not None else (),
        is_on=is_on,
        why_not=why_not(me, Deed.ACTIVATE_POLICY) if is_on else why_not_start,
        refused=refused,
    )


def _meaning(last: HealthRow | None) -> Words:
    """What beginning one would mean, after how the last one ended."""
    meaning = say(
        "Half of all new jobs are judged by this text, chosen by their id and for good; the other half and"
        " all jobs before go on as they are. What is denied now stays denied. It changes nothing that waits,"
        " and ends by itself at its guardrail or when another version comes into force."
    )
    return meaning if last is None else paintable(f"{text_of(last.text)} {meaning}")


def _halves(state: TrialState) -> Iterator[Line]:
    """How many jobs of each half were in trouble, then each look with its interval."""
    names = (say("In force"), say("On trial"))
    for name, jobs, troubled in zip(names, state.jobs, state.troubled, strict=True):
        share = f" ({troubled / jobs:.1%})" if jobs else ""
        yield Line(
            Mark.MISSING,
            say(
                "{name}: {troubled:,} of {jobs:,} jobs in trouble{share}",
                name=name,
                troubled=troubled,
                jobs=jobs,
                share=share,
            ),
        )
    margin = state.trial.margin / _PER_MILLE if state.trial is not None else 0
    for look in state.looks:
        yield Line(
            Mark.REFUSED if look.low > margin else Mark.MET,
            say(
                "Look {number}, after {one:,} and {other:,} jobs: {low} to {high} more trouble on trial",
                number=look.number,
                one=look.jobs[0],
                other=look.jobs[1],
                low=f"{look.low:+.1%}",
                high=f"{look.high:+.1%}",
            ),
        )


def trial_rows(trial: LiveTrial | None, now: datetime) -> Iterator[HealthRow]:
    """The newest trial: what it is while it is on, and why it is over afterwards."""
    if trial is None:
        return
    name = say("Against version {version}", version=trial.version)
    if trial.on:
        said = say(
            "By {by}, since {time}: half of all new jobs are judged by another document. What version"
            " {version} denies stays denied. It ends by itself when {margin} % more of them are in trouble.",
            by=trial.by,
            time=local_time(trial.started_at, now),
            version=trial.version,
            margin=f"{trial.margin / 10:g}",
        )
        yield HealthRow(name, Chip(say("On"), Tone.ACCENT), paintable(said))
        return
    chip, words = _ENDS[TrialEnd(trial.because)]
    (rest, jobs), (others, troubled) = trial.jobs, trial.troubled
    said = say(
        words,
        by=trial.ended_by,
        time=local_time(trial.ended_at, now),
        jobs=jobs,
        troubled=troubled,
        rest=rest,
        others=others,
    )
    yield HealthRow(name, Chip(say(str(chip.text)), chip.tone), paintable(said))
