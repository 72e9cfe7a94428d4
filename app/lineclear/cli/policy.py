"""`lineclear policy check`: every problem of a capability document, with its line. Free of rules."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from lineclear.cli.exits import Exit, refusing
from lineclear.cli.options import AsJson, answer, new_app
from lineclear.domain.policy.document import CapabilityDocument, DocumentError, load
from lineclear.domain.policy.problems import Problem
from lineclear.domain.refusals import Code, Refusal

app = new_app(no_args_is_help=True)


@app.callback()
def policy() -> None:
    """Check capability documents."""


@app.command()
def check(
    *, file: Annotated[Path, typer.Argument(help="The capability document.")], as_json: AsJson = False
) -> None:
    """Read a capability document; each problem comes with its place and what to do about it."""
    with refusing(as_json=as_json):
        text = _text(file)
    try:
        document = load(text)
    except DocumentError as error:
        _report(file, error.problems, as_json=as_json)
        raise typer.Exit(Exit.REFUSED) from None
    _confirm(file, document, as_json=as_json)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise Refusal(Code.DOCUMENT_INVALID, document=file, problem=f"{error.strerror}.") from None
    except UnicodeDecodeError:
        raise Refusal(Code.DOCUMENT_INVALID, document=file, problem="it is not UTF-8 text.") from None


def _report(file: Path, problems: tuple[Problem, ...], *, as_json: bool) -> None:
    lines = [f"{file}:{one.line}:{one.column}: {one.says} {one.remedy}" for one in problems]
    said = {"ok": False, "problems": [msgspec.to_builtins(one) for one in problems]}
    answer(said, "\n".join(lines), as_json=as_json)


def _confirm(file: Path, document: CapabilityDocument, *, as_json: bool) -> None:
    names = sorted(document.capabilities)
    said = {"ok": True, "digest": document.digest, "capabilities": names}
    answer(said, f"{file} is a capability document: {', '.join(names)}.", as_json=as_json)
