"""The table of faults: what was provoked, how often, and what was found. Free of pytest."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TESTS = Path(__file__).parents[1]
SOURCES = (TESTS.parent / "app", TESTS)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. `found` counts what must be zero, in words, and what was measured."""

    what: str
    runs: int
    found: str

    def cells(self) -> tuple[str, str, str]:
        return self.what, f"{self.runs:,}", self.found


def table(rows: Iterable[Row]) -> list[str]:
    """The lines of the table; none without rows."""
    cells = [row.cells() for row in rows]
    if not cells:
        return []
    cells.insert(0, ("fault", "runs", "found"))
    first, second = (max(len(line[column]) for line in cells) for column in (0, 1))
    return [f"{what:<{first}}  {runs:>{second}}  {found}" for what, runs, found in cells]


def program(name: str, *arguments: object) -> list[str]:
    """The command that runs a module of `tests/support` as a process of its own."""
    return [sys.executable, str(TESTS / "support" / f"{name}.py"), *map(str, arguments)]


def surroundings() -> dict[str, str]:
    """What a child needs in its environment to import the product and the test support."""
    return os.environ | {"PYTHONPATH": os.pathsep.join(map(str, SOURCES)), "PYTHONWARNINGS": "error"}


class Child:
    """A process of ours that speaks in lines. Whatever happens, `end` leaves nothing behind."""

    def __init__(self, command: list[str]) -> None:
        self._process = subprocess.Popen(
            command, env=surroundings(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def ask(self, line: str) -> str:
        """Say a line and read the answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        return self.line()

    def line(self, seconds: float = 60) -> str:
        """The next line; TimeoutError where none comes, EOFError where none will."""
        assert self._process.stdout is not None
        ready, _, _ = select.select([self._process.stdout], [], [], seconds)
        if not ready:
            raise TimeoutError(f"process {self.pid} says nothing")
        said = self._process.stdout.readline()
        if not said:
            raise EOFError(f"process {self.pid} ended with {self._process.wait(10)}")
        return said.rstrip("\n")

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def end(self) -> None:
        self.kill()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()


@contextmanager
def child(command: list[str]) -> Iterator[Child]:
    """The process while it is needed."""
    running = Child(command)
    try:
        yield running
    finally:
        running.end()
