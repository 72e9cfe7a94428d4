"""A console's deciding half that kills its own process: it decides without its backend, then sends.

It is told the address, the token, a folder, the point at which it dies and after how many passes of it, and
a file for the id of each decision that it called waiting. The product's own parts, real HTTP.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

from lineclear.adapters.http.client import BackendClient
from lineclear.adapters.system.clock import SystemClock, steady
from lineclear.adapters.system.ids import SystemIds
from lineclear.adapters.system.keys import DeviceKey
from lineclear.adapters.system.outboxes import FileOutbox
from lineclear.application.deciding.decide import Decision
from lineclear.application.deciding.dispatching import Offline
from lineclear.application.deciding.hearing import Hearing
from lineclear.application.deciding.outbox import Kept, Stage
from lineclear.application.deciding.reviewer import Reviewer
from lineclear.domain.actions import Action
from lineclear.domain.offline import OfflineRule
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import Verdict
from lineclear.wire.messages import View

SEED = bytes(range(32))


class Death:
    """Kills this very process at the nth time that it comes by a point."""

    def __init__(self, point: str, after: int) -> None:
        self._point, self._left = point, after

    def at(self, point: str) -> None:
        if point == self._point:
            self._left -= 1
            if not self._left:
                os.kill(os.getpid(), signal.SIGKILL)


class DyingOutbox(FileOutbox):
    """Dies before or behind what it keeps."""

    def __init__(self, folder: Path, secret: bytes, death: Death) -> None:
        super().__init__(folder, secret)
        self._death = death

    def put(self, kept: Kept) -> None:
        name = "answer" if kept.stage is not Stage.WAITING else "try" if kept.tries else "sign"
        self._death.at(f"before {name}")
        super().put(kept)
        self._death.at(f"behind {name}")


class DyingClient(BackendClient):
    """Dies when the backend has recorded a decision and nobody heard of it."""

    death: Death

    def decide(self, action: str, decision: Decision, *, key: str) -> Action:
        decided = super().decide(action, decision, key=key)
        self.death.at("behind send")
        return decided


def decide_and_send(told: dict[str, str]) -> None:
    """Reject all that waits and is not in the outbox yet, while cut off; then send."""
    death = Death(told["point"], int(told["after"]))
    client = DyingClient(told["url"], told["token"])
    client.death = death
    key = DeviceKey(SEED, "file")
    outbox = DyingOutbox(Path(told["folder"]), key.secret("outbox"), death)
    hearing = Hearing(SystemClock(), steady)
    offline = Offline(outbox, hearing, OfflineRule)
    reviewer = Reviewer(client, key, client.me().origin, SystemClock(), SystemIds(), offline=offline)
    hearing.lost()
    waiting = {one.action for one in outbox.read().waiting}
    for action in client.actions(View.WAITING, limit=50).items:
        if action.id not in waiting:
            try:
                reviewer.decide(action, Verdict.REJECT, "Not this one")
            except Refusal as refusal:
                if refusal.code is not Code.DECISION_KEPT:
                    raise
                _note(told["said"], action.id)
    hearing.heard("")
    while reviewer.send_next() is not None:
        pass
    client.close()


def _note(file: str, identifier: str) -> None:
    """At once, without a buffer that dies with the process."""
    said = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(said, f"{identifier}\n".encode())
    os.close(said)
