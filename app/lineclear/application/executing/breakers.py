"""A breaker per connector: after failures in a row nothing is sent for a while. Free of I/O."""

from __future__ import annotations

from datetime import timedelta

from lineclear.application.ports import Snapshot, Transaction
from lineclear.application.recording import Recorder
from lineclear.application.services import Services, moment, stamp
from lineclear.domain.control import Breaker
from lineclear.domain.events import BreakerClosed, BreakerFailed, BreakerOpened

TRIPS_AT = 5
OPEN_FOR = timedelta(seconds=30)


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
