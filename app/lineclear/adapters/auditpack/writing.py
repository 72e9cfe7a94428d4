"""Writes packs: files are spooled as they come and laid down sorted at the end, in bounded memory."""

from __future__ import annotations

import os
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO, BinaryIO, Final, Self

from lineclear.adapters.auditpack.names import MOST_FILES, most_bytes
from lineclear.adapters.auditpack.zipform import MOST_SIZE, Directory, Member

_CHUNK: Final = 1_048_576


class TooLargeError(ValueError):
    """More than a pack may hold; a narrower scope is the remedy."""


@dataclass(frozen=True, slots=True)
class _Spooled:
    start: int
    size: int
    crc: int
    digest: str


class Spool:
    """Files on their way into a pack, in one temporary file; some 250 bytes of memory for each."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._files: dict[str, _Spooled] = {}
        self._end = 0

    def __contains__(self, name: str) -> bool:
        return name in self._files

    @property
    def count(self) -> int:
        return len(self._files)

    def add(self, name: str, parts: Iterable[bytes]) -> None:
        """Take one file, whose parts may be many; TooLargeError beyond what a pack may hold."""
        start, crc, state = self._end, 0, sha256()
        most = most_bytes(name)
        if most is None or name in self._files:
            raise ValueError(f"{name!r} is no new file of a pack")
        for part in parts:
            self._file.seek(self._end)  # what makes the parts may read here meanwhile
            self._file.write(part)
            state.update(part)
            crc = zlib.crc32(part, crc)
            self._end += len(part)
        size = self._end - start
        if size > min(most, MOST_SIZE):
            raise TooLargeError(f"{name} has {size} bytes; {most} are the most")
        if len(self._files) >= MOST_FILES:
            raise TooLargeError(f"a pack holds at most {MOST_FILES:,} files")
        self._files[name] = _Spooled(start, size, crc, state.hexdigest())

    def read(self, name: str) -> bytes:
        """One file again."""
        return b"".join(self._parts(self._files[name]))

    def digests(self) -> list[tuple[str, str]]:
        """Every file with its SHA-256, sorted by name."""
        return [(name, self._files[name].digest) for name in sorted(self._files)]

    def lay_down(self, out: BinaryIO) -> None:
        """Write the ZIP in its one form."""
        members: list[Member] = []
        offset = 0
        for name in sorted(self._files):
            spooled = self._files[name]
            member = Member(name, spooled.size, spooled.crc, offset)
            out.write(member.local)
            out.writelines(self._parts(spooled))
            members.append(member)
            offset = member.end
        size = 0
        for member in members:
            size += out.write(member.central)
        out.write(Directory(len(members), size, offset).end)

    def unpack(self, folder: Path) -> None:
        """Write the files into a folder that did not exist."""
        folder.mkdir(parents=True)
        for name, spooled in self._files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as file:
                file.writelines(self._parts(spooled))

    def _parts(self, spooled: _Spooled) -> Iterator[bytes]:
        for at in range(spooled.start, spooled.start + spooled.size, _CHUNK):
            self._file.seek(at)
            yield self._file.read(min(_CHUNK, spooled.start + spooled.size - at))

    @classmethod
    @contextmanager
    def beside(cls, out: Path) -> Iterator[Self]:
        """A spool on the disk on which the pack will be."""
        with tempfile.TemporaryFile(dir=out.parent) as file:
            yield cls(file)


def write_pack(spool: Spool, out: Path) -> None:
    """Write the pack whole or not at all, over whatever bore its name; only its owner can read it."""
    draft = out.with_name(f"{out.name}.part")
    try:
        with os.fdopen(_private(draft), "wb") as file:
            spool.lay_down(file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(out)
    finally:
        draft.unlink(missing_ok=True)


def _private(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
