"""The example programs that a builder pastes, read from the package. Free of Qt."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files

from lineclear.desktop.presenters.connect.connect_lines import PROGRAMS


def read_programs() -> Mapping[str, str]:
    """Each program's source, by its file's name. Reads files."""
    folder = files("lineclear.agents.examples")
    return {name: folder.joinpath(name).read_text(encoding="utf-8") for name in PROGRAMS.values()}
