"""From a decision to its answer: signed, kept, sent in order, settled. Free of HTTP, files and keyrings.

A decision is kept before it is sent, under a key that is fixed with its signature: whatever is killed in
between, it is sent again as the same one, never as a new one (I46). What a device signs names what it signed
before. Where the ledger went on otherwise meanwhile (something before it was refused or taken back, or
another program of this device decided), what was not recorded is signed anew over the same content.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

import msgspec

from lineclear.application.deciding.decide import Decision
from lineclear.application.deciding.hearing import Hearing
from lineclear.application.deciding.outbox import (
    Contents,
    Doing,
    Kept,
    NotKept,
    Outbox,
    Stage,
    after,
    next_number,
    settled,
    statement_in,
)
from lineclear.application.deciding.reviewing import Looked, Without, statement_of
from lineclear.application.ports import Clock, Ids
from lineclear.application.reading.gateway import Gateway
from lineclear.application.services import moment, stamp
from lineclear.domain.actions import Action
from lineclear.domain.identities import Device
from lineclear.domain.jobs import Job
from lineclear.domain.ledger.signing import key_id
from lineclear.domain.ledger.statements import decision_digest, sign_decision
from lineclear.domain.offline import Bar, OfflineRule, bar_of, words_of
from lineclear.domain.refusals import Code, Kind, Refusal
from lineclear.domain.vocabulary import Verdict

_LATER: Final = frozenset({Kind.UNAVAILABLE, Kind.BROKEN, Kind.UNAUTHENTICATED, Kind.TOO_MANY})
"""Refusals that judge no decision: it is tried again."""


class DeviceKey(Protocol):
    """A signing key of this device; `kept` is `keyring`, `file` or `memory`."""

    @property
    def public_key(self) -> bytes: ...

    @property
    def kept(self) -> str: ...

    def sign(self, message: bytes) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Offline:
    """How this console decides without its backend: where that waits, what was heard, what is allowed."""

    outbox: Outbox
    hearing: Hearing
    rule: Callable[[], OfflineRule]


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one decision: the action as it is now, or why it was not taken."""

    kept: Kept
    action: Action | None = None
    refusal: Refusal | None = None


