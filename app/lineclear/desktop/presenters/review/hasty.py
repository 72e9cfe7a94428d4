"""What is asked where somebody approves after too short a look. Free of Qt and of I/O."""

from __future__ import annotations

from lineclear.application.deciding.reviewing import Looked
from lineclear.desktop.presenters.sheets import Notice, NoticeKind
from lineclear.domain.actions import Action
from lineclear.domain.dwelling import is_hasty
from lineclear.domain.vocabulary import Tier
from lineclear.domain.wording import say, say_n


class Patience:
    """Asks once about each revision that is approved after too short a look."""

    def __init__(self) -> None:
        self._asked: tuple[str, int] | None = None

    def question(self, action: Action, looked: Looked) -> Notice | None:
        """What to ask before this approval is taken; None where it may be."""
        mark = (action.id, action.revision)
        if mark == self._asked or not is_hasty(action.tier, looked.dwell_ms, looked.changes):
            return None
        self._asked = mark
        return _notice(action.tier, looked)


def _notice(tier: Tier, looked: Looked) -> Notice:
    """How long it was and at what, and what to do."""
    seconds = (looked.dwell_ms or 0) // 1_000
    fields = say_n("{count} changed field", "{count} changed fields", looked.changes or 0)
    title = say("You looked for {seconds} s at {fields}", seconds=seconds, fields=fields)
    told = say(
        "That is short for tier {tier}. Approve again if you have seen enough; the time is signed with it.",
        tier=int(tier),
    )
    return Notice(NoticeKind.INFO, title, told)
