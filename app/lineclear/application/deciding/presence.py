"""A reviewer says that they look at an action, and everybody who reads it sees who does. Free of I/O.

Nothing is recorded: a claim is what binds.
"""

from __future__ import annotations

from lineclear.application.deciding.loading import load_action
from lineclear.application.reading.presence import Present
from lineclear.application.services import Services
from lineclear.domain.principals import Deed, Principal


def announce(services: Services, principal: Principal, identifier: str, *, is_open: bool) -> Present:
    """Say for some seconds that it is open here, or that it was left. Raises Refusal."""
    principal.require(Deed.DECIDE)
    action = services.store.read(lambda snapshot: load_action(snapshot, identifier)).id
    if is_open:
        services.presences.open(action, principal.subject, services.clock.now())
    else:
        services.presences.leave(action, principal.subject)
    return services.presences.others(action, principal.subject, services.clock.now())


def read_present(services: Services, principal: Principal, identifier: str) -> Present:
    """Who else has it open now; to read does not show oneself. Raises Refusal."""
    principal.require(Deed.READ)
    action = services.store.read(lambda snapshot: load_action(snapshot, identifier)).id
    return services.presences.others(action, principal.subject, services.clock.now())