class Dispatch:
    """One device's decisions in one workspace. Blocking; use it from one thread at a time."""

    def __init__(
        self, gateway: Gateway, origin: str, clock: Clock, ids: Ids, offline: Offline | None = None
    ) -> None:
        self._gateway = gateway
        self._origin = origin
        self._clock = clock
        self._ids = ids
        self._offline = offline
        self._outbox: Outbox = offline.outbox if offline is not None else NotKept()
        self._device: Device | None = None

    @property
    def waits(self) -> bool:
        """Whether what cannot be sent is kept here."""
        return self._outbox.lasts

    @property
    def is_away(self) -> bool:
        """Whether the backend is known not to answer, and what is decided would wait."""
        return self._offline is not None and self._outbox.lasts and self._offline.hearing.is_away

    def contents(self) -> Contents:
        """What waits, and what was answered and not read. From any thread."""
        return self._outbox.read()

    def bar(self, action: Action) -> tuple[Bar | None, OfflineRule]:
        """What keeps an action from being approved without the backend, if anything, and by which rule."""
        if self._offline is None or not self._outbox.lasts:
            return Bar.NEVER, OfflineRule(tier=0)
        rule, last = self._offline.rule(), self._offline.hearing.last
        return bar_of(rule, action.tier, last.age if last else None), rule

    def decide(self, key: DeviceKey, action: Action, verdict: Verdict, reason: str, looked: Looked) -> Action:
        """Sign, keep and send. Refusal(DECISION_KEPT) where it waits; after others nothing was decided."""
        without = self._without(key, action, verdict)
        with self._outbox.alone():
            kept = self._signed(key, action, verdict, looked, without)
            kept = msgspec.structs.replace(kept, reason=reason)
            self._outbox.put(kept)
        if without is not None:
            raise Refusal(Code.DECISION_KEPT)
        return self._through(key, kept)

    def stop(self, job: str, reason: str, action: str, title: str) -> Job:
        """Stop a job, or keep that it shall be stopped: Refusal(DECISION_KEPT)."""
        key = self._ids.new("req")
        if not self.is_away:
            try:
                return self._gateway.stop(job, reason, key=key)
            except Refusal as refusal:
                if refusal.code is not Code.UNREACHABLE or not self.waits:
                    raise
        with self._outbox.alone():
            number = next_number(self._outbox.read())
            now = stamp(self._clock.now())
            self._outbox.put(Kept(number, key, Doing.STOP, action, job, title, now, reason, offline=True))
        raise Refusal(Code.DECISION_KEPT)

    def send_next(self, key: DeviceKey, direct: int = 0) -> Sent | None:
        """Send the first that waits; None where nothing does. Refusal where it has to wait longer.

        What became of it stays to be read, but for the one of the number `direct`, whose answer is awaited.
        """
        with self._outbox.alone():
            waiting = self._outbox.read().waiting
            if not waiting:
                return None
            kept = waiting[0]
            try:
                action = self._recorded(key, kept)
            except Refusal as refusal:
                self._device = None  # ask for the device's counter again before the next decision
                return self._turned_away(kept, refusal, is_direct=kept.number == direct)
            if kept.number == direct:
                self._outbox.drop(direct)
            else:
                self._outbox.put(settled(kept, Stage.SENT, stamp(self._clock.now())))
            return Sent(kept, action)

    def take_back(self, number: int) -> Kept | None:
        """Forget one that was never sent; None where it is not there. Refusal(DECISION_UNDER_WAY)."""
        with self._outbox.alone():
            found = next((one for one in self._outbox.read().waiting if one.number == number), None)
            if found is not None and found.tries:
                raise Refusal(Code.DECISION_UNDER_WAY)
            if found is not None:
                self._outbox.drop(number)
            return found

    def read(self, numbers: frozenset[int]) -> None:
        """Somebody read what became of these."""
        with self._outbox.alone():
            for one in self._outbox.read().items:
                if one.number in numbers and one.stage is not Stage.WAITING:
                    self._outbox.drop(one.number)

    def lock(self) -> None:
        """Read and send nothing more."""
        self._outbox.lock()

    # -- signing ----------------------------------------------------------------------------------

    def _without(self, key: DeviceKey, action: Action, verdict: Verdict) -> Without | None:
        """What is to be said of the backend's absence; None where it answers. Refusal where it may not be."""
        if not self.is_away and not self._is_silent(key):
            return None
        if self._offline is None:
            return None
        bar, rule = self.bar(action)
        if verdict is Verdict.APPROVE and bar is not None:
            raise Refusal(Code.OFFLINE_APPROVAL, problem=words_of(bar, rule))
        last = self._offline.hearing.last
        return Without(last.at, stamp(moment(last.at) + rule.within)) if last is not None else Without()

    def _is_silent(self, key: DeviceKey) -> bool:
        """Whether the backend turns out to be away just now; it is asked about this device once."""
        if self._device is not None:
            return False
        try:
            self._enrol(key)
        except Refusal as refusal:
            if refusal.code is Code.UNREACHABLE and self.waits:
                return True
            raise
        return False

    def _signed(
        self, key: DeviceKey, action: Action, verdict: Verdict, looked: Looked, without: Without | None
    ) -> Kept:
        contents = self._outbox.read()
        known = self._device or Device(key_id(key.public_key), 0, "", "", key.kept)
        device = after(known, contents)
        now = self._clock.now()
        statement = statement_of(
            action, device, verdict, origin=self._origin, now=now, looked=looked, without=without
        )
        return Kept(
            next_number(contents),
            self._ids.new("req"),
            Doing(verdict.value),
            action.id,
            action.job,
            action.title,
            stamp(now),
            tier=int(action.tier),
            device=device.id,
            envelope=sign_decision(statement, key),
            offline=without is not None,
            tries=0 if without is not None else 1,
        )

    # -- sending ----------------------------------------------------------------------------------

    def _through(self, key: DeviceKey, kept: Kept) -> Action:
        """Send all that waits, up to this one, whose answer it gives."""
        while True:
            try:
                sent = self.send_next(key, kept.number)
            except Refusal as refusal:
                is_unknown = refusal.code is Code.UNREACHABLE or refusal.kind is Kind.BROKEN
                if is_unknown and self.waits:
                    raise Refusal(Code.DECISION_KEPT) from refusal
                with self._outbox.alone():
                    self._outbox.drop(kept.number)
                raise
            if sent is None:  # another console of this device sent it
                return self._gateway.detail(kept.action).action
            if sent.kept.number != kept.number:
                continue
            if sent.refusal is not None:
                raise sent.refusal
            if sent.action is not None:
                return sent.action

    def _recorded(self, key: DeviceKey, kept: Kept) -> Action | None:
        """Send it; what the ledger cannot take because it names another predecessor is signed anew, once."""
        if kept.doing is Doing.STOP:
            self._gateway.stop(kept.job, kept.reason, key=kept.key)
            return None
        device = self._device or self._enrol(key)
        if not kept.tries:
            kept = self._followed(key, kept, device)
        try:
            return self._decided(kept)
        except Refusal as refusal:
            if refusal.code is not Code.SIGNATURE_INVALID:
                raise
            again = self._followed(key, kept, self._enrol(key))
            if again.envelope == kept.envelope:
                raise
            return self._decided(again)

    def _decided(self, kept: Kept) -> Action:
        decision = Decision(kept.envelope, kept.device, kept.reason)
        action = self._gateway.decide(kept.action, decision, key=kept.key)
        if self._device is not None:
            counter, last = statement_in(kept).device_counter, decision_digest(kept.envelope)
            self._device = msgspec.structs.replace(self._device, counter=counter, last=last)
        return action

    def _followed(self, key: DeviceKey, kept: Kept, device: Device) -> Kept:
        """What is kept, naming what the ledger has of this device now; durable before it is sent."""
        statement = statement_in(kept)
        follows = statement.previous_decision == (device.last or None)
        if not (follows and statement.device_counter > device.counter):
            anew = msgspec.structs.replace(
                statement, device_counter=device.counter + 1, previous_decision=device.last or None
            )
            envelope, new = sign_decision(anew, key), self._ids.new("req")
            kept = msgspec.structs.replace(kept, envelope=envelope, key=new, device=device.id)
        elif kept.tries:
            return kept
        kept = msgspec.structs.replace(kept, tries=kept.tries + 1)
        self._outbox.put(kept)
        return kept

    def _turned_away(self, kept: Kept, refusal: Refusal, *, is_direct: bool) -> Sent:
        if refusal.kind in _LATER or refusal.code is Code.KEY_IN_FLIGHT:
            raise refusal
        if is_direct:
            self._outbox.drop(kept.number)
        else:
            self._outbox.put(settled(kept, Stage.REFUSED, stamp(self._clock.now()), refusal))
        return Sent(kept, refusal=refusal)

    def _enrol(self, key: DeviceKey) -> Device:
        public = b64encode(key.public_key).decode()
        self._device = self._gateway.enrol_device(public, key.kept, key=self._ids.new("req"))
        return self._device
