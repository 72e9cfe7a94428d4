"""How the gateway is told to end: calls under way are broken off, and clients are told so. One event loop.

A supervisor sends SIGTERM; Claude Code sends SIGINT, and a tenth of a second later SIGTERM. Both mean the
same, and more of them change nothing, since what is under way is still withdrawn and said.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Final, TextIO

import anyio

_CHUNK: Final = 65_536


class Leaving:
    """Whether it was told to end, and what is still under way."""

    def __init__(self) -> None:
        self._told = anyio.Event()
        self._quiet = anyio.Event()
        self._under_way: set[anyio.CancelScope] = set()

    def tell(self) -> None:
        """It is to end now."""
        self._told.set()
        for scope in self._under_way:
            scope.cancel()
        if not self._under_way:
            self._quiet.set()

    def call(self) -> Call:
        """A block that is cancelled when the gateway is told to end; then it goes on behind the block."""
        return Call(self)

    def begin(self, scope: anyio.CancelScope) -> None:
        """From here on it is under way."""
        self._under_way.add(scope)
        if self._told.is_set():
            scope.cancel()

    def end(self, scope: anyio.CancelScope) -> None:
        """It is over."""
        self._under_way.discard(scope)
        if self._told.is_set() and not self._under_way:
            self._quiet.set()

    async def over(self) -> None:
        """Returns once it was told to end and no call is under way any more."""
        await self._told.wait()
        await self._quiet.wait()


class Call:
    """One call under way."""

    def __init__(self, leaving: Leaving) -> None:
        self._leaving, self._scope = leaving, anyio.CancelScope()

    def __enter__(self) -> None:
        self._scope.__enter__()
        self._leaving.begin(self._scope)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        self._leaving.end(self._scope)
        return bool(self._scope.__exit__(kind, error, trace))


@contextmanager
def told_by_signal() -> Iterator[Leaving]:
    """SIGINT and SIGTERM tell it, for the length of the block. Where a system has neither, nothing does."""
    leaving, loop = Leaving(), asyncio.get_running_loop()
    numbers = (signal.SIGINT, signal.SIGTERM)
    with suppress(NotImplementedError):
        for number in numbers:
            loop.add_signal_handler(number, leaving.tell)
    try:
        yield leaving
    finally:
        with suppress(NotImplementedError):
            for number in numbers:
                loop.remove_signal_handler(number)


class Inlet:
    """Standard input that can be ended from within: nobody can break off a read of the real one.

    A thread of its own hands over what comes; it ends with the process.
    """

    def __init__(self) -> None:
        self._inside, outside = socket.socketpair()
        self.text: TextIO = outside.makefile("r", encoding="utf-8", errors="replace", newline="\n")
        outside.close()  # the file holds it open
        threading.Thread(target=self._hand_over, name="standard input", daemon=True).start()

    def end(self) -> None:
        """Whoever reads finds the end, behind what was handed over. Safe from any thread, and twice."""
        with suppress(OSError):
            self._inside.shutdown(socket.SHUT_WR)

    def _hand_over(self) -> None:
        with suppress(OSError):  # it was ended meanwhile
            while chunk := os.read(sys.stdin.fileno(), _CHUNK):
                self._inside.sendall(chunk)
        self.end()
