"""Prints, at the end of a run, what each fault test provoked and what it found."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from support.faults import Row, table

_ROWS = pytest.StashKey[list[Row]]()


@pytest.fixture(scope="session")
def report_fault(pytestconfig: pytest.Config) -> Callable[[Row], None]:
    """Takes one row of the table of faults."""
    return pytestconfig.stash.setdefault(_ROWS, []).append


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    rows: list[Row] = config.stash.get(_ROWS, [])
    for line in table(rows):
        terminalreporter.write_line(line)
