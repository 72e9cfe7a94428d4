"""When each connector was last asked how it is, and how long it took. Free of I/O; in memory alone.

The ledger keeps changes of state. That a probe was answered again, and how fast, changes every few seconds
and proves nothing, so it is kept by the process that asks, and is gone with it.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec


class Probe(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One answer of a connector: when (RFC 3339 UTC), and after how many milliseconds."""

    at: str
    milliseconds: int


class Pulse:
    """The newest probe of each connector. Written by one thread; read from any, which see whole mappings."""

    def __init__(self) -> None:
        self._probes: Mapping[str, Probe] = {}

    def note(self, connector: str, probe: Probe) -> None:
        """Keep the newest probe of a connector."""
        self._probes = {**self._probes, connector: probe}

    def read(self) -> Mapping[str, Probe]:
        """The newest probe of each connector that was asked."""
        return self._probes
