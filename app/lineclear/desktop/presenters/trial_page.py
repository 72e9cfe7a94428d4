"""A document on trial on half of all new jobs, as a row of Control. Pure: free of Qt and I/O."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from lineclear.application.reading.formats import local_time
from lineclear.desktop.presenters.control_sheets import HealthRow
from lineclear.desktop.presenters.sheets import Chip, Tone
from lineclear.domain.events import TrialEnd
from lineclear.domain.text import paintable
from lineclear.domain.trials import LiveTrial
from lineclear.domain.wording import marked, say

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
