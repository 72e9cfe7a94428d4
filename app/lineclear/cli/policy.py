"""`lineclear policy`: check, explain, compare and activate documents; try them on history. Free of rules."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from lineclear.cli import lab, offline, policy_live, policy_versions
from lineclear.cli.exits import Exit, refusing
from lineclear.cli.options import AsJson, answer, new_app, read_document
from lineclear.domain.policy.document import CapabilityDocument, DocumentError, load
from lineclear.domain.policy.explaining import explain as explained
from lineclear.domain.policy.problems import Problem
from lineclear.domain.policy.shape import json_schema
from lineclear.domain.text import paintable

app = new_app(no_args_is_help=True)

File = Annotated[Path, typer.Argument(help="The capability document.")]


@app.callback()
def policy() -> None:
    """Check, explain, compare and activate capability documents, and try them on what really happened."""


@app.command()
def check(*, file: File, as_json: AsJson = False) -> None:
    """Read a capability document; each problem comes with its place and what to do about it."""
    _confirm(file, _loaded(file, as_json=as_json)[1], as_json=as_json)


@app.command()
def schema() -> None:
    """Print the JSON Schema that editors complete and check capability documents from."""
    print(json.dumps(json_schema(), indent=2), flush=True)  # noqa: T201  # what the command is for


@app.command()
def explain(*, file: File, as_json: AsJson = False) -> None:
    """Say in words what each line of a capability document does."""
    text, document = _loaded(file, as_json=as_json)
    said: dict[int, list[str]] = {}
    for one in explained(document):
        said.setdefault(one.line, []).append(one.says)
    lines = [
        {"line": number, "text": line, "says": " ".join(said.get(number, []))}
        for number, line in enumerate(text.splitlines(), 1)
    ]
    answer({"digest": document.digest, "lines": lines}, _beside(text, said), as_json=as_json)


app.command()(policy_versions.diff)
app.command()(policy_versions.activate)
app.command()(policy_versions.versions)
app.command()(offline.offline)
app.command("what-if")(lab.suppose)
app.command()(lab.replay)
app.command()(lab.compare)
app.command()(lab.sweep)
app.command()(lab.trial)
app.add_typer(policy_live.app, name="live")


def _loaded(file: Path, *, as_json: bool) -> tuple[str, CapabilityDocument]:
    """A file's text and document; ends the command with every problem where there are some."""
    with refusing(as_json=as_json):
        text = read_document(file)
    try:
        return text, load(text)
    except DocumentError as error:
        _report(file, error.problems, as_json=as_json)
        raise typer.Exit(Exit.REFUSED) from None


def _beside(text: str, said: dict[int, list[str]]) -> str:
    """Each line of the document, and under it what it does."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        found.append(f"{number:>4}  {paintable(line).text}".rstrip())
        indent = len(line) - len(line.lstrip())
        found += [f"{'':6}{'':{indent}}→ {says}" for says in said.get(number, [])]
    return "\n".join(found)


def _report(file: Path, problems: tuple[Problem, ...], *, as_json: bool) -> None:
    lines = [f"{file}:{one.line}:{one.column}: {one.says} {one.remedy}" for one in problems]
    said = {"ok": False, "problems": [msgspec.to_builtins(one) for one in problems]}
    answer(said, "\n".join(lines), as_json=as_json)


def _confirm(file: Path, document: CapabilityDocument, *, as_json: bool) -> None:
    names = sorted(document.capabilities)
    said = {"ok": True, "digest": document.digest, "capabilities": names}
    answer(said, f"{file} is a capability document: {', '.join(names)}.", as_json=as_json)
