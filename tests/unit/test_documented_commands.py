"""Every command line that the documents show is one that the program takes: its commands and its options."""

from __future__ import annotations

import re
from importlib import import_module

import pytest
from typer.main import get_command

from lineclear.cli.main import COMMANDS
from support_source import PROJECT

DOCUMENTS = (
    "README.md",
    *(f"app/{name}.md" for name in ("AUDITING", "CONNECTING", "CONSOLE", "INTERFACES", "OPERATING")),
)
FENCED = re.compile(r"^ *```.*?^ *```", re.DOTALL | re.MULTILINE)
SHOWN = re.compile(r"(?:[A-Z_]+=\S+ )*(?:\S*/)?lineclear (?=[a-z])(?P<words>[^#]+)")


def command_lines(text: str) -> set[str]:
    """What follows `lineclear` in blocks, and in code within a sentence, however it is wrapped."""
    blocks = [line.strip() for block in FENCED.findall(text) for line in block.splitlines()]
    inline = [" ".join(code.split()) for code in re.findall(r"`([^`]+)`", FENCED.sub("", text))]
    found = (SHOWN.fullmatch(line.partition("  #")[0].strip()) for line in (*blocks, *inline))
    return {match["words"].strip() for match in found if match}


def unknown(line: str) -> list[str]:
    """The words of a command line that the program does not know."""
    name, *words = re.sub(r"\"[^\"]*\"|'[^']*'", "QUOTED", line).split()
    if name not in COMMANDS:
        return [name]
    command = get_command(import_module(f"lineclear.cli.{name.replace('-', '_')}").app)
    while words and words[0] in getattr(command, "commands", {}):
        command = command.commands[words.pop(0)]
    known = {option for one in command.params for option in (*one.opts, *one.secondary_opts)}
    strangers = words[:1] if hasattr(command, "commands") and re.match(r"[a-z]", " ".join(words)) else []
    options = {word.strip("[]").partition("=")[0] for word in words if word.lstrip("[").startswith("--")}
    return strangers + sorted(options - known)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_command_that_is_shown_is_known_with_its_options(document: str):
    shown = command_lines((PROJECT / document).read_text(encoding="utf-8"))
    assert shown
    assert {line: missed for line in sorted(shown) if (missed := unknown(line))} == {}


def test_a_command_that_is_none_is_found():
    text = "`lineclear clear`, `lineclear\naudit burn`, `lineclear token create --colour red`"
    text += "\n```\nLINECLEAR_TOKEN=… lineclear help   # all of them\n```"
    missed = {word for line in command_lines(text) for word in unknown(line)}
    assert missed == {"clear", "burn", "--colour", "help"}
