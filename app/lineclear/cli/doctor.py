"""`lineclear doctor`: what this machine has and lacks, each with what to do. Changes nothing that stays."""

from __future__ import annotations

import platform
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from lineclear.cli.exits import Exit
from lineclear.cli.options import AsJson, answer, new_app
from lineclear.domain.refusals import Refusal

app = new_app()

_OLDEST_PYTHON = (3, 12)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `remedy` says what to do where it is not well."""

    name: str
    ok: bool
    says: str
    remedy: str = ""


@app.command()
def doctor(
    *,
    data: Annotated[Path | None, typer.Option("--data", help="A data folder to look at as well.")] = None,
    as_json: AsJson = False,
) -> None:
    """Find out what this machine lacks, and what to do about it."""
    checks: list[Callable[[], Finding]] = [
        _python,
        _sqlite,
        _keyring,
        _window,
        lambda: _folder(data or Path.cwd()),
    ]
    findings = [check() for check in checks]
    said = {"findings": [asdict(finding) for finding in findings]}
    answer(said, "\n".join(map(_words, findings)), as_json=as_json)
    if not all(finding.ok for finding in findings):
        raise typer.Exit(Exit.UNUSABLE)


def _words(finding: Finding) -> str:
    line = f"{'ok ' if finding.ok else 'NO '} {finding.name}: {finding.says}"
    return f"{line}\n    {finding.remedy}" if finding.remedy else line


def _python() -> Finding:
    version = platform.python_version()
    if sys.version_info >= _OLDEST_PYTHON:
        return Finding("Python", ok=True, says=version)
    return Finding("Python", ok=False, says=version, remedy="Install Python 3.12 or newer.")


def _sqlite() -> Finding:
    try:
        driver = import_module("sqlcipher3.dbapi2")
    except ImportError as error:
        remedy = "Install it with: pip install 'lineclear[server]'"
        return Finding("SQLite", ok=False, says=f"sqlcipher3 cannot be loaded: {error}.", remedy=remedy)
    from lineclear.adapters.sql.engine import require_safe  # noqa: PLC0415  # of the same extra

    try:
        require_safe(driver.sqlite_version_info)
    except Refusal as refusal:
        return Finding("SQLite", ok=False, says=refusal.sentence, remedy=refusal.remedy)
    return Finding("SQLite", ok=True, says=driver.sqlite_version)


def _keyring() -> Finding:
    from keyring import get_keyring  # noqa: PLC0415  # slow to import

    from lineclear.adapters.system.keyring_keys import protecting  # noqa: PLC0415  # slow to import

    try:
        backend = protecting(get_keyring())
    except Refusal as refusal:
        return Finding("Keyring", ok=False, says=refusal.sentence, remedy=refusal.remedy)
    return Finding("Keyring", ok=True, says=type(backend).__module__)


def _window() -> Finding:
    """Loading Qt's widgets is what finds a system library that is missing."""
    try:
        import_module("PySide6.QtWidgets")
    except ModuleNotFoundError:
        remedy = "Install it with: pip install 'lineclear[desktop]'"
        return Finding("Window", ok=False, says="PySide6 is not installed.", remedy=remedy)
    except ImportError as error:
        remedy = "Install the system library that it names; on Debian: libegl1, libxkbcommon0, libdbus-1-3."
        return Finding("Window", ok=False, says=f"Qt cannot be loaded: {error}.", remedy=remedy)
    return Finding("Window", ok=True, says="Qt can be loaded.")


def _folder(folder: Path) -> Finding:
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        remedy = "Make the folder, or give this account the right to write to it."
        return Finding("Data folder", ok=False, says=f"{folder}: {error.strerror}.", remedy=remedy)
    return Finding("Data folder", ok=True, says=f"{folder} can be written to.")
