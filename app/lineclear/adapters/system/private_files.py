"""Files for their owner alone, written whole or not at all, and durable before anybody relies on them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from lineclear.application.ports import Ids
from lineclear.domain.refusals import Code, Refusal

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
    _settle(path.parent)


def keep_file(path: Path, data: bytes, ids: Ids) -> None:
    """Replace a file, or leave it as it was. Refusal(DOCUMENT_INVALID) where it cannot be written."""
    try:
        draft = _written(path, data, ids)
        draft.replace(path)
        _settle(path.parent)
    except OSError as error:
        raise unusable(path, f"{error.strerror}.") from error


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
    with os.fdopen(file, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    return draft


def _settle(folder: Path) -> None:
    """Make the name itself durable, where a folder can be asked to."""
    if os.name != "posix":
        return
    file = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
