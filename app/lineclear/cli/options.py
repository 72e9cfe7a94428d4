"""What several commands share: options, how their texts are read, how they answer. Free of rules."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from lineclear.domain.money import Money, MoneyError, parse_money
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.text import paintable

Data = Annotated[
    Path, typer.Option("--data", help="The folder with workspace.yaml, policy.yaml and the database.")
]
Database = Annotated[
    str, typer.Option("--db", help="Another database, such as postgresql+psycopg://user@host/name.")
]
Groups = Annotated[
    list[str] | None,
    typer.Option(
        "--group",
        help="A group that they are in; once for each. None given: as it was.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Answer in one line of JSON.")]

_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


def new_app(*, no_args_is_help: bool = False) -> typer.Typer:
    """A command's application; a bug shows Python's own traceback, without values of variables."""
    return typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=no_args_is_help)


def duration(text: str) -> timedelta:
    """`30d`, `12h` or `15m`; typer's own complaint otherwise."""
    match = re.fullmatch(r"([1-9][0-9]{0,4})([mhd])", text)
    if match is None:
        raise typer.BadParameter("write a number and m, h or d, such as 30d")
    return int(match[1]) * _UNITS[match[2]]


def money(amount: str, currency: str) -> Money:
    """An amount in a currency; typer's own complaint otherwise."""
    try:
        return parse_money(amount, currency)
    except MoneyError as error:
        raise typer.BadParameter(str(error)) from None


def read_document(file: Path) -> str:
    """A file's text; Refusal(DOCUMENT_INVALID) where there is none or it is not UTF-8."""
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise Refusal(Code.DOCUMENT_INVALID, document=file, problem=f"{error.strerror}.") from None
    except UnicodeDecodeError:
        raise Refusal(Code.DOCUMENT_INVALID, document=file, problem="it is not UTF-8 text.") from None


def answer(said: Mapping[str, object], words: str, *, as_json: bool) -> None:
    """Say it on stdout at once: in one line of JSON, or in words that no terminal obeys.

    Reasons and names among them came from outside; what was made paintable before stays as it is.
    """
    shown = "\n".join(line if line.isprintable() else paintable(line).text for line in words.split("\n"))
    print(json.dumps(said) if as_json else shown, flush=True)  # noqa: T201  # what the command is for
