"""What happened to what one entry is about, put together from the ledger itself and checked on the way.

Free of I/O beyond its ports. A content is compared with the digest that its entry names before it is used.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, Protocol

import msgspec

from lineclear.application.governing.workspaces import ONLY
from lineclear.application.ports import Stored
from lineclear.application.record.reading import (
    LedgerStory,
    Signature,
    SignatureState,
    Standing,
    StoryStep,
)
from lineclear.application.record.rules import statement_problems
from lineclear.application.recording import read_stored
from lineclear.application.services import moment
from lineclear.domain import events as e
from lineclear.domain.actions import Action
from lineclear.domain.control import Workspace
from lineclear.domain.effects import Effect
from lineclear.domain.events import BRIEF_TYPES, Brief, decode_brief
from lineclear.domain.ledger import sealing
from lineclear.domain.ledger.signing import VerifierOf
from lineclear.domain.ledger.statements import StatementError, open_decision
from lineclear.domain.records import Recorded
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.state import Aggregate, fold
from lineclear.domain.strict_json import Json, parse

MOST_STEPS: Final = 500
_MOST_CONTENT: Final = 64 * 1_048_576
_UNREADABLE: Final = (ValueError, KeyError, TypeError, msgspec.MsgspecError)


class Shelf(Protocol):
    """The entries and contents of one ledger, unchecked. Raises Refusal where they cannot be read."""

    def entry(self, index: int) -> bytes: ...

    def blob(self, digest: str) -> bytes | None:
        """What is kept under a digest; None where it is not here."""
        ...

    def places_of(self, stream: str, limit: int) -> tuple[int, ...]:
        """Where the entries of a stream are, oldest first; the newest of them where there are more."""
        ...


@dataclass(frozen=True, slots=True)
class _Contents:
    """What entries commit to: what is here and has its digest, and the names of what is not."""

    here: Mapping[str, bytes]
    missing: tuple[str, ...]
    altered: tuple[str, ...]


class Stories:
    """Reads stories from a shelf."""

    def __init__(self, shelf: Shelf, verifier_of: VerifierOf) -> None:
        self._shelf = shelf
        self._verifier_of = verifier_of

    def story(self, index: int, standing: Standing) -> LedgerStory:
        """The story around an entry; alone with its standing where it cannot be read."""
        found = self._recorded(index)
        if found is None:
            return LedgerStory(index, (), standing)
        if not found.stream.startswith("action/"):
            return LedgerStory(index, (self._step(found, None),), standing)
        places = self._shelf.places_of(found.stream, MOST_STEPS)
        return self._action_story(index, places if index in places else (*places, index), standing)

    def _action_story(self, index: int, places: tuple[int, ...], standing: Standing) -> LedgerStory:
        steps = list[StoryStep]()
        state: Aggregate | None = None
        for recorded in self._told(places):
            before = state if isinstance(state, Action) else None
            step = self._step(recorded, before)
            steps.append(step)
            state = _folded(state, recorded, step.brief)
        action = state if isinstance(state, Action) else None
        is_cut = bool(steps) and steps[0].recorded.seq > 0
        if action is None:
            return LedgerStory(index, tuple(steps), standing, is_cut=is_cut)
        content = action.content
        undone, undone_at = self._undone(action)
        return LedgerStory(
            index=index,
            steps=tuple(steps),
            standing=standing,
            action=action,
            payload=self._json(content.payload),
            before=self._json(content.before),
            after=self._json(content.after),
            effect=self._effect(action),
            undone=undone,
            undone_at=undone_at,
            is_cut=is_cut,
        )

    def _undone(self, action: Action) -> tuple[Effect | None, int | None]:
        """What the undo did, and where that is recorded."""
        if not action.undone_by:
            return None, None
        places = self._shelf.places_of(f"action/{action.undone_by}", MOST_STEPS)
        state: Aggregate | None = None
        for recorded in self._told(places):
            state = _folded(state, recorded, None)
        if not isinstance(state, Action):
            return None, None
        return self._effect(state), state.index

    def _told(self, places: Iterable[int]) -> Iterator[Recorded]:
        return (found for place in places if (found := self._recorded(place)) is not None)

    def _recorded(self, index: int) -> Recorded | None:
        try:
            return read_stored(Stored(index, self._shelf.entry(index), None))
        except _UNREADABLE:
            return None

    def _step(self, recorded: Recorded, action: Action | None) -> StoryStep:
        contents = self._contents(recorded)
        signature = None
        if isinstance(recorded.event, e.DecisionRecorded):
            signature = self._signature(action, recorded, recorded.event, contents)
        return StoryStep(
            recorded, _brief(recorded, contents.here), signature, contents.missing, contents.altered
        )

    def _contents(self, recorded: Recorded) -> _Contents:
        here: dict[str, bytes] = {}
        missing, altered = list[str](), list[str]()
        for part, digest in recorded.commits.items():
            blob = self._blob(digest)
            if blob is None:
                missing.append(part)
            elif sealing.digest(blob) != digest:
                altered.append(part)
            else:
                here[part] = blob
        return _Contents(here, tuple(missing), tuple(altered))

    def _signature(
        self, action: Action | None, recorded: Recorded, event: e.DecisionRecorded, contents: _Contents
    ) -> Signature:
        envelope = contents.here.get("statement")
        if envelope is None:
            is_altered = "statement" in contents.altered
            state = SignatureState.BROKEN if is_altered else SignatureState.ABSENT
            says = "what was signed was changed" if is_altered else "what was signed is not here"
            return Signature(state, event.device, says)
        key, revoked_at = self._device(event.device)
        try:
            verifier = self._verifier_of(b64decode(key, validate=True))
            statement = open_decision(envelope, {event.device: verifier})
        except (StatementError, ValueError) as error:
            return Signature(SignatureState.BROKEN, event.device, str(error))
        at, origin = moment(recorded.at), self._origin()
        problems = list(statement_problems(action, recorded, statement, origin, None, at)) if action else []
        is_revoked = revoked_at is not None and revoked_at < recorded.index
        if is_revoked:
            problems.append("the device had been revoked before")
        state = SignatureState.BROKEN if problems else SignatureState.HOLDS
        return Signature(state, event.device, "; ".join(problems), statement, is_revoked)

    def _device(self, device: str) -> tuple[str, int | None]:
        """Its key as the ledger enrolled it, and where it was revoked, if it was."""
        key, revoked_at = "", None
        for recorded in self._told(self._shelf.places_of(f"device/{device}", MOST_STEPS * 20)):
            match recorded.event:
                case e.DeviceEnrolled(public_key=public_key):
                    key = public_key
                case e.DeviceRevoked():
                    revoked_at = recorded.index
        return key, revoked_at

    def _origin(self) -> str:
        first = self._recorded(0)
        state = _folded(None, first, None) if first else None
        return state.origin if isinstance(state, Workspace) and state.id == ONLY else ""

    def _effect(self, action: Action) -> Effect | None:
        content = self._content(action.run.effect) if action.run and action.run.effect else None
        try:
            return None if content is None else msgspec.json.decode(content, type=Effect)
        except msgspec.MsgspecError:
            return None

    def _json(self, digest: str) -> Json | None:
        content = self._content(digest)
        try:
            return None if content is None else parse(content, max_bytes=_MOST_CONTENT)
        except ValueError:
            return None

    def _blob(self, digest: str) -> bytes | None:
        """The bytes under a digest; none at all of a file whose bytes are not those that were packed."""
        try:
            return self._shelf.blob(digest)
        except Refusal as refusal:
            if refusal.code is Code.PACK_UNUSABLE:
                return b""
            raise

    def _content(self, digest: str) -> bytes | None:
        blob = self._blob(digest)
        if blob is None or sealing.digest(blob) != digest:
            return None
        try:
            return sealing.unseal(blob)
        except sealing.SealError:
            return None


def _folded(state: Aggregate | None, recorded: Recorded, brief: Brief | None) -> Aggregate | None:
    """The state after one more entry; as it was where that cannot follow."""
    try:
        return fold(state, replace(recorded, brief=brief))
    except _UNREADABLE:
        return state


def _brief(recorded: Recorded, here: Mapping[str, bytes]) -> Brief | None:
    blob = here.get("brief")
    if blob is None or recorded.type not in BRIEF_TYPES:
        return None
    try:
        return decode_brief(recorded.type, sealing.unseal(blob))
    except (sealing.SealError, msgspec.MsgspecError):
        return None
