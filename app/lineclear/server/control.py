"""Safe mode, the control page, the caller and their devices over HTTP. Free of frameworks."""

from __future__ import annotations

from lineclear.application.governing.people import enrol_device
from lineclear.application.governing.safe_mode import safe_mode_of, switch_safe_mode
from lineclear.application.reading.snapshots import read_control, read_me
from lineclear.domain.control import SafeMode
from lineclear.domain.principals import Deed
from lineclear.server.endpoints import Answer, Call, Endpoint, once, reads, writes
from lineclear.wire.messages import (
    Control,
    DeviceAnswer,
    EnrolDevice,
    Me,
    Nothing,
    SafeModes,
    SwitchSafeMode,
)


def _read_safe_modes(call: Call, _: Nothing) -> Answer:
    return Answer(SafeModes(call.services.store.read(lambda snapshot: snapshot.every(SafeMode))))


def _switch_safe_mode(call: Call, asked: SwitchSafeMode) -> Answer:
    def switch() -> Answer:
        switched = switch_safe_mode(
            call.services, call.principal, on=asked.on, reason=asked.reason, scope=asked.scope
        )
        return Answer(switched)

    return once(
        call,
        switch,
        again=lambda: Answer(call.services.store.read(lambda snapshot: safe_mode_of(snapshot, asked.scope))),
    )


def _control(call: Call, _: Nothing) -> Answer:
    return Answer(read_control(call.services, call.principal))


def _me(call: Call, _: Nothing) -> Answer:
    return Answer(read_me(call.services, call.principal))


def _enrol_device(call: Call, asked: EnrolDevice) -> Answer:
    def enrol() -> Answer:
        device = enrol_device(call.services, call.principal, asked.public_key, asked.kept)
        return Answer(DeviceAnswer(device))

    return once(call, enrol, again=enrol)


ENDPOINTS: tuple[Endpoint, ...] = (
    reads(
        "/v1/safe-mode",
        "Read safe mode of every scope that was ever switched.",
        _read_safe_modes,
        asked=Nothing,
        answered=SafeModes,
        deed=Deed.READ,
    ),
    writes(
        "/v1/safe-mode",
        "Switch safe mode of a scope on, or leave it; one of tier 3 is left by two people.",
        _switch_safe_mode,
        asked=SwitchSafeMode,
        answered=SafeMode,
        deed=Deed.SAFE_MODE,
    ),
    reads("/v1/control", "Read the control page.", _control, asked=Nothing, answered=Control, deed=Deed.READ),
    reads("/v1/me", "Read who holds this token.", _me, asked=Nothing, answered=Me),
    writes(
        "/v1/devices",
        "Enrol the caller's signing key.",
        _enrol_device,
        asked=EnrolDevice,
        answered=DeviceAnswer,
        deed=Deed.DECIDE,
    ),
)
