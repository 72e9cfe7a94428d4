"""A reviewer at a device whose way to the backend can be cut: no window, no HTTP."""

from __future__ import annotations

import pytest

from lineclear.adapters.memory.gateway import MemoryGateway
from lineclear.adapters.memory.ids import SeededIds
from lineclear.adapters.memory.outbox import MemoryOutbox
from lineclear.adapters.system.keys import DeviceKey
from lineclear.application.deciding.arriving import offline_rule
from lineclear.application.deciding.dispatching import Offline
from lineclear.application.deciding.hearing import Hearing
from lineclear.application.deciding.outbox import Outbox
from lineclear.application.deciding.reviewer import Reviewer
from lineclear.application.services import stamp
from lineclear.domain.actions import Action
from lineclear.domain.refusals import Refusal
from lineclear.domain.vocabulary import Role, Tier, Verdict
from support.kernel import Kernel

SEED = bytes(range(32))


class Desk:
    """One person at one device, whose way to the backend can be cut."""

    def __init__(
        self,
        kernel: Kernel,
        name: str = "ops-west",
        outbox: Outbox | None = None,
        ids: int = 11,
        seed: bytes = SEED,
    ) -> None:
        self.kernel = kernel
        self.steady = 100.0
        self.gateway = MemoryGateway(kernel.services, kernel.token(name, Role.OPS, tier=Tier.TWO))
        self.key = DeviceKey(seed, "file")
        self.outbox = outbox if outbox is not None else MemoryOutbox()
        self.hearing = Hearing(kernel.clock, lambda: self.steady)
        offline = Offline(self.outbox, self.hearing, lambda: kernel.store.read(offline_rule))
        origin = self.gateway.me().origin
        self.reviewer = Reviewer(
            self.gateway, self.key, origin, kernel.clock, SeededIds(ids), offline=offline
        )
        self.hear()

    def hear(self) -> None:
        """The backend answers."""
        self.gateway.down = False
        self.hearing.heard(stamp(self.kernel.clock.now()))

    def lose(self) -> None:
        """It answers no more."""
        self.gateway.down = True
        self.hearing.lost()

    def decide(self, action: Action, verdict: Verdict = Verdict.REJECT) -> Refusal:
        with pytest.raises(Refusal) as caught:
            self.reviewer.decide(action, verdict, "Not this one", self.kernel.looked(action))
        return caught.value

    def drain(self) -> list[tuple[str, str]]:
        """Send all that waits: by action, what became of it."""
        found = []
        while (sent := self.reviewer.send_next()) is not None:
            found.append((sent.kept.action, sent.refusal.code.value if sent.refusal else "sent"))
        return found

    @property
    def waiting(self) -> list[str]:
        """The actions about which something waits."""
        return [one.action for one in self.outbox.read().waiting]
