"""Copies of entries for people and spreadsheets. They are no evidence, and say so first. Free of I/O."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

NOTICE: Final = "NOT EVIDENCE: a copy. The evidence is below tile/entries/, under the signed checkpoint."
MOST_LINES: Final = 1_000_000
"""Rows in a copy; what is beyond is in the entries alone."""

_HEADING: Final = ("index", "at", "stream", "seq", "type", "actor", "body", "commits")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001  # the full-width signs, which count as well

type Placed = tuple[int, bytes]
"""An entry's place and its bytes."""


class _Copied(msgspec.Struct, frozen=True):
    at: str
    stream: str
    seq: int
    type: str
    actor: str
    body: msgspec.Raw
    commits: msgspec.Raw


_COPIED: Final = msgspec.json.Decoder(_Copied)


def lines(entries: Iterable[Placed]) -> Iterator[bytes]:
    """JSON lines, the notice first."""
    yield json.dumps({"notice": NOTICE}).encode() + b"\n"
    for index, data in entries:
        yield b'{"index":%d,"entry":%b}\n' % (index, data)


def table(entries: Iterable[Placed]) -> Iterator[bytes]:
    """CSV, the notice first; no cell can be read as a formula (OWASP, CSV injection)."""
    yield _row((NOTICE,))
    yield _row(_HEADING)
    for index, data in entries:
        entry = _COPIED.decode(data)
        told = (entry.at, entry.stream, str(entry.seq), entry.type, entry.actor)
        yield _row((str(index), *told, bytes(entry.body).decode(), bytes(entry.commits).decode()))


def cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula, also behind blanks."""
    return f"'{text}" if text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA) else text


def _row(cells: Iterable[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(map(cell, cells))
    return out.getvalue().encode()
