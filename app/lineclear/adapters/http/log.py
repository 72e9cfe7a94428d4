"""The ledger as a public log, asked of our own backend by a witness. Free of the server's libraries."""

from __future__ import annotations

from lineclear.adapters.http.connection import Connection
from lineclear.application.reading.answers import WitnessAnswer
from lineclear.domain.identities import Witness
from lineclear.wire.messages import Nothing
from lineclear.wire.witnessing import Cosign, EnrolWitness, Notes


class LogClient:
    """A `LogGateway`. Blocking; safe to use from several threads; every call raises Refusal."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def policy(self) -> bytes:
        return self._connection.get_bytes("/v1/tlog-policy")

    def checkpoint(self) -> bytes:
        return self._connection.get_bytes("/v1/checkpoint")

    def cosigned(self) -> tuple[bytes, ...]:
        """Checkpoints with cosignatures: of each witness, the newest that it signed."""
        return tuple(note.encode() for note in self._connection.get("/v1/checkpoint/cosigned", Notes).items)

    def tile(self, path: str) -> bytes:
        return self._connection.get_bytes(f"/v1/{path}")

    def enrol(self, public_key: str, kept: str, *, key: str) -> Witness:
        asked = EnrolWitness(public_key, kept)
        return self._connection.post("/v1/witnesses", asked, WitnessAnswer, key=key).witness

    def cosign(self, size: int, line: str, *, key: str) -> None:
        self._connection.post("/v1/checkpoint/cosignatures", Cosign(size, line), Nothing, key=key)
