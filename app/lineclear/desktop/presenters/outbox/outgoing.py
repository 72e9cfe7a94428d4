"""Decisions that were taken and are not on the ledger yet. Free of Qt, of I/O and of the clock.

They live in this program alone until they are sent: whoever closes it is told so and asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import ceil

from lineclear.application.deciding.reviewing import NOT_KNOWN, Looked
from lineclear.desktop.presenters.outbox.outgoing_sheets import OutgoingRow, OutgoingSheet
from lineclear.desktop.presenters.refused import sentence_of
from lineclear.desktop.presenters.sheets import Tone
from lineclear.domain.actions import Action
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.text import paintable
from lineclear.domain.vocabulary import Verdict
from lineclear.domain.wording import marked, say

TAKE_BACK_SECONDS = 5.0
_PAST = {
    Verdict.APPROVE: marked("You approved this"),
    Verdict.REJECT: marked("You rejected this"),
}
_VERBS = {Verdict.APPROVE: marked("Approve"), Verdict.REJECT: marked("Reject")}
_TONES = {Verdict.APPROVE: Tone.OK, Verdict.REJECT: Tone.STOP}


class Stage(StrEnum):
    """Where a decision is on its way to the ledger. A refused one is not there, and says why."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Taken:
    """A verdict on exactly what was on screen; `until` is the steady time at which it is sent."""

    action: Action
    verdict: Verdict
    reason: str
    until: float
    stage: Stage = Stage.WAITING
    refusal: Refusal | None = None
    looked: Looked = NOT_KNOWN


