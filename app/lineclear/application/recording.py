"""The one way in which state changes: an entry is sealed, appended, folded and stored. Free of I/O.

All in the caller's transaction: entry, blobs and the aggregate's row commit together or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

import msgspec

from lineclear.application.agents.notices import enqueue_notice
from lineclear.application.ports import Stored, Transaction
from lineclear.application.record.blobs import content_of, kept
from lineclear.application.record.retention import plan_erasure, plan_steps_erasure
from lineclear.application.services import Services, stamp
from lineclear.domain.actions import Action
from lineclear.domain.events import (
    BRIEF_TYPES,
    AgentResumed,
    BreakerClosed,
    Brief,
    DayRaised,
    Event,
    HoldLifted,
    JobEnded,
    JobResumed,
    JobStopped,
    SafeModeSwitched,
    decode_brief,
    decode_event,
    encode_event,
    type_of,
)
from lineclear.domain.jobs import Job
from lineclear.domain.ledger import sealing
from lineclear.domain.ledger.entries import (
    Entry,
    EntryError,
    EntryFault,
    KnownEntry,
    decode,
    decode_known,
    encode,
)
from lineclear.domain.ledger.merkle import leaf_hash
from lineclear.domain.records import Recorded
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.state import Aggregate, fold, stream_of

__all__ = ["BRIEF", "Recorder", "content_of", "kept", "read_stored"]

BRIEF = "brief"


class Recorder:
    """Appends events in one transaction, in the name of one actor (`kind/name`)."""

    def __init__(self, services: Services, transaction: Transaction, actor: str) -> None:
        self._services = services
        self._tx = transaction
        self._actor = actor
        self._at = stamp(services.clock.now())

    @property
    def at(self) -> str:
        """The time that its entries carry."""
        return self._at

    def blob(self, content: bytes) -> str:
        """Seal and keep content; the digest that entries commit to."""
        sealed = sealing.seal(self._services.ids.secret(), content)
        digest = sealing.digest(sealed)
        self._tx.put_blob(digest, sealed)
        return digest

    def keep(self, content: bytes) -> str:
        """Keep content that nobody could guess, as it is: signed envelopes, published documents."""
        digest = sha256(content).hexdigest()
        self._tx.put_blob(digest, content)
        return digest

    def record[S: Aggregate](
        self,
        kind: type[S],
        identifier: str,
        event: Event,
        *,
        brief: Brief | None = None,
        commits: Mapping[str, str] | None = None,
    ) -> S:
        """Append one event to an aggregate's stream; the aggregate as it is afterwards."""
        before = self._tx.load(kind, identifier)
        promised = dict(commits or {})
        if brief is not None:
            promised[BRIEF] = self.blob(msgspec.json.encode(brief))
        entry = Entry(
            type=type_of(event),
            stream=stream_of(kind, identifier),
            seq=0 if before is None else before.seq + 1,
            at=self._at,
            actor=self._actor,
            body=encode_event(event),
            commits=promised,
        )
        written = _encoded(entry)
        recorded = _recorded(self._tx.size(), entry, leaf_hash(written), event, brief)
        after = fold(before, recorded)
        if not isinstance(after, kind):
            raise TypeError(f"{entry.stream} folded to {type(after).__name__}")
        self._tx.append(recorded, written, after)
        if _ends_a_hold(event):
            self._tx.wake(entry.stream, now=self._services.clock.now())
        if isinstance(before, Action) and isinstance(after, Action):
            plan_erasure(self._services, self._tx, before, after)
        if isinstance(before, Job) and isinstance(after, Job):
            plan_steps_erasure(self._services, self._tx, before, after)
        enqueue_notice(self._services, self._tx, before, after)
        return after


def read_stored(stored: Stored, leaf: bytes | None = None, *, is_known: bool = False) -> Recorded:
    """Decode a stored entry with its brief; raises ValueError where it is not one of ours.

    `leaf` is its leaf hash, where the caller has computed it already; `is_known` says that these very bytes
    were read strictly before.
    """
    entry = decode_known(stored.entry) if is_known else decode(stored.entry)
    event = decode_event(entry.type, entry.body)
    brief = None
    if stored.brief is not None and entry.type in BRIEF_TYPES:
        brief = decode_brief(entry.type, stored.brief)
    return _recorded(stored.index, entry, leaf or leaf_hash(stored.entry), event, brief)


def _encoded(entry: Entry) -> bytes:
    """The entry's bytes; Refusal(BODY_INVALID) where what somebody sent makes it longer than one may be."""
    try:
        return encode(entry)
    except EntryError as error:
        if error.code is not EntryFault.TOO_LARGE:
            raise
        raise Refusal(Code.BODY_INVALID, problem="one of its texts or lists is too long") from error


def _ends_a_hold(event: Event) -> bool:
    """Whether work that waits for this stream may go on, or is over."""
    match event:
        case SafeModeSwitched(on=on):
            return not on
        case (
            HoldLifted()
            | AgentResumed()
            | BreakerClosed()
            | DayRaised()
            | JobResumed()
            | JobEnded()
            | JobStopped()
        ):
            return True
        case _:
            return False


def _recorded(
    index: int, entry: Entry | KnownEntry, leaf: bytes, event: Event, brief: Brief | None
) -> Recorded:
    return Recorded(
        index=index,
        stream=entry.stream,
        seq=entry.seq,
        at=entry.at,
        actor=entry.actor,
        type=entry.type,
        event=event,
        leaf=leaf.hex(),
        commits=entry.commits,
        brief=brief,
    )
