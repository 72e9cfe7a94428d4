"""How a command ends when it cannot do what was asked: a sentence, a remedy, a code. Free of other libraries.

0 done; 1 a bug, with a traceback; 2 wrong usage; 3 refused by a rule of the product, nothing was changed;
4 something that the command needs cannot be used or reached on this machine.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import IntEnum
from types import MappingProxyType
from typing import Final, NoReturn

from lineclear.domain.refusals import Kind, Refusal
from lineclear.domain.text import paintable


class Exit(IntEnum):
    """Exit codes of every command."""

    OK = 0
    BUG = 1
    USAGE = 2
    REFUSED = 3
    UNUSABLE = 4


_EXTRAS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "PySide6": "desktop",
        "alembic": "server",
        "anyio": "agents",
        "dulwich": "server",
        "granian": "server",
        "jsonschema": "server",
        "httpx2": "agents",
        "litestar": "server",
        "mcp": "agents",
        "psycopg": "postgres",
        "pygments": "desktop",
        "referencing": "server",
        "scipy": "lab",
        "sqlalchemy": "server",
        "sqlcipher3": "server",
        "starlette": "agents",
        "uvicorn": "agents",
        "zstandard": "server",
    }
)


_UNUSABLE: Final = frozenset({Kind.UNAVAILABLE, Kind.BROKEN})


def status_of(refusal: Refusal) -> Exit:
    """Whether a rule of the product said no, or something could not be used."""
    return Exit.UNUSABLE if refusal.kind in _UNUSABLE else Exit.REFUSED


def fail(refusal: Refusal, *, as_json: bool = False) -> NoReturn:
    """Say what was refused and what to do next, and end: one JSON line on stdout, or words on stderr."""
    if as_json:
        said = {
            "code": refusal.code,
            "sentence": refusal.sentence,
            "remedy": refusal.remedy,
            "params": refusal.params,
        }
        sys.stdout.write(json.dumps({"error": said}) + "\n")
    else:
        sys.stderr.write(f"{paintable(refusal.sentence).text}\n{paintable(refusal.remedy).text}\n")
    sys.exit(status_of(refusal))


@contextmanager
def refusing(*, as_json: bool = False) -> Iterator[None]:
    """End the program with every Refusal that comes out of the block."""
    try:
        yield
    except Refusal as refusal:
        fail(refusal, as_json=as_json)


def missing_library(command: str, error: ModuleNotFoundError) -> NoReturn:
    """End with the extra to install where a library of one is missing; any other missing module is a bug."""
    extra = _EXTRAS.get((error.name or "").partition(".")[0])
    if extra is None:
        raise error
    sys.stderr.write(
        f"`lineclear {command}` needs {error.name}, which is not installed.\n"
        f"Install it with: pip install 'lineclear[{extra}]'\n"
    )
    sys.exit(Exit.UNUSABLE)
