"""Reading back what an execution did. Free of I/O beyond the snapshot."""

from __future__ import annotations

import msgspec

from lineclear.application.ports import Snapshot
from lineclear.application.recording import content_of
from lineclear.domain.effects import Effect


def load_effect(snapshot: Snapshot, digest: str) -> Effect:
    """The effect behind a digest, as its connector reported it."""
    return msgspec.json.decode(content_of(snapshot.blob(digest), digest), type=Effect)
