"""What a witness keeps, as files of one folder: the last checkpoint, and the evidence of an alarm.

A lock file lets several consoles of one person share the folder: one checks against what the other kept.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec

from lineclear.adapters.system.private_files import hold
from lineclear.application.record.witnessing import Alarm, Kept
from lineclear.domain.refusals import Code, Refusal

LEDGERS: Final = "ledgers"
"""The folder of all notebooks, beside that of keys."""

KEPT: Final = "kept.json"
ALARM: Final = "alarm.json"
_LOCK: Final = "lock"
_PRIVATE_FOLDER: Final = 0o700
_UNSAFE: Final = re.compile("[^0-9a-z]")


class FileNotebook:
    """A `Notebook` in `folder`, which is made when something is kept. Raises Refusal(NOTEBOOK_UNUSABLE).

    An alarm's notes lie beside it as `kept-…` and `seen-…`, byte for byte, for whoever has to judge.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def kept(self) -> Kept | None:
        return self._read(KEPT, Kept)

    def keep(self, before: Kept | None, kept: Kept) -> bool:
        with self._held():
            if self.kept() != before or self.alarm() is not None:
                return False
            if kept != before:
                self._write(KEPT, msgspec.json.encode(kept))
            return True

    def alarm(self) -> Alarm | None:
        return self._read(ALARM, Alarm)

    def raise_alarm(self, alarm: Alarm) -> Alarm:
        with self._held():
            standing = self.alarm()
            if standing is not None:
                return standing
            name = _UNSAFE.sub("", alarm.at.lower())
            self._write(f"kept-{name}.note", alarm.kept.encode())
            self._write(f"seen-{name}.note", alarm.seen.encode())
            alarm = msgspec.structs.replace(alarm, evidence=str(self._folder / f"seen-{name}.note"))
            self._write(ALARM, msgspec.json.encode(alarm))
            return alarm

    def forget(self) -> None:
        with self._held():
            alarm = self.alarm()
            name = _UNSAFE.sub("", alarm.at.lower()) if alarm else "accepted"
            for kept in (KEPT, ALARM):
                path = self._folder / kept
                if path.exists():
                    path.replace(self._folder / f"{path.stem}-{name}.json")

    def _read[T](self, name: str, kind: type[T]) -> T | None:
        path = self._folder / name
        try:
            return msgspec.json.decode(path.read_bytes(), type=kind)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.MsgspecError) as error:
            # Taken for absent, a damaged file would make the next contact a first one.
            raise _unusable(path, error) from None

    def _write(self, name: str, data: bytes) -> None:
        """Whole and durable, or as it was before."""
        path = self._folder / name
        draft = path.with_name(f"{name}.new")
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)

    @contextmanager
    def _held(self) -> Iterator[None]:
        try:
            self._folder.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
            with (self._folder / _LOCK).open("a+b") as file:
                hold(file)
                yield
        except OSError as error:
            raise _unusable(self._folder, error) from error


def notebook_of(folder: Path, origin: str) -> FileNotebook:
    """The notebook about one workspace; `origin` is the leaf hash of its first entry."""
    return FileNotebook(folder / origin)


def _unusable(path: Path, error: Exception) -> Refusal:
    problem = getattr(error, "strerror", None) or str(error)
    return Refusal(Code.NOTEBOOK_UNUSABLE, path=path, problem=problem)
