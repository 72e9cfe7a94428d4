"""`lineclear canary`: plant actions that are wrong on purpose, and see who caught them. Free of rules."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lineclear.application.governing.planting import Planting, Score, plant, scores
from lineclear.cli.exits import refusing
from lineclear.cli.options import AsJson, Data, Database, answer, new_app

if TYPE_CHECKING:
    from lineclear.server.embed import Opened

app = new_app(no_args_is_help=True)


@app.command("plant")
def plant_one(  # each is an option of the command
    *,
    data: Data,
    agent: Annotated[str, typer.Option(help="The agent whose proposal it seems to be.")],
    goal: Annotated[str, typer.Option(help="The job's goal, as that agent would say it.")],
    payload: Annotated[
        Path, typer.Option(exists=True, dir_okay=False, help="JSON: capability, tool and arguments.")
    ],
    wrong: Annotated[str, typer.Option(help="What is wrong with it; reviewers read this afterwards.")],
    why: Annotated[str, typer.Option(help="The reason that the agent seems to give.")] = "",
    db: Database = "",
    as_json: AsJson = False,
) -> None:
    """Put an action into the queue that should be rejected. It never executes, whatever is decided."""
    with refusing(as_json=as_json):
        opened = _open(data, db)
        try:
            planted = plant(opened.services, Planting(agent, goal, payload.read_bytes(), wrong, why))
        finally:
            opened.close()
    answer({"planted": planted.id}, f"{planted.id} waits in the queue as a canary.", as_json=as_json)


@app.command()
def report(*, data: Data, db: Database = "", as_json: AsJson = False) -> None:
    """List how often each person caught a canary, and how often not."""
    with refusing(as_json=as_json):
        opened = _open(data, db)
        found = opened.services.store.read(scores)
        opened.close()
    said = [{"person": one.person, "caught": one.caught, "missed": one.missed} for one in found]
    answer({"canaries": said}, "\n".join(map(_line, found)) or "No canary was decided.", as_json=as_json)


def _line(score: Score) -> str:
    return f"{score.person:<24}caught {score.caught}, missed {score.missed}"


def _open(data: Path, db: str) -> Opened:
    from lineclear.server.embed import open_data  # noqa: PLC0415  # an extra

    return open_data(data, db)
