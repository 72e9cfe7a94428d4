"""`lineclear review step`: its options and its help. What it does is in `steps`."""

from __future__ import annotations

from typing import Annotated

import typer

from lineclear.cli.connecting import Place, Token, TokenFile, Url, desk
from lineclear.cli.options import AsJson


def step(
    action: Annotated[str, typer.Argument(metavar="ACTION", help="Its id, as `list` shows it.")],
    which: Annotated[
        str, typer.Argument(metavar="STEP", help="Its number or its id; without one, they are listed.")
    ] = "",
    *,
    url: Url,
    token: Token = "",
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """Show what went into a step of the action's job, and what came out of it, where its agent recorded that.

    Without STEP its steps are listed. Checked against the digest that the ledger names.
    JSON: {"number", "step": Span, "input", "output", "gap": null or why neither is there, "because"}.
    """
    from lineclear.cli import steps  # noqa: PLC0415  # only when it is asked for

    with desk(Place(url, token, token_file, as_json)) as here:
        if which:
            steps.show_step(here, action, which)
        else:
            steps.list_steps(here, action)
