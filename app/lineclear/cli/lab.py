"""Policy tried on history at a terminal: replay, compare, sweep, trial, what-if. Free of rules."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from lineclear.cli.exits import missing_library, refusing
from lineclear.cli.options import AsJson, Data, Database, answer, read_document
from lineclear.cli.watching import Watch
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import Mode

if TYPE_CHECKING:
    from lineclear.application.services import Services
    from lineclear.domain.policy.capabilities import CapabilityDocument

# Late imports: judging history anew takes half the backend, which `--help` does without.

File = Annotated[Path, typer.Argument(help="The capability document to try.")]
Other = Annotated[Path, typer.Argument(help="The one to hold it against.")]
Optional = Annotated[Path | None, typer.Argument(help="The document; without it, the one in force.")]
Minutes = Annotated[
    float,
    typer.Option(
        "--minutes-per-review",
        envvar="LINECLEAR_MINUTES_PER_REVIEW",
        min=0,
        help="How long one review takes a person.",
    ),
]
Rate = Annotated[
    float,
    typer.Option(
        "--usd-per-hour", envvar="LINECLEAR_USD_PER_HOUR", min=0, help="What an hour of a reviewer costs."
    ),
]
Capability = Annotated[str, typer.Option("--capability", help="Only this capability.")]
Tool = Annotated[str, typer.Option("--tool", help="Only this tool.")]
MOST_STEPS = 50


def replay(
    *,
    file: File,
    data: Data,
    db: Database = "",
    minutes: Minutes = 2,
    rate: Rate = 60,
    as_json: AsJson = False,
) -> None:
    """Say what a document would have done with all that happened, beside the policy in force.

    Ctrl+C ends it with what was read so far. JSON: ReplayPage; the policy in force comes first.
    """
    with _lab(data, db, as_json=as_json) as here:
        documents = {"in force": _in_force(here), file.name: _document(file)}
        _replayed(here, documents, minutes, rate, as_json=as_json)


def compare(
    *,
    file: File,
    other: Other,
    data: Data,
    db: Database = "",
    minutes: Minutes = 2,
    rate: Rate = 60,
    as_json: AsJson = False,
) -> None:
    """Say what two documents would have done with all that happened, side by side. JSON: ReplayPage."""
    with _lab(data, db, as_json=as_json) as here:
        documents = {f"1 {file.name}": _document(file), f"2 {other.name}": _document(other)}
        _replayed(here, documents, minutes, rate, as_json=as_json)


def sweep(  # noqa: PLR0913  # each is an option of the command
    *,
    file: Optional = None,
    data: Data,
    db: Database = "",
    start: Annotated[float, typer.Option("--from", min=0, max=1, help="The lowest threshold.")] = 0.8,
    end: Annotated[float, typer.Option("--to", min=0, max=1, help="The highest threshold.")] = 0.9,
    step: Annotated[float, typer.Option("--step", min=0.001, max=1, help="From one to the next.")] = 0.01,
    capability: Capability = "",
    tool: Tool = "",
    as_json: AsJson = False,
) -> None:
    """Draw what each confidence threshold would have asked of people, and let pass.

    JSON: {"thresholds": […], "page": ReplayPage}, one result for each threshold.
    """
    from lineclear.application.lab.replaying import replay as run  # noqa: PLC0415  # slow to import
    from lineclear.application.lab.replaying import with_threshold  # noqa: PLC0415
    from lineclear.cli.lab_tables import show_sweep  # noqa: PLC0415

    thresholds = _thresholds(Decimal(str(start)), Decimal(str(end)), Decimal(str(step)))
    with _lab(data, db, as_json=as_json) as here:
        base = _document(file) if file else _in_force(here)
        swept = [with_threshold(base, one, capability=capability, tool=tool) for one in thresholds]
        with Watch("Replaying") as watch:
            page = run(here, swept, heard=watch.heard)
        said = {"thresholds": [str(one) for one in thresholds], "page": msgspec.to_builtins(page)}
        if as_json:
            answer(said, "", as_json=True)
        else:
            show_sweep(thresholds, page)


def trial(
    *,
    file: File,
    other: Other,
    data: Data,
    db: Database = "",
    margin: Annotated[
        float, typer.Option("--margin", min=0, max=1, help="By how much more of the jobs may go wrong.")
    ] = 0.02,
    jobs: Annotated[int, typer.Option("--jobs", min=1, help="The fewest jobs in each half.")] = 30,
    salt: Annotated[str, typer.Option("--salt", help="Another word splits the jobs otherwise.")] = "",
    as_json: AsJson = False,
) -> None:
    """Try two documents on two halves of history, split by job, with intervals and guardrails.

    Needs `pip install 'lineclear[lab]'`. JSON: Trial.
    """
    from lineclear.application.lab.trials import Guardrails  # noqa: PLC0415  # slow to import
    from lineclear.application.lab.trials import trial as run  # noqa: PLC0415
    from lineclear.cli.lab_tables import show_trial  # noqa: PLC0415

    with _lab(data, db, as_json=as_json) as here:
        both = _document(file), _document(other)
        with Watch("Replaying") as watch:
            found = run(here, both, guardrails=Guardrails(margin, jobs), salt=salt, heard=watch.heard)
        if as_json:
            answer(msgspec.to_builtins(found), "", as_json=True)
        else:
            show_trial(found, (file.name, other.name))


def suppose(  # noqa: PLR0913  # each is an option of the command
    *,
    file: Optional = None,
    data: Data,
    payload: Annotated[Path, typer.Option("--payload", help="A file: capability, tool and arguments.")],
    db: Database = "",
    agent: Annotated[str, typer.Option("--agent", help="The agent that would propose it.")] = "",
    confidence: Annotated[str, typer.Option("--confidence", help="How sure it would be, 0 to 1.")] = "",
    mode: Annotated[Mode | None, typer.Option("--mode", help="The agent's own mode.")] = None,
    workflow: Annotated[str, typer.Option("--workflow", help="The workflow of its job.")] = "",
    at: Annotated[str, typer.Option("--at", help="When, such as 2026-11-22T14:05:00Z; else now.")] = "",
    as_json: AsJson = False,
) -> None:
    """Say what a document would decide on one action, why, and what would have changed that. JSON: WhatIf."""
    from lineclear.application.lab.replaying import Supposed, what_if  # noqa: PLC0415  # slow to import
    from lineclear.cli.lab_tables import told  # noqa: PLC0415
    from lineclear.domain.payloads import Undoing, read_payload  # noqa: PLC0415

    with _lab(data, db, as_json=as_json) as here:
        change = read_payload(read_document(payload).encode())
        if isinstance(change, Undoing):
            raise Refusal(Code.BODY_INVALID, problem="no document judges an undo")
        document = _document(file) if file else _in_force(here)
        supposed = Supposed(change, agent, confidence, mode, workflow, at=at)
        found = what_if(here, document, supposed)
        answer(msgspec.to_builtins(found), told(found), as_json=as_json)


@contextmanager
def _lab(data: Path, db: str, *, as_json: bool) -> Iterator[Services]:
    """The workspace of a folder, open for reading; refusals and missing libraries end the command."""
    with refusing(as_json=as_json):
        try:
            from lineclear.server.embed import open_data  # noqa: PLC0415  # an extra

            opened = open_data(data, db)
            try:
                yield opened.services
            finally:
                opened.close()
        except ModuleNotFoundError as error:
            missing_library("policy", error)


def _replayed(
    here: Services, documents: dict[str, CapabilityDocument], minutes: float, rate: float, *, as_json: bool
) -> None:
    from lineclear.application.lab.replaying import replay as run  # noqa: PLC0415  # slow to import
    from lineclear.cli.lab_tables import show_replay  # noqa: PLC0415

    with Watch("Replaying") as watch:
        page = run(here, list(documents.values()), heard=watch.heard)
    if as_json:
        answer(msgspec.to_builtins(page), "", as_json=True)
    else:
        show_replay(page, list(documents), minutes, rate)


def _document(file: Path) -> CapabilityDocument:
    from lineclear.application.governing.workspaces import check_document  # noqa: PLC0415  # slow to import

    return check_document(read_document(file))


def _in_force(here: Services) -> CapabilityDocument:
    from lineclear.application.judging.clearing import policy_in_force  # noqa: PLC0415  # slow to import

    return here.store.read(lambda snapshot: policy_in_force(snapshot)[1])


def _thresholds(start: Decimal, end: Decimal, step: Decimal) -> list[Decimal]:
    if end < start or (end - start) / step >= MOST_STEPS:
        raise typer.BadParameter(f"--from, --to and --step give no thresholds, or more than {MOST_STEPS}")
    return [start + step * number for number in range(int((end - start) / step) + 1)]
