"""What a console's replica is kept in on its device, as a port. Free of files and keys."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Protocol

from lineclear.application.reading.answers import Detail, FeedItem

type Batches = Generator[Sequence[FeedItem]]
"""Entries in order; whoever stops before the end closes it."""

type Erased = Mapping[str, frozenset[str]]
"""By stream, the parts that an erasure took."""


class Keeping(Protocol):
    """Entries as the backend sent them, and actions as they were read. Safe to use from several threads.

    Nothing raises because a device cannot keep: what is kept is a copy, and is read anew where it is missing.
    """

    def batches(self) -> Batches:
        """Entries from 0 on, without a gap. ValueError where a part cannot be read: then `begin_anew`."""
        ...

    def begin_anew(self) -> None:
        """Drop all that can be dropped; what cannot be read stays for whoever wants to look at it."""
        ...

    def take(self, items: Sequence[FeedItem], erased: Erased) -> None:
        """Keep the next entries, and first let go of what these say was erased."""
        ...

    def heard(self) -> None:
        """The backend answered just now, and nothing was left to read."""
        ...

    def heard_at(self) -> str:
        """When that was for the last time (RFC 3339, this device's clock); empty where it never was."""
        ...

    def keep(self, detail: Detail, is_current: Callable[[], bool]) -> None:
        """An action was read whole; `is_current` says whether the ledger still knows nothing newer of it."""
        ...

    def detail(self, action: str) -> Detail | None:
        """The action as it was read."""
        ...
