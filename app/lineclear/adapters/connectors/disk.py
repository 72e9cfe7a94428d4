"""Locks between processes and durable names, on POSIX and on Windows."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from lineclear.application.ports import ToolFailed

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


@contextmanager
def taken(path: Path) -> Iterator[IO[bytes]]:
    """Hold the advisory lock on the file at `path`, which is made where needed; a crash lets go of it."""
    try:
        held = path.open("a+b")
    except OSError as error:
        raise unreachable(path, error) from error
    with held:
        _take(held, path)
        try:
            yield held
        finally:
            _release(held)


def unreachable(path: Path, error: OSError) -> ToolFailed:
    return ToolFailed("unreachable", f"{path.name}: {error.strerror or error}. Nothing was changed.")


def sync_folder(folder: Path) -> None:
    """Make a rename in the folder durable; Windows does so by itself and cannot open folders."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _take(file: IO[bytes], path: Path) -> None:
    try:
        if sys.platform == "win32":
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
        else:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX)
    except OSError as error:
        raise unreachable(path, error) from error


def _release(file: IO[bytes]) -> None:
    if sys.platform == "win32":
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)
    else:
        fcntl.flock(file.fileno(), fcntl.LOCK_UN)
