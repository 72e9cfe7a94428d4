"""Opens what lies behind the window: a backend, a pack, keys, tokens. Names adapters; free of widgets.

Everything in here blocks, so it is called on a worker thread; what it imports, the first frame did not need.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import platformdirs

from lineclear.adapters.auditpack.head import Trust
from lineclear.adapters.auditpack.sources import HttpSource
from lineclear.adapters.http.client import BackendClient
from lineclear.adapters.http.probing import named, probe
from lineclear.adapters.ledgers.opened import OpenedLedger, known_key, open_live_ledger, open_pack_ledger
from lineclear.adapters.memory.notebook import MemoryNotebook
from lineclear.adapters.memory.store import MemoryStore
from lineclear.adapters.system.clock import SystemClock, steady
from lineclear.adapters.system.ids import SystemIds
from lineclear.adapters.system.key_chains import open_keys
from lineclear.adapters.system.keys import KeyChain, MemoryKeys, witness_of
from lineclear.adapters.system.notebooks import LEDGERS, notebook_of
from lineclear.adapters.system.outboxes import OUTBOXES, outbox_of
from lineclear.adapters.system.replicas import REPLICAS, Seats, replica_of
from lineclear.adapters.system.signatures import verifier_of
from lineclear.adapters.system.tokens import Tokens
from lineclear.adapters.system.tokens import open_tokens as open_kept_tokens
from lineclear.application.deciding.arriving import offline_rule
from lineclear.application.deciding.dispatching import DeviceKey, Offline
from lineclear.application.deciding.hearing import Hearing
from lineclear.application.deciding.reviewer import Reviewer
from lineclear.application.reading.answers import Me
from lineclear.application.reading.blind import is_blind
from lineclear.application.reading.gateway import Gateway
from lineclear.application.reading.replica import Replica, opened_replica
from lineclear.application.record.reading import OpenLedger
from lineclear.application.record.withheld import WithheldLedger
from lineclear.application.record.witnessing import LogGateway, Means, Witness
from lineclear.desktop.address import Address
from lineclear.desktop.again import PASSING
from lineclear.desktop.background import Background
from lineclear.desktop.presenters.collaborators import Collaborators, KeptState
from lineclear.desktop.presenters.ticks import Ticks
from lineclear.domain.actions import Action
from lineclear.domain.ledger.notes import VerifierKey
from lineclear.domain.principals import MAY, Deed
from lineclear.domain.refusals import Code, Refusal

__all__ = ["Opened", "open_backend", "open_pack", "open_tokens", "probe"]

_TIME_OUT = 10.0
_GONE = frozenset({Code.TOKEN_INVALID, Code.TOKEN_EXPIRED})
_PASSPHRASE = "LINECLEAR_KEY_PASSPHRASE"  # noqa: S105  # the name of a variable, not a secret


@dataclass(frozen=True, slots=True)
class Opened:
    """A backend that answered: who we are there, what presenters work with, its ledger; `close` ends it."""

    me: Me
    with_: Collaborators
    live: OpenLedger | None
    close: Callable[[], None]


def open_backend(address: Address, reads: Background, sends: Background) -> Opened:
    """Connect, with the signing key of whoever decides. Raises Refusal, and then nothing is left open."""
    with ExitStack() as closing:
        gateway = BackendClient(address.url, address.token, timeout=_TIME_OUT)
        closing.callback(gateway.close)
        seats = Seats(_data_folder() / REPLICAS, address.url, address.token)
        me, away = _me(gateway, address, seats)
        decides = me.person is not None and me.person.role in MAY[Deed.DECIDE]
        keys = _keys(address, may_lack=not decides)
        witness = _witness(address, gateway.log, me, keys)
        replica, kept = _replica(address, me, keys, away)
        hearing = Hearing(SystemClock(), steady)
        if away is not None:
            hearing.lost()
            kept = replace(kept, is_same=lambda: _is_same(gateway, me))
        elif replica.keeps:
            seats.keep(me)
        at = _Seat(address, gateway, me, replica, hearing)
        reviewer, reopen = _reviewer(at, keys, witness) if decides and keys else (None, None)
        live = _open_live(address, gateway, me, replica, witness)
        closing.callback(live.close)
        ticks = Ticks(lambda: SystemClock().now().astimezone(), steady)
        with_ = Collaborators(
            gateway,
            reviewer,
            replica,
            reads,
            sends,
            ticks,
            me.person,
            witness,
            reopen,
            hearing,
            address.url,
            kept,
        )
        return Opened(me, with_, live, closing.pop_all().close)


def _who(gateway: Gateway, url: str) -> Me:
    """Whose token this is there; a refusal says why nothing came, so that it shows whether that may pass."""
    try:
        return gateway.me()
    except Refusal as refusal:
        closer = named(url, refusal)
        if closer is refusal:
            raise
        raise closer from refusal


def _me(gateway: Gateway, address: Address, seats: Seats) -> tuple[Me, Refusal | None]:
    """Who this is as the backend says; where it is away, as it said before, and why it could not be asked."""
    try:
        return _who(gateway, address.url), None
    except Refusal as refusal:
        if refusal.code in _GONE:
            seats.drop()
        known = seats.known() if refusal.code in PASSING and not address.ephemeral else None
        if known is None:
            raise
        return known, refusal


def _is_same(gateway: Gateway, me: Me) -> bool:
    """Whether the backend says today what it said then; any refusal but that it is away says no."""
    try:
        return gateway.me() == me
    except Refusal as refusal:
        if refusal.code in PASSING:
            raise
        return False


def _replica(
    address: Address, me: Me, keys: KeyChain | None, away: Refusal | None
) -> tuple[Replica, KeptState]:
    """The replica with all that was kept on this device, where there is a safe place for a key.

    Raises `away` where nothing was kept that could be shown without the backend.
    """
    if address.ephemeral or keys is None or me.person is None:
        if away is not None:
            raise away
        return Replica(MemoryStore()), KeptState()
    secret = keys.key(me.origin, witness_of(me.subject)).secret("replica")
    keeping = replica_of(_data_folder() / REPLICAS, me.origin, me.subject, secret, SystemClock())
    replica, damage = opened_replica(MemoryStore, keeping)
    since = keeping.heard_at()
    if away is not None and not (since and replica.size()):
        raise away
    if damage:
        keeping.begin_anew()
    return replica, KeptState(away, since if away is not None else "", damage=damage)


def open_pack(path: Path, log_key: str) -> OpenedLedger:
    """An audit pack. Raises Refusal."""
    cache = Path(platformdirs.user_cache_dir("lineclear")) / "ledgers"
    return open_pack_ledger(path, cache, Trust(key=log_key))


def open_tokens() -> Tokens:
    """Where the tokens of connections are kept here."""
    return open_kept_tokens(_data_folder() / "tokens", passphrase=os.environ.get(_PASSPHRASE))


def _data_folder() -> Path:
    """Where this person's keys and what their consoles know of ledgers are kept."""
    return Path(platformdirs.user_data_dir("lineclear", appauthor=False))


