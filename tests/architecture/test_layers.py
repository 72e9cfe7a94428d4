"""Imports point inward only, and each layer knows only the libraries that are its own.

The contracts between layers stand in pyproject.toml, where `lint-imports` reads them; what it cannot say,
stands here.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from support_source import APP, PROJECT, Finding, Source, is_within, report, sources, write

PURE = ("lineclear/domain/", "lineclear/application/")
POLICY = ("lineclear/domain/policy/",)
PRESENTERS = ("lineclear/desktop/presenters/",)

# What the base install carries: the domain, the messages, the client and the command line.
BASE = (
    "lineclear/__init__.py",
    "lineclear/domain/",
    "lineclear/application/",
    "lineclear/wire/",
    "lineclear/adapters/http/",
    "lineclear/cli/",
)

# What only the extras carry.
EXTRAS = ("PySide6", "alembic", "granian", "litestar", "psycopg", "shiboken6", "sqlalchemy", "sqlcipher3")

# Libraries without input or output, clock, randomness or threads.
PURE_LIBRARIES = {"lineclear", "confusable_homoglyphs", "msgspec", "rapidfuzz", "rfc8785"}
POLICY_LIBRARIES = {"cel", "pydantic", "pydantic_core", "ruamel"}

# The standard library's ways to the machine and the world.
WORLDLY = re.compile(
    r"""(
      asyncio | concurrent | ctypes | fcntl | ftplib | getpass | glob | http | io | logging | mmap
    | multiprocessing | os | platform | queue | random | sched | secrets | select | selectors
    | shutil | signal | smtplib | socket | socketserver | sqlite3 | ssl | subprocess | sys | tempfile
    | threading | time | uuid | webbrowser | urllib\.request | pathlib\.(Path|PosixPath|WindowsPath)
    )(\..+)?""",
    re.VERBOSE,
)


def lint_imports(root: Path) -> subprocess.CompletedProcess[str]:
    """Checks the project's contracts on the package found below a source root."""
    return subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command as run; run()",
            "--no-cache",
        ],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def worldly_imports(files: Iterable[Source]) -> list[Finding]:
    """What domain and application import beside pure libraries, the standard library included."""
    found = []
    for file in files:
        if not is_within(file.path, PURE):
            continue
        own = PURE_LIBRARIES | (POLICY_LIBRARIES if is_within(file.path, POLICY) else set())
        for line, name in file.imports():
            top = name.partition(".")[0]
            is_pure = not WORLDLY.fullmatch(name) if top in sys.stdlib_module_names else top in own
            if not is_pure:
                found.append(Finding(file.path, line, name))
    return found


def painting_presenters(files: Iterable[Source]) -> list[Finding]:
    return [
        Finding(file.path, line, name)
        for file in files
        if is_within(file.path, PRESENTERS)
        for line, name in file.imports()
        if name.startswith("PySide6") and not re.match(r"PySide6\.QtCore\b", name)
    ]


def requirements(names: Iterable[str]) -> set[str]:
    """Distribution names, normalised, without versions and extras."""
    return {re.sub(r"[-_.]+", "-", re.match(r"[\w.-]+", name)[0]).lower() for name in names}


def undeclared(files: Iterable[Source], declared: set[str], own: Iterable[str] = ()) -> list[Finding]:
    """Third-party imports of which no distribution is declared."""
    known = packages_distributions()
    given = {"lineclear", *sys.stdlib_module_names, *own}
    return [
        Finding(file.path, line, name)
        for file in files
        for line, name in file.imports()
        for top in [name.partition(".")[0]]
        if top not in given and not requirements(known.get(top, [])) & declared
    ]


