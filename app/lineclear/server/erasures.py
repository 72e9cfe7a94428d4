"""Erasing and legal hold over HTTP, for administrators. Free of frameworks."""

from __future__ import annotations

from lineclear.application.record.erasing import erase, hold_of, switch_hold
from lineclear.domain.erasure import LegalHold
from lineclear.domain.principals import Deed
from lineclear.server.endpoints import Answer, Call, Endpoint, once, reads, writes
from lineclear.wire.messages import Erase, Erasure, Nothing, SwitchHold


def _erase(call: Call, asked: Erase) -> Answer:
    def run() -> Answer:
        return Answer(erase(call.services, call.principal, asked.kind, asked.name, asked.reason))

    return once(call, run, again=run)


def _hold(call: Call, _: Nothing) -> Answer:
    return Answer(call.services.store.read(hold_of))


def _switch_hold(call: Call, asked: SwitchHold) -> Answer:
    def switch() -> Answer:
        who = call.principal
        return Answer(switch_hold(call.services, who.actor, who.subject, on=asked.on, reason=asked.reason))

    return once(call, switch, again=lambda: Answer(call.services.store.read(hold_of)))


ENDPOINTS: tuple[Endpoint, ...] = (
    writes(
        "/v1/erasures",
        "Erase the private contents of an action, of a job with its actions, or of all of an agent's.",
        _erase,
        asked=Erase,
        answered=Erasure,
        deed=Deed.ADMINISTER,
    ),
    reads(
        "/v1/legal-hold",
        "Read whether legal hold is on.",
        _hold,
        asked=Nothing,
        answered=LegalHold,
        deed=Deed.READ,
    ),
    writes(
        "/v1/legal-hold",
        "Place legal hold, under which nothing is erased, or lift it.",
        _switch_hold,
        asked=SwitchHold,
        answered=LegalHold,
        deed=Deed.ADMINISTER,
    ),
)
