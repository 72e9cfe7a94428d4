"""Passing an action on: to whom it can be handed, and by whom it was. Pure: free of Qt and I/O."""

from __future__ import annotations

from lineclear.application.deciding.handing import why_not_to
from lineclear.desktop.presenters.around import Viewer
from lineclear.desktop.presenters.sheets import Notice, NoticeKind
from lineclear.domain.actions import Action
from lineclear.domain.text import paintable
from lineclear.domain.vocabulary import ActionStatus
from lineclear.domain.wording import say


def receivers(action: Action, viewer: Viewer) -> tuple[str, ...]:
    """Everybody to whom this person could hand it now, by name."""
    if viewer.person is None or action.status is not ActionStatus.PENDING:
        return ()
    giver, people = viewer.person.id, viewer.around.people.values()
    return tuple(sorted(one.id for one in people if not why_not_to(action, one, giver, viewer.now)))


def handed_notice(action: Action, viewer: Viewer) -> Notice | None:
    """Over the action, for whom it was handed to: by whom, and what they said."""
    handed = action.attention.handed
    if handed is None or action.status is not ActionStatus.PENDING or not _is_mine(action, viewer):
        return None
    title = say("Handed to you by {name}", name=paintable(handed.by).text)
    return Notice(NoticeKind.INFO, title, paintable(handed.note))


def handed_about(action: Action, viewer: Viewer) -> str:
    """What the queue says of a hand-over; empty where there is none."""
    handed = action.attention.handed
    if handed is None or action.status is not ActionStatus.PENDING:
        return ""
    if not _is_mine(action, viewer):
        return say("handed to {receiver} by {giver}", receiver=handed.to, giver=handed.by)
    if handed.note:
        return say("handed to you by {name}: {note}", name=handed.by, note=handed.note)
    return say("handed to you by {name}", name=handed.by)


def _is_mine(action: Action, viewer: Viewer) -> bool:
    handed = action.attention.handed
    return handed is not None and viewer.person is not None and viewer.person.id == handed.to
