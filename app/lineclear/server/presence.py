"""Who has an action open, over HTTP. Free of frameworks.

A repeated announcement is as good as the first, so no key is kept, and nothing is written.
"""

from __future__ import annotations

from lineclear.application.deciding.presence import announce, read_present
from lineclear.application.reading.presence import Present
from lineclear.domain.principals import Deed
from lineclear.server.endpoints import Answer, Call, Endpoint, reads, writes
from lineclear.wire.messages import Nothing
from lineclear.wire.presence import Announce


def _announce(call: Call, asked: Announce) -> Answer:
    return Answer(announce(call.services, call.principal, call.path["action"], is_open=asked.open))


def _read(call: Call, _: Nothing) -> Answer:
    return Answer(read_present(call.services, call.principal, call.path["action"]))


ENDPOINTS: tuple[Endpoint, ...] = (
    writes(
        "/v1/actions/{action}/presence",
        "Say for 20 seconds that one has it open, or that one left it; answered with who else has. Not kept.",
        _announce,
        asked=Announce,
        answered=Present,
        deed=Deed.DECIDE,
    ),
    reads(
        "/v1/actions/{action}/presence",
        "Read who else has it open now, without being seen; what this process was told.",
        _read,
        asked=Nothing,
        answered=Present,
        deed=Deed.READ,
    ),
)
