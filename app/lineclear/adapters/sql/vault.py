"""How blobs are kept closed: each under its subject's data key, which the workspace's key wraps. Free of SQL.

A closed blob begins with a zero byte, which no content does, and names its subject: `00 01`, the length of
the subject in two bytes, the subject, what the vault made. Its digest is that of the content: the ledger
knows nothing of all this, and destroying a subject's key makes all that it closed unreadable at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

from lineclear.domain.erasure import TOMBSTONE

WORKSPACE: Final = "workspace"
"""The subject of what is never erased: signed statements, policies, reasons of erasures."""

_PUBLIC: Final = frozenset({"statement", "document"})
MARK: Final = b"\x00\x01"
_LENGTH: Final = 2
_SMALL: Final = 16_384
_MOST: Final = 1_024


class Vault(Protocol):
    """Encrypts with authentication. Safe to use from any thread; ValueError for what it did not make."""

    def new_key(self) -> bytes:
        """A fresh data key."""
        ...

    def wrap(self, key: bytes, subject: str) -> bytes:
        """A data key under the workspace's key, bound to its subject."""
        ...

    def unwrap(self, wrapped: bytes, subject: str) -> bytes: ...

    def close(self, key: bytes, name: str, content: bytes) -> bytes:
        """Content under a data key, bound to the name that it is kept under."""
        ...

    def open(self, key: bytes, name: str, closed: bytes) -> bytes: ...


class Room:
    """A vault with the contents that it opened lately. Safe to use from any thread.

    Remembered by what lies in the database: only who still finds that there is given the content. Or else
    looking for the repeats of one proposal would open dozens of others.
    """

    def __init__(self, vault: Vault) -> None:
        self.vault = vault
        self._recent: dict[tuple[str, bytes], bytes] = {}

    def recall(self, name: str, body: bytes) -> bytes | None:
        """What was closed under this name into exactly these bytes, if it is still at hand."""
        return self._recent.get((name, body))

    def remember(self, name: str, body: bytes, content: bytes) -> None:
        """Keep small content at hand, and let go of the oldest."""
        if len(content) > _SMALL:
            return
        self._recent[name, body] = content
        while len(self._recent) > _MOST:
            self._recent.pop(next(iter(self._recent)), None)


@dataclass(frozen=True, slots=True)
class Closed:
    """A blob as it lies in the database."""

    subject: str
    body: bytes

    def encode(self) -> bytes:
        subject = self.subject.encode()
        return b"".join((MARK, len(subject).to_bytes(_LENGTH), subject, self.body))


def read_closed(stored: bytes) -> Closed | None:
    """What is closed, and under whose key; None for content that an older program left open."""
    if not stored.startswith(MARK):
        return None
    start = len(MARK) + _LENGTH
    end = start + int.from_bytes(stored[len(MARK) : start])
    return Closed(stored[start:end].decode(), stored[end:])


def subject_of(type_: str, stream: str, part: str) -> str:
    """Under whose key a part is kept to which an entry of this type and stream commits."""
    return WORKSPACE if part in _PUBLIC or type_ == TOMBSTONE else stream
