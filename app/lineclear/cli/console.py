"""`lineclear console`: the window. Free of rules; `desktop.app` composes it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from lineclear.cli.exits import Exit
from lineclear.cli.options import new_app

app = new_app()

_NOWHERE = """\
No backend is configured, so there is nothing to open yet. Either
  try it on this machine, with a sample workspace:   lineclear demo
  or connect to a backend:                           lineclear console --url URL, with LINECLEAR_TOKEN set
  or read an audit pack, with no network:            lineclear console --bundle FILE
"""


@app.command()
def console(
    *,
    url: Annotated[str, typer.Option(envvar="LINECLEAR_URL", help="The backend's address.")] = "",
    token: Annotated[
        str, typer.Option(envvar="LINECLEAR_TOKEN", help="Your token; better set in the environment.")
    ] = "",
    ephemeral_key: Annotated[
        bool, typer.Option(help="Sign with a key for this run only, where no system keyring can keep one.")
    ] = False,
    bundle: Annotated[
        Path | None, typer.Option(metavar="FILE", help="An audit pack to open; it needs no backend.")
    ] = None,
    key: Annotated[
        str, typer.Option(envvar="LINECLEAR_LOG_KEY", help="The log's key as you know it: its vkey.")
    ] = "",
) -> None:
    """Open the console. With LINECLEAR_KEY_PASSPHRASE the signing key is kept in an encrypted file."""
    if bundle is None and not (url and token):
        sys.stderr.write(_NOWHERE)
        raise typer.Exit(Exit.USAGE)
    if sys.platform == "linux" and not has_screen():
        sys.stderr.write("There is no screen to open a window on. Use `lineclear review` in a terminal.\n")
        raise typer.Exit(Exit.UNUSABLE)
    from lineclear.desktop.address import Address  # noqa: PLC0415  # an extra
    from lineclear.desktop.app import run_console  # noqa: PLC0415

    pack = "" if bundle is None else str(bundle)
    raise typer.Exit(run_console(Address(url if token else "", token, ephemeral_key, pack, key)))


def has_screen() -> bool:
    """Whether a window can be shown: a display, or a platform that was chosen on purpose."""
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
