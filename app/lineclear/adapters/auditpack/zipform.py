"""The one form in which a pack is a ZIP (APPNOTE 6.3): stored, sorted, dated 1980, nothing left to choice.

Free of I/O. Names and contents alone decide on every byte of the file, so that a reader can tell any other
file from a pack, even where an unpacker would not: comments, gaps, extra fields, doubled or hidden entries.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

LOCAL_SIZE: Final = 30
CENTRAL_SIZE: Final = 46
END_SIZE: Final = 22
END64_SIZE: Final = 76
"""The ZIP64 end record and its locator."""

MOST_SIZE: Final = 0xFFFF_FFFE
"""Of one file, in bytes."""

_NEEDS = 20
_NEEDS_64 = 45
_UNIX = 3 << 8
_DATE = 0x0021
_MODE = 0o100644 << 16
_FULL_16 = 0xFFFF
_FULL_32 = 0xFFFF_FFFF


class ZipFormError(ValueError):
    """Not the one form of a pack; the sentence says where."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file of a pack and where its header begins."""

    name: str
    size: int
    crc: int
    offset: int

    @property
    def start(self) -> int:
        """Where its content begins."""
        return self.offset + LOCAL_SIZE + len(self.name)

    @property
    def end(self) -> int:
        return self.start + self.size

    @property
    def local(self) -> bytes:
        """The header before its content."""
        name = self.name.encode("ascii")
        fixed = (b"PK\x03\x04", _NEEDS, 0, 0, 0, _DATE)
        return struct.pack("<4s5H3I2H", *fixed, self.crc, self.size, self.size, len(name), 0) + name

    @property
    def central(self) -> bytes:
        """Its record in the directory at the end."""
        name = self.name.encode("ascii")
        is_far = self.offset >= _FULL_32
        extra = struct.pack("<2HQ", 1, 8, self.offset) if is_far else b""
        needs = _NEEDS_64 if is_far else _NEEDS
        head = struct.pack("<4s6H3I", b"PK\x01\x02", _UNIX | needs, needs, 0, 0, 0, _DATE, *self._sizes)
        tail = struct.pack("<5H2I", len(name), len(extra), 0, 0, 0, _MODE, min(self.offset, _FULL_32))
        return head + tail + name + extra

    @property
    def _sizes(self) -> tuple[int, int, int]:
        return self.crc, self.size, self.size


@dataclass(frozen=True, slots=True)
class Directory:
    """Where the directory is and how many files it lists."""

    count: int
    size: int
    offset: int

    @property
    def is_64(self) -> bool:
        return self.count >= _FULL_16 or self.size >= _FULL_32 or self.offset >= _FULL_32

    @property
    def end(self) -> bytes:
        """What stands behind the directory."""
        count, size, offset = min(self.count, _FULL_16), min(self.size, _FULL_32), min(self.offset, _FULL_32)
        plain = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, count, count, size, offset, 0)
        if not self.is_64:
            return plain
        made = _UNIX | _NEEDS_64
        counted = (self.count, self.count, self.size, self.offset)
        record = struct.pack("<4sQ2H2I4Q", b"PK\x06\x06", 44, made, _NEEDS_64, 0, 0, *counted)
        locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, self.offset + self.size, 1)
        return record + locator + plain


def read_end(tail: bytes) -> Directory:
    """The directory from the last bytes of a file: 98 of them, or all that there are."""
    end = tail[-END_SIZE:]
    if len(end) < END_SIZE or not end.startswith(b"PK\x05\x06"):
        raise ZipFormError("the file does not end as a pack ends: it is cut off, or has something behind it")
    count, size, offset = struct.unpack("<10xHIIxx", end)
    directory = Directory(count, size, offset)
    if directory.is_64 and len(tail) >= END_SIZE + END64_SIZE:
        wide = tail[-END_SIZE - END64_SIZE : -END_SIZE]
        directory = Directory(*struct.unpack("<32xQQQ", wide[:56]))
    if not tail.endswith(directory.end):
        raise ZipFormError("the end of the file is not written as a pack's")
    return directory


def read_central(data: bytes, directory: Directory, most: int) -> Iterator[Member]:
    """The files in order; ZipFormError for anything that `Member.central` would not write."""
    if directory.count > most:
        raise ZipFormError(f"it lists {directory.count} files; {most} are the most")
    at, before, due = 0, "", 0
    for _ in range(directory.count):
        member = _member(data, at, due)
        if data[at : at + len(member.central)] != member.central:
            raise ZipFormError(f"the record of {member.name!r} is not written as a pack's")
        if member.name <= before:
            raise ZipFormError(f"{member.name!r} stands behind {before!r}: names are sorted, each once")
        yield member
        at, before, due = at + len(member.central), member.name, member.end
    if at != len(data) or due != directory.offset:
        raise ZipFormError("the directory and the files before it do not lie close together")


def _member(data: bytes, at: int, offset: int) -> Member:
    """What a record says of name, size and checksum; where it lies follows from the files before it."""
    fixed = data[at : at + CENTRAL_SIZE]
    if len(fixed) < CENTRAL_SIZE:
        raise ZipFormError("the directory is cut off")
    crc, size, length = struct.unpack("<16xI4xIH16x", fixed)
    try:
        name = data[at + CENTRAL_SIZE : at + CENTRAL_SIZE + length].decode("ascii")
    except UnicodeDecodeError:
        raise ZipFormError("a name is not ASCII") from None
    return Member(name, size, crc, offset)
