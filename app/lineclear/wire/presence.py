"""What is asked about who has an action open. Free of I/O."""

from __future__ import annotations

from lineclear.wire.messages import Message


class Announce(Message, frozen=True):
    """POST /v1/actions/{action}/presence. Not `open` says that it was left."""

    open: bool = True
