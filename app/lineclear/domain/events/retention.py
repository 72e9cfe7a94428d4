"""What is no longer kept, and what has to be: erasures and legal hold. Pure."""

from __future__ import annotations

from enum import StrEnum

from lineclear.domain.events.base import Event


class ErasureCause(StrEnum):
    """Why contents were erased: a person asked, their time was over, or policy keeps none."""

    REQUEST = "request"
    RETENTION = "retention"
    NOT_KEPT = "not_kept"


class ContentErased(Event, frozen=True):
    """The tombstone: `parts` to which earlier entries of this stream commit are gone, with salts and key.

    `by` is a person or `retention`; commits to `brief`, the reason in words. Signed statements stay.
    """

    by: str
    cause: ErasureCause
    parts: tuple[str, ...]


class HoldPlaced(Event, frozen=True):
    """From here on nothing may be erased, whatever retention says."""

    by: str
    reason: str


class HoldLifted(Event, frozen=True):
    """Erasing is possible again."""

    by: str
    reason: str
