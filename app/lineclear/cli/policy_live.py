"""A second document on half of all new jobs, at a terminal: begin, look, end. Free of rules."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from lineclear.application.reading.answers import TrialState
from lineclear.application.reasons import require_reason
from lineclear.cli.connecting import Place, Token, TokenFile, Url, office
from lineclear.cli.options import AsJson, new_app, read_document
from lineclear.cli.policy_versions import Yes, confirm, rows_of
from lineclear.cli.rendering import REMOVED, STRONG, Row, words
from lineclear.domain.events import TrialEnd
from lineclear.domain.trials import Guardrail

app = new_app(no_args_is_help=True)

File = Annotated[Path, typer.Argument(help="The capability document to try on half of all new jobs.")]
Reason = Annotated[str, typer.Option("--reason", help="Why, in a sentence; it is kept in the ledger.")]

_ENDS = {
    TrialEnd.HAND: "ended by {by}",
    TrialEnd.GUARDRAIL: "ended by its guardrail: the second half had more trouble",
    TrialEnd.POLICY_CHANGED: "ended because another version came into force",
    TrialEnd.UNGUARDED: "ended because nothing could guard it: scipy is missing",
}


@app.callback()
def live() -> None:
    """Try a document on half of all new jobs; a guardrail ends it when that half has more trouble."""


@app.command()
def start(  # noqa: PLR0913  # each is an option of the command
    *,
    file: File,
    url: Url,
    reason: Reason = "",
    margin: Annotated[
        float, typer.Option("--margin", min=0, max=1, help="By how much more of the jobs may be in trouble.")
    ] = 0.02,
    jobs: Annotated[
        int, typer.Option("--jobs", min=5, help="Looked at each time both halves have so many jobs more.")
    ] = 30,
    level: Annotated[
        float, typer.Option("--level", min=0.5, max=0.999, help="Of the interval over all looks.")
    ] = 0.95,
    yes: Yes = False,
    token: Token = "",
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """Begin a trial, as a person of tier 3; what differs is shown first. JSON: TrialState."""
    with office(Place(url, token, token_file, as_json)) as here:
        require_reason(reason, "Beginning a trial")
        text = read_document(file)
        change = here.policies.compare(text, key=here.key())
        here.screen.show(rows_of(change))
        if not yes:
            confirm(here, "Judge half of all new jobs by this?")
        guard = Guardrail(round(margin * 1_000), jobs, round(level * 1_000))
        found = here.policies.start_trial(
            text, expected=change.expected, reason=reason, guard=guard, key=here.key()
        )
        here.screen.answer(found, told(found))


@app.command()
def status(*, url: Url, token: Token = "", token_file: TokenFile = None, as_json: AsJson = False) -> None:
    """Say what became of both halves so far, look by look. JSON: TrialState."""
    with office(Place(url, token, token_file, as_json)) as here:
        found = here.policies.trial()
        here.screen.answer(found, told(found))


@app.command()
def stop(
    *,
    url: Url,
    reason: Reason = "",
    token: Token = "",
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """End the trial: all jobs go on under the policy in force. JSON: TrialState."""
    with office(Place(url, token, token_file, as_json)) as here:
        found = here.policies.stop_trial(reason, key=here.key())
        here.screen.answer(found, told(found))


def told(found: TrialState) -> Iterator[Row]:
    """Whether it is on, both halves, and each look."""
    trial = found.trial
    if trial is None:
        yield Row("", words("There never was a live trial.", STRONG))
        return
    state = "on" if trial.on else _ENDS[TrialEnd(trial.because)].format(by=trial.ended_by)
    yield Row(
        "", words(f"Trial against version {trial.version}, since {trial.started_at[:16]}Z: {state}.", STRONG)
    )
    for name, jobs, troubled in zip(("in force", "on trial"), found.jobs, found.troubled, strict=True):
        share = f" ({troubled / jobs:.1%})" if jobs else ""
        yield Row(name, words(f"{jobs:,} jobs, {troubled:,} in trouble{share}"))
    for look in found.looks:
        jobs_then = f"{look.jobs[0]:,} and {look.jobs[1]:,} jobs"
        said = f"{look.low:+.1%} to {look.high:+.1%} more trouble on trial, {jobs_then}"
        style = REMOVED if look.low > trial.margin / 1_000 else ""
        yield Row(f"look {look.number}", words(said, style))
