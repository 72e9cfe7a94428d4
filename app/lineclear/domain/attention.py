"""Who is looking at an action, and what they asked its agent, as folded from its stream. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import msgspec

from lineclear.domain import events as e
from lineclear.domain.records import Recorded

ATTENTION: Final = (e.ActionClaimed, e.ActionReleased, e.ActionAsked, e.ActionAnswered)
"""The events that `attend` folds."""


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a person asked the agent; the answer is the agent's word and nothing more."""

    by: str
    at: str
    text: str
    answer: str = ""
    answered_at: str = ""


class Handed(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Who handed it to whom, and what they said; it outlives the claim that came with it."""

    to: str
    by: str
    at: str
    note: str = ""


class Attention(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A claim keeps others from deciding until `until`; without a claim both are empty.

    `handed` stands until whoever got it gives it up or decides, or somebody else takes it.
    """

    claimed_by: str = ""
    until: str = ""
    questions: tuple[Question, ...] = ()
    handed: Handed | None = None

    @property
    def open_question(self) -> Question | None:
        """The question that the agent has not answered."""
        last = self.questions[-1] if self.questions else None
        return last if last is not None and not last.answered_at else None

    def holder(self, now: datetime) -> str:
        """Who has claimed it at this moment; nobody once the claim is over."""
        is_over = not self.until or datetime.fromisoformat(self.until) <= now
        return "" if is_over else self.claimed_by


def attend(attention: Attention, recorded: Recorded) -> Attention:
    """The attention after one more event; raises ValueError for one that is not about it."""
    brief = recorded.brief
    text = brief.text if isinstance(brief, e.QuestionBrief) else ""
    match recorded.event:
        case e.ActionClaimed(person=person, until=until):
            handed = _handed(attention, recorded)
            return msgspec.structs.replace(attention, claimed_by=person, until=until, handed=handed)
        case e.ActionReleased(person=person):
            kept = None if recorded.actor == f"person/{person}" else attention.handed
            return msgspec.structs.replace(released(attention), handed=kept)
        case e.ActionAsked(person=person):
            asked = Question(person, recorded.at, text)
            return msgspec.structs.replace(attention, questions=(*attention.questions, asked))
        case e.ActionAnswered() if attention.questions:
            answered = msgspec.structs.replace(attention.questions[-1], answer=text, answered_at=recorded.at)
            return msgspec.structs.replace(attention, questions=(*attention.questions[:-1], answered))
        case _:
            raise ValueError(f"{recorded.type} does not follow here")


def _handed(attention: Attention, recorded: Recorded) -> Handed | None:
    """What stands after a claim: a new hand-over, or the one before while its receiver renews."""
    event = recorded.event
    assert isinstance(event, e.ActionClaimed)
    if event.handed_by:
        note = recorded.brief.note if isinstance(recorded.brief, e.HandOverBrief) else ""
        return Handed(event.person, event.handed_by, recorded.at, note)
    known = attention.handed
    return known if known is not None and known.to == event.person else None


def without_words(attention: Attention) -> Attention:
    """As the fold makes it of entries whose briefs are gone."""
    questions = tuple(msgspec.structs.replace(one, text="", answer="") for one in attention.questions)
    handed = attention.handed and msgspec.structs.replace(attention.handed, note="")
    return msgspec.structs.replace(attention, questions=questions, handed=handed)


def released(attention: Attention) -> Attention:
    """The same without a claim, and without a hand-over."""
    return msgspec.structs.replace(attention, claimed_by="", until="", handed=None)
