"""The ledger as a public log: signed checkpoints and tiles (C2SP tlog-tiles). Free of frameworks.

`/v1` is the prefix of the log's monitoring interface: tools that read such logs are pointed there.
"""

from __future__ import annotations

from lineclear.application.record.log import Record, RecordedServices
from lineclear.application.record.witnesses import enrol_witness
from lineclear.domain.principals import Deed
from lineclear.domain.refusals import Code, Refusal
from lineclear.server.endpoints import Answer, Call, Endpoint, once, reads, writes
from lineclear.wire.messages import Nothing
from lineclear.wire.witnessing import Cosign, EnrolWitness, Notes, WitnessAnswer

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


def _policy(call: Call, _: Nothing) -> Answer:
    return Answer(_record(call).policy(), media_type=_TEXT)


def _cosigned(call: Call, _: Nothing) -> Answer:
    return Answer(Notes(tuple(note.decode() for note in _record(call).cosigned())))


def _enrol_witness(call: Call, asked: EnrolWitness) -> Answer:
    def enrol() -> Answer:
        witness = enrol_witness(call.services, call.principal, asked.public_key, asked.kept)
        return Answer(WitnessAnswer(witness))

    return once(call, enrol, again=enrol)


def _cosign(call: Call, asked: Cosign) -> Answer:
    _record(call).cosign(call.principal.subject, asked.size, asked.line)
    return Answer(Nothing())


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
    reads(
        "/v1/tlog-policy",
        "Read the log's key and the enrolled witnesses, as C2SP tlog-policy.",
        _policy,
        asked=Nothing,
        answered=bytes,
        deed=Deed.READ,
        media_type=_TEXT,
    ),
    reads(
        "/v1/checkpoint/cosigned",
        "Read checkpoints with cosignatures: of each witness, the newest that it signed.",
        _cosigned,
        asked=Nothing,
        answered=Notes,
        deed=Deed.READ,
    ),
    writes(
        "/v1/witnesses",
        "Enrol a key of the caller's that cosigns checkpoints.",
        _enrol_witness,
        asked=EnrolWitness,
        answered=WitnessAnswer,
        deed=Deed.READ,
    ),
    writes(
        "/v1/checkpoint/cosignatures",
        "Give a witness's cosignature of the checkpoint of a size.",
        _cosign,
        asked=Cosign,
        answered=Nothing,
        deed=Deed.READ,
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
