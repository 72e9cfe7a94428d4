"""Long work in a terminal: a bar on standard error, Ctrl+C that ends it in order. Free of rules."""

from __future__ import annotations

import signal
import sys
from contextlib import ExitStack
from types import FrameType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


class Watch:
    """Hears how far the work is and says whether to go on. For the main thread.

    A second Ctrl+C ends the program as Python does.
    """

    def __init__(self, what: str) -> None:
        self._what = what
        self._stopped = False
        self._open = ExitStack()
        self._bar: Progress | None = None

    def __enter__(self) -> Self:
        before = signal.signal(signal.SIGINT, self._stop)
        self._open.callback(signal.signal, signal.SIGINT, before)
        if sys.stderr.isatty():
            columns = (
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeRemainingColumn(),
            )
            self._bar = self._open.enter_context(Progress(*columns, console=Console(file=sys.stderr)))
            self._bar.add_task(self._what, total=None)
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()
        if self._stopped:
            sys.stderr.write("Stopped: this is what was read so far.\n")

    def heard(self, done: int, size: int) -> bool:
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], completed=done, total=size)
        return not self._stopped

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopped = True
        signal.signal(signal.SIGINT, signal.default_int_handler)
