"""`lineclear safe-mode`: while it is on, nothing that mutates starts. Free of rules."""

from __future__ import annotations

from typing import Annotated

import typer

from lineclear.application.governing.scopes import WORKSPACE, check_scope
from lineclear.cli.connecting import EPILOGUE, Place, Token, TokenFile, Url, desk
from lineclear.cli.options import AsJson
from lineclear.domain.refusals import Refusal

app = typer.Typer(
    add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None
)


def _scope(text: str) -> str:
    try:
        return check_scope(text)
    except Refusal as refusal:
        raise typer.BadParameter(refusal.params["problem"]) from None


Reason = Annotated[str, typer.Option("--reason", help="Why, in a sentence; it is kept in the ledger.")]
Scope = Annotated[
    str,
    typer.Option(
        "--scope",
        callback=_scope,
        help="`workspace`, or environment:NAME, connector:NAME, capability:NAME.",
    ),
]


@app.callback(epilog=EPILOGUE)
def safe_mode() -> None:
    """Switch safe mode on, or leave it. While it is on, nothing that mutates starts in its scope."""


@app.command(epilog=EPILOGUE)
def on(
    *,
    url: Url,
    token: Token = "",
    token_file: TokenFile = None,
    scope: Scope = WORKSPACE,
    reason: Reason = "",
    as_json: AsJson = False,
) -> None:
    """Switch safe mode on; it needs a reason.

    JSON: SafeMode; `confirmed_at` is there once nothing that had started is running.
    """
    with desk(Place(url, token, token_file, as_json)) as here:
        here.switch_safe_mode(on=True, reason=reason, scope=scope)


@app.command(epilog=EPILOGUE)
def off(
    *,
    url: Url,
    token: Token = "",
    token_file: TokenFile = None,
    scope: Scope = WORKSPACE,
    reason: Reason = "",
    as_json: AsJson = False,
) -> None:
    """Leave safe mode; it needs a reason, and an ops lead or administrator.

    What was requested at tier 3 is left by two people: it stays on until the second one says so too.
    JSON: SafeMode; `leaving_by` is there while a second person is waited for.
    """
    with desk(Place(url, token, token_file, as_json)) as here:
        here.switch_safe_mode(on=False, reason=reason, scope=scope)


@app.command(epilog=EPILOGUE)
def status(*, url: Url, token: Token = "", token_file: TokenFile = None, as_json: AsJson = False) -> None:
    """Say for each scope whether safe mode is on, by whom and why.

    JSON: {"items": [SafeMode, …]}, of every scope that was ever switched.
    """
    with desk(Place(url, token, token_file, as_json)) as here:
        here.safe_modes()
