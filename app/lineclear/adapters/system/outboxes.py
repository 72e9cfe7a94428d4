"""Decisions that wait on this device, as sealed files of one folder: one file for each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Final

import msgspec

from lineclear.adapters.system.sealed_files import SUFFIX, SealedFiles
from lineclear.application.deciding.outbox import MOST, Contents, Kept, Stage
from lineclear.domain.refusals import Code, Refusal

OUTBOXES: Final = "outbox"
"""The folder of all outboxes, beside that of keys."""


class FileOutbox:
    """An `Outbox` in a folder, which is made when something is kept. A file that cannot be read stays.

    At most `most` decisions wait. Of answers that nobody read, as many of what was taken stay; of what was
    refused, all do.
    """

    lasts: Final = True

    def __init__(self, folder: Path, secret: bytes, most: int = MOST) -> None:
        self._files = SealedFiles(folder, secret)
        self._most = most

    @contextmanager
    def alone(self) -> Iterator[None]:
        with self._usable(), self._files.alone():
            self._files.sweep()
            yield

    def read(self) -> Contents:
        items: list[Kept] = []
        damaged: list[str] = []
        with self._usable():
            for name in self._files.names():
                try:
                    sealed = self._files.read(name)
                    if sealed is not None:
                        items.append(msgspec.json.decode(sealed, type=Kept))
                except (ValueError, msgspec.MsgspecError):
                    damaged.append(str(self._files.folder / name))
        return Contents(tuple(items), tuple(damaged))

    def put(self, kept: Kept) -> None:
        with self._usable():
            names = self._files.names()
        if len(names) >= self._most:
            self._make_room(kept, is_new=_name(kept.number) not in names)
        with self._usable():
            self._files.write(_name(kept.number), msgspec.json.encode(kept))

    def drop(self, number: int) -> None:
        with self._usable():
            self._files.drop(_name(number))

    def lock(self) -> None:
        self._files.lock()

    def unlock(self, secret: bytes) -> None:
        """Go on with the secret that there was before."""
        self._files.unlock(secret)

    def _make_room(self, kept: Kept, *, is_new: bool) -> None:
        contents = self.read()
        if kept.stage is Stage.WAITING:
            if is_new and len(contents.waiting) >= self._most:
                raise Refusal(Code.OUTBOX_FULL, count=len(contents.waiting))
            return
        taken = [one for one in contents.items if one.stage is Stage.SENT]
        for one in taken[: max(0, len(taken) - self._most + 1)]:
            self.drop(one.number)

    @contextmanager
    def _usable(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            problem = error.strerror or type(error).__name__
            raise Refusal(Code.OUTBOX_UNUSABLE, path=self._files.folder, problem=problem) from error


def outbox_of(folder: Path, origin: str, person: str, secret: bytes) -> FileOutbox:
    """The outbox of one person on this device for one workspace; `origin` is its first entry's leaf hash."""
    name = sha256(f"{origin}/{person}".encode()).hexdigest()[:32]
    return FileOutbox(folder / name, secret)


def _name(number: int) -> str:
    return f"{number:012d}{SUFFIX}"
