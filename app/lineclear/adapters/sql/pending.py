"""The blobs of one transaction until they are written: closed under the key of the subject that names them.

Free of SQL. Whose a blob is, is known once an entry commits to it; until then it waits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from lineclear.adapters.sql.vault import WORKSPACE, Closed, Room, Vault


@dataclass(slots=True)
class Pending:
    """`wrapped` finds a subject's data key in the database. Without a vault, content is written as it is."""

    room: Room | None
    wrapped: Callable[[str], bytes | None]
    contents: dict[str, bytes] = field(default_factory=dict)
    _subjects: dict[str, str] = field(default_factory=dict)
    _keys: dict[str, bytes] = field(default_factory=dict)
    _made: dict[str, bytes] = field(default_factory=dict)

    def put(self, digest: str, content: bytes) -> None:
        """Content to be written, unless it was put before."""
        self.contents.setdefault(digest, content)

    def name(self, digest: str, subject: str, *, is_new: bool = False) -> None:
        """Say whose a blob is, if it was put here. A subject that is new has no key yet to be looked for."""
        if digest in self.contents:
            self._subjects[digest] = subject or WORKSPACE
            if is_new and subject not in self._keys and self.room is not None:
                self._make(self.room.vault, subject)

    def take(self, *, is_last: bool) -> tuple[dict[str, bytes], dict[str, bytes]]:
        """New keys by subject, and closed blobs by digest; `is_last` gives out also what nothing names."""
        named = list(self.contents) if is_last else [one for one in self.contents if one in self._subjects]
        blobs = {digest: self._closed(digest, self.contents.pop(digest)) for digest in named}
        made, self._made = self._made, {}
        return made, blobs

    def forget(self, subject: str) -> None:
        """The subject's key was destroyed in the database."""
        self._keys.pop(subject, None)
        self._made.pop(subject, None)

    def clear(self) -> None:
        """Everything was rolled back."""
        for known in (self.contents, self._subjects, self._keys, self._made):
            known.clear()

    def _closed(self, digest: str, content: bytes) -> bytes:
        subject = self._subjects.pop(digest, WORKSPACE)
        if self.room is None:
            return content
        vault = self.room.vault
        body = vault.close(self._key(vault, subject), digest, content)
        self.room.remember(digest, body, content)
        return Closed(subject, body).encode()

    def _key(self, vault: Vault, subject: str) -> bytes:
        if subject not in self._keys:
            wrapped = self.wrapped(subject)
            if wrapped is None:
                self._make(vault, subject)
            else:
                self._keys[subject] = vault.unwrap(wrapped, subject)
        return self._keys[subject]

    def _make(self, vault: Vault, subject: str) -> None:
        self._keys[subject] = vault.new_key()
        self._made[subject] = vault.wrap(self._keys[subject], subject)
