"""Draws whether an approved action gets a second look. Free of I/O; the draw itself is in `second_looks`."""

from __future__ import annotations

from lineclear.application.recording import Recorder
from lineclear.domain.actions import Action
from lineclear.domain.events import SecondLookDrawn
from lineclear.domain.second_looks import draw, is_drawn


def draw_second_look(recorder: Recorder, action: Action) -> Action:
    """Draw once for each revision, when its approvals first suffice; nothing where policy names no share."""
    share = action.judged.second_review if action.judged else ""
    if not share or action.second_look is not None:
        return action
    last = action.votes[-1]
    number = draw(action.challenge, last.statement, last.at)
    people = tuple(vote.person for vote in action.votes)
    event = SecondLookDrawn(action.revision, share, number, is_drawn(share, number), people)
    return recorder.record(Action, action.id, event)
