"""Files for their owner alone, written whole or not at all, and durable before anybody relies on them."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import IO, Final

from lineclear.application.ports import Ids
from lineclear.domain.refusals import Code, Refusal

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_PRIVATE: Final = 0o600
_OTHERS: Final = 0o077


def write_once(path: Path, data: bytes, ids: Ids) -> None:
    """Make a file, never over one that another program made meanwhile."""
    draft = _written(path, data, ids)
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        return
    finally:
        draft.unlink()
    settle_folder(path.parent)


def keep_file(path: Path, data: bytes, ids: Ids) -> None:
    """Replace a file, or leave it as it was. Refusal(DOCUMENT_INVALID) where it cannot be written."""
    try:
        keep_private(path, data, ids)
    except OSError as error:
        raise unusable(path, f"{error.strerror}.") from error


def keep_private(path: Path, data: bytes, ids: Ids) -> None:
    """The same, and an OSError where it cannot be written."""
    draft = _written(path, data, ids)
    try:
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    settle_folder(path.parent)


def hold(file: IO[bytes]) -> None:
    """Wait for one's turn at a file, and keep it until the file is closed; a crash lets go of it."""
    if sys.platform == "win32":
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
    else:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX)


def require_private(path: Path) -> None:
    """Refusal(DOCUMENT_INVALID) for a file that others on this machine can read."""
    if os.name == "posix" and path.stat().st_mode & _OTHERS:
        raise unusable(path, "others on this machine can read it; run `chmod 600` on it first.")


def unusable(path: Path, problem: str) -> Refusal:
    """The refusal of a file that cannot be used."""
    return Refusal(Code.DOCUMENT_INVALID, document=path, problem=problem)


def _written(path: Path, data: bytes, ids: Ids) -> Path:
    draft = path.with_name(f"{path.name}.{ids.new('new')}")
    file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE)
    try:
        with os.fdopen(file, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    return draft


def settle_folder(folder: Path) -> None:
    """Make the name itself durable, where a folder can be asked to."""
    if os.name != "posix":
        return
    file = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
