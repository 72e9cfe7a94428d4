"""`lineclear gallery`: pictures of every page and state. Free of rules; `demo.gallery` composes it."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Iterable
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from lineclear.cli.exits import Exit
from lineclear.cli.options import AsJson, answer, new_app

app = new_app(no_args_is_help=True)

_SMALLEST, _LARGEST = (1_024, 700), (7_680, 4_320)


class Theme(StrEnum):
    """The console's themes."""

    LIGHT = "light"
    DARK = "dark"
    CONTRAST = "contrast"


class Scale(StrEnum):
    """Device pixels to a logical one."""

    ONE = "1"
    ONE_AND_A_HALF = "1.5"
    TWO = "2"


class Speech(StrEnum):
    """The languages that `--language` takes."""

    ENGLISH = "en"
    GERMAN = "de"
    MIRRORED = "ar-XB"


@app.command()
def gallery(
    *,
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Where the pictures go; made if need be.")],
    theme: Annotated[Theme, typer.Option(help="Which colours.")] = Theme.LIGHT,
    size: Annotated[
        str, typer.Option(metavar="WxH", help="The window in logical pixels, from 1024x700 to 7680x4320.")
    ] = "1440x900",
    scale: Annotated[Scale, typer.Option(help="Device pixels to a logical one.")] = Scale.ONE,
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Paint this one alone; may be repeated. A wrong name lists all."),
    ] = None,
    matrix: Annotated[
        bool,
        typer.Option("--matrix", help="Every theme at the extremes of size and scale, in a folder for each."),
    ] = False,
    language: Annotated[
        Speech, typer.Option(help="Which language; ar-XB is a made-up one that runs from right to left.")
    ] = Speech.ENGLISH,
    as_json: AsJson = False,
) -> None:
    """Paint every page and state of the console into DIR, one PNG for each.

    Nothing is made up for a picture: each is the real window over a sample
    workspace of its own, in which agents propose and reviewers decide. It
    needs no backend, no screen and no network, and gives the same pictures
    each time.
    """
    width, height = _pixels(size)
    _make_room(directory)
    os.environ["QT_QPA_PLATFORM"] = "offscreen"  # a picture must not depend on somebody's screen
    from lineclear.demo.gallery.pictures import NAMES, render, render_matrix  # noqa: PLC0415  # an extra
    from lineclear.demo.gallery.studio import Format  # noqa: PLC0415  # an extra
    from lineclear.desktop.theme import ThemeName  # noqa: PLC0415  # an extra

    names = _names(only or NAMES, NAMES)
    wanted = Format(ThemeName(theme.value), width, height, float(scale.value), language.value)
    try:
        painted = render_matrix(directory, names) if matrix else render(directory, wanted, names)
        files = [str(file) for file in painted]
    except OSError as error:
        sys.stderr.write(f"The pictures could not be written: {error}.\n")
        raise typer.Exit(Exit.UNUSABLE) from None
    words = "1 picture" if len(files) == 1 else f"{len(files)} pictures"
    answer({"files": files}, f"{words} in {directory}.", as_json=as_json)


def _pixels(text: str) -> tuple[int, int]:
    """`1440x900` as two numbers."""
    match = re.fullmatch(r"([0-9]{1,5})[x×]([0-9]{1,5})", text.strip())
    if match is None:
        raise typer.BadParameter(
            f"{text!r} is no size; write width and height as 1440x900.", param_hint="--size"
        )
    found = int(match[1]), int(match[2])
    for given, least, most in zip(found, _SMALLEST, _LARGEST, strict=True):
        if not least <= given <= most:
            problem = f"{text} is outside of 1024x700 to 7680x4320."
            raise typer.BadParameter(problem, param_hint="--size")
    return found


def _make_room(directory: Path) -> None:
    """Make the folder and see that files can be written to it; wrong usage otherwise."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=directory):
            pass
    except OSError as error:
        sys.stderr.write(
            f"No picture can be written to {directory}: {error.strerror}.\n"
            "Name a folder that this account may write to.\n"
        )
        raise typer.Exit(Exit.USAGE) from None


def _names(wanted: Iterable[str], known: Iterable[str]) -> tuple[str, ...]:
    known = tuple(known)
    for name in wanted:
        if name not in known:
            alike = get_close_matches(name, known, n=1)
            hint = f" Did you mean {alike[0]}?" if alike else ""
            problem = f"there is no picture {name!r}.{hint} There are: {', '.join(known)}."
            raise typer.BadParameter(problem, param_hint="--only")
    return tuple(dict.fromkeys(wanted))
