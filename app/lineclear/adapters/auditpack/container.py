"""Opens a pack, or a folder into which one was unpacked, as what it is: input from a stranger.

Nothing is unpacked, no link is followed, every size is known and bounded before a byte is read.
"""

from __future__ import annotations

import os
import stat
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from lineclear.adapters.auditpack.names import MOST_FILES, most_bytes
from lineclear.adapters.auditpack.zipform import (
    END64_SIZE,
    END_SIZE,
    Directory,
    Member,
    ZipFormError,
    read_central,
    read_end,
)

CHUNK: Final = 1_048_576
_MOST_DIRECTORY: Final = 256 * CHUNK
_MOST_DEPTH: Final = 12

type Progress = Callable[[int, int], None]
"""Told how many bytes of how many were read."""


class ContainerError(ValueError):
    """Not a pack that can be looked into; the sentence says where it is not."""


class Pack(Protocol):
    """Files by name. For one thread at a time. Reading raises ContainerError where a header is wrong."""

    @property
    def sizes(self) -> Mapping[str, int]:
        """Every file with its size, sorted by name."""
        ...

    def parts(self, name: str) -> Iterator[bytes]:
        """A file in pieces of at most `CHUNK` bytes."""
        ...

    def read(self, name: str) -> bytes:
        """A whole file; its size is within what `names` allows."""
        ...


class ZipPack:
    """A pack in one file."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - END_SIZE - END64_SIZE))
        try:
            directory = read_end(file.read())
            self._members = {one.name: one for one in self._listed(directory, size)}
        except ZipFormError as error:
            raise ContainerError(str(error)) from None
        self.sizes: Mapping[str, int] = {one.name: one.size for one in self._members.values()}

    def parts(self, name: str) -> Iterator[bytes]:
        member = self._members[name]
        self._file.seek(member.offset)
        if self._file.read(len(member.local)) != member.local:
            raise ContainerError(f"the header before {name} is not written as a pack's")
        left, crc = member.size, 0
        while left:
            part = self._file.read(min(left, CHUNK))
            if not part:
                raise ContainerError(f"{name} is cut off")
            left, crc = left - len(part), zlib.crc32(part, crc)
            at = self._file.tell()
            yield part
            self._file.seek(at)
        if crc != member.crc:
            raise ContainerError(f"the checksum of {name} is not that of its bytes")

    def read(self, name: str) -> bytes:
        return b"".join(self.parts(name))

    def _listed(self, directory: Directory, size: int) -> Iterator[Member]:
        if directory.offset + directory.size + len(directory.end) != size:
            raise ZipFormError("the directory is not where the end of the file says")
        if directory.size > _MOST_DIRECTORY:
            raise ZipFormError(f"its directory has {directory.size} bytes; {_MOST_DIRECTORY} are the most")
        self._file.seek(directory.offset)
        for member in read_central(self._file.read(directory.size), directory, MOST_FILES):
            _check_name(member.name, member.size)
            yield member


class FolderPack:
    """A pack that was unpacked. What such a folder lacks of the ZIP's own form is no evidence anyway."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        found = {path.relative_to(folder).as_posix(): size for path, size in _files(folder, 0)}
        if len(found) > MOST_FILES:
            raise ContainerError(f"it holds {len(found)} files; {MOST_FILES} are the most")
        for name, size in found.items():
            _check_name(name, size)
        self.sizes: Mapping[str, int] = dict(sorted(found.items()))

    def parts(self, name: str) -> Iterator[bytes]:
        left = self.sizes[name]
        try:
            with (self._folder / name).open("rb") as file:
                while left and (part := file.read(min(left, CHUNK))):
                    left -= len(part)
                    yield part
        except OSError as error:
            raise ContainerError(f"{name}: {error.strerror}") from None
        if left:
            raise ContainerError(f"{name} changed while it was read")

    def read(self, name: str) -> bytes:
        return b"".join(self.parts(name))


@contextmanager
def open_pack(path: Path) -> Iterator[Pack]:
    """A pack's file, or the folder of an unpacked one. Raises OSError or ContainerError."""
    if path.is_dir():
        yield FolderPack(path)
        return
    with path.open("rb") as file:
        yield ZipPack(file)


def digests(pack: Pack, progress: Progress) -> Iterator[tuple[str, str]]:
    """Every file with its SHA-256, in the order in which they lie."""
    total, done = sum(pack.sizes.values()), 0
    for name in pack.sizes:
        state = sha256()
        for part in pack.parts(name):
            state.update(part)
            done += len(part)
            progress(done, total)
        yield name, state.hexdigest()


def _check_name(name: str, size: int) -> None:
    most = most_bytes(name)
    if most is None:
        raise ContainerError(f"{name[:120]!r} is no file of a pack")
    if size > most:
        raise ContainerError(f"{name} has {size} bytes; {most} are the most")


def _files(folder: Path, depth: int) -> Iterator[tuple[Path, int]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            status = entry.stat(follow_symlinks=False)
            if stat.S_ISDIR(status.st_mode) and depth < _MOST_DEPTH:
                yield from _files(Path(entry.path), depth + 1)
            elif stat.S_ISREG(status.st_mode):
                yield Path(entry.path), status.st_size
            else:
                raise ContainerError(f"{entry.name!r} is neither a file nor a folder of a pack")