@dataclass(frozen=True, slots=True)
class _Seat:
    """Where somebody decides, as whom, and what is known there without asking."""

    address: Address
    gateway: Gateway
    me: Me
    replica: Replica
    hearing: Hearing


def _reviewer(at: _Seat, keys: KeyChain, witness: Witness) -> tuple[Reviewer, Callable[[], DeviceKey]]:
    """Who signs on this device, and what opens their key again after the session was locked.

    A key for this run alone could not send later what waits, so that nothing is kept under it.
    """
    me = at.me
    key = keys.key(me.origin, me.subject)
    outbox = None
    if not at.address.ephemeral:
        outbox = outbox_of(_data_folder() / OUTBOXES, me.origin, me.subject, key.secret("outbox"))

    def reopen() -> DeviceKey:
        anew = keys if at.address.ephemeral else _keys(at.address, may_lack=False)
        opened = (anew or keys).key(me.origin, me.subject)
        if outbox is not None and opened.public_key == key.public_key:
            outbox.unlock(opened.secret("outbox"))
        return opened

    store = at.replica.store
    offline = Offline(outbox, at.hearing, lambda: store.read(offline_rule)) if outbox is not None else None
    reviewer = Reviewer(
        at.gateway, key, me.origin, SystemClock(), SystemIds(), witness.require_calm, offline=offline
    )
    return reviewer, reopen


def _keys(address: Address, *, may_lack: bool) -> KeyChain | None:
    """Where this device keeps its keys; None where there is no safe place and none is needed."""
    if address.ephemeral:
        return MemoryKeys()
    passphrase = os.environ.get(_PASSPHRASE)
    try:
        return open_keys(_data_folder() / "keys", passphrase=passphrase, ephemeral=False)
    except Refusal:
        if may_lack:
            return None
        raise


def _witness(address: Address, log: LogGateway, me: Me, keys: KeyChain | None) -> Witness:
    """Who watches the ledger on this device, with a key of its own that can decide nothing."""
    key = None
    if keys is not None and me.person is not None:
        key = keys.key(me.origin, witness_of(me.subject))
    only_now = address.ephemeral
    notebook = MemoryNotebook() if only_now else notebook_of(_data_folder() / LEDGERS, me.origin)
    means = Means(log, notebook, verifier_of, SystemClock(), SystemIds(), key)
    return Witness(means, me.origin, me.subject)


def _open_live(address: Address, gateway: Gateway, me: Me, replica: Replica, witness: Witness) -> OpenLedger:
    """The connection's ledger: entries from the replica, contents and proofs from the backend."""
    source = HttpSource(address.url, address.token, timeout=_TIME_OUT)
    name = f"{me.workspace}, {me.environment}"
    key, secret = known_key(address.log_key), SystemIds().secret()

    def pinned() -> tuple[VerifierKey, str] | None:
        kept = witness.pinned
        known = known_key(kept.key) if kept is not None else None
        return (known, kept.since) if kept is not None and known is not None else None

    opened = open_live_ledger(
        name, replica.store, gateway.feed, source, key, secret, closing=source.close, pinned=pinned
    )
    return opened if me.person is None else WithheldLedger(opened, _blindness(replica, me.person.id))


def _blindness(replica: Replica, reader: str) -> Callable[[str], bool]:
    """Whether a reader may still take the second look at an action, by its id."""

    def is_judged_blindly(identifier: str) -> bool:
        if not identifier:
            return False
        action = replica.store.read(lambda snapshot: snapshot.load(Action, identifier))
        return action is not None and is_blind(action, reader)

    return is_judged_blindly
