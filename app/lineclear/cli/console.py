"""`lineclear console`: the window. Free of rules; `desktop.app` composes it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lineclear.cli.exits import Exit
from lineclear.cli.options import new_app

if TYPE_CHECKING:
    from lineclear.desktop.address import Trial

SAMPLE_SEED = 7

app = new_app()


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
    """Open the console where it was last, or let it offer the ways in.

    With LINECLEAR_KEY_PASSPHRASE signing keys and tokens are kept in encrypted
    files, where no system keyring can keep them.
    """
    if sys.platform == "linux" and not has_screen():
        sys.stderr.write("There is no screen to open a window on. Use `lineclear review` in a terminal.\n")
        raise typer.Exit(Exit.UNUSABLE)
    from lineclear.desktop.address import Address  # noqa: PLC0415  # an extra
    from lineclear.desktop.app import run_console  # noqa: PLC0415  # an extra

    pack = "" if bundle is None else str(bundle)
    address = Address(url if token else "", token, ephemeral_key, pack, key)
    raise typer.Exit(run_console(address, try_here=_try_here))


def _try_here() -> Trial:
    """The sample workspace in processes of its own, which end with the window at the latest."""
    from lineclear.demo.composition import REVIEWER, Demo, prepare  # noqa: PLC0415  # an extra
    from lineclear.desktop.address import Address, Trial  # noqa: PLC0415  # an extra

    folder = sample_folder()
    demo = Demo(folder, seed=prepare(folder, seed=SAMPLE_SEED, fresh=False))
    demo.open()
    address = Address(demo.access.url, demo.access.tokens[REVIEWER], ephemeral=True)
    return Trial(address, demo.close)


def sample_folder() -> Path:
    """Where the sample workspace lives unless somebody names another place."""
    import platformdirs  # noqa: PLC0415  # only where it is asked for

    return platformdirs.user_data_path("lineclear") / "demo"


def has_screen() -> bool:
    """Whether a window can be shown: a display, or a platform that was chosen on purpose."""
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
