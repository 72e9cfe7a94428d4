"""Safe mode: while it is on, nothing that mutates starts. Free of frameworks and databases.

The switch is one entry; every start reads it in its own transaction, and writers are serialised, so
after the commit that switches it on there is no later start, whatever the timing.
"""

from __future__ import annotations

from lineclear.application.decide import load_person
from lineclear.application.ports import ActionQuery, Snapshot, Transaction
from lineclear.application.recording import Recorder
from lineclear.application.services import Services
from lineclear.application.starting import SAFE_MODE
from lineclear.domain.control import SafeMode
from lineclear.domain.events import SafeModeSwitched
from lineclear.domain.principals import Deed, Principal
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import ActionStatus

_IN_FLIGHT = ActionQuery(statuses=frozenset({ActionStatus.STARTED}))
_MOST = 1_000


def switch_safe_mode(services: Services, principal: Principal, *, on: bool, reason: str) -> SafeMode:
    """Request safe mode or leave it; asking for what already is changes nothing. Raises Refusal."""
    principal.require(Deed.SAFE_MODE if on else Deed.LEAVE_SAFE_MODE)
    if not reason.strip():
        raise Refusal(Code.REASON_MISSING, deed="Safe mode" if on else "Leaving safe mode")

    def work(tx: Transaction) -> SafeMode:
        load_person(tx, principal)
        present = safe_mode_of(tx)
        if present is not None and present.on is on:
            return present
        if present is None and not on:
            return SafeMode(SAFE_MODE, -1, on=False, by="", reason="", requested_at="")
        running = tx.actions(_IN_FLIGHT, limit=_MOST).items if on else ()
        event = SafeModeSwitched(on, principal.subject, reason, tuple(action.id for action in running))
        return Recorder(services, tx, principal.actor).record(SafeMode, SAFE_MODE, event)

    return services.store.transact(work)


def safe_mode_of(snapshot: Snapshot) -> SafeMode | None:
    """The workspace's safe mode; None where it was never switched."""
    return snapshot.load(SafeMode, SAFE_MODE)
