"""How people decide, over HTTP, for ops leads and administrators. Free of frameworks."""

from __future__ import annotations

from lineclear.application.reading.answers import Oversight
from lineclear.application.reading.oversight import read_oversight
from lineclear.domain.principals import Deed
from lineclear.server.endpoints import Answer, Call, Endpoint, reads
from lineclear.wire.messages import ReadOversight


def _oversight(call: Call, asked: ReadOversight) -> Answer:
    return Answer(read_oversight(call.services, call.principal, asked.days))


ENDPOINTS: tuple[Endpoint, ...] = (
    reads(
        "/v1/oversight",
        "See how people decided: times, overrides, canaries, second looks.",
        _oversight,
        asked=ReadOversight,
        answered=Oversight,
        deed=Deed.OVERSEE,
    ),
)