class Outgoing:
    """Decisions by their action's id, in the order in which they were taken."""

    def __init__(self, steady: Callable[[], float]) -> None:
        self._steady = steady
        self._taken: dict[str, Taken] = {}
        self._heard: set[str] = set()
        self._kept: Mapping[str, str] = {}

    def __contains__(self, action_id: str) -> bool:
        """Whether a decision on it was taken; one that was refused may be taken anew."""
        taken = self._taken.get(action_id)
        return action_id in self._kept or (taken is not None and taken.stage is not Stage.REFUSED)

    def hold(self, action: Action, verdict: Verdict, reason: str, looked: Looked = NOT_KNOWN) -> None:
        """Begin to wait."""
        self._taken.pop(action.id, None)
        until = self._steady() + TAKE_BACK_SECONDS
        self._taken[action.id] = Taken(action, verdict, reason, until, looked=looked)

    def hold_together(self, actions: Sequence[Action]) -> None:
        """Begin to wait with approvals that were given at one look."""
        until, count = self._steady() + TAKE_BACK_SECONDS, len(actions)
        for action in actions:
            self._taken.pop(action.id, None)
            self._taken[action.id] = Taken(action, Verdict.APPROVE, "", until, looked=Looked(bulk=count))

    def take_back_newest(self) -> tuple[Taken, ...]:
        """Forget the newest that was not sent, with what was approved at the same look and still waits."""
        newest = self.take_back()
        if newest is None:
            return ()
        same = [
            each
            for each in self._taken.values()
            if newest.looked.bulk
            and each.stage is Stage.WAITING
            and (each.looked, each.until) == (newest.looked, newest.until)
        ]
        return newest, *(self._taken.pop(each.action.id) for each in same)

    def take_back(self, action_id: str = "") -> Taken | None:
        """Forget one that was not sent, by default the newest; None where there is none."""
        for each in reversed(self._taken.values()):
            if each.stage in (Stage.WAITING, Stage.REFUSED) and action_id in ("", each.action.id):
                return self._taken.pop(each.action.id)
        return None

    def due(self, *, at_once: bool = False) -> tuple[Taken, ...]:
        """Those whose time is over, now being sent."""
        now = self._steady()
        over = [
            replace(each, stage=Stage.SENDING)
            for each in self._taken.values()
            if each.stage is Stage.WAITING and (at_once or each.until <= now)
        ]
        self._taken.update((each.action.id, each) for each in over)
        return tuple(over)

    def again(self, action_id: str) -> Taken | None:
        """Send once more what did not get through."""
        taken = self._taken.get(action_id)
        if taken is None or taken.stage is not Stage.REFUSED:
            return None
        self._taken[action_id] = replace(taken, stage=Stage.SENDING, refusal=None)
        return self._taken[action_id]

    def sent(self, action_id: str) -> None:
        """It is on the ledger; it stays out of the way until the queue knows, which may be already."""
        self._put(action_id, Stage.SENT)
        if action_id in self._heard:
            self._taken.pop(action_id, None)
        self._heard.discard(action_id)

    def refused(self, action_id: str, refusal: Refusal) -> None:
        """It is not on the ledger; it stays in sight until somebody looks."""
        self._put(action_id, Stage.REFUSED, refusal)

    def kept(self, action_id: str) -> None:
        """It is signed and waits on this device: it is not held here any more."""
        self._taken.pop(action_id, None)
        self._heard.discard(action_id)

    def heard(self, action_ids: frozenset[str]) -> None:
        """The ledger grew by something about these actions."""
        for each in tuple(self._taken.values()):
            if each.action.id in action_ids and each.stage is Stage.SENT:
                del self._taken[each.action.id]
            elif each.action.id in action_ids and each.stage is Stage.SENDING:
                self._heard.add(each.action.id)

    def wait_anew(self) -> None:
        """Start the five seconds again for what still waits."""
        until = self._steady() + TAKE_BACK_SECONDS
        self._taken = {
            key: replace(each, until=until) if each.stage is Stage.WAITING else each
            for key, each in self._taken.items()
        }

    def words(self) -> Mapping[str, str]:
        """By action, what was decided about it, for those that were not refused."""
        own = {key: _words(each) for key, each in self._taken.items() if each.stage is not Stage.REFUSED}
        return {**self._kept, **own}

    def mark_kept(self, words: Mapping[str, str]) -> None:
        """By action, what was decided about it and waits on this device."""
        self._kept = words

    def sheet(self) -> OutgoingSheet:
        """What to show now."""
        unsent = [each for each in self._taken.values() if each.stage is not Stage.SENT]
        is_counting = any(each.stage is Stage.WAITING for each in unsent)
        can_take = any(each.stage is not Stage.SENDING for each in unsent)
        why_not = "" if can_take else say("It is being sent; a decision that is recorded stays.")
        return OutgoingSheet(tuple(self._rows(unsent)), is_counting, why_not)

    def _rows(self, unsent: list[Taken]) -> Iterator[OutgoingRow]:
        now = self._steady()
        for each in reversed(unsent):
            refusal = each.refusal
            left = (
                say("{seconds} s", seconds=max(1, ceil(each.until - now)))
                if each.stage is Stage.WAITING
                else ""
            )
            yield OutgoingRow(
                each.action.id,
                say(_VERBS[each.verdict]),
                _TONES[each.verdict],
                paintable(each.action.title),
                {Stage.SENDING: say("Sending"), Stage.REFUSED: say("Not sent")}.get(each.stage, left),
                paintable(sentence_of(refusal)) if refusal else "",
                again=refusal is not None and refusal.code is Code.UNREACHABLE,
            )

    def _put(self, action_id: str, stage: Stage, refusal: Refusal | None = None) -> None:
        taken = self._taken.get(action_id)
        if taken is not None:
            self._taken[action_id] = replace(taken, stage=stage, refusal=refusal)


def _words(taken: Taken) -> str:
    said = say(_PAST[taken.verdict])
    if taken.stage is Stage.WAITING:
        return say("{said}; it is sent in a moment, Z takes it back.", said=said)
    return say("{said}; it is being sent.", said=said) if taken.stage is Stage.SENDING else f"{said}."
