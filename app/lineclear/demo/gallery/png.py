"""Writes PNG files (ISO/IEC 15948) that are small for pictures of user interfaces. Pure: bytes in, bytes out.

Flat areas and repeated letters compress better without PNG's row filters, as Qt applies them.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_TRUE_COLOUR = (8, 2, 0, 0, 0)  # bits a sample, colour type, compression, filter, interlace
_NO_FILTER = b"\x00"
_SMALLEST = 9


def encode_png(width: int, height: int, rows: Iterable[bytes]) -> bytes:
    """A PNG of `height` rows of `width` pixels, each of three bytes: red, green, blue."""
    pixels = b"".join(_NO_FILTER + row for row in rows)
    if len(pixels) != height * (1 + 3 * width):
        raise ValueError(f"{len(pixels)} bytes are no picture of {width} by {height}")
    header = struct.pack(">II5B", width, height, *_TRUE_COLOUR)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(pixels, _SMALLEST)), (b"IEND", b""))
    return _SIGNATURE + b"".join(_chunk(kind, content) for kind, content in chunks)


def _chunk(kind: bytes, content: bytes) -> bytes:
    check = zlib.crc32(content, zlib.crc32(kind))
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)
