"""The ledger as a public log: signed checkpoints and tiles (C2SP tlog-tiles). Free of frameworks.

`/v1` is the prefix of the log's monitoring interface: tools that read such logs are pointed there.
"""

from __future__ import annotations

from lineclear.application.record import Record, RecordedServices
from lineclear.domain.principals import Deed
from lineclear.domain.refusals import Code, Refusal
from lineclear.server.endpoints import Answer, Call, Endpoint, reads
from lineclear.wire.messages import Nothing

_TEXT = "text/plain; charset=utf-8"
_OCTETS = "application/octet-stream"

# A tile's number is written in groups of three digits, and a partial tile has one part more:
# four parts go as far as 256,000,000,000 entries.
_PARTS = ("n", "nn", "nnn", "nnnn")


def _record(call: Call) -> Record:
    match call.services:
        case RecordedServices(record=record):
            return record
        case _:
            raise Refusal(Code.NOT_FOUND, what="A signed record of this ledger")


def _checkpoint(call: Call, _: Nothing) -> Answer:
    return Answer(_record(call).checkpoint(), media_type=_TEXT)


def _tile(call: Call, _: Nothing) -> Answer:
    parts = [call.path[name] for name in ("level", *_PARTS) if name in call.path]
    return Answer(_record(call).tile("/".join(("tile", *parts))), media_type=_OCTETS)


def _address(depth: int) -> str:
    return "/v1/tile/{level}" + "".join(f"/{{{name}}}" for name in _PARTS[:depth])


ENDPOINTS: tuple[Endpoint, ...] = (
    reads(
        "/v1/checkpoint",
        "Read the ledger's size and root, signed by the log's key.",
        _checkpoint,
        asked=Nothing,
        answered=bytes,
        deed=Deed.READ,
        media_type=_TEXT,
    ),
    *(
        reads(
            _address(depth),
            "Read a hash tile, or an entry bundle where the level is `entries`.",
            _tile,
            asked=Nothing,
            answered=bytes,
            deed=Deed.READ,
            media_type=_OCTETS,
        )
        for depth in range(1, len(_PARTS) + 1)
    ),
)
