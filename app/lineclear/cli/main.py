"""Finds the command and hands over to its file, which is imported only then. Free of every other library.

A command is one line in `COMMANDS` and one file of the same name beside this one (`safe-mode` in
`safe_mode.py`) with a typer `app`. What `lineclear --help` says of it stands here.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from importlib import import_module
from types import MappingProxyType
from typing import Final

from lineclear import __version__
from lineclear.cli.exits import Exit, missing_library

DEFAULT = "console"

COMMANDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "console": "Open the console (also without any command).",
        "demo": "Try it: a sample workspace with agents that really propose, on this machine alone.",
        "gallery": "Paint every page and state of the console into PNG files.",
        "serve": "Run the backend: API, change feed and workers.",
        "worker": "Run more workers beside a backend.",
        "gateway": "Stand before MCP servers: clear each tool call before it is made.",
        "token": "Create, list and revoke tokens for people and agents.",
        "people": "Say who may decide: tiers, devices, delegation, break-glass.",
        "policy": "Check, explain and activate capability documents; try them on history.",
        "review": "List, show and decide on actions in a terminal.",
        "canary": "Plant actions that are wrong on purpose, and see who caught them.",
        "audit": "Make, verify and read packs that prove what happened.",
        "erase": "Destroy what is private of an action, a job or an agent; proofs still hold.",
        "legal-hold": "Forbid all erasing, or allow it again.",
        "safe-mode": "Switch safe mode on, or leave it.",
        "doctor": "Find out what this machine lacks, and what to do about it.",
    }
)

_USAGE = "Usage: lineclear [COMMAND] [OPTIONS]\n\nClear what AI agents are about to do."
_EPILOGUE = """\
`lineclear COMMAND --help` explains a command.
Exit codes: 0 done, 1 a bug, 2 wrong usage, 3 refused, 4 something here cannot be used or reached.
"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command; does not return where it ends with a code of its own."""
    name, *rest = (sys.argv[1:] if arguments is None else list(arguments)) or [DEFAULT]
    if name in {"--help", "-h", "help"}:
        sys.stdout.write(_help())
    elif name in {"--version", "-V"}:
        sys.stdout.write(f"lineclear {__version__}\n")
    elif name in COMMANDS:
        _run(name, rest)
    else:
        sys.stderr.write(_unknown(name))
        sys.exit(Exit.USAGE)


def _run(name: str, arguments: list[str]) -> None:
    try:
        command = import_module(f"lineclear.cli.{name.replace('-', '_')}")
        command.app(args=arguments, prog_name=f"lineclear {name}")
    except ModuleNotFoundError as error:
        missing_library(name, error)


def _help() -> str:
    width = max(map(len, COMMANDS)) + 2
    listed = "\n".join(f"  {name:<{width}}{says}" for name, says in COMMANDS.items())
    return f"{_USAGE}\n\n{listed}\n\n{_EPILOGUE}"


def _unknown(name: str) -> str:
    alike = get_close_matches(name, COMMANDS, n=1)
    hint = f" Did you mean `lineclear {alike[0]}`?" if alike else ""
    return f"There is no command {name!r}.{hint} `lineclear --help` lists them.\n"
