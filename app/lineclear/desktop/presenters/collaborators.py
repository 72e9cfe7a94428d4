"""What presenters work with, handed in by the composition root. Free of Qt widgets and of I/O."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lineclear.application.deciding.dispatching import DeviceKey
from lineclear.application.deciding.hearing import Hearing
from lineclear.application.deciding.reviewer import Reviewer
from lineclear.application.reading.gateway import Gateway
from lineclear.application.reading.replica import Replica
from lineclear.application.record.witnessing import Alarm, Witness
from lineclear.desktop.background import Background
from lineclear.desktop.presenters.ticks import Ticks
from lineclear.domain.identities import Person
from lineclear.domain.refusals import Refusal


@dataclass(frozen=True, slots=True)
class KeptState:
    """What was kept on this device, where it was opened.

    `away` is why the backend could not be asked at the start, and `since` when it was heard last (RFC 3339);
    then `is_same` asks it, once it answers, whether it still says the same of who this is. Blocking; Refusal.
    `damage` says what could not be read.
    """

    away: Refusal | None = None
    since: str = ""
    is_same: Callable[[], bool] | None = None
    damage: str = ""


@dataclass(frozen=True, slots=True)
class Collaborators:
    """`background` is for reads; `sending` does one thing at a time, in order, for what is signed and sent.

    `person` and `reviewer` are absent for those who only look, `witness` where nothing is kept of the log.
    `reopen` reads the signing key anew, which may ask the person who they are.
    """

    gateway: Gateway
    reviewer: Reviewer | None
    replica: Replica
    background: Background
    sending: Background
    ticks: Ticks
    person: Person | None
    witness: Witness | None = None
    reopen: Callable[[], DeviceKey] | None = None
    hearing: Hearing | None = None
    """What is known of the backend's being there, for what is signed without it."""
    url: str = ""
    """The backend's address, as agents are told it."""

    kept: KeptState = KeptState()

    @property
    def alarm(self) -> Alarm | None:
        """The alarm of the ledger's log that stands now; from any thread."""
        return self.witness.state.alarm if self.witness is not None else None
