"""Who is connected, over HTTP. Free of frameworks."""

from __future__ import annotations

from lineclear.application.reading.connections import Connections, connections
from lineclear.domain.principals import Deed
from lineclear.server.endpoints import Answer, Call, Endpoint, reads
from lineclear.wire.messages import Nothing


def _connections(call: Call, _: Nothing) -> Answer:
    return Answer(connections(call.services, call.principal))


ENDPOINTS: tuple[Endpoint, ...] = (
    reads(
        "/v1/connections",
        "List agents' tokens with their first and last use, what was refused, and what is offered to them.",
        _connections,
        asked=Nothing,
        answered=Connections,
        deed=Deed.ADMINISTER,
    ),
)
