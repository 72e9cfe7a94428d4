"""The state of each connected system goes onto the ledger when it changes. Free of HTTP and of threads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from lineclear.application.executing.pulse import Probe
from lineclear.application.ports import Connector, Transaction
from lineclear.application.recording import Recorder
from lineclear.application.services import Services, stamp
from lineclear.domain.control import ConnectorHealth
from lineclear.domain.effects import Health, HealthState
from lineclear.domain.events import ConnectorChanged

PROBER = "kernel/prober"
SLOW = timedelta(seconds=2)
"""A system that takes longer to say how it is, is slow."""


def record_health(services: Services) -> None:
    """Probe every system, note how fast it was, and record those whose state is another than last time.

    What a real call found stands until the time that it named: a probe may well be answered meanwhile.
    """
    found = {name: _probed(services, name, one) for name, one in services.tools.connectors().items()}
    at = stamp(services.clock.now())
    if services.store.read(lambda snapshot: _changed(snapshot.every(ConnectorHealth), found, at)):
        services.store.transact(lambda tx: _record(services, tx, found, at))


def _probed(services: Services, name: str, connector: Connector) -> Health:
    begun = services.clock.now()
    health = connector.probe()
    taken = services.clock.now() - begun
    services.pulse.note(name, Probe(stamp(begun), round(taken.total_seconds() * 1_000)))
    if health.state is HealthState.HEALTHY and taken > SLOW:
        return Health(HealthState.SLOW, f"it took {taken.total_seconds():.1f} s to answer a probe")
    return health


def _record(services: Services, tx: Transaction, found: Mapping[str, Health], at: str) -> None:
    recorder = Recorder(services, tx, PROBER)
    for name, health in _changed(tx.every(ConnectorHealth), found, at).items():
        recorder.record(
            ConnectorHealth, name, ConnectorChanged(health.state, health.detail, tools=health.tools)
        )


def _changed(known: tuple[ConnectorHealth, ...], found: Mapping[str, Health], at: str) -> dict[str, Health]:
    states = {one.id: (one.state, one.tools.keys()) for one in known}
    standing = {one.id for one in known if one.until > at}
    return {
        name: health
        for name, health in found.items()
        if states.get(name) != (health.state, health.tools.keys()) and name not in standing
    }
