"""The deciding half of a console as a process that a test may kill: it reads, signs, sends and remembers.

The product's own `Reviewer` and client, without a window. What was acknowledged is one line in a file each.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass

from lineclear.adapters.http.client import BackendClient
from lineclear.adapters.system.clock import SystemClock
from lineclear.adapters.system.ids import SystemIds
from lineclear.adapters.system.signatures import Ed25519Signer
from lineclear.application.deciding.reviewer import Reviewer
from lineclear.domain.actions import Action
from lineclear.domain.refusals import Refusal
from lineclear.domain.vocabulary import Verdict
from lineclear.wire.messages import View
from support.faults_crash import SECRET

PAGE = 20
UNSIGNED = "unsigned"


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a console works, and the file of what it was told. A hasty one writes before it sends any."""

    url: str
    token: str
    acks: str
    is_hasty: bool = False


class _Key:
    """A device key that outlives its process."""

    kept = "file"

    def __init__(self) -> None:
        self._signer = Ed25519Signer(SECRET)

    @property
    def public_key(self) -> bytes:
        return self._signer.public_key

    def sign(self, message: bytes) -> bytes:
        return self._signer.sign(message)


def review(seat: Seat) -> None:
    """Approve whatever waits, until nothing does."""
    client = BackendClient(seat.url, seat.token)
    reviewer = Reviewer(client, _Key(), client.me().origin, SystemClock(), SystemIds())
    while True:
        waiting = client.actions(View.WAITING, limit=PAGE).items
        for action in waiting if seat.is_hasty else ():
            _note(seat, action.id, UNSIGNED)
        for action in waiting:
            _decided(reviewer, seat, action)
        if not waiting:
            client.close()
            return


def _decided(reviewer: Reviewer, seat: Seat, action: Action) -> None:
    with suppress(Refusal):  # decided by what was on its way when this console was killed
        decided = reviewer.decide(action, Verdict.APPROVE)
        _note(seat, action.id, decided.votes[-1].statement)


def _note(seat: Seat, action: str, statement: str) -> None:
    file = os.open(seat.acks, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(file, f"{action} {statement}\n".encode())
    os.close(file)
