"""What single entries of a story say where that takes more than a word. Pure: free of Qt and I/O."""

from __future__ import annotations

from typing import Final

from lineclear.desktop.presenters.sheets import Mark
from lineclear.domain import events as e
from lineclear.domain.policy.consulted import Consulted
from lineclear.domain.vocabulary import Grounds, Outcome, Verdict
from lineclear.domain.wording import marked, say

_DECIDED: Final = {
    (Verdict.APPROVE, Grounds.OWN): marked("{person} approved it at tier {tier}"),
    (Verdict.REJECT, Grounds.OWN): marked("{person} rejected it at tier {tier}"),
    (Verdict.APPROVE, Grounds.DELEGATED): marked("{person} approved it at tier {tier}, lent by {giver}"),
    (Verdict.REJECT, Grounds.DELEGATED): marked("{person} rejected it at tier {tier}, lent by {giver}"),
    (Verdict.APPROVE, Grounds.BREAK_GLASS): marked(
        "{person} approved it at tier {tier}, taken by breaking glass; others review that afterwards"
    ),
    (Verdict.REJECT, Grounds.BREAK_GLASS): marked(
        "{person} rejected it at tier {tier}, taken by breaking glass; others review that afterwards"
    ),
}
_OCCASIONS: Final = {
    "proposal": marked("when it was proposed"),
    "edit": marked("about the edited arguments"),
    "start": marked("before it started"),
}
_SAID: Final = {
    Outcome.ALLOW: (Mark.MET, marked("Asked {when}, the policy judge had nothing against it")),
    Outcome.ASK: (Mark.ATTENTION, marked("Asked {when}, the policy judge wanted a person")),
    Outcome.DENY: (Mark.REFUSED, marked("Asked {when}, the policy judge denied it")),
}


def decision_words(event: e.DecisionRecorded) -> tuple[Mark, str]:
    """Who decided what, and on whose authority. Glass that was broken is to be looked at."""
    said = say(
        _DECIDED[event.verdict, event.grounds], person=event.person, tier=int(event.tier), giver=event.giver
    )
    if event.verdict is Verdict.REJECT:
        return Mark.REFUSED, said
    return (Mark.ATTENTION if event.grounds is Grounds.BREAK_GLASS else Mark.MET), said


def consulted_words(said: Consulted) -> tuple[Mark, str]:
    """What a judge outside said, and when it was asked."""
    when = say(_OCCASIONS.get(said.occasion, marked("once more")))
    if said.outcome is None:
        silent = marked("Asked {when}, the policy judge did not answer: {problem}")
        return Mark.UNKNOWN, say(silent, when=when, problem=said.problem)
    mark, words = _SAID[said.outcome]
    told = say(words, when=when)
    return mark, f"{told}: {said.says}" if said.says else told
