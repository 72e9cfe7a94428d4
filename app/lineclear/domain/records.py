"""What the ledger holds, decoded: one recorded event with its place. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lineclear.domain.events import Brief, Event


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event at its place in the ledger. `index` is the leaf index, `seq` dense per stream.

    `at` is RFC 3339 UTC with milliseconds, by the backend's clock; `actor` is `kind/name`.
    `brief` is absent where there is none or where it was erased. `leaf` is the leaf hash, hex.
    """

    index: int
    stream: str
    seq: int
    at: str
    actor: str
    type: str
    event: Event
    leaf: str
    commits: Mapping[str, str] = field(default_factory=dict)
    brief: Brief | None = None

    @property
    def id(self) -> str:
        """The aggregate's id: what stands behind the first slash of the stream."""
        return self.stream.partition("/")[2]
