"""Where processes are started, killed and judged; the table of what each test provoked and found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.faults import Row, table
from support.faults_backend import Launcher, launcher
from support.faults_place import Place, place

_ROWS = pytest.StashKey[list[Row]]()


@pytest.fixture(scope="module")
def starter() -> Iterator[Launcher]:
    """It imports the backend once; each process of each test is a fork of it."""
    with launcher() as running:
        yield running


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Place]:
    with place(tmp_path) as made:
        yield made


@pytest.fixture(scope="session")
def report_fault(pytestconfig: pytest.Config) -> Callable[[Row], None]:
    """Takes one row of the table of faults."""
    return pytestconfig.stash.setdefault(_ROWS, []).append


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    rows: list[Row] = config.stash.get(_ROWS, [])
    for line in table(rows):
        terminalreporter.write_line(line)
