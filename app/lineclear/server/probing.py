"""The state of each connected system goes onto the ledger when it changes. Free of HTTP and of threads."""

from __future__ import annotations

from collections.abc import Mapping

from lineclear.application.ports import Transaction
from lineclear.application.recording import Recorder
from lineclear.application.services import Services
from lineclear.domain.control import ConnectorHealth
from lineclear.domain.effects import Health
from lineclear.domain.events import ConnectorChanged

PROBER = "kernel/prober"


def record_health(services: Services) -> None:
    """Probe every system and record those whose state is another than last time."""
    found = services.tools.health()
    if services.store.read(lambda snapshot: _changed(snapshot.every(ConnectorHealth), found)):
        services.store.transact(lambda tx: _record(services, tx, found))


def _record(services: Services, tx: Transaction, found: Mapping[str, Health]) -> None:
    recorder = Recorder(services, tx, PROBER)
    for name, health in _changed(tx.every(ConnectorHealth), found).items():
        recorder.record(ConnectorHealth, name, ConnectorChanged(health.state, health.detail))


def _changed(known: tuple[ConnectorHealth, ...], found: Mapping[str, Health]) -> dict[str, Health]:
    states = {one.id: one.state for one in known}
    return {name: health for name, health in found.items() if states.get(name) is not health.state}