@pytest.fixture(scope="module")
def project() -> dict:
    return tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_imports_point_inward_only(tmp_path: Path):
    (tmp_path / "pyproject.toml").write_bytes((PROJECT / "pyproject.toml").read_bytes())
    (tmp_path / "lineclear").symlink_to(APP / "lineclear")
    checked = lint_imports(tmp_path)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_every_contract_bites(tmp_path: Path):
    (tmp_path / "pyproject.toml").write_bytes((PROJECT / "pyproject.toml").read_bytes())
    write(
        tmp_path,
        {
            "lineclear/cli/sample.py": "",
            "lineclear/agents/sample.py": "",
            "lineclear/desktop/views/sample.py": "import lineclear.adapters.sql.sample",
            "lineclear/server/sample.py": "import PySide6.QtCore",
            "lineclear/adapters/sql/sample.py": "",
            "lineclear/wire/sample.py": "",
            "lineclear/application/sample.py": "import sqlalchemy",
            "lineclear/domain/sample.py": "import lineclear.application.sample",
            "lineclear/domain/policy/sample.py": "import pydantic",
        },
    )
    checked = lint_imports(tmp_path)
    verdicts = set(re.findall(r"(KEPT|BROKEN)", checked.stdout))
    assert verdicts == {"BROKEN"}, checked.stdout + checked.stderr


def test_domain_and_application_are_pure():
    assert report(worldly_imports(sources(APP))) == ""


@pytest.mark.parametrize(
    "code",
    [
        "import os",
        "from pathlib import Path",
        "import httpx",
        "from urllib import request",
        "import pydantic",
    ],
)
def test_a_worldly_import_is_found(tmp_path: Path, code: str):
    assert worldly_imports(sources(write(tmp_path, {"lineclear/domain/sample.py": code})))


def test_policy_may_read_documents(tmp_path: Path):
    code = "import pydantic\nfrom pathlib import PurePosixPath\nfrom lineclear.domain import actions"
    assert (
        report(worldly_imports(sources(write(tmp_path, {"lineclear/domain/policy/sample.py": code})))) == ""
    )


def test_presenters_paint_nothing():
    assert report(painting_presenters(sources(APP))) == ""


@pytest.mark.parametrize(
    "code", ["from PySide6 import QtWidgets", "from PySide6.QtGui import QColor", "import PySide6"]
)
def test_a_painting_presenter_is_found(tmp_path: Path, code: str):
    assert painting_presenters(sources(write(tmp_path, {"lineclear/desktop/presenters/sample.py": code})))


def test_everything_imported_is_declared(project: dict):
    extras = (
        name for extra, names in project["optional-dependencies"].items() if extra != "dev" for name in names
    )
    assert report(undeclared(sources(APP), requirements([*project["dependencies"], *extras]))) == ""


def test_everything_the_tests_import_is_declared(project: dict):
    files = sources(PROJECT, ["tests"])
    own = {Path(file.path).stem for file in files} | {"support", "benchmarks"}
    names = (name for names in project["optional-dependencies"].values() for name in names)
    assert report(undeclared(files, requirements([*project["dependencies"], *names]), own)) == ""


def test_the_base_install_imports_only_its_own_dependencies(project: dict):
    assert report(undeclared(sources(APP, BASE), requirements(project["dependencies"]))) == ""


def test_an_undeclared_import_is_found(tmp_path: Path):
    write(tmp_path, {"lineclear/wire/sample.py": "def late():\n    import pytest"})
    assert undeclared(sources(tmp_path), {"httpx"})


def import_without_extras(root: Path, within: Iterable[str]) -> subprocess.CompletedProcess[str]:
    """Imports every module of the base install where window, server and database cannot be imported."""
    paths = (
        Path(file.path).with_suffix("")
        for file in sources(root, within)
        if not file.path.endswith("__main__.py")
    )
    modules = [".".join(path.parent.parts if path.name == "__init__" else path.parts) for path in paths]
    program = (
        "import importlib, sys\n"
        "class Absent:\n"
        f"    names = {EXTRAS}\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.partition('.')[0] in self.names:\n"
        "            raise ModuleNotFoundError(f'{name} is not part of the base install')\n"
        "sys.meta_path.insert(0, Absent())\n"
        "for name in sys.argv[1:]:\n"
        "    importlib.import_module(name)\n"
    )
    return subprocess.run(
        [sys.executable, "-c", program, *modules],
        env=os.environ | {"PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_base_install_needs_no_window_server_or_database():
    imported = import_without_extras(APP, BASE)
    assert imported.returncode == 0, imported.stderr


@pytest.mark.parametrize(
    "code", ["import PySide6.QtCore", "from sqlalchemy import select", "import litestar"]
)
def test_a_base_module_that_needs_an_extra_is_found(tmp_path: Path, code: str):
    imported = import_without_extras(write(tmp_path, {"lineclear/cli/sample.py": code}), BASE)
    assert "is not part of the base install" in imported.stderr
