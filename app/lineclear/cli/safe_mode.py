"""`lineclear safe-mode`: while it is on, nothing that mutates starts. Free of rules."""

from __future__ import annotations

from typing import Annotated

import typer

from lineclear.cli.connecting import EPILOGUE, Place, Token, TokenFile, Url, desk
from lineclear.cli.options import AsJson

app = typer.Typer(
    add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None
)

Reason = Annotated[str, typer.Option("--reason", help="Why, in a sentence; it is kept in the ledger.")]


@app.callback(epilog=EPILOGUE)
def safe_mode() -> None:
    """Switch safe mode on, or leave it. While it is on, nothing that mutates starts.

    JSON of every command: SafeMode; `confirmed_at` is there once nothing that had started is running.
    """


@app.command(epilog=EPILOGUE)
def on(
    *, url: Url, token: Token = "", token_file: TokenFile = None, reason: Reason = "", as_json: AsJson = False
) -> None:
    """Switch safe mode on; it needs a reason."""
    with desk(Place(url, token, token_file, as_json)) as here:
        here.switch_safe_mode(on=True, reason=reason)


@app.command(epilog=EPILOGUE)
def off(
    *, url: Url, token: Token = "", token_file: TokenFile = None, reason: Reason = "", as_json: AsJson = False
) -> None:
    """Leave safe mode; it needs a reason, and an ops lead or administrator."""
    with desk(Place(url, token, token_file, as_json)) as here:
        here.switch_safe_mode(on=False, reason=reason)


@app.command(epilog=EPILOGUE)
def status(*, url: Url, token: Token = "", token_file: TokenFile = None, as_json: AsJson = False) -> None:
    """Say whether safe mode is on, by whom and why."""
    with desk(Place(url, token, token_file, as_json)) as here:
        here.safe_mode()
