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


class Attention(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A claim keeps others from deciding until `until`; without a claim both are empty."""

    claimed_by: str = ""
    until: str = ""
    questions: tuple[Question, ...] = ()

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
            return msgspec.structs.replace(attention, claimed_by=person, until=until)
        case e.ActionReleased():
            return released(attention)
        case e.ActionAsked(person=person):
            asked = Question(person, recorded.at, text)
            return msgspec.structs.replace(attention, questions=(*attention.questions, asked))
        case e.ActionAnswered() if attention.questions:
            answered = msgspec.structs.replace(attention.questions[-1], answer=text, answered_at=recorded.at)
            return msgspec.structs.replace(attention, questions=(*attention.questions[:-1], answered))
        case _:
            raise ValueError(f"{recorded.type} does not follow here")


def released(attention: Attention) -> Attention:
    """The same without a claim."""
    return msgspec.structs.replace(attention, claimed_by="", until="")


def without_words(attention: Attention) -> Attention:
    """The same with neither questions' nor answers' texts, which were erased."""
    bare = (msgspec.structs.replace(one, text="", answer="") for one in attention.questions)
    return msgspec.structs.replace(attention, questions=tuple(bare))
