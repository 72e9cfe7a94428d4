"""`lineclear demo`: all on this machine, in one folder. Free of rules; `demo.composition` composes it."""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lineclear.cli.console import SAMPLE_SEED, has_screen, sample_folder
from lineclear.cli.exits import Exit, refusing
from lineclear.cli.options import AsJson, answer, new_app
from lineclear.cli.serve import ending_signals

if TYPE_CHECKING:
    from lineclear.demo.composition import Demo
    from lineclear.desktop.console import Console
    from lineclear.domain.actions import Action

# Late imports: the demo needs the extras, and `--help` none of them.

app = new_app()
_SMOKE_TOOL = "crm.update_customer"  # what it changes can be taken back


@app.command()
def demo(
    *,
    data: Annotated[Path | None, typer.Option(help="Where it lives; else in your data folder.")] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Begin anew: everything in the folder goes.")
    ] = False,
    seed: Annotated[int, typer.Option(help="Other sample records, in a new or fresh folder.")] = SAMPLE_SEED,
    actions: Annotated[int, typer.Option(min=0, help="How many actions each agent proposes.")] = 12,
    pace: Annotated[float, typer.Option(min=0, help="Seconds between two proposals of one agent.")] = 4.0,
    headless: Annotated[bool, typer.Option("--headless", help="Without the console, until Ctrl+C.")] = False,
    smoke: Annotated[
        Path | None, typer.Option(help="Let the console work itself once, with pictures in this folder.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Try it: a sample workspace, a backend, agents that really propose, and the console."""
    from lineclear.demo.agents.runner import Pace  # noqa: PLC0415  # an extra
    from lineclear.demo.composition import Demo, prepare  # noqa: PLC0415

    if not headless and sys.platform == "linux" and not has_screen():
        sys.stderr.write("There is no screen to open a window on. Use `lineclear demo --headless`.\n")
        raise typer.Exit(Exit.UNUSABLE)
    folder = (data or sample_folder()).absolute()
    ending = ending_signals() if headless else None
    with refusing(as_json=as_json):
        seed = prepare(folder, seed=seed, fresh=fresh)
        with Demo(folder, seed=seed, pace=Pace(pace, actions)) as running:
            _say(running, as_json=as_json)
            code = _supervise(running, ending) if ending else _show(running, smoke)
    raise typer.Exit(code)


def _say(running: Demo, *, as_json: bool) -> None:
    url, folder, tokens = running.access.url, running.folder, running.tokens_file
    words = (
        f"The backend answers at {url}.\n"
        f"Everything lives in {folder}; remove it and nothing is left.\n"
        f"Tokens of reviewers and agents: {tokens}\n"
        f"What agents and backend log: {folder / 'logs'}"
    )
    said = {
        "url": url,
        "data": str(folder),
        "tokens": str(tokens),
        "pids": {child.name: child.process.pid for child in running.children},
    }
    answer(said, words, as_json=as_json)


def _supervise(running: Demo, ending: threading.Event) -> int:
    """Until a signal comes; an agent that ends is told of, a backend that ends is the end."""
    while not ending.wait(1):
        for name, code in running.ended():
            sys.stderr.write(f"{name} has ended with {code}.\n")
            if name == "backend":
                return Exit.UNUSABLE
    return Exit.OK


def _show(running: Demo, smoke: Path | None) -> int:
    """The console as ops-west, until its window is closed."""
    from lineclear.demo.composition import REVIEWER, read_row  # noqa: PLC0415  # an extra
    from lineclear.desktop.address import Address, Trial  # noqa: PLC0415
    from lineclear.desktop.app import run_console  # noqa: PLC0415

    def work_itself(console: Console) -> None:
        from lineclear.desktop.smoke import Smoke  # noqa: PLC0415  # only when asked for

        assert smoke is not None
        Smoke(console, smoke, _is_undoable, witness).start()

    def witness(action: Action) -> object:
        return read_row(running.folder, "customers", action.target.id if action.target else "")

    address = Address(running.access.url, running.access.tokens[REVIEWER], ephemeral=True)
    here = Trial(address, lambda: None)  # it runs already, and ends after the window
    return run_console(address, try_here=lambda: here, prepare=work_itself if smoke else None)


def _is_undoable(action: Action) -> bool:
    return action.tool == _SMOKE_TOOL
