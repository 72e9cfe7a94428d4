"""Who waits for a row hears of it before anything is written to the disk."""

from __future__ import annotations

from lineclear.adapters.memory.gateway import MemoryGateway
from lineclear.adapters.memory.store import MemoryStore
from lineclear.application.reading.replica import Replica
from lineclear.domain.vocabulary import Role, Tier
from support.kernel import Kernel


class Slow:
    """A device that keeps what it is given, and says when."""

    def __init__(self, heard: list[str]) -> None:
        self._heard = heard

    def take(self, items, erased) -> None:
        self._heard.append(f"kept {len(items)}")


def test_a_change_is_told_before_it_is_kept():
    kernel = Kernel()
    kernel.refund("60.00")
    gateway = MemoryGateway(kernel.services, kernel.token("ops-west", Role.OPS, tier=Tier.TWO))
    items, heard = gateway.feed(0).items, []
    replica = Replica(MemoryStore(), Slow(heard))
    replica.apply(items, lambda streams: heard.append(f"told of {len(streams) > 0}"))
    assert heard == ["told of True", f"kept {len(items)}"]
    assert replica.apply(items, lambda _streams: heard.append("told twice")) == frozenset()
    assert len(heard) == 2
