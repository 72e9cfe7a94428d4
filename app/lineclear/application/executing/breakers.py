"""What real calls say of a connector: its breaker, and the state that they found it in. Free of I/O.

After failures in a row nothing is sent for a while.
"""

from __future__ import annotations

from datetime import timedelta

from lineclear.application.ports import Snapshot, Transaction
from lineclear.application.recording import Recorder
from lineclear.application.services import Services, moment, stamp
from lineclear.domain.control import Breaker, ConnectorHealth
from lineclear.domain.effects import HealthState
from lineclear.domain.events import BreakerClosed, BreakerFailed, BreakerOpened, ConnectorChanged

TRIPS_AT = 5
OPEN_FOR = timedelta(seconds=30)
DENIED = "denied"
DENIED_FOR = timedelta(minutes=10)
"""A credential that did not suffice is believed to be wrong for so long, or until a call goes through."""


def open_breaker(services: Services, snapshot: Snapshot, connector: str) -> Breaker | None:
    """The connector's breaker while it is open; None where calls may be sent, on probation too."""
    breaker = snapshot.load(Breaker, connector)
    if breaker is None or not breaker.until or moment(breaker.until) <= services.clock.now():
        return None
    return breaker


def count_failure(
    services: Services, tx: Transaction, recorder: Recorder, connector: str, detail: str
) -> None:
    """One more failure in a row; the one that trips it, and each on probation, opens it."""
    before = tx.load(Breaker, connector)
    failures = (before.failures if before else 0) + 1
    if failures < TRIPS_AT:
        recorder.record(Breaker, connector, BreakerFailed(failures, detail))
        return
    until = stamp(services.clock.now() + OPEN_FOR)
    recorder.record(Breaker, connector, BreakerOpened(failures, until, detail))


def count_success(tx: Transaction, recorder: Recorder, connector: str) -> None:
    """A call went through: failures are forgotten."""
    before = tx.load(Breaker, connector)
    if before is not None and before.failures:
        recorder.record(Breaker, connector, BreakerClosed())
    known = tx.load(ConnectorHealth, connector)
    if known is not None and known.until > recorder.at:
        recorder.record(ConnectorHealth, connector, ConnectorChanged(HealthState.HEALTHY))


def note_limits(
    services: Services,
    tx: Transaction,
    recorder: Recorder,
    connector: str,
    *,
    code: str,
    detail: str,
    retry_after: int | None,
) -> None:
    """A call was turned away: that it is rate limited, or denied, shows on all that needs it.

    It stands as long as the other side said, or for `DENIED_FOR`.
    """
    if retry_after:
        state, lasts = HealthState.RATE_LIMITED, timedelta(seconds=retry_after)
    elif code == DENIED:
        state, lasts = HealthState.DENIED, DENIED_FOR
    else:
        return
    known = tx.load(ConnectorHealth, connector)
    if known is None or known.state is not state or known.until <= recorder.at:
        until = stamp(services.clock.now() + lasts)
        recorder.record(ConnectorHealth, connector, ConnectorChanged(state, detail, until))
