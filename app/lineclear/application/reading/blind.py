"""Who must not see yet how others decided: a second look is worth something only where it is one. Pure."""

from __future__ import annotations

from typing import Final

from lineclear.domain.actions import Action
from lineclear.domain.vocabulary import ActionStatus
from lineclear.domain.wording import marked

BLIND: Final = marked(
    "Drawn for a second look: decide as if you were the first. Who decided before is shown afterwards."
)


def is_blind(action: Action, reader: str) -> bool:
    """Whether a second look was drawn, and this reader may still be the one who takes it."""
    waits = action.status is ActionStatus.PENDING and action.needs_second_look
    return waits and all(vote.person != reader for vote in action.votes)
