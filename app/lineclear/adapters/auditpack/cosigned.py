"""Checkpoints with their witnesses' cosignatures, as files in the data folder. Free of keys.

`cosigned/<size>` is a signed note (C2SP tlog-cosignature). Of each witness the newest is kept: a note goes
when everybody under it has signed a later one.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from lineclear.adapters.system.private_files import keep_file
from lineclear.application.ports import Ids
from lineclear.domain.ledger.notes import Note, NoteSignature, parse_note

FOLDER: Final = "cosigned"
_PRIVATE: Final = 0o700
_FIRST: Final = 1
"""The first line under a checkpoint is the log's own."""


class CosignedNotes:
    """The notes of one log. For one thread at a time."""

    def __init__(self, folder: Path, ids: Ids) -> None:
        self._folder = folder / FOLDER
        self._ids = ids

    def of(self, size: int) -> bytes | None:
        """The note of the checkpoint of this size, if a witness has signed it."""
        path = self._folder / str(size)
        return path.read_bytes() if path.exists() else None

    def all(self) -> tuple[bytes, ...]:
        """Every note, by size."""
        return tuple(path.read_bytes() for _, path in self._kept())

    def add(self, size: int, note: Note) -> None:
        """Put the note's cosignatures under what is kept for its size; a witness's newest line counts."""
        before = self.of(size)
        kept = parse_note(before).signatures if before is not None else note.signatures[:_FIRST]
        added = note.signatures[_FIRST:]
        names = {_who(line) for line in added}
        signatures = (*(line for line in kept if _who(line) not in names), *added)
        self._folder.mkdir(mode=_PRIVATE, exist_ok=True)
        keep_file(self._folder / str(size), Note(note.text, signatures).encode(), self._ids)
        self._drop_outdated()

    def _drop_outdated(self) -> None:
        later: set[tuple[str, bytes]] = set()
        for _, path in reversed(list(self._kept())):
            signed = {_who(line) for line in parse_note(path.read_bytes()).signatures[_FIRST:]}
            if signed <= later:
                path.unlink()
            later |= signed

    def _kept(self) -> Iterator[tuple[int, Path]]:
        if self._folder.is_dir():
            named = (path for path in self._folder.iterdir() if path.name.isdecimal())
            yield from sorted((int(path.name), path) for path in named)


def _who(line: NoteSignature) -> tuple[str, bytes]:
    return line.name, line.key_id
