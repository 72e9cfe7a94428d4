"""One document on disk with its lock and its journal: replaced as a whole or not at all.

Beside `access.yaml` stand `.access.yaml.lock` (advisory, one writer at a time) and
`.access.yaml.lineclear-effects.jsonl`. The journal gets a synced line with what is intended before the
document is replaced, and one that says how it ended afterwards; where the second is missing the
document's digest decides.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Literal

import msgspec

from lineclear.adapters.connectors.disk import sync_folder, taken, unreachable
from lineclear.application.ports import ToolFailed, ToolOutcomeUnknown
from lineclear.domain.effects import Effect


class Intent(msgspec.Struct, frozen=True, tag="intent"):
    """Written before the document is replaced: digests of both texts and the effect that this would be."""

    key: str
    request: str
    old: str
    new: str
    effect: Effect


class End(msgspec.Struct, frozen=True, tag="end"):
    """How an intent ended."""

    key: str
    outcome: Literal["done", "void"]


_LINE = msgspec.json.Decoder(Intent | End)


def digest(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


class DocumentFile:
    """The document, read at once and written atomically."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._journal = path.with_name(f".{path.name}.lineclear-effects.jsonl")
        self._lock = path.with_name(f".{path.name}.lock")

    def read(self) -> bytes:
        try:
            return self._path.read_bytes()
        except OSError as error:
            raise unreachable(self._path, error) from error

    @contextmanager
    def locked(self) -> Iterator[None]:
        """One writer at a time among those that ask; what an earlier writer left open is settled first."""
        with taken(self._lock):
            self._settle()
            yield

    def effect(self, key: str, request: str | None = None) -> Effect | None:
        """The effect of `key`; ToolOutcomeUnknown where the document has been changed since by others."""
        intent, end = self._last(key)
        if intent is None or (end is not None and end.outcome == "void"):
            return None
        if end is None and not self._judge(intent):
            return None
        if request is not None and intent.request != request:
            raise ToolFailed("refused", "This key was already used for another change; use a new one.")
        return intent.effect

    def replace(self, data: bytes, intent: Intent) -> None:
        """Journal, replace, journal; only within `locked`. A failure before the rename changes nothing."""
        fresh = self._path.with_name(f".{self._path.name}.new")
        try:
            self._append(intent)
            mode = self._path.stat().st_mode & 0o7777
            fresh.unlink(missing_ok=True)  # left by a crash, and perhaps readable by others
            with open(fresh, "wb", opener=_private) as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            fresh.chmod(mode)
            fresh.replace(self._path)
        except OSError as error:
            self._undecided(fresh, intent)
            raise unreachable(self._path, error) from error
        try:
            sync_folder(self._path.parent)
            self._append(End(intent.key, "done"))
        except OSError as error:
            raise ToolOutcomeUnknown(
                f"{self._path.name} was replaced, but the disk did not confirm it."
            ) from error

    def _undecided(self, fresh: Path, intent: Intent) -> None:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
            self._append(End(intent.key, "void"))

    def _last(self, key: str) -> tuple[Intent | None, End | None]:
        intent: Intent | None = None
        end: End | None = None
        for line in self._lines():
            if line.key == key:
                intent, end = (line, None) if isinstance(line, Intent) else (intent, line)
        return intent, end

    def _judge(self, intent: Intent) -> bool:
        """Whether an intent without an end took effect, by what the document is now."""
        found = digest(self.read())
        if found not in (intent.old, intent.new):
            detail = (
                f"{self._path.name} was changed by others after a write that was cut off; compare by hand."
            )
            raise ToolOutcomeUnknown(detail)
        return found == intent.new

    def _settle(self) -> None:
        open_intents: dict[str, Intent] = {}
        for line in self._lines():
            if isinstance(line, Intent):
                open_intents[line.key] = line
            else:
                open_intents.pop(line.key, None)
        found = digest(self.read()) if open_intents else ""
        for intent in open_intents.values():
            if found in (intent.old, intent.new):
                self._append(End(intent.key, "done" if found == intent.new else "void"))

    def _lines(self) -> Iterator[Intent | End]:
        """What the journal says; a line cut off by a crash at its end was never acted on."""
        try:
            data = self._journal.read_bytes()
        except FileNotFoundError:
            return
        except OSError as error:
            raise unreachable(self._journal, error) from error
        for line in data.split(b"\n")[:-1]:
            try:
                yield _LINE.decode(line)
            except msgspec.DecodeError:
                if line.strip():
                    continue

    def _append(self, line: Intent | End) -> None:
        is_new = not self._journal.exists()
        with open(self._journal, "a+b", opener=_private) as file:
            lead = b"" if _ends_whole(file) else b"\n"
            file.write(lead + msgspec.json.encode(line) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        if is_new:
            sync_folder(self._journal.parent)


def _private(path: str, flags: int) -> int:
    """A new file that only its owner reads: it holds what the document holds, which may be as private."""
    return os.open(path, flags, 0o600)


def _ends_whole(file: IO[bytes]) -> bool:
    if file.seek(0, os.SEEK_END) == 0:
        return True
    file.seek(-1, os.SEEK_END)
    return file.read(1) == b"\n"
